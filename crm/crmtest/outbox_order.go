package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func claimOrderChecks() []Check {
	return []Check{
		check("ClaimDeliveries/order", "No delivery is sent while an older one of the same customer and vendor waits to be sent or is being sent.", keepsOrder),
		check("ClaimDeliveries/order-past", "A delivery is sent once the older one is done, rejected, pending or unknown.", orderPasses),
		check("ClaimDeliveries/order-retry", "An older delivery that waits for another try keeps the younger ones waiting, though it is not due.", orderWaitsForRetry),
		check("ClaimDeliveries/order-over", "When the claim of an older delivery is over, it is sent before the younger ones.", orderAfterLostWorker),
		check("ClaimDeliveries/order-cards", "The order of a customer's deliveries to one vendor is kept across their cards.", orderAcrossCards),
		check("ClaimDeliveries/order-holds", "A delivery that Holds keeps the younger ones waiting until it is final.", orderHolds),
		check("ClaimDeliveries/order-one-cause", "Errands of one operation are sent in their order.", orderWithinCause),
		check("ClaimDeliveries/order-others", "Deliveries to another vendor, and those of another customer, are not held up.", orderLeavesOthers),
		check("ClaimDeliveries/order-asked", "Those to be asked about are handed out whatever waits before them.", orderLeavesQuestions),
		check("ClaimDeliveries/order-unheld", "The order of the deliveries of a card without a holder is kept, also when it is replaced.", orderOfUnheld),
		check("ClaimDeliveries/order-replaced", "The order of a customer's deliveries is kept when the card is replaced.", orderOfReplaced),
	}
}

func keepsOrder(b *bench) {
	b.card(1)
	for _, key := range []string{"c", "b", "a"} { // an order that is not that of the keys
		b.orders1("card-1", key)
		b.later(time.Second)
	}
	for i, key := range []string{"c", "b", "a"} {
		did := fmt.Sprintf("three deliveries of a customer, %d are done", i)
		d := b.claimed(did, key)[0]
		b.claimed(did + " and one is being sent")
		b.settleTo(d.ID, crm.DeliveryDone)
	}
	b.claimed("three deliveries of a customer, all are done")
}

func orderPasses(b *bench) {
	for i, state := range []crm.DeliveryState{crm.DeliveryDone, crm.DeliveryRejected, crm.DeliveryPending, crm.DeliveryUnknown} {
		first := b.orders1(b.card(i), "first "+string(state))
		b.orders1(cardName(i), "then "+string(state))
		did := "the older of two deliveries of a customer is " + string(state)
		b.claimed("two deliveries of a customer", first.Key)
		s := b.settlement(first.ID, state)
		s.DueAt = b.now.Add(day)
		b.settle(s)
		b.claimed(did, "then "+string(state))
	}
}

func orderWaitsForRetry(b *bench) {
	b.card(1)
	first := b.orders1("card-1", "first")
	b.orders1("card-1", "second")
	b.claimed("two deliveries of a customer", "first")
	s := b.settlement(first.ID, crm.DeliveryRetry)
	s.DueAt = b.now.Add(time.Hour)
	b.settle(s)
	b.claimed("the older of two deliveries waits for another try")
	b.later(time.Hour)
	b.claimed("the other try is due", "first")
}

func orderAfterLostWorker(b *bench) {
	b.card(1)
	b.orders1("card-1", "first")
	b.orders1("card-1", "second")
	b.claimed("two deliveries of a customer", "first")
	b.later(lease)
	b.claimed("the claim of the older of two deliveries is over", "first")
}

func orderAcrossCards(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(fullProfile(1), "card-2")
	first := b.orders1("card-2", "first")
	b.orders1("card-1", "second")
	b.claimed("two deliveries of a customer, one for each card", "first")
	b.settleTo(first.ID, crm.DeliveryDone)
	b.claimed("the older of the two is done", "second")
}

func orderHolds(b *bench) {
	holding := errand("first")
	holding.Holds = true
	b.card(1)
	first := b.orders("card-1", holding)[0]
	b.orders1("card-1", "second")
	b.claimed("two deliveries of a customer, the older Holds", "first")
	for _, state := range []crm.DeliveryState{crm.DeliveryPending, crm.DeliveryUnknown} {
		s := b.settlement(first.ID, state)
		s.DueAt = b.now.Add(day)
		b.settle(s)
		b.claimed("the older of two deliveries Holds and is " + string(state))
	}
	b.later(day)
	b.claimed("the older of two deliveries Holds and is to be asked about", "first")
	b.settleTo(first.ID, crm.DeliveryRejected)
	b.claimed("the older of two deliveries Holds and is rejected", "second")
	lost := errand("third")
	lost.Holds, lost.Once = true, true
	b.settleTo(b.byKey("two deliveries of a customer", "second").ID, crm.DeliveryDone)
	b.orders("card-1", lost, errand("fourth"))
	b.claimed("a delivery that Holds and is Once", "third")
	b.later(lease)
	same(b, "the worker of a delivery that Holds and is Once is lost", b.claimed("its claim is over", "third")[0].State, crm.DeliveryUnknown)
}

func orderWithinCause(b *bench) {
	b.card(1)
	b.orders("card-1", errand("c"), errand("b"), errand("a"))
	for _, key := range []string{"c", "b", "a"} {
		d := b.claimed("a receipt ordered three errands", key)[0]
		b.settleTo(d.ID, crm.DeliveryDone)
	}
}

func orderLeavesOthers(b *bench) {
	b.card(1)
	b.card(2)
	b.unheld("card-3")
	b.unheld("card-4")
	b.orders1("card-1", "a")
	other := errand("b")
	other.Vendor = "other"
	b.orders("card-1", other)
	for i := 2; i <= 4; i++ {
		b.orders1(cardName(i), fmt.Sprintf("c%d", i))
	}
	b.claimed("deliveries of two customers and two cards without a holder", "a", "c2", "c3", "c4")
	same(b, "one delivery is being sent, then ClaimDeliveries of another vendor", keysOf(b.claims("other", plenty)), []string{"b"})
}

func orderLeavesQuestions(b *bench) {
	b.card(1)
	b.orders1("card-1", "first")
	second := b.orders1("card-1", "second")
	b.settleTo(second.ID, crm.DeliveryPending)
	b.claimed("the older of two deliveries is new, the younger pending", "first", "second")
}

func orderOfUnheld(b *bench) {
	b.unheld("card-1")
	first := b.orders1("card-1", "first")
	b.orders1("card-1", "second")
	b.claimed("two deliveries of a card without a holder", "first")
	b.replace("card-1", "new-1")
	b.orders1("new-1", "third")
	b.claimed("the card was replaced while the oldest is being sent")
	b.settleTo(first.ID, crm.DeliveryDone)
	second := b.claimed("the oldest is done", "second")[0]
	b.settleTo(second.ID, crm.DeliveryDone)
	b.claimed("the second is done", "third")
}

func orderOfReplaced(b *bench) {
	b.card(1)
	first := b.orders1("card-1", "first")
	b.replace("card-1", "new-1")
	b.orders1("new-1", "second")
	b.claimed("a delivery, a replacement, another delivery", "first")
	b.claimed("the older is being sent")
	b.settleTo(first.ID, crm.DeliveryDone)
	b.claimed("the older is done", "second")
}
