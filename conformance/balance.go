package conformance

import (
	"math/big"
	"time"

	"koshelek-adapter/conformance/contract"
)

func balanceRules() []ruled {
	m := []string{"getCard"}
	return []ruled{
		{
			Rule: contract.Rule{ID: "balance.shown", Text: "GET /v1/card/{cardNumber} shows the state of the points.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
			check: knownCard(func(c *check, p *customer) error {
				return c.expecting(c.on("show the card", "getCard", p.number), func(r *reply) error {
					if err := r.hasCard(p.number); err != nil {
						return err
					}
					return r.expect(r.doc.Leaf("card", "bonus", "total") != "", "card.bonus with total", "there is no total of points")
				})
			}),
			faults: []Fault{
				{Name: "no-balance", Breaks: "A card is shown without its points"},
				{Name: "balance-outside-card", Breaks: "The points stand beside the card"},
			},
		},
		{
			Rule: contract.Rule{ID: "balance.available", Text: "No more points can be spent than there are.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m},
			check: knownCard(func(c *check, p *customer) error {
				return c.expecting(c.on("show the card", "getCard", p.number), func(r *reply) error {
					total, available := amount(r.doc.Leaf("card", "bonus", "total")), amount(r.doc.Leaf("card", "bonus", "available"))
					if total == nil || available == nil {
						return notReady("the points are no numbers")
					}
					return r.expect(available.Cmp(total) <= 0, "available at most total", "available is more than total")
				})
			}),
			faults: []Fault{{Name: "more-available-than-total", Breaks: "More points are available than there are"}},
		},
		{
			Rule: contract.Rule{ID: "balance.own", Text: "The card that was asked for is answered, with its own number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			check: func(c *check) error {
				for _, name := range []string{"anna", "boris"} {
					p, err := c.shared(name)
					if err != nil {
						return err
					}
					if err := c.expecting(c.on("show the card", "getCard", p.number), func(r *reply) error { return r.hasCard(p.number) }); err != nil {
						return err
					}
				}
				return nil
			},
			faults: []Fault{{Name: "balance-of-another", Breaks: "Every number shows the first card"}},
		},
		{
			Rule: contract.Rule{ID: "balance.stable", Text: "Reading a balance does not change it.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m},
			check: knownCard(func(c *check, p *customer) error {
				first := ""
				for i := range 3 {
					r, err := c.look("show the card", p.number)
					if err != nil {
						return err
					}
					if _, err := c.find("search for the card", "msisdn", p.phone); err != nil {
						return err
					}
					total := r.doc.Leaf("card", "bonus", "total")
					if err := r.expect(i == 0 || total == first, "the same total", "the total has changed"); err != nil {
						return err
					}
					first = total
				}
				return nil
			}),
			faults: []Fault{
				{Name: "search-earns", Breaks: "A search gives a point"},
				{Name: "reading-earns", Breaks: "Reading a balance gives a point"},
			},
		},
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
func (c *check) points(title, number string) (*big.Rat, error) {
	r, err := c.look(title, number)
	if err != nil {
		return nil, err
	}
	total := amount(r.doc.Leaf("card", "bonus", "total"))
	if total == nil {
		return nil, notReady("the card shows no total of points")
	}
	return total, nil
}

// settle waits until points show, as long as the profile says.
func (c *check) waitForPoints() error {
	if c.profile.Settle <= 0 {
		return nil
	}
	timer := time.NewTimer(c.profile.Settle)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// gain is what a card gains by something.
func (c *check) gain(number string, by func() error) (*big.Rat, error) {
	before, err := c.points("points before", number)
	if err != nil {
		return nil, err
	}
	if err := by(); err != nil {
		return nil, err
	}
	if err := c.waitForPoints(); err != nil {
		return nil, err
	}
	after, err := c.points("points after", number)
	if err != nil {
		return nil, err
	}
	return after.Sub(after, before), nil
}

// points are written for a message.
func written(points *big.Rat) string {
	return points.FloatString(max(0, min(2, points.Denom().BitLen()-1)))
}
