package conformance

import (
	"koshelek-adapter/conformance/contract"
)

func issueRules() []ruled {
	m := []string{"issueCard"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: inferred, Source: fromGuess, Since: v120, Methods: m, Writes: true}
	}
	return []ruled{
		row(rule("issue.card", "POST /v1/card/anonymous gives the card with the number that the partner chose.", contract.Major),
			func(c *check) {
				p := c.person()
				c.issuedNew(p, "issue a card", p.profile())
			},
			fault("issue-empty", "A new card is not answered"),
			fault("issue-bare-number", "A new card is answered as a number alone")),
		row(contract.Rule{ID: "issue.found", Text: "The customer's phone finds the card that was issued.", Mark: published, Source: fromOverview, Since: v120, Severity: contract.Major, Methods: m, Writes: true},
			func(c *check) {
				p := c.person()
				c.findsNobody("nobody is found before", "msisdn", p.phone)
				c.issuedNew(p, "issue a card", p.profile())
				c.finds(p, "search by phone", "msisdn", p.phone)
				c.finds(p, "search by e-mail address", "email", p.email)
			},
			fault("issue-forgets", "A new card is answered and not stored")),
		row(contract.Rule{ID: "issue.repeat-same-card", Text: "The same phone again gives the same card, never a second one.", Mark: inferred, Source: fromReason, Since: v120, Severity: contract.Critical, Methods: m, Writes: true},
			func(c *check) {
				p := c.person()
				c.issuedNew(p, "issue a card", p.profile())
				c.sameCard(p, "the same call again", p.profile())
				c.sameCard(p, "and again", p.profile())
				c.finds(p, "search by phone", "msisdn", p.phone)
			},
			fault("second-card", "The same issue again gives a second card")),
		row(contract.Rule{ID: "issue.other-profile-same-card", Text: "The same phone with another profile gives the same card.", Mark: inferred, Source: fromReason, Since: v120, Severity: contract.Critical, Methods: m, Writes: true},
			func(c *check) {
				p := c.person()
				c.issuedNew(p, "issue a card", p.profile())
				c.sameCard(p, "the phone alone", profile{"phone": p.phone})
				c.sameCard(p, "the phone with another name", p.profile().with(profile{"firstname": "Другая", "locality": "Новгород"}))
			},
			fault("second-card-for-profile", "The same phone with another profile gives a second card")),
		row(contract.Rule{ID: "issue.existing-customer", Text: "A phone whose customer has a card from a reservation gets that card.", Mark: thirdParty, Source: fromPartner, Since: v120, Severity: contract.Major, Methods: []string{"issueCard", "reserveCard", "issueReservedCard"}, Writes: true},
			func(c *check) {
				number := c.needNumber()
				p := c.person()
				stopIf(!c.issueOn("prepare: issue the reserved number", number, p.profile()).ok(), notReady("the reserved number could not be issued"))
				c.made(p, number)
				c.sameCard(p, "issue to the customer of that card", profile{"phone": p.phone})
			},
			fault("second-card-for-reserved", "A phone with a card from a reservation gets a second one")),
		row(contract.Rule{ID: "issue.by-email", Text: "An e-mail address alone that is a customer's already makes no second customer: it gets that customer's card or is refused.", Mark: thirdParty, Source: fromPartner, Since: v120, Severity: contract.Major, Methods: m, Writes: true},
			func(c *check) {
				p := c.person()
				c.issuedNew(p, "issue a card", p.profile())
				r := c.send(c.issueCall("issue to the same e-mail address", profile{"email": p.email}))
				if r.ok() {
					r.hasCard(p.number)
					return
				}
				r.refused()
			},
			fault("second-card-for-email", "A known email gets a second card")),
		row(contract.Rule{ID: "issue.two-customers", Text: "Phone of one customer with the e-mail address of another is refused.", Mark: published, Source: fromOverview, Since: v120, Severity: contract.Critical, Methods: m, Writes: true},
			func(c *check) {
				anna := c.shared("anna")
				boris := c.shared("boris")
				c.send(c.issueCall("phone of one customer, e-mail address of another", profile{"phone": anna.phone, "email": boris.email})).refused()
				c.finds(anna, "the first one is as before", "msisdn", anna.phone, "email", anna.email)
				c.finds(boris, "so is the second one", "msisdn", boris.phone, "email", boris.email)
			},
			fault("issue-takes-ambiguous", "A phone of one with the email of another gets a card")),
		row(rule("issue.distinct", "Two customers get two cards, each with a barcode of its own.", contract.Critical),
			func(c *check) {
				seen := map[string]bool{}
				for range 3 {
					p := c.person()
					r := c.issuedNew(p, "issue to a new customer", p.profile())
					r.expect(!seen[p.number], "a card of his own", "the card is another customer's")
					seen[p.number] = true
					barcode := "barcode " + r.doc.Leaf("card", "barcode", "barcodeNumber")
					r.expect(!seen[barcode], "a barcode of its own", "the barcode is another card's")
					seen[barcode] = barcode != "barcode "
				}
			},
			fault("one-card-for-all", "Every customer gets the same card"),
			fault("one-barcode-for-all", "Every card has the same barcode")),
		row(rule("issue.no-identity", "Issue without phone and e-mail is refused.", contract.Minor),
			func(c *check) {
				c.send(c.issueCall("issue to nobody", profile{"surname": testSurname})).refused()
				c.send(c.issueCall("an empty profile", profile{})).refused()
				c.send(c.issueCall("empty values", profile{"phone": "", "email": ""})).refused()
			},
			fault("issues-to-nobody", "A card is issued to nobody")),
		row(rule("issue.impossible-phone", "Issue to a phone that cannot be one is refused.", contract.Minor),
			func(c *check) {
				for _, phone := range []string{"12", "not a phone", "7000000000000000000000"} {
					c.send(c.issueCall("a phone that cannot be one", profile{"phone": phone})).refused()
				}
			},
			fault("issues-to-letters", "A phone with letters gets a card")),
		row(contract.Rule{ID: "issue.phone-normalised", Text: "A phone written as +7 (921) 666-88-99 is the customer whose phone is 79216668899.", Mark: thirdParty, Source: fromPartner, Since: v120, Severity: contract.Major, Methods: m, Writes: true},
			func(c *check) {
				p := c.person()
				c.issuedNew(p, "issue to a phone as people write it", p.profile().with(profile{"phone": spelled(p.phone)}))
				c.sameCard(p, "issue to the digits", profile{"phone": p.phone})
				c.finds(p, "search by the digits", "msisdn", p.phone)
			},
			fault("issue-raw-phone", "A phone with a plus gets a second card")),
	}
}

// issuedNew expects a card for a new customer.
func (c *check) issuedNew(p *customer, title string, body profile) *reply {
	r := c.issue(title, body)
	r.taken()
	r.expect(r.number() != "", "a card with its number", "%s is answered", r.cardSaid())
	c.made(p, r.number())
	return r
}

// sameCard expects that an issue gives the card that the customer has.
func (c *check) sameCard(p *customer, title string, body profile) {
	c.send(c.issueCall(title, body)).hasCard(p.number)
}
