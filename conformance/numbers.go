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
		{contract.Rule{ID: "find.same-as-card", Text: "The search, an issue and the card itself say the same of a card: its number, state and barcode.",
			Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: []string{"getCard", "updateUser"}, Writes: true},
			sameEverywhere, []Fault{
				{Name: "search-state-differs", Breaks: "The search shows a new card as inactive, which its number shows as active"},
				{Name: "search-barcode-differs", Breaks: "The search shows another barcode than the card"},
				{Name: "state-differs-after-update", Breaks: "A card whose holder was changed is inactive by its number and active in the search"},
			}},
		{contract.Rule{ID: "reserve.exact-number", Text: "A reserved number is issued by that very text, and not with blanks or zeros before it.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
			reserved(exactReservation), []Fault{
				{Name: "reserved-number-trimmed", Breaks: "A reserved number with blanks around it is issued"},
				{Name: "reserved-number-by-value", Breaks: "A reserved number with a zero before it is issued"},
			}},
		{contract.Rule{ID: "reserve.held", Text: "A reservation lasts beside others: another reservation, a look, another customer's card or a broken issue does not end it.",
			Mark: inferred, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: both, Writes: true},
			heldReservation, []Fault{
				{Name: "reservation-ends-the-last", Breaks: "A reservation ends the one before it"},
				{Name: "reservation-ended-by-look", Breaks: "A look at a reserved number ends its reservation"},
				{Name: "reservation-ended-by-broken-body", Breaks: "An issue whose body breaks off ends the reservation"},
				{Name: "reservation-ended-by-issue", Breaks: "An issue of one reserved number ends the reservations of the others"},
			}},
		{contract.Rule{ID: "reserve.two-customers", Text: "A reserved number is not issued to the phone of one customer with the e-mail address of another, and stays free.",
			Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical, Methods: both, Writes: true},
			reserved(reservedForTwo), []Fault{
				{Name: "reserved-goes-to-the-phone", Breaks: "A reserved number is issued to the phone of one customer with the email of another"},
			}},
		{contract.Rule{ID: "issue.not-reserved", Text: "A number that is reserved is not given to another customer by POST /v1/card/anonymous, nor is a number reserved that was.",
			Mark: inferred, Source: fromReason, Since: v120, Severity: contract.Critical, Methods: append([]string{"issueCard"}, both...), Writes: true},
			issuedBesideReserved, []Fault{
				{Name: "issue-takes-reserved", Breaks: "A new card gets a number that is reserved for another"},
			}},
		{contract.Rule{ID: "pool.not-issued", Text: "POST /v1/card/anonymous does not give a number that was handed over to Koshelek.",
			Mark: inferred, Source: fromGuess, Since: v120, Severity: contract.Major, Methods: []string{"issueCard"}, Writes: true, Needs: contract.NeedsPool},
			issuedBesidePool, []Fault{
				{Name: "issue-takes-pooled", Breaks: "A new card gets a number of the pool"},
			}},
		{contract.Rule{ID: "typed.as-text", Text: "A card number is a text: neither the same value in another spelling nor the number with blanks, nor its end, shows the card.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"getCard"}},
			knownCard(asText), []Fault{
				{Name: "number-by-value", Breaks: "Card numbers are compared as numbers"},
				{Name: "number-by-float", Breaks: "Card numbers are compared as floating point numbers"},
				{Name: "number-wraps", Breaks: "Card numbers are compared as numbers of 64 bits that overflow"},
				{Name: "number-wraps-early", Breaks: "Card numbers are compared as numbers of 32 bits that overflow"},
				{Name: "number-trimmed", Breaks: "Blanks around a card number are cut off"},
				{Name: "number-ungrouped", Breaks: "Blanks and hyphens within a card number are left out"},
				{Name: "number-by-tail", Breaks: "The last digits of a number show the card"},
				{Name: "number-of-other-digits", Breaks: "Digits of other scripts are taken for those of a card number"},
				{Name: "number-as-hex", Breaks: "A card number may be written in hexadecimal digits"},
			}},
		{contract.Rule{ID: "typed.every-method", Text: "No method of a card takes a part of its number, a longer number or a wildcard for the card.",
			Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"getCard"}, Writes: true},
			everyMethodExact, []Fault{
				{Name: "update-by-value", Breaks: "An update compares card numbers as numbers"},
				{Name: "channels-by-prefix", Breaks: "Channels are set on the card whose number begins so"},
				{Name: "history-by-tail", Breaks: "The last digits of a number give its history"},
				{Name: "offers-like", Breaks: "The number of a card whose offers are listed is a pattern"},
				{Name: "receipt-by-prefix", Breaks: "A receipt counts for the card whose number begins so"},
				{Name: "code-by-value", Breaks: "A promo code counts for a card number that is the same value"},
			}},
		{contract.Rule{ID: "typed.percent-encoded", Text: "A digit that is percent-encoded in the path is the same digit.",
			Mark: inferred, Source: fromRFC3986, Since: v100, Severity: contract.Minor, Methods: []string{"getCard"}},
			knownCard(encodedDigits), []Fault{
				{Name: "number-not-decoded", Breaks: "A percent-encoded digit in a card number is not read"},
			}},
	}
}

