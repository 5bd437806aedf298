package faultyhost

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// searchWrappers are the faults of what a search compares and how it reads its
// query.
func searchWrappers() map[string]wrapper {
	return map[string]wrapper{
		"phones-last-ten":       phonesAlike(lastDigits(10)),
		"phones-last-nine":      phonesAlike(lastDigits(9)),
		"phones-last-seven":     phonesAlike(lastDigits(7)),
		"phones-ends":           phonesAlike(func(known, given string) bool { return strings.HasSuffix(given, known) }),
		"issue-last-ten":        issuedAlike(lastDigits(10)),
		"email-dots-dropped":    emailsAlike(func(local, domain string) string { return strings.ReplaceAll(local, ".", "") + "@" + domain }),
		"email-accents-dropped": emailsAlike(func(local, domain string) string { return plainLetters(local) + "@" + domain }),
		"search-stores-email": onAnswerLocked(func(h *Host, c *call, a *kept) {
			email := c.query.Get("email")
			for _, one := range h.books.by("phone", c.query.Get("msisdn")) {
				if c.method == "find" && email != "" && len(h.books.by("email", email)) == 0 {
					one.profile["email"] = email
				}
			}
		}),
		"email-tags-dropped":      emailsAlike(func(local, domain string) string { return upTo("+")(local) + "@" + domain }),
		"email-domain-ends":       emailsAlike(func(local, domain string) string { return local + "@" + domain[max(0, len(domain)-8):] }),
		"email-local-part-alone":  emailsAlike(func(local, _ string) string { return local }),
		"birth-date-beside-phone": byBirthDate("msisdn"),
		"birth-date-beside-email": byBirthDate("email"),
		"query-decoded-twice": searching(func(_ *Host, query url.Values) {
			for _, values := range query {
				for i := range values {
					values[i], _ = url.QueryUnescape(values[i])
				}
			}
		}),
		"query-latin": searching(func(_ *Host, query url.Values) {
			var latin []rune
			for _, b := range []byte(query.Get("email")) {
				latin = append(latin, rune(b))
			}
			if len(latin) > 0 {
				query.Set("email", string(latin))
			}
		}),
		"lower-escapes-kept":        rawQuery(regexp.MustCompile(`%([0-9][a-f])`)),
		"letter-escapes-kept":       rawQuery(regexp.MustCompile(`%([67][0-9A-F])`)),
		"array-parameter-breaks":    breaking(func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "%5B") }),
		"repeated-parameter-breaks": breaking(func(r *http.Request) bool { return len(r.URL.Query()["msisdn"]) > 1 }),
		"stray-escape-breaks": breaking(func(r *http.Request) bool {
			_, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", ""))
			return err != nil
		}),
		"array-parameter-hides": searching(func(h *Host, query url.Values) {
			if query.Has("email[]") {
				query.Set("msisdn", h.holder(func(known profile) bool { return known["phone"] != query.Get("msisdn") })["phone"])
			}
		}),
		"operator-finds":         operating("[$ne]"),
		"pattern-operator-finds": operating("[$regex]"),
		"blocked-shown-by-email": searching(func(_ *Host, query url.Values) {
			if query.Get("email") == BlockedEmail && query.Get("msisdn") == "" {
				query.Set("email", KnownEmail)
			}
		}),
		"blocked-email-gets-card": retold(`^/v1/card/anonymous$`, `{"email":"`+BlockedEmail, `{"email":"free.`+BlockedEmail),
		"no-body-breaks":          breaking(func(r *http.Request) bool { return r.Method != http.MethodGet && r.ContentLength == 0 }),
		"first-answer-late":       firstLate,
	}
}

// searching is a search that changes its parameters before it reads them.
func searching(change func(h *Host, query url.Values)) wrapper {
	return changing(func(h *Host, r *http.Request) *http.Request {
		if r.URL.Path != "/v1/card" || r.Method != http.MethodGet {
			return r
		}
		query := r.URL.Query()
		change(h, query)
		return at(r, r.URL.EscapedPath(), query.Encode())
	})
}

// plainLetters drops the accents of a text.
var plainLetters = strings.NewReplacer("ć", "c", "ú", "u", "Ś", "S", "Ó", "O").Replace

