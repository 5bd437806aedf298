package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func raceOrderChecks() []Check {
	return []Check{
		check("Race/orders", "Of orders over one balance at one moment exactly as many are paid as there are points for.", racePaidOrders),
		check("Race/one-order", "Of redemptions of one order at one moment one takes the points, and the others are Repeated.", raceOneOrder),
		check("Race/reverse-order", "Of reversals of one order at one moment one gives the points back, the others get ErrOrderReversed.", raceReverse),
		check("Race/redeem-and-reverse", "Redemptions and reversals of one order at one moment leave it reversed or voided, and every point on the card.", raceRedeemReverse),
		check("Race/orders-beside", "Orders, their reversals, grants and takes beside each other are all counted.", raceOrdersBeside),
		check("Race/reverse-and-replace", "A reversal beside the replacement of its card loses and doubles no point.", raceReverseReplace),
	}
}

// ordersAtOnce redeems as many orders as there are racers, by the name of each.
func (b *bench) ordersAtOnce(points int64, id func(i int) string) []result[crm.Redeemed] {
	orders := make([]crm.OrderRedemption, racers)
	for i := range orders {
		orders[i] = b.order("card-1", id(i), points)
	}
	return race(racers, func(i int) (crm.Redeemed, error) { return b.RedeemOrder(b.ctx, orders[i]) })
}

func (b *bench) reversalsAtOnce(id string, points int64) []result[crm.Order] {
	reversals := make([]crm.OrderReversal, racers)
	for i := range reversals {
		reversals[i] = b.reversal("card-1", id, points)
	}
	return race(racers, func(i int) (crm.Order, error) { return b.ReverseOrder(b.ctx, reversals[i]) })
}

func racePaidOrders(b *bench) {
	b.card(1)
	for i := range 4 {
		b.grantLot("card-1", fmt.Sprintf("lot-%d", i), 25, b.now, b.now.AddDate(0, 0, 1+i/2))
	}
	results := b.ordersAtOnce(10, func(i int) string { return fmt.Sprintf("ORD-%d", i) })
	did := "100 points, 32 orders of 10 at once"
	tally(b, did, results, map[string]int{done: 10, string(crm.ErrInsufficientPoints): 22})
	b.balance(did, "card-1", 0)
	same(b, did+", the count of postings", len(b.postings("card-1")), 14)
	for i, r := range results {
		_, err := b.Order(b.ctx, fmt.Sprintf("ORD-%d", i))
		b.holds((r.err == nil) == (err == nil), did+", then Order", "known when it was paid, else unknown", err)
	}
	b.adds(did, "card-1")
}

func raceOneOrder(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 15)
	results := b.ordersAtOnce(10, func(int) string { return "ORD-1" })
	did := "15 points, one order of 10 by 32 calls at once"
	tally(b, did, results, all)
	first := 0
	for _, answer := range winners(results) {
		if !answer.Repeated {
			first++
		}
	}
	same(b, did+", the answers that are not Repeated", first, 1)
	b.balance(did, "card-1", 5)
	b.adds(did, "card-1")
}

func raceReverse(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 15)
	b.redeemOrder("card-1", "ORD-1", 10)
	did := "one order of 10, reversed by 32 calls at once"
	tally(b, did, b.reversalsAtOnce("ORD-1", 10), onlyOne(crm.ErrOrderReversed))
	b.balance(did, "card-1", 15)
	b.adds(did, "card-1")
}

func raceRedeemReverse(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 100)
	for n := range 8 {
		id := fmt.Sprintf("ORD-%d", n)
		redeem, reverse := make([]crm.OrderRedemption, racers), make([]crm.OrderReversal, racers)
		for i := range redeem {
			redeem[i], reverse[i] = b.order("card-1", id, 10), b.reversal("card-1", id, 10)
		}
		results := race(racers, func(i int) (bool, error) {
			if i%2 == n%2 {
				_, err := b.RedeemOrder(b.ctx, redeem[i])
				return true, err
			}
			_, err := b.ReverseOrder(b.ctx, reverse[i])
			return false, err
		})
		did := "one order redeemed and reversed by 16 calls each at once"
		for _, r := range results {
			b.holds(r.err == nil || isAny(r.err, []crm.Kind{crm.ErrOrderReversed, crm.ErrOrderVoided, crm.ErrOrderUnknown}),
				did, "success, reversed, voided or unknown", r.err)
		}
		state := b.storedOrder(id).State
		b.holds(state == crm.OrderReversed || state == crm.OrderVoided, did, "a reversed or voided order", state)
		b.balance(did, "card-1", 100)
	}
	b.adds("orders redeemed and reversed at once", "card-1")
}

func raceOrdersBeside(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 1000)
	for i := range racers {
		b.redeemOrder("card-1", fmt.Sprintf("old-%d", i), 10)
	}
	orders, reversals := make([]crm.OrderRedemption, racers), make([]crm.OrderReversal, racers)
	for i := range orders {
		orders[i] = b.order("card-1", fmt.Sprintf("new-%d", i), 7)
		reversals[i] = b.reversal("card-1", fmt.Sprintf("old-%d", i), 10)
	}
	results := race(racers, func(i int) (int64, error) {
		switch i % 4 {
		case 0:
			_, err := b.RedeemOrder(b.ctx, orders[i])
			return -7, err
		case 1:
			_, err := b.ReverseOrder(b.ctx, reversals[i])
			return 10, err
		case 2:
			p, err := b.Grant(b.ctx, b.movement("card-1", fmt.Sprintf("more-%d", i), 3))
			return p.Points, err
		}
		p, err := b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("less-%d", i), 2))
		return p.Points, err
	})
	did := "orders of 7, reversals of 10, grants of 3 and takes of 2, 8 of each at once"
	tally(b, did, results, all)
	b.balance(did, "card-1", 1000-10*racers+8*(-7+10+3-2))
	b.adds(did, "card-1")
}

func raceReverseReplace(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 100)
	ids := make([]string, racers)
	for i := range ids {
		ids[i] = fmt.Sprintf("ORD-%d", i)
		b.redeemOrder("card-1", ids[i], 2)
	}
	reversals := make([]crm.OrderReversal, racers)
	for i := range reversals {
		reversals[i] = b.reversal("card-1", ids[i], 2)
	}
	results := race(racers, func(i int) (bool, error) {
		if i == racers/2 {
			_, err := b.ReplaceCard(b.ctx, b.replacement("card-1", "new-1"))
			return true, err
		}
		_, err := b.ReverseOrder(b.ctx, reversals[i])
		return true, err
	})
	did := "31 reversals beside the replacement of the card"
	tally(b, did, results, all)
	b.balance(did, "card-1", 0)
	b.balance(did, "new-1", 100-2)
	bad, _, err := b.Verify(b.ctx, "", plenty)
	b.must("Verify", err)
	same(b, did+", then Verify", bad, nil)
}
