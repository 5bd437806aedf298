package sqldb_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// ignoredOfDeliveries is what each store names by itself; which delivery another
// one reverses is told by the keys.
var ignoredOfDeliveries = cmp.Options{
	cmpopts.IgnoreFields(outbox.Delivery{}, "ID", "CustomerID"),
	cmp.FilterPath(func(path cmp.Path) bool { return path.Last().String() == ".Reverses" },
		cmp.Comparer(func(a, b string) bool { return (a == "") == (b == "") })),
}

func (p *pair) vendor(t *rapid.T) string {
	return fmt.Sprintf("v%d-%d", p.run, rapid.IntRange(0, 1).Draw(t, "vendor"))
}

// errands are none, one or two, under few keys, so that some are ordered again.
func (p *pair) errands(t *rapid.T, cause string) (list []outbox.Message) {
	for range rapid.IntRange(0, 2).Draw(t, "errands") {
		e := outbox.Message{
			Key: fmt.Sprintf("R%dE%d", p.run, rapid.IntRange(0, 20).Draw(t, "errand")), Cause: cause, Vendor: p.vendor(t), Action: "award",
			Points: 10, AtMostOnce: rapid.Bool().Draw(t, "once"), Holds: rapid.Bool().Draw(t, "holds"),
		}
		if rapid.Bool().Draw(t, "undo") {
			e.Payload, e.Undo = []byte(`{"n":1}`), outbox.Undo{Action: "cancel", Payload: []byte(`{"m":2}`), Effect: outbox.EffectUnbook}
		}
		list = append(list, e)
	}
	return list
}

func (p *pair) receipt(t *rapid.T, kind crm.ReceiptKind, first int) crm.Receipt {
	return crm.Receipt{
		ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: int64(100_000*p.run + rapid.IntRange(first, first+5).Draw(t, "i")), FP: int64(rapid.IntRange(1, 2).Draw(t, "fp"))},
		At:         p.now.Add(-time.Hour).Truncate(24 * time.Hour), SumKopecks: int64(rapid.IntRange(1, 2).Draw(t, "sum")), Kind: kind,
	}
}

// outbox gives the run's deliveries of a store in the order of their IDs.
func (p *pair) outbox(ctx context.Context, b engine.Store) (all []outbox.Delivery, err error) {
	for i := range 2 {
		list, err := b.ListDeliveries(ctx, outbox.Query{Vendor: fmt.Sprintf("v%d-%d", p.run, i), Limit: 1000})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// outboxCalls are the calls of workers and operators, and refunds.
func (p *pair) outboxCalls(ctx context.Context) map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"Refund": func(t *rapid.T) {
			// Each card has refunds of its own: the model does not know that a refund
			// may be taken over from another card.
			number := p.number(t)
			r := engine.ReceiptSubmission{
				CardNumber: number, Receipt: p.receipt(t, crm.ReceiptSaleRefund, 100+10*slices.Index(p.numbers, number)), Now: p.now,
				Reverse: engine.ReverseReceipt{Wanted: true, Description: "refund"},
			}
			p.both(t, "SubmitReceipt of a refund", func(b engine.Store) (any, error) { return b.SubmitReceipt(ctx, r) })
		},
		"ReplaceCard": func(t *rapid.T) {
			r := engine.Replacement{CardNumber: p.number(t), New: p.fresh(), Now: p.now}
			p.both(t, "ReplaceCard", func(b engine.Store) (any, error) { return b.ReplaceCard(ctx, r) })
		},
		"Claim": func(t *rapid.T) { p.claim(ctx, t) },
		"again": func(t *rapid.T) { p.claim(ctx, t) }, // so that enough is claimed
		"Settle": func(t *rapid.T) {
			p.settle(ctx, t)
		},
		"moments": func(t *rapid.T) {
			p.now = p.now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "minutes")) * time.Minute)
		},
	}
}

func (p *pair) claim(ctx context.Context, t *rapid.T) {
	p.step++
	r := outbox.ClaimRequest{
		Vendor: p.vendor(t), Claim: fmt.Sprintf("R%dC%d", p.run, p.step), Limit: rapid.IntRange(0, 5).Draw(t, "limit"),
		Now: p.now, Until: p.now.Add(10 * time.Minute),
	}
	p.both(t, "ClaimDeliveries", func(b engine.Store) (any, error) { return b.ClaimDeliveries(ctx, r) })
}

func (p *pair) settle(ctx context.Context, t *rapid.T) {
	known, err := p.outbox(ctx, p.model)
	if err != nil || len(known) == 0 {
		return
	}
	d := known[rapid.IntRange(0, len(known)-1).Draw(t, "delivery")]
	p.step++
	s := outbox.Settlement{
		Claim: rapid.SampledFrom([]string{"", d.Claim, d.Claim, "nobody"}).Draw(t, "claim"),
		State: rapid.SampledFrom(outbox.States()).Draw(t, "state"), Booked: int64(rapid.IntRange(0, 1).Draw(t, "booked")),
		DueAt: p.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "due")) * time.Minute), Reason: "model", Now: p.now,
		Credit: p.award(t), Debit: int64(rapid.IntRange(0, 9).Draw(t, "debit")), DebitText: "undone",
		Actor: rapid.SampledFrom([]string{"", "operator"}).Draw(t, "actor"),
	}
	if rapid.Bool().Draw(t, "told") {
		s.VendorRef, s.Answer = fmt.Sprintf("R%d-%d", p.run, rapid.IntRange(0, 5).Draw(t, "ref")), []byte("told")
		s.Offers = []crm.Offer{{ID: fmt.Sprintf("R%dO%d", p.run, p.step), Name: "voucher"}}
	}
	if rapid.IntRange(0, 3).Draw(t, "expecting") == 0 {
		s.Expect = rapid.SampledFrom(outbox.States()).Draw(t, "expect")
	}
	p.both(t, "SettleDelivery of "+d.Key, func(b engine.Store) (any, error) {
		list, err := p.outbox(ctx, b)
		if err != nil {
			return nil, err
		}
		mine := s
		mine.ID = list[slices.IndexFunc(list, func(o outbox.Delivery) bool { return o.Key == d.Key })].ID
		return b.SettleDelivery(ctx, mine)
	})
}

// compareOutbox reads what the outbox of the run tells.
func (p *pair) compareOutbox(ctx context.Context, t *rapid.T) {
	p.both(t, "ListDeliveries", func(b engine.Store) (any, error) { return p.outbox(ctx, b) })
	p.both(t, "CountDeliveries", func(b engine.Store) (any, error) {
		counts, err := b.CountDeliveries(ctx, true)
		return slices.DeleteFunc(counts, func(c outbox.Count) bool { return c.Vendor[:len(c.Vendor)-2] != fmt.Sprintf("v%d", p.run) }), err
	})
	p.both(t, "KnownReferences", func(b engine.Store) (any, error) {
		var asked []string
		for i := range 6 {
			asked = append(asked, fmt.Sprintf("R%d-%d", p.run, i))
		}
		return b.KnownReferences(ctx, fmt.Sprintf("v%d-0", p.run), asked)
	})
	for _, number := range p.numbers {
		p.both(t, "Offers "+number, func(b engine.Store) (any, error) { return b.Offers(ctx, number, crm.DateOf(p.now, time.UTC)) })
	}
}
