package reward

import (
	"context"
	"errors"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge/qiibee"
	"koshelek-adapter/crm/engine"
)

// Books is the part of engine.Engine that a webhook needs.
type Books interface {
	// KnownReferences gives those of a vendor's references that the outbox knows.
	KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error)
	// Deliveries gives a page of the outbox.
	Deliveries(ctx context.Context, q crm.DeliveryQuery) ([]crm.Delivery, error)
	// Account finds a customer.
	Account(ctx context.Context, who crm.Identifier) (crm.Account, error)
	// Mirror books what a vendor has moved already.
	Mirror(ctx context.Context, direction engine.Direction, m engine.Movement) (crm.Posting, error)
}

// openDeliveries is how many of a customer's deliveries are looked at.
const openDeliveries = 1000

// Webhook takes what qiibee reports of a transaction (contract: qiibee.md, "webhook
// to us"). One that the outbox has ordered is known and changes nothing; one that
// it may have ordered and does not know yet is answered with crm.ErrBusy, and comes
// again; any other was made elsewhere and, when book is set, is booked on our ledger
// once, by its tx_hash. Errors: crm.ErrInvalidRecord, crm.ErrCustomerNotFound, and
// those of [Books].Mirror.
func (q *Qiibee) Webhook(ctx context.Context, books Books, book bool, body []byte) error {
	w, err := qiibee.ParseWebhook(body)
	if err != nil {
		return crm.Fail(crm.ErrInvalidRecord, err.Error())
	}
	known, err := books.KnownReferences(ctx, q.Vendor(), references(w.TxHash, w.Reverts))
	if err != nil || len(known) > 0 {
		return err // ours; a revert of ours is for an operator, whom the log tells
	}
	account, err := books.Account(ctx, crm.Identifier{By: crm.ByCustomer, ID: w.UserID})
	if err != nil || !book {
		return err
	}
	perhaps, err := q.perhapsOurs(ctx, books, w, account)
	if err != nil {
		return err
	}
	if perhaps {
		return crm.Fail(crm.ErrBusy, "a delivery that could be this transaction is under way")
	}
	amount := w.Amount.Abs()
	if !amount.IsInteger() || amount.IsZero() || amount.GreaterThan(decimal.NewFromInt(crm.MaxPoints)) {
		return crm.Fail(crm.ErrInvalidRecord, "the webhook's amount is no number of points")
	}
	_, err = books.Mirror(ctx, direction(w), engine.Movement{
		Key: "qiibee:" + w.TxHash, CardNumber: account.Card.Number, Points: amount.IntPart(), Description: "qiibee",
	})
	return err
}

func references(hashes ...string) (some []string) {
	for _, hash := range hashes {
		if hash != "" {
			some = append(some, hash)
		}
	}
	return some
}

// perhapsOurs reports a delivery that is not final and that the transaction could
// belong to.
func (q *Qiibee) perhapsOurs(ctx context.Context, books Books, w qiibee.Webhook, account crm.Account) (bool, error) {
	list, err := books.Deliveries(ctx, crm.DeliveryQuery{Vendor: q.Vendor(), CustomerID: account.CustomerID, Limit: openDeliveries, Open: true})
	if err != nil {
		return false, err
	}
	if len(list) == openDeliveries {
		return false, errors.New("the customer has too many open deliveries to look through")
	}
	for _, d := range list {
		if qiibeeTypes[d.Action] == w.Type && w.Amount.Abs().Equal(decimal.NewFromInt(d.Points)) {
			return true, nil
		}
	}
	return false, nil
}

// direction is where a transaction moves points; a revert moves them back.
func direction(w qiibee.Webhook) engine.Direction {
	takes := w.Amount.IsNegative()
	switch w.Type {
	case qiibee.DebitPoints, qiibee.PointsToRewards, qiibee.PointsToExternalRewards:
		takes = true
	}
	if takes != (w.Reverts != "") {
		return engine.DirectionTake
	}
	return engine.DirectionGrant
}
