package hosts

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
)

// lets reports whether the caller has shown the credentials; err is what is
// wrong with the path.
func (h *Host) lets(c *call, err error) bool {
	user, password, ok := c.request.BasicAuth()
	if ok && same(user, h.user) && same(password, h.password) {
		return !h.shutsOut(c)
	}
	if h.wrong("locks-out") {
		h.mu.Lock()
		h.counts.failures++
		h.mu.Unlock()
	}
	return h.pairLets(c, user, password, ok) || h.headerLets(c.request) || h.bypassLets(c) || h.methodLets(c, err)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// shutsOut is the faults that refuse the right credentials.
func (h *Host) shutsOut(c *call) bool {
	switch h.fault {
	case "right-refused-on-one-method":
		return c.method == "find"
	case "scheme-case-matters":
		return !strings.HasPrefix(c.request.Header.Get("Authorization"), "Basic ")
	case "locks-out":
		h.mu.Lock()
		defer h.mu.Unlock()
		locked := h.counts.failures >= 5
		h.counts.failures = 0
		return locked
	}
	return false
}

// pairLets is the faults of comparing login and password.
func (h *Host) pairLets(c *call, user, password string, basic bool) bool {
	right := user == h.user
	switch h.fault {
	case "no-auth":
		return true
	case "empty-pair-lets-in":
		return basic && user == "" && password == ""
	case "any-password":
		return right && password != ""
	case "user-ignored":
		return basic && user != "" && password == h.password
	case "password-prefix":
		return right && password != "" && strings.HasPrefix(h.password, password)
	case "password-longer":
		return right && strings.HasPrefix(password, h.password)
	case "password-caseless":
		return right && strings.EqualFold(password, h.password)
	case "user-caseless":
		return strings.EqualFold(user, h.user) && password == h.password
	case "empty-password":
		return right && password == ""
	case "swapped-pair":
		return user == h.password && password == h.user
	case "any-authorization-header":
		return c.request.Header.Get("Authorization") != ""
	}
	return false
}

// headerLets is the faults of reading the Authorization header.
func (h *Host) headerLets(r *http.Request) bool {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	decoded, err := base64.StdEncoding.DecodeString(text)
	pair := h.user + ":" + h.password
	switch h.fault {
	case "empty-header-lets-in":
		given, present := r.Header["Authorization"]
		return present && strings.TrimSpace(given[0]) == ""
	case "pair-without-colon":
		return strings.EqualFold(scheme, "Basic") && err == nil && len(decoded) > 0 && !strings.Contains(string(decoded), ":")
	case "broken-base64-lets-in":
		return strings.EqualFold(scheme, "Basic") && err != nil
	case "plain-pair":
		return text == pair
	case "any-scheme":
		return string(decoded) == pair
	case "any-bearer":
		return strings.EqualFold(scheme, "Bearer")
	}
	return false
}

// bypassLets is the ways around the door.
func (h *Host) bypassLets(c *call) bool {
	header := c.request.Header
	switch h.fault {
	case "credentials-in-query":
		return c.asked("login", "user", "username") == h.user && c.asked("password", "pass", "pwd") == h.password
	case "query-bypass":
		return c.asked("debug", "test", "admin", "noauth", "auth") != ""
	case "proxy-header-bypass":
		return header.Get("X-Forwarded-User") != "" || header.Get("X-Remote-User") != "" || header.Get("X-Original-Url") != ""
	case "second-header":
		for _, name := range []string{"Proxy-Authorization", "X-Authorization"} {
			r := &http.Request{Header: http.Header{"Authorization": header.Values(name)}}
			if user, password, ok := r.BasicAuth(); ok && user == h.user && password == h.password {
				return true
			}
		}
	case "local-bypass":
		return strings.HasPrefix(c.request.Host, "localhost") || header.Get("X-Forwarded-For") == "127.0.0.1"
	}
	return false
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

// methodLets is the methods that forget to ask.
func (h *Host) methodLets(c *call, err error) bool {
	switch h.fault {
	case "one-method-open":
		return c.method == "purchases"
	case "one-write-open":
		return c.method == "update"
	case "list-open":
		return c.method == "usersExtended"
	case "options-open":
		return c.request.Method == http.MethodOptions && err == nil
	case "unknown-path-open":
		return c.method == "unknown"
	}
	return false
}
