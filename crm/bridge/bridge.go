package bridge

import (
	"context"
	"encoding/json"

	"koshelek-adapter/crm"
)

// Bridge speaks to one reward vendor. It is safe for concurrent use.
type Bridge interface {
	// Vendor is the name under which deliveries are kept; it never changes.
	Vendor() string

	// Errand gives the pattern of an action with the parameters of an award rule:
	// what is frozen in the outbox, whether it may be sent again, whether it holds
	// up its line, and how it is undone. The error says what is wrong with the
	// parameters, for an operator.
	Errand(action string, params json.RawMessage) (crm.Errand, error)

	// Deliver sends a delivery once and says what is certain. It never sends a Once
	// delivery a second time by itself unless the vendor has certainly not done it.
	// The bytes that are sent depend on the delivery alone, so a delivery that is
	// sent again is the same request.
	Deliver(ctx context.Context, job Job) Outcome

	// WantsRecipient tells whether Deliver needs the profile of the delivery's
	// customer: it is read for those who need it alone.
	WantsRecipient(d crm.Delivery) bool

	// Ask finds out what became of a delivery in DeliveryPending or DeliveryUnknown.
	// Where the vendor cannot be asked it says so, with crm.WaitForOperator.
	Ask(ctx context.Context, job Job) Outcome
}

// Job is a delivery that is sent or asked about.
type Job struct {
	crm.Delivery
	// Recipient is the profile of the customer, for what is sent and the bridge wants it:
	// as it was a second before the bridge gets the job, at most; empty when the card
	// has no holder any more.
	Recipient crm.Profile
}

// Outcome is what a bridge found out.
type Outcome struct {
	crm.Outcome
	// Down tells that the vendor could not be reached or did not serve: there is no
	// point in sending it the next delivery at once.
	Down bool
}
