package microsite

import (
	"errors"
	"net/http"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
	wire "koshelek-adapter/schema/microsite"
)

// The faults of this API beside those of every API.
const (
	faultBadToken     middleware.Fault = "bad_token"
	faultForeignToken middleware.Fault = "foreign_token"
	faultMalformed    middleware.Fault = "malformed"
	// faultInvalidCustomer is generate-otp's crm.ErrCustomerNotFound.
	faultInvalidCustomer middleware.Fault = "invalid_customer"
)

// malformed is a fault whose reason, which names fields and no values, may be
// told to the caller.
func malformed(reason string) error { return faultMalformed.Because(&wire.DecodeError{Reason: reason}) }

// row is what a caller is told of an error.
type row struct {
	status  int
	message string
}

// rows has every fault and every kind of the programme. [C where a constant of
// the schema stands, else I]
var rows = map[error]row{
	middleware.Unauthorized:   {http.StatusUnauthorized, "Invalid credentials"},
	faultBadToken:             {http.StatusUnauthorized, "Invalid or expired token"},
	faultForeignToken:         {http.StatusForbidden, "The token belongs to another customer"},
	middleware.UnknownPath:    {http.StatusNotFound, "There is no such path"},
	middleware.WrongMethod:    {http.StatusMethodNotAllowed, "The path does not take this method"},
	middleware.BodyTooLarge:   {http.StatusRequestEntityTooLarge, "The request body is too large"},
	middleware.BodyIncomplete: {http.StatusBadRequest, "The request body did not arrive whole"},
	middleware.ClientGone:     {http.StatusServiceUnavailable, "The connection ended before the answer"},
	faultMalformed:            {http.StatusBadRequest, "The request is malformed"},
	faultInvalidCustomer:      {0, wire.MessageInvalidCustomer}, // the status is an option

	crm.ErrCustomerNotFound: {http.StatusNotFound, wire.MessageInvalidCustomer},
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
	middleware.Unauthorized: `Basic realm="rewards", charset="UTF-8"`,
	faultBadToken:           `Bearer error="invalid_token"`,
}

// refuser says errors; invalidCustomer is the status of [faultInvalidCustomer].
func refuser(invalidCustomer int) func(kind, err error) *middleware.Refusal {
	return func(kind, err error) *middleware.Refusal {
		told, known := rows[kind]
		if !known {
			return nil
		}
		if kind == faultInvalidCustomer {
			told.status = invalidCustomer
		}
		if refused, ok := errors.AsType[*wire.DecodeError](err); ok {
			told.message += ": " + refused.Reason
		}
		return &middleware.Refusal{
			Status: told.status, Code: kind.Error(), Name: kind.Error(), Level: middleware.LevelOf(kind),
			Challenge: challenges[kind], Body: mustMarshal(wire.Result{Message: told.message}),
		}
	}
}
