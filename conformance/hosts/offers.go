package hosts

// offers is GET /v1/card/{cardNumber}/campaigns.
func (h *Host) offers(c *call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.visible(c)
	if err == cardUnknown && h.wrong("offers-of-unknown-card") {
		return list{}, nil
	}
	if err != nil {
		return nil, err
	}
	rows := list{}
	for _, offer := range h.books.offers {
		if !h.isOpen(offer) || !h.isFor(offer, found) {
			continue
		}
		rows = append(rows, h.spellOffer(offer))
		if h.wrong("offers-twice") {
			rows = append(rows, h.spellOffer(offer))
		}
	}
	if h.wrong("offers-wrapped") {
		return object{{"campaigns", rows}}, nil
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

func (h *Host) spellOffer(o Offer) object {
	id := member{"id", o.ID}
	if h.wrong("offers-without-id") {
		id = member{"id", ""}
	}
	return object{
		id, {"name", o.Name}, {"description", maybe(o.Description)}, {"startDate", maybe(o.StartDate)},
		{"endDate", maybe(o.EndDate)}, {"image", maybe(o.Image)}, {"discount", maybe(o.Discount)},
	}
}
