package faultyhost

import (
	"path"
	"slices"
	"strings"
)

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
	return h.present(shown, false)
}

func (c *call) readSearch() (search, error) {
	h := c.host
	var who search
	var err error
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
	if len(found) == 1 && who.phone != "" && found[0].profile["phone"] != who.phone {
		return h.byEmail(found[0])
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return h.settle(found, who)
}

// byEmail is the customer whom the e-mail address names beside a phone that nobody
// has: he is meant when he has no phone. Else the address is a hint, or refused.
func (h *Host) byEmail(found *customer) (*customer, error) {
	switch none := found.profile["phone"] == ""; {
	case none && !h.wrong("phone-hides-customer-without"), h.wrong("email-opens-account"):
		return found, nil
	case none || h.style.settles:
		return nil, nil
	}
	return nil, ambiguous
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

// spoilFind is the faults of a search that do not even read its values.
func (h *Host) spoilFind(c *call) (value any, done bool, err error) {
	phone, email := c.query.Get("msisdn"), c.query.Get("email")
	var found *customer
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.wrong("search-like") && strings.ContainsAny(phone+email, "%*_"):
		found = h.first(func(one *customer) bool {
			return like(one.profile["phone"], phone) || like(one.profile["email"], email)
		})
	case h.wrong("email-by-prefix") && email != "":
		found = h.first(func(one *customer) bool {
			known := one.profile["email"]
			return known != email && strings.HasPrefix(known, email)
		})
	case h.wrong("phone-by-tail") && digitsOnly(phone) && len(phone) >= 4 && len(phone) <= 10,
		h.wrong("phone-by-prefix") && digitsOnly(phone) && len(phone) >= 4 && len(phone) <= 10:
		found = h.first(func(one *customer) bool {
			known := one.profile["phone"]
			return h.wrong("phone-by-tail") && strings.HasSuffix(known, phone) || h.wrong("phone-by-prefix") && strings.HasPrefix(known, phone)
		})
	case h.wrong("sql-in-phone") && quoted(phone), h.wrong("sql-in-email") && quoted(email):
		found = h.first(func(*customer) bool { return true })
	}
	if found == nil {
		return nil, false, nil
	}
	value, err = h.present(found.pick(h), false)
	return value, true, err
}

// first is the first customer who fits and has an active card.
func (h *Host) first(fits func(*customer) bool) *customer {
	at := slices.IndexFunc(h.books.customers, func(one *customer) bool {
		best := one.pick(h)
		return best != nil && best.state == active && fits(one)
	})
	if at < 0 {
		return nil
	}
	return h.books.customers[at]
}

// like reads a value as a pattern.
func like(known, pattern string) bool {
	pattern = strings.NewReplacer("%", "*", "_", "?").Replace(pattern)
	fits, err := path.Match(pattern, known)
	return pattern != "" && err == nil && fits
}

func quoted(text string) bool { return strings.ContainsAny(text, `'"`) }

// guess is the faults that find somebody who is not meant.
func (h *Host) guess(c *call, who search) *customer {
	known := len(h.books.identified(who.phone, who.email)) > 0
	switch h.fault {
	case "birth-date-finds":
		return h.first(func(one *customer) bool {
			return !known && who.birth != "" && one.profile["birthDate"] == who.birth
		})
	case "email-by-local-part":
		local, _, _ := strings.Cut(who.email, "@")
		return h.first(func(one *customer) bool {
			return !known && local != "" && strings.HasPrefix(one.profile["email"], local[:1])
		})
	case "search-without-identity":
		return h.first(func(*customer) bool { return who.phone == "" && who.email == "" })
	case "stranger-instead-of-nobody":
		return h.first(func(*customer) bool { return !known })
	case "everybody-is-the-first":
		return h.first(func(one *customer) bool { return known && !one.seeded })
	case "empty-phone-matches":
		return h.first(func(one *customer) bool {
			return !known && c.query.Has("msisdn") && who.phone == "" && one.profile["phone"] == ""
		})
	case "empty-email-matches":
		return h.first(func(one *customer) bool {
			return !known && c.query.Has("email") && who.email == "" && one.profile["email"] == ""
		})
	}
	return nil
}

// spoilMatches is the faults of combining the parameters of a search.
func (h *Host) spoilMatches(found []*customer, who search) []*customer {
	switch h.fault {
	case "search-and":
		return slices.DeleteFunc(found, func(one *customer) bool {
			return who.phone != "" && one.profile["phone"] != who.phone || who.email != "" && one.profile["email"] != who.email
		})
	case "birth-date-filters":
		return slices.DeleteFunc(found, func(one *customer) bool { return who.birth != "" && one.profile["birthDate"] != who.birth })
	case "search-ignores-email":
		return h.books.by("phone", who.phone)
	case "search-ignores-phone":
		return h.books.by("email", who.email)
	}
	return found
}
