package faultyhost

import (
	"fmt"
	"slices"
	"strings"
)

// purchases is GET /v1/card/{cardNumber}/purchases.
func (h *Host) purchases(c *call) (any, error) {
	from, to := strings.TrimSpace(c.query.Get("startDate")), strings.TrimSpace(c.query.Get("endDate"))
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.visible(c)
	if err != nil {
		return nil, err
	}
	if h.wrong("sql-in-start-date-500") && strings.ContainsAny(from, `'";`) {
		return nil, brokenQuery
	}
	all := h.wrong("sql-in-start-date") && injected(from) || h.wrong("sql-in-end-date") && injected(to)
	if err := h.checkDays(from, to); err != nil && !all {
		return nil, err
	}
	var lines []Purchase
	for _, line := range h.linesOf(found) {
		if all || h.within(line.Date, from, to) {
			lines = append(lines, line)
		}
	}
	if h.wrong("nothing-is-everything") && len(lines) == 0 {
		lines = slices.Clone(found.lines)
	}
	order := func(a, b Purchase) int { return strings.Compare(b.Date, a.Date) }
	if h.style.newestLast {
		order = func(a, b Purchase) int { return strings.Compare(a.Date, b.Date) }
	}
	slices.SortStableFunc(lines, order)
	rows := list{}
	for _, line := range lines {
		rows = append(rows, h.spellLine(line))
	}
	return rows, nil
}

// injected reports whether a value goes on after a quote, or has SQL in it.
func injected(text string) bool {
	return quoted(text) || strings.Contains(strings.ToUpper(text), " OR ")
}

func (h *Host) linesOf(c *card) []Purchase {
	if h.wrong("history-forgotten") {
		return nil
	}
	if !h.wrong("history-of-everybody") {
		return c.lines
	}
	var lines []Purchase
	for _, one := range h.books.customers {
		for _, owned := range one.cards {
			lines = append(lines, owned.lines...)
		}
	}
	return lines
}

// checkDays refuses days that are missing, impossible or out of order.
func (h *Host) checkDays(from, to string) error {
	switch {
	case from == "" && h.wrong("start-date-optional"), from != "" && h.wrong("any-start-date"), h.wrong("any-end-date") && isDay(from):
		return nil
	case !isDay(from), to != "" && !isDay(to), to != "" && to < from:
		return badDate
	}
	return nil
}

// within reports whether a day lies between two, both included.
func (h *Host) within(day, from, to string) bool {
	switch h.fault {
	case "dates-ignored":
		return true
	case "start-exclusive":
		return day > from && (to == "" || day <= to)
	case "end-exclusive":
		return day >= from && (to == "" || day < to)
	case "end-ignored":
		return day >= from
	case "end-needed":
		return to != "" && day >= from && day <= to
	case "one-day-empty":
		return from != to && day >= from && (to == "" || day <= to)
	}
	return day >= from && (to == "" || day <= to)
}

func (h *Host) spellLine(line Purchase) object {
	quantity := fmt.Sprintf("%d.%03d", line.Thousandths/1000, line.Thousandths%1000)
	if !h.style.decimals {
		quantity = strings.TrimSuffix(strings.TrimRight(quantity, "0"), ".")
	}
	return object{
		{"date", line.Date}, {"item", line.Item}, {"amount", fmt.Sprint(line.Kopecks)}, {"quantity", quantity},
		{"location", maybe(line.Location)}, {"bonuses", points(line.Points)},
	}
}

// offers is GET /v1/card/{cardNumber}/campaigns.
func (h *Host) offers(c *call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.visible(c)
	if err != nil {
		return nil, err
	}
	rows := list{}
	for _, offer := range h.books.offers {
		if !h.isOpen(offer) || !h.isFor(offer, found) {
			continue
		}
		rows = append(rows, object{
			{"id", offer.ID}, {"name", offer.Name}, {"description", maybe(offer.Description)}, {"startDate", maybe(offer.StartDate)},
			{"endDate", maybe(offer.EndDate)}, {"image", maybe(offer.Image)}, {"discount", maybe(offer.Discount)},
		})
	}
	return rows, nil
}

func (h *Host) isOpen(o Offer) bool {
	today := h.today()
	return (o.StartDate == "" || o.StartDate <= today) && (o.EndDate == "" || o.EndDate >= today) || h.wrong("offers-ended")
}

func (h *Host) isFor(o Offer, c *card) bool {
	switch {
	case o.Card == "":
		return true
	case h.wrong("personal-offer-hidden"):
		return false
	}
	return o.Card == c.number || h.wrong("personal-offer-for-all")
}

// users is GET /v1/card/getAllUsers.
func (h *Host) users(*call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	phones := list{}
	for _, one := range h.listed() {
		if one.seeded || !h.wrong("users-without-new") {
			phones = append(phones, one.profile["phone"])
		}
	}
	return phones, nil
}

// listed are the customers with a phone and a card that is not blocked.
func (h *Host) listed() []*customer {
	var listed []*customer
	for _, one := range h.books.customers {
		usable := slices.ContainsFunc(one.cards, func(c *card) bool { return c.state != blocked })
		if usable && (one.profile["phone"] != "" || h.wrong("users-with-empty-phones")) {
			listed = append(listed, one)
		}
	}
	return listed
}

// usersExtended is GET /v1/card/getAllUsersExtended.
func (h *Host) usersExtended(*call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := list{}
	for _, one := range h.listed() {
		if one.seeded || !h.wrong("extended-without-new") {
			all = append(all, object{{"phone", one.profile["phone"]}, {"params", h.params(one)}})
		}
	}
	return all, nil
}

// params are the named values of a customer.
func (h *Host) params(one *customer) list {
	params := list{}
	for _, param := range h.style.params {
		value := one.profile[param[0]]
		if slices.Contains(channelNames, param[0]) {
			value = one.consent(param[0])
		}
		if value != "" {
			params = append(params, object{{"name", param[1]}, {"value", value}})
		}
	}
	return params
}
