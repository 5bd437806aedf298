package microsite

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/entrance"
	wire "koshelek-adapter/schema/microsite"
)

// fault is a way in which a call can fail before it reaches the programme.
type fault string

// Error implements error; it is the fault's own name.
func (f fault) Error() string { return string(f) }

const (
	faultUnauthorized   fault = "unauthorized"
	faultBadToken       fault = "bad_token"
	faultForeignToken   fault = "foreign_token"
	faultUnknownPath    fault = "unknown_path"
	faultWrongMethod    fault = "wrong_method"
	faultBodyTooLarge   fault = "body_too_large"
	faultBodyIncomplete fault = "body_incomplete"
	faultMalformed      fault = "malformed"
)

// noted is a fault with a cause for the log.
type noted struct {
	fault
	cause error
}

// Error implements error.
func (n *noted) Error() string { return n.fault.Error() + ": " + n.cause.Error() }

// Unwrap gives the fault and its cause.
func (n *noted) Unwrap() []error { return []error{n.fault, n.cause} }

// malformed is a fault whose reason, which names fields and no values, may be
// told to the caller.
func malformed(reason string) error { return &noted{faultMalformed, &wire.DecodeError{Reason: reason}} }

// refusal is what a caller is told.
type refusal struct {
	status  int
	message string
}

// refusals has every fault and every kind of the programme. [C where a constant
// of the schema stands, else I]
var refusals = map[error]refusal{
	faultUnauthorized:   {http.StatusUnauthorized, "Invalid credentials"},
	faultBadToken:       {http.StatusUnauthorized, "Invalid or expired token"},
	faultForeignToken:   {http.StatusForbidden, "The token belongs to another customer"},
	faultUnknownPath:    {http.StatusNotFound, "There is no such path"},
	faultWrongMethod:    {http.StatusMethodNotAllowed, "The path does not take this method"},
	faultBodyTooLarge:   {http.StatusRequestEntityTooLarge, "The request body is too large"},
	faultBodyIncomplete: {http.StatusBadRequest, "The request body did not arrive whole"},
	faultMalformed:      {http.StatusBadRequest, "The request is malformed"},

	crm.ErrCustomerNotFound: {http.StatusNotFound, wire.MessageInvalidCustomer}, // generate-otp has an option for the status
	crm.ErrCodeWrong:        {http.StatusUnprocessableEntity, wire.MessageInvalidOTP},
	crm.ErrCodeOver:         {http.StatusUnprocessableEntity, wire.MessageExpiredOTP},
	crm.ErrTooManyAttempts:  {http.StatusTooManyRequests, wire.MessageTooMany},
	crm.ErrTooManyCodes:     {http.StatusTooManyRequests, wire.MessageTooMany},

	crm.ErrInsufficientPoints: {http.StatusBadRequest, wire.MessageInsufficient},
	crm.ErrOrderDuplicate:     {http.StatusConflict, "Duplicate transaction"},
	crm.ErrOperationConflict:  {http.StatusConflict, "Duplicate transaction with other details"},
	crm.ErrOrderReversed:      {http.StatusConflict, "The order is already reversed"},
	crm.ErrOrderVoided:        {http.StatusConflict, "The order was reversed before it came"},
	crm.ErrOrderUnknown:       {http.StatusNotFound, "There is no such order"},
	crm.ErrOrderMismatch:      {http.StatusBadRequest, "The reversal does not match the order"},
	crm.ErrInvalidAmount:      {http.StatusBadRequest, "Points must be a positive whole number"},
	crm.ErrInvalidRecord:      {http.StatusBadRequest, "The order_id is too long or has characters that are not allowed"},

	crm.ErrBusy:        {http.StatusServiceUnavailable, "The service is busy, try again shortly"},
	crm.ErrUnavailable: {http.StatusServiceUnavailable, "The service is temporarily unavailable, the same call may be sent again"},
	crm.ErrInternal:    {http.StatusInternalServerError, "Internal error"},
}

// challenges ask for credentials as RFC 7617 and RFC 6750 want it.
var challenges = map[error]string{
	faultUnauthorized: `Basic realm="rewards", charset="UTF-8"`,
	faultBadToken:     `Bearer error="invalid_token"`,
}

// fail answers an error; nothing else writes one.
func (s *surface) fail(c *gin.Context, err error) {
	k := callOf(c)
	kind := kindOf(err)
	told, known := refusals[kind]
	if !known { // a kind that no call of this surface can meet
		kind = crm.ErrInternal
		told = refusals[kind]
	}
	k.fault, k.note = kind.Error(), note(kind, err)
	if c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	if refused, ok := errors.AsType[*wire.DecodeError](err); ok {
		told.message += ": " + refused.Reason
	}
	if kind == crm.ErrCustomerNotFound && k.invalidStatus != 0 {
		told.status = k.invalidStatus
	}
	if challenge := challenges[kind]; challenge != "" {
		c.Writer.Header().Set("WWW-Authenticate", challenge)
	}
	if told.status == http.StatusServiceUnavailable {
		c.Writer.Header().Set("Retry-After", "1")
	}
	s.send(c, told.status, wire.Result{Message: told.message})
}

// kindOf gives the kind of an error: a fault, or one of the programme's. A call
// that was cut off is no fault of the program.
func kindOf(err error) error {
	if own, ok := errors.AsType[fault](err); ok {
		return own
	}
	kind := crm.KindOf(err)
	if kind == crm.ErrInternal && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return crm.ErrUnavailable
	}
	return kind
}

// note is what the log says of an error beside its name.
func note(kind, err error) string {
	if text := err.Error(); text != kind.Error() {
		return entrance.Redact(text)
	}
	return ""
}

// send sends a value of the schema. Who does not take it has gone.
func (s *surface) send(c *gin.Context, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // structs of texts and numbers always marshal
	}
	c.Writer.Header().Set("Content-Length", strconv.Itoa(len(body)))
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(body)
}
