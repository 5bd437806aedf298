package qiibee

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// The actions of qiibee.
const (
	ActionCredit = "credit"
	ActionDebit  = "debit"
	ActionMiles  = "miles"
)

// typeOf are the vendor's types of transactions for our actions.
var typeOf = map[string]string{ActionCredit: CreditPoints, ActionDebit: DebitPoints, ActionMiles: PointsToExternalRewards}

// Vendor tells qiibee what the outbox holds for it (contract: qiibee.md). A
// transaction has no key of ours, so it is sent once, and the user's transactions
// are asked what became of it; one customer's deliveries wait for each other, so
// that there is never a doubt which transaction belongs to which.
type Vendor struct {
	client   *Client
	settings Settings
	// users are those who are known to exist at the vendor.
	users *lru.Cache[string, struct{}]
}

var (
	_ outbox.Vendor = (*Vendor)(nil)
	_ outbox.Caller = (*Vendor)(nil)
)

// Name implements outbox.Vendor.
func (v *Vendor) Name() string { return Name }

// params is the payload of every action.
type params struct {
	TokenID int64 `json:"token_id"`
	// Provider is for miles, for example miles_and_more.
	Provider string `json:"provider,omitempty"`
}

// Message implements outbox.Vendor: credit and debit, which undo each other, and
// miles with a provider, which cannot be undone.
func (v *Vendor) Message(action string, raw json.RawMessage) (outbox.Message, error) {
	var p params
	if err := outbox.Params(raw, &p); err != nil {
		return outbox.Message{}, err
	}
	if p.TokenID <= 0 {
		return outbox.Message{}, errors.New("token_id is missing")
	}
	if (action == ActionMiles) != (p.Provider != "") {
		return outbox.Message{}, errors.New("provider belongs to miles, and miles need one")
	}
	m := outbox.Message{Vendor: Name, Action: action, Payload: outbox.Payload(p), AtMostOnce: true, Holds: true}
	switch action {
	case ActionCredit:
		m.Undo = outbox.Undo{Action: ActionDebit, Payload: m.Payload}
	case ActionDebit:
		m.Undo = outbox.Undo{Action: ActionCredit, Payload: m.Payload}
	case ActionMiles:
	default:
		return outbox.Message{}, fmt.Errorf("qiibee knows no action %q; it knows credit, debit and miles", action)
	}
	return m, nil
}

// WantsRecipient implements outbox.Vendor: a user who is not known yet is made.
func (v *Vendor) WantsRecipient(d outbox.Delivery) bool { return !v.users.Contains(d.CustomerID) }

// emailPatience is how long a delivery waits for an e-mail address, which the
// vendor wants of every user.
const emailPatience = 6 * time.Hour

// Send implements outbox.Vendor. The user is made first, under our own ID of
// the customer.
func (v *Vendor) Send(ctx context.Context, r outbox.Request) outbox.Outcome {
	p, err := outbox.PayloadOf[params](r.Delivery)
	if err != nil {
		return outbox.Rejected(err.Error())
	}
	if r.CustomerID == "" {
		return outbox.Rejected("the card has no holder, so there is no user at the vendor")
	}
	known := v.users.Contains(r.CustomerID)
	if out, ready := v.ensureUser(ctx, r); !ready {
		return out
	}
	accepted, err := v.client.SendTransaction(ctx, Transaction{
		UserID: r.CustomerID, Type: typeOf[r.Action], Points: r.Points, TokenID: p.TokenID, Provider: p.Provider,
	})
	switch {
	case err == nil:
		return outbox.Outcome{
			State: outbox.StatePending, Wait: v.settings.SettleAfter, VendorRef: accepted.ID, Answer: accepted.Record.JSON(),
		}
	case known && saysNoUser(err):
		v.users.Remove(r.CustomerID) // and make the user next time
		return vendorhttp.Failed(outbox.StateRetry, err)
	case vendorhttp.NeverDone(err), errors.Is(err, vendorhttp.NotFound):
		return vendorhttp.Failed(outbox.StateRejected, err)
	case vendorhttp.Refused(err):
		return vendorhttp.Failed(outbox.StateRetry, err)
	}
	out := vendorhttp.Failed(outbox.StateUnknown, err)
	out.Wait = v.settings.SettleAfter
	return out
}

// saysNoUser reports that the vendor does not know the user of a transaction. The
// words of its 400 are not documented.
func saysNoUser(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Kind != vendorhttp.NotFound && e.Kind != vendorhttp.Rejected {
		return false
	}
	words := strings.ToLower(e.Message + " " + e.Code)
	return e.Kind == vendorhttp.NotFound || strings.Contains(words, "user") &&
		(strings.Contains(words, "unknown") || strings.Contains(words, "not found") || strings.Contains(words, "not exist"))
}

// ensureUser makes the customer a user of the vendor once; ready tells that the
// transaction can be sent.
func (v *Vendor) ensureUser(ctx context.Context, r outbox.Request) (out outbox.Outcome, ready bool) {
	if v.users.Contains(r.CustomerID) {
		return out, true
	}
	var err error
	if r.Recipient.Email == "" {
		err = v.client.FindUser(ctx, r.CustomerID)
	} else {
		err = v.client.EnsureUser(ctx, User{
			AuthID: r.CustomerID, Email: r.Recipient.Email, FirstName: r.Recipient.FirstName, SecondName: r.Recipient.Surname,
		})
	}
	switch {
	case err == nil:
		v.users.Add(r.CustomerID, struct{}{})
		return out, true
	case r.Recipient.Email == "" && errors.Is(err, vendorhttp.NotFound):
		out.State, out.Wait, out.Reason = outbox.StateRetry, emailPatience, "the vendor wants an e-mail address, and the customer has none yet"
		return out, false
	case r.Recipient.Email != "" && vendorhttp.NeverDone(err):
		return vendorhttp.Failed(outbox.StateRejected, err), false
	}
	return vendorhttp.Failed(outbox.StateRetry, vendorhttp.Before(Name, createTransaction, err)), false
}

// SetMembership stores a customer's number at a partner for whose miles points can
// be exchanged. The user is made when there is none.
func (v *Vendor) SetMembership(ctx context.Context, customerID string, profile crm.Profile, provider, number string) error {
	for try := 1; ; try++ {
		if out, ready := v.ensureUser(ctx, outbox.Request{Delivery: outbox.Delivery{CustomerID: customerID}, Recipient: profile}); !ready {
			return errors.New(out.Reason)
		}
		err := v.client.SetMembership(ctx, customerID, provider, number)
		if try == 2 || !saysNoUser(err) {
			return err
		}
		v.users.Remove(customerID)
	}
}
