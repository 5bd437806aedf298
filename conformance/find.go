package conformance

import (
	"errors"
	"fmt"
	"strings"

	"koshelek-adapter/conformance/contract"
)

func findRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: published, Source: fromOverview, Since: v100}
	}
	return []ruled{
		row(rule("find.unknown-empty", "A phone that nobody has is answered with 200 and a body of no bytes.", contract.Major),
			func(c *check) {
				c.send(c.findCall("search for a phone that nobody has", "msisdn", c.maker.phone())).nobody()
			},
			fault("nobody-is-error", "A search that finds nobody is an error"),
			fault("nobody-is-object", "A search that finds nobody is answered with {}"),
			fault("nobody-is-null", "A search that finds nobody is answered with null"),
			fault("nobody-is-empty-card", "A search that finds nobody is answered with an empty card"),
			fault("search-issues-card", "A search for an unknown phone issues a card")),
		row(contract.Rule{ID: "find.by-phone", Text: "The phone of a card's holder finds the card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"findCard"}},
			knownCard(func(c *check, p *customer) {
				c.finds(p, "search by phone", "msisdn", p.phone)
			}),
			fault("search-ignores-phone", "The phone of a search is not looked at")),
		row(rule("find.by-email", "The e-mail address of a card's holder finds the card.", contract.Major),
			withEmail(func(c *check, p *customer) {
				c.finds(p, "search by e-mail address", "email", p.email)
			}),
			fault("search-ignores-email", "The email of a search is not looked at")),
		row(rule("find.or", "Search parameters combine with OR: an unknown e-mail address does not hide the card of a known phone.", contract.Major),
			withEmail(func(c *check, p *customer) {
				c.finds(p, "known phone, unknown e-mail address", "msisdn", p.phone, "email", c.maker.email(c.maker.phone()))
				c.finds(p, "both known", "msisdn", p.phone, "email", p.email)
				c.finds(p, "the e-mail address alone", "email", p.email)
				c.finds(p, "the e-mail address beside an empty phone", "msisdn", "", "email", p.email)
			}),
			fault("search-and", "The parameters of a search combine with AND")),
		row(contract.Rule{ID: "find.or-without-phone", Text: "The e-mail address of a customer who has no phone finds the card also beside a phone that nobody has.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Writes: true},
			func(c *check) {
				var p *customer
				var unready *unready
				switch err := attempt(func() { p = c.freshWithout("phone") }); {
				case errors.As(err, &unready):
					panic(stop{&lacking{"the host issues no card without a phone"}})
				case err != nil:
					panic(stop{err})
				}
				c.finds(p, "the e-mail address alone", "email", p.email)
				c.finds(p, "the e-mail address beside a phone that nobody has", "msisdn", c.maker.phone(), "email", p.email)
			},
			fault("phone-hides-customer-without", "An unknown phone hides the card of a customer who has no phone")),
		row(contract.Rule{ID: "find.stranger-phone", Text: "An e-mail address can be typed by anybody: beside a phone that nobody has it does not show the card of a customer with another phone. The published OR allows it; the profile says which way the host goes.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Minor},
			withEmail(func(c *check, p *customer) {
				c.send(c.findCall("a phone that nobody has, the e-mail address of a customer with another phone", "msisdn", c.maker.phone(), "email", p.email)).besideStranger(p)
			}),
			fault("email-opens-account", "An e-mail address shows its owner's card to any phone that is new")),
		row(rule("find.birth-date-does-not-hide", "A birth date that fits nobody does not hide the card that the phone finds.", contract.Major),
			knownCard(func(c *check, p *customer) {
				c.finds(p, "known phone, somebody else's birth date", "msisdn", p.phone, "birthDate", "1951-03-01")
			}),
			fault("birth-date-filters", "A birth date that does not fit hides the card")),
		row(contract.Rule{ID: "find.no-identity", Text: "A search with neither phone nor e-mail is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
			func(c *check) {
				c.send(c.findCall("search for nothing")).refused()
				c.send(c.findCall("search with empty values", "msisdn", "", "email", "")).refused()
			},
			fault("search-without-identity", "A search for nobody finds somebody")),
		row(contract.Rule{ID: "find.birth-date-alone", Text: "A birth date alone finds nobody: it would match strangers.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Critical, Writes: true},
			func(c *check) {
				p := c.shared("anna")
				c.send(c.findCall("search by birth date alone", "birthDate", p.birthDate)).noCard()
			},
			fault("birth-date-finds", "A birth date alone finds whoever was born that day")),
		row(contract.Rule{ID: "find.phone-normalised", Text: "A phone written as +7 (921) 666-88-99 is normalised and finds the same card.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor},
			knownCard(func(c *check, p *customer) {
				stopIf(len(p.phone) != phoneDigits, &lacking{"data.card.phone has not eleven digits"})
				c.finds(p, "phone with a plus", "msisdn", "+"+p.phone)
				c.finds(p, "phone as people write it", "msisdn", spelled(p.phone))
			}),
			fault("search-compares-raw-phone", "The phone of a search is compared as it was written")),
		row(rule("find.no-stranger", "A phone and an e-mail address that nobody has never give a stranger's card.", contract.Critical),
			knownCard(func(c *check, p *customer) {
				phone := c.maker.phone()
				c.send(c.findCall("search for a phone and an e-mail address that nobody has", "msisdn", phone, "email", c.maker.email(phone))).nobody()
			}),
			fault("email-by-local-part", "The same name at another mail provider is the same customer"),
			fault("stranger-instead-of-nobody", "A search that finds nobody gives a stranger's card")),
		row(contract.Rule{ID: "find.whole-phone", Text: "A part of a phone does not find the card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
			func(c *check) {
				p := c.known()
				n := len(p.phone)
				for _, part := range []string{p.phone[:n-1], p.phone[:n-3], p.phone[1:], p.phone[n-7:], p.phone + "0"} {
					c.findsNobody("a part of a phone, or a longer one", "msisdn", part)
				}
			},
			fault("phone-by-tail", "The last digits of a phone find its owner"),
			fault("phone-by-prefix", "The first digits of a phone find its owner")),
		row(contract.Rule{ID: "find.whole-email", Text: "A part of an e-mail address, or the address with something before or behind it, does not find the card.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
			knownCard(func(c *check, p *customer) {
				local, domain, found := strings.Cut(p.email, "@")
				stopIf(!found, &lacking{"supply the e-mail address of data.card"})
				for _, email := range []string{local, p.email[:len(p.email)-1], local + "@" + domain + ".example", "x" + p.email, p.email[1:]} {
					c.findsNobody("a part of an e-mail address, or more than one", "email", email)
				}
			}),
			fault("email-by-prefix", "The beginning of an email finds its owner")),
		row(contract.Rule{ID: "find.no-wildcards", Text: "%, _ and * in a search are no wildcards.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical},
			func(c *check) {
				p := c.known()
				n := len(p.phone)
				tries := [][2]string{
					{"msisdn", "%"}, {"msisdn", "*"}, {"msisdn", ".*"}, {"msisdn", p.phone[:n-1] + "_"}, {"msisdn", p.phone[:n-1] + "%"}, {"msisdn", p.phone[:n-1] + "?"},
					{"email", "%"}, {"email", "%@%"}, {"email", "*"}, {"email", "_" + "%"},
				}
				if p.email != "" {
					tries = append(tries, [2]string{"email", "_" + p.email[1:]}, [2]string{"email", "%" + p.email[1:]})
				}
				for _, try := range tries {
					c.findsNobody("a wildcard in "+try[0], try[0], try[1])
				}
			},
			fault("search-like", "A search is a pattern")),
		row(contract.Rule{ID: "find.empty-parameter", Text: "An empty parameter beside a phone or an e-mail address that nobody has finds nobody, also not a customer who has no e-mail address or no phone.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Writes: true},
			func(c *check) {
				c.freshWithout("email")
				phone := c.maker.phone()
				c.send(c.findCall("a phone that nobody has, an empty e-mail address", "msisdn", phone, "email", "")).nobody()
				c.findsNobody("an e-mail address that nobody has, an empty phone", "msisdn", "", "email", c.maker.email(phone))
				c.findsNobody("a phone that nobody has, an empty birth date", "msisdn", phone, "birthDate", "")
			},
			fault("empty-email-matches", "An empty email finds a customer without one"),
			fault("empty-phone-matches", "An empty phone beside an unknown email finds a customer without one")),
		row(contract.Rule{ID: "find.changes-nothing", Text: "A search is a look: what it asks for becomes nobody's phone, e-mail address or birth date.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Writes: true},
			withFresh(func(c *check, p *customer) {
				phone := c.maker.phone()
				email := c.maker.email(phone)
				c.finds(p, "the phone with an e-mail address that nobody has", "msisdn", p.phone, "email", email, "birthDate", "1951-03-01")
				c.findsNobody("that address finds nobody", "email", email)
				c.findsNobody("nor does a phone that is asked for", "msisdn", phone)
				c.findsNobody("and it does not the second time either", "msisdn", phone)
				c.finds(p, "the own address still finds the card", "email", p.email)
			}),
			fault("search-stores-email", "A search stores its email with the customer whom the phone finds")),
		row(rule("find.unknown-parameter", "A parameter that the host does not know is ignored.", contract.Minor),
			knownCard(func(c *check, p *customer) {
				c.finds(p, "search with a parameter that nobody knows", "msisdn", p.phone, "favouriteColour", "green")
			}),
			fault("unknown-parameter-refused", "A search with an unknown parameter is refused")),
		row(contract.Rule{ID: "find.own-card", Text: "Two customers find each their own card.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Writes: true},
			func(c *check) {
				anna := c.shared("anna")
				boris := c.shared("boris")
				stopIf(anna.number == boris.number, &broken{"two customers were given one card number"})
				c.finds(boris, "search for the second customer", "msisdn", boris.phone)
				c.finds(anna, "search for the first customer", "msisdn", anna.phone)
				c.finds(boris, "the second one by e-mail address", "email", boris.email)
			},
			fault("everybody-is-the-first", "Every search that finds somebody gives one card")),
		row(rule("find.stable", "The same search gives the same card every time.", contract.Major),
			knownCard(func(c *check, p *customer) {
				for i := range 4 {
					c.finds(p, fmt.Sprintf("search no. %d", i+1), "msisdn", p.phone)
				}
			}),
			fault("search-unstable", "The same search finds now this card and now that")),
		row(rule("find.read-again", "The number that a search gives can be read: GET /v1/card/{cardNumber} shows the same card.", contract.Major),
			knownCard(func(c *check, p *customer) {
				r := c.find("search by phone", "msisdn", p.phone)
				stopIf(r.number() == "", notReady("the search gives no card"))
				c.send(c.on("show the card that was found", "getCard", r.number())).hasCard(r.number())
			}),
			fault("search-number-with-blanks", "A search writes the card number with blanks")),
	}
}

// knownCard hands a check the customer that may be read.
func knownCard(do func(*check, *customer)) checkFunc {
	return func(c *check) {
		p := c.known()
		do(c, p)
	}
}

// withEmail hands a check such a customer with an e-mail address.
func withEmail(do func(*check, *customer)) checkFunc {
	return knownCard(func(c *check, p *customer) {
		stopIf(p.email == "", &lacking{"supply data.card.email in the profile"})
		do(c, p)
	})
}

// finds expects that a search gives the customer's card.
func (c *check) finds(p *customer, title string, parameters ...string) {
	c.send(c.findCall(title, parameters...)).hasCard(p.number)
}

// findsNobody expects that a search gives no card.
func (c *check) findsNobody(title string, parameters ...string) {
	c.send(c.findCall(title, parameters...)).noCard()
}

// spelled writes eleven digits as people write a phone.
func spelled(phone string) string {
	return fmt.Sprintf("+%s (%s) %s-%s-%s", phone[:1], phone[1:4], phone[4:7], phone[7:9], phone[9:])
}

// emailRisk is what a host that takes an e-mail address for an identity allows.
const emailRisk = "whoever types somebody's e-mail address sees that customer's card; the published OR allows it"

// besideStranger expects of a search by a phone that nobody has, and the e-mail
// address of a customer with another phone, what the profile says. It names the
// risk when the card is shown.
func (r *reply) besideStranger(p *customer) {
	switch r.check.profile.Email {
	case contract.EmailHint:
		r.nobody()
	case contract.EmailRefuse:
		r.refused()
	case contract.EmailIdentity:
		r.check.note = emailRisk
		r.hasCard(p.number)
	default:
		r.expect(r.number() != p.number, "no card, or 422", emailRisk)
		if r.ok() {
			r.noCard()
			return
		}
		r.refused()
	}
}
