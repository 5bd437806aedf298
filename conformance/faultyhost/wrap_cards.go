package faultyhost

import (
	"strings"
)

// cardWrappers are the faults of what shows a card, and of what its number finds.
func cardWrappers() map[string]wrapper {
	number := Plain().Numbers().Blocked
	text := func(state string) string {
		return `{"card":{"cardNumber":"` + number + `","cardState":"` + state + `","barcode":{"barcodeNumber":"` + number + `","barcodeType":"EAN_13"}}}`
	}
	const ofCard = "details update channels purchases offers"
	byNumber := func(fits func(given, number string) bool) wrapper { return numberBy(fits, strings.Fields(ofCard)...) }
	withQuote := func(reason refusal) wrapper {
		return spoiling(func(c *call, a *kept) {
			if quoted(c.number) && a.status == 422 {
				a.refuse(c.host, reason)
				a.status = map[bool]int{true: 500, false: 422}[reason == brokenQuery]
			}
		})
	}
	reserved := func(state string) wrapper {
		return spoiling(func(c *call, a *kept) {
			c.host.mu.Lock()
			defer c.host.mu.Unlock()
			if _, held := c.host.books.numbers[c.number]; held && c.method == "details" && a.tells(cardUnknown) {
				a.status = 200
				a.says([]byte(strings.ReplaceAll(text(state), number, c.number)))
			}
		})
	}
	return map[string]wrapper{
		"blocked-shown-active":      succeeds("find", cardBlocked, text(active)),
		"blocked-details-active":    succeeds("details", cardBlocked, text(active)),
		"blocked-state-named":       succeeds("find details", cardBlocked, text(blocked)),
		"blocked-is-nobody":         succeeds("find", cardBlocked, ""),
		"no-balance":                rewrites("details", `,"bonus":.*\}\}$`, "}}"),
		"balance-in-search":         rewrites("find", `\}\}$`, `},"bonus":{"total":"1","available":"1","bonuses":[]}}}`[1:]),
		"more-available-than-total": rewrites("details", `"available":"`, `"available":"9`),
		"no-list-of-points":         rewrites("details", `,"bonuses":\[\]`, ""),
		"reading-earns":             after("details", func(_ *Host, _ *call, mine *card) { mine.credit(1, "For looking", "") }),
		"new-cards-unknown": onAnswerLocked(func(h *Host, c *call, a *kept) {
			if found := h.books.cards[c.number]; c.method == "details" && found != nil && !found.holder.seeded {
				a.refuse(h, cardUnknown)
			}
		}),
		"plastic-unknown": onCallLocked(func(h *Host, c *call) {
			if found := h.books.cards[c.number]; of(ofCard, c) && found != nil && found.plastic() {
				c.toNumber(c.number + "0")
			}
		}),
		"balance-of-another": onCallLocked(func(h *Host, c *call) {
			if c.method == "details" && h.books.cards[c.number] != nil {
				c.toNumber(h.firstCard(func(*card) bool { return true }).number)
			}
		}),
		"reserved-is-card":        reserved(inactive),
		"reserved-is-active-card": reserved(active),
		"quote-500":               withQuote(brokenQuery),
		"quote-shows-query":       withQuote(leakedQuery),
		"sql-drops": onCallLocked(func(h *Host, c *call) {
			if quoted(c.number) {
				h.dropNew()
			}
		}),
		"sql-in-card-number":  byNumber(func(given, _ string) bool { return quoted(given) }),
		"number-by-prefix":    byNumber(func(given, number string) bool { return len(given) >= 4 && strings.HasPrefix(number, given) }),
		"number-by-near-miss": byNumber(near),
		"number-like":         byNumber(func(given, number string) bool { return strings.ContainsAny(given, "%_*") && like(number, given) }),
	}
}

// near reports whether two numbers differ in one digit.
func near(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	apart := 0
	for i := range len(a) {
		if a[i] != b[i] {
			apart++
		}
	}
	return apart == 1
}

// firstCard is the first active card that fits, in the order of customers.
func (h *Host) firstCard(fits func(*card) bool) *card {
	for _, one := range h.books.customers {
		for _, owned := range one.cards {
			if owned.state == active && fits(owned) {
				return owned
			}
		}
	}
	return nil
}

// dropNew removes every card that the data did not bring.
func (h *Host) dropNew() {
	for _, one := range h.books.customers {
		if !one.seeded {
			for _, owned := range one.cards {
				delete(h.books.cards, owned.number)
			}
			one.cards = nil
		}
	}
}
