package hosts

import "strings"

// search is what is known of the person whose card is looked for.
type search struct{ phone, email, birth string }

// find is GET /v1/card.
func (h *Host) find(c *call) (any, error) {
	if guessed, done, err := h.spoilFind(c); done {
		return guessed, err
	}
	who, err := c.readSearch()
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.match(c, who)
	if err != nil {
		return nil, err
	}
	if found == nil && h.wrong("search-issues-card") && who.phone != "" {
		found = h.books.register(profile{"phone": who.phone})
		h.books.attach(h.books.draw(h.style, true), found)
	}
	var shown *card
	if found != nil {
		shown = found.pick(h)
	}
	if shown == nil || h.wrong("search-unstable") && h.nth(3) {
		return nothing{}, nil
	}
	if h.wrong("search-earns") {
		shown.credit(1, "For looking", "")
	}
	return h.present(c, shown, false)
}

func (c *call) readSearch() (search, error) {
	h := c.host
	var who search
	var err error
	if h.wrong("unknown-parameter-refused") && c.hasStrangers() {
		return who, badField
	}
	if text := strings.TrimSpace(c.query.Get("msisdn")); text != "" {
		if who.phone, err = c.cleanPhone(text); err != nil {
			return who, err
		}
	}
	if text := strings.TrimSpace(c.query.Get("email")); text != "" {
		if who.email, err = c.cleanEmail(text); err != nil {
			return who, err
		}
	}
	if text := strings.TrimSpace(c.query.Get("birthDate")); text != "" && h.style.settles {
		if who.birth = text; !isDay(text) {
			return who, badDate
		}
	}
	alone := h.wrong("search-without-identity") || h.wrong("birth-date-finds") && who.birth != ""
	if who.phone == "" && who.email == "" && !alone {
		return who, noIdentity
	}
	return who, nil
}

// match finds the one customer who is meant, nil for none.
func (h *Host) match(c *call, who search) (*customer, error) {
	if guess := h.guess(c, who); guess != nil {
		return guess, nil
	}
	found := h.spoilMatches(h.books.identified(who.phone, who.email), who)
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return h.settle(found, who)
}

// settle decides between customers whom phone and email found. Only the birth
// date can, and only for the phone's customer.
func (h *Host) settle(found []*customer, who search) (*customer, error) {
	fits := func(one *customer) bool { return who.birth != "" && one.profile["birthDate"] == who.birth }
	switch {
	case h.wrong("ambiguous-gives-phones-card"):
		return found[0], nil
	case h.wrong("ambiguous-gives-emails-card"):
		return found[1], nil
	case h.wrong("tie-goes-to-email-by-birth-date") && who.birth != "":
		if fits(found[1]) {
			return found[1], nil
		}
		return found[0], nil
	case !h.style.settles || len(found) != 2 || found[0].profile["phone"] != who.phone:
		return nil, ambiguous
	case fits(found[0]) && !fits(found[1]):
		return found[0], nil
	}
	return nil, ambiguous
}
