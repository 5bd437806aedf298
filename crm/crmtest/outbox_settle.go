package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func settleChecks() []Check {
	return []Check{
		check("SettleDelivery/stores", "SettleDelivery stores what became of a delivery and ends its claim.", settles),
		check("SettleDelivery/keeps", "A settlement without a VendorRef and an Answer keeps those that are stored.", settleKeeps),
		check("SettleDelivery/claim", "With a Claim only who holds the delivery may settle it: ErrOperationConflict, and nothing changes.", settleNeedsClaim),
		check("SettleDelivery/without-claim", "Without a Claim a settlement is stored whoever holds the delivery, whose claim ends.", settleWithoutClaim),
		check("SettleDelivery/expect", "With Expect a settlement is stored only while the delivery is in that state and nobody is at work on it: ErrOperationConflict, and nothing changes.", settleExpects),
		check("SettleDelivery/new", "DeliveryNew gives a delivery back unsent: the attempt is taken back, and it is handed out again.", settleGivesBack),
		check("SettleDelivery/final", "A delivery that is final stays as it is: another state, or another Booked, is ErrOperationConflict.", settleFinalStays),
		check("SettleDelivery/again", "The same final state again is the same success and changes nothing, whoever tells it.", settlesAgain),
		check("SettleDelivery/reference", "A VendorRef belongs to one delivery of a vendor: ErrOperationConflict, and nothing changes.", settleReference),
		check("SettleDelivery/reference-vendors", "Deliveries of two vendors may have the same VendorRef, and a delivery may be told its own again.", settleReferenceElsewhere),
		check("SettleDelivery/unknown", "SettleDelivery of an unknown delivery gives ErrDeliveryNotFound and changes nothing.", settleUnknown),
		check("SettleDelivery/wholly", "SettleDelivery happens wholly or not at all: a settlement that is refused has no effect.", settleWholly),
		check("SettleDelivery/audit", "A settlement with an Actor leaves a line in the card's audit log, one without does not.", settleAudits),
	}
}

func settles(b *bench) {
	b.card(1)
	b.orders("card-1", fullErrand("a"))
	for _, state := range []crm.DeliveryState{crm.DeliveryRetry, crm.DeliveryPending, crm.DeliveryUnknown, crm.DeliveryDone} {
		before := b.claimed("the delivery is to be "+string(state), "a")[0]
		b.later(time.Minute)
		s := crm.Settlement{
			ID: before.ID, Claim: before.Claim, State: state, DueAt: b.now.Add(time.Hour), VendorRef: "ref of " + string(state),
			Booked: int64(len(state)), Reason: "причина " + string(state), Answer: []byte(`{"status":"` + string(state) + `"}`), Now: b.now,
		}
		want := before
		want.State, want.Claim, want.DueAt, want.VendorRef = state, "", s.DueAt, s.VendorRef
		want.Booked, want.Reason, want.Answer, want.UpdatedAt = s.Booked, s.Reason, s.Answer, b.now
		same(b, "SettleDelivery to "+string(state), b.settle(s), want)
		same(b, "SettleDelivery to "+string(state)+", then Delivery", b.delivery(before.ID), want)
		b.later(time.Hour)
	}
}

func settleKeeps(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	s := b.settlement(d.ID, crm.DeliveryPending)
	s.VendorRef, s.Answer, s.Reason = "ref-1", []byte("accepted"), "waits"
	b.settle(s)
	got := b.settleTo(d.ID, crm.DeliveryDone)
	same(b, "settled with a reference, an answer and a reason, then without: what is kept",
		[]string{got.VendorRef, string(got.Answer), got.Reason}, []string{"ref-1", "accepted", ""})
}

func settleNeedsClaim(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	stranger := b.settlement(d.ID, crm.DeliveryDone)
	stranger.Claim, stranger.Credit = "claim-x", b.award(crm.PostingReward, 10)
	b.refusesSettling("SettleDelivery with a claim of a delivery that nobody has claimed", stranger, crm.ErrOperationConflict)
	first := b.claimed("ordered an errand", "a")[0]
	b.refusesSettling("SettleDelivery with a claim that is not the one which holds", stranger, crm.ErrOperationConflict)
	b.later(lease)
	second := b.claimed("the claim is over", "a")[0]
	for _, state := range []crm.DeliveryState{crm.DeliveryDone, crm.DeliveryRetry, crm.DeliveryNew} {
		late := b.settlement(d.ID, state)
		late.Claim = first.Claim
		b.refusesSettling("SettleDelivery to "+string(state)+" by the worker whose claim another one has taken over", late, crm.ErrOperationConflict)
	}
	holder := b.settlement(d.ID, crm.DeliveryDone)
	holder.Claim = second.Claim
	same(b, "SettleDelivery by who holds it", b.settle(holder).State, crm.DeliveryDone)
}

