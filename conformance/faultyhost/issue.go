package faultyhost

import (
	"time"
)

// held is how long a reservation lasts.
const held = time.Hour

// reserve is GET /v1/card/anonymous.
func (h *Host) reserve(*call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong("one-number-for-all") {
		h.books.next = h.style.FirstNumber
		clear(h.books.numbers)
	}
	number := h.books.draw(h.style, !h.wrong("race-one-number"))
	switch h.fault {
	case "race-one-number":
		h.unlocked(h.race.wait)
	case "reserved-bare-leading-zero":
		number = "0" + number[1:]
	case "pool-number-reserved":
		if h.nth(4) {
			number = h.pooled(number)
		}
	}
	h.books.numbers[number] = h.now().Add(held)
	if h.wrong("forgets-reserved") {
		delete(h.books.numbers, number)
	}
	if h.style.digits || h.wrong("reserved-bare-leading-zero") {
		return raw(number), nil
	}
	return number, nil
}

// pooled is a number that was handed over, if there is one.
func (h *Host) pooled(number string) string {
	for pooled, until := range h.books.numbers {
		if until.IsZero() {
			return pooled
		}
	}
	return number
}

// confirm is POST /v1/card/anonymous/{cardNumber}.
func (h *Host) confirm(c *call) (any, error) {
	given, err := c.readProfile()
	if err == nil && given["phone"] == "" && given["email"] == "" && !h.wrong("confirms-to-nobody") {
		err = noIdentity
	}
	if err == nil {
		err = checkNumber(c.number)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		if h.wrong("refused-uses-number") {
			delete(h.books.numbers, c.number)
		}
		return nil, err
	}
	if h.wrong("race-confirm-twin-500") {
		if !h.enter(c.number) {
			return nil, brokenQuery
		}
		defer h.leave(c.number)
	}
	if taken := h.books.cards[c.number]; taken != nil {
		return h.confirmTaken(taken, given)
	}
	until, reserved := h.books.numbers[c.number]
	if h.wrong("pool-forgotten") && until.IsZero() {
		reserved = false
	}
	if over := !until.IsZero() && until.Before(h.now()); (!reserved || over) && !h.wrong("issues-any-number") {
		return nil, numberUnknown
	}
	if h.wrong("race-number-given-twice") {
		h.unlocked(h.race.wait)
	}
	return h.confirmFree(c, given, until.IsZero())
}

// confirmTaken answers for a number that is a card already: only the call that
// made it is the same success again.
func (h *Host) confirmTaken(taken *card, given profile) (any, error) {
	again := taken.issued != "" && taken.issued == given.fingerprint()
	switch h.fault {
	case "retry-refused":
		again = false
	case "pool-retry-refused":
		again = again && !taken.pooled
	case "pool-number-for-all":
		again = again || taken.pooled
	case "taken-is-success":
		again = true
	case "retry-undoes-update":
		if again {
			taken.holder.profile.merge(taken.given)
		}
	case "taken-moves-card":
		if !again {
			taken.move(h.books.register(given))
		}
	}
	if !again {
		return nil, numberTaken
	}
	return nothing{}, nil
}

// move gives a card to another holder.
func (c *card) move(to *customer) {
	kept := c.holder.cards[:0]
	for _, one := range c.holder.cards {
		if one != c {
			kept = append(kept, one)
		}
	}
	c.holder.cards = kept
	to.cards = append(to.cards, c)
	c.holder = to
}

func (h *Host) confirmFree(c *call, given profile, pooled bool) (any, error) {
	holder, err := h.holderOf(given)
	if err != nil {
		return nil, err
	}
	number := c.number
	delete(h.books.numbers, number)
	switch h.fault {
	case "issues-another-number":
		number = h.books.draw(h.style, true)
	case "confirm-forgets":
		return nothing{}, nil
	case "pool-issue-not-stored":
		if pooled {
			return nothing{}, nil
		}
	}
	made := h.books.attach(number, holder)
	made.issued, made.given, made.pooled, made.reserved = given.fingerprint(), given, pooled, true
	if h.wrong("issues-inactive") {
		made.state = inactive
	}
	return nothing{}, nil
}

// holderOf finds the customer whom a profile names, or makes one.
func (h *Host) holderOf(given profile) (*customer, error) {
	found := h.books.identified(given["phone"], given["email"])
	if len(found) == 1 && given["phone"] != "" && found[0].profile["phone"] != "" && found[0].profile["phone"] != given["phone"] {
		// The phone is confirmed and the email is not: its owner keeps his account.
		if !h.style.settles {
			return nil, ambiguous
		}
		found = nil
		delete(given, "email")
	}
	switch {
	case h.wrong("second-customer"):
		found = nil
	case h.wrong("issue-takes-ambiguous") && len(found) > 1:
		found = found[:1]
	case h.wrong("race-second-customer") && len(found) == 0:
		h.unlocked(h.race.wait)
	}
	switch len(found) {
	case 0:
		return h.books.register(given.clone()), nil
	case 1:
		best := found[0].pick(h)
		if best != nil && best.state == blocked && !h.wrong("blocked-gets-card") {
			return nil, cardBlocked
		}
		found[0].profile.merge(given)
		return found[0], nil
	}
	return nil, ambiguous
}

// issue is POST /v1/card/anonymous.
func (h *Host) issue(c *call) (any, error) {
	given, err := c.readProfile()
	if err != nil {
		return nil, err
	}
	if given["phone"] == "" && given["email"] == "" && !h.wrong("issues-to-nobody") {
		return nil, noIdentity
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong("race-second-card") && len(h.books.identified(given["phone"], given["email"])) == 0 {
		h.unlocked(h.race.wait)
		return h.spellIssued(c, h.newCard(h.books.register(given.clone()), given))
	}
	known := h.books.by("phone", given["phone"])
	holder, err := h.holderOf(given)
	if err != nil {
		return nil, err
	}
	mine := holder.pick(h)
	if mine == nil || h.issuesSecond(mine, given, len(known) > 0) {
		mine = h.newCard(holder, given)
	}
	return h.spellIssued(c, mine)
}

// newCard makes a card with the next number.
func (h *Host) newCard(holder *customer, given profile) *card {
	if h.wrong("race-one-card-for-two") {
		number := h.books.draw(h.style, false)
		h.unlocked(h.race.wait)
		return h.books.attach(number, holder)
	}
	made := h.books.attach(h.books.draw(h.style, true), holder)
	made.issued, made.given = given.fingerprint(), given
	return made
}

// issuesSecond is the faults that give another card to who has one.
func (h *Host) issuesSecond(mine *card, given profile, byPhone bool) bool {
	switch h.fault {
	case "second-card":
		return true
	case "second-card-for-profile":
		return mine.issued != given.fingerprint()
	case "second-card-for-reserved":
		return mine.reserved
	case "second-card-for-email":
		return !byPhone
	case "blocked-gets-card":
		return mine.state == blocked
	}
	return false
}

func (h *Host) spellIssued(c *call, made *card) (any, error) {
	switch h.fault {
	case "issue-forgets":
		made.move(&customer{})
		delete(h.books.cards, made.number)
	case "one-card-for-all":
		if first := h.firstCard(func(one *card) bool { return !one.holder.seeded && one.issued != "" && !one.reserved }); first != nil {
			made = first
		}
	}
	return h.present(made, false)
}
