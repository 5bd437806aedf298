package hosts

import (
	"path"
	"slices"
	"strings"
)

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
	value, err = h.present(c, found.pick(h), false)
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
