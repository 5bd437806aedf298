package conformance

import (
	"fmt"
	"math/big"
	"slices"

	"koshelek-adapter/conformance/contract"
)

// raceDifferentRules are calls of different things at one moment: each has to
// hold as if it had come alone.
func raceDifferentRules() []ruled {
	return []ruled{
		{
			Rule:   since(race("two-receipts", "Different receipts of one card at one moment all count.", contract.Critical, "submitQRCode", "getCard"), v110),
			check:  withFresh(raceReceipts),
			faults: []Fault{{Name: "race-receipt-lost", Breaks: "Of two receipts at one moment the points of one are lost"}},
		},
		{
			Rule:   since(needsCode(race("receipt-and-code", "A receipt and a promo code of one card at one moment both count.", contract.Critical, "submitQRCode", "submitPromoCode", "getCard")), v130),
			check:  twoCards(raceReceiptAndCode),
			faults: []Fault{{Name: "race-code-or-receipt-lost", Breaks: "Of a receipt and a code at one moment the points of one are lost"}},
		},
		{
			Rule:   race("two-fields", "Phone and e-mail address of one customer that change at one moment both stay.", contract.Critical, "updateUser"),
			check:  withFresh(raceFields),
			faults: []Fault{{Name: "race-field-lost", Breaks: "Of two updates at one moment the fields of one are lost"}},
		},
		{
			Rule:   race("two-channels", "Different channels of one customer that are set at one moment all hold.", contract.Critical, "setChannels", "listUsersExtended"),
			check:  withFresh(raceChannels),
			faults: []Fault{{Name: "race-channel-lost", Breaks: "Of two changes of channels at one moment one is lost"}},
		},
		{
			Rule:   race("phone", "One phone, many customers at one moment: one of them gets it.", contract.Critical, "updateUser"),
			check:  func(c *check) error { return raceForContact(c, "phone", "phone", "msisdn", c.maker.phone()) },
			faults: []Fault{{Name: "race-phone-taken-twice", Breaks: "Two at one moment take one phone"}},
		},
		{
			Rule:   since(race("issue-many", "Many customers at one moment get each a card with a number of its own.", contract.Critical, "issueCard"), v120),
			check:  raceIssues,
			faults: []Fault{{Name: "race-one-card-for-two", Breaks: "Two customers at one moment get one number"}},
		},
		{
			Rule:   race("reads", "Reads of different cards at one moment give each its own card.", contract.Critical, "getCard"),
			check:  raceReads,
			faults: []Fault{{Name: "race-answers-mixed", Breaks: "Of two reads at one moment one gives the other's card"}},
		},
		{
			Rule:   historyOf(race("histories", "Histories of different days at one moment give each its own days.", contract.Major, "listPurchases")),
			check:  history(raceHistories),
			faults: []Fault{{Name: "race-days-mixed", Breaks: "Of two histories at one moment one has the other's days"}},
		},
		{
			Rule:   race("read-while-written", "A card that is written to at this moment can be read.", contract.Critical, "updateUser", "getCard"),
			check:  withFresh(raceReadAndWrite),
			faults: []Fault{{Name: "race-card-gone-meanwhile", Breaks: "A card whose holder is updated is gone for a moment"}},
		},
	}
}

func historyOf(r contract.Rule) contract.Rule {
	r.Needs, r.Writes = contract.NeedsHistory, false
	return r
}

// raceRounds is how often a race of a few calls is run.
const raceRounds = 3

