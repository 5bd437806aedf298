package sqldb_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

var modelRuns = flag.Int("model.runs", 20, "sequences of random calls that are made on each engine and compared with the model")

// TestModel makes the same random calls on a store and on a model that keeps
// everything in plain maps, and compares every answer and, in the end, everything
// that can be read.
func TestModel(t *testing.T) {
	if err := flag.Set("rapid.checks", strconv.Itoa(*modelRuns)); err != nil {
		t.Fatal(err)
	}
	t.Parallel()
	for name, driver := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, run := sqldbtest.Open(t, driver), 0
			rapid.Check(t, func(rt *rapid.T) {
				run++
				newPair(store, newModel(), run).play(rt)
			})
		})
	}
}

// pair is a store and its model. Each run has phones, numbers and codes of its
// own, so that all can share one store.
type pair struct {
	store, model engine.Store
	run          int
	now          time.Time
	numbers      []string
	step, calls  int
}

func newPair(store, model engine.Store, run int) *pair {
	p := &pair{store: store, model: model, run: run, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	for i := range 6 {
		p.numbers = append(p.numbers, fmt.Sprintf("R%dN%d", run, i))
	}
	return p
}

// answer is what a call gave, without what each store names by itself.
type answer struct {
	Kind  crm.Kind
	Value any
}

var ignored = cmp.Options{
	cmpopts.IgnoreFields(crm.Card{}, "CustomerID"), cmpopts.IgnoreFields(crm.Posting{}, "ID"),
	cmpopts.IgnoreFields(crm.Order{}, "PostingID", "ReversalID"),
	cmpopts.IgnoreFields(engine.Erasure{}, "CustomerID"), cmpopts.EquateEmpty(), ignoredOfDeliveries,
	cmp.Transformer("kind", func(r crm.RowError) string { return fmt.Sprint(r.Index, crm.KindOf(r.Err)) }),
}

// both makes a call on the two and compares the answers.
func (p *pair) both(t *rapid.T, name string, call func(b engine.Store) (any, error)) {
	var answers [2]answer
	for i, backend := range []engine.Store{p.store, p.model} {
		value, err := call(backend)
		answers[i] = answer{Kind: crm.KindOf(err)}
		if err == nil {
			answers[i].Value = value
		}
	}
	if diff := cmp.Diff(answers[1], answers[0], ignored); diff != "" {
		t.Fatalf("%s: the store (+) differs from the model (-):\n%s", name, diff)
	}
}

func (p *pair) play(t *rapid.T) {
	ctx := context.Background()
	p.both(t, "AddNumbers", func(b engine.Store) (any, error) {
		return b.AddNumbers(ctx, engine.PoolRequest{Numbers: p.pooled(), ReservedUntil: crm.Forever, Now: p.now})
	})
	code := engine.PromoCode{Code: fmt.Sprintf("C%d", p.run), Points: 5, MaxUses: 2, StartsAt: p.now, EndsAt: p.now.Add(48 * time.Hour)}
	p.both(t, "PutCodes", func(b engine.Store) (any, error) { return nil, b.PutCodes(ctx, []engine.PromoCode{code}) })
	calls := map[string]func(*rapid.T){
		"Issue": func(t *rapid.T) {
			r := engine.IssueRequest{Profile: p.profile(t), Number: p.fresh(), Now: p.now}
			p.both(t, "Issue", func(b engine.Store) (any, error) { return b.Issue(ctx, r) })
		},
		"IssueReserved": func(t *rapid.T) {
			r := engine.IssueRequest{Profile: p.profile(t), Number: crm.CardNumber{Number: p.number(t)}, Now: p.now}
			p.both(t, "IssueReserved", func(b engine.Store) (any, error) { return b.IssueReserved(ctx, r) })
		},
		"UpdateProfile": func(t *rapid.T) {
			r := engine.ProfileUpdate{CardNumber: p.number(t), Profile: p.profile(t), Now: p.now}
			p.both(t, "UpdateProfile", func(b engine.Store) (any, error) { return nil, b.UpdateProfile(ctx, r) })
		},
		"SetCardState": func(t *rapid.T) {
			r := engine.StateChange{CardNumber: p.number(t), Now: p.now,
				State: rapid.SampledFrom([]crm.CardState{crm.CardActive, crm.CardActive, crm.CardInactive, crm.CardBlocked}).Draw(t, "state")}
			p.both(t, "SetCardState", func(b engine.Store) (any, error) { return nil, b.SetCardState(ctx, r) })
		},
		"SetChannels": func(t *rapid.T) {
			r := engine.ChannelsUpdate{CardNumber: p.number(t), Source: "model", Now: p.now,
				Wanted: map[crm.Channel]bool{crm.ChannelSMS: rapid.Bool().Draw(t, "sms"), crm.ChannelPush: rapid.Bool().Draw(t, "push")}}
			p.both(t, "SetChannels", func(b engine.Store) (any, error) { return nil, b.SetChannels(ctx, r) })
		},
		"Grant": func(t *rapid.T) {
			m := p.movement(t)
			p.both(t, "Grant", func(b engine.Store) (any, error) { return b.Grant(ctx, m) })
		},
		"Take": func(t *rapid.T) {
			m := p.movement(t)
			m.Messages = p.errands(t, "take:"+m.Key)
			p.both(t, "Take", func(b engine.Store) (any, error) { return b.Take(ctx, m) })
		},
		"SubmitReceipt": func(t *rapid.T) {
			r := engine.ReceiptSubmission{CardNumber: p.number(t), Receipt: p.receipt(t, crm.ReceiptSale, 1), Award: p.award(t),
				TooOld: rapid.IntRange(0, 3).Draw(t, "old") == 0, Now: p.now}
			r.Messages = p.errands(t, r.Receipt.Cause())
			p.both(t, "SubmitReceipt", func(b engine.Store) (any, error) { return b.SubmitReceipt(ctx, r) })
		},
		"RedeemCode": func(t *rapid.T) {
			r := engine.CodeSubmission{CardNumber: p.number(t), Code: code.Code, Award: p.award(t), Messages: p.errands(t, "code"), Now: p.now}
			p.both(t, "RedeemCode", func(b engine.Store) (any, error) { return b.RedeemCode(ctx, r) })
		},
		"RedeemOrder": func(t *rapid.T) {
			r := p.order(t)
			p.both(t, "RedeemOrder", func(b engine.Store) (any, error) { return b.RedeemOrder(ctx, r) })
		},
		"ReverseOrder": func(t *rapid.T) {
			r := p.reversal(t)
			p.both(t, "ReverseOrder", func(b engine.Store) (any, error) { return b.ReverseOrder(ctx, r) })
		},
		"ImportCards": func(t *rapid.T) {
			var rows []engine.CardRecord
			for range rapid.IntRange(1, 3).Draw(t, "rows") {
				rows = append(rows, engine.CardRecord{CardNumber: p.made(t), State: crm.CardActive, Holder: p.profile(t), Balance: 7, IssuedAt: p.now})
			}
			p.both(t, "ImportCards", func(b engine.Store) (any, error) { return b.ImportCards(ctx, rows, p.now) })
		},
		"Erase": func(t *rapid.T) {
			r := engine.EraseRequest{Phone: p.phone(t), Now: p.now}
			p.both(t, "Erase", func(b engine.Store) (any, error) { return b.Erase(ctx, r) })
		},
		"time": func(t *rapid.T) {
			p.now = p.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
		},
		"": func(t *rapid.T) {
			if p.calls++; p.calls%compareEvery == 0 {
				p.compare(t)
			}
		},
	}
	maps.Copy(calls, p.outboxCalls(ctx))
	t.Repeat(calls)
	p.compare(t)
}

// compareEvery is after how many calls everything is read: that costs many times
// what a call does, and what went wrong rarely heals by itself.
const compareEvery = 4

// compare reads everything of the run's cards.
func (p *pair) compare(t *rapid.T) {
	ctx := context.Background()
	p.compareOutbox(ctx, t)
	for _, number := range p.numbers {
		p.both(t, "Statement "+number, func(b engine.Store) (any, error) { return b.Statement(ctx, number, p.now) })
		p.both(t, "Holder "+number, func(b engine.Store) (any, error) { return b.Holder(ctx, number) })
		p.both(t, "Postings "+number, func(b engine.Store) (any, error) { return b.Postings(ctx, number, "", 1000) })
		p.both(t, "Order "+number, func(b engine.Store) (any, error) { return b.Order(ctx, p.orderID(number)) })
		p.both(t, "Consents "+number, func(b engine.Store) (any, error) { return b.Consents(ctx, number) })
	}
}

func (p *pair) phone(t *rapid.T) string {
	return fmt.Sprintf("7900%06d%d", p.run, rapid.IntRange(0, 3).Draw(t, "phone"))
}

func (p *pair) profile(t *rapid.T) crm.Profile {
	profile := crm.Profile{FirstName: rapid.SampledFrom([]string{"", "Анна", "Борис"}).Draw(t, "name")}
	which := rapid.IntRange(1, 3).Draw(t, "identity")
	if which&1 != 0 {
		profile.Phone = p.phone(t)
	}
	if which&2 != 0 {
		profile.Email = fmt.Sprintf("r%d-%d@example.com", p.run, rapid.IntRange(0, 3).Draw(t, "email"))
	}
	return profile
}

func (p *pair) number(t *rapid.T) string { return rapid.SampledFrom(p.numbers).Draw(t, "number") }

func (p *pair) made(t *rapid.T) crm.CardNumber {
	number := p.number(t)
	return crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128}
}

