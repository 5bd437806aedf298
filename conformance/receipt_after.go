package conformance

import (
	"koshelek-adapter/conformance/contract"
)

// receiptAfterRules are about receipts after something else has happened: a change
// of the phone, or a refusal.
func receiptAfterRules() []ruled {
	rule := func(id, text string, severity contract.Severity, methods ...string) contract.Rule {
		return contract.Rule{ID: "receipt." + id, Text: text, Mark: inferred, Source: fromReason, Since: v110, Severity: severity, Methods: append(methods, "submitQRCode"), Writes: true}
	}
	return []ruled{
		row(rule("phone-after-change", "After a change of phone the new one stands for the card of a receipt, and the old one for none.", contract.Major, "updateUser"),
			withFresh(func(c *check, p *customer) {
				old, phone := p.phone, c.maker.phone()
				byPhone := func(title, phone string) call {
					return c.promo(title, "submitQRCode", map[string]string{"msisdn": phone, "qrCode": c.sale().String()})
				}
				c.send(byPhone("a receipt by phone", old)).done()
				c.updated(p, "change the phone", profile{"phone": phone})
				c.send(byPhone("a receipt by the new phone", phone)).done()
				c.send(byPhone("a receipt by the old phone", old)).refused()
			}),
			fault("receipt-by-old-phone", "A phone that was replaced still stands for the card of a receipt")),
		row(rule("refused-is-free", "A receipt that was refused for its card or phone earns when its holder sends it.", contract.Critical, "getCard"),
			withFresh(func(c *check, p *customer) {
				qr := c.sale().String()
				c.send(c.receiptCall("send a receipt for a card that nobody has", c.maker.number(), qr)).refused()
				c.send(c.promo("and for a phone that nobody has", "submitQRCode", map[string]string{"msisdn": c.maker.phone(), "qrCode": qr})).refused()
				c.earns(p, "a receipt that was refused before", func() { c.accepted("send it for the right card", p, qr) })
			}),
			fault("refused-receipt-is-known", "A receipt that was refused for its card is known, and never paid")),
		row(rule("second-card", "A receipt of a customer's second card shows on that card.", contract.Critical, "getCard", "reserveCard", "issueReservedCard"),
			withFresh(func(c *check, p *customer) {
				number := c.needNumber()
				r := c.issueOn("issue a reserved number to the customer", number, profile{"phone": p.phone})
				if !r.ok() {
					return // reserve.attach has it
				}
				second := &customer{phone: p.phone, email: p.email, number: number}
				c.earns(second, "a receipt of the second card", func() { c.accepted("send a receipt", second, c.sale().String()) })
			}),
			fault("first-card-earns-for-all", "A receipt of a second card earns for the first")),
	}
}
