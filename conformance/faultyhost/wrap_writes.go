package faultyhost

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// writeWrappers are the faults of writes that change more than they name, or
// less.
func writeWrappers() map[string]wrapper {
	names := []string{"surname", "firstname", "patronymic", "locality"}
	return map[string]wrapper{
		"body-sets-state": after("update", func(_ *Host, c *call, mine *card) {
			if c.said("cardState") != "" {
				mine.state = c.said("cardState")
			}
		}),
		"body-sets-points": after("update", setsPoints),
		"body-number-wins": onCall(func(h *Host, c *call) {
			if c.method == "update" && h.has(c.said("cardNumber")) {
				c.toNumber(c.said("cardNumber"))
			}
		}),
		"query-is-body": onCall(func(_ *Host, c *call) {
			if email := c.query.Get("email"); c.method == "update" && email != "" {
				c.saysInstead("email", email)
			}
		}),
		"issue-number-from-body": after("issue", func(h *Host, c *call, mine *card) {
			if other := h.books.cards[c.said("cardNumber")]; other != nil {
				delete(h.books.cards, mine.number)
				mine.number = other.number
			}
		}),
		"issue-points-from-body": after("issue", setsPoints),
		"confirm-number-from-body": after("confirm", func(h *Host, c *call, mine *card) {
			if other := h.books.cards[c.said("cardNumber")]; other != nil {
				other.move(mine.holder)
			}
		}),
		"receipt-points-from-body": after("receipt", setsPoints),

		"update-loses-names": telling(updatePath, func(_ *Host, body string) string {
			return regexp.MustCompile(`"firstname":"[^"]*"`).ReplaceAllString(body, `"firstname":""`)
		}),
		"update-cuts-names": telling(updatePath, func(_ *Host, body string) string {
			return regexp.MustCompile(`("(?:surname|firstname)":"[^"]{20})[^"]*`).ReplaceAllString(body, "$1")
		}),
		"update-wipes-names": after("update", func(_ *Host, c *call, mine *card) {
			wipe(mine, names, func(field string) bool { _, given := c.body()[field]; return !given })
		}),
		"empty-wipes-names": after("update", func(_ *Host, c *call, mine *card) {
			wipe(mine, names, func(field string) bool { return c.body()[field] == "" })
		}),
		"blank-wipes": after("update", func(_ *Host, c *call, mine *card) {
			wipe(mine, profileFields, func(field string) bool { return c.said(field) != "" && strings.TrimSpace(c.said(field)) == "" })
		}),
		"null-wipes": after("update", func(_ *Host, c *call, mine *card) {
			wipe(mine, profileFields, func(field string) bool { value, given := c.body()[field]; return given && value == nil })
		}),
		"update-hits-the-newest": onCallLocked(func(h *Host, c *call) {
			if newest := h.newest(); c.method == "update" && h.books.cards[c.number] != nil && newest != nil {
				c.toNumber(newest.number)
			}
		}),
		"update-hits-namesakes": after("update", func(h *Host, c *call, mine *card) {
			for _, one := range h.books.by("firstname", mine.holder.profile["firstname"]) {
				if one != mine.holder && c.said("locality") != "" {
					delete(one.profile, "email")
				}
			}
		}),
		"update-takes-spelled-phone": afterRefused("update", func(h *Host, c *call, a *kept, mine *card) {
			phone, err := c.cleanPhone(c.said("phone"))
			if mine == nil || err != nil || phone == c.said("phone") {
				return
			}
			mine.holder.profile["phone"] = phone
			a.status = 200
			a.says(nil)
		}),
		"refused-update-stores-phone": afterRefused("update", storesRefused("phone")),
		"refused-update-stores-names": afterRefused("update", storesRefused(names...)),
		"old-email-still-finds": onCall(func(h *Host, c *call) {
			if owner := h.formerly(c.query.Get("email")); c.method == "find" && owner != nil {
				c.asks("email", owner["email"])
			}
		}),
		"old-contact-stays-taken": onCall(func(h *Host, c *call) {
			if c.method == "update" && h.formerly(c.said("email")) != nil {
				c.saysInstead("email", KnownEmail)
			}
		}),
		"old-phone-still-issues": onCall(func(h *Host, c *call) {
			if owner := h.formerly(c.said("phone")); c.method == "issue" && owner != nil {
				c.saysInstead("phone", owner["phone"])
			}
		}),
		"update-clears-points":      after("update", func(_ *Host, _ *call, mine *card) { mine.lots = nil }),
		"channels-clear-points":     after("channels", func(_ *Host, _ *call, mine *card) { mine.lots = nil }),
		"issue-again-clears-points": after("issue", func(_ *Host, _ *call, mine *card) { mine.lots = nil }),
		"refused-issue-registers": afterRefused("issue", func(h *Host, c *call, _ *kept, _ *card) {
			given := profile{"phone": c.said("phone"), "email": c.said("email")}
			if digitsOnly(given["phone"]) && len(given["phone"]) == 11 && len(h.books.identified(given["phone"], given["email"])) == 0 {
				h.newCard(h.books.register(given), given)
			}
		}),
		"confirm-retry-by-text":             knownByText("confirm"),
		"issue-again-in-other-form-refused": knownByText("issue"),

		"empty-lists-clear-channels": after("channels", func(_ *Host, c *call, mine *card) {
			allow, _ := c.body()["allow"].([]any)
			deny, _ := c.body()["deny"].([]any)
			if len(allow)+len(deny) == 0 {
				clear(mine.holder.channels)
			}
		}),
		"unknown-channel-drops-lists": onCall(func(_ *Host, c *call) {
			for _, list := range []string{"allow", "deny"} {
				items, _ := c.body()[list].([]any)
				if c.method == "channels" && slices.ContainsFunc(items, func(item any) bool {
					name, text := item.(string)
					return text && !slices.Contains(channelNames, name)
				}) {
					c.saysInstead(list, []any{})
				}
			}
		}),
		"push-ignored": inLists(func(items []any) []any {
			return slices.DeleteFunc(items, func(item any) bool { return item == "push" })
		}),
		"first-channel-only": inLists(func(items []any) []any { return items[:min(1, len(items))] }),
		"channels-of-everybody": after("channels", func(h *Host, _ *call, mine *card) {
			for _, one := range h.books.customers {
				one.channels = maps.Clone(mine.holder.channels)
			}
		}),
		"update-clears-channels": after("update", func(_ *Host, _ *call, mine *card) { clear(mine.holder.channels) }),
	}
}

