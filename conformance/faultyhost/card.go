package faultyhost

// present gives the object of a card, with its points or without. A blocked
// card is refused.
func (h *Host) present(shown *card, balance bool) (any, error) {
	if shown.state == blocked {
		return nil, cardBlocked
	}
	text, kind := h.style.barcode(shown.number)
	answer := object{
		{"cardNumber", shown.number}, {"cardState", shown.state},
		{"barcode", object{{"barcodeNumber", text}, {"barcodeType", kind}}},
	}
	if balance {
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
	found.read = true
	return h.present(found, true)
}

// known gives the card of the path.
func (h *Host) known(c *call) (*card, error) {
	if err := checkNumber(c.number); err != nil {
		return nil, err
	}
	found := h.books.cards[c.number]
	if found == nil {
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
	return object{{"total", points(total)}, {"available", points(available)}, {"bonuses", lots}}
}
