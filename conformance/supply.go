package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"koshelek-adapter/conformance/contract"
)

// A host keeps what earlier runs did. So what the profile supplies and a run uses
// up (numbers of the pool, plastic cards, codes of few uses) may be used up
// already. That shows when the host is asked, or by its refusal; it is passed
// over then, and the next one is tried. When all are used up, the check is
// skipped.

// used notes what the run used up of the profile's data.
func (c *check) used(part, value string) {
	note(&c.report.TestData.Used, part, value)
}

// passOver notes what was used up before the run.
func (c *check) passOver(part, value string) {
	note(&c.report.TestData.PassedOver, part, value)
}

func note(list *[]string, part, value string) {
	if text := part + " " + value; !slices.Contains(*list, text) {
		*list = append(*list, text)
	}
}

// usedUp is the error of a part of the data of which nothing is left.
func usedUp(part string, of int) error {
	return &lacking{fmt.Sprintf("all %d of data.%s are used up, by earlier runs or by this one: supply new ones (%s)", of, part, supply[part])}
}

// pooled issues a number of the pool, every time the same one to the same
// customer, and expects something of the answer.
func (c *check) pooled(want func(*reply)) {
	p := c.named()["pool"]
	if p == nil {
		c.firstPooled(want)
		return
	}
	if err := c.fixtures.failed["pool"]; err != nil {
		panic(stop{err})
	}
	want(c.send(c.issueOnCall("issue a number of the pool", p.number, p.profile())))
}

// firstPooled issues the first number of the pool that is neither shown as a
// card nor refused as one that is taken.
func (c *check) firstPooled(want func(*reply)) {
	p := c.person()
	c.named()["pool"] = p
	for _, number := range c.profile.Data.Pool {
		shown := c.look("prepare: is the number of the pool a card already?", number)
		if shown.number() == "" {
			r := c.issueOn("issue a number of the pool", number, p.profile())
			if !c.takenNumber(r) {
				p.number = number
				c.used(contract.NeedsPool, number)
				want(r)
				return
			}
		}
		c.passOver(contract.NeedsPool, number)
	}
	c.fixtures.failed["pool"] = usedUp(contract.NeedsPool, len(c.profile.Data.Pool))
	panic(stop{c.fixtures.failed["pool"]})
}

// takenNumber reports whether an issue was refused in the way in which the host
// refuses a number that is another customer's, and no other.
func (c *check) takenNumber(r *reply) bool {
	if r.ok() || r.code() == "" {
		return false
	}
	owner := c.shared("anna")
	taken := c.issueOn("compare: issue another customer's card", owner.number, c.person().profile())
	foreign := c.issueOn("compare: issue a number that nobody reserved", c.maker.number(), c.person().profile())
	return r.code() == taken.code() && r.code() != foreign.code()
}

// bindPlastic registers a plastic card for a new customer.
func bindPlastic(c *check) {
	p := c.person()
	for _, number := range c.profile.Data.Plastic {
		r := c.update("send the customer's profile for the plastic card", number, p.profile())
		if !c.takenCard(r) {
			p.number = number
			c.used(contract.NeedsPlastic, number)
			r.done()
			c.finds(p, "the phone finds the plastic card", "msisdn", p.phone)
			return
		}
		c.passOver(contract.NeedsPlastic, number)
	}
	panic(stop{usedUp(contract.NeedsPlastic, len(c.profile.Data.Plastic))})
}

// takenCard reports whether a profile was refused in the way in which the host
// refuses the profile of a stranger for the card of another customer.
func (c *check) takenCard(r *reply) bool {
	if r.ok() || r.code() == "" {
		return false
	}
	owner := c.fresh()
	taken := c.update("compare: send a stranger's profile for another customer's card", owner.number, c.person().profile())
	return r.code() == taken.code()
}

func (c *check) codesUsedUp() error {
	return usedUp(contract.NeedsLimitedCodes, len(c.profile.Data.LimitedCodes))
}

// useUp sends a limited code from as many cards as may use it, from each so
// often, and gives the code. A code that the first card is refused was used up
// before. One that a later card is refused may have been used in part: then the
// next one decides.
func (c *check) useUp(times int) string {
	var short error
	for code := c.supplies.code(); code != ""; code = c.supplies.code() {
		cards := 0
		err := attempt(func() { c.sendFromAll(code, times, &cards) })
		if err == nil {
			c.used(contract.NeedsLimitedCodes, code)
			return code
		}
		var wrong *broken
		switch {
		case !errors.As(err, &wrong):
			panic(stop{err})
		case cards == 0 && c.refusedLast():
			c.passOver(contract.NeedsLimitedCodes, code)
		case short != nil:
			panic(stop{err}) // two codes that the host has counted wrongly
		default:
			c.passOver(contract.NeedsLimitedCodes, code)
			short = err
		}
	}
	stopIf(c.refusedLikeUnknown(), &broken{"every limited code is refused like a code that does not exist; expected that some cards may use it"})
	panic(stop{c.codesUsedUp()})
}

// refusedLast reports whether the last call was refused inside the contract.
func (c *check) refusedLast() bool {
	rec := c.deciding()
	return rec != nil && rec.exchange.Answer != nil && rec.exchange.Answer.Status == http.StatusUnprocessableEntity
}

// refusedLikeUnknown reports whether the host refuses the first limited code with
// the error code of a code that does not exist.
func (c *check) refusedLikeUnknown() bool {
	p := c.fresh()
	used := c.send(c.codeCall("compare: the first limited code", p.number, c.profile.Data.LimitedCodes[0]))
	unknown := c.send(c.codeCall("compare: a code that does not exist", p.number, "NO-SUCH-"+c.maker.number()))
	return !used.ok() && used.code() != "" && used.code() == unknown.code()
}

// sendFromAll sends a code from as many cards as may use it, and counts those that
// could.
func (c *check) sendFromAll(code string, times int, cards *int) {
	for i := range c.profile.Data.CodeUses {
		p := c.fresh()
		title := fmt.Sprintf("card no. %d of %d sends the code", i+1, c.profile.Data.CodeUses)
		for range times {
			c.send(c.codeCall(title, p.number, code)).done()
			*cards = i + 1
		}
	}
}
