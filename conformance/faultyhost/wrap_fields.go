package faultyhost

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// fieldWrappers are hosts that carry out code in places that are easily
// forgotten.
func fieldWrappers() map[string]wrapper {
	anyone := func(h *Host) string {
		return h.holder(func(known profile) bool { return known["phone"] != "" })["phone"]
	}
	finding := func(parameter, code string) wrapper {
		return searching(func(h *Host, query url.Values) {
			if strings.Contains(query.Get(parameter), code) {
				query.Set("msisdn", anyone(h))
				query.Del(parameter)
			}
		})
	}
	inQuery := func(parameter string) func(r *http.Request) bool {
		return func(r *http.Request) bool { return strings.Contains(r.URL.Query().Get(parameter), "'") }
	}
	return map[string]wrapper{
		"address-into-sql": finding("email", "'or'"),
		"address-finds-blocked": searching(func(_ *Host, query url.Values) {
			if strings.Contains(query.Get("email"), "'or'") {
				query.Set("email", BlockedEmail)
			}
		}),
		"apostrophe-breaks":       breaking(inQuery("email")),
		"birth-date-injected":     finding("birthDate", "' OR '"),
		"birth-date-breaks":       breaking(inQuery("birthDate")),
		"history-number-injected": numberInjected(`/purchases$`),
		"update-number-injected":  numberInjected(`^/v1/card/[^/]+$`),
		"sender-injected": telling(`^/v1/promo/qrCode$`, func(h *Host, body string) string {
			return strings.ReplaceAll(body, `"cardNumber":"' OR '1'='1"`, `"msisdn":"`+anyone(h)+`"`)
		}),
		"sender-operator": telling(`^/v1/promo/qrCode$`, func(h *Host, body string) string {
			return strings.ReplaceAll(body, `"msisdn":{"$ne":""}`, `"msisdn":"`+anyone(h)+`"`)
		}),
		"patronymic-breaks": breakingBody(regexp.MustCompile(`"patronymic":"[^"]*'`).MatchString),
		"country-injected": telling(updatePath, func(h *Host, body string) string {
			if regexp.MustCompile(`"countryCode":"[^"]*'`).MatchString(body) {
				h.mu.Lock()
				defer h.mu.Unlock()
				for _, one := range h.books.customers {
					delete(one.profile, "phone")
				}
			}
			return body
		}),
		"receipt-part-injected": telling(`^/v1/promo/qrCode$`, func(_ *Host, body string) string {
			return regexp.MustCompile(`(&i=\d+)' OR '1'='1`).ReplaceAllString(body, "$1")
		}),
		"agent-breaks": breaking(func(r *http.Request) bool { return strings.Contains(r.Header.Get("X-Forwarded-For"), "'") }),
	}
}

// numberInjected is a method of a card that takes any card for SQL in a number.
func numberInjected(path string) wrapper {
	matches := regexp.MustCompile(path).MatchString
	return changing(func(h *Host, r *http.Request) *http.Request {
		if !matches(r.URL.Path) || !strings.Contains(strings.ToUpper(r.URL.Path), " OR ") {
			return r
		}
		h.mu.Lock()
		found := h.firstCard(func(*card) bool { return true })
		h.mu.Unlock()
		segments := strings.Split(r.URL.Path, "/")
		segments[3] = found.number
		return at(r, strings.Join(segments, "/"), r.URL.RawQuery)
	})
}
