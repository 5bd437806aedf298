package faultyhost

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// caller is what a call shows of who makes it.
type caller struct {
	*call
	// user and password are those of Basic authentication, when basic.
	user, password string
	basic          bool
	// scheme and text are the parts of the Authorization header, decoded the text
	// when it is Base64.
	scheme, text, decoded string
	base64                bool
	// unrouted is what is wrong with the path.
	unrouted error
}

// lets reports whether the caller has shown the credentials; err is what is
// wrong with the path.
func (h *Host) lets(c *call, err error) bool {
	by := &caller{call: c, unrouted: err}
	by.user, by.password, by.basic = c.request.BasicAuth()
	by.scheme, by.text, _ = strings.Cut(c.request.Header.Get("Authorization"), " ")
	decoded, broken := base64.StdEncoding.DecodeString(by.text)
	by.decoded, by.base64 = string(decoded), broken == nil
	if by.basic && same(by.user, h.user) && same(by.password, h.password) {
		return !h.shutsOut(by)
	}
	if h.wrong("locks-out") {
		h.turn()
	}
	opens, has := openings()[string(h.fault)]
	return has && opens(h, by)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// shutsOut is the faults that refuse the right credentials.
func (h *Host) shutsOut(by *caller) bool {
	switch h.fault {
	case "right-refused-on-one-method":
		return by.method == "find"
	case "scheme-case-matters":
		return by.scheme != "Basic"
	case "locks-out":
		h.mu.Lock()
		defer h.mu.Unlock()
		locked := h.counts.turn >= 5
		h.counts.turn = 0
		return locked
	}
	return false
}

// openings are the faults that let in who has not shown the credentials.
func openings() map[string]func(h *Host, by *caller) bool {
	return map[string]func(h *Host, by *caller) bool{
		"no-auth":                  func(*Host, *caller) bool { return true },
		"any-authorization-header": func(_ *Host, by *caller) bool { return by.request.Header.Get("Authorization") != "" },
		"empty-header-lets-in": func(_ *Host, by *caller) bool {
			given, present := by.request.Header["Authorization"]
			return present && strings.TrimSpace(given[0]) == ""
		},
		"empty-pair-lets-in": func(_ *Host, by *caller) bool { return by.basic && by.user == "" && by.password == "" },
		"any-password":       func(h *Host, by *caller) bool { return by.user == h.user && by.password != "" },
		"user-ignored":       func(h *Host, by *caller) bool { return by.user != "" && by.password == h.password },
		"password-prefix": func(h *Host, by *caller) bool {
			return by.user == h.user && by.password != "" && strings.HasPrefix(h.password, by.password)
		},
		"password-longer":   func(h *Host, by *caller) bool { return by.user == h.user && strings.HasPrefix(by.password, h.password) },
		"password-caseless": func(h *Host, by *caller) bool { return by.user == h.user && strings.EqualFold(by.password, h.password) },
		"user-caseless":     func(h *Host, by *caller) bool { return strings.EqualFold(by.user, h.user) && by.password == h.password },
		"empty-password":    func(h *Host, by *caller) bool { return by.user == h.user && by.password == "" },
		"swapped-pair":      func(h *Host, by *caller) bool { return by.user == h.password && by.password == h.user },
		"pair-without-colon": func(_ *Host, by *caller) bool {
			return strings.EqualFold(by.scheme, "Basic") && by.base64 && by.decoded != "" && !strings.Contains(by.decoded, ":")
		},
		"broken-base64-lets-in": func(_ *Host, by *caller) bool { return strings.EqualFold(by.scheme, "Basic") && !by.base64 },
		"plain-pair":            func(h *Host, by *caller) bool { return by.text == h.user+":"+h.password },
		"any-scheme":            func(h *Host, by *caller) bool { return by.decoded == h.user+":"+h.password },
		"any-bearer":            func(_ *Host, by *caller) bool { return strings.EqualFold(by.scheme, "Bearer") },

		"credentials-in-query": func(h *Host, by *caller) bool {
			return by.asked("login", "user", "username") == h.user && by.asked("password", "pass", "pwd") == h.password
		},
		"query-bypass": func(_ *Host, by *caller) bool { return by.asked("debug", "test", "admin", "noauth", "auth") != "" },
		"proxy-header-bypass": func(_ *Host, by *caller) bool {
			return slices.ContainsFunc([]string{"X-Forwarded-User", "X-Remote-User", "X-Original-Url"}, func(name string) bool { return by.request.Header.Get(name) != "" })
		},
		"second-header": func(h *Host, by *caller) bool {
			return slices.ContainsFunc([]string{"Proxy-Authorization", "X-Authorization"}, func(name string) bool {
				user, password, ok := (&http.Request{Header: http.Header{"Authorization": by.request.Header.Values(name)}}).BasicAuth()
				return ok && user == h.user && password == h.password
			})
		},
		"local-bypass": func(_ *Host, by *caller) bool {
			return strings.HasPrefix(by.request.Host, "localhost") || by.request.Header.Get("X-Forwarded-For") == "127.0.0.1"
		},
		"one-method-open":   func(_ *Host, by *caller) bool { return by.method == "purchases" },
		"one-write-open":    func(_ *Host, by *caller) bool { return by.method == "update" },
		"list-open":         func(_ *Host, by *caller) bool { return by.method == "usersExtended" },
		"unknown-path-open": func(_ *Host, by *caller) bool { return by.method == "unknown" },
		"options-open":      func(_ *Host, by *caller) bool { return by.request.Method == http.MethodOptions && by.unrouted == nil },
	}
}

// asked gives the first of some query parameters that is there.
func (c *call) asked(names ...string) string {
	for _, name := range names {
		if value := c.query.Get(name); value != "" {
			return value
		}
	}
	return ""
}
