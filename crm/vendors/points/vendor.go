package points

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Vendor tells the Points API what the outbox holds for it (contract: points.md). A
// request is repeated under its requestId until the vendor has it; what was really
// moved comes by callback.
type Vendor struct {
	client   *Client
	settings Settings
}

var (
	_ outbox.Vendor = (*Vendor)(nil)
	_ outbox.Caller = (*Vendor)(nil)
)

// Name implements outbox.Vendor.
func (v *Vendor) Name() string { return Name }

// params are the payload of earn and redeem.
type params struct {
	RuleID string `json:"rule_id"`
	// UndoRuleID is the rule of the opposite call; without it there is no undo.
	UndoRuleID string `json:"undo_rule_id,omitempty"`
}

// Message implements outbox.Vendor: the actions earn and redeem with rule_id, and
// undo_rule_id for taking them back.
func (v *Vendor) Message(action string, raw json.RawMessage) (outbox.Message, error) {
	var p params
	if err := outbox.Params(raw, &p); err != nil {
		return outbox.Message{}, err
	}
	if p.RuleID == "" {
		return outbox.Message{}, errors.New("rule_id is missing")
	}
	opposite := map[string]string{Earn: Redeem, Redeem: Earn}[action]
	if opposite == "" {
		return outbox.Message{}, fmt.Errorf("points knows no action %q; it knows earn and redeem", action)
	}
	m := outbox.Message{Vendor: Name, Action: action, Payload: outbox.Payload(p)}
	if p.UndoRuleID != "" {
		m.Undo = outbox.Undo{Action: opposite, Payload: outbox.Payload(params{RuleID: p.UndoRuleID})}
	}
	return m, nil
}

// WantsRecipient implements outbox.Vendor: the vendor knows customers by our IDs.
func (v *Vendor) WantsRecipient(outbox.Delivery) bool { return false }

// Send implements outbox.Vendor.
func (v *Vendor) Send(ctx context.Context, r outbox.Request) outbox.Outcome {
	p, err := outbox.PayloadOf[params](r.Delivery)
	if err != nil {
		return outbox.Rejected(err.Error())
	}
	if r.CustomerID == "" {
		return outbox.Rejected("the card has no holder, so there is no user at the vendor")
	}
	accepted, err := v.client.Send(ctx, r.Action, Transaction{
		UserID: r.CustomerID, RuleID: p.RuleID, Points: r.Points, RequestID: r.ID, CallbackURL: v.callbackURL(r.ID),
	})
	switch {
	case err == nil:
		return outbox.Outcome{State: outbox.StatePending, Wait: v.settings.CallbackWait, Answer: accepted.Record.JSON()}
	case vendorhttp.NeverDone(err):
		return vendorhttp.Failed(outbox.StateRejected, err)
	}
	// The same requestId may be sent again whatever happened.
	return vendorhttp.Failed(outbox.StateRetry, err)
}

// Ask implements outbox.Vendor: the vendor has no look-up, so a callback that does
// not come leaves the delivery to an operator.
func (v *Vendor) Ask(context.Context, outbox.Request) outbox.Outcome {
	return outbox.Unknown(outbox.WaitForOperator, "no callback came in time, and the vendor has no look-up")
}

// BalanceOf asks for a customer's points at the vendor, with whatever decimals it
// has.
func (v *Vendor) BalanceOf(ctx context.Context, customerID string) (string, error) {
	balance, err := v.client.Balance(ctx, customerID)
	if err != nil {
		return "", err
	}
	return balance.Points.String(), nil
}
