package qiibee

import (
	"context"
	"errors"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// Callbacks implements outbox.Caller: transactions that the vendor reports.
func (v *Vendor) Callbacks(books outbox.Books) []outbox.Callback {
	if !v.settings.WebhookPassword.IsSet() {
		return nil
	}
	return []outbox.Callback{{
		Path: "/webhooks/qiibee", User: v.settings.WebhookUser, Password: v.settings.WebhookPassword.Reveal(),
		Take: func(r *http.Request, body []byte) error { return v.take(r.Context(), books, body) },
	}}
}

// openDeliveries is how many of a customer's deliveries are looked at.
const openDeliveries = 1000

// take stores what qiibee reports of a transaction (contract: qiibee.md, "webhook to
// us"). One that the outbox has ordered is known and changes nothing; one that it may
// have ordered and does not know yet is answered with crm.ErrBusy, and comes again;
// any other was made elsewhere and, with WebhookBook, is booked on our ledger once,
// by its tx_hash. Errors: crm.ErrInvalidRecord, crm.ErrCustomerNotFound, and those
// of Mirror.
func (v *Vendor) take(ctx context.Context, books outbox.Books, body []byte) error {
	w, err := ParseWebhook(body)
	if err != nil {
		return crm.Fail(crm.ErrInvalidRecord, err.Error())
	}
	known, err := books.KnownReferences(ctx, Name, references(w.TxHash, w.Reverts))
	if err != nil || len(known) > 0 {
		return err // ours; a revert of ours is for an operator, whom the log tells
	}
	card, err := books.CardOf(ctx, w.UserID)
	if err != nil || !v.settings.WebhookBook {
		return err
	}
	perhaps, err := perhapsOurs(ctx, books, w)
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
	points := amount.IntPart()
	if takes(w) {
		points = -points
	}
	return books.Mirror(ctx, outbox.Mirrored{Key: "qiibee:" + w.TxHash, CardNumber: card, Points: points, Description: "qiibee"})
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
func perhapsOurs(ctx context.Context, books outbox.Books, w Webhook) (bool, error) {
	list, err := books.Deliveries(ctx, crm.DeliveryQuery{Vendor: Name, CustomerID: w.UserID, Limit: openDeliveries, Open: true})
	if err != nil {
		return false, err
	}
	if len(list) == openDeliveries {
		return false, errors.New("the customer has too many open deliveries to look through")
	}
	for _, d := range list {
		if typeOf[d.Action] == w.Type && w.Amount.Abs().Equal(decimal.NewFromInt(d.Points)) {
			return true, nil
		}
	}
	return false, nil
}

// takes reports a transaction that takes points; a revert moves them back.
func takes(w Webhook) bool {
	takes := w.Amount.IsNegative()
	switch w.Type {
	case DebitPoints, PointsToRewards, PointsToExternalRewards:
		takes = true
	}
	return takes != (w.Reverts != "")
}
