package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// awards has a rule for every trigger.
func awards() []engine.AwardRule {
	book := outbox.Message{Vendor: "acme", Action: "award", Effect: outbox.EffectBook, Undo: outbox.Undo{Action: "cancel", Effect: outbox.EffectUnbook}}
	return []engine.AwardRule{
		{ID: "sale", On: engine.OnReceipt, BasisPoints: 1000, MinSumKopecks: 100_000, Message: book},
		{ID: "code", On: engine.OnCode, Codes: []string{"GIFT*"}, Pointless: true, Message: outbox.Message{Vendor: "acme", Action: "voucher", AtMostOnce: true}},
		{ID: "spend", On: engine.OnSpend, Message: outbox.Message{Vendor: "acme", Action: "burn", Effect: outbox.EffectRefund}},
		{ID: "miles", On: engine.OnExchange, Message: outbox.Message{Vendor: "air", Action: "miles", Effect: outbox.EffectRefund, AtMostOnce: true}},
	}
}

// withAwards is a programme that tells reward vendors, and counts how often its
// worker was woken.
func withAwards(t *testing.T) (s *shop, woken *int) {
	woken = new(int)
	return newShop(t, func(o *engine.Options) {
		o.Rules.Awards, o.Rules.Refunds = awards(), true
		o.OnOrder = func(string) { *woken++ }
	}), woken
}

func (s *shop) deliveries() []outbox.Delivery {
	s.t.Helper()
	list, err := s.Deliveries(s.t.Context(), outbox.Query{Limit: 100})
	require.NoError(s.t, err)
	return list
}

// claimed claims the only delivery of a vendor that is due.
func (s *shop) claimed(vendor string) outbox.Delivery {
	s.t.Helper()
	list, err := s.ClaimDeliveries(s.t.Context(), vendor, "claim-"+vendor, 10, time.Minute)
	require.NoError(s.t, err)
	require.Len(s.t, list, 1)
	require.Equal(s.t, s.clock.Now().Add(time.Minute), list[0].DueAt)
	return list[0]
}

func (s *shop) settles(d outbox.Delivery, o outbox.Outcome) outbox.Delivery {
	s.t.Helper()
	settled, err := s.Settle(s.t.Context(), d, d.Claim, o, "")
	require.NoError(s.t, err)
	require.Equal(s.t, o.State, settled.State)
	return settled
}

func TestReceiptIsBookedAndTakenBack(t *testing.T) {
	s, woken := withAwards(t)
	card := s.card(anna)
	_, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, fresh)
	require.NoError(t, err)
	require.Equal(t, 1, *woken)
	d := s.claimed("acme")
	require.Equal(t, int64(154), d.Points)
	s.settles(d, outbox.Outcome{State: outbox.StateDone, Booked: 150, VendorRef: "ref-1"})
	require.Equal(t, int64(100+77+150), s.balance(card.Number))

	refund := strings.Replace(strings.Replace(fresh, "n=1", "n=2", 1), "i=12345", "i=12346", 1)
	got, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, refund)
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{Points: -77}, got)
	undo := s.claimed("acme")
	require.Equal(t, "cancel", undo.Action)
	require.Equal(t, d.ID, undo.Reverses)
	_, err = s.Settle(t.Context(), undo, undo.Claim, outbox.Outcome{State: outbox.StateDone, Booked: 151}, "")
	require.ErrorIs(t, err, crm.ErrInvalidRecord, "an undo never books more than its original, whatever was asked for")
	s.settles(undo, outbox.Outcome{State: outbox.StateDone, Booked: 150})
	require.Equal(t, int64(100), s.balance(card.Number), "as much as the welcome is left")
	postings, err := s.Postings(t.Context(), card.Number, "", 10)
	require.NoError(t, err)
	require.Equal(t, []string{"Reversal", "Refund"}, []string{postings[0].Description, postings[1].Description})

	got, err = s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, strings.Replace(refund, "12346", "12347", 1))
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{}, got, "there is no second sale")
}

