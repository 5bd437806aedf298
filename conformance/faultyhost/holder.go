package faultyhost

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
	if err != nil {
		return nil, err
	}
	if h.wrong("race-update-twin-500") {
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
		return nothing{}, nil
	}
	for _, contact := range []string{"phone", "email"} {
		if old := found.holder.profile[contact]; given[contact] != "" && old != "" && old != given[contact] {
			found.holder.former = append(found.holder.former, old)
		}
	}
	found.holder.profile.merge(given)
	found.updated, found.read = given.fingerprint(), false
	return nothing{}, nil
}

// free refuses a phone or an email that belongs to another customer.
func (h *Host) free(mine *card, given profile) error {
	another := func(one *customer) bool { return one != mine.holder }
	phoneIsTaken := slices.ContainsFunc(h.books.by("phone", given["phone"]), another)
	emailIsTaken := slices.ContainsFunc(h.books.by("email", given["email"]), another)
	if h.wrong("race-email-taken-twice") && given["email"] != "" || h.wrong("race-phone-taken-twice") && given["phone"] != "" {
		h.unlocked(h.race.wait)
	}
	switch {
	case phoneIsTaken && !h.wrong("update-takes-phone"):
		return phoneTaken
	case emailIsTaken && !h.wrong("update-takes-email"):
		return emailTaken
	case h.wrong("own-email-taken") && given["email"] != "" && given["email"] == mine.holder.profile["email"]:
		return emailTaken
	case h.wrong("update-refused") && given["countryCode"] != "":
		return badField
	case h.wrong("repeated-update-refused") && mine.updated == given.fingerprint(),
		h.wrong("repeat-after-read-refused") && mine.updated == given.fingerprint() && mine.read:
		return phoneTaken
	}
	return nil
}

// spoilRefused is the fault that a refused update stores its other fields.
func (h *Host) spoilRefused(mine *card, given profile) {
	if h.wrong("refused-update-half-done") {
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
	case "update-forgets":
		return true
	case "plastic-not-bound":
		return mine.plastic()
	case "update-erases-absent":
		clear(stored)
	case "update-keeps-phone":
		delete(given, "phone")
	case "old-phone-still-finds":
		if old := stored["phone"]; given["phone"] != "" && given["phone"] != old {
			h.books.customers = append(h.books.customers, &customer{profile: profile{"phone": old}, cards: mine.holder.cards})
		}
	case "sql-in-name":
		if quoted(given["surname"] + given["firstname"] + given["patronymic"] + given["locality"]) {
			for _, one := range h.books.customers {
				clear(one.profile)
			}
		}
	}
	return false
}
