package conformance

import (
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

func reserveRules() []ruled {
	m := []string{"reserveCard"}
	both := []string{"reserveCard", "issueReservedCard"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: thirdParty, Source: fromPartner, Since: v100, Methods: both, Writes: true}
	}
	return []ruled{
		row(contract.Rule{ID: "reserve.form", Text: "A reserved number is answered as one JSON string (or as bare digits, when the profile says so), and is not empty.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			reserveForm,
			fault("reserved-bare", "A reserved number is bare digits though the profile says nothing of it"),
			fault("reserved-object", "A reserved number comes in an object")),
		row(contract.Rule{ID: "reserve.distinct", Text: "Two reservations give two numbers.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			func(c *check) {
				seen := map[string]bool{}
				for range 5 {
					number, r := c.reserve("reserve a number")
					stopIf(number == "", notReady("no number could be reserved"))
					r.expect(!seen[number], "a number of its own", "the number was given before")
					seen[number] = true
				}
			},
			fault("one-number-for-all", "Every reservation gives the same number")),
		row(contract.Rule{ID: "reserve.no-card-yet", Text: "A reserved number is not a card until it is issued.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
			reserved(func(c *check, number string) {
				c.send(c.on("show the reserved number", "getCard", number)).refused()
			}),
			fault("reserved-is-card", "A reserved number is shown as a card")),
		row(contract.Rule{ID: "reserve.not-active", Text: "A reserved number that nobody has taken never shows as an active card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			reserved(func(c *check, number string) {
				r := c.send(c.on("show the reserved number", "getCard", number))
				r.expect(r.doc.Leaf("card", "cardState") != "active", "422, or a card that is not active", "an active card is answered")
			}),
			fault("reserved-is-active-card", "A reserved number is shown as an active card")),
		row(rule("reserve.issue", "A reserved number can be issued to a customer; the answer is 200 with an empty body.", contract.Major),
			reserved(func(c *check, number string) {
				p := c.person()
				c.issued(p, number, p.profile())
			}),
			fault("forgets-reserved", "A reserved number cannot be issued")),
		row(contract.Rule{ID: "reserve.found", Text: "The customer's phone finds the card that was issued, with the reserved number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
			reserved(func(c *check, number string) {
				p := c.person()
				c.findsNobody("nobody is found before", "msisdn", p.phone)
				c.issued(p, number, p.profile())
				c.finds(p, "search by phone", "msisdn", p.phone)
			}),
			fault("confirm-forgets", "An issue is confirmed and not stored"),
			fault("issues-another-number", "Another number is issued than the one that was reserved")),
		row(contract.Rule{ID: "reserve.active", Text: "The issued card is active and can be read.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
			reserved(func(c *check, number string) {
				p := c.person()
				c.issued(p, number, p.profile())
				r := c.send(c.on("show the issued card", "getCard", number))
				r.hasCard(number)
				r.expect(r.doc.Leaf("card", "cardState") == "active", "cardState active", "cardState is %q", shorten(r.doc.Leaf("card", "cardState")))
			}),
			fault("issues-inactive", "A new card is inactive")),
		row(rule("reserve.unknown-number", "Issue on a number that was never reserved is refused.", contract.Critical),
			func(c *check) {
				p := c.person()
				c.send(c.issueOnCall("issue a number that nobody reserved", c.maker.number(), p.profile())).refused()
				c.findsNobody("nobody got a card", "msisdn", p.phone)
			},
			fault("issues-any-number", "A number that was never reserved is issued")),
		row(rule("reserve.taken-number", "Issue on a number that is another customer's card is refused.", contract.Critical),
			func(c *check) {
				owner := c.fresh()
				c.send(c.issueOnCall("issue another customer's card", owner.number, c.person().profile())).refused()
			},
			fault("taken-is-success", "An issue of another's card is answered as success")),
		row(rule("reserve.taken-keeps-owner", "A refused issue on a taken number leaves the card with its holder.", contract.Critical),
			func(c *check) {
				owner := c.fresh()
				thief := c.person()
				c.issueOn("issue another customer's card", owner.number, thief.profile())
				c.finds(owner, "the holder finds the card", "msisdn", owner.phone)
				c.findsNobody("the other customer finds nothing", "msisdn", thief.phone)
				c.findsNobody("nor by e-mail address", "email", thief.email)
			},
			fault("taken-moves-card", "An issue of another's card takes it away")),
		row(rule("reserve.two-codes", "An unknown number and a taken number are refused with two different error codes.", contract.Minor),
			func(c *check) {
				owner := c.fresh()
				unknown := c.issueOn("issue a number that nobody reserved", c.maker.number(), c.person().profile())
				taken := c.issueOn("issue another customer's card", owner.number, c.person().profile())
				stopIf(unknown.ok() || taken.ok() || unknown.code() == "", notReady("one of the two was not refused with a code"))
				taken.expect(taken.code() != unknown.code(), "another code than for an unknown number", "both have the code %s", shorten(taken.code()))
			},
			fault("one-code-for-numbers", "Unknown and taken numbers have one error code")),
		row(rule("reserve.attach", "Issue to a phone that is a customer's already attaches the card to that customer: the search goes on to find one card and no conflict.", contract.Major),
			attach,
			fault("second-customer", "An issue to a known phone makes a second customer")),
		row(contract.Rule{ID: "reserve.no-identity", Text: "Issue without phone and e-mail is refused: nobody could find the card.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: both, Writes: true},
			reserved(func(c *check, number string) {
				c.send(c.issueOnCall("issue to nobody", number, profile{"surname": testSurname, "firstname": testFirstname})).refused()
			}),
			fault("confirms-to-nobody", "A number is issued to nobody")),
		row(rule("reserve.phone-normalised", "A phone that is issued as +7 (921) 666-88-99 is stored as digits and found by them.", contract.Major),
			reserved(func(c *check, number string) {
				p := c.person()
				c.issued(p, number, p.profile().with(profile{"phone": spelled(p.phone)}))
				c.finds(p, "search by the digits", "msisdn", p.phone)
			}),
			fault("phone-stored-raw", "A phone is stored as it was written, plus and all")),
		row(contract.Rule{ID: "reserve.refused-keeps-number", Text: "An issue that was refused for its profile does not use the number up.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
			reserved(func(c *check, number string) {
				p := c.person()
				c.send(c.issueOnCall("issue with a phone that cannot be one", number, profile{"phone": "not a phone"})).refused()
				c.issued(p, number, p.profile())
			}),
			fault("refused-uses-number", "A refused issue uses the number up")),
	}
}

// reserved hands a check a reserved number.
func reserved(do func(c *check, number string)) checkFunc {
	return func(c *check) {
		number := c.needNumber()
		do(c, number)
	}
}

// issued expects that a number is issued with an empty answer.
func (c *check) issued(p *customer, number string, body profile) {
	r := c.send(c.issueOnCall("issue the number", number, body))
	if r.ok() {
		c.made(p, number)
	}
	r.done()
}

func reserveForm(c *check) {
	number, r := c.reserve("reserve a number")
	r.taken()
	doc, err := document.Parse(r.Answer.Body)
	if err != nil {
		r.expect(false, "one JSON string", "the body is not JSON: %v", err)
		return
	}
	form := c.profile.ReserveForm
	text := doc.Kind == document.String && form != contract.ReserveDigits
	digits := doc.Kind == document.Number && form != contract.ReserveString
	expected := map[contract.ReserveForm]string{contract.ReserveDigits: "bare digits", contract.ReserveEither: "a JSON string or bare digits"}[form]
	if expected == "" {
		expected = "one JSON string"
	}
	// A number with a leading zero can only be written as a string.
	leadingZero := doc.Kind == document.String && len(number) > 1 && number[0] == '0'
	r.expect(text || digits || leadingZero, expected, "the answer is %s", doc.Kind)
	r.expect(number != "", "a number that is not empty", "the number is empty")
}

// attach issues a second number to one phone.
func attach(c *check) {
	first := c.needNumber()
	second := c.needNumber()
	p := c.person()
	c.issued(p, first, p.profile())
	c.issued(p, second, profile{"phone": p.phone})
	for _, search := range [][]string{{"msisdn", p.phone}, {"email", p.email}, {"msisdn", p.phone, "email", p.email}} {
		r := c.send(c.findCall("search for the customer of two cards", search...))
		r.taken()
		r.expect(r.number() == first || r.number() == second, "one of the customer's cards", "%s is answered", r.cardSaid())
	}
}
