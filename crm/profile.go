package crm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// Sex is "m", "f" or "" when not known.
type Sex string

// MaxTextRunes limits every free text that is stored, in characters.
const MaxTextRunes = 255

// MaxCodeRunes limits short codes such as a country code, in characters.
const MaxCodeRunes = 16

// Profile is what is known of a customer. In requests an empty field means
// "not given" and leaves the stored value as it is.
type Profile struct {
	// Phone is normalised digits with the country code, Email lower case.
	Phone string
	Email string
	// Surname, FirstName, Patronymic and Locality are free texts of at most MaxTextRunes.
	Surname    string
	FirstName  string
	Patronymic string
	Sex        Sex
	BirthDate  Date
	// CountryCode is kept as it came, at most MaxCodeRunes.
	CountryCode string
	Locality    string
}

// Fingerprint names the content of a profile, so that a retry can be told from
// another profile. It cannot be turned back into the profile.
func (p Profile) Fingerprint() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings always marshals
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// HasIdentity reports whether the profile names a customer by phone or email.
func (p Profile) HasIdentity() bool { return p.Phone != "" || p.Email != "" }

// Normalize gives the profile in the form in which it is stored; phones are read
// as the country writes them. What is unusable in a field that decides nothing is
// left out: a sex that is neither, a birth date that is no day or after now, and
// an e-mail beside a good phone. Errors: ErrInvalidPhone, ErrInvalidEmail,
// ErrInvalidProfile.
func (p Profile) Normalize(now time.Time, country Country) (Profile, error) {
	var err error
	if p.Phone, err = optional(p.Phone, country.Phone); err != nil {
		return Profile{}, err
	}
	if p.Email, err = optional(p.Email, NormalizeEmail); err != nil && p.Phone == "" {
		return Profile{}, err
	}
	p.BirthDate, p.Sex = usableBirthDate(p.BirthDate, now), usableSex(p.Sex)
	for name, field := range map[string]*string{
		"surname": &p.Surname, "firstname": &p.FirstName, "patronymic": &p.Patronymic, "locality": &p.Locality,
	} {
		if *field, err = CleanText(name, *field, MaxTextRunes); err != nil {
			return Profile{}, err
		}
	}
	p.CountryCode, err = CleanText("countryCode", p.CountryCode, MaxCodeRunes)
	return p, err
}

// ParseSex reads m, f, male, female and their Russian letters without regard
// to case; blank is "". Anything else gives ErrInvalidProfile.
func ParseSex(text string) (Sex, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "":
		return "", nil
	case "m", "male", "м":
		return "m", nil
	case "f", "female", "ж":
		return "f", nil
	}
	return "", Fail(ErrInvalidProfile, "sex")
}

// usableBirthDate gives the day, or "" for what says nothing: Koshelek's forms are
// not published, and 0001-01-01 is how some programs write no day.
func usableBirthDate(text Date, now time.Time) Date {
	day, err := ParseDate(canonicalText(string(text)))
	if err != nil || day > DateOf(now.Add(24*time.Hour), time.UTC) {
		return ""
	}
	return day
}

// usableSex gives m or f, or "" for what is neither: Koshelek's values are not
// published.
func usableSex(text Sex) Sex {
	sex, err := ParseSex(string(text))
	if err != nil {
		return ""
	}
	return sex
}

func optional(text string, normalize func(string) (string, error)) (string, error) {
	if !utf8.ValidString(text) {
		return normalize(text)
	}
	if text = canonicalText(text); text == "" {
		return "", nil
	}
	return normalize(text)
}