func TestRefundsAreOff(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	for _, text := range []string{fresh, strings.Replace(strings.Replace(fresh, "n=1", "n=2", 1), "i=12345", "i=12346", 1)} {
		_, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, text)
		require.NoError(t, err)
	}
	require.Equal(t, int64(177), s.balance(card.Number))
}

func TestSmallReceiptsAndOtherCodesOrderNothing(t *testing.T) {
	s, woken := withAwards(t)
	s.card(anna)
	_, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, strings.Replace(fresh, "1543.20", "999.99", 1))
	require.NoError(t, err)
	before := *woken
	_, refused, err := s.PutCodes(t.Context(), "", []engine.PromoCode{{Code: "OTHER", Points: 1}, {Code: "GIFT-1", Points: 1}})
	require.NoError(t, err)
	require.Empty(t, refused)
	_, err = s.RedeemCode(t.Context(), crm.CardRef{Phone: anna}, "other")
	require.NoError(t, err)
	require.Empty(t, s.deliveries())
	require.Equal(t, before, *woken)
	for range 2 {
		_, err = s.RedeemCode(t.Context(), crm.CardRef{Phone: anna}, "gift-1")
		require.NoError(t, err)
	}
	require.Len(t, s.deliveries(), 1)
	require.Greater(t, *woken, before)
}

func TestVoucherBecomesAnOffer(t *testing.T) {
	s, _ := withAwards(t)
	card := s.card(anna)
	_, _, err := s.PutCodes(t.Context(), "", []engine.PromoCode{{Code: "GIFT", Points: 1}})
	require.NoError(t, err)
	_, err = s.RedeemCode(t.Context(), crm.CardRef{Phone: anna}, "gift")
	require.NoError(t, err)
	d := s.claimed("acme")
	won := []outbox.Voucher{{Code: "C-1", PIN: "77", Until: "2026-08-31"}, {Code: "C-2", Name: "Кино", Until: "2026-10-01"}}
	pending := s.settles(d, outbox.Outcome{State: outbox.StatePending, Vouchers: won})
	offers, err := s.Offers(t.Context(), card.Number)
	require.NoError(t, err)
	require.Empty(t, offers, "nothing is won yet")
	// The card is lost meanwhile; the callback comes for the delivery as it was.
	replaced, err := s.ReplaceCard(t.Context(), card.Number, "", "operator", "lost")
	require.NoError(t, err)
	s.settles(pending, outbox.Outcome{State: outbox.StateDone, Vouchers: won})
	offers, err = s.Offers(t.Context(), replaced.Number)
	require.NoError(t, err)
	var shown []string
	for _, o := range offers {
		shown = append(shown, fmt.Sprintf("%s|%s|%s", o.Name, o.Description, o.EndDate))
	}
	require.Equal(t, []string{"Кино|Voucher C-2. Valid until 2026-10-01|2026-10-01", "Voucher C-1|Voucher C-1. PIN: 77. Valid until 2026-08-31|"}, shown)
}

func TestSpendingComesBack(t *testing.T) {
	for name, c := range map[string]struct {
		outcome outbox.Outcome
		back    int64
	}{
		"refused":       {outbox.Outcome{State: outbox.StateRejected, Reason: "no such member"}, 60},
		"taken in part": {outbox.Outcome{State: outbox.StateDone, Booked: 50}, 10},
		"taken":         {outbox.Outcome{State: outbox.StateDone, Booked: 60}, 0},
		"not yet known": {outbox.Outcome{State: outbox.StateUnknown}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, woken := withAwards(t)
			card := s.card(anna)
			m := crm.Transaction{Key: "k", CardNumber: card.Number, Points: 60, Description: "Miles"}
			for range 2 {
				_, err := s.Exchange(t.Context(), m)
				require.NoError(t, err)
			}
			require.NotZero(t, *woken)
			require.Len(t, s.deliveries(), 1, "the rule on exchange alone, once")
			d := s.claimed("air")
			require.Equal(t, int64(60), d.Points)
			s.settles(d, c.outcome)
			_, bonus, err := s.Card(t.Context(), card.Number)
			require.NoError(t, err)
			require.Equal(t, 40+c.back, bonus.Available, "what comes back may be spent at once")
			for range 3 { // told again by a callback
				_, err := s.Settle(t.Context(), d, "", c.outcome, "")
				require.NoError(t, err)
			}
			require.Equal(t, 40+c.back, s.balance(card.Number))
		})
	}
}

