package crm

// PoolLevel is how full the pool is, in numbers.
type PoolLevel struct {
	Free       int64
	Reserved   int64
	HandedOver int64
}
