package hosts

import "strings"

// spoilNumber is the faults of reading a card number: it finds a card that is
// not meant, or breaks.
func (h *Host) spoilNumber(c *call) (*card, error) {
	number := c.number
	switch {
	case h.wrong("quote-500") && quoted(number):
		return nil, brokenQuery
	case h.wrong("quote-shows-query") && quoted(number):
		return nil, leakedQuery
	case h.wrong("sql-drops") && quoted(number):
		h.dropNew()
	case h.wrong("sql-in-card-number") && quoted(number), h.wrong("balance-of-another") && h.books.cards[number] != nil && c.method == "details":
		return h.firstCard(func(*card) bool { return true }), nil
	case h.wrong("number-by-prefix") && len(number) >= 4:
		return h.firstCard(func(one *card) bool { return one.number != number && strings.HasPrefix(one.number, number) }), nil
	case h.wrong("number-by-near-miss") && h.books.cards[number] == nil && len(number) > 4:
		return h.firstCard(func(one *card) bool { return near(one.number, number) }), nil
	case h.wrong("number-like") && strings.ContainsAny(number, "%_*"):
		return h.firstCard(func(one *card) bool { return like(one.number, number) }), nil
	case h.wrong("reserved-is-card") && c.method == "details":
		if _, reserved := h.books.numbers[number]; reserved {
			return &card{number: number, state: active, holder: &customer{}}, nil
		}
	case h.wrong("zero-byte-cuts"):
		c.number, _, _ = strings.Cut(number, "\x00")
	}
	return nil, nil
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
