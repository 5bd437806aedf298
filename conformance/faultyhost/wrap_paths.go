package faultyhost

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// pathWrappers are the faults of paths, verbs and queries.
func pathWrappers() map[string]wrapper {
	const ok = `{"status":"ok"}`
	// verb is a verb that a path does not take, which is answered all the same.
	verb := func(fits func(r *http.Request) bool) wrapper {
		return spoiling(func(c *call, a *kept) {
			if a.tells(wrongVerb) && fits(c.request) {
				a.status = http.StatusOK
				a.says(nil)
			}
		})
	}
	strangers := func(methods string) wrapper {
		return spoiling(func(c *call, a *kept) {
			if of(methods, c) && c.method != "" && a.ok() && c.hasStrangers() {
				a.refuse(c.host, badField)
			}
		})
	}
	return map[string]wrapper{
		"slash-redirected": first(func(_ *Host, w http.ResponseWriter, r *http.Request) bool {
			slash := strings.HasSuffix(r.URL.Path, "/") && r.URL.Path != "/"
			if slash {
				http.Redirect(w, r, strings.TrimSuffix(r.URL.Path, "/"), http.StatusMovedPermanently)
			}
			return slash
		}),
		"long-path-cuts": cutting(func(_ *Host, r *http.Request) bool { return len(r.URL.Path)+len(r.URL.RawQuery) > 2000 }),
		"cuts-some-answers": cutting(func(h *Host, r *http.Request) bool {
			return strings.HasPrefix(r.URL.Path, "/v1/card/") && h.turn()%7 == 0
		}),
		"answers-slowly": waiting(func(h *Host, _ *http.Request) bool { return h.turn()%8 == 0 }),
		"sql-sleeps": waiting(func(_ *Host, r *http.Request) bool {
			text, _ := url.QueryUnescape(strings.ToLower(r.URL.Path + r.URL.RawQuery))
			return strings.Contains(text, "sleep(") || strings.Contains(text, "waitfor") || strings.Contains(text, "benchmark(")
		}),
		"line-end-in-value": first(func(_ *Host, w http.ResponseWriter, r *http.Request) bool {
			text, _ := url.QueryUnescape(r.URL.EscapedPath() + "\n" + r.URL.RawQuery)
			for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
				if key, value, found := strings.Cut(line, ":"); found && !strings.ContainsAny(key, "/=& ") {
					w.Header().Add(key, strings.TrimSpace(value))
				}
			}
			return false
		}),
		"dots-in-number": changing(func(_ *Host, r *http.Request) *http.Request {
			if !strings.Contains(r.URL.Path, "..") && !strings.Contains(strings.ToLower(r.URL.EscapedPath()), "%2f") {
				return r
			}
			return at(r, path.Clean(r.URL.Path), r.URL.RawQuery)
		}),
		"unknown-path-200": succeeds("", unknownPath, ok),
		"unknown-path-open": spoiling(func(c *call, a *kept) {
			if _, err := c.host.route(c); err == unknownPath {
				a.status = http.StatusOK
				a.says([]byte(ok))
			}
		}),
		"options-open": spoiling(func(c *call, a *kept) {
			if _, err := c.host.route(c); err == wrongVerb && c.request.Method == http.MethodOptions {
				a.status = http.StatusOK
				a.says(nil)
			}
		}),
		"get-writes":     verb(func(r *http.Request) bool { return r.Method == http.MethodGet }),
		"wrong-verb-200": verb(func(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }),
		"words-writable": verb(func(r *http.Request) bool {
			return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/v1/card/getAllUsers")
		}),
		"patch-writes": changing(func(_ *Host, r *http.Request) *http.Request {
			if r.Method == http.MethodPatch {
				r = r.Clone(r.Context())
				r.Method = http.MethodPost
			}
			return r
		}),
		"delete-deletes": spoiling(func(c *call, a *kept) {
			c.host.mu.Lock()
			defer c.host.mu.Unlock()
			if gone := c.host.books.cards[c.number]; a.tells(wrongVerb) && c.request.Method == http.MethodDelete && gone != nil {
				gone.move(&customer{})
				delete(c.host.books.cards, c.number)
			}
		}),
		"unknown-query-refused":     strangers(""),
		"unknown-parameter-refused": strangers("find"),
		"anonymous-shadowed":        refuses("reserve", "", cardUnknown),
		"users-shadowed":            refuses("users", "", cardUnknown),
		"extended-shadowed":         refuses("usersExtended", "", cardUnknown),
		"works-before-auth":         beforeDoor("."),
	}
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

// first is a fault that shows before anybody has looked at a call; it reports
// whether it has answered.
func first(does func(h *Host, w http.ResponseWriter, r *http.Request) bool) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !does(h, w, r) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

// cutting ends the connection of some calls without an answer.
func cutting(fits func(h *Host, r *http.Request) bool) wrapper {
	return first(func(h *Host, _ http.ResponseWriter, r *http.Request) bool {
		if fits(h, r) {
			panic(http.ErrAbortHandler)
		}
		return false
	})
}

// waiting answers some calls late.
func waiting(fits func(h *Host, r *http.Request) bool) wrapper {
	return first(func(h *Host, _ http.ResponseWriter, r *http.Request) bool {
		if fits(h, r) {
			h.wait(&call{host: h, request: r})
		}
		return false
	})
}

// turn counts a call of a fault that does not hit every one.
func (h *Host) turn() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts.turn++
	return h.counts.turn
}
