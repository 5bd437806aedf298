package conformance

import (
	"fmt"

	"koshelek-adapter/conformance/contract"
)

// limitReached is a code that as many cards have sent as may use it, the same one
// for every check.
func (c *check) limitReached() (string, error) {
	const name = "limited code used up"
	if kept, done := c.named()[name]; done {
		if err := c.fixtures.failed[name]; err != nil {
			return "", err
		}
		return kept.number, nil
	}
	code, err := c.useUp(1)
	c.fixtures.named[name], c.fixtures.failed[name] = &customer{number: code}, err
	return code, err
}

// promoLimit sends a code from one card more than may use it.
func promoLimit(c *check) error {
	code, err := c.limitReached()
	if err != nil {
		return err
	}
	next, err := c.fresh()
	if err != nil {
		return err
	}
	return c.expecting(c.codeCall("the next card sends the code", next.number, code), (*reply).refused)
}

func promoLimitNoAward(c *check) error {
	code, err := c.limitReached()
	if err != nil {
		return err
	}
	next, err := c.fresh()
	if err != nil {
		return err
	}
	return c.gainsNothing(next, func() error {
		_, err := c.send(c.codeCall("the next card sends the code", next.number, code))
		return err
	})
}

// promoRetry sends a code from every card twice, which leaves a use for each.
func promoRetry(c *check) error {
	_, err := c.useUp(2)
	return err
}

// raceForCode sends a code from more cards than may use it, at one moment.
func raceForCode(c *check) error {
	for code := c.nextCode(); code != ""; code = c.nextCode() {
		replies, err := c.raceWith(code)
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
		if usedBefore, err := c.usedBefore(code, taken); err != nil || !usedBefore {
			c.used(contract.NeedsLimitedCodes, code)
			return all(func() error { return err }, func() error { return c.someTaken(replies) })
		}
		c.passOver(contract.NeedsLimitedCodes, code)
	}
	return c.codesUsedUp()
}

func (c *check) raceWith(code string) ([]*reply, error) {
	var calls []call
	for range c.profile.Data.CodeUses + fewTwins {
		p, err := c.fresh()
		if err != nil {
			return nil, err
		}
		calls = append(calls, c.codeCall("send one code from many cards", p.number, code))
	}
	return c.atOnce(calls)
}

// usedBefore reports whether a code of which no call of a race was taken was used
// up before the race: then a single card is refused, too.
func (c *check) usedBefore(code string, taken int) (bool, error) {
	if taken > 0 {
		return false, nil
	}
	p, err := c.fresh()
	if err != nil {
		return false, err
	}
	r, err := c.send(c.codeCall("after the race one card alone sends the code", p.number, code))
	return err == nil && !r.ok(), err
}
