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
		row(since(race("two-receipts", "Different receipts of one card at one moment all count.", contract.Critical, "submitQRCode", "getCard"), v110),
			withFresh(func(c *check, p *customer) {
				purse := c.purse(p)
				c.accepted("what a receipt gives alone", p, c.sale().String())
				want := purse.first("a receipt")
				var calls []call
				for range 4 {
					calls = append(calls, c.receiptCall("send different receipts at one moment", p.number, c.sale().String()))
				}
				replies := c.atOnce(calls)
				c.someTaken(replies)
				purse.gains(times(processed(replies), want))
			}),
			fault("race-receipt-lost", "Of two receipts at one moment the points of one are lost")),
		row(since(needsCode(race("receipt-and-code", "A receipt and a promo code of one card at one moment both count.", contract.Critical, "submitQRCode", "submitPromoCode", "getCard")), v130),
			twoCards(raceReceiptAndCode),
			fault("race-code-or-receipt-lost", "Of a receipt and a code at one moment the points of one are lost")),
		row(race("two-fields", "Phone and e-mail address of one customer that change at one moment both stay.", contract.Critical, "updateUser"),
			withFresh(raceFields),
			fault("race-field-lost", "Of two updates at one moment the fields of one are lost")),
		row(race("two-channels", "Different channels of one customer that are set at one moment all hold.", contract.Critical, "setChannels", "listUsersExtended"),
			withFresh(raceChannels),
			fault("race-channel-lost", "Of two changes of channels at one moment one is lost")),
		row(race("phone", "One phone, many customers at one moment: one of them gets it.", contract.Critical, "updateUser"),
			func(c *check) { raceForContact(c, "phone", "phone", "msisdn", c.maker.phone()) },
			fault("race-phone-taken-twice", "Two at one moment take one phone")),
		row(since(race("issue-many", "Many customers at one moment get each a card with a number of its own.", contract.Critical, "issueCard"), v120),
			raceIssues,
			fault("race-one-card-for-two", "Two customers at one moment get one number")),
		row(race("reads", "Reads of different cards at one moment give each its own card.", contract.Critical, "getCard"),
			raceReads,
			fault("race-answers-mixed", "Of two reads at one moment one gives the other's card")),
		row(historyOf(race("histories", "Histories of different days at one moment give each its own days.", contract.Major, "listPurchases")),
			history(raceHistories),
			fault("race-days-mixed", "Of two histories at one moment one has the other's days")),
		row(race("read-while-written", "A card that is written to at this moment can be read.", contract.Critical, "updateUser", "getCard"),
			withFresh(raceReadAndWrite),
			fault("race-card-gone-meanwhile", "A card whose holder is updated is gone for a moment")),
	}
}

func historyOf(r contract.Rule) contract.Rule {
	r.Needs, r.Writes = contract.NeedsHistory, false
	return r
}

// raceRounds is how often a race of a few calls is run.
const raceRounds = 3

// processed counts the calls that were processed.
func processed(replies []*reply) (n int) {
	for _, r := range replies {
		if r.ok() {
			n++
		}
	}
	return n
}

func raceReceiptAndCode(c *check, p, control *customer) {
	alone := c.purse(control)
	mine := c.purse(p)
	var gains []*big.Rat
	for i, out := range []call{
		c.receiptCall("what a receipt gives alone", control.number, c.sale().String()), c.codeCall("what a code gives alone", control.number, c.goodCode()),
	} {
		c.send(out).done()
		gained := alone.first([]string{"a receipt", "a promo code"}[i])
		gains = append(gains, gained)
	}
	replies := c.atOnce([]call{
		c.receiptCall("send a receipt and a code at one moment", p.number, c.sale().String()), c.codeCall("send a code and a receipt at one moment", p.number, c.goodCode()),
	})
	for _, r := range replies {
		r.differs(r.ok(), "status 200", "the status is %d", r.Answer.Status)
	}
	mine.gains(new(big.Rat).Add(gains[0], gains[1]))
}