// digits drops all but digits.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// lastDigits compares phones by their last digits.
func lastDigits(n int) func(known, given string) bool {
	return func(known, given string) bool {
		return len(given) >= n && strings.HasSuffix(known, given[len(given)-n:])
	}
}

// alike finds the phone of a customer that is like a given one, but not the same.
func (h *Host) alike(given string, like func(known, given string) bool) string {
	given = digits(given)
	if h.holder(func(known profile) bool { return known["phone"] == given }) != nil {
		return ""
	}
	return h.holder(func(known profile) bool { return known["phone"] != "" && like(known["phone"], given) })["phone"]
}

// phonesAlike is a search that takes phones for the same that are only alike.
func phonesAlike(like func(known, given string) bool) wrapper {
	return searching(func(h *Host, query url.Values) {
		if phone := h.alike(query.Get("msisdn"), like); phone != "" {
			query.Set("msisdn", phone)
		}
	})
}

var phoneInBody = regexp.MustCompile(`"phone":"(\d+)"`)

// issuedAlike is an issue that takes phones for the same that are only alike.
func issuedAlike(like func(known, given string) bool) wrapper {
	return telling(`^/v1/card/anonymous$`, func(h *Host, text string) string {
		parts := phoneInBody.FindStringSubmatch(text)
		if parts == nil {
			return text
		}
		if phone := h.alike(parts[1], like); phone != "" {
			return `{"phone":"` + phone + `"}`
		}
		return text
	})
}

// emailsAlike is a search that compares e-mail addresses by a part of them.
func emailsAlike(part func(local, domain string) string) wrapper {
	of := func(email string) string {
		local, domain, _ := strings.Cut(email, "@")
		return part(local, domain)
	}
	return searching(func(h *Host, query url.Values) {
		email := query.Get("email")
		if email == "" || !strings.Contains(email, "@") {
			return
		}
		if like := h.holder(func(known profile) bool { return known["email"] != "" && of(known["email"]) == of(email) }); like != nil {
			query.Set("email", like["email"])
		}
	})
}

// byBirthDate is a search that falls back on the birth date when one parameter
// finds nobody.
func byBirthDate(parameter string) wrapper {
	field := map[string]string{"msisdn": "phone", "email": "email"}[parameter]
	return searching(func(h *Host, query url.Values) {
		given, birth := query.Get(parameter), query.Get("birthDate")
		if given == "" || birth == "" || h.holder(func(known profile) bool { return known[field] == given }) != nil {
			return
		}
		if born := h.holder(func(known profile) bool { return known["birthDate"] == birth }); born != nil {
			query.Set(parameter, born[field])
		}
	})
}

// rawQuery keeps some escapes of a query.
func rawQuery(kept *regexp.Regexp) wrapper {
	return changing(func(_ *Host, r *http.Request) *http.Request {
		return at(r, r.URL.EscapedPath(), kept.ReplaceAllString(r.URL.RawQuery, "%25$1"))
	})
}

// operating is a search that carries out an operator in the name of a parameter.
func operating(operator string) wrapper {
	return searching(func(h *Host, query url.Values) {
		for name := range query {
			if strings.HasSuffix(name, operator) {
				query.Set("msisdn", h.holder(func(known profile) bool { return known["phone"] != "" })["phone"])
			}
		}
	})
}

// telling is a fault that changes the bodies of writes to a path.
func telling(path string, change func(h *Host, body string) string) wrapper {
	matches := regexp.MustCompile(path).MatchString
	return changing(func(h *Host, r *http.Request) *http.Request {
		if r.Method == http.MethodGet || r.ContentLength > maxBody || !matches(r.URL.Path) {
			return r
		}
		r, text := read(r)
		return carrying(r, change(h, text))
	})
}

// retold replaces a text in bodies.
func retold(path, text, by string) wrapper {
	return telling(path, func(_ *Host, body string) string { return strings.ReplaceAll(body, text, by) })
}

// firstLate answers the first call of all late.
func firstLate(h *Host, next http.Handler) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { h.wait(&call{host: h, request: r}) })
		next.ServeHTTP(w, r)
	})
}