func settleWithoutClaim(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	held := b.claimed("ordered an errand", "a")[0]
	got := b.settleTo(d.ID, crm.DeliveryPending)
	same(b, "SettleDelivery without a claim, the state and the claim", []any{got.State, got.Claim}, []any{crm.DeliveryPending, ""})
	late := b.settlement(d.ID, crm.DeliveryRetry)
	late.Claim = held.Claim
	b.refusesSettling("SettleDelivery without a claim, then by the worker who had it", late, crm.ErrOperationConflict)
}

func settleExpects(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	expecting := func(state, to crm.DeliveryState) crm.Settlement {
		s := b.settlement(d.ID, to)
		s.Expect, s.Credit, s.Actor = state, b.award(crm.PostingReward, 10), "operator"
		return s
	}
	b.refusesSettling("SettleDelivery of a new delivery that is expected to be unknown",
		expecting(crm.DeliveryUnknown, crm.DeliveryDone), crm.ErrOperationConflict)
	b.claimed("ordered an errand", "a")
	for _, state := range []crm.DeliveryState{crm.DeliveryNew, crm.DeliverySending} {
		b.refusesSettling("SettleDelivery of a delivery that is being sent, expected to be "+string(state),
			expecting(state, crm.DeliveryRejected), crm.ErrOperationConflict)
	}
	b.later(lease)
	same(b, "SettleDelivery of a delivery whose claim is over, expected to be sending",
		b.settle(expecting(crm.DeliverySending, crm.DeliveryUnknown)).State, crm.DeliveryUnknown)
	b.claimed("the delivery is to be asked about", "a")
	b.refusesSettling("SettleDelivery of an unknown delivery that is being asked about",
		expecting(crm.DeliveryUnknown, crm.DeliveryDone), crm.ErrOperationConflict)
	b.later(lease)
	b.settle(expecting(crm.DeliveryUnknown, crm.DeliveryDone))
	b.balance("settled as expected with a credit of 10", "card-1", 10)
	b.idle("the same settlement again, when the state is no more what was expected", func() error {
		_, err := b.SettleDelivery(b.ctx, expecting(crm.DeliveryUnknown, crm.DeliveryDone))
		return err
	})
}

func settleGivesBack(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	for range 2 {
		held := b.claimed("the delivery waits to be sent", "a")[0]
		same(b, "claimed a delivery that was given back, the attempts", held.Attempts, int64(1))
		back := b.settlement(d.ID, crm.DeliveryNew)
		back.Claim = held.Claim
		got := b.settle(back)
		same(b, "SettleDelivery to new: state, attempts, claim", []any{got.State, got.Attempts, got.Claim}, []any{crm.DeliveryNew, int64(0), ""})
	}
	b.claimed("given back", "a")
	b.settleTo(d.ID, crm.DeliveryUnknown)
	got := b.settleTo(d.ID, crm.DeliveryNew) // an operator knows that the vendor never heard of it
	same(b, "sent once, unknown, then SettleDelivery to new: the attempts", got.Attempts, int64(1))
	b.claimed("an operator lets an unknown delivery be sent again", "a")
}

func settleFinalStays(b *bench) {
	for i, final := range []crm.DeliveryState{crm.DeliveryDone, crm.DeliveryRejected} {
		d := b.orders1(b.card(i), string(final))
		s := b.settlement(d.ID, final)
		s.Booked, s.VendorRef = 10, "ref of "+string(final)
		b.settle(s)
		b.later(time.Minute)
		for _, state := range crm.DeliveryStates() {
			other := b.settlement(d.ID, state)
			other.Credit, other.Debit, other.Actor = b.award(crm.PostingReward, 10), 5, "operator"
			other.Booked = 10
			if state == final {
				other.Booked = 9
			}
			b.refusesSettling("SettleDelivery of a delivery that is "+string(final)+" to "+string(state), other, crm.ErrOperationConflict)
		}
	}
}

