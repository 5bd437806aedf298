package qiibee

import (
	"context"
	"errors"
	"net/http"
	"slices"

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
// by its tx_hash. A revert is booked once for its original, and only when that was
// booked here. Errors: crm.ErrInvalidRecord, crm.ErrCustomerNotFound,
// crm.ErrOperationConflict, and those of Mirror.
func (v *Vendor) take(ctx context.Context, books outbox.Books, body []byte) error {
	w, err := ParseWebhook(body)
	if err != nil {
		return crm.Fail(crm.ErrInvalidRecord, err.Error())
	}
	known, err := books.KnownReferences(ctx, Name, w.hashes())
	switch {
	case err != nil:
		return err
	case slices.Contains(known, w.TxHash), slices.Contains(known, w.spelt[0]):
		return nil
	case len(known) > 0:
		return crm.Fail(crm.ErrOperationConflict, "the vendor has taken back what this server ordered: an operator decides")
	}
	card, err := books.CardOf(ctx, w.UserID)
	if err != nil || !v.settings.WebhookBook {
		return err
	}
	m, err := v.movement(w, card)
	if err != nil || m.Points == 0 {
		return err
	}
	if booked, err := before(ctx, books, w.TxHash, w.spelt[0]); err != nil || booked.Points != 0 {
		return repeats(booked, m, w, err)
	}
	if w.Reverts != "" {
		return revert(ctx, books, w, m)
	}
	perhaps, err := perhapsOurs(ctx, books, w)
	switch {
	case err != nil:
		return err
	case perhaps:
		return crm.Fail(crm.ErrBusy, "a delivery that could be this transaction is under way")
	}
	return books.Mirror(ctx, m)
}

// hashes are those of the webhook, each as it is kept and as it was written.
func (w Webhook) hashes() (some []string) {
	for _, hash := range append([]string{w.TxHash, w.Reverts}, w.spelt...) {
		if hash != "" && !slices.Contains(some, hash) {
			some = append(some, hash)
		}
	}
	return some
}

func keyOf(hash string) string { return "qiibee:" + hash }

// before gives what was booked for a hash, in either spelling; no points when
// nothing was.
func before(ctx context.Context, books outbox.Books, spellings ...string) (outbox.Mirrored, error) {
	for _, hash := range slices.Compact(spellings) {
		if m, found, err := books.Mirrored(ctx, keyOf(hash)); err != nil || found {
			return m, err
		}
	}
	return outbox.Mirrored{}, nil
}

// repeats answers a transaction that was booked before: the same one is done, another
// one under its hash is a contradiction.
func repeats(booked, m outbox.Mirrored, w Webhook, err error) error {
	if err == nil && w.Reverts == "" && booked.Points != m.Points {
		return crm.Fail(crm.ErrOperationConflict, "the transaction was booked before with other points")
	}
	return err
}

// movement is what a webhook says of our ledger; no points when it says nothing of
// it. What could be meant in two ways is refused.
func (v *Vendor) movement(w Webhook, card string) (m outbox.Mirrored, err error) {
	refuse := func(reason string) (outbox.Mirrored, error) { return m, crm.Fail(crm.ErrInvalidRecord, reason) }
	takes := false
	switch w.Type {
	case CreditPoints, CodeToPoints:
	case DebitPoints, PointsToRewards, PointsToExternalRewards:
		takes = true
	case CodeToNFT, CodeToExternalRewards, NFTPersonalisation:
		return m, nil
	default:
		return refuse("the webhook's transaction_type is not known, so it is not booked")
	}
	amount := w.Amount.Abs()
	switch {
	case w.Reverts == "" && !takes && w.Amount.IsNegative():
		return refuse("the webhook's amount takes points and its transaction_type gives them")
	case !amount.IsInteger(), amount.IsZero(), amount.GreaterThan(decimal.NewFromInt(crm.MaxPoints)):
		return refuse("the webhook's amount is no number of points")
	case !v.ours(w):
		return refuse("the webhook is about a token that ADAPTER_QIIBEE_WEBHOOK_TOKEN does not name, so it is not booked")
	}
	m = outbox.Mirrored{Key: keyOf(w.TxHash), CardNumber: card, Points: amount.IntPart(), Description: "qiibee"}
	if takes {
		m.Points = -m.Points
	}
	return m, nil
}

// ours reports a transaction of the token that is booked. One that names no token is,
// unless a token is set.
func (v *Vendor) ours(w Webhook) bool {
	wanted := v.settings.WebhookToken
	if wanted == "" {
		return w.TokenSymbol == "" && w.TokenName == ""
	}
	return w.TokenSymbol == wanted || w.TokenName == wanted
}

// revert takes back what was booked for the original, once. One that has not been
// seen is a conflict, and the vendor comes again: the original may be on its way.
func revert(ctx context.Context, books outbox.Books, w Webhook, m outbox.Mirrored) error {
	original, err := before(ctx, books, w.Reverts, w.spelt[1])
	points := max(m.Points, -m.Points)
	switch {
	case err != nil:
		return err
	case original.Points == 0:
		return crm.Fail(crm.ErrOperationConflict, "the webhook takes back a transaction that was never booked here")
	case original.CardNumber != m.CardNumber:
		return crm.Fail(crm.ErrOperationConflict, "the webhook takes back a transaction of another card")
	case points > max(original.Points, -original.Points):
		return crm.Fail(crm.ErrInvalidRecord, "the webhook takes back more than was booked")
	}
	m.Key, m.Points = keyOf("revert:"+w.Reverts), points
	if original.Points > 0 {
		m.Points = -points
	}
	return books.Mirror(ctx, m)
}

// perhapsOurs reports a delivery that is not final and that the transaction could
// belong to.
func perhapsOurs(ctx context.Context, books outbox.Books, w Webhook) (bool, error) {
	list, err := books.Deliveries(ctx, outbox.Query{Vendor: Name, CustomerID: w.UserID, Limit: openDeliveries, Open: true})
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
