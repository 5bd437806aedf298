package crm

import (
	"context"
	"time"
)

// What a [Program] may be able to do besides. Wiring asks for these once, by type
// assertion; a surface or a command that needs one which is missing says so.

// Ledger books points by hand, for operators and for vendors that moved points
// first. Each booking happens once for its key.
type Ledger interface {
	// Credit adds points as one lot; without AvailableFrom they may be spent at
	// once, without ValidUntil they live as long as the programme's points do.
	// Errors: ErrInvalidAmount, ErrInvalidRecord (no key), ErrCardNotFound,
	// ErrCardBlocked, ErrOperationConflict.
	Credit(ctx context.Context, t Transaction) (Posting, error)

	// Debit spends available points, earliest expiry first; pending and expired
	// points do not count, and a balance never becomes negative. Errors: those of
	// Credit, ErrCardInactive, ErrInsufficientPoints (nothing is taken).
	Debit(ctx context.Context, t Transaction) (Posting, error)
}

// Transaction is one booking on a card.
type Transaction struct {
	// Key makes it happen once: the same key with the same card, points and
	// description gives the first answer, another content ErrOperationConflict. 1 to
	// MaxKeyBytes.
	Key        string
	CardNumber string
	// Points are positive for both directions.
	Points      int64
	Description string
	// AvailableFrom and ValidUntil shape the lot of a credit; a debit ignores them.
	AvailableFrom, ValidUntil time.Time
	// Actor stands in the card's audit log; "" for no line there.
	Actor string
	// Mirror tells that a vendor has moved the points already, so that no vendor is
	// told of it.
	Mirror bool
}

// Numbers looks after the pool of free card numbers.
type Numbers interface {
	// AddNumbers puts numbers into the pool and tells how many were new; a number
	// without a barcode gets the programme's. With handedOver they belong to
	// Koshelek, which issues them without asking, and are never given out here.
	AddNumbers(ctx context.Context, numbers []CardNumber, handedOver bool) (added int, refused []RowError, err error)

	// PoolLevel tells how many numbers are free, reserved and handed over.
	PoolLevel(ctx context.Context) (PoolLevel, error)
}

// RowError is a row of a list that was not stored.
type RowError struct {
	// Index of the row in the call.
	Index int
	Err   error
}

// SignIn lets customers prove that they hold the registered phone.
type SignIn interface {
	// Account gives a customer's points. An inactive card is shown, a blocked one is
	// not. ErrCustomerNotFound.
	Account(ctx context.Context, who Identifier) (Account, error)

	// SendOneTimeCode sends a code to the phone of a customer whose card is active,
	// and gives the reference that has to come back with it. Whatever was sent
	// before is good no more. ErrUnavailable: the code may have been sent, and counts
	// as sent. Errors: ErrCustomerNotFound (also without a phone or an active card),
	// ErrTooManyCodes, ErrTooManyAttempts.
	SendOneTimeCode(ctx context.Context, who Identifier) (reference string, err error)

	// UseOneTimeCode judges a code that a customer typed and gives the account of
	// one who may come in; a right code is used up. A customer who is not known is
	// answered like a wrong code. Errors: ErrCodeWrong, ErrCodeOver,
	// ErrTooManyAttempts.
	UseOneTimeCode(ctx context.Context, who Identifier, reference, code string) (Account, error)
}

// Orders takes points for what a vendor sells, and gives them back when the vendor
// cannot deliver. An order's ID makes each step happen once.
type Orders interface {
	// RedeemOrder takes the points of an order. The same order again, of the same
	// customer and points, takes nothing more and is Repeated. Errors, with which
	// nothing is taken: ErrInvalidRecord (the ID), ErrInvalidAmount,
	// ErrCustomerNotFound (also for a card that is not active),
	// ErrInsufficientPoints, ErrOperationConflict (known with another customer or
	// other points), ErrOrderReversed, ErrOrderVoided.
	RedeemOrder(ctx context.Context, who Identifier, o VendorOrder) (Redeemed, error)

	// ReverseOrder gives the points of an order back, whatever has become of the
	// customer since. Errors: ErrInvalidRecord (the ID), ErrInvalidAmount,
	// ErrOrderUnknown (and an order that comes late is voided), ErrOrderReversed,
	// ErrOrderMismatch.
	ReverseOrder(ctx context.Context, who Identifier, o VendorOrder, reason string) (Order, error)
}