// raceFields changes phone and e-mail address in two calls. What was taken has to
// find the card.
func raceFields(c *check, p *customer) {
	for range raceRounds {
		phone := c.maker.phone()
		email := c.maker.email(phone)
		replies := c.atOnce([]call{
			c.updateCall("change the phone while the e-mail address changes", p.number, profile{"phone": phone}),
			c.updateCall("change the e-mail address while the phone changes", p.number, profile{"email": email}),
		})
		c.someTaken(replies)
		for i, search := range [][]string{{"msisdn", phone}, {"email", email}} {
			if !replies[i].ok() {
				continue
			}
			c.finds(p, "what changed at one moment with another field finds the card", search...)
		}
	}
}

func raceChannels(c *check, p *customer) {
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
		replies := c.atOnce(calls)
		c.someTaken(replies)
		for i, r := range replies {
			if !r.ok() {
				delete(want, channels[i])
			}
		}
		c.channelsAre(p, want)
	}
}

func raceIssues(c *check) {
	var customers []*customer
	var calls []call
	for range fewTwins {
		p := c.person()
		customers, calls = append(customers, p), append(calls, c.issueCall("issue to many customers at one moment", p.profile()))
	}
	replies := c.atOnce(calls)
	c.someTaken(replies)
	seen := map[string]bool{}
	for i, r := range replies {
		if !r.ok() {
			continue
		}
		r.differs(r.number() != "" && !seen[r.number()], "a card of his own", "two customers got one card, or none")
		seen[r.number()] = true
		c.made(customers[i], r.number())
	}
	for i, r := range replies {
		if !r.ok() {
			continue
		}
		c.finds(customers[i], "the customer finds the card that was issued", "msisdn", customers[i].phone)
	}
	c.forgetSearches()
}

// raceReads reads the cards of four customers in every way at one moment.
func raceReads(c *check) {
	var customers []*customer
	for _, name := range []string{"anna", "boris", "vera", "gleb"} {
		p := c.shared(name)
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
	replies := c.atOnce(calls)
	for i, r := range replies {
		r.differs(r.ok() && r.number() == want[i], "the card that was asked for", "%s is answered, with status %d", r.cardSaid(), r.Answer.Status)
	}
}

func raceHistories(c *check, h *bought) {
	days := slices.Compact(slices.Clone(h.days))
	stopIf(len(days) < 2, &lacking{"data.history must be a card with purchases on two days or more"})
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
	replies := c.atOnce(calls)
	for i, r := range replies {
		got := daysOf(r)
		own := !slices.ContainsFunc(got, func(day string) bool { return day != days[i%len(days)] })
		r.differs(r.ok() && own && len(got) == want[i], fmt.Sprintf("the %d purchases of %s", want[i], days[i%len(days)]), "%d purchases are listed, or of other days", len(got))
	}
}

// raceReadAndWrite reads a card while its holder changes, in every way.
func raceReadAndWrite(c *check, p *customer) {
	var calls []call
	for i := range fewTwins {
		calls = append(calls, c.on("show the card while it is written to", "getCard", p.number), c.findCall("search for the card while it is written to", "msisdn", p.phone),
			c.updateCall("change the town", p.number, profile{"locality": []string{"Новгород", "Псков"}[i%2]}))
	}
	replies := c.atOnce(calls)
	for i, r := range replies {
		if i%3 == 2 {
			continue // a write may be refused
		}
		r.differs(r.ok() && r.number() == p.number, "the card", "%s is answered, with status %d", r.cardSaid(), r.Answer.Status)
	}
}

// raceForContact gives many customers one phone or e-mail address at one moment.
func raceForContact(c *check, what, field, parameter, value string) {
	var calls []call
	var customers []*customer
	for range fewTwins {
		p := c.fresh()
		customers = append(customers, p)
		calls = append(calls, c.updateCall("take one "+what+", many customers", p.number, profile{field: value}))
	}
	replies := c.atOnce(calls)
	c.oneTaken(replies)
	for i, r := range replies {
		if !r.ok() {
			continue
		}
		c.finds(customers[i], "it finds the winner's card", parameter, value)
	}
	c.forgetSearches()
}
