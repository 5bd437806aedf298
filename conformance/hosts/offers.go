package hosts

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
