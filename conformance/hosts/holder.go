package hosts

import "slices"

// update is POST /v1/card/{cardNumber}.
func (h *Host) update(c *call) (any, error) {
	given, err := c.readProfile()
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.known(c)
	if err == cardUnknown && h.wrong(updatesUnknown) {
		return h.emptyAnswer(), nil
	}
	if err != nil {
		return nil, err
	}
	if h.wrong(updateTwinBreaks) {
		if !h.enter(c.number) {
			return nil, brokenQuery
		}
		defer h.leave(c.number)
	}
	if err := h.free(found, given); err != nil {
		h.spoilRefused(found, given)
		return nil, err
	}
	if h.spoilUpdate(found, given) {
		return h.emptyAnswer(), nil
	}
	found.holder.profile.merge(given)
	found.updated, found.read = given.fingerprint(), false
	if h.wrong(updateAnswersCard) {
		return h.present(c, found, false)
	}
	return h.emptyAnswer(), nil
}

// free refuses a phone or an email that belongs to another customer.
func (h *Host) free(mine *card, given profile) error {
	another := func(one *customer) bool { return one != mine.holder }
	phoneIsTaken := slices.ContainsFunc(h.books.by("phone", given["phone"]), another)
	emailIsTaken := slices.ContainsFunc(h.books.by("email", given["email"]), another)
	if h.wrong(emailTwiceInRace) && given["email"] != "" {
		h.unlocked(h.race.wait)
	}
	switch {
	case phoneIsTaken && !h.wrong(takesPhone):
		return phoneTaken
	case emailIsTaken && h.wrong(oneCodeForContacts):
		return phoneTaken
	case emailIsTaken && !h.wrong(takesEmail):
		return emailTaken
	case h.wrong(ownEmailTaken) && given["email"] != "" && given["email"] == mine.holder.profile["email"]:
		return emailTaken
	case h.wrong(updateRefused) && given["countryCode"] != "":
		return badField
	case h.wrong(repeatedUpdate) && mine.updated == given.fingerprint(),
		h.wrong(repeatAfterRead) && mine.updated == given.fingerprint() && mine.read:
		return phoneTaken
	}
	return nil
}

// spoilRefused is the fault that a refused update stores its other fields.
func (h *Host) spoilRefused(mine *card, given profile) {
	if h.wrong(halfUpdate) {
		for _, field := range []string{"phone", "email"} {
			if len(h.books.by(field, given[field])) == 0 && given[field] != "" {
				mine.holder.profile[field] = given[field]
			}
		}
	}
}

// spoilUpdate is the faults of storing a profile; it reports whether nothing is
// stored.
func (h *Host) spoilUpdate(mine *card, given profile) bool {
	stored := mine.holder.profile
	switch h.fault {
	case updateForgets:
		return true
	case plasticUnbound:
		return mine.plastic()
	case updateErases:
		clear(stored)
	case updateKeepsPhone:
		delete(given, "phone")
	case updateKeepsOldPhone:
		if old := stored["phone"]; given["phone"] != "" && given["phone"] != old {
			h.books.customers = append(h.books.customers, &customer{profile: profile{"phone": old}, cards: mine.holder.cards})
		}
	case nameInjected:
		if quoted(given["surname"] + given["firstname"] + given["patronymic"] + given["locality"]) {
			for _, one := range h.books.customers {
				clear(one.profile)
			}
		}
	}
	return false
}
