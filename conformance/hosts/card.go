package hosts

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
