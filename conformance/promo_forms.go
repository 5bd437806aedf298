package conformance

import (
	"strings"

	"koshelek-adapter/conformance/contract"
)

// promoFormRules hold a host to promo codes in other spellings, by phone as by
// card, and to the card that is paid.
func promoFormRules() []ruled {
	rule := func(id, text, needs string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "promo." + id, Text: text, Mark: inferred, Source: fromGuess, Since: v130, Severity: severity, Methods: []string{"submitPromoCode"}, Writes: true, Needs: needs}
	}
	counted := func(id, text, needs string) contract.Rule {
		r := rule(id, text, needs, contract.Critical)
		r.Methods = []string{"submitPromoCode", "getCard"}
		return r
	}
	return []ruled{
		row(rule("unknown-phone", "A code for a phone that nobody has is refused.", contract.NeedsPromoCode, contract.Major),
			func(c *check) {
				c.send(c.codeByPhone("a code for a phone that nobody has", c.maker.phone(), c.goodCode())).refused()
			},
			fault("code-for-unknown-phone", "A code for an unknown phone is taken")),
		row(rule("whole", "A part of a code, a longer one, one with an accent or a wildcard is not the code.", contract.NeedsPromoCode, contract.Critical),
			withFresh(func(c *check, p *customer) {
				code := c.goodCode()
				texts := []spelling{{"with a letter more", code + "X"}, {"as wildcards", strings.Repeat("_", len([]rune(code)))}}
				if len(code) > 1 {
					texts = append(texts, spelling{"without its end", code[:len(code)-1]}, spelling{"with a wildcard", code[:1] + "%"}, spelling{"without its beginning", code[1:]})
				}
				if with := accented(code); with != code {
					texts = append(texts, spelling{"with an accent", with})
				}
				for _, odd := range texts {
					c.send(c.codeCall("the code "+odd.how, p.number, odd.text)).refused()
				}
			}),
			fault("code-by-prefix", "The beginning of a code is the code"),
			fault("code-by-beginning", "What begins with a code is the code"),
			fault("code-accents-dropped", "Accents in a code do not count"),
			fault("code-like", "A code is a pattern")),
		row(counted("same-in-other-form", "A code in another case of letters or with blanks around is refused or the same code: it gives no second award.", contract.NeedsPromoCode),
			withFresh(func(c *check, p *customer) {
				purse := c.paidCode(p)
				for _, other := range otherSpellings(c.goodCode()) {
					c.send(c.codeCall("send it again "+other.how, p.number, other.text))
					purse.nothing()
				}
			}),
			fault("code-known-by-case", "The same code in another case of letters is paid again"),
			fault("code-known-with-blanks", "The same code with blanks around is paid again")),
		row(counted("card-then-phone", "A code that came by card and comes again by phone is paid once.", contract.NeedsPromoCode),
			withFresh(func(c *check, p *customer) {
				purse := c.paidCode(p)
				for _, phone := range []string{p.phone, "+" + p.phone} {
					c.send(c.codeByPhone("send it again by phone", phone, c.goodCode()))
				}
				purse.nothing()
			}),
			fault("code-known-by-sender", "A code by phone is paid again that was paid by card")),
		row(counted("lands", "The award of a code goes to the card or phone of the call, and leaves the code to all others.", contract.NeedsPromoCode),
			twoCards(func(c *check, p, other *customer) {
				mine := c.purse(p)
				others := c.purse(other)
				c.send(c.codeCall("send the code", p.number, c.goodCode())).done()
				gained := mine.gained()
				others.nothing()
				stopIf(gained.Sign() == 0, &lacking{strings.Replace(noPointsShow, "a receipt", "a promo code", 1)})
				c.send(c.codeByPhone("another customer sends the code by phone", other.phone, c.goodCode())).done()
				others.gains(gained)
				mine.nothing()
			}),
			fault("code-pays-the-newest", "The award of a code goes to the newest card"),
			fault("code-by-phone-unpaid", "A code by phone is taken and not paid")),
		row(counted("contradiction", "A code with the card of one customer and the phone of another is never paid to both.", contract.NeedsPromoCode),
			twoCards(func(c *check, one, other *customer) {
				c.paidToOne(one, other, func(fields map[string]string) call {
					fields["code"] = c.goodCode()
					return c.promo("send a code", "submitPromoCode", fields)
				})
			}),
			fault("code-pays-card-and-phone", "A code with a card and another's phone is paid to both")),
		row(counted("limit-by-phone", "A code that is used up is refused by phone, too, and gives nothing.", contract.NeedsLimitedCodes),
			func(c *check) {
				code := c.limitReached()
				next := c.fresh()
				c.gainsNothing(next, func() {
					c.send(c.codeByPhone("the next customer sends the code by phone", next.phone, code)).refused()
				})
			},
			fault("code-limit-not-by-phone", "A code that is used up is taken by phone")),
		row(rule("expired-in-other-form", "A code whose time is over is refused in other spellings and by phone, too.", contract.NeedsExpiredCode, contract.Critical),
			withFresh(func(c *check, p *customer) {
				code := c.profile.Data.ExpiredCode
				for _, other := range otherSpellings(code) {
					c.send(c.codeCall("a code whose time is over, "+other.how, p.number, other.text)).refused()
				}
				c.send(c.codeByPhone("a code whose time is over, by phone", p.phone, code)).refused()
			}),
			fault("expired-code-in-lower-case", "A code that has ended is taken in lower case"),
			fault("expired-code-by-phone", "A code that has ended is taken by phone")),
	}
}

func (c *check) codeByPhone(title, phone, code string) call {
	return c.promo(title, "submitPromoCode", map[string]string{"msisdn": phone, "code": code})
}

// otherSpellings are forms of a code that people type.
func otherSpellings(code string) []spelling {
	var all []spelling
	for _, other := range []spelling{
		{"in lower case", strings.ToLower(code)}, {"in upper case", strings.ToUpper(code)}, {"with a blank before it", " " + code}, {"with a blank behind it", code + " "},
	} {
		if other.text != code {
			all = append(all, other)
		}
	}
	return all
}

// paidCode sends the profile's code and sees that points show.
func (c *check) paidCode(p *customer) *purse {
	purse := c.purse(p)
	c.send(c.codeCall("send the code", p.number, c.goodCode())).done()
	purse.first("a promo code")
	return purse
}
