package crm

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
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

// Merged gives the profile with the other's fields that are not empty in place of its own.
func (p Profile) Merged(changed Profile) Profile {
	return Profile{
		Phone: cmp.Or(changed.Phone, p.Phone), Email: cmp.Or(changed.Email, p.Email), Surname: cmp.Or(changed.Surname, p.Surname),
		FirstName: cmp.Or(changed.FirstName, p.FirstName), Patronymic: cmp.Or(changed.Patronymic, p.Patronymic), Sex: cmp.Or(changed.Sex, p.Sex),
		BirthDate: cmp.Or(changed.BirthDate, p.BirthDate), CountryCode: cmp.Or(changed.CountryCode, p.CountryCode), Locality: cmp.Or(changed.Locality, p.Locality),
	}
}

// HasIdentity reports whether the profile names a customer by phone or email.
func (p Profile) HasIdentity() bool { return p.Phone != "" || p.Email != "" }

// Fields says how the fields of a profile are read. An optional field decides no
// call: what is unusable in one is left out, unless Strict.
type Fields struct {
	// Country is by whose habits phones without a country code are read.
	Country Country
	// Strict refuses a profile for what would be left out.
	Strict bool
	// NoBirthDates are days that some programs write for "not known".
	NoBirthDates []Date
	// LeftOut is told the contract's name of each field that is left out; nil for
	// nobody.
	LeftOut func(field string)
}

// Normalize is Fields.Normalize with nothing but a country.
func (p Profile) Normalize(now time.Time, country Country) (Profile, error) {
	return Fields{Country: country}.Normalize(p, now)
}

// Normalize gives a profile in the form in which it is stored. What is unusable in
// a field that decides nothing is left out: a sex that is neither, a birth date
// that is no day, after now or one of NoBirthDates, and an e-mail beside a good
// phone. Errors: ErrInvalidPhone, ErrInvalidEmail, ErrInvalidProfile and, when
// Strict, ErrInvalidDate.
func (f Fields) Normalize(p Profile, now time.Time) (Profile, error) {
	var err error
	if p.Phone, err = optional(p.Phone, f.Country.Phone); err != nil {
		return Profile{}, err
	}
	if p.Email, err = optional(p.Email, NormalizeEmail); err != nil && (p.Phone == "" || f.unusable("email", err) != nil) {
		return Profile{}, err
	}
	if p.BirthDate, err = f.birthDate(p.BirthDate, now); err != nil && f.unusable("birthDate", err) != nil {
		return Profile{}, err
	}
	if p.Sex, err = ParseSex(string(p.Sex)); err != nil && f.unusable("sex", err) != nil {
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

// unusable gives the error that a field costs, nil when it is left out.
func (f Fields) unusable(field string, err error) error {
	if f.Strict {
		return err
	}
	if f.LeftOut != nil {
		f.LeftOut(field)
	}
	return nil
}

// birthDate reads a day: Koshelek's forms are not published, and 0001-01-01 is how
// some programs write no day.
func (f Fields) birthDate(text Date, now time.Time) (Date, error) {
	written := canonicalText(string(text))
	if written == "" || slices.Contains(f.NoBirthDates, Date(written)) {
		return "", nil
	}
	day, err := ParseDate(written)
	if err == nil && day > DateOf(now.Add(24*time.Hour), time.UTC) {
		return "", Fail(ErrInvalidDate, "birthDate lies ahead")
	}
	return day, err
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
