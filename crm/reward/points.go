package reward

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/points"
	"koshelek-adapter/crm/bridge/wire"
)

// PointsOptions shape the bridge to the Points API.
type PointsOptions struct {
	// ClientID is compared with that of callbacks.
	ClientID string
	// CallbackURL is our own public address of callbacks; the path segments
	// /{requestId}/{token} are added to it.
	CallbackURL string
	// CallbackSecret makes the tokens; it must stay the same while deliveries are
	// pending.
	CallbackSecret string
	// CallbackWait is how long a callback may take before the delivery is unknown.
	CallbackWait time.Duration
}

// Points is the bridge to the Points API (contract: points.md). A request is
// repeated under its requestId until the vendor has it; what was really moved
// comes by callback.
type Points struct {
	client  *points.Client
	options PointsOptions
}

var _ bridge.Bridge = (*Points)(nil)

// NewPoints makes the bridge.
func NewPoints(client *points.Client, o PointsOptions) *Points {
	o.CallbackURL = strings.TrimRight(o.CallbackURL, "/")
	return &Points{client, o}
}

// Vendor implements bridge.Bridge.
func (p *Points) Vendor() string { return points.Vendor }

// pointsRule is the payload of earn and redeem.
type pointsRule struct {
	RuleID string `json:"rule_id"`
	// UndoRuleID is the rule of the opposite call; without it there is no undo.
	UndoRuleID string `json:"undo_rule_id,omitempty"`
}

// Errand implements bridge.Bridge: the actions earn and redeem with rule_id, and
// undo_rule_id for taking them back.
func (p *Points) Errand(action string, raw json.RawMessage) (crm.Errand, error) {
	var rule pointsRule
	if err := params(raw, &rule); err != nil {
		return crm.Errand{}, err
	}
	if rule.RuleID == "" {
		return crm.Errand{}, errors.New("rule_id is missing")
	}
	opposite := map[string]string{points.Earn: points.Redeem, points.Redeem: points.Earn}[action]
	if opposite == "" {
		return crm.Errand{}, fmt.Errorf("points knows no action %q; it knows earn and redeem", action)
	}
	e := crm.Errand{Vendor: p.Vendor(), Action: action, Payload: frozen(rule)}
	if rule.UndoRuleID != "" {
		e.Undo = crm.Undo{Action: opposite, Payload: frozen(pointsRule{RuleID: rule.UndoRuleID})}
	}
	return e, nil
}

// WantsRecipient implements bridge.Bridge: the vendor knows customers by our IDs.
func (p *Points) WantsRecipient(crm.Delivery) bool { return false }

// Deliver implements bridge.Bridge.
func (p *Points) Deliver(ctx context.Context, job bridge.Job) bridge.Outcome {
	rule, err := thaw[pointsRule](job.Delivery)
	if err != nil {
		return rejected(err.Error())
	}
	if job.CustomerID == "" {
		return rejected("the card has no holder, so there is no user at the vendor")
	}
	request, err := p.client.Prepare(job.Action, points.Transaction{
		UserID: job.CustomerID, RuleID: rule.RuleID, Amount: decimal.NewFromInt(job.Points), RequestID: job.ID,
		CallbackURL: p.options.CallbackURL + "/" + job.ID + "/" + p.token(job.ID),
	})
	if err != nil {
		return rejected(err.Error())
	}
	accepted, err := p.client.Send(ctx, request)
	switch {
	case err == nil:
		return pending(p.options.CallbackWait, accepted.Record)
	case errors.Is(err, wire.Rejected), refusedHere(err):
		out := failure(err)
		out.State, out.Down = crm.DeliveryRejected, false
		return out
	}
	// The same requestId may be sent again whatever happened.
	return again(err)
}

// Ask implements bridge.Bridge: the vendor has no look-up, so a callback that does
// not come leaves the delivery to an operator.
func (p *Points) Ask(_ context.Context, job bridge.Job) bridge.Outcome {
	return unknown(crm.WaitForOperator, "no callback came in time, and the vendor has no look-up")
}

// token makes the callback's address unguessable.
func (p *Points) token(id string) string {
	mac := hmac.New(sha256.New, []byte(p.options.CallbackSecret))
	mac.Write([]byte("points callback " + id))
	return hex.EncodeToString(mac.Sum(nil))
}

// Callback reads a callback that came to an address with a requestId and a token.
// It gives the outcome for the delivery that it is about. The errors are
// crm.ErrDeliveryNotFound when address or body do not fit a delivery of ours, and
// crm.ErrInvalidRecord when the body is none.
func (p *Points) Callback(ctx context.Context, find func(context.Context, string) (crm.Delivery, error), id, token string, body []byte,
) (crm.Delivery, crm.Outcome, error) {
	if subtle.ConstantTimeCompare([]byte(token), []byte(p.token(id))) != 1 {
		return crm.Delivery{}, crm.Outcome{}, crm.Fail(crm.ErrDeliveryNotFound, "the callback's token is wrong")
	}
	c, err := points.ParseCallback(body)
	if err != nil {
		return crm.Delivery{}, crm.Outcome{}, crm.Fail(crm.ErrInvalidRecord, err.Error())
	}
	if c.RequestID != id {
		return crm.Delivery{}, crm.Outcome{}, crm.Fail(crm.ErrDeliveryNotFound, "the callback's requestId is not its address's")
	}
	d, err := find(ctx, id)
	if err != nil {
		return crm.Delivery{}, crm.Outcome{}, err
	}
	if err := p.fits(d, c); err != nil {
		return crm.Delivery{}, crm.Outcome{}, err
	}
	out, err := callbackOutcome(d, c)
	return d, out, err
}

// fits compares a callback with what was sent.
func (p *Points) fits(d crm.Delivery, c points.Callback) error {
	rule, err := thaw[pointsRule](d)
	if err != nil {
		return crm.Wrap(crm.ErrInternal, err)
	}
	wrong := ""
	switch {
	case d.Vendor != p.Vendor():
		wrong = "vendor"
	case c.ClientID != p.options.ClientID:
		wrong = "clientId"
	case c.UserID != d.CustomerID:
		wrong = "userId"
	case c.RuleID != rule.RuleID:
		wrong = "ruleId"
	case c.Earned != (d.Action == points.Earn):
		wrong = "action"
	default:
		return nil
	}
	return crm.Fail(crm.ErrDeliveryNotFound, "the callback's "+wrong+" is not what was sent")
}

// callbackOutcome books what the vendor moved, never what was asked for. More
// than was asked for, or a fraction, cannot be right.
func callbackOutcome(d crm.Delivery, c points.Callback) (crm.Outcome, error) {
	if !c.Succeeded {
		return crm.Outcome{State: crm.DeliveryRejected, Reason: "the vendor refused: " + c.Reason()}, nil
	}
	if !c.Points.IsInteger() || d.Reverses == "" && c.Points.GreaterThan(decimal.NewFromInt(d.Points)) || c.Points.GreaterThan(decimal.NewFromInt(crm.MaxPoints)) {
		return crm.Outcome{}, crm.Fail(crm.ErrInvalidRecord, "the callback's points are a fraction or more than was asked for")
	}
	return crm.Outcome{State: crm.DeliveryDone, Booked: c.Points.IntPart(), VendorRef: c.TransactionID}, nil
}

// Balance asks for a customer's points at the vendor, with whatever decimals it
// has.
func (p *Points) Balance(ctx context.Context, customerID string) (string, error) {
	balance, err := p.client.Balance(ctx, customerID)
	if err != nil {
		return "", err
	}
	return balance.Points.String(), nil
}
