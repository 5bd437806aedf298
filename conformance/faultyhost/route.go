package faultyhost

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// call is one request on its way.
type call struct {
	host    *Host
	request *http.Request
	query   url.Values
	// method is the name of what was called, "" for nothing that exists.
	method string
	// number is the card number of the path.
	number string
}

// operation is a method of the contract.
type operation struct {
	name  string
	verb  string
	serve func(*call) (any, error)
}

// operations are the methods of a path, in which N stands for a card's number
// and offers for whatever the style calls that segment.
func (h *Host) operations(path string) []operation {
	writes := h.style.writes
	switch path {
	case "card":
		return []operation{{"find", http.MethodGet, h.find}}
	case "card/anonymous":
		return []operation{{"reserve", http.MethodGet, h.reserve}, {"issue", http.MethodPost, h.issue}}
	case "card/anonymous/N":
		return []operation{{"confirm", writes, h.confirm}}
	case "card/getAllUsers":
		return []operation{{"users", http.MethodGet, h.users}}
	case "card/getAllUsersExtended":
		return []operation{{"usersExtended", http.MethodGet, h.usersExtended}}
	case "card/N":
		return []operation{{"details", http.MethodGet, h.details}, {"update", writes, h.update}}
	case "card/N/communication":
		return []operation{{"channels", http.MethodPut, h.channels}}
	case "card/N/purchases":
		return []operation{{"purchases", http.MethodGet, h.purchases}}
	case "card/N/offers":
		return []operation{{"offers", http.MethodGet, h.offers}}
	case "promo/qrCode":
		return []operation{{"receipt", http.MethodPost, h.receipt}}
	case "promo/code":
		return []operation{{"code", http.MethodPost, h.code}}
	}
	return nil
}

// route finds the method that is called and its card number.
func (h *Host) route(c *call) (operation, error) {
	path, known := h.pattern(c)
	operations := h.operations(path)
	if !known || len(operations) == 0 {
		return operation{}, unknownPath
	}
	at := slices.IndexFunc(operations, func(op operation) bool { return op.verb == c.request.Method })
	if at < 0 {
		return operation{}, wrongVerb
	}
	return operations[at], nil
}

// pattern turns the path into one of the contract's and keeps the card number.
func (h *Host) pattern(c *call) (string, bool) {
	rest, found := strings.CutPrefix(c.request.URL.EscapedPath(), "/v1/")
	if !found {
		return "", false
	}
	segments := strings.Split(rest, "/")
	if segments[0] != "card" {
		return rest, true
	}
	at := 1 // where a number may stand
	switch {
	case len(segments) == 3 && segments[1] == "anonymous":
		at = 2
	case len(segments) == 2 && isStatic(segments[1]), len(segments) < 2:
		return rest, true
	}
	number, err := url.PathUnescape(segments[at])
	if err != nil || number == "" {
		return "", false
	}
	c.number, segments[at] = number, "N"
	if len(segments) == 3 && at == 1 {
		switch segments[2] {
		case h.style.offers:
			segments[2] = "offers"
		case "offers":
			return "", false
		}
	}
	return strings.Join(segments, "/"), true
}

// isStatic reports whether a segment has a meaning of its own.
func isStatic(segment string) bool {
	return slices.Contains([]string{"anonymous", "getAllUsers", "getAllUsersExtended"}, segment)
}