// spelling is a value in another form, with words for it.
type spelling struct{ how, text string }

// lookalikes are texts that a careless comparison takes for a number.
func lookalikes(number string) []spelling {
	all := []spelling{
		{"with a blank before it", " " + number}, {"with a blank behind it", number + " "}, {"with a blank within", number[:len(number)/2] + " " + number[len(number)/2:]},
		{"with a hyphen within", number[:len(number)/2] + "-" + number[len(number)/2:]}, {"without its first digit", number[1:]}, {"its last digits", number[len(number)/2:]},
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

func asText(c *check, p *customer) error {
	for _, odd := range lookalikes(p.number) {
		if err := c.expecting(c.on("type a card number "+odd.how, "getCard", odd.text), onlyThat(odd.text)); err != nil {
			return err
		}
	}
	return nil
}

func encodedDigits(c *check, p *customer) error {
	out := c.on("show the card, a digit of its number percent-encoded", "getCard", "")
	digit := p.number[0]
	out.path += "%" + strings.ToUpper(big.NewInt(int64(digit)).Text(16)) + p.number[1:]
	return c.expecting(out, func(r *reply) error { return r.hasCard(p.number) })
}

// everyMethodExact calls every method of a card with numbers that are not its
// own. Numbers that happen to be cards are left alone.
func everyMethodExact(c *check) error {
	p, err := c.fresh()
	if err != nil {
		return err
	}
	n := len(p.number)
	for _, odd := range []spelling{
		{"with a zero before it", "0" + p.number}, {"without its last digit", p.number[:n-1]}, {"without its first digit", p.number[1:]}, {"with a wildcard", p.number[:n-1] + "_"},
	} {
		shown, err := c.look("is it a card? the number "+odd.how, odd.text)
		if err != nil {
			return err
		}
		if shown.ok() {
			if err := onlyThat(odd.text)(shown); err != nil {
				return err
			}
			continue
		}
		for _, out := range c.callsOn(odd.text) {
			out.title += ", the number " + odd.how
			if err := c.expecting(out, (*reply).refused); err != nil {
				return err
			}
		}
	}
	return nil
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
func sameEverywhere(c *check) error {
	p, err := c.fresh()
	if err != nil {
		return err
	}
	email := c.maker.email(c.maker.phone())
	return all(
		func() error { return c.agree(p, p.email) },
		func() error {
			return c.expecting(c.updateCall("change the e-mail address", p.number, profile{"email": email}), (*reply).taken)
		},
		func() error { return c.agree(p, email) },
	)
}

// agree expects that search and card say the same.
func (c *check) agree(p *customer, email string) error {
	card, err := c.look("show the card", p.number)
	if err != nil {
		return err
	}
	if err := card.hasCard(p.number); err != nil {
		return err
	}
	calls := []call{c.findCall("search by phone", "msisdn", p.phone), c.findCall("search by e-mail address", "email", email)}
	if c.profile.Offers("issueCard") {
		calls = append(calls, c.issueCall("issue to the customer again", profile{"phone": p.phone}))
	}
	for _, out := range calls {
		err := c.expecting(out, func(r *reply) error {
			if err := r.hasCard(p.number); err != nil {
				return err
			}
			for _, field := range [][]string{{"card", "cardState"}, {"card", "barcode", "barcodeNumber"}, {"card", "barcode", "barcodeType"}} {
				name := field[len(field)-1]
				if err := r.expect(r.doc.Leaf(field...) == card.doc.Leaf(field...), name+" as the card shows it", "%s is another than the card shows", name); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func exactReservation(c *check, number string) error {
	p := c.person()
	for _, odd := range []spelling{{"with a blank before it", " " + number}, {"with a blank behind it", number + " "}, {"with a zero before it", "0" + number}} {
		if err := c.expecting(c.issueOnCall("issue the number "+odd.how, odd.text, p.profile()), (*reply).refused); err != nil {
			return err
		}
	}
	return all(
		func() error { return c.findsNobody("nobody got a card", "msisdn", p.phone) },
		func() error { return c.issued(p, number, p.profile()) },
	)
}

func heldReservation(c *check) error {
	first, err := c.needNumber()
	if err != nil {
		return err
	}
	p, other := c.person(), c.person()
	broken := c.issueOnCall("issue it with a body that breaks off", first, p.profile())
	broken.body = broken.body[:len(broken.body)-2]
	if _, err := c.look("look at the reserved number", first); err != nil {
		return err
	}
	if _, err := c.send(broken); err != nil {
		return err
	}
	second, err := c.needNumber()
	if err != nil {
		return err
	}
	return all(
		func() error { return c.issued(other, second, other.profile()) },
		func() error {
			return c.expecting(c.issueOnCall("issue the number that was reserved first", first, p.profile()), (*reply).done)
		},
		func() error { p.number = first; return c.finds(p, "search by phone", "msisdn", p.phone) },
	)
}

func reservedForTwo(c *check, number string) error {
	return c.withTwo(func(anna, boris *customer) error {
		p := c.person()
		return all(
			func() error {
				return c.expecting(c.issueOnCall("issue to the phone of one customer with the e-mail address of another", number, profile{"phone": anna.phone, "email": boris.email}), (*reply).refused)
			},
			func() error {
				return c.finds(anna, "the first one is as before", "msisdn", anna.phone, "email", anna.email)
			},
			func() error {
				return c.finds(boris, "so is the second one", "msisdn", boris.phone, "email", boris.email)
			},
			func() error { return c.issued(p, number, p.profile()) },
		)
	})
}

// withTwo hands on two customers whom the call is not to change.
func (c *check) withTwo(do func(anna, boris *customer) error) error {
	anna, err := c.shared("anna")
	if err != nil {
		return err
	}
	boris, err := c.shared("boris")
	if err != nil {
		return err
	}
	return do(anna, boris)
}

func issuedBesideReserved(c *check) error {
	var numbers []string
	for range 2 {
		number, err := c.needNumber()
		if err != nil {
			return err
		}
		numbers = append(numbers, number)
	}
	for range 2 {
		p := c.person()
		r, err := c.issuedNew(p, "issue a card to another customer", p.profile())
		if err != nil {
			return err
		}
		if err := r.expect(!slices.Contains(numbers, p.number), "a number of its own", "the number was reserved before"); err != nil {
			return err
		}
		numbers = append(numbers, p.number)
	}
	number, r, err := c.reserve("reserve another number")
	if err != nil {
		return err
	}
	if err := r.expect(!slices.Contains(numbers, number), "a number of its own", "the number was given before"); err != nil {
		return err
	}
	p := c.person()
	return c.issued(p, numbers[0], p.profile())
}

func issuedBesidePool(c *check) error {
	for range 3 {
		p := c.person()
		r, err := c.issuedNew(p, "issue a card", p.profile())
		if err != nil {
			return err
		}
		if err := r.expect(!slices.Contains(c.profile.Data.Pool, p.number), "a number that was not handed over", "a number of the pool is given"); err != nil {
			return err
		}
	}
	return nil
}
