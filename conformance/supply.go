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
func (c *check) pooled(want func(*reply) error) error {
	p := c.named()["pool"]
	if p == nil {
		return c.firstPooled(want)
	}
	if err := c.fixtures.failed["pool"]; err != nil {
		return err
	}
	return c.expecting(c.issueOnCall("issue a number of the pool", p.number, p.profile()), want)
}

// firstPooled issues the first number of the pool that is neither shown as a
// card nor refused as one that is taken.
func (c *check) firstPooled(want func(*reply) error) error {
	p := c.person()
	c.named()["pool"] = p
	for _, number := range c.profile.Data.Pool {
		shown, err := c.look("prepare: is the number of the pool a card already?", number)
		if err != nil {
			return err
		}
		if shown.number() == "" {
			r, err := c.issueOn("issue a number of the pool", number, p.profile())
			if err != nil {
				return err
			}
			if taken, err := c.takenNumber(r); err != nil || !taken {
				p.number = number
				c.used(contract.NeedsPool, number)
				return errors.Join(err, want(r))
			}
		}
		c.passOver(contract.NeedsPool, number)
	}
	c.fixtures.failed["pool"] = usedUp(contract.NeedsPool, len(c.profile.Data.Pool))
	return c.fixtures.failed["pool"]
}

// takenNumber reports whether an issue was refused in the way in which the host
// refuses a number that is another customer's, and no other.
func (c *check) takenNumber(r *reply) (bool, error) {
	if r.ok() || r.code() == "" {
		return false, nil
	}
	owner, err := c.shared("anna")
	if err != nil {
		return false, err
	}
	taken, err := c.issueOn("compare: issue another customer's card", owner.number, c.person().profile())
	if err != nil {
		return false, err
	}
	foreign, err := c.issueOn("compare: issue a number that nobody reserved", c.maker.number(), c.person().profile())
	if err != nil {
		return false, err
	}
	return r.code() == taken.code() && r.code() != foreign.code(), nil
}

// bindPlastic registers a plastic card for a new customer.
func bindPlastic(c *check) error {
	p := c.person()
	for _, number := range c.profile.Data.Plastic {
		r, err := c.update("send the customer's profile for the plastic card", number, p.profile())
		if err != nil {
			return err
		}
		if taken, err := c.takenCard(r); err != nil || !taken {
			p.number = number
			c.used(contract.NeedsPlastic, number)
			return all(
				func() error { return err },
				r.done,
				func() error { return c.finds(p, "the phone finds the plastic card", "msisdn", p.phone) },
			)
		}
		c.passOver(contract.NeedsPlastic, number)
	}
	return usedUp(contract.NeedsPlastic, len(c.profile.Data.Plastic))
}

// takenCard reports whether a profile was refused in the way in which the host
// refuses the profile of a stranger for the card of another customer.
func (c *check) takenCard(r *reply) (bool, error) {
	if r.ok() || r.code() == "" {
		return false, nil
	}
	owner, err := c.fresh()
	if err != nil {
		return false, err
	}
	taken, err := c.update("compare: send a stranger's profile for another customer's card", owner.number, c.person().profile())
	if err != nil {
		return false, err
	}
	return r.code() == taken.code(), nil
}

func (c *check) codesUsedUp() error {
	return usedUp(contract.NeedsLimitedCodes, len(c.profile.Data.LimitedCodes))
}

// useUp sends a limited code from as many cards as may use it, from each so
// often, and gives the code. A code that the first card is refused was used up
// before. One that a later card is refused may have been used in part: then the
// next one decides.
func (c *check) useUp(times int) (string, error) {
	var short error
	for code := c.supplies.code(); code != ""; code = c.supplies.code() {
		cards, err := c.sendFromAll(code, times)
		if err == nil {
			c.used(contract.NeedsLimitedCodes, code)
			return code, nil
		}
		var wrong *broken
		switch {
		case !errors.As(err, &wrong):
			return "", err
		case cards == 0 && c.refusedLast():
			c.passOver(contract.NeedsLimitedCodes, code)
		case short != nil:
			return "", err // two codes that the host has counted wrongly
		default:
			c.passOver(contract.NeedsLimitedCodes, code)
			short = err
		}
	}
	if alike, err := c.refusedLikeUnknown(); err != nil || alike {
		return "", errors.Join(err, &broken{"every limited code is refused like a code that does not exist; expected that some cards may use it"})
	}
	return "", c.codesUsedUp()
}

// refusedLast reports whether the last call was refused inside the contract.
func (c *check) refusedLast() bool {
	rec := c.deciding()
	return rec != nil && rec.exchange.Answer != nil && rec.exchange.Answer.Status == http.StatusUnprocessableEntity
}

// refusedLikeUnknown reports whether the host refuses the first limited code with
// the error code of a code that does not exist.
func (c *check) refusedLikeUnknown() (bool, error) {
	p, err := c.fresh()
	if err != nil {
		return false, err
	}
	used, err := c.send(c.codeCall("compare: the first limited code", p.number, c.profile.Data.LimitedCodes[0]))
	if err != nil {
		return false, err
	}
	unknown, err := c.send(c.codeCall("compare: a code that does not exist", p.number, "NO-SUCH-"+c.maker.number()))
	if err != nil {
		return false, err
	}
	return !used.ok() && used.code() != "" && used.code() == unknown.code(), nil
}

// sendFromAll sends a code from as many cards as may use it, and tells how many
// could.
func (c *check) sendFromAll(code string, times int) (cards int, err error) {
	for i := range c.profile.Data.CodeUses {
		p, err := c.fresh()
		if err != nil {
			return i, err
		}
		title := fmt.Sprintf("card no. %d of %d sends the code", i+1, c.profile.Data.CodeUses)
		for again := range times {
			if err := c.expecting(c.codeCall(title, p.number, code), (*reply).done); err != nil {
				return i + min(again, 1), err
			}
		}
	}
	return c.profile.Data.CodeUses, nil
}
