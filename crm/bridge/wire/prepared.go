package wire

// Prepared is a request that was checked and marshalled once. Whoever must not
// lose it stores it before it is sent; sending it again sends the same bytes.
type Prepared struct {
	// Call names the call of the client that made it.
	Call string `json:"call"`
	// Body is what goes out, byte for byte.
	Body []byte `json:"body"`
}
