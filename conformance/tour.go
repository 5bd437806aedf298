package conformance

import (
	"slices"
)

// tour makes the usual calls of one customer once, right ones and wrong ones. It
// gives the rules on every answer and on timing something to look at when no
// other check was asked for. What the answers say is for those rules.
func (r *run) tour(tasks []*task) {
	if r.untrusted || slices.ContainsFunc(tasks, func(t *task) bool { return t.phase != summing }) {
		return
	}
	c := &check{run: r}
	p := c.tourCustomer()
	calls := []call{
		c.findCall("", "msisdn", p.phone, "email", p.email), c.findCall("", "msisdn", c.maker.phone()), c.findCall(""),
		c.on("", "getCard", p.number), c.on("", "getCard", c.maker.number()),
		c.on("", "listPurchases", p.number), c.on("", "listCampaigns", p.number), c.on("", "listUsers", ""), c.on("", "listUsersExtended", ""),
	}
	calls[5].query = "startDate=2026-01-01"
	if !r.options.ReadOnly {
		calls = append(calls,
			c.updateCall("", p.number, profile{"surname": testSurname}), c.updateCall("", c.maker.number(), profile{"surname": testSurname}),
			c.channelsCall("", p.number, []string{"sms"}, []string{"email"}), c.receiptCall("", p.number, c.sale().String()), c.receiptCall("", p.number, "x"),
			c.codeCall("", p.number, "no-such-code"),
		)
	}
	for _, out := range calls {
		if m, _, known := r.profile.MatchPath(out.method, out.path); known && r.profile.Offers(m.ID) {
			_ = attempt(func() { c.send(out) }) // what came, the rules on every answer have seen
		}
	}
}

// tourCustomer is the customer of the tour: the run's own, or the profile's when
// nothing may be written.
func (c *check) tourCustomer() *customer {
	if card := c.profile.Data.Card; c.options.ReadOnly && card != nil {
		return &customer{phone: card.Phone, email: card.Email, number: card.CardNumber}
	}
	p := c.person()
	if !c.options.ReadOnly {
		_ = attempt(func() { c.issueTo(p, p.profile()) }) // when it fails, the answers show it
	}
	if p.number == "" {
		p.number = c.maker.number()
	}
	return p
}
