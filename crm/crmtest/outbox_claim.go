package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func claimChecks() []Check {
	return []Check{
		check("ClaimDeliveries/new", "ClaimDeliveries hands out new deliveries, which are then being sent, with one more attempt and the time of the sending.", claimsNew),
		check("ClaimDeliveries/due", "A delivery that waits for another try is handed out when it is due, not a millisecond before.", claimsDue),
		check("ClaimDeliveries/held", "Nobody else is given a delivery before Until.", claimsHold),
		check("ClaimDeliveries/over", "A delivery whose claim is over is due again: it is sent once more, with one more attempt and the time of this sending.", claimsAgain),
		check("ClaimDeliveries/once", "A Once delivery whose claim is over becomes unknown and is asked about, never sent again.", claimsOnce),
		check("ClaimDeliveries/asked", "Deliveries that are unknown or pending are handed out when due, and left in their state and attempts.", claimsAsked),
		check("ClaimDeliveries/final", "Deliveries that are final are never handed out.", claimsNoFinal),
		check("ClaimDeliveries/forever", "A delivery that only an operator can move on is not handed out.", claimsNoForever),
		check("ClaimDeliveries/vendor", "ClaimDeliveries hands out deliveries of the one vendor alone.", claimsVendor),
		check("ClaimDeliveries/limit", "ClaimDeliveries hands out Limit deliveries at most, and the others to the next callers.", claimsLimit),
		check("ClaimDeliveries/no-limit", "ClaimDeliveries with a Limit of nothing hands out and changes nothing.", claimsNothing),
		check("ClaimDeliveries/limit-shared", "Those to be asked about fill half of the Limit at most, but one place always.", claimsShared),
		check("ClaimDeliveries/idle", "ClaimDeliveries changes nothing when nothing is due.", claimsIdle),
	}
}

func claimsNew(b *bench) {
	b.card(1)
	ordered := b.orders("card-1", fullErrand("a"))[0]
	b.later(time.Minute)
	r := b.claimRequest(acme, plenty)
	got, err := b.ClaimDeliveries(b.ctx, r)
	b.must("ClaimDeliveries", err)
	want := ordered
	want.State, want.Claim, want.Attempts, want.DueAt = crm.DeliverySending, r.Claim, 1, r.Until
	want.SentAt, want.UpdatedAt = b.now, b.now
	same(b, "ordered an errand, then ClaimDeliveries", got, []crm.Delivery{want})
	same(b, "ClaimDeliveries, then Delivery", b.delivery(want.ID), want)
}

func claimsDue(b *bench) {
	b.card(1)
	d := b.orders1("card-1", "a")
	b.claimed("ordered an errand", "a")
	retry := b.settlement(d.ID, crm.DeliveryRetry)
	retry.DueAt = b.now.Add(time.Hour)
	b.settle(retry)
	b.later(time.Hour - time.Millisecond)
	b.claimed("a millisecond before a delivery is due")
	b.later(time.Millisecond)
	list := b.claimed("at the moment when a delivery is due", "a")
	same(b, "sent again, the state and attempts", []any{list[0].State, list[0].Attempts}, []any{crm.DeliverySending, int64(2)})
}

func claimsHold(b *bench) {
	b.card(1)
	b.card(2)
	d := b.orders1("card-1", "a")
	pending := b.orders1("card-2", "b")
	b.settleTo(pending.ID, crm.DeliveryPending)
	b.claimed("ordered an errand, and one is pending", "a", "b")
	b.later(lease - time.Millisecond)
	b.idle("ClaimDeliveries by another worker a millisecond before the claim is over", func() error {
		list, err := b.ClaimDeliveries(b.ctx, b.claimRequest(acme, plenty))
		same(b, "ClaimDeliveries by another worker a millisecond before the claim is over", list, nil)
		return err
	})
	same(b, "whose claim holds", b.delivery(d.ID).Claim != "", true)
}

func claimsAgain(b *bench) {
	b.card(1)
	b.orders1("card-1", "a")
	first := b.claimed("ordered an errand", "a")[0]
	b.later(lease)
	second := b.claimed("claimed a delivery, and the claim is over", "a")[0]
	b.holds(second.Claim != first.Claim, "claimed twice", "another claim", second.Claim)
	same(b, "claimed twice, then Delivery", b.delivery(first.ID), second)
	same(b, "claimed twice: state, attempts, last sending",
		[]any{second.State, second.Attempts, second.SentAt}, []any{crm.DeliverySending, int64(2), b.now})
}

func claimsOnce(b *bench) {
	b.card(1)
	e := errand("a")
	e.Once = true
	b.orders("card-1", e)
	b.claimed("ordered an errand that is Once", "a")
	for i := range 3 {
		b.later(lease)
		asked := b.claimed(fmt.Sprintf("claim %d of a Once delivery is over", i+1), "a")[0]
		same(b, "claimed a Once delivery again: state, attempts, reason", []any{asked.State, asked.Attempts, asked.Reason},
			[]any{crm.DeliveryUnknown, int64(1), crm.ReasonWorkerLost})
		same(b, "claimed a Once delivery again, then Delivery", b.delivery(asked.ID), asked)
	}
}

