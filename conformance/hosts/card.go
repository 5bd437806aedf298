package hosts

import "slices"

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
	return h.spoilCard(c, shown, answer), nil
}

// details is GET /v1/card/{cardNumber}.
func (h *Host) details(c *call) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.known(c)
	if err == cardUnknown && h.wrong("unknown-card-is-empty") {
		return nothing{}, nil
	}
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
			{"description", lot.Description}, {"amount", points(lot.Points)}, {"validUntil", maybe(h.spellDay(lot.ValidUntil))},
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

// spellDay is the faults of the points' last day.
func (h *Host) spellDay(day string) string {
	switch {
	case day == "":
	case h.wrong("last-day-with-dots"):
		return dotted(day)
	case h.wrong("last-day-with-time"):
		return day + "T00:00:00Z"
	}
	return day
}

// dotted writes a day as people in Russia do.
func dotted(day string) string { return day[8:10] + "." + day[5:7] + "." + day[:4] }

// spoilCard is the faults of a card that is shown.
func (h *Host) spoilCard(c *call, shown *card, answer object) any {
	set := func(key string, value any) {
		for i := range answer {
			if answer[i].key == key {
				answer[i].value = value
			}
		}
	}
	text, kind := h.style.barcode(shown.number)
	switch h.fault {
	case "person-shown":
		answer = append(answer, member{"phone", shown.holder.profile["phone"]}, member{"surname", shown.holder.profile["surname"]})
	case "unknown-field":
		answer = append(answer, member{"tariff", "gold"})
	case "boolean-bare":
		answer = append(answer, member{"physical", raw("false")})
	case "null-leaf":
		answer = append(answer, member{"bonus", raw("null")})
	case "key-twice":
		answer = append(answer, member{"cardState", active})
	case "barcode-missing":
		answer = slices.DeleteFunc(answer, func(m member) bool { return m.key == "barcode" })
	case "barcode-empty":
		set("barcode", object{{"barcodeNumber", ""}, {"barcodeType", kind}})
	case "barcode-check-digit":
		last := text[len(text)-1]
		set("barcode", object{{"barcodeNumber", text[:len(text)-1] + string('0'+(last-'0'+1)%10)}, {"barcodeType", kind}})
	case "barcode-type-unknown":
		set("barcode", object{{"barcodeNumber", text}, {"barcodeType", "EAN13"}})
	case "state-upper-case":
		set("cardState", map[string]string{active: "ACTIVE", inactive: "INACTIVE", blocked: "BLOCKED"}[shown.state])
	case "shows-other-number":
		if c.method == "details" {
			set("cardNumber", h.style.number(1))
		}
	case "search-number-with-blanks":
		if c.method == "find" {
			set("cardNumber", shown.number[:4]+" "+shown.number[4:])
		}
	}
	return h.wrap(answer)
}

// wrap puts a card into its object.
func (h *Host) wrap(answer object) any {
	at := slices.IndexFunc(answer, func(m member) bool { return m.key == "bonus" })
	switch {
	case h.wrong("card-without-wrapper"):
		return answer
	case h.wrong("balance-outside-card") && at >= 0:
		bonus := answer[at]
		return object{{"card", slices.Delete(answer, at, at+1)}, bonus}
	}
	return object{{"card", answer}}
}
