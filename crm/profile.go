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
// as the country writes them. Errors:
// ErrInvalidPhone, ErrInvalidEmail, ErrInvalidDate (a birth date after now
// too), ErrInvalidProfile.
func (p Profile) Normalize(now time.Time, country Country) (Profile, error) {
	var err error
	if p.Phone, err = optional(p.Phone, country.Phone); err != nil {
		return Profile{}, err
	}
	if p.Email, err = optional(p.Email, NormalizeEmail); err != nil {
		return Profile{}, err
	}
	birth, err := optional(string(p.BirthDate), func(s string) (string, error) {
		day, err := ParseDate(s)
		return string(day), err
	})
	if err != nil {
		return Profile{}, err
	}
	if p.BirthDate = Date(birth); p.BirthDate > DateOf(now.Add(24*time.Hour), time.UTC) {
		return Profile{}, Fail(ErrInvalidDate, "birth date in the future")
	}
	if p.Sex, err = ParseSex(string(p.Sex)); err != nil {
		return Profile{}, err
	}
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

func optional(text string, normalize func(string) (string, error)) (string, error) {
	if !utf8.ValidString(text) {
		return normalize(text)
	}
	if text = canonicalText(text); text == "" {
		return "", nil
	}
	return normalize(text)
}
