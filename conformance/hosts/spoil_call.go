package hosts

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

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
