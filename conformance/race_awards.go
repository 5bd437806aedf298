package conformance

import (
	"math/big"

	"koshelek-adapter/conformance/contract"
)

// raceAwardRules are the races for points.
func raceAwardRules() []ruled {
	return []ruled{
		row(since(race("receipt", "The same receipt many times at one moment is paid once.", contract.Critical, "submitQRCode", "getCard"), v110),
			withFresh(func(c *check, p *customer) {
				c.racePaidOnce(p, func(p *customer) []call {
					return c.twins(c.receiptCall("send the receipt", p.number, c.sale().String()))
				})
			}),
			fault("race-receipt-paid-twice", "A receipt that comes twice at one moment is paid twice")),
		row(since(race("receipt-two-ways", "The same receipt by card and by phone at one moment is paid once.", contract.Critical, "submitQRCode", "getCard"), v110),
			withFresh(func(c *check, p *customer) {
				c.racePaidOnceTwoWays(p, func() map[string]string { return map[string]string{"qrCode": c.sale().String()} }, "submitQRCode")
			}),
			fault("race-receipt-paid-each-way", "A receipt that comes by card and by phone at one moment is paid twice")),
		row(since(needsCode(race("promo-two-ways", "The same promo code by card and by phone at one moment is paid once.", contract.Critical, "submitPromoCode", "getCard")), v130),
			withFresh(func(c *check, p *customer) {
				c.racePaidOnceTwoWays(p, func() map[string]string { return map[string]string{"code": c.goodCode()} }, "submitPromoCode")
			}),
			fault("race-code-paid-each-way", "A code that comes by card and by phone at one moment is paid twice")),
		row(since(race("receipt-two-cards", "One receipt, many cards at one moment: one of them is paid.", contract.Critical, "submitQRCode", "getCard"), v110),
			raceForReceipt,
			fault("race-receipt-paid-to-two", "A receipt from two cards at one moment is paid to both")),
		row(since(limitedCode(race("promo-limit", "A code that some cards may use together, from more cards at one moment: not one more gets it.", contract.Critical, "submitPromoCode")), v130),
			raceForCode,
			fault("race-code-over-its-limit", "At one moment a code is taken from more cards than it may be")),
		row(since(needsCode(race("promo", "The same promo code many times at one moment is paid once.", contract.Critical, "submitPromoCode", "getCard")), v130),
			withFresh(func(c *check, p *customer) {
				c.racePaidOnce(p, func(p *customer) []call { return c.twins(c.codeCall("send the code", p.number, c.goodCode())) })
			}),
			fault("race-code-paid-twice", "A code that comes twice at one moment is paid twice")),
	}
}

func limitedCode(r contract.Rule) contract.Rule {
	r.Needs = contract.NeedsLimitedCodes
	return r
}

func needsCode(r contract.Rule) contract.Rule {
	r.Needs = contract.NeedsPromoCode
	return r
}

// racePaidOnce expects that a call many times at one moment gives what it gives
// once to another card.
func (c *check) racePaidOnce(p *customer, of func(*customer) []call) {
	control := c.fresh()
	want := c.gain(control.number, func() { c.send(of(control)[0]).done() })
	stopIf(want.Sign() == 0, &lacking{noPointsShow})
	gained := c.gain(p.number, func() {
		replies := c.atOnce(of(p))
		c.someTaken(replies)
	})
	c.expectGain(gained, want)
}

// racePaidOnceTwoWays sends every other twin by the customer's phone.
func (c *check) racePaidOnceTwoWays(p *customer, fields func() map[string]string, method string) {
	c.racePaidOnce(p, func(p *customer) []call {
		said := fields()
		said["cardNumber"] = p.number
		calls := c.twins(c.promo("send it by card", method, said))
		delete(said, "cardNumber")
		said["msisdn"] = p.phone
		byPhone := c.promo("send it by phone", method, said)
		for i := 1; i < len(calls); i += 2 {
			calls[i] = byPhone
		}
		return calls
	})
}

func raceForReceipt(c *check) {
	control := c.fresh()
	want := c.gain(control.number, func() { c.accepted("what a receipt gives once", control, c.sale().String()) })
	stopIf(want.Sign() == 0, &lacking{noPointsShow})
	qr := c.sale().String()
	var calls []call
	var customers []*customer
	total := new(big.Rat)
	for range fewTwins {
		p := c.fresh()
		before := c.points("points before", p.number)
		total.Sub(total, before)
		customers, calls = append(customers, p), append(calls, c.receiptCall("send one receipt from many cards", p.number, qr))
	}
	replies := c.atOnce(calls)
	c.oneTaken(replies)
	c.waitForPoints()
	for _, p := range customers {
		after := c.points("points after", p.number)
		total.Add(total, after)
	}
	c.expectGain(total, want)
	c.forgetSearches()
}