func TestExchangeNeedsARule(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Rules.Awards = awards()[:3] })
	card := s.card(anna)
	_, err := s.Exchange(t.Context(), crm.Transaction{Key: "k", CardNumber: card.Number, Points: 60})
	require.ErrorIs(t, err, crm.ErrInvalidRecord)
	require.Equal(t, int64(100), s.balance(card.Number))
	_, err = s.Debit(t.Context(), crm.Transaction{Key: "k", CardNumber: card.Number, Points: 60})
	require.NoError(t, err)
	require.Equal(t, "burn", s.claimed("acme").Action)
	_, err = s.Debit(t.Context(), crm.Transaction{Key: "much", CardNumber: card.Number, Points: 60})
	require.ErrorIs(t, err, crm.ErrInsufficientPoints)
	require.Len(t, s.deliveries(), 1)
}

func TestOutcomesThatCannotBe(t *testing.T) {
	s, _ := withAwards(t)
	card := s.card(anna)
	_, err := s.Debit(t.Context(), crm.Transaction{Key: "k", CardNumber: card.Number, Points: 60})
	require.NoError(t, err)
	d := s.claimed("acme")
	for _, o := range []outbox.Outcome{
		{}, {State: "lost"}, {State: outbox.StateSending}, {State: outbox.StateDone, Booked: -1}, {State: outbox.StateDone, Booked: crm.MaxPoints + 1},
	} {
		_, err := s.Settle(t.Context(), d, d.Claim, o, "")
		require.ErrorIs(t, err, crm.ErrInvalidRecord, o)
	}
	_, err = s.Settle(t.Context(), d, d.Claim, outbox.Outcome{State: outbox.StateDone}, "a\x00b")
	require.Error(t, err)
	_, err = s.Settle(t.Context(), d, "another", outbox.Outcome{State: outbox.StateDone}, "")
	require.ErrorIs(t, err, crm.ErrOperationConflict)
	_, err = s.Settle(t.Context(), outbox.Delivery{ID: "none"}, "", outbox.Outcome{State: outbox.StateDone}, "")
	require.ErrorIs(t, err, crm.ErrDeliveryNotFound)
	left, err := s.Delivery(t.Context(), d.ID)
	require.NoError(t, err)
	require.Equal(t, d, left)
	for _, id := range []string{"", "none", "a\nb", strings.Repeat("x", 27)} {
		_, err = s.Delivery(t.Context(), id)
		require.ErrorIs(t, err, crm.ErrDeliveryNotFound, id)
	}
	_, err = s.Deliveries(t.Context(), outbox.Query{State: "lost", Limit: 1})
	require.ErrorIs(t, err, crm.ErrInvalidRecord)
}

// A vendor may say anything at any length; what it says is kept as far as it can
// be and never keeps an outcome from being stored.
func TestWhatAVendorSaysIsKept(t *testing.T) {
	s, _ := withAwards(t)
	card := s.card(anna)
	_, err := s.Debit(t.Context(), crm.Transaction{Key: "k", CardNumber: card.Number, Points: 60})
	require.NoError(t, err)
	long := strings.Repeat("ref\xff", 100)
	settled := s.settles(s.claimed("acme"), outbox.Outcome{
		State: outbox.StatePending, Wait: outbox.WaitForOperator, VendorRef: long,
		Reason: strings.Repeat("ж\xff", 200), Answer: []byte(strings.Repeat("ж", outbox.MaxAnswerBytes)),
	})
	assert.Equal(t, crm.Forever, settled.DueAt)
	assert.Equal(t, strings.Repeat("ж�", 127)+"ж", settled.Reason)
	assert.Equal(t, strings.Repeat("ж", outbox.MaxAnswerBytes/2), string(settled.Answer))
	known, err := s.KnownReferences(t.Context(), "acme", []string{"other", long, long + "x"})
	require.NoError(t, err)
	require.Equal(t, []string{long}, known, "as the vendor spells it")
}

