package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func effectChecks() []Check {
	return []Check{
		check("SettleDelivery/credit", "Credit is added to the card as one lot, when the delivery becomes final by this call, and not before.", settleCredits),
		check("SettleDelivery/debit", "Debit is taken from the card when the delivery becomes final by this call, and not before.", settleDebits),
		check("SettleDelivery/debit-part", "Debit takes points as far as they are there: nothing ever makes a balance negative.", settleDebitsPart),
		check("SettleDelivery/debit-order", "Debit takes what may be spent first, earliest expiry first, then what is pending; never what is over.", settleDebitOrder),
		check("SettleDelivery/offers", "Offers are shown to the delivery's card alone from the final state on, whatever their audience says.", settleOffers),
		check("SettleDelivery/card-states", "The effects happen whatever the card's state.", settleAnyCard),
		check("SettleDelivery/replaced-card", "The effects happen to the card that the delivery belongs to by then.", settleReplacedCard),
	}
}

// soon is a settlement that is not final but names every effect.
func (b *bench) soon(id string) crm.Settlement {
	s := b.settlement(id, crm.DeliveryPending)
	s.Credit, s.Debit, s.DebitText = b.award(crm.PostingReward, 10), 5, "undone"
	s.Offers = []crm.Offer{offerFor("voucher", crm.AudienceCard, "card-1")}
	return s
}

func settleCredits(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	b.settle(b.soon(d.ID))
	b.balance("SettleDelivery to pending with a credit of 10", "card-1", 0)
	s := b.settlement(d.ID, crm.DeliveryDone)
	s.Credit = b.award(crm.PostingReward, 10)
	s.Credit.AvailableFrom = b.now.Add(day)
	b.settle(s)
	did := "SettleDelivery to done with a credit of 10"
	same(b, did+", the lots", b.statement("card-1", b.now).Lots, []crm.Lot{{
		Description: s.Credit.Description, Remaining: 10, AvailableFrom: s.Credit.AvailableFrom, ValidUntil: s.Credit.ValidUntil,
	}})
	same(b, did+", the postings", b.kinds("card-1"), []string{"reward +10"})
	same(b, did+", the posting's description and time", []any{b.postings("card-1")[0].Description, b.postings("card-1")[0].At},
		[]any{s.Credit.Description, b.now})
	b.adds(did, "card-1")
}

func settleDebits(b *bench) {
	b.grant(b.card(1), "gift", 70)
	d := b.orders1("card-1", "a")
	b.settle(b.soon(d.ID))
	b.balance("SettleDelivery to pending with a debit of 5", "card-1", 70)
	b.later(time.Hour)
	s := b.settlement(d.ID, crm.DeliveryDone)
	s.Debit, s.DebitText = 30, "undone"
	b.settle(s)
	did := "SettleDelivery to done with a debit of 30"
	same(b, did+", the postings", b.kinds("card-1"), []string{"reversal -30", "grant +70"})
	newest := b.postings("card-1")[0]
	same(b, did+", the posting's description and time", []any{newest.Description, newest.At}, []any{"undone", b.now})
	same(b, did+", the lots", b.remaining("card-1", b.now), []int64{40})
	b.adds(did, "card-1")
}

func settleDebitsPart(b *bench) {
	b.grant(b.card(1), "gift", 20)
	first, second := b.orders1("card-1", "a"), b.orders1("card-1", "b")
	for i, d := range []crm.Delivery{first, second} {
		s := b.settlement(d.ID, crm.DeliveryDone)
		s.Debit = 30
		b.settle(s)
		did := "a card with 20 points, SettleDelivery with a debit of 30, deliveries settled: " + []string{"one", "two"}[i]
		same(b, did+", the postings", b.kinds("card-1"), []string{"reversal -20", "grant +20"})
		b.adds(did, "card-1")
	}
}

// variousLots gives a card points that are over, may be spent in two lots, and are
// pending in two.
func (b *bench) variousLots(number string) {
	b.Helper()
	b.grantLot(number, "over", 5, b.now, b.now.Add(time.Hour))
	b.grantLot(number, "pending-late", 20, b.now.Add(20*day), b.now.Add(90*day))
	b.grantLot(number, "pending-soon", 20, b.now.Add(20*day), b.now.Add(30*day))
	b.grantLot(number, "late", 10, b.now, b.now.Add(60*day))
	b.grantLot(number, "soon", 10, b.now, b.now.Add(40*day))
	b.later(time.Hour)
}

