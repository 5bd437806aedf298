package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func errandChecks() []Check {
	return []Check{
		check("SubmitReceipt/errands", "Errands of a receipt are stored with it, for the card and its customer, new and due at once.", receiptOrders),
		check("RedeemCode/errands", "Errands of a code are stored with its use, for the card and its customer, new and due at once.", codeOrders),
		check("Take/errands", "Errands of a take are stored with it, for the card and its customer, new and due at once.", takeOrders),
		check("Grant/errands", "A grant has no errands: those in its request are not stored.", grantOrdersNothing),
		check("SubmitReceipt/errands-again", "Errands of a receipt that is repeated are not stored.", receiptOrdersOnce),
		check("RedeemCode/errands-again", "Errands of a code that the card has used before are not stored.", codeOrdersOnce),
		check("Take/errands-again", "Errands of a take that is repeated are not stored.", takeOrdersOnce),
		check("SubmitReceipt/errands-refused", "Errands of a receipt that is refused are not stored.", receiptRefusedOrdersNothing),
		check("RedeemCode/errands-refused", "Errands of a code that is refused are not stored.", codeRefusedOrdersNothing),
		check("Take/errands-refused", "Errands of a take that is refused are not stored.", takeRefusedOrdersNothing),
		check("SubmitReceipt/errand-key", "An errand is stored once for its Key, whatever orders it again; the operation succeeds all the same.", errandsOncePerKey),
		check("SubmitReceipt/errands-wholly", "A receipt and its errands are stored wholly or not at all.", errandsWholly),
		check("SubmitReceipt/errands-unheld", "A card without a holder orders errands too: for the card, and for no customer.", errandsOfUnheld),
		check("ReplaceCard/deliveries", "The card of a delivery follows a replacement, and nothing else of it changes.", deliveriesFollow),
		check("Erase/deliveries", "Erase keeps the deliveries of the customer's cards; they name nobody.", deliveriesOutliveErasure),
	}
}

// fresh looks that a delivery is an errand that was just ordered.
func (b *bench) fresh(did string, d crm.Delivery, e crm.Errand, card crm.Card) {
	b.Helper()
	b.holds(d.ID != "", did, "a delivery with an ID", d)
	same(b, did+", then Delivery", b.delivery(d.ID), crm.Delivery{
		ID: d.ID, Errand: e, CardNumber: card.Number, CustomerID: card.CustomerID,
		State: crm.DeliveryNew, DueAt: b.now, CreatedAt: b.now, UpdatedAt: b.now,
	})
}

func receiptOrders(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	r := b.submission("card-1", 1, 15)
	r.Errands = []crm.Errand{fullErrand("a"), errand("b")}
	b.submit(r)
	did := "SubmitReceipt with two errands"
	for _, e := range r.Errands {
		b.fresh(did, b.byKey(did, e.Key), e, card)
	}
	same(b, did+", then ListDeliveries", keysOf(b.outbox()), []string{"a", "b"})
	b.balance(did, "card-1", 15)
}

func codeOrders(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.putCodes(b.promo("SPRING"))
	r := b.entry("card-1", "SPRING")
	r.Errands = []crm.Errand{fullErrand("a")}
	_, err := b.RedeemCode(b.ctx, r)
	b.must("RedeemCode with an errand", err)
	b.fresh("RedeemCode with an errand", b.byKey("RedeemCode with an errand", "a"), r.Errands[0], card)
}

func takeOrders(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.grant("card-1", "gift", 70)
	m := b.movement("card-1", "spent", 30)
	m.Errands = []crm.Errand{fullErrand("a")}
	_, err := b.Take(b.ctx, m)
	b.must("Take with an errand", err)
	b.fresh("Take with an errand", b.byKey("Take with an errand", "a"), m.Errands[0], card)
}

func grantOrdersNothing(b *bench) {
	b.card(1)
	m := b.movement("card-1", "gift", 70)
	m.Errands = []crm.Errand{errand("a")}
	_, err := b.Grant(b.ctx, m)
	b.must("Grant with an errand", err)
	same(b, "Grant with an errand, then ListDeliveries", b.outbox(), nil)
}

