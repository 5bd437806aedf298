package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

// State is how far the outbox has got with a delivery.
type State string

// The states of a delivery. The last two are final: nothing changes them again.
const (
	// StateNew waits to be sent for the first time, or was given back unsent.
	StateNew State = "new"
	// StateSending is claimed by a worker, which may have sent it.
	StateSending State = "sending"
	// StateRetry was certainly not done by the vendor and is sent again when due.
	StateRetry State = "retry"
	// StatePending was accepted by the vendor, whose last word is still to come.
	StatePending State = "pending"
	// StateUnknown may or may not have been done: an answer was lost. It is
	// never sent again by itself; the vendor is asked when due, or an operator decides.
	StateUnknown State = "unknown"
	// StateDone was done by the vendor.
	StateDone State = "done"
	// StateRejected was refused by the vendor, or given up: it was not done.
	StateRejected State = "rejected"
)

// States lists every state once, in the order of a delivery's life.
func States() []State {
	return []State{
		StateNew, StateSending, StateRetry, StatePending, StateUnknown, StateDone, StateRejected,
	}
}

// ReasonWorkerLost is the Reason of a delivery whose worker ended while it was
// sending.
const ReasonWorkerLost = "the worker ended while it was sending"

// Final reports whether nothing can happen to the delivery any more.
func (s State) Final() bool { return s == StateDone || s == StateRejected }

// Valid reports whether the state is one of those above.
func (s State) Valid() bool {
	for _, known := range States() {
		if s == known {
			return true
		}
	}
	return false
}

// Message is what a reward vendor must hear, as a change of the programme orders
// it. The store stores it in the transaction of that change.
type Message struct {
	// Key happens once: the rule and what caused it. At most crm.MaxKeyBytes.
	Key string
	// Cause names the change that ordered it, so that a reversal finds it. At most
	// crm.MaxKeyBytes.
	Cause string
	// Rule is the ID of the award rule, for operators; at most 64 bytes.
	Rule string
	// Vendor and Action say who must hear what, in at most MaxVendorBytes each; a
	// bridge knows their meaning.
	Vendor, Action string
	// Points to be moved at the vendor; zero for messages that move none.
	Points int64
	// Payload is what the action needs besides, frozen when it was ordered: JSON,
	// which a store may write otherwise; at most MaxPayloadBytes.
	Payload json.RawMessage `json:",omitempty"`
	// AtMostOnce forbids a second sending after an answer that was lost: the state is
	// then unknown. Messages without it may be sent again under the same reference.
	AtMostOnce bool
	// Holds keeps later messages of the same customer and vendor waiting until this
	// one is final; otherwise they wait until it is sent.
	Holds bool
	// Effect is what the vendor's last word does to our own ledger.
	Effect Effect
	// Undo is how the message is taken back; its Action is empty when it cannot be.
	Undo Undo
}

// MaxPayloadBytes and MaxAnswerBytes limit what is kept of a request and of the
// vendor's answer.
const (
	MaxPayloadBytes = 8 << 10
	MaxAnswerBytes  = 16 << 10
)

// MaxVendorBytes limits the name of a vendor and that of an action,
// MaxReferenceBytes the vendor's own name of what it did.
const (
	MaxVendorBytes    = 32
	MaxReferenceBytes = 128
)

// Effect is what a vendor's last word does to our own ledger.
type Effect string

// The effects.
const (
	// EffectNone leaves our ledger alone.
	EffectNone Effect = ""
	// EffectBook credits what the vendor booked: an award that exists there first.
	EffectBook Effect = "book"
	// EffectUnbook takes what the vendor took back, as far as it is still there.
	EffectUnbook Effect = "unbook"
	// EffectRefund gives back the part of a spending that the vendor did not take.
	EffectRefund Effect = "refund"
)

// Valid reports whether the effect is one of those above.
func (e Effect) Valid() bool {
	switch e {
	case EffectNone, EffectBook, EffectUnbook, EffectRefund:
		return true
	}
	return false
}

