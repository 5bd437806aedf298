package faultyhost

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const updatePath = `^/v1/card/\d+$`

// framingWrappers are the faults of how calls come over the wire.
func framingWrappers() map[string]wrapper {
	return map[string]wrapper{
		"chunked-unread": changing(func(_ *Host, r *http.Request) *http.Request {
			if r.ContentLength < 0 {
				return carrying(r, "")
			}
			return r
		}),
		"first-piece-alone": changing(func(_ *Host, r *http.Request) *http.Request {
			const most = 4096
			if r.ContentLength <= 0 || r.ContentLength > most {
				return r
			}
			piece := make([]byte, most)
			n, _ := r.Body.Read(piece)
			return carrying(r, string(piece[:n]))
		}),
		"expect-417": answering(http.StatusExpectationFailed, func(r *http.Request) bool { return r.Header.Get("Expect") != "" }),
		"media-type-exact": changing(func(_ *Host, r *http.Request) *http.Request {
			if given := r.Header.Get("Content-Type"); given != "" && given != "application/json; charset=utf-8" {
				return carrying(r, "?")
			}
			return r
		}),
		"media-type-case": changing(func(_ *Host, r *http.Request) *http.Request {
			if strings.HasPrefix(r.Header.Get("Content-Type"), "Application") {
				return carrying(r, "?")
			}
			return r
		}),
		"media-type-415": answering(http.StatusUnsupportedMediaType, func(r *http.Request) bool {
			given := r.Header.Get("Content-Type")
			return given != "" && !strings.HasPrefix(strings.ToLower(given), "application/json")
		}),
		"half-body-taken": changing(func(_ *Host, r *http.Request) *http.Request {
			if r.Method == http.MethodGet || r.Header.Get("Expect") != "" {
				return r
			}
			text, _ := io.ReadAll(r.Body) // the fault: that it broke off does not matter
			return carrying(r, string(text))
		}),
		"half-body-mended": changing(func(_ *Host, r *http.Request) *http.Request {
			if r.Method == http.MethodGet || r.Header.Get("Expect") != "" {
				return r
			}
			text, err := io.ReadAll(r.Body)
			if err != nil {
				return carrying(r, regexp.MustCompile(`,"[^"]*":"[^"]*$`).ReplaceAllString(string(text), "}"))
			}
			return carrying(r, string(text))
		}),
		"broken-off-loses-points": unpaid("receipt", (*Host).hungUp),
		"broken-off-loses-code":   unpaid("code", (*Host).hungUp),
		"broken-off-leaves-half-a-customer": onCall(func(h *Host, c *call) {
			if phone := c.said("phone"); c.method == "issue" && h.hungUp(c.request) {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.books.attach(h.books.draw(h.style, true), h.books.register(profile{"phone": phone})).state = blocked
			}
		}),
		"broken-off-uses-number": onCall(func(h *Host, c *call) {
			if c.text(); c.method == "confirm" && h.hungUp(c.request) {
				h.mu.Lock()
				defer h.mu.Unlock()
				delete(h.books.numbers, c.number)
			}
		}),
		"accept-html-406":    answering(http.StatusNotAcceptable, func(r *http.Request) bool { return strings.HasPrefix(r.Header.Get("Accept"), "text/html") }),
		"last-key-unchecked": lastKey,
		"long-names-break":   breakingBody(func(body string) bool { return strings.Contains(body, strings.Repeat("я", 1000)) }),
		"long-names-cut": telling(updatePath, func(_ *Host, body string) string {
			return regexp.MustCompile(`("surname":"[^"]{100})[^"]*`).ReplaceAllString(body, "$1")
		}),
		"emails-cut": func(h *Host, next http.Handler) http.Handler {
			const most = 100
			cut := searching(func(_ *Host, query url.Values) {
				if email := query["email"]; len(email) > 0 && len(email[0]) > most {
					email[0] = email[0][:most]
				}
			})
			return telling(updatePath, func(_ *Host, body string) string {
				return regexp.MustCompile(`("email":"[^"]{100})[^"]*`).ReplaceAllString(body, "$1")
			})(h, cut(h, next))
		},
		"query-merged": changing(func(_ *Host, r *http.Request) *http.Request {
			if email := r.URL.Query().Get("email"); email != "" && r.Method != http.MethodGet {
				return carrying(r, `{"email":"`+email+`"}`)
			}
			return r
		}),
	}
}

// hungUp reports whether the caller of a call on a connection of its own goes away
// before the answer. Its body has been read.
func (h *Host) hungUp(r *http.Request) bool {
	if !r.Close {
		return false
	}
	timer := time.NewTimer(20 * h.late)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return true
	case <-timer.C:
		return false
	}
}

// lastKey is an update that checks the first of several e-mail addresses and
// stores the last.
func lastKey(h *Host, next http.Handler) http.Handler {
	every := regexp.MustCompile(`(?i)"email":"([^"]*)"`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, text := read(r)
		answer := ask(next, carrying(r, every.ReplaceAllString(text, `"email":"`+firstOf(every, text)+`"`)))
		if given := every.FindAllStringSubmatch(text, -1); len(given) > 1 && answer.status == http.StatusOK {
			h.mu.Lock()
			last := given[len(given)-1][1]
			for _, one := range h.books.by("email", last) {
				delete(one.profile, "email")
			}
			if mine := h.books.cards[strings.TrimPrefix(r.URL.Path, "/v1/card/")]; mine != nil {
				mine.holder.profile["email"] = last
			}
			h.mu.Unlock()
		}
		answer.send(w)
	})
}

func firstOf(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// breakingBody is a fault that answers calls with some bodies with 500.
func breakingBody(fits func(body string) bool) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, text := read(r)
			breaking(func(*http.Request) bool { return fits(text) })(h, next).ServeHTTP(w, r)
		})
	}
}

// unpaid is a fault that takes back the points of some calls of a method.
func unpaid(method string, fits func(h *Host, r *http.Request) bool) wrapper {
	return onAnswer(func(h *Host, c *call, a *kept) {
		if c.method != method || !a.ok() || !fits(h, c.request) {
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if mine := h.payee(c); mine != nil && len(mine.lots) > 0 {
			mine.lots = mine.lots[:len(mine.lots)-1]
		}
	})
}
