package reward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/qiibee"
)

const (
	// vendorSkew is how far the vendor's clock may be behind ours.
	vendorSkew = 2 * time.Minute
	// mostSendings is how often a transaction is tried before an operator looks at
	// one that is not listed: a vendor whose list is broken must not be sent the
	// same points for ever.
	mostSendings = 8
)

// Ask implements bridge.Bridge: the user's transactions since the delivery was
// ordered are compared with it (contract: qiibee.md, "Retry"). Exactly one that
// belongs to no other delivery proves that it went through; none after the waiting
// time proves that it did not; several are for an operator.
func (q *Qiibee) Ask(ctx context.Context, job bridge.Job) bridge.Outcome {
	found, err := q.candidates(ctx, job)
	if err != nil {
		return q.later(job, err)
	}
	switch {
	case len(found) > 1:
		return unknown(crm.WaitForOperator, fmt.Sprintf("%d transactions could be it", len(found)))
	case len(found) == 1 && found[0].Final():
		out := bridge.Outcome{Outcome: crm.Outcome{State: crm.DeliveryDone, Booked: job.Points, VendorRef: reference(found[0])}}
		return out
	case len(found) == 1 && failed(found[0]):
		// It keeps its transaction, which could be taken for that of a twin.
		out := rejected("the vendor's transaction has the status " + found[0].Status)
		out.VendorRef = reference(found[0])
		return out
	case len(found) == 1:
		return q.still(job, "the vendor's transaction is not final")
	}
	if age := q.options.Clock().Sub(job.SentAt); age < q.options.AbsentAfter {
		return q.still(job, "no such transaction is listed yet")
	}
	if job.Attempts >= mostSendings {
		return unknown(crm.WaitForOperator, fmt.Sprintf("sent %d times and never listed", job.Attempts))
	}
	return bridge.Outcome{Outcome: crm.Outcome{State: crm.DeliveryRetry, Reason: "it was not listed after the waiting time, so it was not made"}}
}

// still leaves the delivery where it is and looks again later.
func (q *Qiibee) still(job bridge.Job, reason string) bridge.Outcome {
	return bridge.Outcome{Outcome: crm.Outcome{State: job.State, Wait: q.options.SettleAfter, Reason: reason, VendorRef: job.VendorRef}}
}

// later is for a question that failed.
func (q *Qiibee) later(job bridge.Job, err error) bridge.Outcome {
	out := failure(err)
	out.State, out.Wait = job.State, max(out.Wait, q.options.SettleAfter)
	return out
}

// candidates are the transactions that can be the delivery's and no other's.
func (q *Qiibee) candidates(ctx context.Context, job bridge.Job) ([]qiibee.Entry, error) {
	p, err := thaw[qiibeeParams](job.Delivery)
	if err != nil {
		return nil, err
	}
	kind := qiibeeTypes[job.Action]
	entries, err := q.client.TransactionsSince(ctx, qiibee.Filter{UserID: job.CustomerID, Types: []string{kind}, TokenID: p.TokenID},
		sentSince(job).Add(-vendorSkew))
	if err != nil {
		return nil, err
	}
	amount := decimal.NewFromInt(job.Points)
	entries = slices.DeleteFunc(entries, func(e qiibee.Entry) bool {
		other := e.UserID != "" && e.UserID != job.CustomerID || e.Type != "" && e.Type != kind
		return other || e.HasAmount && !e.Amount.Equal(amount)
	})
	if named := slices.IndexFunc(entries, func(e qiibee.Entry) bool { return job.VendorRef != "" && e.ID == job.VendorRef }); named >= 0 {
		return entries[named : named+1], nil
	}
	return q.unclaimed(ctx, entries)
}

// sentSince is the earliest moment at which the delivery can have been sent.
func sentSince(job bridge.Job) time.Time {
	if job.Attempts > 1 {
		return job.CreatedAt
	}
	return job.SentAt
}

// unclaimed leaves out what belongs to other deliveries.
func (q *Qiibee) unclaimed(ctx context.Context, entries []qiibee.Entry) ([]qiibee.Entry, error) {
	var references []string
	for _, e := range entries {
		if e.ID == "" && e.TxHash == "" {
			return nil, errors.New("the vendor lists transactions without id and tx_hash, so they cannot be told apart")
		}
		references = append(references, e.ID, e.TxHash)
	}
	known, err := q.options.Known(ctx, q.Vendor(), references)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e qiibee.Entry) bool {
		return e.ID != "" && slices.Contains(known, e.ID) || e.TxHash != "" && slices.Contains(known, e.TxHash)
	}), nil
}

// reference is how a transaction is remembered: by its hash, which webhooks name.
func reference(e qiibee.Entry) string {
	if e.TxHash != "" {
		return e.TxHash
	}
	return e.ID
}

// failed reports a status that says the transaction took no effect. None is
// documented; these words can mean nothing else.
func failed(e qiibee.Entry) bool {
	switch strings.ToLower(e.Status) {
	case "failed", "failure", "rejected", "cancelled", "canceled", "error", "reverted":
		return true
	}
	return false
}
