package vendorhttp

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// hidden stands in place of every secret.
const hidden = "***"

// maxRecord bounds what is stored of one body, in bytes.
const maxRecord = 8 << 10

// Record is an answer as it may be stored: without secrets, vouchers and
// personal data, and shortened.
type Record struct {
	Status int    `json:"status"`
	Body   string `json:"body"`
}

// sensitive are the fields that no record shows, whoever the vendor is, as plainKey
// writes their names.
var sensitive = keys(
	"token", "auth_token", "customer_token", "access_token", "refresh_token", "id_token", "jwt",
	"secret", "client_secret", "password", "api_key", "x_api_key", "authorization", "signature", "otp",
	"pin", "voucher_code", "vouchers",
	"mobile", "customer_mobile", "phone", "msisdn", "email", "customer_email", "vendor_email", "vendor_company_email",
	"customer_name", "first_name", "second_name", "last_name", "surname", "birth_date",
	"membership_number", "membership_number_override", "street", "geolocation",
)

// wholly are fields of which not even the shape is shown.
var wholly = keys("personalised_data")

func keys(names ...string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[plainKey(name)] = true
	}
	return all
}

var keySigns = strings.NewReplacer("_", "", "-", "", " ", "")

func plainKey(name string) string { return keySigns.Replace(strings.ToLower(name)) }

// redactBody masks the scalars of sensitive fields in JSON, and everything that
// looks like a secret or a person in text.
func redactBody(body []byte, hide []string) string {
	var value any
	if jsonFault(body, &value) != "" {
		if len(bytes.TrimSpace(body)) == 0 {
			return ""
		}
		return clip(redactText(string(body[:min(len(body), maxRecord)]), hide), maxRecord)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(redactValue(value, false, hide)); err != nil {
		return hidden
	}
	return clip(strings.TrimSpace(out.String()), maxRecord)
}

func redactValue(value any, masked bool, hide []string) any {
	switch v := value.(type) {
	case map[string]any:
		clean := make(map[string]any, len(v))
		for name, member := range v {
			key := plainKey(name)
			if wholly[key] {
				clean[name] = hidden
				continue
			}
			clean[redactText(name, hide)] = redactValue(member, sensitive[key], hide)
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, item := range v {
			clean[i] = redactValue(item, masked, hide)
		}
		return clean
	case nil, bool:
		return v
	case string:
		return redactString(v, masked, hide)
	}
	if masked {
		return hidden
	}
	return value
}

// redactString keeps identifiers of digits, which are needed to ask the vendor
// about a call, and masks them inside of sentences.
func redactString(s string, masked bool, hide []string) string {
	switch {
	case s == "":
		return s
	case masked:
		return hidden
	case strings.Trim(s, "0123456789") == "":
		return maskHidden(s, hide)
	}
	return redactText(s, hide)
}

// masks hide what looks like a secret or a person. A pattern runs only
// where a quick look says that it can fit, which most texts of an answer
// cannot: possible may say yes too often.
var masks = []struct {
	pattern  *regexp.Regexp
	with     string
	possible func(s string) bool
}{
	// Web tokens.
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*`), hidden, func(s string) bool { return strings.Contains(s, "eyJ") }},
	// Authorization headers.
	{regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+`), "$1 " + hidden, func(s string) bool { return strings.ContainsAny(s, " \t\r\n\f") }},
	// E-mail addresses.
	{regexp.MustCompile(`[^\s@"'<>:,;]+@[^\s@"'<>,;]+`), hidden + "@" + hidden, func(s string) bool { return strings.Contains(s, "@") }},
	// Ten digits or more, also as people group them in phones.
	{regexp.MustCompile(`\+?[0-9](?:[ ()-]{0,2}[0-9]){9,}`), hidden, func(s string) bool { return len(s) >= 10 && strings.ContainsAny(s, "0123456789") }},
}

// redactText masks secrets, tokens, e-mail addresses and phones in a text and
// takes control characters out.
func redactText(s string, hide []string) string {
	s = maskHidden(strings.ToValidUTF8(s, "?"), hide)
	for _, m := range masks {
		if m.possible(s) {
			s = m.pattern.ReplaceAllString(s, m.with)
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// maskHidden replaces the request's own secrets. Very short ones would mask
// half of every text, and are no secrets.
func maskHidden(s string, hide []string) string {
	for _, secret := range hide {
		if len(secret) >= 4 {
			s = strings.ReplaceAll(s, secret, hidden)
		}
	}
	return s
}

// clip shortens a text to at most limit bytes, whole characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