// after is a fault that does something more when a method was carried out for a
// card. What changes the card's number shows in the answer.
func after(method string, do func(h *Host, c *call, mine *card)) wrapper {
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		if c.method != method || !a.ok() {
			return
		}
		if mine := h.target(c, a); mine != nil {
			number := mine.number
			do(h, c, mine)
			a.replace(number, mine.number)
		}
	})
}

// afterRefused is a fault that does something though a method was refused.
func afterRefused(method string, do func(h *Host, c *call, a *kept, mine *card)) wrapper {
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		if c.method == method && a.status == 422 {
			do(h, c, a, h.target(c, a))
		}
	})
}

// target is the card of a call, nil for none.
func (h *Host) target(c *call, a *kept) *card {
	switch c.method {
	case "issue":
		return h.books.cards[between(a.body.String(), `"cardNumber":"`, `"`)]
	case "receipt", "code":
		return h.payee(c)
	}
	return h.books.cards[c.number]
}

func (h *Host) has(number string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.books.cards[number] != nil
}

// formerly is the profile of the customer who had a contact before, nil for none.
func (h *Host) formerly(contact string) profile {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.books.customers {
		if contact != "" && slices.Contains(one.former, contact) {
			return one.profile
		}
	}
	return nil
}

func setsPoints(_ *Host, c *call, mine *card) {
	if _, said := c.body()["points"]; said {
		mine.lots = append(mine.lots, Lot{Points: 777_000})
	}
}

func wipe(mine *card, fields []string, when func(field string) bool) {
	for _, field := range fields {
		if when(field) {
			delete(mine.holder.profile, field)
		}
	}
}

// storesRefused stores some fields of an update that was refused for its email.
func storesRefused(fields ...string) func(h *Host, c *call, a *kept, mine *card) {
	return func(h *Host, c *call, _ *kept, mine *card) {
		if mine == nil || len(h.books.by("email", c.said("email"))) == 0 || len(h.books.by("phone", c.said("phone"))) > 0 {
			return
		}
		for _, field := range fields {
			if c.said(field) != "" {
				mine.holder.profile[field] = c.said(field)
			}
		}
	}
}

// knownByText is the fault that the same call again is known by its text alone,
// and refused in any other.
func knownByText(method string) wrapper {
	texts := map[string]string{}
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		mine := h.target(c, a)
		if c.method != method || !a.ok() || mine == nil {
			return
		}
		text, again := texts[mine.number]
		if given := string(c.text()); !again {
			texts[mine.number] = given
		} else if text != given {
			a.refuse(h, numberTaken)
		}
	})
}

// inLists is a fault of the lists of channels.
func inLists(change func(items []any) []any) wrapper {
	return onCall(func(_ *Host, c *call) {
		for _, list := range []string{"allow", "deny"} {
			if items, given := c.body()[list].([]any); given && c.method == "channels" {
				c.saysInstead(list, change(items))
			}
		}
	})
}
