package outbox

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"koshelek-adapter/crm"
)

// Vendor speaks to one reward vendor. It is safe for concurrent use.
type Vendor interface {
	// Name is that under which deliveries are kept; it never changes.
	Name() string

	// Message gives the pattern of an action with the parameters of an award rule:
	// what is frozen in the outbox, whether it may be sent again, whether it holds
	// up its line, and how it is undone. The error says what is wrong with the
	// parameters, for an operator.
	Message(action string, params json.RawMessage) (Message, error)

	// Send sends a delivery once and says what is certain. It never sends a Once
	// delivery a second time by itself unless the vendor has certainly not done it.
	// The bytes that are sent depend on the delivery alone, so a delivery that is
	// sent again is the same request.
	Send(ctx context.Context, r Request) Outcome

	// Ask finds out what became of a delivery in DeliveryPending or DeliveryUnknown.
	// Where the vendor cannot be asked it says so, with WaitForOperator.
	Ask(ctx context.Context, r Request) Outcome

	// WantsRecipient tells whether Send needs the profile of the delivery's
	// customer: it is read for those who need it alone.
	WantsRecipient(d Delivery) bool
}

// Request is a delivery that is sent or asked about.
type Request struct {
	// Delivery is as the outbox has it, but for the Points of one that undoes
	// another: they are what that one moved.
	Delivery
	// Recipient is the profile of the customer, for what is sent and the vendor wants
	// it: as it was a second before, at most; empty when the card has no holder any
	// more.
	Recipient crm.Profile
	// SentBy is the last moment at which the delivery can have been sent.
	SentBy time.Time
	// Known gives those of the vendor's references that belong to deliveries.
	Known func(ctx context.Context, references []string) ([]string, error)
}

// Caller is a vendor that calls us.
type Caller interface {
	// Callbacks gives what it calls, none when it is not configured to.
	Callbacks(Books) []Callback
}

// Callback is an address of ours that a vendor posts to.
type Callback struct {
	// Path is below /callbacks/ or /webhooks/, with its parameters as in
	// /callbacks/points/{id}/{token}.
	Path string
	// User and Password are the vendor's, for HTTP Basic; none are asked for when
	// both are empty.
	User, Password string
	// Take stores what the body says and returns nil only when it is stored. The
	// request's path values are those of Path. Errors are of the kinds of crm;
	// crm.ErrInvalidRecord and crm.ErrOperationConflict raise an alarm.
	Take func(r *http.Request, body []byte) error
}

// Books is what a callback may look up and change.
type Books interface {
	// Delivery gives one delivery. crm.ErrDeliveryNotFound.
	Delivery(ctx context.Context, id string) (Delivery, error)
	// Settle stores what became of a delivery; the first final outcome wins, and a
	// contradicting one is crm.ErrOperationConflict.
	Settle(ctx context.Context, d Delivery, o Outcome) error
	// Deliveries gives a page of the outbox.
	Deliveries(ctx context.Context, q Query) ([]Delivery, error)
	// KnownReferences gives those of a vendor's references that belong to deliveries.
	KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error)
	// CardOf gives the number of a customer's card. crm.ErrCustomerNotFound.
	CardOf(ctx context.Context, customerID string) (string, error)
	// Mirror books what a vendor has moved already, once for a key: points are
	// credited, negative ones are debited. crm.ErrOperationConflict when the key
	// stands for another booking.
	Mirror(ctx context.Context, m Mirrored) error
	// Mirrored gives what was booked under a key; found is false when nothing was.
	Mirrored(ctx context.Context, key string) (m Mirrored, found bool, err error)
}

// Mirrored is a booking of ours of what a vendor has moved.
type Mirrored struct {
	Key, CardNumber string
	// Points are negative when they were taken.
	Points      int64
	Description string
}