func TestOperatorDecides(t *testing.T) {
	s, woken := withAwards(t)
	card := s.card(anna)
	_, err := s.Debit(t.Context(), crm.Transaction{Key: "k", CardNumber: card.Number, Points: 60})
	require.NoError(t, err)
	seen := s.deliveries()[0]
	d := s.claimed("acme")
	reject := outbox.Outcome{State: outbox.StateRejected}
	_, err = s.Decide(t.Context(), seen, reject, "operator")
	require.ErrorIs(t, err, crm.ErrOperationConflict, "a worker is faster")
	unknown := s.settles(d, outbox.Outcome{State: outbox.StateUnknown, Wait: outbox.WaitForOperator})
	before := *woken
	_, err = s.Decide(t.Context(), unknown, reject, "operator")
	require.NoError(t, err)
	require.Equal(t, before+1, *woken, "what waited behind it may go")
	require.Equal(t, int64(100), s.balance(card.Number))
	lines, err := s.AuditLog(t.Context(), card.Number, 10)
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Equal(t, "operator", lines[0].Actor)
	recipients, err := s.Recipients(t.Context(), d, d)
	require.NoError(t, err)
	require.Len(t, recipients, 1)
	require.Equal(t, anna, recipients[d.CardNumber].Phone)
	counts, err := s.CountDeliveries(t.Context(), true)
	require.NoError(t, err)
	require.Equal(t, []outbox.Count{{Vendor: "acme", State: outbox.StateRejected, Count: 1, Oldest: opening}}, counts)
}

// TestOutboxKeepsItsWord plays workers, callbacks and operators in any order. The
// balance is always what the final states say, a Once delivery is never sent a
// second time unless somebody said that the first one did nothing, and whoever is
// given a delivery to send finds nothing older of its customer on the way.
func TestOutboxKeepsItsWord(t *testing.T) {
	base := t
	rapid.Check(t, func(t *rapid.T) {
		if rapid.IntRange(0, 4).Draw(t, "a fifth of the runs, since each step is a transaction") != 0 {
			return
		}
		s := shopOver(base, emptyStore(base), func(o *engine.Options) {
			o.Rules.Awards, o.Rules.Refunds = awards(), true
			o.Rules.Awards[0].Message.Holds = true
		})
		w := &outboxWord{shop: s, sent: map[string]bool{}, spent: map[string]int64{}}
		for _, phone := range []string{anna, boris} {
			w.cards = append(w.cards, s.card(phone).Number)
			_, err := s.Credit(base.Context(), crm.Transaction{Key: phone, CardNumber: w.cards[len(w.cards)-1], Points: 900})
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"spend": w.spend, "buy": w.buy, "claim": w.claim, "settle": w.settle, "moments": w.moments, "": w.holds,
		})
	})
}

// outboxWord is what the test knows by itself.
type outboxWord struct {
	*shop
	cards []string
	steps int
	held  []outbox.Delivery
	// sent are Once deliveries that may have reached the vendor.
	sent map[string]bool
	// spent is what the calls told by card: points that came, less those that went.
	spent map[string]int64
}

func (w *outboxWord) card(t *rapid.T) string { return rapid.SampledFrom(w.cards).Draw(t, "card") }

func (w *outboxWord) spend(t *rapid.T) {
	w.steps++
	m := crm.Transaction{Key: fmt.Sprint("k", w.steps), CardNumber: w.card(t), Points: rapid.Int64Range(1, 50).Draw(t, "points")}
	call := w.Debit
	if rapid.Bool().Draw(t, "miles") {
		call = w.Exchange
	}
	posting, err := call(w.t.Context(), m)
	if err != nil && !errors.Is(err, crm.ErrInsufficientPoints) {
		t.Fatal(err)
	}
	w.spent[m.CardNumber] += posting.Points
}

