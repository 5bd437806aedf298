package conformance

import (
	"net/http"
	"slices"

	"koshelek-adapter/conformance/contract"
)

// readRules are about reads that come right after a write: what they do not see
// is broken, and about large numbers in them.
func readRules() []ruled {
	rule := func(id, text string, severity contract.Severity, methods ...string) contract.Rule {
		return contract.Rule{ID: id, Text: text, Mark: inferred, Source: fromReason, Since: v100, Severity: severity, Methods: methods, Writes: true}
	}
	receipt := rule("receipt.earns", "An accepted receipt shows in the points of the card, at once or in the time that the profile says.", contract.Major, "submitQRCode", "getCard")
	code := rule("promo.earns", "An accepted promo code shows in the points of the card, at once or in the time that the profile says.", contract.Major, "submitPromoCode", "getCard")
	large := rule("balance.large", "Points by the thousand are plain digits: no separators, no exponent.", contract.Major, "submitQRCode", "getCard")
	receipt.Since, code.Since, large.Since, code.Needs = v110, v130, v110, contract.NeedsPromoCode
	return []ruled{
		row(rule("find.after-change", "A search sees a change of phone and e-mail address at once, also when the same search was answered before.", contract.Critical, "updateUser"),
			withFresh(findAfterChange),
			fault("searches-kept", "A search that found a card is answered from memory"),
			fault("nobody-kept", "A search that found nobody is answered from memory")),
		row(rule("typed.after-issue", "A number that was no card a moment ago is shown as soon as it is issued.", contract.Major, "reserveCard", "issueReservedCard"),
			reserved(func(c *check, number string) {
				p := c.person()
				c.look("show the reserved number", number)
				c.issued(p, number, p.profile())
				c.send(c.on("show the issued card", "getCard", number)).hasCard(number)
			}),
			fault("unknown-card-kept", "That a number is no card is answered from memory")),
		row(receipt,
			withFresh(func(c *check, p *customer) {
				c.earns(p, "a receipt", func() { c.accepted("send a receipt", p, c.sale().String()) })
			}),
			fault("balance-kept", "The points of a card are answered from memory"),
			fault("receipt-unpaid", "A receipt is taken and never paid")),
		row(code,
			withFresh(func(c *check, p *customer) {
				c.earns(p, "a promo code", func() {
					c.send(c.codeCall("send the code", p.number, c.goodCode())).done()
				})
			}),
			fault("code-unpaid", "A promo code is taken and never paid")),
		row(large,
			withFresh(largeNumbers),
			fault("thousands-blank", "Thousands are set apart by blanks"),
			fault("thousands-comma", "Thousands are set apart by commas"),
			fault("thousands-nbsp", "Thousands are set apart by blanks that do not break"),
			fault("exponent", "Large numbers are written with an exponent")),
		row(rule("users.after-issue", "The list of all users has a new customer at once.", contract.Minor, "listUsers"),
			func(c *check) {
				c.users("listUsers")
				p := c.fresh()
				r := c.users("listUsers")
				r.expect(slices.Contains(phonesOf(r.doc), p.phone), "the phone of the new customer", "it is not in the list")
			},
			fault("users-kept", "The list of all users is answered from memory")),
	}
}

// findAfterChange searches for the same before and after a change. The change
// ends its connection, so that what follows comes over another one.
func findAfterChange(c *check, p *customer) {
	oldPhone, oldEmail := p.phone, p.email
	phone := c.maker.phone()
	email := c.maker.email(phone)
	change := c.updateCall("change phone and e-mail address", p.number, profile{"phone": phone, "email": email})
	change.header = http.Header{"Connection": {"close"}}
	c.finds(p, "the old phone finds the card", "msisdn", oldPhone)
	c.finds(p, "the old address finds the card", "email", oldEmail)
	c.findsNobody("the new phone finds nobody", "msisdn", phone)
	c.findsNobody("the new address finds nobody", "email", email)
	c.send(change).done()
	c.finds(p, "now the new phone finds the card", "msisdn", phone)
	c.finds(p, "and the new address", "email", email)
	c.findsNobody("the old phone finds nobody any more", "msisdn", oldPhone)
	c.findsNobody("nor does the old address", "email", oldEmail)
}

// earns expects that a card gains something.
func (c *check) earns(p *customer, what string, by func()) {
	gained := c.gain(p.number, by)
	if gained.Sign() > 0 {
		return
	}
	last := c.records[len(c.records)-1]
	last.wrong, last.expected = "the card shows no more points than before", "more points after "+what
	panic(stop{&broken{"the points of a card are the same after " + what + "; where they take a while, say so by settle in the profile"}})
}

// largeNumbers sends one receipt that gives thousands of points by any usual
// percentage.
func largeNumbers(c *check, p *customer) {
	const sum = "250000.00"
	r := c.sendReceipt("a receipt of a quarter of a million roubles", p.number, c.maker.receipt(1, sum, c.receiptTime()).String())
	stopIf(!r.ok(), &lacking{"the host refuses receipts of " + sum + " roubles"})
	c.waitForPoints()
	r = c.send(c.on("show the card", "getCard", p.number))
	for _, name := range []string{"total", "available"} {
		text := r.doc.Leaf("card", "bonus", name)
		stopIf(text == "", notReady("the card shows no points"))
		r.expect(decimalForm.MatchString(text), "digits, with a dot before a fraction", "%s is %q", name, shorten(text))
	}
}
