package conformance

import (
	"koshelek-adapter/conformance/contract"
)

func repeatRules() []ruled {
	rule := func(id, text string, severity contract.Severity, methods ...string) contract.Rule {
		return contract.Rule{ID: "repeat." + id, Text: text, Mark: inferred, Source: fromReason, Since: v100, Severity: severity, Methods: methods, Writes: true}
	}
	return []ruled{
		row(rule("issue-reserved", "The same profile for the same reserved number again is the same success.", contract.Major, "reserveCard", "issueReservedCard"),
			reserved(func(c *check, number string) {
				p := c.person()
				c.issued(p, number, p.profile())
				c.again("the same call again", c.issueOnCall("", number, p.profile()), 2)
				c.finds(p, "search by phone", "msisdn", p.phone)
			}),
			fault("retry-refused", "The same issue again is refused")),
		row(rule("issue-reserved-late", "It is also when it arrives after a profile update, and does not undo the update.", contract.Major, "reserveCard", "issueReservedCard", "updateUser"),
			reserved(func(c *check, number string) {
				p := c.person()
				email := c.maker.email(c.maker.phone())
				c.issued(p, number, p.profile())
				c.updated(p, "the customer changes the e-mail address", profile{"email": email})
				c.again("the first call arrives once more", c.issueOnCall("", number, p.profile()), 1)
				c.finds(p, "the new address still finds the card", "email", email)
			}),
			fault("retry-undoes-update", "The same issue again undoes an update")),
		row(rule("update", "The same profile update again is the same success.", contract.Major, "updateUser"),
			withFresh(func(c *check, p *customer) {
				body := p.profile().with(profile{"surname": "Новая", "locality": "Новгород"})
				c.again("the same update", c.updateCall("", p.number, body), 3)
			}),
			fault("repeated-update-refused", "The same update again is refused")),
		row(rule("update-email", "The same e-mail address again is not taken for another customer's.", contract.Major, "updateUser"),
			withFresh(func(c *check, p *customer) {
				email := c.maker.email(c.maker.phone())
				c.again("the same e-mail address", c.updateCall("", p.number, profile{"email": email}), 3)
				c.again("the own phone", c.updateCall("", p.number, profile{"phone": p.phone}), 2)
				c.finds(p, "search by the address", "email", email)
			}),
			fault("own-email-taken", "A customer's own email is taken for another's")),
		row(rule("channels", "The same channels again are the same success.", contract.Major, "setChannels"),
			withFresh(func(c *check, p *customer) {
				c.again("the same channels", c.channelsCall("", p.number, []string{"sms"}, []string{"email"}), 3)
			}),
			fault("repeated-channels-refused", "The same channels again are refused")),
		row(rule("refusal", "A call that is refused is refused again, with the same code.", contract.Minor),
			func(c *check) {
				number, first := c.maker.number(), ""
				for i := range 3 {
					r := c.send(c.on("show a card that nobody has", "getCard", number))
					r.refused()
					r.expect(i == 0 || r.code() == first, "the same code", "the code is %s", shorten(r.code()))
					first = r.code()
				}
			},
			fault("codes-change", "Every error has a code of its own")),
		row(rule("reads", "Reads in between do not change what a repeat does.", contract.Minor),
			withFresh(func(c *check, p *customer) {
				update := c.updateCall("", p.number, profile{"surname": "Новая"})
				c.again("an update", update, 1)
				c.finds(p, "a search in between", "msisdn", p.phone)
				c.send(c.on("a look at the card in between", "getCard", p.number)).hasCard(p.number)
				c.again("the update again", update, 1)
				c.finds(p, "the same search", "msisdn", p.phone)
			}),
			fault("repeat-after-read-refused", "An update that comes again after somebody read the card is refused")),
	}
}

// again makes a call so many times and expects every time the same empty success.
func (c *check) again(title string, out call, times int) {
	for range times {
		out.title = title
		c.send(out).done()
	}
}
