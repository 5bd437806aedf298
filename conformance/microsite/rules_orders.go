package microsite

import "net/http"

func orderRules() []Rule {
	return []Rule{
		{"order.deducts", "redeem takes exactly the points of the order.", false, func(c *check) {
			before := c.rich(0)
			id := c.newOrder()
			c.reversedLater(id, 0, 7)
			c.taken(c.send("redeem 7 points", redemption(id, c.customer(0), 7)))
			c.moved(0, before, -7)
		}},
		{"order.earned", "points_earned does not fall on redemption, nor grow on reversal.", true, func(c *check) {
			before, _ := c.balance(0)
			id := c.redeemed(0, 7)
			if after, _ := c.balance(0); after != before {
				c.broken("points_earned was %d and is %d after a redemption", before, after)
			}
			c.ready(c.send("reverse", reversal(id, c.customer(0), 7)))
			if after, _ := c.balance(0); after != before {
				c.broken("points_earned was %d and is %d after a reversal", before, after)
			}
		}},
		{"order.duplicate", "The same order again takes nothing: 409, or 200 where the host says so.", false, func(c *check) {
			before := c.rich(0)
			id := c.redeemed(0, 7)
			for range 2 {
				again := c.send("the same order again", redemption(id, c.customer(0), 7))
				if c.options.Replay == http.StatusOK {
					c.taken(again)
				} else {
					c.refused(again, http.StatusConflict, "")
				}
			}
			c.moved(0, before, -7)
		}},
		{"order.duplicate-other", "A known order with other points or another customer gets 409 and takes nothing.", true, func(c *check) {
			first, second := c.rich(0), c.rich(1)
			id := c.redeemed(0, 7)
			c.refused(c.send("the order with other points", redemption(id, c.customer(0), 8)), http.StatusConflict, "")
			c.refused(c.send("the order with another customer", redemption(id, c.customer(1), 7)), http.StatusConflict, "")
			c.moved(0, first, -7)
			c.moved(1, second, 0)
		}},
		{"order.insufficient", "More than the balance gets 400 \"Insufficient balance\"; nothing is taken, and the order stays unknown.", false, func(c *check) {
			before := c.rich(0)
			id := c.newOrder()
			c.refused(c.send("redeem one point too many", redemption(id, c.customer(0), before+1)), http.StatusBadRequest, saysInsufficient)
			c.moved(0, before, 0)
			c.reversedLater(id, 0, 7)
			c.taken(c.send("the same order with fewer points", redemption(id, c.customer(0), 7)))
		}},
		{"order.points", "Points that are zero, negative, a fraction or a text get 400 or 422 and take nothing.", true, func(c *check) {
			before := c.rich(0)
			for _, points := range []any{0, -7, 1.5, "7", true, nil, []int{7}} {
				id := c.newOrder()
				c.anyRefusal(c.send("redeem points that cannot be", redemption(id, c.customer(0), points)), http.StatusBadRequest, http.StatusUnprocessableEntity)
			}
			c.moved(0, before, 0)
		}},
		{"order.unknown-customer", "An order of an unknown customer is refused.", true, func(c *check) {
			c.anyRefusal(c.send("an order of nobody", redemption(c.newOrder(), c.options.Unknown, 1)), http.StatusNotFound, http.StatusBadRequest)
		}},
		{"order.race-balance", "Orders at one moment never take more than the balance, and what is taken is exact.", true, orderRaceBalance},
		{"order.race-same", "One order sent many times at one moment is taken once.", true, orderRaceSame},
	}
}

