package conformance

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
)

// redactor hides personal data that is not the run's own: phones and e-mail
// addresses that the profile names, and whatever a host tells of its customers.
type redactor struct {
	prefix, domain string
	// named are the profile's phones and addresses, with what is shown for them.
	named *strings.Replacer
	// values finds the values of a person in an answer.
	values *regexp.Regexp
}

func newRedactor(o Options) *redactor {
	var pairs []string
	for _, value := range named(o.Profile.Data) {
		pairs = append(pairs, value, mask(value), url.QueryEscape(value), mask(value))
	}
	return &redactor{prefix: o.PhonePrefix, domain: "@" + o.EmailDomain, named: strings.NewReplacer(pairs...), values: personalValues(o.Profile)}
}

// named lists what the profile tells of people and their cards.
func named(d contract.Data) []string {
	all := []string{d.History}
	for _, card := range []*contract.KnownCard{d.Card, d.Blocked, d.Several} {
		if card != nil {
			all = append(all, card.Phone, card.Email, card.CardNumber)
		}
	}
	if d.PersonalOffer != nil {
		all = append(all, d.PersonalOffer.CardNumber)
	}
	return slices.DeleteFunc(all, func(value string) bool { return value == "" })
}

// mask shows so much of a value that its owner may know it.
func mask(value string) string {
	runes := []rune(value)
	if local, domain, isEmail := strings.Cut(value, "@"); isEmail {
		first := []rune(local)
		return string(first[:min(1, len(first))]) + "***@" + domain
	}
	if len(runes) < 10 {
		return "***"
	}
	return string(runes[:4]) + "***" + string(runes[len(runes)-4:])
}

// request redacts a text that the suite has written itself: only the profile's
// values may be in it.
func (v *redactor) request(text string) string { return v.named.Replace(text) }

// words redacts a message.
func (v *redactor) words(text string) string { return v.foreign(v.named.Replace(text)) }

var (
	emailPattern  = regexp.MustCompile(`[^\s"'<>,;:(){}\[\]\\]+@[\w.-]+\.\w+`)
	digitsPattern = regexp.MustCompile(`\+?\d{10,15}`)
)

// personalNames are the names of fields whose values are a person's.
const personalNames = `phone|msisdn|e?-?mail|surname|last_?name|first_?name|patronymic|middle_?name|sex|gender|birth_?da(?:te|y)|holder|owner|locality|address|value`

// personalValues finds such fields, by the names that the profile gives them too.
func personalValues(p contract.Profile) *regexp.Regexp {
	names := personalNames
	for place, own := range p.Fields {
		if strings.HasPrefix(place, "user.") || strings.HasPrefix(place, "findCard.") || strings.HasPrefix(place, "listUsersExtended[]") {
			names += "|" + regexp.QuoteMeta(own)
		}
	}
	return regexp.MustCompile(`(?i)"(` + names + `)"(\s*:\s*)"((?:[^"\\]|\\.)*)"`)
}

// foreign masks e-mail addresses that are not the run's.
func (v *redactor) foreign(text string) string {
	if !strings.Contains(text, "@") {
		return text // the pattern is slow
	}
	return emailPattern.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasSuffix(found, v.domain) {
			return found
		}
		return mask(found)
	})
}

// answer redacts the body of an answer.
func (v *redactor) answer(e Exchange, body string) string {
	body = v.foreign(v.named.Replace(body))
	body = v.values.ReplaceAllStringFunc(body, func(found string) string {
		parts := v.values.FindStringSubmatch(found)
		if parts[3] == "" || v.own(parts[3]) {
			return found
		}
		return `"` + parts[1] + `"` + parts[2] + `"` + strings.Repeat("*", 3) + `"`
	})
	list := strings.HasPrefix(e.Request.Path, "/v1/card/getAllUsers")
	if !list && e.Answer.Status == http.StatusOK {
		return body // numbers in it are those of cards and receipts
	}
	return digitsPattern.ReplaceAllStringFunc(body, func(found string) string {
		if v.own(found) || strings.Contains(target(e.Request), found) || strings.Contains(string(e.Request.Body), found) {
			return found
		}
		return mask(found)
	})
}

// own reports whether a value is one that the run made up.
func (v *redactor) own(value string) bool {
	phone := len(value) == phoneDigits && strings.HasPrefix(value, v.prefix)
	return phone || strings.HasSuffix(value, v.domain) || slices.Contains([]string{testSurname, testFirstname, testBirthDate}, value)
}
