package conformance

import (
	"fmt"

	"koshelek-adapter/conformance/contract"
)

func holderRules() []ruled {
	m := []string{"updateUser"}
	return []ruled{
		{
			Rule: contract.Rule{ID: "holder.update", Text: "A profile is taken with 200 and an empty body.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.updated(p, "change the name and the town", profile{"surname": "Новая", "locality": "Новгород", "countryCode": "RU"})
			}),
			faults: []Fault{{Name: "update-refused", Breaks: "A profile that names a country is refused"}},
		},
		{
			Rule: contract.Rule{ID: "holder.email-found", Text: "A new e-mail address finds the card.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: func(c *check) {
				p := c.freshWithout("email")
				email := c.maker.email(p.phone)
				c.updated(p, "add an e-mail address", profile{"email": email})
				c.finds(p, "search by the new address", "email", email)
			},
			faults: []Fault{{Name: "update-forgets", Breaks: "An update is confirmed and not stored"}},
		},
		{
			Rule: contract.Rule{ID: "holder.partial", Text: "Fields that are absent stay: an update of the name keeps phone and e-mail address.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.updated(p, "change the name alone", profile{"surname": "Новая"})
				c.finds(p, "the phone stays", "msisdn", p.phone)
				c.finds(p, "the e-mail address stays", "email", p.email)
			}),
			faults: []Fault{{Name: "update-erases-absent", Breaks: "An update erases the fields that are absent"}},
		},
		{
			Rule: contract.Rule{ID: "holder.empty-fields", Text: "Fields that are empty stay as well.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				c.updated(p, "send empty fields beside a name", profile{"surname": "Новая", "phone": "", "email": "", "birthDate": "", "sex": ""})
				c.finds(p, "the phone stays", "msisdn", p.phone)
				c.finds(p, "the e-mail address stays", "email", p.email)
			}),
			faults: []Fault{{Name: "update-erases-empty", Breaks: "An update erases the fields that are empty"}},
		},
		{
			Rule: contract.Rule{ID: "holder.new-phone", Text: "A new phone finds the card, and the old one does not any more.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				old, phone := p.phone, c.maker.phone()
				c.updated(p, "change the phone", profile{"phone": phone})
				c.finds(p, "search by the new phone", "msisdn", phone)
				c.findsNobody("search by the old phone", "msisdn", old)
				c.finds(p, "the e-mail address stays", "email", p.email)
			}),
			faults: []Fault{
				{Name: "update-keeps-phone", Breaks: "A new phone is not stored"},
				{Name: "old-phone-still-finds", Breaks: "The old phone still finds the card"},
			},
		},
		{
			Rule: contract.Rule{ID: "holder.phone-normalised", Text: "A new phone written as +7 (921) 666-88-99 is stored as digits.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				phone := c.maker.phone()
				c.updated(p, "change the phone, as people write it", profile{"phone": spelled(phone)})
				c.finds(p, "search by the digits", "msisdn", phone)
			}),
			faults: []Fault{{Name: "update-raw-phone", Breaks: "A new phone is stored as it was written"}},
		},
		{
			Rule:   contract.Rule{ID: "holder.phone-taken", Text: "The phone of another customer is refused.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			check:  takes("phone"),
			faults: []Fault{{Name: "update-takes-phone", Breaks: "The phone of another customer is taken"}},
		},
		{
			Rule:   contract.Rule{ID: "holder.email-taken", Text: "The e-mail address of another customer is refused.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			check:  takes("email"),
			faults: []Fault{{Name: "update-takes-email", Breaks: "The email of another customer is taken"}},
		},
		{
			Rule: contract.Rule{ID: "holder.refused-changes-nothing", Text: "An update that is refused changes nothing, also not its other fields.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				anna := c.shared("anna")
				email := c.maker.email(c.maker.phone())
				c.send(c.updateCall("a new e-mail address beside the phone of another customer", p.number, profile{"phone": anna.phone, "email": email})).refused()
				c.findsNobody("the new e-mail address finds nobody", "email", email)
				c.finds(p, "the old one finds the card", "email", p.email)
			}),
			faults: []Fault{{Name: "refused-update-half-done", Breaks: "A refused update stores its other fields"}},
		},
		{
			Rule:   contract.Rule{ID: "holder.two-codes", Text: "A phone that is taken and an e-mail address that is taken are refused with two different error codes.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m, Writes: true},
			check:  holderTwoCodes,
			faults: []Fault{{Name: "one-code-for-contacts", Breaks: "Taken phones and taken emails have one error code"}},
		},
		{
			Rule: contract.Rule{ID: "holder.unknown-card", Text: "An update of an unknown card is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: func(c *check) {
				c.send(c.updateCall("update a card that nobody has", c.maker.number(), profile{"surname": "Новая"})).refused()
			},
			faults: []Fault{{Name: "update-of-unknown-card", Breaks: "An update of an unknown card is a success"}},
		},
		{
			Rule: contract.Rule{ID: "holder.sex", Text: "sex is taken as m, f, male, female, м and ж.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				for _, sex := range []string{"m", "f", "male", "female", "м", "ж"} {
					c.updated(p, "sex is "+sex, profile{"sex": sex})
				}
			}),
			faults: []Fault{{Name: "sex-latin-only", Breaks: "Sex in Cyrillic letters is refused"}},
		},
		{
			Rule: contract.Rule{ID: "holder.impossible-phone", Text: "A phone that cannot be one is refused, and the old one stays.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				for _, phone := range []string{"12", "7000abc1234", "7000123456789012", "0000000000"} {
					c.send(c.updateCall("a phone that cannot be one", p.number, profile{"phone": phone})).refused()
				}
				c.finds(p, "the old phone stays", "msisdn", p.phone)
			}),
			faults: []Fault{
				{Name: "phone-with-letters", Breaks: "A phone may have letters"},
				{Name: "phone-too-long", Breaks: "A phone may have more than fifteen digits"},
			},
		},
		{
			Rule: contract.Rule{ID: "holder.text", Text: "Names in Cyrillic, with apostrophes, quotes and emoji are taken.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				for i, name := range []string{"Ёлкина-Щукина", "O'Brien \"Bob\" \\ / <b>", "Ñandú Čapek 王小明", "Анна 😀"} {
					c.updated(p, fmt.Sprintf("name no. %d", i+1), profile{"surname": name, "firstname": name, "patronymic": name})
				}
				c.finds(p, "the card is found", "msisdn", p.phone)
			}),
			faults: []Fault{{Name: "quotes-refused", Breaks: "A name with an apostrophe is refused"}},
		},
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

func holderTwoCodes(c *check) {
	p := c.fresh()
	owner := c.shared("anna")
	phone := c.update("take another customer's phone", p.number, profile{"phone": owner.phone})
	email := c.update("take another customer's e-mail address", p.number, profile{"email": owner.email})
	if phone.ok() || email.ok() || phone.code() == "" {
		panic(stop{notReady("one of the two was not refused with a code")})
	}
	email.expect(email.code() != phone.code(), "another code than for the phone", "both have the code %s", shorten(email.code()))
}
