package reward

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/qiibee"
	"koshelek-adapter/crm/bridge/wire"
)

// The actions of qiibee.
const (
	ActionCredit = "credit"
	ActionDebit  = "debit"
	ActionMiles  = "miles"
)

// qiibeeTypes are the vendor's types of transactions for our actions.
var qiibeeTypes = map[string]string{
	ActionCredit: qiibee.CreditPoints, ActionDebit: qiibee.DebitPoints, ActionMiles: qiibee.PointsToExternalRewards,
}

// QiibeeOptions shape the bridge to qiibee.
type QiibeeOptions struct {
	// SettleAfter is the wait before the user's transactions are asked for one.
	SettleAfter time.Duration
	// AbsentAfter is how long after its sending a transaction that is not listed was
	// not made.
	AbsentAfter time.Duration
	// Known gives those of a vendor's references that belong to deliveries.
	Known func(ctx context.Context, vendor string, references []string) ([]string, error)
	// Clock is injected by tests; nil for the real one.
	Clock func() time.Time
}

// Qiibee is the bridge to the qiibee Loyalty API (contract: qiibee.md). A
// transaction has no key of ours, so it is sent once, and the user's transactions
// are asked what became of it; one customer's deliveries wait for each other, so
// that there is never a doubt which transaction belongs to which.
type Qiibee struct {
	client  *qiibee.Client
	options QiibeeOptions
	users   *lru.Cache[string, struct{}]
}

var _ bridge.Bridge = (*Qiibee)(nil)

// NewQiibee makes the bridge.
func NewQiibee(client *qiibee.Client, o QiibeeOptions) *Qiibee {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	users, err := lru.New[string, struct{}](knownUsers)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &Qiibee{client: client, options: o, users: users}
}

// knownUsers is how many users are remembered to exist at the vendor.
const knownUsers = 100_000

// SetKnown sets Options.Known, for a programme that is made after its bridges.
func (q *Qiibee) SetKnown(known func(ctx context.Context, vendor string, references []string) ([]string, error)) {
	q.options.Known = known
}

// Vendor implements bridge.Bridge.
func (q *Qiibee) Vendor() string { return qiibee.Vendor }

// qiibeeParams is the payload of every action.
type qiibeeParams struct {
	TokenID int64 `json:"token_id"`
	// Provider is for miles, for example miles_and_more.
	Provider string `json:"provider,omitempty"`
}

// Errand implements bridge.Bridge: credit and debit, which undo each other, and
// miles with a provider, which cannot be undone.
func (q *Qiibee) Errand(action string, raw json.RawMessage) (crm.Errand, error) {
	var p qiibeeParams
	if err := params(raw, &p); err != nil {
		return crm.Errand{}, err
	}
	if p.TokenID <= 0 {
		return crm.Errand{}, errors.New("token_id is missing")
	}
	if (action == ActionMiles) != (p.Provider != "") {
		return crm.Errand{}, errors.New("provider belongs to miles, and miles need one")
	}
	e := crm.Errand{Vendor: q.Vendor(), Action: action, Payload: frozen(p), Once: true, Holds: true}
	switch action {
	case ActionCredit:
		e.Undo = crm.Undo{Action: ActionDebit, Payload: e.Payload}
	case ActionDebit:
		e.Undo = crm.Undo{Action: ActionCredit, Payload: e.Payload}
	case ActionMiles:
	default:
		return crm.Errand{}, fmt.Errorf("qiibee knows no action %q; it knows credit, debit and miles", action)
	}
	return e, nil
}

// WantsRecipient implements bridge.Bridge: a user who is not known yet is made.
func (q *Qiibee) WantsRecipient(d crm.Delivery) bool { return !q.users.Contains(d.CustomerID) }

// emailPatience is how long a delivery waits for an e-mail address, which the
// vendor wants of every user.
const emailPatience = 6 * time.Hour

// Deliver implements bridge.Bridge. The user is made first, under our own ID of
// the customer.
func (q *Qiibee) Deliver(ctx context.Context, job bridge.Job) bridge.Outcome {
	p, err := thaw[qiibeeParams](job.Delivery)
	if err != nil {
		return rejected(err.Error())
	}
	if job.CustomerID == "" {
		return rejected("the card has no holder, so there is no user at the vendor")
	}
	if out, ready := q.ensureUser(ctx, job); !ready {
		return out
	}
	request, err := q.client.PrepareTransaction(qiibee.Transaction{
		UserID: job.CustomerID, Type: qiibeeTypes[job.Action], Amount: decimal.NewFromInt(job.Points), TokenID: p.TokenID, Provider: p.Provider,
	})
	if err != nil {
		return rejected(err.Error())
	}
	accepted, err := q.client.SendTransaction(ctx, request)
	if err == nil {
		out := pending(q.options.SettleAfter, accepted.Record)
		out.VendorRef = accepted.ID
		return out
	}
	return q.refused(err)
}

// refused is what a failed transaction means.
func (q *Qiibee) refused(err error) bridge.Outcome {
	switch {
	case errors.Is(err, wire.Rejected), errors.Is(err, wire.NotFound), refusedHere(err):
		out := failure(err)
		out.State, out.Down = crm.DeliveryRejected, false
		return out
	case wire.Refused(err):
		return again(err)
	}
	out := failure(err)
	out.State, out.Wait = crm.DeliveryUnknown, q.options.SettleAfter
	return out
}

// ensureUser makes the customer a user of the vendor once; ready tells that the
// transaction can be sent.
func (q *Qiibee) ensureUser(ctx context.Context, job bridge.Job) (out bridge.Outcome, ready bool) {
	if q.users.Contains(job.CustomerID) {
		return out, true
	}
	if job.Recipient.Email == "" {
		_, err := q.client.User(ctx, job.CustomerID)
		switch {
		case err == nil:
			q.users.Add(job.CustomerID, struct{}{})
			return out, true
		case !errors.Is(err, wire.NotFound):
			return again(wire.Before(q.Vendor(), "create-transaction", err)), false
		}
		out.State, out.Wait, out.Reason = crm.DeliveryRetry, emailPatience, "the vendor wants an e-mail address, and the customer has none yet"
		return out, false
	}
	_, err := q.client.EnsureUser(ctx, qiibee.User{
		AuthID: job.CustomerID, Email: job.Recipient.Email, FirstName: job.Recipient.FirstName, SecondName: job.Recipient.Surname,
	})
	switch {
	case err == nil:
		q.users.Add(job.CustomerID, struct{}{})
		return out, true
	case errors.Is(err, wire.Rejected), refusedHere(err):
		out = failure(err)
		out.State, out.Down = crm.DeliveryRejected, false
		return out, false
	}
	return again(wire.Before(q.Vendor(), "create-transaction", err)), false
}

// SetMembership stores a customer's number at a partner for whose miles points can
// be exchanged. The user is made when there is none.
func (q *Qiibee) SetMembership(ctx context.Context, customerID string, profile crm.Profile, provider, number string) error {
	job := bridge.Job{Delivery: crm.Delivery{CustomerID: customerID}, Recipient: profile}
	if out, ready := q.ensureUser(ctx, job); !ready {
		return errors.New(out.Reason)
	}
	return q.client.SetMembership(ctx, customerID, qiibee.Membership{Provider: provider, Number: number})
}
