package faultyhost

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// lets reports whether the caller has shown the credentials.
func (h *Host) lets(r *http.Request) bool {
	user, password, basic := r.BasicAuth()
	return basic && same(user, h.user) && same(password, h.password)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// doorWrappers are hosts that let in who has not shown the credentials, or shut out
// who has.
func doorWrappers() map[string]wrapper {
	method := func(name string) wrapper {
		return letting(func(h *Host, r *http.Request) bool { return h.meant(r.Clone(r.Context())).method == name })
	}
	return map[string]wrapper{
		"no-auth":                  letting(func(*Host, *http.Request) bool { return true }),
		"any-authorization-header": letting(func(_ *Host, r *http.Request) bool { return r.Header.Get("Authorization") != "" }),
		"empty-header-lets-in": letting(func(_ *Host, r *http.Request) bool {
			given, present := r.Header["Authorization"]
			return present && strings.TrimSpace(given[0]) == ""
		}),
		"empty-pair-lets-in": opening(func(_ *Host, user, password string) bool { return user == "" && password == "" }),
		"any-password":       opening(func(h *Host, user, password string) bool { return user == h.user && password != "" }),
		"user-ignored":       opening(func(h *Host, user, password string) bool { return user != "" && password == h.password }),
		"password-prefix": opening(func(h *Host, user, password string) bool {
			return user == h.user && password != "" && strings.HasPrefix(h.password, password)
		}),
		"password-longer": opening(func(h *Host, user, password string) bool {
			return user == h.user && strings.HasPrefix(password, h.password)
		}),
		"password-caseless": opening(func(h *Host, user, password string) bool {
			return user == h.user && strings.EqualFold(password, h.password)
		}),
		"user-caseless": opening(func(h *Host, user, password string) bool {
			return strings.EqualFold(user, h.user) && password == h.password
		}),
		"empty-password": opening(func(h *Host, user, password string) bool { return user == h.user && password == "" }),
		"swapped-pair":   opening(func(h *Host, user, password string) bool { return user == h.password && password == h.user }),
		"pair-without-colon": letting(func(_ *Host, r *http.Request) bool {
			scheme, _, decoded := shown(r)
			return strings.EqualFold(scheme, "Basic") && decoded != "" && !strings.Contains(decoded, ":")
		}),
		"broken-base64-lets-in": letting(func(_ *Host, r *http.Request) bool {
			scheme, text, decoded := shown(r)
			return strings.EqualFold(scheme, "Basic") && text != "" && decoded == ""
		}),
		"plain-pair": letting(func(h *Host, r *http.Request) bool { _, text, _ := shown(r); return text == h.user+":"+h.password }),
		"any-scheme": letting(func(h *Host, r *http.Request) bool {
			_, _, decoded := shown(r)
			return decoded == h.user+":"+h.password
		}),
		"any-bearer": letting(func(_ *Host, r *http.Request) bool {
			scheme, _, _ := shown(r)
			return strings.EqualFold(scheme, "Bearer")
		}),

		"credentials-in-query": letting(func(h *Host, r *http.Request) bool {
			return asked(r, "login", "user", "username") == h.user && asked(r, "password", "pass", "pwd") == h.password
		}),
		"query-bypass": letting(func(_ *Host, r *http.Request) bool { return asked(r, "debug", "test", "admin", "noauth", "auth") != "" }),
		"proxy-header-bypass": letting(func(_ *Host, r *http.Request) bool {
			return r.Header.Get("X-Forwarded-User")+r.Header.Get("X-Remote-User")+r.Header.Get("X-Original-Url") != ""
		}),
		"second-header": letting(func(h *Host, r *http.Request) bool {
			return slices.ContainsFunc([]string{"Proxy-Authorization", "X-Authorization"}, func(name string) bool {
				return h.lets(&http.Request{Header: http.Header{"Authorization": r.Header.Values(name)}})
			})
		}),
		"local-bypass": letting(func(_ *Host, r *http.Request) bool {
			return strings.HasPrefix(r.Host, "localhost") || r.Header.Get("X-Forwarded-For") == "127.0.0.1"
		}),
		"one-method-open": method("purchases"),
		"one-write-open":  method("update"),
		"list-open":       method("usersExtended"),

		"right-refused-on-one-method": shutting(func(h *Host, r *http.Request) bool { return h.meant(r.Clone(r.Context())).method == "find" }),
		"scheme-case-matters":         shutting(func(_ *Host, r *http.Request) bool { scheme, _, _ := shown(r); return scheme != "Basic" }),
		"locks-out": shutting(func(h *Host, r *http.Request) bool {
			h.mu.Lock()
			defer h.mu.Unlock()
			locked := h.counts.turn >= 5
			if h.counts.turn++; h.lets(r) {
				h.counts.turn = 0
			}
			return locked
		}),
	}
}

// letting is a door that opens for calls that fit.
func letting(fits func(h *Host, r *http.Request) bool) wrapper {
	return changing(func(h *Host, r *http.Request) *http.Request {
		if fits(h, r) {
			return h.signed(r)
		}
		return r
	})
}

// shutting is a door that stays shut for calls that fit.
func shutting(fits func(h *Host, r *http.Request) bool) wrapper {
	return changing(func(h *Host, r *http.Request) *http.Request {
		if fits(h, r) {
			r = r.Clone(r.Context())
			r.Header.Del("Authorization")
		}
		return r
	})
}

// shown is the Authorization header in its parts, decoded the text when it is
// Base64.
func shown(r *http.Request) (scheme, text, decoded string) {
	scheme, text, _ = strings.Cut(r.Header.Get("Authorization"), " ")
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		plain = nil
	}
	return scheme, text, string(plain)
}

// asked gives the first of some query parameters that is there.
func asked(r *http.Request, names ...string) string {
	for _, name := range names {
		if value := r.URL.Query().Get(name); value != "" {
			return value
		}
	}
	return ""
}
