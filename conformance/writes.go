package conformance

import (
	"fmt"
	"maps"
	"slices"

	"koshelek-adapter/conformance/contract"
)

// writeRules hold a host to writes that change what they name and nothing else.
func writeRules() []ruled {
	rule := func(id, text string, severity contract.Severity, methods ...string) contract.Rule {
		return contract.Rule{ID: id, Text: text, Mark: inferred, Source: fromSafety, Since: v100, Severity: severity, Methods: methods, Writes: true}
	}
	issues := func(r contract.Rule) contract.Rule { r.Since = v120; return r }
	return []ruled{
		row(rule("holder.foreign-fields", "What the contract does not name in an update, in the body or the query, sets nothing: no state, points, number or other card.", contract.Critical, "updateUser", "getCard"),
			twoCards(foreignInUpdate),
			fault("body-sets-state", "An update with cardState sets the state of the card"),
			fault("body-sets-points", "An update with points or a balance sets the points of the card"),
			fault("body-number-wins", "An update goes to the card number of its body"),
			fault("query-is-body", "A field in the query of an update is taken for one of the body")),
		row(issues(rule("issue.foreign-fields", "An issue with another's card number, a balance or a state in its body gives the same new card as without.", contract.Critical, "issueCard", "getCard")),
			withFresh(foreignInIssue),
			fault("issue-number-from-body", "An issue gives the card whose number stands in the body"),
			fault("issue-points-from-body", "An issue with a balance gives a card with these points")),
		row(rule("reserve.foreign-fields", "A reserved number is issued by the path, whatever card number stands in the body.", contract.Critical, "reserveCard", "issueReservedCard"),
			reserved(func(c *check, number string) {
				owner := c.fresh()
				p := c.person()
				r := c.issueOn("issue the number, with another in the body", number, p.profile().with(profile{"cardNumber": owner.number, "card": profile{"cardNumber": owner.number}}))
				if !r.ok() { // the field was refused, or the number of the body was
					c.issued(p, number, p.profile())
				}
				c.made(p, number)
				c.finds(p, "the customer has the number of the path", "msisdn", p.phone)
				c.finds(owner, "the other card is its holder's", "msisdn", owner.phone)
			}),
			fault("confirm-number-from-body", "An issue of a reserved number goes to the card number of its body")),
		row(since(rule("receipt.foreign-fields", "A receipt with points or a sum beside its code earns what its code says.", contract.Critical, "submitQRCode", "getCard"), v110),
			withFresh(foreignInReceipt),
			fault("receipt-points-from-body", "A receipt earns the points that its body says")),
		row(rule("holder.keeps-rest", "An update of one field keeps all others, as far as getAllUsersExtended shows them.", contract.Critical, "updateUser", "listUsersExtended"),
			keepsRest,
			fault("update-wipes-names", "An update without names wipes them"),
			fault("empty-wipes-names", "Empty names in an update wipe those that are stored")),
		row(rule("holder.stored", "An update stores names and town whole, as far as getAllUsersExtended shows them.", contract.Major, "updateUser", "listUsersExtended"),
			stored,
			fault("update-loses-names", "An update is confirmed and stores no first name"),
			fault("update-cuts-names", "An update stores the first twenty letters of a name")),
		row(rule("holder.blank-fields", "Blank and null fields wipe nothing: phone and e-mail address go on to find the card.", contract.Critical, "updateUser"),
			withFresh(func(c *check, p *customer) {
				for _, try := range []struct {
					title string
					body  profile
				}{
					{"phone and e-mail address of null", profile{"surname": "Новая", "phone": nil, "email": nil, "birthDate": nil}},
					{"phone and e-mail address of blanks", profile{"surname": "Новая", "phone": "  ", "email": " ", "birthDate": " "}},
				} {
					// Blanks may be refused.
					c.send(c.updateCall(try.title, p.number, try.body))
					c.finds(p, "after "+try.title+" the phone finds the card", "msisdn", p.phone)
					c.finds(p, "after "+try.title+" the address finds the card", "email", p.email)
				}
			}),
			fault("blank-wipes", "A field of blanks wipes what is stored"),
			fault("null-wipes", "A field that is null wipes what is stored")),
		row(rule("holder.only-own", "An update changes the card of its path and no other, also not a namesake's or the newest.", contract.Critical, "updateUser"),
			twoCards(func(c *check, p, newer *customer) {
				email := c.maker.email(c.maker.phone())
				c.updated(p, "change the e-mail address of the older card", profile{"email": email, "locality": "Новгород"})
				c.finds(p, "it finds that card", "email", email)
				c.finds(newer, "the other one keeps its phone", "msisdn", newer.phone)
				c.finds(newer, "and its e-mail address", "email", newer.email)
			}),
			fault("update-hits-the-newest", "An update goes to the newest card"),
			fault("update-hits-namesakes", "An update wipes the contacts of those who have the same name")),
		row(rule("holder.phone-taken-spelled", "The phone of another customer is refused, too, when it is written as people write it.", contract.Critical, "updateUser"),
			twoCards(func(c *check, p, owner *customer) {
				c.send(c.updateCall("take another customer's phone, as people write it", p.number, profile{"phone": spelled(owner.phone)})).refused()
				c.finds(owner, "it finds the other customer's card", "msisdn", owner.phone)
			}),
			fault("update-takes-spelled-phone", "Whether a phone is taken is looked up as it was written")),
		row(rule("holder.refused-keeps-all", "An update that is refused for its e-mail address stores neither its phone nor its names.", contract.Critical, "updateUser"),
			twoCards(func(c *check, p, owner *customer) {
				phone := c.maker.phone()
				given := names().with(profile{"phone": phone, "email": owner.email})
				c.send(c.updateCall("a new phone and names beside the e-mail address of another customer", p.number, given)).refused()
				c.findsNobody("the new phone finds nobody", "msisdn", phone)
				c.finds(p, "the old one finds the card", "msisdn", p.phone, "email", p.email)
				if !c.profile.Offers("listUsersExtended") {
					return
				}
				found, r := c.shown(p, names())
				r.expect(len(found) == 0, "none of the names that were refused", "it shows %d of them", len(found))
			}),
			fault("refused-update-stores-phone", "An update that is refused for its email stores the phone"),
			fault("refused-update-stores-names", "An update that is refused for its email stores the names")),
		row(rule("holder.old-email", "An e-mail address that was replaced finds nobody any more.", contract.Critical, "updateUser"),
			withFresh(func(c *check, p *customer) {
				email := c.maker.email(c.maker.phone())
				c.updated(p, "replace the e-mail address", profile{"email": email})
				c.findsNobody("search by the old one", "email", p.email)
				c.finds(p, "search by the new one", "email", email)
			}),
			fault("old-email-still-finds", "The old email still finds the card")),
		row(rule("holder.released", "A phone and an e-mail address that were replaced are free for another customer, who gets a card of his own.", contract.Critical, "updateUser"),
			twoCards(released),
			fault("old-contact-stays-taken", "A phone that was replaced is taken for ever"),
			fault("old-phone-still-issues", "An issue to a phone that was replaced gives the card of its former owner")),
		row(rule("holder.keeps-points", "An update, channels and another issue leave the points of the card as they are.", contract.Critical, "updateUser", "getCard"),
			withFresh(keepsPoints),
			fault("update-clears-points", "An update clears the points of the card"),
			fault("channels-clear-points", "Setting channels clears the points of the card"),
			fault("issue-again-clears-points", "Another issue to a customer clears the points of his card")),
		row(issues(rule("issue.refused-leaves-nothing", "An issue that is refused for one field leaves no customer behind.", contract.Critical, "issueCard")),
			func(c *check) {
				p := c.person()
				r := c.issue("an issue with an object where a name belongs", p.profile().with(profile{"surname": profile{"a": "b"}}))
				stopIf(r.ok(), notReady("the issue was not refused"))
				c.findsNobody("the phone finds nobody", "msisdn", p.phone)
				c.findsNobody("the e-mail address finds nobody", "email", p.email)
			},
			fault("refused-issue-registers", "An issue that is refused has made the customer")),
		row(rule("repeat.issue-in-other-form", "The same issue again with its keys in another order, the phone written otherwise or a field more is the same success.", contract.Major, "reserveCard", "issueReservedCard"),
			reserved(func(c *check, number string) {
				p := c.person()
				c.issued(p, number, p.profile())
				c.inOtherForms(c.issueOnCall("", number, profile{}), p, (*reply).done)
				c.finds(p, "search by phone", "msisdn", p.phone)
			}),
			fault("confirm-retry-by-text", "The same issue again is known by its body's text alone")),
		row(issues(rule("repeat.issue-card-in-other-form", "The same issue of 1.2.0 again in another form gives the same card.", contract.Critical, "issueCard")),
			withFresh(func(c *check, p *customer) {
				c.inOtherForms(c.issueCall("", profile{}), p, func(r *reply) { r.hasCard(p.number) })
			}),
			fault("issue-again-in-other-form-refused", "The same issue again in another form is refused")),
	}
}

