package qiibee

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

const (
	// vendorSkew is how far the vendor's clock may be behind ours.
	vendorSkew = 2 * time.Minute
	// mostSendings is how often a transaction is tried before an operator looks at
	// one that is not listed: a vendor whose list is broken must not be sent the
	// same points for ever.
	mostSendings = 8
)

// Ask implements outbox.Vendor: the user's transactions since the delivery was
// ordered are compared with it (contract: qiibee.md, "Retry"). Exactly one that
// belongs to no other delivery proves that it went through; none after the waiting
// time proves that it did not; several are for an operator.
func (v *Vendor) Ask(ctx context.Context, r outbox.Request) outbox.Outcome {
	found, err := v.candidates(ctx, r)
	if err != nil {
		return v.later(r, err)
	}
	switch {
	case slices.ContainsFunc(found, func(e Entry) bool { return !e.HasAmount }):
		return outbox.Unknown(outbox.WaitForOperator, "the amount of a transaction that could be it cannot be read")
	case len(found) > 1:
		return outbox.Unknown(outbox.WaitForOperator, fmt.Sprintf("%d transactions could be it", len(found)))
	case len(found) == 1 && found[0].Final():
		return outbox.Outcome{State: outbox.StateDone, Booked: r.Points, VendorRef: reference(found[0])}
	case len(found) == 1 && failed(found[0]):
		// It keeps its transaction, which could be taken for that of a twin.
		out := outbox.Rejected("the vendor's transaction has the status " + found[0].Status)
		out.VendorRef = reference(found[0])
		return out
	case len(found) == 1:
		return v.still(r, "the vendor's transaction is not final")
	}
	if v.client.http.Now().Sub(r.SentBy) < v.settings.AbsentAfter {
		return v.still(r, "no such transaction is listed yet")
	}
	if r.Attempts >= mostSendings {
		return outbox.Unknown(outbox.WaitForOperator, fmt.Sprintf("sent %d times and never listed", r.Attempts))
	}
	return outbox.Outcome{State: outbox.StateRetry, Reason: "it was not listed after the waiting time, so it was not made"}
}

// still leaves the delivery where it is and looks again later.
func (v *Vendor) still(r outbox.Request, reason string) outbox.Outcome {
	return outbox.Outcome{State: r.State, Wait: v.settings.SettleAfter, Reason: reason, VendorRef: r.VendorRef}
}

// later is for a question that failed.
func (v *Vendor) later(r outbox.Request, err error) outbox.Outcome {
	out := vendorhttp.Failed(r.State, err)
	out.Wait = max(out.Wait, v.settings.SettleAfter)
	return out
}

// candidates are the transactions that can be the delivery's and no other's.
func (v *Vendor) candidates(ctx context.Context, r outbox.Request) ([]Entry, error) {
	p, err := outbox.PayloadOf[params](r.Delivery)
	if err != nil {
		return nil, err
	}
	kind := typeOf[r.Action]
	entries, err := v.client.TransactionsSince(ctx, Filter{UserID: r.CustomerID, Type: kind, TokenID: p.TokenID},
		sentSince(r).Add(-vendorSkew))
	if err != nil {
		return nil, err
	}
	amount := decimal.NewFromInt(r.Points)
	entries = slices.DeleteFunc(entries, func(e Entry) bool {
		other := e.UserID != "" && e.UserID != r.CustomerID || e.Type != "" && e.Type != kind ||
			e.TokenID != "" && e.TokenID != strconv.FormatInt(p.TokenID, 10)
		return other || e.HasAmount && !e.Amount.Equal(amount)
	})
	if named := slices.IndexFunc(entries, func(e Entry) bool { return r.VendorRef != "" && e.ID == r.VendorRef }); named >= 0 {
		return entries[named : named+1], nil
	}
	return unclaimed(ctx, r, entries)
}

// sentSince is the earliest moment at which the delivery can have been sent.
func sentSince(r outbox.Request) time.Time {
	if r.Attempts > 1 {
		return r.CreatedAt
	}
	return r.SentAt
}

// unclaimed leaves out what belongs to other deliveries.
func unclaimed(ctx context.Context, r outbox.Request, entries []Entry) ([]Entry, error) {
	var references []string
	for _, e := range entries {
		if e.ID == "" && e.TxHash == "" {
			return nil, errors.New("the vendor lists transactions without id and tx_hash, so they cannot be told apart")
		}
		references = append(references, e.ID, e.TxHash, e.spelt)
	}
	known, err := r.Known(ctx, references)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e Entry) bool {
		return slices.ContainsFunc([]string{e.ID, e.TxHash, e.spelt}, func(name string) bool { return name != "" && slices.Contains(known, name) })
	}), nil
}

// reference is how a transaction is remembered: by its hash, which webhooks name.
func reference(e Entry) string {
	if e.TxHash != "" {
		return e.TxHash
	}
	return e.ID
}

// failed reports a status that says the transaction took no effect. None is
// documented; these words can mean nothing else.
func failed(e Entry) bool {
	switch strings.ToLower(e.Status) {
	case "failed", "failure", "rejected", "cancelled", "canceled", "error", "reverted":
		return true
	}
	return false
}
