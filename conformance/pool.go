package conformance

import (
	"koshelek-adapter/conformance/contract"
)

func poolRules() []ruled {
	m := []string{"issueReservedCard"}
	return []ruled{
		{
			Rule:   contract.Rule{ID: "pool.issue", Text: "A number from the pool is issued without a reservation.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true, Needs: contract.NeedsPool},
			check:  func(c *check) { c.pooled((*reply).done) },
			faults: []Fault{{Name: "pool-forgotten", Breaks: "Numbers of the pool cannot be issued"}},
		},
		{
			Rule: contract.Rule{ID: "pool.found", Text: "The customer's phone finds the card with the pool's number.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true, Needs: contract.NeedsPool},
			check: func(c *check) {
				c.pooled((*reply).taken)
				p := c.fixtures.named["pool"]
				c.finds(p, "search by phone", "msisdn", p.phone)
			},
			faults: []Fault{{Name: "pool-issue-not-stored", Breaks: "An issue of a pool's number is confirmed and not stored"}},
		},
		{
			Rule: contract.Rule{ID: "pool.repeat", Text: "The same issue of a pool's number again is the same success.", Mark: inferred, Source: fromReason, Since: v100, Severity: contract.Major, Methods: m, Writes: true, Needs: contract.NeedsPool},
			check: func(c *check) {
				c.pooled((*reply).taken)
				c.pooled((*reply).done)
			},
			faults: []Fault{{Name: "pool-retry-refused", Breaks: "The same issue of a pool's number again is refused"}},
		},
		{
			Rule: contract.Rule{ID: "pool.taken", Text: "A pool's number that has been issued is refused to another customer.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Critical, Methods: m, Writes: true, Needs: contract.NeedsPool},
			check: func(c *check) {
				c.pooled((*reply).taken)
				c.send(c.issueOnCall("issue the pool's number to another customer", c.fixtures.named["pool"].number, c.person().profile())).refused()
			},
			faults: []Fault{{Name: "pool-number-for-all", Breaks: "A pool's number is issued to everybody"}},
		},
		{
			Rule: contract.Rule{ID: "pool.not-reserved", Text: "A number that was handed over to Koshelek is not given out as a reservation.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Major, Methods: []string{"issueReservedCard", "reserveCard"}, Writes: true, Needs: contract.NeedsPool},
			check: func(c *check) {
				pool := map[string]bool{}
				for _, number := range c.profile.Data.Pool {
					pool[number] = true
				}
				for range 5 {
					number, r := c.reserve("reserve a number")
					r.expect(!pool[number], "a number that was not handed over", "a number of the pool is given out")
				}
			},
			faults: []Fault{{Name: "pool-number-reserved", Breaks: "A pool's number is given out as a reservation"}},
		},
	}
}