func receiptOrdersOnce(b *bench) {
	b.card(1)
	r := b.submission("card-1", 1, 15)
	r.Errands = []crm.Errand{errand("a")}
	b.submit(r)
	r.Errands = append(r.Errands, errand("b")) // the programme's rules may have changed in between
	r.Now = b.now.Add(time.Hour)
	for _, old := range []bool{false, true} {
		r.TooOld = old
		repeats(b, "SubmitReceipt with an errand, then again with another one", crm.Submitted{Repeated: true, Points: 15},
			func() (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, r) })
	}
}

func codeOrdersOnce(b *bench) {
	b.card(1)
	b.putCodes(b.promo("SPRING"))
	r := b.entry("card-1", "SPRING")
	b.redeem("card-1", "SPRING")
	r.Errands = []crm.Errand{errand("a")}
	repeats(b, "RedeemCode, then again with an errand", crm.Submitted{Repeated: true, Points: 25},
		func() (crm.Submitted, error) { return b.RedeemCode(b.ctx, r) })
}

func takeOrdersOnce(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	first := b.take("card-1", "spent", 30)
	m := b.movement("card-1", "spent", 30)
	m.Errands = []crm.Errand{errand("a")}
	repeats(b, "Take, then again with an errand", first, func() (crm.Posting, error) { return b.Take(b.ctx, m) })
}

func receiptRefusedOrdersNothing(b *bench) {
	b.card(1)
	b.setState(b.card(2), crm.CardBlocked)
	b.setState(b.card(3), crm.CardInactive)
	b.submit(b.submission("card-1", 1, 15))
	other, old := b.submission("card-1", 1, 15), b.submission("card-1", 9, 15)
	other.Receipt.SumKopecks++
	old.TooOld = true
	for _, c := range []struct {
		did  string
		r    crm.ReceiptSubmission
		kind crm.Kind
	}{
		{"by a blocked card", b.submission("card-2", 5, 15), crm.ErrCardBlocked},
		{"by an inactive card", b.submission("card-3", 6, 15), crm.ErrCardInactive},
		{"by an unknown card", b.submission("card-9", 7, 15), crm.ErrCardNotFound},
		{"with another sum than before", other, crm.ErrReceiptMismatch},
		{"that is too old", old, crm.ErrReceiptTooOld},
	} {
		c.r.Errands = []crm.Errand{errand("a")}
		b.refusesReceipt("SubmitReceipt with an errand "+c.did, c.r, c.kind)
	}
	b.setState("card-2", crm.CardActive)
	taken := b.submission("card-2", 1, 15)
	taken.Errands = []crm.Errand{errand("a")}
	b.refusesReceipt("SubmitReceipt with an errand of another card's receipt", taken, crm.ErrReceiptTaken)
	same(b, "refused receipts with errands, then ListDeliveries", b.outbox(), nil)
}

func codeRefusedOrdersNothing(b *bench) {
	b.card(1)
	b.setState(b.card(2), crm.CardBlocked)
	used, over := b.promo("USED"), b.promo("OVER")
	used.MaxUses, over.EndsAt = 1, b.now
	b.putCodes(used, over)
	b.redeem(b.card(3), "USED")
	for _, c := range []struct {
		number, code string
		kind         crm.Kind
	}{
		{"card-1", "NONE", crm.ErrCodeUnknown}, {"card-1", "USED", crm.ErrCodeUsedUp}, {"card-1", "OVER", crm.ErrCodeExpired},
		{"card-2", "USED", crm.ErrCardBlocked},
	} {
		r := b.entry(c.number, c.code)
		r.Errands = []crm.Errand{errand("a")}
		b.refuses(fmt.Sprintf("RedeemCode of %s with an errand by %s", c.code, c.number), func() error {
			_, err := b.RedeemCode(b.ctx, r)
			return err
		}, c.kind, crm.ErrCodeUsedUp) // a card that is refused either way may be told either reason
	}
	same(b, "refused codes with errands, then ListDeliveries", b.outbox(), nil)
}

