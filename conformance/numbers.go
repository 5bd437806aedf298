package conformance

import (
	"math/big"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
)

// numberRules hold a host to card numbers as texts, and to a number that is
// given to one customer alone, whichever way it comes from.
func numberRules() []ruled {
	both := []string{"reserveCard", "issueReservedCard"}
	return []ruled{
		row(contract.Rule{ID: "find.same-as-card", Text: "The search, an issue and the card itself say the same of a card: its number, state and barcode.",
			Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: []string{"getCard", "updateUser"}, Writes: true},
			sameEverywhere,
			fault("search-state-differs", "The search shows a new card as inactive, which its number shows as active"),
			fault("search-barcode-differs", "The search shows another barcode than the card"),
			fault("state-differs-after-update", "A card whose holder was changed is inactive by its number and active in the search")),
		row(contract.Rule{ID: "reserve.exact-number", Text: "A reserved number is issued by that very text, and not with blanks or zeros before it.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
			reserved(func(c *check, number string) {
				p := c.person()
				for _, odd := range []spelling{{"with a blank before it", " " + number}, {"with a blank behind it", number + " "}, {"with a zero before it", "0" + number}} {
					c.send(c.issueOnCall("issue the number "+odd.how, odd.text, p.profile())).refused()
				}
				c.findsNobody("nobody got a card", "msisdn", p.phone)
				c.issued(p, number, p.profile())
			}),
			fault("reserved-number-trimmed", "A reserved number with blanks around it is issued"),
			fault("reserved-number-by-value", "A reserved number with a zero before it is issued")),
		row(contract.Rule{ID: "reserve.held", Text: "A reservation lasts beside others: another reservation, a look, another customer's card or a broken issue does not end it.",
			Mark: inferred, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
			func(c *check) {
				first := c.needNumber()
				p, other := c.person(), c.person()
				broken := c.issueOnCall("issue it with a body that breaks off", first, p.profile())
				broken.body = broken.body[:len(broken.body)-2]
				c.look("look at the reserved number", first)
				c.send(broken)
				second := c.needNumber()
				c.issued(other, second, other.profile())
				c.send(c.issueOnCall("issue the number that was reserved first", first, p.profile())).done()
				p.number = first
				c.finds(p, "search by phone", "msisdn", p.phone)
			},
			fault("reservation-ends-the-last", "A reservation ends the one before it"),
			fault("reservation-ended-by-look", "A look at a reserved number ends its reservation"),
			fault("reservation-ended-by-broken-body", "An issue whose body breaks off ends the reservation"),
			fault("reservation-ended-by-issue", "An issue of one reserved number ends the reservations of the others")),
		row(contract.Rule{ID: "reserve.two-customers", Text: "A reserved number is not issued to the phone of one customer with the e-mail address of another, and stays free.",
			Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
			reserved(func(c *check, number string) {
				c.withTwo(func(anna, boris *customer) {
					p := c.person()
					c.send(c.issueOnCall("issue to the phone of one customer with the e-mail address of another", number, profile{"phone": anna.phone, "email": boris.email})).refused()
					c.finds(anna, "the first one is as before", "msisdn", anna.phone, "email", anna.email)
					c.finds(boris, "so is the second one", "msisdn", boris.phone, "email", boris.email)
					c.issued(p, number, p.profile())
				})
			}),
			fault("reserved-goes-to-the-phone", "A reserved number is issued to the phone of one customer with the email of another")),
		row(contract.Rule{ID: "reserve.neighbours", Text: "Numbers like a reserved one, of the same length and with a good check digit, are not issued without a reservation of their own.",
			Mark: inferred, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
			reserved(neighbours),
			fault("own-numbers-need-no-reservation", "Every number that looks like the host's own is issued without a reservation")),
		row(contract.Rule{ID: "reserve.second-card", Text: "A reserved number that a customer with a card takes is a card from then on, and the points of the first stay.",
			Mark: inferred, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: append([]string{"getCard"}, both...), Writes: true},
			reserved(secondCard),
			fault("second-number-lost", "A reserved number that a customer with a card takes is confirmed and not stored"),
			fault("second-card-clears-points", "A second card clears the points of the first")),
		row(contract.Rule{ID: "issue.foreign-email", Text: "An issue to a new phone with the e-mail address of a customer who has another phone leaves that customer's card and phone as they are.",
			Mark: inferred, Source: fromSafety, Since: v120, Severity: contract.Critical, Methods: []string{"issueCard"}, Writes: true},
			func(c *check) {
				c.keepsEmailOwner(func(body profile) call {
					return c.issueCall("issue to a new phone with another's e-mail address", body)
				})
			},
			fault("issue-takes-account", "An issue with another's email takes over his account")),
		row(contract.Rule{ID: "reserve.foreign-email", Text: "A reserved number that is issued to a new phone with the e-mail address of a customer who has another phone leaves that customer's card and phone as they are.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
			reserved(func(c *check, number string) {
				c.keepsEmailOwner(func(body profile) call {
					return c.issueOnCall("issue the number to a new phone with another's e-mail address", number, body)
				})
			}),
			fault("reserved-takes-account", "A reserved number that is issued with another's email takes over his account")),
		row(contract.Rule{ID: "issue.other-digits", Text: "A phone in digits of another script is refused or is the customer's whose phone it is, and never gets a second card.",
			Mark: inferred, Source: fromSafety, Since: v120, Severity: contract.Critical, Methods: []string{"issueCard"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				for _, zero := range []rune{'٠', '０'} {
					out := c.issueCall("issue to the phone in digits of another script", p.profile().with(profile{"phone": inScript(p.phone, zero)}))
					r := c.send(out)
					r.expect(!r.ok() || r.number() == p.number, "422, or the customer's card", "%s is answered", r.cardSaid())
				}
			}),
			fault("other-digits-get-a-card", "A phone in digits of another script gets a second card")),
		row(contract.Rule{ID: "issue.other-countries", Text: "A phone of another country is taken, and finds the card.",
			Mark: inferred, Source: fromMethods, Since: v120, Severity: contract.Major, Methods: []string{"issueCard"}, Writes: true},
			func(c *check) {
				p := c.person()
				p.phone = "490" + p.phone[1:] // no German area code begins so
				c.issuedNew(p, "issue to a German phone", p.profile())
				c.finds(p, "search by it", "msisdn", p.phone)
			},
			fault("russian-phones-only", "Phones of other countries are refused")),
		row(contract.Rule{ID: "issue.other-name-same-card", Text: "The same phone with another surname and birth date is the same customer and gets the same card.",
			Mark: inferred, Source: fromReason, Since: v120, Severity: contract.Critical, Methods: []string{"issueCard"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				c.sameCard(p, "the phone with another surname and birth date", profile{"phone": p.phone, "surname": "Иная", "firstname": "Другая", "birthDate": "1951-03-01"})
			}),
			fault("surname-makes-customer", "The same phone with another surname makes a second customer")),
		row(contract.Rule{ID: "issue.not-reserved", Text: "A number that is reserved is not given to another customer by POST /v1/card/anonymous, nor is a number reserved that was.",
			Mark: inferred, Source: fromReason, Since: v120, Severity: contract.Critical, Methods: append([]string{"issueCard"}, both...), Writes: true},
			issuedBesideReserved,
			fault("issue-takes-reserved", "A new card gets a number that is reserved for another")),
		row(contract.Rule{ID: "pool.not-issued", Text: "POST /v1/card/anonymous does not give a number that was handed over to Koshelek.",
			Mark: inferred, Source: fromGuess, Since: v120, Severity: contract.Major, Methods: []string{"issueCard"}, Writes: true, Needs: contract.NeedsPool},
			func(c *check) {
				for range 3 {
					p := c.person()
					r := c.issuedNew(p, "issue a card", p.profile())
					r.expect(!slices.Contains(c.profile.Data.Pool, p.number), "a number that was not handed over", "a number of the pool is given")
				}
			},
			fault("issue-takes-pooled", "A new card gets a number of the pool")),
		row(contract.Rule{ID: "typed.as-text", Text: "A card number is a text: neither the same value in another spelling nor the number with blanks, nor its end, shows the card.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"getCard"}},
			knownCard(func(c *check, p *customer) {
				for _, odd := range lookalikes(p.number) {
					onlyThat(odd.text)(c.send(c.on("type a card number "+odd.how, "getCard", odd.text)))
				}
			}),
			fault("number-by-value", "Card numbers are compared as numbers"),
			fault("number-by-float", "Card numbers are compared as floating point numbers"),
			fault("number-wraps", "Card numbers are compared as numbers of 64 bits that overflow"),
			fault("number-wraps-early", "Card numbers are compared as numbers of 32 bits that overflow"),
			fault("number-trimmed", "Blanks around a card number are cut off"),
			fault("number-ungrouped", "Blanks and hyphens within a card number are left out"),
			fault("number-until-a-letter", "A letter behind a card number is cut off"),
			fault("number-by-tail", "The last digits of a number show the card"),
			fault("number-of-other-digits", "Digits of other scripts are taken for those of a card number"),
			fault("number-as-hex", "A card number may be written in hexadecimal digits")),
		row(contract.Rule{ID: "typed.every-method", Text: "No method of a card takes a part of its number, a longer number or a wildcard for the card.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"getCard"}, Writes: true},
			everyMethodExact,
			fault("update-by-value", "An update compares card numbers as numbers"),
			fault("channels-by-prefix", "Channels are set on the card whose number begins so"),
			fault("history-by-tail", "The last digits of a number give its history"),
			fault("offers-like", "The number of a card whose offers are listed is a pattern"),
			fault("receipt-by-prefix", "A receipt counts for the card whose number begins so"),
			fault("code-by-value", "A promo code counts for a card number that is the same value")),
		row(contract.Rule{ID: "typed.words", Text: "Words that programs know, such as constructor and null, are no card numbers.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Major, Methods: []string{"getCard"}},
			func(c *check) {
				for _, word := range []string{"constructor", "__proto__", "toString", "null", "undefined", "NaN", "true", "-1"} {
					c.send(c.on("type the word "+word+" for a number", "getCard", word)).refused()
				}
			},
			fault("word-is-a-card", "The name of a property of every object is a card")),
		row(contract.Rule{ID: "typed.percent-encoded", Text: "A digit that is percent-encoded in the path is the same digit.",
			Mark: inferred, Source: fromRFC3986, Since: v100, Severity: contract.Minor, Methods: []string{"getCard"}},
			knownCard(func(c *check, p *customer) {
				out := c.on("show the card, a digit of its number percent-encoded", "getCard", "")
				digit := p.number[0]
				out.path += "%" + strings.ToUpper(big.NewInt(int64(digit)).Text(16)) + p.number[1:]
				c.send(out).hasCard(p.number)
			}),
			fault("number-not-decoded", "A percent-encoded digit in a card number is not read")),
	}
}

// spelling is a value in another form, with words for it.
type spelling struct{ how, text string }

// lookalikes are texts that a careless comparison takes for a number.
func lookalikes(number string) []spelling {
	all := []spelling{
		{"with a blank before it", " " + number}, {"with a blank behind it", number + " "}, {"with a blank within", number[:len(number)/2] + " " + number[len(number)/2:]},
		{"with a hyphen within", number[:len(number)/2] + "-" + number[len(number)/2:]}, {"with a tab before it", "\t" + number}, {"with a letter behind it", number + "x"},
		{"with an underscore within", number[:1] + "_" + number[1:]}, {"without its first digit", number[1:]}, {"its last digits", number[len(number)/2:]},
	}
	value, whole := new(big.Int).SetString(number, 10)
	if !whole || strings.Trim(number, "0123456789") != "" {
		return all
	}
	more := func(bits uint) string { return new(big.Int).Add(value, new(big.Int).Lsh(big.NewInt(1), bits)).String() }
	return append(all,
		spelling{"with a zero before it", "0" + number}, spelling{"with zeros before it", "000" + number}, spelling{"with a plus", "+" + number},
		spelling{"as a power of ten", number + "e0"}, spelling{"in hexadecimal digits", "0x" + value.Text(16)},
		spelling{"2^32 more", more(32)}, spelling{"2^64 more", more(64)},
		spelling{"in Arabic digits", inScript(number, '٠')}, spelling{"in full-width digits", inScript(number, '０')},
	)
}

// inScript writes digits in another script, by its zero.
func inScript(digits string, zero rune) string {
	return strings.Map(func(r rune) rune { return r - '0' + zero }, digits)
}

// everyMethodExact calls every method of a card with numbers that are not its
// own. Numbers that happen to be cards are left alone.
func everyMethodExact(c *check) {
	p := c.fresh()
	n := len(p.number)
	for _, odd := range []spelling{
		{"with a zero before it", "0" + p.number}, {"without its last digit", p.number[:n-1]}, {"without its first digit", p.number[1:]}, {"with a wildcard", p.number[:n-1] + "_"},
	} {
		shown := c.look("is it a card? the number "+odd.how, odd.text)
		if shown.ok() {
			onlyThat(odd.text)(shown)
			continue
		}
		for _, out := range c.callsOn(odd.text) {
			out.title += ", the number " + odd.how
			c.send(out).refused()
		}
	}
}

// callsOn are calls of the methods of one card, but for the look at it, with
// everything right but the number.
func (c *check) callsOn(number string) []call {
	all := []call{c.updateCall("update the holder", number, profile{"surname": testSurname}), c.channelsCall("set channels", number, nil, []string{"sms"})}
	history := c.on("list purchases", "listPurchases", number)
	history.query = "startDate=2026-01-01"
	all = append(all, history)
	if c.profile.Offers("listCampaigns") {
		all = append(all, c.on("list offers", "listCampaigns", number))
	}
	if c.profile.Offers("submitQRCode") {
		all = append(all, c.receiptCall("send a receipt", number, c.sale().String()))
	}
	if c.profile.Offers("submitPromoCode") {
		all = append(all, c.codeCall("send a promo code", number, c.goodCode()))
	}
	return all
}

// sameEverywhere compares what is said of a card in different places.
func sameEverywhere(c *check) {
	p := c.fresh()
	email := c.maker.email(c.maker.phone())
	c.agree(p, p.email)
	c.send(c.updateCall("change the e-mail address", p.number, profile{"email": email})).taken()
	c.agree(p, email)
}

// agree expects that search and card say the same.
func (c *check) agree(p *customer, email string) {
	card := c.look("show the card", p.number)
	card.hasCard(p.number)
	calls := []call{c.findCall("search by phone", "msisdn", p.phone), c.findCall("search by e-mail address", "email", email)}
	if c.profile.Offers("issueCard") {
		calls = append(calls, c.issueCall("issue to the customer again", profile{"phone": p.phone}))
	}
	for _, out := range calls {
		r := c.send(out)
		r.hasCard(p.number)
		for _, field := range [][]string{{"card", "cardState"}, {"card", "barcode", "barcodeNumber"}, {"card", "barcode", "barcodeType"}} {
			name := field[len(field)-1]
			r.expect(r.doc.Leaf(field...) == card.doc.Leaf(field...), name+" as the card shows it", "%s is another than the card shows", name)
		}
	}
}

// withTwo hands on two customers whom the call is not to change.
func (c *check) withTwo(do func(anna, boris *customer)) {
	anna := c.shared("anna")
	boris := c.shared("boris")
	do(anna, boris)
}

func issuedBesideReserved(c *check) {
	var numbers []string
	for range 2 {
		number := c.needNumber()
		numbers = append(numbers, number)
	}
	for range 2 {
		p := c.person()
		r := c.issuedNew(p, "issue a card to another customer", p.profile())
		r.expect(!slices.Contains(numbers, p.number), "a number of its own", "the number was reserved before")
		numbers = append(numbers, p.number)
	}
	number, r := c.reserve("reserve another number")
	r.expect(!slices.Contains(numbers, number), "a number of its own", "the number was given before")
	p := c.person()
	c.issued(p, numbers[0], p.profile())
}

// neighbours tries numbers that the host might have given out, on both sides of
// one that it did and far from it, for the host's range may end on one side. How
// far is drawn, for hosts step through their ranges in any steps. A number may by
// chance be reserved or handed over, so only two that are taken are a fault.
func neighbours(c *check, number string) {
	tried, taken := 0, 0
	for _, side := range []int64{1, -1, 1, -1} {
		const nearest, farthest = 1_000, 100_000
		other := neighbour(number, side*(nearest+c.maker.random.Int64N(farthest-nearest)))
		if other == "" {
			continue
		}
		tried++
		p := c.person()
		r := c.issueOn("issue a number that nobody reserved", other, p.profile())
		if !r.ok() || taken > 0 {
			r.refused()
			continue
		}
		taken++
		c.made(p, other)
	}
	if tried == 0 {
		c.note = "the host's numbers are not digits, so none can be made up"
	}
}

// neighbour is a number of the same length, so far away, "" for none. A check
// digit stays right.
func neighbour(number string, apart int64) string {
	value, whole := new(big.Int).SetString(number, 10)
	if !whole || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	checked := checkDigit(number)
	if checked {
		value.Div(value, big.NewInt(10))
	}
	if value.Add(value, big.NewInt(apart)).Sign() < 0 {
		return ""
	}
	text := value.String()
	for digit := 0; checked && digit < 10; digit++ {
		if with := text + string(rune('0'+digit)); checkDigit(with) {
			text, checked = with, false
		}
	}
	if len(text) > len(number) {
		return ""
	}
	return strings.Repeat("0", len(number)-len(text)) + text
}

func secondCard(c *check, number string) {
	p := c.fresh()
	if c.profile.Offers("submitQRCode") {
		c.prepareReceipt(p)
	}
	before := c.points("points before", p.number)
	r := c.issueOn("issue a reserved number to the customer", number, profile{"phone": p.phone})
	if !r.ok() {
		r.refused() // reserve.attach has it
		return
	}
	shown := c.look("show the second card", number)
	shown.hasCard(number)
	if second := amount(shown.doc.Leaf("card", "bonus", "total")); second != nil && second.Cmp(before) >= 0 {
		return // the customer's points show on each of the cards
	}
	first := c.points("points after", p.number)
	c.atLeast(first, before)
}

// keepsEmailOwner issues with the e-mail address of a customer who has another
// phone. Whatever is answered, that customer's card is not given away.
func (c *check) keepsEmailOwner(of func(profile) call) {
	owner := c.fresh()
	p := c.person()
	c.send(of(p.profile().with(profile{"email": owner.email})))
	c.finds(owner, "the other customer's phone finds the card", "msisdn", owner.phone)
	r := c.send(c.findCall("the new phone does not find it", "msisdn", p.phone))
	r.expect(r.number() != owner.number, "another card or none", "the card of the other customer is answered")
	c.finds(owner, "the other customer's address finds the card", "email", owner.email)
}
