package hosts

import (
	"time"
)

// held is how long a reservation lasts.
const held = time.Hour

// reserve is GET /v1/card/anonymous.
func (h *Host) reserve(*call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong(oneNumberForAll) {
		h.books.next = h.style.FirstNumber
		clear(h.books.numbers)
	}
	number := h.books.draw(h.style, !h.wrong(oneNumberInRace))
	switch h.fault {
	case oneNumberInRace:
		h.unlocked(h.race.wait)
	case reservedLeadingZero:
		number = "0" + number[1:]
	case poolReserved:
		if h.nth(4) {
			number = h.pooled(number)
		}
	}
	h.books.numbers[number] = h.now().Add(held)
	if h.wrong(forgetsReserved) {
		delete(h.books.numbers, number)
	}
	return h.spellReserved(number), nil
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

func (h *Host) spellReserved(number string) any {
	switch h.fault {
	case reservedObject:
		return object{{"cardNumber", number}}
	case reservedUnquoted:
		return raw("N" + number)
	case reservedLeadingZero:
		return raw(number)
	}
	if h.style.digits != h.wrong(reservedBare) {
		return raw(number)
	}
	return number
}

// confirm is POST /v1/card/anonymous/{cardNumber}.
func (h *Host) confirm(c *call) (any, error) {
	given, err := c.readProfile()
	if err == nil && given["phone"] == "" && given["email"] == "" && !h.wrong(confirmsToNobody) {
		err = noIdentity
	}
	if err == nil {
		err = checkNumber(c.number)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		if h.wrong(refusedUsesNumber) {
			delete(h.books.numbers, c.number)
		}
		return nil, err
	}
	if h.wrong(confirmTwinsBreak) {
		if !h.enter(c.number) {
			return nil, brokenQuery
		}
		defer h.leave(c.number)
	}
	if taken := h.books.cards[c.number]; taken != nil {
		return h.confirmTaken(taken, given)
	}
	until, reserved := h.books.numbers[c.number]
	if h.wrong(poolForgotten) && until.IsZero() {
		reserved = false
	}
	if over := !until.IsZero() && until.Before(h.now()); (!reserved || over) && !h.wrong(issuesAnyNumber) {
		if h.wrong(oneCodeForNumbers) {
			return nil, numberTaken
		}
		return nil, numberUnknown
	}
	if h.wrong(numberTwiceInRace) {
		h.unlocked(h.race.wait)
	}
	return h.confirmFree(c, given, until.IsZero())
}

// confirmTaken answers for a number that is a card already: only the call that
// made it is the same success again.
func (h *Host) confirmTaken(taken *card, given profile) (any, error) {
	again := taken.issued != "" && taken.issued == given.fingerprint()
	switch h.fault {
	case retryRefused:
		again = false
	case poolOnce:
		again = again && !taken.pooled
	case poolForAll:
		again = again || taken.pooled
	case takenIsSuccess:
		again = true
	case retryUndoes:
		if again {
			taken.holder.profile.merge(taken.given)
		}
	case takenMoves:
		if !again {
			taken.move(h.books.register(given))
		}
	}
	if !again {
		return nil, numberTaken
	}
	return h.emptyAnswer(), nil
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
	case issuesAnother:
		number = h.books.draw(h.style, true)
	case confirmForgets:
		return h.emptyAnswer(), nil
	case poolUnstored:
		if pooled {
			return h.emptyAnswer(), nil
		}
	}
	made := h.books.attach(number, holder)
	made.issued, made.given, made.pooled, made.reserved = given.fingerprint(), given, pooled, true
	if h.wrong(issuesInactive) {
		made.state = inactive
	}
	if h.wrong(confirmAnswersCard) {
		return h.present(c, made, false)
	}
	return h.emptyAnswer(), nil
}

// holderOf finds the customer whom a profile names, or makes one.
func (h *Host) holderOf(given profile) (*customer, error) {
	found := h.books.identified(given["phone"], given["email"])
	switch {
	case h.wrong(secondCustomer):
		found = nil
	case h.wrong(takesAmbiguous) && len(found) > 1:
		found = found[:1]
	case h.wrong(secondCustomerRace) && len(found) == 0:
		h.unlocked(h.race.wait)
	}
	switch len(found) {
	case 0:
		return h.books.register(given.clone()), nil
	case 1:
		best := found[0].pick(h)
		if best != nil && best.state == blocked && !h.wrong(blockedGetsCard) {
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
	if given["phone"] == "" && given["email"] == "" && !h.wrong(issuesToNobody) {
		return nil, noIdentity
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong(secondCardInRace) && len(h.books.identified(given["phone"], given["email"])) == 0 {
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
	made := h.books.attach(h.books.draw(h.style, true), holder)
	made.issued, made.given = given.fingerprint(), given
	return made
}

// issuesSecond is the faults that give another card to who has one.
func (h *Host) issuesSecond(mine *card, given profile, byPhone bool) bool {
	switch h.fault {
	case secondCard:
		return true
	case secondForProfile:
		return mine.issued != given.fingerprint()
	case secondForKnown:
		return mine.reserved
	case secondForEmail:
		return !byPhone
	case blockedGetsCard:
		return mine.state == blocked
	}
	return false
}

func (h *Host) spellIssued(c *call, made *card) (any, error) {
	switch h.fault {
	case issueEmpty:
		return nothing{}, nil
	case issueBareNumber:
		return made.number, nil
	case issueForgets:
		made.move(&customer{})
		delete(h.books.cards, made.number)
	case oneCardForAll:
		if first := h.firstCard(func(one *card) bool { return !one.holder.seeded && one.issued != "" && !one.reserved }); first != nil {
			made = first
		}
	}
	return h.present(c, made, false)
}

// unlocked does something without the lock on the books, which it takes again.
func (h *Host) unlocked(do func()) {
	h.mu.Unlock()
	defer h.mu.Lock()
	do()
}

// enter marks something as worked on and holds it for a moment; it reports
// false when another call works on it.
func (h *Host) enter(what string) bool {
	if h.counts.busy[what] {
		return false
	}
	h.counts.busy[what] = true
	h.unlocked(pause)
	return true
}

func (h *Host) leave(what string) { delete(h.counts.busy, what) }
