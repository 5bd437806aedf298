package faultyhost

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// profile is what is known of a person, by the names of the contract.
type profile map[string]string

var profileFields = []string{
	"phone", "email", "surname", "firstname", "patronymic", "sex", "birthDate", "countryCode", "locality",
}

// readProfile takes the User of a body.
func (c *call) readProfile() (profile, error) {
	body, err := c.read()
	if err != nil {
		return nil, err
	}
	given := profile{}
	for _, field := range profileFields {
		text, err := body.text(field)
		if err != nil {
			return nil, err
		}
		_, mentioned := body[strings.ToLower(field)]
		if text = strings.TrimSpace(text); text != "" || c.host.wrong("update-erases-empty") && mentioned {
			given[field] = text
		}
	}
	if err := given.clean(c); err != nil {
		return nil, err
	}
	return given, nil
}

// clean checks the profile and writes its fields as they are kept.
func (p profile) clean(c *call) error {
	for field, text := range p {
		if err := c.checkText(text); err != nil && field != "phone" && field != "email" {
			return err
		}
	}
	var err error
	if p["phone"] != "" {
		if p["phone"], err = c.cleanPhone(p["phone"]); err != nil {
			return err
		}
	}
	if p["email"] != "" {
		if p["email"], err = c.cleanEmail(p["email"]); err != nil {
			return err
		}
	}
	if day := p["birthDate"]; day != "" && (!isDay(day) || day > c.host.today()) {
		return badDate
	}
	return p.checkSex(c.host)
}

func (p profile) checkSex(h *Host) error {
	switch strings.ToLower(p["sex"]) {
	case "", "m", "f", "male", "female":
		return nil
	case "м", "ж":
		if !h.wrong("sex-latin-only") {
			return nil
		}
	}
	return badField
}

func (c *call) checkText(text string) error {
	if utf8.RuneCountInString(text) > 200 || strings.ContainsFunc(text, unicode.IsControl) {
		return badField
	}
	if c.host.wrong("quotes-refused") && strings.ContainsRune(text, '\'') {
		return badField
	}
	return nil
}

// cleanPhone gives the digits of a phone, country code first.
func (c *call) cleanPhone(text string) (string, error) {
	h := c.host
	text = h.spoilPhone(strings.TrimSpace(text))
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" +()-.\u00a0", r) {
			return -1
		}
		return r
	}, text)
	if !digitsOnly(digits) || len(digits) < 7 || len(digits) > 15 || digits[0] == '0' || strings.LastIndexByte(text, '+') > 0 {
		if h.takesPhoneAnyway(c, digits) {
			return digits, nil
		}
		return "", badPhone
	}
	if len(digits) == 11 && strings.HasPrefix(digits, "89") {
		digits = "7" + digits[1:]
	}
	rawAt := map[name]string{"phone-stored-raw": "confirm", "update-raw-phone": "update", "issue-raw-phone": "issue", "search-compares-raw-phone": "find"}
	if method, has := rawAt[h.fault]; has && method == c.method {
		return text, nil
	}
	return digits, nil
}

// spoilPhone is the faults of the spelling of phones.
func (h *Host) spoilPhone(text string) string {
	if h.wrong("digits-of-other-scripts") {
		text = strings.Map(asciiDigit, text)
	}
	return text
}

// asciiDigit gives the digit of 0 to 9 for one of another script.
func asciiDigit(r rune) rune {
	if r < 0x80 || !unicode.IsDigit(r) {
		return r
	}
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	return '0' + (r-zero)%10
}

func (h *Host) takesPhoneAnyway(c *call, digits string) bool {
	switch h.fault {
	case "issues-to-letters":
		return c.method == "issue"
	case "phone-with-letters":
		return c.method == "update" && !digitsOnly(digits)
	case "phone-too-long":
		return c.method == "update" && digitsOnly(digits) && len(digits) > 15
	}
	return false
}

func (c *call) cleanEmail(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	local, domain, found := strings.Cut(text, "@")
	odd := strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>()[]\,;:"`, r)
	})
	if !found || local == "" || domain == "" || strings.Contains(domain, "@") || len(text) > 254 || odd {
		return "", badEmail
	}
	return text, nil
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// merge takes over what is given; the rest stays.
func (p profile) merge(given profile) { maps.Copy(p, given) }

func (p profile) clone() profile { return maps.Clone(p) }

// fingerprint names the content, so that a retry can be told from another call.
func (p profile) fingerprint() string {
	var text strings.Builder
	for _, field := range slices.Sorted(maps.Keys(p)) {
		text.WriteString(field + "\x00" + p[field] + "\x00")
	}
	return text.String()
}

// checkNumber refuses what cannot be a card's number.
func checkNumber(number string) error {
	switch number {
	case "anonymous", "getAllUsers", "getAllUsersExtended":
		return badNumber
	}
	if number == "" || len(number) > 64 {
		return badNumber
	}
	if strings.Trim(strings.ToLower(number), "0123456789abcdefghijklmnopqrstuvwxyz-_.") != "" {
		return badNumber
	}
	return nil
}
