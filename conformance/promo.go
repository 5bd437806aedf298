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
		row(rule("unknown", "A code that does not exist is refused.", contract.Critical),
			withFresh(func(c *check, p *customer) {
				for _, code := range []string{"NO-SUCH-CODE-" + p.phone, "%", "*"} {
					c.send(c.codeCall("a code that does not exist", p.number, code)).refused()
				}
			}),
			fault("any-code", "A code that nobody made is taken")),
		row(rule("empty", "A call without a code is refused.", contract.Major),
			withFresh(func(c *check, p *customer) {
				c.send(c.codeCall("an empty code", p.number, "")).refused()
				c.send(c.promo("no code", "submitPromoCode", map[string]string{"cardNumber": p.number})).refused()
			}),
			fault("empty-code", "A call without a code is a success")),
		row(rule("no-identity", "A code with neither card nor phone is refused.", contract.Major),
			func(c *check) {
				c.send(c.promo("a code of nobody", "submitPromoCode", map[string]string{"code": c.goodCode()})).refused()
			},
			fault("code-for-nobody", "A code for nobody is taken")),
		row(rule("unknown-card", "A code for an unknown card is refused.", contract.Major),
			func(c *check) {
				c.send(c.codeCall("a code for a card that nobody has", c.maker.number(), c.goodCode())).refused()
			},
			fault("code-for-unknown-card", "A code for an unknown card is taken")),
		row(needs(rule("accepted", "A good code is taken with 200 and an empty body.", contract.Major)),
			withFresh(func(c *check, p *customer) {
				c.used(contract.NeedsPromoCode, c.profile.Data.PromoCode)
				c.send(c.codeCall("send the code", p.number, c.goodCode())).done()
			}),
			fault("code-refused", "Codes are refused")),
		row(needs(rule("by-phone", "The customer's phone may stand for the card.", contract.Major)),
			withFresh(func(c *check, p *customer) {
				c.send(c.promo("send the code by phone", "submitPromoCode", map[string]string{"msisdn": p.phone, "code": c.goodCode()})).done()
			}),
			fault("code-by-phone-refused", "A code needs the card's number")),
		row(once,
			withFresh(func(c *check, p *customer) {
				first := c.gain(p.number, func() {
					c.send(c.codeCall("send the code", p.number, c.goodCode())).done()
				})
				stopIf(first.Sign() == 0, &lacking{strings.Replace(noPointsShow, "a receipt", "a promo code", 1)})
				c.gainsNothing(p, func() { c.send(c.codeCall("send it again", p.number, c.goodCode())) })
			}),
			fault("code-paid-again", "The same code again is paid again")),
		row(limited(rule("limit", "A code that some cards may use together is refused to the next card.", contract.Critical)),
			promoLimit,
			fault("code-over-its-limit", "A code is taken from more cards than it may be")),
		row(noAward,
			func(c *check) {
				code := c.limitReached()
				next := c.fresh()
				c.gainsNothing(next, func() {
					c.send(c.codeCall("the next card sends the code", next.number, code))
				})
			},
			fault("refused-code-is-paid", "A code that is used up is refused and paid")),
		row(limited(rule("retry-uses-nothing", "The same code from the same card again does not use up another of its uses.", contract.Major)),
			promoRetry,
			fault("code-retry-uses-limit", "The same code again uses up another of its uses")),
		row(expired,
			withFresh(func(c *check, p *customer) {
				c.send(c.codeCall("a code whose time is over", p.number, c.profile.Data.ExpiredCode)).refused()
			}),
			fault("code-after-its-end", "A code that has ended is taken")),
		row(upcoming,
			withFresh(func(c *check, p *customer) {
				c.send(c.codeCall("a code whose time has not come", p.number, c.profile.Data.UpcomingCode)).refused()
			}),
			fault("code-before-its-start", "A code that has not begun is taken")),
	}
}

// limitReached is a code that as many cards have sent as may use it, the same one
// for every check.
func (c *check) limitReached() string {
	const name = "limited code used up"
	if _, tried := c.named()[name]; !tried {
		code := ""
		c.fixtures.failed[name] = attempt(func() { code = c.useUp(1) })
		c.fixtures.named[name] = &customer{number: code}
	}
	if err := c.fixtures.failed[name]; err != nil {
		panic(stop{err})
	}
	return c.fixtures.named[name].number
}

// promoLimit sends a code from one card more than may use it.
func promoLimit(c *check) {
	code := c.limitReached()
	next := c.fresh()
	c.send(c.codeCall("the next card sends the code", next.number, code)).refused()
}

// promoRetry sends a code from every card twice, which leaves a use for each.
func promoRetry(c *check) { c.useUp(2) }

// raceForCode sends a code from more cards than may use it, at one moment.
func raceForCode(c *check) {
	for code := c.supplies.code(); code != ""; code = c.supplies.code() {
		replies := c.raceWith(code)
		taken := 0
		for _, r := range replies {
			if r.ok() {
				taken++
			}
			r.differs(taken <= c.profile.Data.CodeUses, fmt.Sprintf("%d successes at most", c.profile.Data.CodeUses), "one card more got it")
		}
		if !c.usedBefore(code, taken) {
			c.used(contract.NeedsLimitedCodes, code)
			c.someTaken(replies)
			return
		}
		c.passOver(contract.NeedsLimitedCodes, code)
	}
	panic(stop{c.codesUsedUp()})
}

func (c *check) raceWith(code string) []*reply {
	var calls []call
	for range c.profile.Data.CodeUses + fewTwins {
		p := c.fresh()
		calls = append(calls, c.codeCall("send one code from many cards", p.number, code))
	}
	return c.atOnce(calls)
}

// usedBefore reports whether a code of which no call of a race was taken was used
// up before the race: then a single card is refused, too.
func (c *check) usedBefore(code string, taken int) bool {
	if taken > 0 {
		return false
	}
	p := c.fresh()
	return !c.send(c.codeCall("after the race one card alone sends the code", p.number, code)).ok()
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