func reversalRules() []Rule {
	return []Rule{
		{"reversal.gives-back", "reverse gives exactly the points of the order back.", false, func(c *check) {
			before := c.rich(0)
			id := c.redeemed(0, 7)
			c.taken(c.send("reverse", reversal(id, c.customer(0), 7)))
			c.moved(0, before, 0)
		}},
		{"reversal.once", "An order is reversed once: 409, and nothing is given.", false, func(c *check) {
			before := c.rich(0)
			id := c.redeemed(0, 7)
			c.ready(c.send("reverse", reversal(id, c.customer(0), 7)))
			for range 2 {
				c.refused(c.send("reverse again", reversal(id, c.customer(0), 7)), http.StatusConflict, "")
			}
			c.moved(0, before, 0)
		}},
		{"reversal.unknown", "A reversal of an order that never came gets 404 and gives nothing.", true, func(c *check) {
			before := c.rich(0)
			id := c.newOrder()
			for range 2 {
				c.refused(c.send("reverse an order that never came", reversal(id, c.customer(0), 7)), http.StatusNotFound, "")
			}
			c.moved(0, before, 0)
		}},
		{"reversal.late-redeem", "A redemption that comes after its reversal gets 409 and takes nothing.", true, func(c *check) {
			before := c.rich(0)
			id := c.newOrder()
			c.refused(c.send("reverse an order that never came", reversal(id, c.customer(0), 7)), http.StatusNotFound, "")
			c.reversedLater(id, 0, 7)
			c.refused(c.send("then redeem it", redemption(id, c.customer(0), 7)), http.StatusConflict, "")
			c.moved(0, before, 0)
		}},
		{"reversal.redeem-again", "An order that was reversed is not redeemed again: 409.", true, func(c *check) {
			before := c.rich(0)
			id := c.redeemed(0, 7)
			c.ready(c.send("reverse", reversal(id, c.customer(0), 7)))
			c.refused(c.send("redeem it again", redemption(id, c.customer(0), 7)), http.StatusConflict, "")
			c.moved(0, before, 0)
		}},
		{"reversal.less", "Fewer points than the order took are refused, unless the host takes them.", true, func(c *check) {
			before := c.rich(0)
			id := c.redeemed(0, 7)
			answer := c.send("reverse fewer points", reversal(id, c.customer(0), 3))
			if c.options.Partial {
				c.taken(answer)
				c.moved(0, before, -4)
				return
			}
			c.refused(answer, http.StatusBadRequest, "")
			c.moved(0, before, -7)
		}},
		{"reversal.more", "More points than the order took are refused, and nothing is given.", true, func(c *check) {
			before := c.rich(0)
			id := c.redeemed(0, 7)
			c.refused(c.send("reverse more points", reversal(id, c.customer(0), 8)), http.StatusBadRequest, "")
			c.moved(0, before, -7)
		}},
		{"reversal.other-customer", "Another customer cannot have an order reversed.", true, func(c *check) {
			first, second := c.rich(0), c.rich(1)
			id := c.redeemed(0, 7)
			c.anyRefusal(c.send("another customer reverses", reversal(id, c.customer(1), 7)),
				http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict)
			c.moved(0, first, -7)
			c.moved(1, second, 0)
		}},
		{"reversal.race", "One reversal sent many times at one moment gives the points once.", true, reversalRace},
		{"reversal.race-redeem", "Redemptions and reversals of one order at one moment leave every point where it was.", true, reversalRaceRedeem},
	}
}

// moved expects a balance that changed by so many points.
func (c *check) moved(i int, before, by int64) {
	if _, after := c.balance(i); after != before+by {
		c.broken("the balance was %d and is %d; expected %d", before, after, before+by)
	}
}

// racers is how many calls come at one moment.
const racers = 32

func orderRaceBalance(c *check) {
	before := c.rich(0)
	each := before/racers*2 + 1 // about half of them fit
	calls, ids := make([]request, racers), make([]string, racers)
	for i := range calls {
		ids[i] = c.newOrder()
		calls[i] = redemption(ids[i], c.customer(0), each)
	}
	paid := int64(0)
	for i, answer := range c.atOnce("32 orders at once", calls) {
		switch answer.status {
		case http.StatusOK:
			paid++
			c.reversedLater(ids[i], 0, each)
		default:
			c.refused(answer, http.StatusBadRequest, saysInsufficient)
		}
	}
	if want := before / each; paid != want {
		c.broken("%d of 32 orders of %d points were paid out of %d; expected %d", paid, each, before, want)
	}
	c.moved(0, before, -paid*each)
}

func orderRaceSame(c *check) {
	before := c.rich(0)
	id := c.newOrder()
	c.reversedLater(id, 0, 7)
	calls := make([]request, 16)
	for i := range calls {
		calls[i] = redemption(id, c.customer(0), 7)
	}
	taken := 0
	for _, answer := range c.atOnce("one order by 16 at once", calls) {
		if answer.status == http.StatusOK {
			taken++
		} else {
			c.refused(answer, http.StatusConflict, "")
		}
	}
	if taken == 0 || taken > 1 && c.options.Replay != http.StatusOK {
		c.broken("%d of 16 calls were answered with success; expected one", taken)
	}
	c.moved(0, before, -7)
}

func reversalRace(c *check) {
	before := c.rich(0)
	id := c.redeemed(0, 7)
	calls := make([]request, 16)
	for i := range calls {
		calls[i] = reversal(id, c.customer(0), 7)
	}
	given := 0
	for _, answer := range c.atOnce("one reversal by 16 at once", calls) {
		if answer.status == http.StatusOK {
			given++
		} else {
			c.refused(answer, http.StatusConflict, "")
		}
	}
	if given != 1 {
		c.broken("%d of 16 reversals were answered with success; expected one", given)
	}
	c.moved(0, before, 0)
}

func reversalRaceRedeem(c *check) {
	before := c.rich(0)
	for range 4 {
		id := c.newOrder()
		calls := make([]request, 16)
		for i := range calls {
			if i%2 == 0 {
				calls[i] = redemption(id, c.customer(0), 7)
			} else {
				calls[i] = reversal(id, c.customer(0), 7)
			}
		}
		c.atOnce("one order redeemed and reversed by eight each", calls)
		c.moved(0, before, 0)
	}
}
