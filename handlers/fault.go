package handlers

// fault is a way in which a call can fail before it reaches the programme; the
// programme's own are [crm.Kind].
type fault string

// Error implements error; it is the fault's own name.
func (f fault) Error() string { return string(f) }

const (
	faultUnauthorized   fault = "unauthorized"
	faultUnknownPath    fault = "unknown_path"
	faultWrongMethod    fault = "wrong_method"
	faultNotOffered     fault = "not_offered"
	faultBodyTooLarge   fault = "body_too_large"
	faultBodyIncomplete fault = "body_incomplete"
	faultBodyMalformed  fault = "body_malformed"
	faultQueryMalformed fault = "query_malformed"
	faultClientGone     fault = "client_gone"
)

// noted is a fault with a cause for the log.
type noted struct {
	fault
	cause error
}

func (n *noted) Error() string { return n.fault.Error() + ": " + n.cause.Error() }

func (n *noted) Unwrap() []error { return []error{n.fault, n.cause} }