// consentRules hold a host to what it stored of channels. They need a profile
// that says where channels show.
func consentRules() []ruled {
	rule := func(id, text string, methods ...string) contract.Rule {
		return contract.Rule{ID: "channels." + id, Text: text, Mark: inferred, Source: fromPartner, Since: v100, Severity: contract.Critical,
			Methods: append([]string{"setChannels", "listUsersExtended"}, methods...), Writes: true}
	}
	said := map[string]string{"sms": "allow", "email": "deny"}
	return []ruled{
		row(rule("every", "Each of sms, email, call and push holds what was said of it, several in one list as well."),
			withFresh(func(c *check, p *customer) {
				one, two := []string{"sms", "push"}, []string{"email", "call"}
				c.setChannels(p, "allow two, deny two", one, two)
				c.channelsAre(p, map[string]string{"sms": "allow", "push": "allow", "email": "deny", "call": "deny"})
				c.setChannels(p, "the other way round", two, one)
				c.channelsAre(p, map[string]string{"sms": "deny", "push": "deny", "email": "allow", "call": "allow"})
			}),
			fault("push-ignored", "What is said of push is not stored"),
			fault("first-channel-only", "Of a list the first channel alone takes effect")),
		row(rule("nothing-said", "Lists that are empty or absent change no channel."),
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"})
				c.send(c.channelsCall("empty lists", p.number, []string{}, []string{}))
				c.send(c.channelsCall("no lists", p.number, nil, nil))
				c.channelsAre(p, said)
			}),
			fault("empty-lists-clear-channels", "Two empty lists clear the channels")),
		row(rule("with-unknown", "A channel that nobody knows, or one that stands twice, does not spoil the others of its list."),
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "an unknown channel and others, one twice", []string{"pigeon", "sms", "sms"}, []string{"email", "telepathy", "email"})
				c.channelsAre(p, said)
			}),
			fault("unknown-channel-drops-lists", "Lists with a channel that nobody knows are not stored")),
		row(rule("own", "The channels of one customer are not those of another."),
			twoCards(func(c *check, p, other *customer) {
				c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"})
				c.setChannels(other, "the other way round for another customer", []string{"email"}, []string{"sms"})
				c.channelsAre(p, said)
			}),
			fault("channels-of-everybody", "Channels are set for everybody")),
		row(rule("kept-by-update", "An update of the profile keeps the channels.", "updateUser"),
			withFresh(func(c *check, p *customer) {
				c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"})
				c.updated(p, "change the name and the e-mail address", profile{"surname": "Новая", "email": c.maker.email(c.maker.phone())})
				c.channelsAre(p, said)
			}),
			fault("update-clears-channels", "An update of the profile clears the channels")),
	}
}