func (w *outboxWord) buy(t *rapid.T) {
	w.steps++
	number := w.card(t)
	text := strings.Replace(fresh, "i=12345", fmt.Sprintf("i=%d", w.steps), 1)
	got, err := w.SubmitReceipt(w.t.Context(), crm.CardRef{CardNumber: number}, text)
	if err != nil {
		t.Fatal(err)
	}
	w.spent[number] += got.Points
}

func (w *outboxWord) claim(t *rapid.T) {
	w.steps++
	vendor := rapid.SampledFrom([]string{"acme", "air"}).Draw(t, "vendor")
	before := w.deliveries()
	claim := fmt.Sprint("c", w.steps)
	list, err := w.ClaimDeliveries(w.t.Context(), vendor, claim, rapid.IntRange(1, 4).Draw(t, "limit"), 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Claim != claim || d.Vendor != vendor || d.State.Final() {
			t.Fatalf("claimed %+v", d)
		}
		if d.State != outbox.StateSending {
			continue
		}
		if d.AtMostOnce && w.sent[d.ID] {
			t.Fatalf("a Once delivery is sent again: %+v", d)
		}
		w.sent[d.ID] = true
		for _, older := range before {
			same := older.ID < d.ID && older.CustomerID == d.CustomerID && older.Vendor == d.Vendor && !older.State.Final()
			asked := older.State == outbox.StateUnknown || older.State == outbox.StatePending || older.State == outbox.StateSending && older.AtMostOnce && !older.Held(w.clock.Now())
			if same && (older.Holds || !asked) {
				t.Fatalf("%s is sent before %s, which is %s", d.Key, older.Key, older.State)
			}
		}
	}
	w.held = append(w.held, list...)
}

func (w *outboxWord) settle(t *rapid.T) {
	if len(w.held) == 0 {
		return
	}
	d := rapid.SampledFrom(w.held).Draw(t, "delivery")
	o := outbox.Outcome{
		State: rapid.SampledFrom(slices.DeleteFunc(outbox.States(), func(s outbox.State) bool { return s == outbox.StateSending })).Draw(t, "state"),
		Wait:  time.Duration(rapid.IntRange(0, 10).Draw(t, "wait")) * time.Minute,
	}
	if o.State == outbox.StateDone {
		o.Booked = rapid.Int64Range(0, d.Points).Draw(t, "booked")
	}
	settled, err := w.Settle(w.t.Context(), d, rapid.SampledFrom([]string{d.Claim, d.Claim, ""}).Draw(t, "claim"), o, "")
	switch {
	case err != nil && !errors.Is(err, crm.ErrOperationConflict):
		t.Fatal(err)
	case err == nil && (settled.State == outbox.StateNew || settled.State == outbox.StateRetry):
		delete(w.sent, settled.ID) // somebody knows that it did nothing
	}
}

func (w *outboxWord) moments(t *rapid.T) {
	w.clock.forward(time.Duration(rapid.IntRange(1, 6).Draw(t, "minutes")) * time.Minute)
}

// holds compares the balances with what the final states say.
func (w *outboxWord) holds(t *rapid.T) {
	want := map[string]int64{}
	for _, number := range w.cards {
		want[number] = 1000 + w.spent[number]
	}
	for _, d := range w.deliveries() {
		switch {
		case d.Effect == outbox.EffectBook && d.State == outbox.StateDone:
			want[d.CardNumber] += d.Booked
		case d.Effect == outbox.EffectRefund && d.State.Final():
			want[d.CardNumber] += d.Points - d.Booked
		}
	}
	for _, number := range w.cards {
		card, err := w.backend.Card(w.t.Context(), number)
		if err != nil || card.Balance != want[number] {
			t.Fatalf("%s has %d points (%v), the final states say %d", number, card.Balance, err, want[number])
		}
	}
}
