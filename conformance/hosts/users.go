package hosts

import "slices"

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
