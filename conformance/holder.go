package conformance

import (
	"fmt"

	"koshelek-adapter/conformance/contract"
)

func holderRules() []ruled {
	m := []string{"updateUser"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: thirdParty, Source: fromPartner, Since: v100, Methods: m, Writes: true}
	}
	return []ruled{
		row(rule("holder.update", "A profile is taken with 200 and an empty body.", contract.Major),
			withFresh(func(c *check, p *customer) {
				c.updated(p, "change the name and the town", profile{"surname": "Новая", "locality": "Новгород", "countryCode": "RU"})
			}),
			fault("update-refused", "A profile that names a country is refused")),
		row(rule("holder.email-found", "A new e-mail address finds the card.", contract.Major),
			func(c *check) {
				p := c.freshWithout("email")
				email := c.maker.email(p.phone)
				c.updated(p, "add an e-mail address", profile{"email": email})
				c.finds(p, "search by the new address", "email", email)
			},
			fault("update-forgets", "An update is confirmed and not stored")),
		row(rule("holder.partial", "Fields that are absent stay: an update of the name keeps phone and e-mail address.", contract.Critical),
			withFresh(func(c *check, p *customer) {
				c.updated(p, "change the name alone", profile{"surname": "Новая"})
				c.finds(p, "the phone stays", "msisdn", p.phone)
				c.finds(p, "the e-mail address stays", "email", p.email)
			}),
			fault("update-erases-absent", "An update erases the fields that are absent")),
		row(rule("holder.empty-fields", "Fields that are empty stay as well.", contract.Critical),
			withFresh(func(c *check, p *customer) {
				c.updated(p, "send empty fields beside a name", profile{"surname": "Новая", "phone": "", "email": "", "birthDate": "", "sex": ""})
				c.finds(p, "the phone stays", "msisdn", p.phone)
				c.finds(p, "the e-mail address stays", "email", p.email)
			}),
			fault("update-erases-empty", "An update erases the fields that are empty")),
		row(rule("holder.new-phone", "A new phone finds the card, and the old one does not any more.", contract.Critical),
			withFresh(func(c *check, p *customer) {
				old, phone := p.phone, c.maker.phone()
				c.updated(p, "change the phone", profile{"phone": phone})
				c.finds(p, "search by the new phone", "msisdn", phone)
				c.findsNobody("search by the old phone", "msisdn", old)
				c.finds(p, "the e-mail address stays", "email", p.email)
			}),
			fault("update-keeps-phone", "A new phone is not stored"),
			fault("old-phone-still-finds", "The old phone still finds the card")),
		row(rule("holder.phone-normalised", "A new phone written as +7 (921) 666-88-99 is stored as digits.", contract.Major),
			withFresh(func(c *check, p *customer) {
				phone := c.maker.phone()
				c.updated(p, "change the phone, as people write it", profile{"phone": spelled(phone)})
				c.finds(p, "search by the digits", "msisdn", phone)
			}),
			fault("update-raw-phone", "A new phone is stored as it was written")),
		row(rule("holder.phone-taken", "The phone of another customer is refused.", contract.Critical),
			takes("phone"),
			fault("update-takes-phone", "The phone of another customer is taken")),
		row(rule("holder.email-taken", "The e-mail address of another customer is refused.", contract.Critical),
			takes("email"),
			fault("update-takes-email", "The email of another customer is taken")),
		row(rule("holder.refused-changes-nothing", "An update that is refused changes nothing, also not its other fields.", contract.Critical),
			withFresh(func(c *check, p *customer) {
				anna := c.shared("anna")
				email := c.maker.email(c.maker.phone())
				c.send(c.updateCall("a new e-mail address beside the phone of another customer", p.number, profile{"phone": anna.phone, "email": email})).refused()
				c.findsNobody("the new e-mail address finds nobody", "email", email)
				c.finds(p, "the old one finds the card", "email", p.email)
			}),
			fault("refused-update-half-done", "A refused update stores its other fields")),
		row(rule("holder.two-codes", "A phone that is taken and an e-mail address that is taken are refused with two different error codes.", contract.Minor),
			func(c *check) {
				p := c.fresh()
				owner := c.shared("anna")
				phone := c.update("take another customer's phone", p.number, profile{"phone": owner.phone})
				email := c.update("take another customer's e-mail address", p.number, profile{"email": owner.email})
				stopIf(phone.ok() || email.ok() || phone.code() == "", notReady("one of the two was not refused with a code"))
				email.expect(email.code() != phone.code(), "another code than for the phone", "both have the code %s", shorten(email.code()))
			},
			fault("one-code-for-contacts", "Taken phones and taken emails have one error code")),
		row(rule("holder.unknown-card", "An update of an unknown card is answered with 422.", contract.Major),
			func(c *check) {
				c.send(c.updateCall("update a card that nobody has", c.maker.number(), profile{"surname": "Новая"})).refused()
			},
			fault("update-of-unknown-card", "An update of an unknown card is a success")),
		row(rule("holder.sex", "sex is taken as m, f, male, female, м and ж.", contract.Major),
			withFresh(func(c *check, p *customer) {
				for _, sex := range []string{"m", "f", "male", "female", "м", "ж"} {
					c.updated(p, "sex is "+sex, profile{"sex": sex})
				}
			}),
			fault("sex-latin-only", "Sex in Cyrillic letters is refused")),
		row(contract.Rule{ID: "holder.impossible-phone", Text: "A phone that cannot be one is refused, and the old one stays.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			withFresh(func(c *check, p *customer) {
				for _, phone := range []string{"12", "7000abc1234", "7000123456789012", "0000000000"} {
					c.send(c.updateCall("a phone that cannot be one", p.number, profile{"phone": phone})).refused()
				}
				c.finds(p, "the old phone stays", "msisdn", p.phone)
			}),
			fault("phone-with-letters", "A phone may have letters"),
			fault("phone-too-long", "A phone may have more than fifteen digits")),
		row(contract.Rule{ID: "holder.text", Text: "Names in Cyrillic, with apostrophes, quotes and emoji are taken.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			withFresh(func(c *check, p *customer) {
				for i, name := range []string{"Ёлкина-Щукина", "O'Brien \"Bob\" \\ / <b>", "Ñandú Čapek 王小明", "Анна 😀"} {
					c.updated(p, fmt.Sprintf("name no. %d", i+1), profile{"surname": name, "firstname": name, "patronymic": name})
				}
				c.finds(p, "the card is found", "msisdn", p.phone)
			}),
			fault("quotes-refused", "A name with an apostrophe is refused")),
	}
}

// withFresh hands a check a customer of its own.
func withFresh(do func(*check, *customer)) checkFunc {
	return func(c *check) {
		p := c.fresh()
		do(c, p)
	}
}

// updated expects that an update is taken with an empty answer.
func (c *check) updated(p *customer, title string, body profile) {
	c.send(c.updateCall(title, p.number, body)).done()
}

// takes is the check that a contact of another customer is refused, and stays
// the other's.
func takes(field string) checkFunc {
	return withFresh(func(c *check, p *customer) {
		owner := c.fresh()
		search, value := "msisdn", owner.phone
		if field == "email" {
			search, value = "email", owner.email
		}
		c.send(c.updateCall("take the "+field+" of another customer", p.number, profile{field: value})).refused()
		c.finds(owner, "it finds the other customer's card", search, value)
		c.finds(p, "the customer keeps the own phone", "msisdn", p.phone)
	})
}
