package crm

import "errors"

// Kind is a stable name for one way in which an operation can fail. A Kind is
// an error itself, so callers ask errors.Is(err, crm.ErrCardNotFound).
type Kind string

// Error implements error; it is the kind's own name.
func (k Kind) Error() string { return string(k) }

// The kinds of errors. Each surface has one table that turns a kind into its
// own status and body.
const (
	// ErrNoIdentity: a call names neither phone, email nor card number.
	ErrNoIdentity Kind = "no_identity"
	// ErrInvalidPhone: the phone is not 7 to 15 digits that begin with a country code.
	ErrInvalidPhone Kind = "invalid_phone"
	// ErrInvalidEmail: the address cannot be one.
	ErrInvalidEmail Kind = "invalid_email"
	// ErrInvalidDate: a day that is malformed, impossible, or out of order.
	ErrInvalidDate Kind = "invalid_date"
	// ErrInvalidCardNumber: the number is empty, too long, reserved or has foreign characters.
	ErrInvalidCardNumber Kind = "invalid_card_number"
	// ErrInvalidProfile: a field of the profile is too long or has control characters.
	ErrInvalidProfile Kind = "invalid_profile"
	// ErrInvalidAmount: points or money that are not positive or beyond the limit.
	ErrInvalidAmount Kind = "invalid_amount"
	// ErrInvalidRecord: a purchase, offer or code that breaks its own rules.
	ErrInvalidRecord Kind = "invalid_record"

	// ErrCardNotFound: no card has this number, or no card belongs to this phone.
	ErrCardNotFound Kind = "card_not_found"
	// ErrCardBlocked: the card, or every card of the customer, is blocked.
	ErrCardBlocked Kind = "card_blocked"
	// ErrCardInactive: the card exists but is not in use.
	ErrCardInactive Kind = "card_inactive"
	// ErrNumberUnknown: the number to issue is neither reserved nor in the pool.
	ErrNumberUnknown Kind = "number_unknown"
	// ErrNumberTaken: the number to issue is somebody's card already.
	ErrNumberTaken Kind = "number_taken"
	// ErrPoolEmpty: there is no free number to give.
	ErrPoolEmpty Kind = "pool_empty"

	// ErrAmbiguous: phone and email belong to two customers.
	ErrAmbiguous Kind = "ambiguous_customer"
	// ErrPhoneTaken: the new phone belongs to another customer.
	ErrPhoneTaken Kind = "phone_taken"
	// ErrEmailTaken: the new email belongs to another customer.
	ErrEmailTaken Kind = "email_taken"
	// ErrCustomerNotFound: no customer has this phone.
	ErrCustomerNotFound Kind = "customer_not_found"

	// ErrReceiptMalformed: the text is not a fiscal receipt's code.
	ErrReceiptMalformed Kind = "receipt_malformed"
	// ErrReceiptFuture: the receipt is dated after now.
	ErrReceiptFuture Kind = "receipt_future"
	// ErrReceiptTooOld: the receipt is older than the programme accepts.
	ErrReceiptTooOld Kind = "receipt_too_old"
	// ErrReceiptTaken: another card has sent this receipt.
	ErrReceiptTaken Kind = "receipt_taken"
	// ErrReceiptMismatch: the receipt was sent before with another sum, time, kind or
	// fiscal sign.
	ErrReceiptMismatch Kind = "receipt_mismatch"
	// ErrReceiptLimit: the card has sent as many receipts today as earn.
	ErrReceiptLimit Kind = "receipt_limit"
	// ErrReceiptForeign: the receipt is of a fiscal drive that is not the programme's.
	ErrReceiptForeign Kind = "receipt_foreign"

	// ErrCodeUnknown: there is no such promo code.
	ErrCodeUnknown Kind = "code_unknown"
	// ErrCodeUsedUp: the code has been used as often as it may.
	ErrCodeUsedUp Kind = "code_used_up"
	// ErrCodeExpired: the code's time is over.
	ErrCodeExpired Kind = "code_expired"
	// ErrCodeNotStarted: the code's time has not come.
	ErrCodeNotStarted Kind = "code_not_started"

	// ErrInsufficientPoints: fewer points are available than asked for.
	ErrInsufficientPoints Kind = "insufficient_points"
	// ErrOperationConflict: the operation's key was used before with another payload.
	ErrOperationConflict Kind = "operation_conflict"
	// ErrDeliveryNotFound: the outbox has no such delivery.
	ErrDeliveryNotFound Kind = "delivery_not_found"

	// ErrCodeWrong: the one-time code is not the one that was sent.
	ErrCodeWrong Kind = "one_time_code_wrong"
	// ErrCodeOver: the one-time code's time is over.
	ErrCodeOver Kind = "one_time_code_over"
	// ErrTooManyAttempts: one-time codes, promo codes or card numbers were typed wrongly
	// too often, or too many cards were claimed.
	ErrTooManyAttempts Kind = "too_many_attempts"
	// ErrTooManyCodes: one-time codes were asked for too often.
	ErrTooManyCodes Kind = "too_many_codes"

	// ErrOrderUnknown: no points were taken for an order of this ID.
	ErrOrderUnknown Kind = "order_unknown"
	// ErrOrderDuplicate: the points of the order were taken before.
	ErrOrderDuplicate Kind = "order_duplicate"
	// ErrOrderReversed: the points of the order were given back already.
	ErrOrderReversed Kind = "order_reversed"
	// ErrOrderVoided: the order was reversed before it came.
	ErrOrderVoided Kind = "order_voided"
	// ErrOrderMismatch: a reversal names another customer or other points than the order.
	ErrOrderMismatch Kind = "order_mismatch"

	// ErrBusy: too much work is waiting; try again shortly.
	ErrBusy Kind = "busy"
	// ErrUnavailable: the store cannot be reached now; the outcome may be unknown,
	// and the same call may be sent again.
	ErrUnavailable Kind = "unavailable"
	// ErrNotSupported: the method is newer than the API in use, or the programme cannot
	// do it at all.
	ErrNotSupported Kind = "not_supported"
	// ErrInternal: a fault of the program; the text goes to the log only.
	ErrInternal Kind = "internal"
)