// fresh is a number that nobody had, as Issue is given one.
func (p *pair) fresh() crm.CardNumber {
	p.step++
	number := fmt.Sprintf("R%dI%d", p.run, p.step)
	p.numbers = append(p.numbers, number)
	return crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128}
}

// pooled is half of the run's numbers.
func (p *pair) pooled() (list []crm.CardNumber) {
	for _, number := range p.numbers[:3] {
		list = append(list, crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128})
	}
	return list
}

func (p *pair) award(t *rapid.T) crm.Accrual {
	p.step++
	return crm.Accrual{
		Points: int64(rapid.IntRange(0, 9).Draw(t, "points")), Kind: crm.PostingReceipt, Description: fmt.Sprint("award ", p.step),
		AvailableFrom: p.now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "pending")) * 12 * time.Hour),
		ValidUntil:    p.now.Add(time.Duration(rapid.IntRange(3, 9).Draw(t, "life")) * 12 * time.Hour),
	}
}

// order is one of a few, so that they come twice and with other content.
func (p *pair) order(t *rapid.T) engine.OrderRedemption {
	p.step++
	number := p.number(t)
	return engine.OrderRedemption{
		OrderID: p.orderID(p.number(t)), CardNumber: number, Customer: number, Points: int64(rapid.IntRange(1, 6).Draw(t, "points")),
		Description: "order", At: p.now, CallID: fmt.Sprint("call ", p.step), Now: p.now,
	}
}

func (p *pair) reversal(t *rapid.T) engine.OrderReversal {
	p.step++
	return engine.OrderReversal{
		OrderID: p.orderID(p.number(t)), Customer: p.number(t), Points: int64(rapid.IntRange(1, 6).Draw(t, "points")),
		Partial: rapid.Bool().Draw(t, "partial"), Description: "reversal", Reason: "model",
		KeepUntil: p.now.Add(24 * time.Hour), CallID: fmt.Sprint("call ", p.step), Now: p.now,
	}
}

func (p *pair) orderID(number string) string { return "order of " + number }

func (p *pair) movement(t *rapid.T) engine.Movement {
	a := p.award(t)
	return engine.Movement{
		Key: fmt.Sprintf("R%d-%d", p.run, rapid.IntRange(0, 9).Draw(t, "key")), CardNumber: p.number(t),
		Points: int64(rapid.IntRange(1, 12).Draw(t, "points")), Description: "model",
		AvailableFrom: a.AvailableFrom, ValidUntil: a.ValidUntil, Now: p.now,
	}
}