func settlesAgain(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	held := b.claimed("ordered an errand", "a")[0]
	s := b.settlement(d.ID, crm.DeliveryDone)
	s.Claim, s.Booked, s.VendorRef, s.Actor = held.Claim, 10, "ref-1", "operator"
	s.Credit = b.award(crm.PostingReward, 10)
	want := b.settle(s)
	b.later(time.Hour)
	for who, claim := range map[string]string{"the same worker": held.Claim, "nobody's claim": "", "another worker": "claim-x"} {
		again := s
		again.Claim, again.Now, again.Reason, again.DueAt = claim, b.now, "told again", b.now
		repeats(b, "SettleDelivery to done again by "+who, want, func() (crm.Delivery, error) { return b.SettleDelivery(b.ctx, again) })
	}
	b.balance("settled four times with a credit of 10", "card-1", 10)
	same(b, "settled four times, the lines in AuditLog", len(b.audit("card-1")), 1)
}

func settleReference(b *bench) {
	first, second := b.orders1(b.card(1), "a"), b.orders1(b.card(2), "b")
	s := b.settlement(first.ID, crm.DeliveryPending)
	s.VendorRef = "ref-1"
	b.settle(s)
	for _, state := range []crm.DeliveryState{crm.DeliveryPending, crm.DeliveryDone} {
		s = b.settlement(second.ID, state)
		s.VendorRef, s.Credit = "ref-1", b.award(crm.PostingReward, 10)
		b.refusesSettling("SettleDelivery to "+string(state)+" with the reference of another delivery", s, crm.ErrOperationConflict)
	}
	s.VendorRef = "REF-1"
	same(b, "SettleDelivery with another reference", b.settle(s).VendorRef, "REF-1")
}

func settleReferenceElsewhere(b *bench) {
	b.card(1)
	other := errand("b")
	other.Vendor = "other"
	for _, d := range b.orders("card-1", errand("a"), other) {
		for _, state := range []crm.DeliveryState{crm.DeliveryPending, crm.DeliveryDone} {
			s := b.settlement(d.ID, state)
			s.VendorRef = "ref-1"
			same(b, "SettleDelivery to "+string(state)+" at "+d.Vendor, b.settle(s).VendorRef, "ref-1")
		}
	}
}

func settleUnknown(b *bench) {
	b.card(1)
	b.orders1("card-1", "a")
	for _, id := range []string{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "", "card-1"} {
		s := b.settlement(id, crm.DeliveryDone)
		s.Offers = []crm.Offer{offerFor("voucher", crm.AudienceCard, "card-1")}
		b.refusesSettling("SettleDelivery of the delivery "+id+", which there is not", s, crm.ErrDeliveryNotFound)
	}
}

func settleWholly(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	d := b.orders1("card-1", "a")
	s := b.settlement(d.ID, crm.DeliveryDone)
	s.Credit, s.Debit, s.Actor = b.award(crm.PostingReward, 10), 20, "operator"
	s.Offers = []crm.Offer{offerFor("voucher", crm.AudienceCard, "card-1"), offerFor(immense, crm.AudienceCard, "card-1")}
	before := b.state()
	if _, err := b.SettleDelivery(b.ctx, s); err == nil {
		same(b, "SettleDelivery with an immense offer, which was not refused, then Offers", b.shown("card-1", today), []string{"voucher", immense})
		return
	}
	b.unchanged("SettleDelivery with an immense offer (refused)", before)
	same(b, "SettleDelivery with an immense offer (refused), then AuditLog", len(b.audit("card-1")), 1) // of the grant
	s.Offers = s.Offers[:1]
	b.settle(s)
	b.balance("SettleDelivery (refused), then without what was refused", "card-1", 60)
}

func settleAudits(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	b.settleTo(d.ID, crm.DeliveryUnknown)
	same(b, "SettleDelivery without an actor, then AuditLog", b.audit("card-1"), nil)
	for i, state := range []crm.DeliveryState{crm.DeliveryRetry, crm.DeliveryRejected} {
		b.later(time.Hour)
		s := b.settlement(d.ID, state)
		s.Actor = "operator-" + string(state)
		b.settle(s)
		lines := b.audit("card-1")
		b.holds(len(lines) == i+1 && lines[i].Actor == s.Actor && lines[i].At.Equal(b.now) && lines[i].Subject == "card-1",
			"SettleDelivery to "+string(state)+" with an actor, then AuditLog", "one more line with the actor and the time", lines)
	}
}
