package conformance

import (
	"net/http"

	"koshelek-adapter/conformance/contract"
)

// brokenOffRules are about senders who hang up before the answer and send the same
// call again.
func brokenOffRules() []ruled {
	rule := func(id, text string, methods ...string) contract.Rule {
		return contract.Rule{ID: id, Text: text, Mark: inferred, Source: fromReason, Since: v100, Severity: contract.Critical, Methods: methods, Writes: true}
	}
	receipt := since(rule("receipt.broken-off", "A receipt whose sender hung up before the answer and sends it again is paid once, and not less.", "submitQRCode", "getCard"), v110)
	code := since(needsCode(rule("promo.broken-off", "A promo code whose sender hung up before the answer and sends it again is paid once, and not less.", "submitPromoCode", "getCard")), v130)
	return []ruled{
		row(receipt,
			twoCards(func(c *check, p, control *customer) {
				c.paidThoughBrokenOff(p, control, func(p *customer) call { return c.receiptCall("send a receipt", p.number, c.sale().String()) })
			}),
			fault("broken-off-loses-points", "A receipt whose sender hung up is known and never paid")),
		row(code,
			twoCards(func(c *check, p, control *customer) {
				c.paidThoughBrokenOff(p, control, func(p *customer) call { return c.codeCall("send the code", p.number, c.goodCode()) })
			}),
			fault("broken-off-loses-code", "A promo code whose sender hung up is used and never paid")),
		row(since(rule("issue.broken-off", "A card whose caller hung up before the answer and asks again is issued once, and is found.", "issueCard"), v120),
			func(c *check) {
				p := c.person()
				out := c.issueCall("issue a card", p.profile())
				c.brokenOff(out)
				c.issuedNew(p, "ask again", p.profile())
				c.finds(p, "search by phone", "msisdn", p.phone)
				c.sameCard(p, "ask once more", p.profile())
			},
			fault("broken-off-leaves-half-a-customer", "An issue whose caller hung up leaves a customer who gets no card any more")),
		row(rule("reserve.broken-off", "A reserved number whose issue broke off before the answer is issued when the call comes again.", "reserveCard", "issueReservedCard"),
			reserved(func(c *check, number string) {
				p := c.person()
				c.brokenOff(c.issueOnCall("issue the number", number, p.profile()))
				c.issued(p, number, p.profile())
				c.finds(p, "search by phone", "msisdn", p.phone)
			}),
			fault("broken-off-uses-number", "An issue whose caller hung up uses the number up")),
	}
}

// brokenOff sends a whole call and hangs up before the answer.
func (c *check) brokenOff(out call) {
	w := c.wire()
	out.title += " and hang up"
	out.header = http.Header{"Connection": {"close"}}
	w.write(out, func(r Request) []string { return w.announced(r, len(r.Body)) })
	w.hangUp()
}

// paidThoughBrokenOff compares what a call gives whose sender hung up and sent it
// again with what it gives another card that sends it once.
func (c *check) paidThoughBrokenOff(p, control *customer, of func(*customer) call) {
	want := c.gain(control.number, func() { c.send(of(control)).done() })
	stopIf(want.Sign() == 0, &lacking{noPointsShow})
	gained := c.gain(p.number, func() {
		out := of(p)
		c.brokenOff(out)
		out.title += " again"
		c.send(out).done()
	})
	c.expectGain(gained, want)
}
