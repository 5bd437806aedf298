package faultyhost

import (
	"net/http"
	"net/url"
	"path"
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
		return h.spoilUnknown()
	}
	h.spoilVerb(c, operations)
	at := slices.IndexFunc(operations, func(op operation) bool { return op.verb == c.request.Method })
	if at < 0 {
		return h.spoilWrongVerb(c, path, operations)
	}
	return operations[at], nil
}

// pattern turns the path into one of the contract's and keeps the card number.
func (h *Host) pattern(c *call) (string, bool) {
	rest, found := strings.CutPrefix(h.spoilPath(c.request.URL.EscapedPath()), "/v1/")
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
	case len(segments) == 2 && h.static(segments[1]), len(segments) < 2:
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

// static reports whether a segment has a meaning of its own.
func (h *Host) static(segment string) bool {
	switch segment {
	case "anonymous":
		return !h.wrong("anonymous-shadowed")
	case "getAllUsers":
		return !h.wrong("users-shadowed")
	case "getAllUsersExtended":
		return !h.wrong("extended-shadowed")
	}
	return false
}

// hasStrangers reports whether the query has parameters that the method does
// not know.
func (c *call) hasStrangers() bool {
	known := map[string][]string{"find": {"msisdn", "email", "birthDate"}, "purchases": {"startDate", "endDate"}}[c.method]
	for parameter := range c.query {
		if !slices.Contains(known, parameter) {
			return true
		}
	}
	return false
}

// spoilCall is the faults that show before anybody has looked at a call; it
// reports whether one of them has answered.
func (h *Host) spoilCall(w http.ResponseWriter, c *call) bool {
	at := c.request.URL
	switch {
	case h.wrong("slash-redirected") && strings.HasSuffix(at.Path, "/") && at.Path != "/":
		http.Redirect(w, c.request, strings.TrimSuffix(at.Path, "/"), http.StatusMovedPermanently)
		return true
	case h.wrong("long-path-cuts") && len(at.Path)+len(at.RawQuery) > 2000:
		panic(http.ErrAbortHandler)
	case h.wrong("answers-slowly") && h.turn()%8 == 0:
		h.wait(c)
	case h.wrong("cuts-some-answers") && strings.HasPrefix(at.Path, "/v1/card/") && h.turn()%7 == 0:
		panic(http.ErrAbortHandler)
	case h.wrong("sql-sleeps") && sleeps(at.Path+at.RawQuery):
		h.wait(c)
	case h.wrong("line-end-in-value"):
		injectHeader(w.Header(), at)
	}
	return false
}

// turn counts a call of a fault that does not hit every one.
func (h *Host) turn() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts.turn++
	return h.counts.turn
}

func sleeps(text string) bool {
	text, _ = url.QueryUnescape(text)
	text = strings.ToLower(text)
	return strings.Contains(text, "sleep(") || strings.Contains(text, "waitfor") || strings.Contains(text, "benchmark(")
}

// injectHeader makes headers of what follows a line end.
func injectHeader(header http.Header, at *url.URL) {
	for _, text := range []string{at.EscapedPath(), at.RawQuery} {
		plain, _ := url.QueryUnescape(text)
		for i, line := range strings.FieldsFunc(plain, func(r rune) bool { return r == '\r' || r == '\n' }) {
			if key, value, found := strings.Cut(line, ":"); i > 0 && found {
				header.Add(strings.TrimSpace(key), strings.TrimSpace(value))
			}
		}
	}
}

// spoilPath is the fault that dots and escaped slashes lead elsewhere.
func (h *Host) spoilPath(text string) string {
	if !h.wrong("dots-in-number") {
		return text
	}
	plain, err := url.PathUnescape(text)
	if err != nil || !strings.Contains(plain, "..") && !strings.Contains(strings.ToLower(text), "%2f") {
		return text
	}
	return path.Clean(plain)
}

// spoilUnknown is the faults of paths that do not exist.
func (h *Host) spoilUnknown() (operation, error) {
	if h.wrong("unknown-path-200") || h.wrong("unknown-path-open") {
		return operation{name: "unknown", serve: func(*call) (any, error) { return object{{"status", "ok"}}, nil }}, nil
	}
	return operation{}, unknownPath
}

// spoilVerb is the fault that a wrong verb is carried out and then refused.
func (h *Host) spoilVerb(c *call, operations []operation) {
	if last := operations[len(operations)-1]; h.wrong("delete-deletes") && c.request.Method == http.MethodDelete && last.name == "update" {
		h.forget(c.number)
	}
}

// spoilWrongVerb is the faults of verbs that a path does not take.
func (h *Host) spoilWrongVerb(c *call, path string, operations []operation) (operation, error) {
	yes := operation{name: "wrong", serve: func(*call) (any, error) { return nothing{}, nil }}
	switch {
	case h.wrong("get-writes") && c.request.Method == http.MethodGet,
		h.wrong("wrong-verb-200") && c.request.Method != http.MethodGet && c.request.Method != http.MethodHead,
		h.wrong("options-open") && c.request.Method == http.MethodOptions,
		h.wrong("words-writable") && strings.HasPrefix(path, "card/getAllUsers") && c.request.Method == h.style.writes:
		return yes, nil
	case h.wrong("patch-writes") && c.request.Method == http.MethodPatch && path == "card/N":
		return operations[len(operations)-1], nil
	}
	return operation{}, wrongVerb
}

// forget deletes a card, which nothing in the contract asks for.
func (h *Host) forget(number string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if gone := h.books.cards[number]; gone != nil {
		gone.holder.cards = slices.DeleteFunc(gone.holder.cards, func(c *card) bool { return c == gone })
		delete(h.books.cards, number)
	}
}
