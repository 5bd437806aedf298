package conformance

import "fmt"

// Which of the profile's limited codes is used up by which check.
const (
	codeForLimit = iota
	codeForRetry
	codeForRace
)

func (c *check) limitedCode(which int) string {
	c.used("limitedCodes")
	return c.profile.Data.LimitedCodes[which]
}

// useUp sends a limited code from as many cards as may use it, from each so
// often. When another check has done so already, it does nothing.
func (c *check) useUp(which, times int) error {
	name := fmt.Sprintf("limited code %d used up", which)
	if _, done := c.fixtures.named[name]; done {
		return nil
	}
	for i := range c.profile.Data.CodeUses {
		p, err := c.fresh()
		if err != nil {
			return err
		}
		title := fmt.Sprintf("card no. %d of %d sends the code", i+1, c.profile.Data.CodeUses)
		for again := range times {
			err := c.expecting(c.codeCall(title, p.number, c.limitedCode(which)), (*reply).done)
			if err != nil && i == 0 && again == 0 {
				return &lacking{"the first card was refused the code: supply data.limitedCodes that no run has used"}
			}
			if err != nil {
				return err
			}
		}
	}
	c.named()[name] = nil
	return nil
}

// promoLimit sends a code from one card more than may use it.
func promoLimit(c *check) error {
	if err := c.useUp(codeForLimit, 1); err != nil {
		return err
	}
	next, err := c.fresh()
	if err != nil {
		return err
	}
	return c.expecting(c.codeCall("the next card sends the code", next.number, c.limitedCode(codeForLimit)), (*reply).refused)
}

func promoLimitNoAward(c *check) error {
	if err := c.useUp(codeForLimit, 1); err != nil {
		return err
	}
	next, err := c.fresh()
	if err != nil {
		return err
	}
	return c.gainsNothing(next, func() error {
		_, err := c.send(c.codeCall("the next card sends the code", next.number, c.limitedCode(codeForLimit)))
		return err
	})
}

// promoRetry sends a code from every card twice, which leaves a use for each.
func promoRetry(c *check) error { return c.useUp(codeForRetry, 2) }

// raceForCode sends a code from more cards than may use it, at one moment.
func raceForCode(c *check) error {
	var calls []call
	for range c.profile.Data.CodeUses + fewTwins {
		p, err := c.fresh()
		if err != nil {
			return err
		}
		calls = append(calls, c.codeCall("send one code from many cards", p.number, c.limitedCode(codeForRace)))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	taken := 0
	for _, r := range replies {
		if r.ok() {
			taken++
		}
		if err := r.differs(taken <= c.profile.Data.CodeUses, fmt.Sprintf("%d successes at most", c.profile.Data.CodeUses), "one card more got it"); err != nil {
			return err
		}
	}
	return c.someTaken(replies)
}