// Undo orders the opposite of a message.
type Undo struct {
	Action  string          `json:"action,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
	Effect  Effect          `json:"effect,omitempty"`
}

// Delivery is a message in the outbox.
type Delivery struct {
	// ID is ours and unique; a vendor is given it as its reference (order_id,
	// requestId), so that the same delivery has the same reference for good.
	ID string
	Message
	// CardNumber and CustomerID say for whom; the card follows a replacement.
	CardNumber, CustomerID string
	// Reverses is the ID of the delivery that this one undoes, "" for none.
	Reverses string

	State State
	// Claim is the worker's, "" when nobody has it.
	Claim string
	// Attempts counts how often it was claimed for sending.
	Attempts int64
	// DueAt is when something is to be done next: sending, or asking the vendor;
	// while it is claimed, when the claim is over. Forever when only an operator
	// can do anything.
	DueAt time.Time
	// SentAt is when it was claimed for sending last.
	SentAt time.Time
	// VendorRef is the vendor's own name of what it did.
	VendorRef string
	// Booked is how many points the vendor really moved.
	Booked int64
	// Reason says why it is where it is, without personal data.
	Reason string
	// Answer is the vendor's last answer, redacted.
	Answer               []byte
	CreatedAt, UpdatedAt time.Time
}

// Held reports whether somebody is at work on the delivery: it has a claim that
// is not over.
func (d Delivery) Held(now time.Time) bool { return d.Claim != "" && d.DueAt.After(now) }

// ClaimRequest asks for deliveries to work on.
type ClaimRequest struct {
	Vendor string
	// Claim is new and unique for every call.
	Claim string
	Limit int
	// Now decides what is due; the claim holds until Until.
	Now, Until time.Time
}

// Settlement is what became of a delivery.
type Settlement struct {
	ID string
	// Claim must be the one that holds the delivery. Without one the settlement
	// comes from elsewhere (a callback, an operator) and is stored whoever holds it.
	Claim string
	// Expect, when set, is the state in which the delivery has to be, held by
	// nobody: for decisions that rest on what was read before.
	Expect State
	// State is the new state; StateNew gives an unsent delivery back.
	State State
	// DueAt is when something is to be done next.
	DueAt time.Time
	// VendorRef and Answer keep what is stored when they are empty.
	VendorRef string
	Booked    int64
	Reason    string
	Answer    []byte
	// Credit is added to the card and Debit, points, taken from it, as far as they
	// are there, when the delivery becomes final by this call.
	Credit crm.Accrual
	Debit  int64
	// DebitText describes the debit to the customer.
	DebitText string
	// Offers are shown to the delivery's card alone from then on, whatever their
	// Audience and Target say: vouchers that were won.
	Offers []crm.Offer
	// Actor leaves a line in the card's audit log; "" for none.
	Actor string
	Now   time.Time
}

// Query selects deliveries; empty fields select all.
type Query struct {
	Vendor, CardNumber string
	// CustomerID goes with a Vendor.
	CustomerID string
	State      State
	// Open leaves out those that are final.
	Open bool
	// After is the last ID of the page before.
	After string
	Limit int
}

// Count is how many deliveries of a vendor are in a state.
type Count struct {
	Vendor string
	State  State
	Count  int64
	// Oldest is when the oldest of them was ordered.
	Oldest time.Time
}

// Check tells what no store could keep or no worker understand of a pattern.
func (e Message) Check() error {
	if longest := max(len(e.Vendor), len(e.Action), len(e.Undo.Action)); longest > MaxVendorBytes {
		return fmt.Errorf("the name of its vendor or an action is longer than %d bytes", MaxVendorBytes)
	}
	for _, payload := range []json.RawMessage{e.Payload, e.Undo.Payload} {
		if len(payload) > MaxPayloadBytes || len(payload) > 0 && !json.Valid(payload) {
			return errors.New("its payload is not JSON, or too long")
		}
	}
	if !e.Effect.Valid() || !e.Undo.Effect.Valid() {
		return errors.New("its effect is unknown")
	}
	return nil
}
