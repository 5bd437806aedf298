package conformance

import (
	"koshelek-adapter/conformance/contract"
)

func severalRules() []ruled {
	return []ruled{
		row(contract.Rule{ID: "several.two-customers", Text: "Phone and e-mail address that belong to different customers are answered with 422 and no card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Writes: true},
			func(c *check) {
				anna := c.shared("anna")
				boris := c.shared("boris")
				for _, pair := range [][2]*customer{{anna, boris}, {boris, anna}} {
					r := c.send(c.findCall("phone of one customer, e-mail address of another", "msisdn", pair[0].phone, "email", pair[1].email))
					r.refused()
					r.noCard()
				}
			},
			fault("ambiguous-gives-phones-card", "Of two customers the phone's is answered"),
			fault("ambiguous-gives-emails-card", "Of two customers the email's is answered")),
		row(contract.Rule{ID: "several.with-birth-date", Text: "A birth date beside them never gives the card of the customer whom only the e-mail address found.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Critical, Writes: true},
			withFresh(func(c *check, p *customer) {
				other := c.person()
				other.birthDate = "1961-07-12" // the others have another one
				c.issueTo(other, other.profile())
				r := c.send(c.findCall("phone of one, e-mail address and birth date of another", "msisdn", p.phone, "email", other.email, "birthDate", other.birthDate))
				r.expect(r.number() != other.number, "422, or the card that the phone found", "the card that only the e-mail address found is answered")
			}),
			fault("tie-goes-to-email-by-birth-date", "Of two customers a birth date picks the email's")),
		row(contract.Rule{ID: "several.one-card", Text: "Of several cards of one customer exactly one is answered, an active one before an inactive one.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Needs: contract.NeedsSeveral},
			func(c *check) {
				known := c.profile.Data.Several
				r := c.send(c.findCall("search for the customer of several cards", "msisdn", known.Phone))
				if known.CardNumber == "" {
					r.expect(r.ok() && r.number() != "", "one card", "%s is answered", r.cardSaid())
					return
				}
				r.hasCard(known.CardNumber)
			},
			fault("inactive-first", "An inactive card comes before an active one")),
		row(contract.Rule{ID: "several.stable", Text: "It is the same one every time.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Needs: contract.NeedsSeveral},
			func(c *check) {
				first := ""
				for range 4 {
					r := c.find("search for the customer of several cards", "msisdn", c.profile.Data.Several.Phone)
					r.expect(r.number() != "" && (first == "" || r.number() == first), "the same card every time", "%s is answered", r.cardSaid())
					first = r.number()
				}
			},
			fault("any-of-several", "Of several cards now this one is answered and now that")),
	}
}
