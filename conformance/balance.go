package conformance

import (
	"math/big"
	"time"

	"koshelek-adapter/conformance/contract"
)

func balanceRules() []ruled {
	m := []string{"getCard"}
	return []ruled{
		row(contract.Rule{ID: "balance.shown", Text: "GET /v1/card/{cardNumber} shows the state of the points.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
			knownCard(func(c *check, p *customer) {
				r := c.send(c.on("show the card", "getCard", p.number))
				r.hasCard(p.number)
				r.expect(r.doc.Leaf("card", "bonus", "total") != "", "card.bonus with total", "there is no total of points")
			}),
			fault("no-balance", "A card is shown without its points"),
			fault("balance-outside-card", "The points stand beside the card")),
		row(contract.Rule{ID: "balance.available", Text: "No more points can be spent than there are.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m},
			knownCard(func(c *check, p *customer) {
				r := c.send(c.on("show the card", "getCard", p.number))
				total, available := amount(r.doc.Leaf("card", "bonus", "total")), amount(r.doc.Leaf("card", "bonus", "available"))
				stopIf(total == nil || available == nil, notReady("the points are no numbers"))
				r.expect(available.Cmp(total) <= 0, "available at most total", "available is more than total")
			}),
			fault("more-available-than-total", "More points are available than there are")),
		row(contract.Rule{ID: "balance.own", Text: "The card that was asked for is answered, with its own number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			func(c *check) {
				for _, name := range []string{"anna", "boris"} {
					p := c.shared(name)
					c.send(c.on("show the card", "getCard", p.number)).hasCard(p.number)
				}
			},
			fault("balance-of-another", "Every number shows the first card")),
		row(contract.Rule{ID: "balance.stable", Text: "Reading a balance does not change it.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m},
			knownCard(func(c *check, p *customer) {
				first := ""
				for i := range 3 {
					r := c.look("show the card", p.number)
					c.find("search for the card", "msisdn", p.phone)
					total := r.doc.Leaf("card", "bonus", "total")
					r.expect(i == 0 || total == first, "the same total", "the total has changed")
					first = total
				}
			}),
			fault("search-earns", "A search gives a point"),
			fault("reading-earns", "Reading a balance gives a point")),
	}
}

// amount reads a number of points, nil for none.
func amount(text string) *big.Rat {
	if !decimalForm.MatchString(text) {
		return nil
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return value
}

// points reads the total of a card.
func (c *check) points(title, number string) *big.Rat {
	r := c.look(title, number)
	total := amount(r.doc.Leaf("card", "bonus", "total"))
	stopIf(total == nil, notReady("the card shows no total of points"))
	return total
}

// settle waits until points show, as long as the profile says.
func (c *check) waitForPoints() {
	if c.profile.Settle <= 0 {
		return
	}
	timer := time.NewTimer(c.profile.Settle)
	defer timer.Stop()
	select {
	case <-timer.C:
		return
	case <-c.ctx.Done():
		panic(stop{c.ctx.Err()})
	}
}

// gain is what a card gains by something.
func (c *check) gain(number string, by func()) *big.Rat {
	before := c.points("points before", number)
	by()
	c.waitForPoints()
	after := c.points("points after", number)
	return after.Sub(after, before)
}

// points are written for a message.
func written(points *big.Rat) string {
	return points.FloatString(max(0, min(2, points.Denom().BitLen()-1)))
}