// foreign are fields that no contract names, for a write of one card.
func foreign(number string) profile {
	const points = 777_000
	bonus := profile{"total": points, "available": points}
	return profile{
		"cardState": "inactive", "state": "blocked", "status": "blocked", "blocked": true, "active": false, "cardNumber": number, "number": number, "id": 1,
		"points": points, "balance": points, "bonus": bonus, "card": profile{"cardNumber": number, "cardState": "inactive", "bonus": bonus}, "role": "admin",
	}
}

func foreignInUpdate(c *check, p, other *customer) {
	purse := c.purse(p)
	email, stray := c.maker.email(c.maker.phone()), c.maker.email(c.maker.phone())
	out := c.updateCall("an update with foreign fields", p.number, foreign(other.number).with(profile{"email": email}))
	inQuery := c.updateCall("an update with fields in its query", p.number, profile{"surname": "Новая"})
	inQuery.query = c.findCall("", "email", stray, "cardNumber", other.number, "cardState", "inactive").query
	body := c.send(out)
	c.send(inQuery)
	purse.nothing()
	if body.ok() { // a host that refuses the fields has not set them
		c.finds(p, "the address of the body finds the card of the path", "email", email)
	}
	c.findsNobody("the address of the query finds nobody", "email", stray)
	c.finds(other, "the other card is as before", "msisdn", other.phone, "email", other.email)
	c.isActive(p)
}

// isActive expects that a card is shown as active.
func (c *check) isActive(p *customer) {
	r := c.send(c.on("show the card", "getCard", p.number))
	r.hasCard(p.number)
	r.expect(r.doc.Leaf("card", "cardState") == "active", "cardState active", "cardState is %q", shorten(r.doc.Leaf("card", "cardState")))
}

func foreignInIssue(c *check, owner *customer) {
	usual := c.points("what a new card has", owner.number)
	p := c.person()
	r := c.issue("an issue with foreign fields", foreign(owner.number).with(p.profile()))
	if !r.ok() { // a host that refuses the fields has not set them
		c.findsNobody("nobody got a card", "msisdn", p.phone)
		return
	}
	c.made(p, r.number())
	r.expect(p.number != owner.number, "a card of his own", "the card of another customer is given")
	got := c.points("what the card has", p.number)
	c.expectGain(got, usual)
	c.finds(owner, "the other card is its holder's", "msisdn", owner.phone)
	c.isActive(p)
}

