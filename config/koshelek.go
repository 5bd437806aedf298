package config

import (
	"strings"
	"time"
)

// Values of ADAPTER_KOSHELEK_RESERVE_FORMAT, ADAPTER_KOSHELEK_BLOCKED, ADAPTER_KOSHELEK_EMAIL and ADAPTER_KOSHELEK_LANGUAGE.
const (
	ReserveString   = "string"
	ReserveDigits   = "digits"
	BlockedError    = "error"
	BlockedInactive = "inactive"
	EmailIdentity   = "identity"
	LanguageEnglish = "en"
	LanguageRussian = "ru"
)

// Koshelek holds the settings of the API that Koshelek calls. Most are switches over points that the published contract leaves open.
type Koshelek struct {
	Version              string `default:"1.3.0" allowed:"1.0.0|1.1.0|1.2.0|1.3.0" desc:"version of the contract; methods of later versions are not served"`
	User                 string `file:"true" default:"koshelek" desc:"login of Koshelek's server; no colon and no control characters"`
	Password             Secret `file:"true" desc:"its password, 12 characters or more; when not set, one is generated at the first start and kept in the data directory"`
	UserNext             string `split_words:"true" file:"true" desc:"login of a second live pair, to change the password without an outage; the same login when not set"`
	PasswordNext         Secret `split_words:"true" file:"true" desc:"password of the second live pair, 12 characters or more"`
	UnauthorizedStatus   int    `split_words:"true" default:"401" allowed:"401|422" desc:"status for wrong or missing credentials"`
	ContentTypeSemicolon bool   `split_words:"true" default:"false" desc:"end Content-Type with a semicolon, as the published page prints it"`
	AcceptPUT            bool   `split_words:"true" default:"true" desc:"accept PUT beside the published verb on the paths of a card and of anonymous cards"`
	ReserveFormat        string `split_words:"true" default:"string" allowed:"string|digits" desc:"a reserved number is answered as a JSON string or as bare digits"`
	OffersPath           string `split_words:"true" default:"campaigns" desc:"last path segment of the offers of a card: letters, digits, _ and -; not purchases or communication"`
	Blocked              string `default:"error" allowed:"error|inactive" desc:"a blocked card is refused, or shown as inactive"`
	Email                string `default:"hint" allowed:"hint|refuse|identity" desc:"what an e-mail proves beside a phone that nobody has: hint leaves the e-mail of a customer with another phone out, refuse answers 422 (301), identity gives that customer's card to whoever types the e-mail, as the published OR says; see operations.md"`
	Language             string `default:"ru" allowed:"ru|en" desc:"language of what a wallet's user reads: descriptions of errors and of points, also of points that were stored in the other one"`
	StrictFields         bool   `split_words:"true" default:"false" desc:"refuse a call for an unusable sex, birth date or e-mail beside a phone; otherwise such a field is left out and counted"`
	NoBirthDates         string `split_words:"true" default:"1900-01-01" desc:"days that stand for a birth date that is not known, YYYY-MM-DD separated by commas"`
	LenientPaths         bool   `split_words:"true" default:"true" desc:"answer a path with a slash too many, such as //v1/card or /v1/card/, as the one that is meant"`
}

// BirthDatesOfNobody returns the days of NoBirthDates.
func (k Koshelek) BirthDatesOfNobody() []string {
	return strings.FieldsFunc(k.NoBirthDates, func(r rune) bool { return r == ',' || r == ' ' })
}

func badBirthDates(c *Config) string {
	for _, day := range c.Koshelek.BirthDatesOfNobody() {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return show(day) + " is no day; allowed: days of the form YYYY-MM-DD, separated by commas"
		}
	}
	return ""
}

// Credential is one pair that Koshelek may sign in with.
type Credential struct {
	User     string
	Password Secret
}

// Current returns the configured pair. It reports false when no password is configured: the program then uses a generated one.
func (k Koshelek) Current() (Credential, bool) {
	return Credential{User: k.User, Password: k.Password}, k.Password.IsSet()
}

// Next returns the second live pair, with the login of the first one unless it has its own. It reports false when there is none.
func (k Koshelek) Next() (Credential, bool) {
	user := k.UserNext
	if user == "" {
		user = k.User
	}
	return Credential{User: user, Password: k.PasswordNext}, k.PasswordNext.IsSet()
}
