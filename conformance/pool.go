package conformance

import (
	"koshelek-adapter/conformance/contract"
)

func poolRules() []ruled {
	m := []string{"issueReservedCard"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: thirdParty, Source: fromPartner, Since: v100, Methods: m, Writes: true, Needs: contract.NeedsPool}
	}
	return []ruled{
		row(rule("pool.issue", "A number from the pool is issued without a reservation.", contract.Major),
			func(c *check) { c.pooled((*reply).done) },
			fault("pool-forgotten", "Numbers of the pool cannot be issued")),
		row(rule("pool.found", "The customer's phone finds the card with the pool's number.", contract.Major),
			func(c *check) {
				c.pooled((*reply).taken)
				p := c.fixtures.named["pool"]
				c.finds(p, "search by phone", "msisdn", p.phone)
			},
			fault("pool-issue-not-stored", "An issue of a pool's number is confirmed and not stored")),
		row(contract.Rule{ID: "pool.repeat", Text: "The same issue of a pool's number again is the same success.", Mark: inferred, Source: fromReason, Since: v100, Severity: contract.Major, Methods: m, Writes: true, Needs: contract.NeedsPool},
			func(c *check) {
				c.pooled((*reply).taken)
				c.pooled((*reply).done)
			},
			fault("pool-retry-refused", "The same issue of a pool's number again is refused")),
		row(rule("pool.taken", "A pool's number that has been issued is refused to another customer.", contract.Critical),
			func(c *check) {
				c.pooled((*reply).taken)
				c.send(c.issueOnCall("issue the pool's number to another customer", c.fixtures.named["pool"].number, c.person().profile())).refused()
			},
			fault("pool-number-for-all", "A pool's number is issued to everybody")),
		row(contract.Rule{ID: "pool.not-reserved", Text: "A number that was handed over to Koshelek is not given out as a reservation.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: []string{"issueReservedCard", "reserveCard"}, Writes: true, Needs: contract.NeedsPool},
			func(c *check) {
				pool := map[string]bool{}
				for _, number := range c.profile.Data.Pool {
					pool[number] = true
				}
				for range 5 {
					number, r := c.reserve("reserve a number")
					r.expect(!pool[number], "a number that was not handed over", "a number of the pool is given out")
				}
			},
			fault("pool-number-reserved", "A pool's number is given out as a reservation")),
	}
}
