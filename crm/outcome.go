package crm

import "time"

// Voucher is what a vendor gave for an errand. Its code is money.
type Voucher struct {
	Code, PIN string
	// Until is the last day, "" when the vendor says none.
	Until Date
	// Name, Terms and URL are plain text for the customer; they may be empty.
	Name, Terms, URL string
}

// Outcome is what a bridge found out about a delivery.
type Outcome struct {
	// State is DeliveryDone, DeliveryRejected, DeliveryPending, DeliveryRetry,
	// DeliveryUnknown, or DeliveryNew when it was certainly not sent.
	State DeliveryState
	// Wait is how long nothing is to be done in a state that is not final;
	// WaitForOperator for ever.
	Wait time.Duration
	// VendorRef is the vendor's own name of what it did, "" when it gave none.
	VendorRef string
	// Booked is how many points the vendor moved.
	Booked int64
	// Vouchers that the vendor gave.
	Vouchers []Voucher
	// Reason says why, without personal data; Answer is the vendor's, redacted.
	Reason string
	Answer []byte
}

// WaitForOperator is the Wait of a delivery that only an operator can move on.
const WaitForOperator = time.Duration(1<<63 - 1)