func takeRefusedOrdersNothing(b *bench) {
	b.grant(b.card(1), "gift", 70)
	b.grant(b.card(2), "gift-2", 70)
	b.setState("card-2", crm.CardInactive)
	for _, c := range []struct {
		m    crm.Movement
		kind crm.Kind
	}{
		{b.movement("card-1", "too-much", 71), crm.ErrInsufficientPoints},
		{b.movement("card-2", "inactive", 10), crm.ErrCardInactive},
		{b.movement("card-9", "unknown", 10), crm.ErrCardNotFound},
		{b.movement("card-1", "gift", 10), crm.ErrOperationConflict},
	} {
		c.m.Errands = []crm.Errand{errand("a")}
		b.refuses("Take with an errand ("+c.m.Key+")", func() error {
			_, err := b.Take(b.ctx, c.m)
			return err
		}, c.kind)
	}
	same(b, "refused takes with errands, then ListDeliveries", b.outbox(), nil)
}

func errandsOncePerKey(b *bench) {
	b.card(1)
	b.card(2)
	first := b.orders1("card-1", "a")
	b.later(time.Hour)
	other := errand("a")
	other.Vendor, other.Points = "other", 99
	r := b.submission("card-2", 1, 15)
	r.Errands = []crm.Errand{other, errand("b"), errand("b")}
	same(b, "SubmitReceipt with an errand whose key is stored", b.submit(r), crm.Submitted{Points: 15})
	same(b, "SubmitReceipt with an errand whose key is stored, and one twice, then ListDeliveries", keysOf(b.outbox()), []string{"a", "b"})
	same(b, "SubmitReceipt with an errand whose key is stored, then Delivery of the first", b.delivery(first.ID), first)
}

func errandsWholly(b *bench) {
	b.card(1)
	r := b.submission("card-1", 1, 15)
	r.Errands = []crm.Errand{errand("a"), errand(immense)}
	before := b.state()
	_, err := b.SubmitReceipt(b.ctx, r)
	did := fmt.Sprintf("SubmitReceipt with an errand and one whose key has %d bytes", len(immense))
	if err != nil {
		b.unchanged(did+" (refused)", before)
		r.Errands = r.Errands[:1]
		same(b, did+" (refused), then without the latter", b.submit(r), crm.Submitted{Points: 15})
		b.byKey(did+" (refused), then without the latter", "a")
		return
	}
	same(b, did+", then ListDeliveries", keysOf(b.outbox()), []string{"a", immense})
}

func errandsOfUnheld(b *bench) {
	b.unheld("card-1")
	d := b.orders1("card-1", "a")
	b.fresh("SubmitReceipt with an errand by a card without a holder", d, errand("a"), b.look("card-1"))
	same(b, "the customer of the delivery", d.CustomerID, "")
	number := long64[1:] // its barcode is one longer
	b.unheld(number)
	long := errand("b")
	long.Vendor = long32
	b.fresh("SubmitReceipt with the longest card number and vendor", b.orders(number, long)[0], long, b.look(number))
}

func deliveriesFollow(b *bench) {
	b.card(1)
	b.card(2)
	own, other := b.orders1("card-1", "a"), b.orders1("card-2", "b")
	done := b.orders1("card-1", "c")
	b.claims(acme, plenty)
	done = b.settleTo(done.ID, crm.DeliveryDone)
	own = b.delivery(own.ID)
	other = b.delivery(other.ID)
	b.later(time.Minute)
	b.replace("card-1", "new-1")
	own.CardNumber, done.CardNumber = "new-1", "new-1"
	for _, want := range []crm.Delivery{own, other, done} {
		same(b, "ReplaceCard of card-1, then Delivery", b.delivery(want.ID), want)
	}
	list, err := b.ListDeliveries(b.ctx, crm.DeliveryQuery{CardNumber: "new-1", Limit: plenty})
	b.must("ListDeliveries of the new card", err)
	same(b, "ReplaceCard of card-1, then ListDeliveries of the new card", keysOf(list), []string{"a", "c"})
}

func deliveriesOutliveErasure(b *bench) {
	b.issue(marked, "card-1")
	want := b.orders1("card-1", "a")
	b.erase(marked.Phone)
	same(b, "Erase, then Delivery", b.delivery(want.ID), want)
	b.claimed("Erase", "a")
}