func raceReceipts(c *check, p *customer) error {
	purse, err := c.purse(p)
	if err != nil {
		return err
	}
	if err := c.accepted("what a receipt gives alone", p, c.sale().String()); err != nil {
		return err
	}
	want, err := purse.first("a receipt")
	if err != nil {
		return err
	}
	var calls []call
	for range 4 {
		calls = append(calls, c.receiptCall("send different receipts at one moment", p.number, c.sale().String()))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	if err := c.someTaken(replies); err != nil {
		return err
	}
	return purse.gains(times(processed(replies), want))
}

// processed counts the calls that were processed.
func processed(replies []*reply) (n int) {
	for _, r := range replies {
		if r.ok() {
			n++
		}
	}
	return n
}

func raceReceiptAndCode(c *check, p, control *customer) error {
	alone, err := c.purse(control)
	if err != nil {
		return err
	}
	mine, err := c.purse(p)
	if err != nil {
		return err
	}
	var gains []*big.Rat
	for i, out := range []call{
		c.receiptCall("what a receipt gives alone", control.number, c.sale().String()), c.codeCall("what a code gives alone", control.number, c.goodCode()),
	} {
		if err := c.expecting(out, (*reply).done); err != nil {
			return err
		}
		gained, err := alone.first([]string{"a receipt", "a promo code"}[i])
		if err != nil {
			return err
		}
		gains = append(gains, gained)
	}
	replies, err := c.atOnce([]call{
		c.receiptCall("send a receipt and a code at one moment", p.number, c.sale().String()), c.codeCall("send a code and a receipt at one moment", p.number, c.goodCode()),
	})
	if err != nil {
		return err
	}
	for _, r := range replies {
		if err := r.differs(r.ok(), "status 200", "the status is %d", r.Answer.Status); err != nil {
			return err
		}
	}
	return mine.gains(new(big.Rat).Add(gains[0], gains[1]))
}

// raceFields changes phone and e-mail address in two calls. What was taken has to
// find the card.
func raceFields(c *check, p *customer) error {
	for range raceRounds {
		phone := c.maker.phone()
		email := c.maker.email(phone)
		replies, err := c.atOnce([]call{
			c.updateCall("change the phone while the e-mail address changes", p.number, profile{"phone": phone}),
			c.updateCall("change the e-mail address while the phone changes", p.number, profile{"email": email}),
		})
		if err != nil {
			return err
		}
		if err := c.someTaken(replies); err != nil {
			return err
		}
		for i, search := range [][]string{{"msisdn", phone}, {"email", email}} {
			if !replies[i].ok() {
				continue
			}
			if err := c.finds(p, "what changed at one moment with another field finds the card", search...); err != nil {
				return err
			}
		}
	}
	return nil
}

func raceChannels(c *check, p *customer) error {
	channels := []string{"sms", "email", "call", "push"}
	for round := range raceRounds {
		want := map[string]string{}
		var calls []call
		for i, channel := range channels {
			if (i+round)%2 == 0 {
				want[channel] = "allow"
				calls = append(calls, c.channelsCall("allow "+channel+" while others change", p.number, []string{channel}, nil))
				continue
			}
			want[channel] = "deny"
			calls = append(calls, c.channelsCall("deny "+channel+" while others change", p.number, nil, []string{channel}))
		}
		replies, err := c.atOnce(calls)
		if err != nil {
			return err
		}
		if err := c.someTaken(replies); err != nil {
			return err
		}
		for i, r := range replies {
			if !r.ok() {
				delete(want, channels[i])
			}
		}
		if err := c.channelsAre(p, want); err != nil {
			return err
		}
	}
	return nil
}

func raceIssues(c *check) error {
	var customers []*customer
	var calls []call
	for range fewTwins {
		p := c.person()
		customers, calls = append(customers, p), append(calls, c.issueCall("issue to many customers at one moment", p.profile()))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	if err := c.someTaken(replies); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, r := range replies {
		if !r.ok() {
			continue
		}
		if err := r.differs(r.number() != "" && !seen[r.number()], "a card of his own", "two customers got one card, or none"); err != nil {
			return err
		}
		seen[r.number()] = true
		c.made(customers[i], r.number())
	}
	for i, r := range replies {
		if !r.ok() {
			continue
		}
		if err := c.finds(customers[i], "the customer finds the card that was issued", "msisdn", customers[i].phone); err != nil {
			return err
		}
	}
	c.forgetSearches()
	return nil
}

// raceReads reads the cards of four customers in every way at one moment.
func raceReads(c *check) error {
	var customers []*customer
	for _, name := range []string{"anna", "boris", "vera", "gleb"} {
		p, err := c.shared(name)
		if err != nil {
			return err
		}
		customers = append(customers, p)
	}
	var calls []call
	var want []string
	for range 2 {
		for _, of := range []func(p *customer) call{
			func(p *customer) call { return c.on("read many cards at one moment", "getCard", p.number) },
			func(p *customer) call { return c.findCall("search for many phones at one moment", "msisdn", p.phone) },
			func(p *customer) call { return c.findCall("search for many addresses at one moment", "email", p.email) },
		} {
			for _, p := range customers { // neighbours are different customers
				calls, want = append(calls, of(p)), append(want, p.number)
			}
		}
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	for i, r := range replies {
		if err := r.differs(r.ok() && r.number() == want[i], "the card that was asked for", "%s is answered, with status %d", r.cardSaid(), r.Answer.Status); err != nil {
			return err
		}
	}
	return nil
}

func raceHistories(c *check, h *bought) error {
	days := slices.Compact(slices.Clone(h.days))
	if len(days) < 2 {
		return &lacking{"data.history must be a card with purchases on two days or more"}
	}
	var calls []call
	var want []int
	for i := range 16 {
		day := days[i%len(days)]
		out := c.on("list single days at one moment", "listPurchases", c.profile.Data.History)
		out.query = "startDate=" + day + "&endDate=" + day
		lines := 0
		for _, other := range h.days {
			if other == day {
				lines++
			}
		}
		calls, want = append(calls, out), append(want, lines)
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	for i, r := range replies {
		got := daysOf(r)
		own := !slices.ContainsFunc(got, func(day string) bool { return day != days[i%len(days)] })
		if err := r.differs(r.ok() && own && len(got) == want[i], fmt.Sprintf("the %d purchases of %s", want[i], days[i%len(days)]), "%d purchases are listed, or of other days", len(got)); err != nil {
			return err
		}
	}
	return nil
}

// raceReadAndWrite reads a card while its holder changes, in every way.
func raceReadAndWrite(c *check, p *customer) error {
	var calls []call
	for i := range fewTwins {
		calls = append(calls, c.on("show the card while it is written to", "getCard", p.number), c.findCall("search for the card while it is written to", "msisdn", p.phone),
			c.updateCall("change the town", p.number, profile{"locality": []string{"Новгород", "Псков"}[i%2]}))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	for i, r := range replies {
		if i%3 == 2 {
			continue // a write may be refused
		}
		if err := r.differs(r.ok() && r.number() == p.number, "the card", "%s is answered, with status %d", r.cardSaid(), r.Answer.Status); err != nil {
			return err
		}
	}
	return nil
}

// raceForContact gives many customers one phone or e-mail address at one moment.
func raceForContact(c *check, what, field, parameter, value string) error {
	var calls []call
	var customers []*customer
	for range fewTwins {
		p, err := c.fresh()
		if err != nil {
			return err
		}
		customers = append(customers, p)
		calls = append(calls, c.updateCall("take one "+what+", many customers", p.number, profile{field: value}))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	if err := c.oneTaken(replies); err != nil {
		return err
	}
	for i, r := range replies {
		if !r.ok() {
			continue
		}
		if err := c.finds(customers[i], "it finds the winner's card", parameter, value); err != nil {
			return err
		}
	}
	c.forgetSearches()
	return nil
}