func claimsAsked(b *bench) {
	for i, state := range []crm.DeliveryState{crm.DeliveryUnknown, crm.DeliveryPending} {
		b.orders1(b.card(i), string(state))
	}
	for _, d := range b.claims(acme, plenty) {
		asked := b.settlement(d.ID, crm.DeliveryState(d.Key))
		asked.DueAt = b.now.Add(time.Hour)
		b.settle(asked)
	}
	b.later(time.Hour - time.Millisecond)
	b.claimed("a millisecond before a vendor is to be asked")
	b.later(time.Millisecond)
	for _, d := range b.claimed("at the moment when a vendor is to be asked", "pending", "unknown") {
		same(b, "asked about: state, attempts, due", []any{d.State, d.Attempts, d.DueAt}, []any{crm.DeliveryState(d.Key), int64(1), b.now.Add(lease)})
		same(b, "asked about, then Delivery", b.delivery(d.ID), d)
	}
	b.later(lease)
	b.claimed("the claims of questions are over", "pending", "unknown")
}

func claimsNoFinal(b *bench) {
	for i, state := range []crm.DeliveryState{crm.DeliveryDone, crm.DeliveryRejected} {
		d := b.orders1(b.card(i), string(state))
		b.settleTo(d.ID, state)
	}
	b.later(365 * day)
	b.claimed("two deliveries are final")
}

func claimsNoForever(b *bench) {
	states := []crm.DeliveryState{crm.DeliveryUnknown, crm.DeliveryPending, crm.DeliveryRetry, crm.DeliveryNew}
	for i, state := range states {
		s := b.settlement(b.orders1(b.card(i), string(state)).ID, state)
		s.DueAt = crm.Forever
		b.settle(s)
	}
	b.later(365 * day)
	b.claimed("four deliveries wait for an operator")
}

func claimsVendor(b *bench) {
	b.card(1)
	other := errand("b")
	other.Vendor = "acme2"
	lost := errand("c")
	lost.Vendor, lost.Once = "acme3", true
	b.orders("card-1", errand("a"), other, lost)
	b.claims("acme3", plenty)
	b.later(lease)
	b.claimed("ordered errands at three vendors", "a")
	same(b, "ClaimDeliveries of acme, the delivery of acme3 whose claim is over", b.byKey("ClaimDeliveries", "c").State, crm.DeliverySending)
	same(b, "ClaimDeliveries of acme2", keysOf(b.claims("acme2", plenty)), []string{"b"})
	same(b, "ClaimDeliveries of a vendor that has none", b.claims("ACME", plenty), nil)
}

func claimsLimit(b *bench) {
	for i := range 7 {
		b.orders1(b.card(i), fmt.Sprintf("e%d", i))
	}
	seen := map[string]bool{}
	for i, want := range []int{3, 3, 1, 0} {
		list := b.claims(acme, 3)
		b.holds(len(list) == want, fmt.Sprintf("seven deliveries are due, claim %d with the limit 3", i+1), fmt.Sprintf("%d deliveries", want), keysOf(list))
		for _, d := range list {
			b.holds(!seen[d.Key], "claims with the limit 3", "no delivery twice", d.Key)
			seen[d.Key] = true
		}
	}
	same(b, "four claims with the limit 3, how many deliveries were handed out", len(seen), 7)
}

func claimsNothing(b *bench) {
	b.card(1)
	b.orders1("card-1", "a")
	d := b.orders1(b.card(2), "b")
	b.settleTo(d.ID, crm.DeliveryPending)
	e := errand("c")
	e.Once = true
	b.orders(b.card(3), e)
	b.idle("ClaimDeliveries with the limit 0", func() error {
		list, err := b.ClaimDeliveries(b.ctx, b.claimRequest(acme, 0))
		same(b, "ClaimDeliveries with the limit 0", list, nil)
		return err
	})
}

func claimsShared(b *bench) {
	for i := range 12 {
		d := b.orders1(b.card(i), fmt.Sprintf("e%d", i))
		if i < 6 {
			b.settleTo(d.ID, []crm.DeliveryState{crm.DeliveryUnknown, crm.DeliveryPending}[i%2])
		}
	}
	b.later(time.Second)
	count := func(list []crm.Delivery) (asked, sent int) {
		for _, d := range list {
			if d.State == crm.DeliverySending {
				sent++
			} else {
				asked++
			}
		}
		return asked, sent
	}
	asked, sent := count(b.claims(acme, 4))
	same(b, "six to be asked about and six to be sent are due, ClaimDeliveries with the limit 4", []int{asked, sent}, []int{2, 2})
	asked, sent = count(b.claims(acme, 1))
	same(b, "then with the limit 1", []int{asked, sent}, []int{1, 0})
	asked, sent = count(b.claims(acme, 100))
	same(b, "then with the limit 100", []int{asked, sent}, []int{3, 4})
}

func claimsIdle(b *bench) {
	b.card(1)
	b.orders1("card-1", "a")
	b.claimed("ordered an errand", "a")
	b.idle("ClaimDeliveries when nothing is due", func() error {
		_, err := b.ClaimDeliveries(b.ctx, b.claimRequest(acme, plenty))
		return err
	})
}
