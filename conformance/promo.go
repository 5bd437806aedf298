package conformance

import (
	"fmt"
	"strings"

	"koshelek-adapter/conformance/contract"
)

func promoRules() []ruled {
	m := []string{"submitPromoCode"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "promo." + id, Text: text, Mark: inferred, Source: fromGuess, Since: v130, Severity: severity, Methods: m, Writes: true}
	}
	needs := func(r contract.Rule) contract.Rule { r.Needs = contract.NeedsPromoCode; return r }
	once := needs(rule("once", "The same code from the same card again gives no second award.", contract.Critical))
	once.Methods = []string{"submitPromoCode", "getCard"}
	limited := func(r contract.Rule) contract.Rule { r.Needs = contract.NeedsLimitedCodes; return r }
	noAward := limited(rule("limit-no-award", "The card that was refused a used up code gets nothing for it.", contract.Critical))
	noAward.Methods = once.Methods
	expired, upcoming := rule("expired", "A code whose time is over is refused.", contract.Critical), rule("not-started", "A code whose time has not come is refused.", contract.Critical)
	expired.Needs, upcoming.Needs = contract.NeedsExpiredCode, contract.NeedsUpcomingCode
	return []ruled{
		{
			Rule: rule("unknown", "A code that does not exist is refused.", contract.Critical),
			check: withFresh(func(c *check, p *customer) error {
				for _, code := range []string{"NO-SUCH-CODE-" + p.phone, "%", "*"} {
					if err := c.expecting(c.codeCall("a code that does not exist", p.number, code), (*reply).refused); err != nil {
						return err
					}
				}
				return nil
			}),
			faults: []Fault{{Name: "any-code", Breaks: "A code that nobody made is taken"}},
		},
		{
			Rule: rule("empty", "A call without a code is refused.", contract.Major),
			check: withFresh(func(c *check, p *customer) error {
				return all(
					func() error { return c.expecting(c.codeCall("an empty code", p.number, ""), (*reply).refused) },
					func() error {
						return c.expecting(c.promo("no code", "submitPromoCode", map[string]string{"cardNumber": p.number}), (*reply).refused)
					},
				)
			}),
			faults: []Fault{{Name: "empty-code", Breaks: "A call without a code is a success"}},
		},
		{
			Rule: rule("no-identity", "A code with neither card nor phone is refused.", contract.Major),
			check: func(c *check) error {
				return c.expecting(c.promo("a code of nobody", "submitPromoCode", map[string]string{"code": c.goodCode()}), (*reply).refused)
			},
			faults: []Fault{{Name: "code-for-nobody", Breaks: "A code for nobody is taken"}},
		},
		{
			Rule: rule("unknown-card", "A code for an unknown card is refused.", contract.Major),
			check: func(c *check) error {
				return c.expecting(c.codeCall("a code for a card that nobody has", c.maker.number(), c.goodCode()), (*reply).refused)
			},
			faults: []Fault{{Name: "code-for-unknown-card", Breaks: "A code for an unknown card is taken"}},
		},
		{
			Rule: needs(rule("accepted", "A good code is taken with 200 and an empty body.", contract.Major)),
			check: withFresh(func(c *check, p *customer) error {
				c.used(contract.NeedsPromoCode, c.profile.Data.PromoCode)
				return c.expecting(c.codeCall("send the code", p.number, c.goodCode()), (*reply).done)
			}),
			faults: []Fault{{Name: "code-refused", Breaks: "Codes are refused"}},
		},
		{
			Rule: needs(rule("by-phone", "The customer's phone may stand for the card.", contract.Major)),
			check: withFresh(func(c *check, p *customer) error {
				return c.expecting(c.promo("send the code by phone", "submitPromoCode", map[string]string{"msisdn": p.phone, "code": c.goodCode()}), (*reply).done)
			}),
			faults: []Fault{{Name: "code-by-phone-refused", Breaks: "A code needs the card's number"}},
		},
		{
			Rule: once,
			check: withFresh(func(c *check, p *customer) error {
				first, err := c.gain(p.number, func() error {
					return c.expecting(c.codeCall("send the code", p.number, c.goodCode()), (*reply).done)
				})
				if err != nil {
					return err
				}
				if first.Sign() == 0 {
					return &lacking{strings.Replace(noPointsShow, "a receipt", "a promo code", 1)}
				}
				return c.gainsNothing(p, func() error { _, err := c.send(c.codeCall("send it again", p.number, c.goodCode())); return err })
			}),
			faults: []Fault{{Name: "code-paid-again", Breaks: "The same code again is paid again"}},
		},
		{
			Rule:   limited(rule("limit", "A code that some cards may use together is refused to the next card.", contract.Critical)),
			check:  promoLimit,
			faults: []Fault{{Name: "code-over-its-limit", Breaks: "A code is taken from more cards than it may be"}},
		},
		{
			Rule:   noAward,
			check:  promoLimitNoAward,
			faults: []Fault{{Name: "refused-code-is-paid", Breaks: "A code that is used up is refused and paid"}},
		},
		{
			Rule:   limited(rule("retry-uses-nothing", "The same code from the same card again does not use up another of its uses.", contract.Major)),
			check:  promoRetry,
			faults: []Fault{{Name: "code-retry-uses-limit", Breaks: "The same code again uses up another of its uses"}},
		},
		{
			Rule: expired,
			check: withFresh(func(c *check, p *customer) error {
				return c.expecting(c.codeCall("a code whose time is over", p.number, c.profile.Data.ExpiredCode), (*reply).refused)
			}),
			faults: []Fault{{Name: "code-after-its-end", Breaks: "A code that has ended is taken"}},
		},
		{
			Rule: upcoming,
			check: withFresh(func(c *check, p *customer) error {
				return c.expecting(c.codeCall("a code whose time has not come", p.number, c.profile.Data.UpcomingCode), (*reply).refused)
			}),
			faults: []Fault{{Name: "code-before-its-start", Breaks: "A code that has not begun is taken"}},
		},
	}
}

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
	for code := c.supplies.code(); code != ""; code = c.supplies.code() {
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

// goodCode is the profile's code, or one that nobody has.
func (c *check) goodCode() string {
	if c.profile.Data.PromoCode != "" {
		return c.profile.Data.PromoCode
	}
	return "NO-SUCH-CODE"
}

func (c *check) codeCall(title, number, code string) call {
	return c.promo(title, "submitPromoCode", map[string]string{"cardNumber": number, "code": code})
}
