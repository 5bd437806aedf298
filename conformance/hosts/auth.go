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
	if h.wrong(locksOut) {
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
	case rightRefused:
		return true
	case schemeCase:
		return !strings.HasPrefix(c.request.Header.Get("Authorization"), "Basic ")
	case locksOut:
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
	case noAuth:
		return true
	case emptyPair:
		return basic && user == "" && password == ""
	case anyPassword:
		return right && password != ""
	case anyUser:
		return basic && user != "" && password == h.password
	case passwordPrefix:
		return right && password != "" && strings.HasPrefix(h.password, password)
	case passwordLonger:
		return right && strings.HasPrefix(password, h.password)
	case passwordCaseless:
		return right && strings.EqualFold(password, h.password)
	case userCaseless:
		return strings.EqualFold(user, h.user) && password == h.password
	case emptyPassword:
		return right && password == ""
	case swappedPair:
		return user == h.password && password == h.user
	case headerOnly:
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
	case emptyHeader:
		given, present := r.Header["Authorization"]
		return present && strings.TrimSpace(given[0]) == ""
	case noColon:
		return strings.EqualFold(scheme, "Basic") && err == nil && len(decoded) > 0 && !strings.Contains(string(decoded), ":")
	case anyBase64:
		return strings.EqualFold(scheme, "Basic") && err != nil
	case plainPair:
		return text == pair
	case anyScheme:
		return string(decoded) == pair
	case anyBearer:
		return strings.EqualFold(scheme, "Bearer")
	}
	return false
}

// bypassLets is the ways around the door.
func (h *Host) bypassLets(c *call) bool {
	header := c.request.Header
	switch h.fault {
	case queryCredentials:
		return c.asked("login", "user", "username") == h.user && c.asked("password", "pass", "pwd") == h.password
	case queryBypass:
		return c.asked("debug", "test", "admin", "noauth", "auth") != ""
	case headerBypass:
		return header.Get("X-Forwarded-User") != "" || header.Get("X-Remote-User") != "" || header.Get("X-Original-Url") != ""
	case secondHeader:
		for _, name := range []string{"Proxy-Authorization", "X-Authorization"} {
			r := &http.Request{Header: http.Header{"Authorization": header.Values(name)}}
			if user, password, ok := r.BasicAuth(); ok && user == h.user && password == h.password {
				return true
			}
		}
	case localBypass:
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
	case oneMethodOpen:
		return c.method == "purchases"
	case oneWriteOpen:
		return c.method == "update"
	case listOpen:
		return c.method == "usersExtended"
	case verbsOpen:
		return c.request.Method == http.MethodOptions && err == nil
	case unknownPathOpen:
		return c.method == "unknown"
	}
	return false
}