func foreignInReceipt(c *check, p *customer) {
	purse := c.purse(p)
	c.accepted("send a receipt", p, c.sale().String())
	want := purse.first("a receipt")
	body := profile{"points": 777_000, "bonus": "777000", "bonuses": 777_000, "amount": 777_000, "sum": "777000.00", "award": profile{"points": 777_000}}
	for name, value := range map[string]string{"cardNumber": p.number, "qrCode": c.sale().String()} {
		body[c.profile.PromoField(name)] = value
	}
	r := c.send(c.on("a receipt with points and sums beside its code", "submitQRCode", "").with(body))
	if !r.ok() { // a host that refuses the fields has not read them
		purse.nothing()
		return
	}
	purse.gains(want)
}

// names are values that show where a host shows them, each in one field.
func names() profile {
	return profile{"surname": "Одинцова", "firstname": "Двойра", "patronymic": "Трифоновна", "locality": "Четвертинск"}
}

// shown are the values of a customer that getAllUsersExtended shows, as far as
// they are among the given.
func (c *check) shown(p *customer, among profile) ([]string, *reply) {
	r := c.users("listUsersExtended")
	var found []string
	values := slices.Collect(maps.Values(valuesOf(r.doc, p.phone)))
	for _, value := range among {
		if text := fmt.Sprint(value); slices.Contains(values, text) {
			found = append(found, text)
		}
	}
	slices.Sort(found)
	return found, r
}

func keepsRest(c *check) {
	p := c.person()
	c.issueTo(p, p.profile().with(names()))
	before, _ := c.shown(p, names())
	if len(before) == 0 {
		c.note = "getAllUsersExtended shows no name, so nothing can be said"
		return
	}
	for _, body := range []profile{
		{"email": c.maker.email(c.maker.phone())}, {"birthDate": "1950-03-01", "surname": "", "firstname": "", "patronymic": "", "locality": ""},
	} {
		c.updated(p, "change one field", body)
		after, r := c.shown(p, names())
		r.expect(slices.Equal(before, after), "the names that it showed before", "it shows %d of %d names", len(after), len(before))
	}
}

// stored changes every name and expects as many new ones as were shown before.
func stored(c *check) {
	p := c.person()
	c.issueTo(p, p.profile().with(names()))
	before, _ := c.shown(p, names())
	longer := profile{"surname": "Одинцова-Переяславская-Заболотная", "firstname": "Двойра-Александрина-Виктория", "patronymic": "Трифоновна-Константиновна", "locality": "Четвертинск-на-Северной-Двине"}
	c.updated(p, "change the names", longer)
	after, r := c.shown(p, longer)
	r.expect(len(after) >= len(before), "the new names in place of those that it showed before", "it shows %d of %d new names", len(after), len(before))
}

func released(c *check, p, other *customer) {
	phone := c.maker.phone()
	email := c.maker.email(phone)
	c.updated(p, "replace phone and e-mail address", profile{"phone": phone, "email": email})
	c.updated(other, "another customer takes the old e-mail address", profile{"email": p.email})
	c.finds(other, "it finds the other customer's card", "email", p.email)
	next := &customer{phone: p.phone, email: c.maker.email(c.maker.phone()), birthDate: testBirthDate}
	if c.profile.Offers("issueCard") {
		r := c.issuedNew(next, "issue to the old phone", next.profile())
		r.expect(next.number != p.number, "a card of his own", "the card of the former owner is given")
		return
	}
	c.updated(other, "the other customer takes the old phone", profile{"phone": p.phone})
	c.finds(other, "it finds the other customer's card", "msisdn", p.phone)
}

func keepsPoints(c *check, p *customer) {
	if c.profile.Offers("submitQRCode") {
		c.prepareReceipt(p)
	}
	purse := c.purse(p)
	calls := []call{
		c.updateCall("change the name", p.number, profile{"surname": "Новая"}),
		c.channelsCall("set channels", p.number, []string{"sms"}, []string{"email"}),
	}
	if c.profile.Offers("issueCard") {
		calls = append(calls, c.issueCall("issue to the customer again", profile{"phone": p.phone}))
	}
	for _, out := range calls {
		c.send(out).taken()
		purse.nothing()
	}
}

// inOtherForms makes a call again with the customer's profile in other forms.
func (c *check) inOtherForms(out call, p *customer, want func(*reply)) {
	body := fmt.Sprintf(`{ "birthDate": %q, "firstname": %q, "surname": %q, "email": %q, "phone": %q }`, p.birthDate, testFirstname, testSurname, p.email, p.phone)
	for _, form := range []struct {
		how  string
		body []byte
	}{
		{"its keys in another order", []byte(body)},
		{"the phone as people write it", encode(p.profile().with(profile{"phone": spelled(p.phone)}))},
		{"a field more", encode(p.profile().with(profile{"favouriteColour": "green", "patronymic": ""}))},
	} {
		out.title, out.body = "the same issue again, "+form.how, form.body
		want(c.send(out))
	}
}