// Kinds lists every kind once, in the order of their definition.
func Kinds() []Kind {
	return []Kind{
		ErrNoIdentity, ErrInvalidPhone, ErrInvalidEmail, ErrInvalidDate, ErrInvalidCardNumber,
		ErrInvalidProfile, ErrInvalidAmount, ErrInvalidRecord,
		ErrCardNotFound, ErrCardBlocked, ErrCardInactive, ErrNumberUnknown, ErrNumberTaken, ErrPoolEmpty,
		ErrAmbiguous, ErrPhoneTaken, ErrEmailTaken, ErrCustomerNotFound,
		ErrReceiptMalformed, ErrReceiptFuture, ErrReceiptTooOld, ErrReceiptTaken, ErrReceiptMismatch, ErrReceiptLimit, ErrReceiptForeign,
		ErrCodeUnknown, ErrCodeUsedUp, ErrCodeExpired, ErrCodeNotStarted,
		ErrInsufficientPoints, ErrOperationConflict, ErrDeliveryNotFound,
		ErrCodeWrong, ErrCodeOver, ErrTooManyAttempts, ErrTooManyCodes,
		ErrOrderUnknown, ErrOrderDuplicate, ErrOrderReversed, ErrOrderVoided, ErrOrderMismatch,
		ErrBusy, ErrUnavailable, ErrNotSupported, ErrInternal,
	}
}

// RewardKinds lists the kinds that only calls of a rewards vendor can meet, so
// that the tables of other surfaces need no row for them.
func RewardKinds() []Kind {
	return []Kind{
		ErrCodeWrong, ErrCodeOver, ErrTooManyCodes,
		ErrOrderUnknown, ErrOrderDuplicate, ErrOrderReversed, ErrOrderVoided, ErrOrderMismatch,
	}
}

// Error is an error of a kind with what an operator may want to know besides.
type Error struct {
	// Kind decides what the caller is told.
	Kind Kind
	// Detail says more, for example the field; it never holds personal data.
	Detail string
	// Cause is for the log alone.
	Cause error
}

// Fail makes an error of a kind with a detail that holds no personal data.
func Fail(kind Kind, detail string) error { return &Error{Kind: kind, Detail: detail} }

// Wrap makes an error of a kind around its cause; nil stays nil.
func Wrap(kind Kind, cause error) error {
	if cause == nil {
		return nil
	}
	return &Error{Kind: kind, Cause: cause}
}

// Error implements error.
func (e *Error) Error() string {
	text := string(e.Kind)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Is reports whether target is this error's kind.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == e.Kind
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf tells the kind of any error: that of the outermost [Error] or [Kind]
// in its chain, else ErrInternal. It is "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return ErrInternal
}