// lotsLeft tells what is left of each lot of a card by its description.
func (b *bench) lotsLeft(number string) map[string]int64 {
	b.Helper()
	left := map[string]int64{}
	for _, lot := range b.statement(number, b.now).Lots {
		left[lot.Description] = lot.Remaining
	}
	return left
}

func settleDebitOrder(b *bench) {
	b.variousLots(b.card(1))
	for _, step := range []struct {
		debit int64
		want  map[string]int64
	}{
		{4, map[string]int64{"by soon": 6, "by late": 10, "by pending-soon": 20, "by pending-late": 20}},
		{8, map[string]int64{"by late": 8, "by pending-soon": 20, "by pending-late": 20}},
		{18, map[string]int64{"by pending-soon": 10, "by pending-late": 20}},
		{15, map[string]int64{"by pending-late": 15}},
		{99, map[string]int64{}},
	} {
		b.calls++
		d := b.orders1("card-1", text(step.debit))
		s := b.settlement(d.ID, crm.DeliveryDone)
		s.Debit = step.debit
		b.settle(s)
		same(b, "SettleDelivery with a debit of "+text(step.debit)+", the lots that are left", b.lotsLeft("card-1"), step.want)
	}
	b.balance("everything was taken but what is over", "card-1", 5)
	b.adds("five debits", "card-1")
}

func settleOffers(b *bench) {
	d := b.orders1(b.card(1), "a")
	b.card(2)
	b.segments("card-2", "gold")
	b.settle(b.soon(d.ID))
	same(b, "SettleDelivery to pending with an offer, then Offers", b.shown("card-1", today), nil)
	s := b.settlement(d.ID, crm.DeliveryDone)
	s.Offers = []crm.Offer{
		offerFor("own", crm.AudienceCard, "card-1"), offerFor("others", crm.AudienceCard, "card-2"),
		offerFor("all", crm.AudienceAll, ""), offerFor("segment", crm.AudienceSegment, "gold"),
	}
	b.settle(s)
	got, err := b.Offers(b.ctx, "card-1", today)
	b.must("Offers", err)
	var want []crm.Offer
	for _, id := range []string{"all", "others", "own", "segment"} {
		want = append(want, offerFor(id, crm.AudienceCard, "card-1"))
	}
	same(b, "SettleDelivery to done with four offers, then Offers of the card", got, want)
	same(b, "SettleDelivery to done with four offers, then Offers of another card", b.shown("card-2", today), nil)
}

// effective settles a delivery with every effect and looks that a card with 20
// points has them.
func (b *bench) effective(did string, d crm.Delivery, number string) {
	b.Helper()
	s := b.settlement(d.ID, crm.DeliveryDone)
	s.Credit, s.Debit, s.Offers = b.award(crm.PostingReward, 7), 5, []crm.Offer{offerFor("voucher-"+d.Key, crm.AudienceCard, d.CardNumber)}
	b.settle(s)
	b.balance(did+", SettleDelivery with a credit of 7 and a debit of 5", number, 22)
	same(b, did+", SettleDelivery with an offer, then Offers", b.shown(number, today), []string{"voucher-" + d.Key})
	b.adds(did+", SettleDelivery", number)
}

func settleAnyCard(b *bench) {
	for i, state := range []crm.CardState{crm.CardBlocked, crm.CardInactive} {
		number := b.card(i)
		b.grant(number, "gift-"+number, 20)
		d := b.orders1(number, number)
		b.setState(number, state)
		b.effective("a card that is "+string(state), d, number)
	}
	b.issue(marked, "erased")
	b.grant("erased", "gift", 20)
	d := b.orders1("erased", "erased")
	b.erase(marked.Phone)
	b.effective("a card whose holder was erased", d, "erased")
}

func settleReplacedCard(b *bench) {
	b.grant(b.card(1), "gift", 20)
	b.orders1("card-1", "a")
	held := b.claimed("ordered an errand", "a")[0]
	b.replace("card-1", "new-1")
	b.effective("a card that was replaced while its delivery was being sent", held, "new-1")
	b.balance("settled a delivery of a card that was replaced, the old card", "card-1", 0)
	same(b, "settled a delivery of a card that was replaced, Offers of the old card", b.shown("card-1", today), nil)
}
