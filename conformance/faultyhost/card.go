package faultyhost

import (
	"strings"
)

// present gives the object of a card, with its points or without. A blocked
// card is refused.
func (h *Host) present(c *call, shown *card, balance bool) (any, error) {
	state := shown.state
	if state == blocked {
		switch {
		case h.wrong("blocked-shown-active") && c.method == "find", h.wrong("blocked-details-active") && c.method == "details":
			state = active
		case h.wrong("blocked-state-named"):
		case h.wrong("blocked-is-nobody") && c.method == "find":
			return nothing{}, nil
		default:
			return nil, cardBlocked
		}
	}
	text, kind := h.style.barcode(shown.number)
	answer := object{
		{"cardNumber", shown.number}, {"cardState", state},
		{"barcode", object{{"barcodeNumber", text}, {"barcodeType", kind}}},
	}
	if balance && !h.wrong("no-balance") || h.wrong("balance-in-search") {
		answer = append(answer, member{"bonus", h.bonus(shown)})
	}
	return object{{"card", answer}}, nil
}

// details is GET /v1/card/{cardNumber}.
func (h *Host) details(c *call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.known(c)
	if err != nil {
		return nil, err
	}
	if h.wrong("new-cards-unknown") && !found.holder.seeded {
		return nil, cardUnknown
	}
	found.read = true
	if h.wrong("reading-earns") {
		found.credit(1, "For looking", "")
	}
	return h.present(c, found, true)
}

// known gives the card of the path.
func (h *Host) known(c *call) (*card, error) {
	if found, err := h.spoilNumber(c); found != nil || err != nil {
		return found, err
	}
	if err := checkNumber(c.number); err != nil {
		return nil, err
	}
	found := h.books.cards[c.number]
	if found == nil || h.wrong("plastic-unknown") && found.plastic() {
		return nil, cardUnknown
	}
	return found, nil
}

// plastic reports whether nobody has registered the card.
func (c *card) plastic() bool {
	return c.holder.profile["phone"] == "" && c.holder.profile["email"] == ""
}

// visible gives the card of the path, refusing a blocked one.
func (h *Host) visible(c *call) (*card, error) {
	found, err := h.known(c)
	if err == nil && found.state == blocked {
		return nil, cardBlocked
	}
	return found, err
}

func (h *Host) bonus(c *card) object {
	var total, available int64
	lots := list{}
	for _, lot := range c.lots {
		if lot.ValidUntil != "" && lot.ValidUntil < h.today() {
			continue
		}
		total += lot.Points
		if !lot.Pending {
			available += lot.Points
		}
		lots = append(lots, object{
			{"description", lot.Description}, {"amount", points(lot.Points)}, {"validUntil", maybe(lot.ValidUntil)},
		})
	}
	if h.wrong("more-available-than-total") {
		available = total + 1
	}
	bonus := object{{"total", points(total)}, {"available", points(available)}, {"bonuses", lots}}
	if h.wrong("no-list-of-points") && len(lots) == 0 {
		return bonus[:2]
	}
	return bonus
}

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
	case (h.wrong("reserved-is-card") || h.wrong("reserved-is-active-card")) && c.method == "details":
		if _, reserved := h.books.numbers[number]; reserved {
			state := map[bool]string{true: active, false: inactive}[h.wrong("reserved-is-active-card")]
			return &card{number: number, state: state, holder: &customer{}}, nil
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
