package crm

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseSex(t *testing.T) {
	for text, want := range map[string]Sex{
		"": "", "  ": "",
		"m": "m", "M": "m", "male": "m", "Male": "m", "м": "m", "М": "m", " m ": "m",
		"f": "f", "F": "f", "female": "f", "FEMALE": "f", "ж": "f", "Ж": "f",
	} {
		got, err := ParseSex(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"x", "mf", "0", "man", "муж", "null"} {
		_, err := ParseSex(text)
		require.ErrorIs(t, err, ErrInvalidProfile, text)
	}
}

func TestProfileNormalize(t *testing.T) {
	got, err := Profile{
		Phone: " 8 (921) 666-88-99 ", Email: " Anna@Example.com ", Surname: " Петрова-Водкина ", FirstName: "Анна\u00a0",
		Patronymic: "\tИвановна", Sex: "Ж", BirthDate: " 1990-05-17 ", CountryCode: " RU ", Locality: " Санкт-Петербург ",
	}.Normalize(noon, DefaultCountry)
	require.NoError(t, err)
	assert.Equal(t, Profile{
		Phone: "79216668899", Email: "anna@example.com", Surname: "Петрова-Водкина", FirstName: "Анна",
		Patronymic: "Ивановна", Sex: "f", BirthDate: "1990-05-17", CountryCode: "RU", Locality: "Санкт-Петербург",
	}, got)
}

func TestProfileOfBlanksIsEmpty(t *testing.T) {
	got, err := Profile{Phone: " ", Email: "\t", Surname: " ", Sex: " ", BirthDate: " ", CountryCode: " "}.Normalize(noon, DefaultCountry)
	require.NoError(t, err)
	assert.Equal(t, Profile{}, got)
	assert.False(t, got.HasIdentity())
	assert.True(t, Profile{Phone: "7"}.HasIdentity())
	assert.True(t, Profile{Email: "a@b"}.HasIdentity())
}

func TestProfileNormalizeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		profile Profile
		kind    Kind
	}{
		"phone":              {Profile{Phone: "12"}, ErrInvalidPhone},
		"email":              {Profile{Email: "anna"}, ErrInvalidEmail},
		"long surname":       {Profile{Surname: strings.Repeat("я", MaxTextRunes+1)}, ErrInvalidProfile},
		"long firstname":     {Profile{FirstName: strings.Repeat("я", MaxTextRunes+1)}, ErrInvalidProfile},
		"long patronymic":    {Profile{Patronymic: strings.Repeat("я", MaxTextRunes+1)}, ErrInvalidProfile},
		"long locality":      {Profile{Locality: strings.Repeat("я", MaxTextRunes+1)}, ErrInvalidProfile},
		"long country":       {Profile{CountryCode: strings.Repeat("R", MaxCodeRunes+1)}, ErrInvalidProfile},
		"control characters": {Profile{Surname: "Пет\x00рова"}, ErrInvalidProfile},
		"line break":         {Profile{Locality: "Москва\nТверь"}, ErrInvalidProfile},
		"not UTF-8":          {Profile{FirstName: "\xc0\xed\xed\xe0"}, ErrInvalidProfile},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.profile.Normalize(noon, DefaultCountry)
			require.ErrorIs(t, err, c.kind)
			assert.Equal(t, Profile{}, got)
		})
	}
}

// Today is a birth date anywhere on earth, also where it is tomorrow already.
func TestBirthDateOfToday(t *testing.T) {
	for _, day := range []Date{"2026-09-06", "2026-09-07", "2026-09-08"} {
		_, err := Profile{BirthDate: day}.Normalize(noon, DefaultCountry)
		require.NoError(t, err, day)
	}
	p, err := Profile{BirthDate: "2026-09-07"}.Normalize(noon.Add(-48*time.Hour), DefaultCountry)
	require.NoError(t, err)
	assert.Empty(t, p.BirthDate, "a day to come is none")
}

// TestFieldsThatSayNothing: what an optional field holds is left out and counted, or,
// when the programme is strict, refused.
func TestFieldsThatSayNothing(t *testing.T) {
	good := Profile{Phone: "79216668899", Surname: "Петрова"}
	for name, c := range map[string]struct {
		change  func(*Profile)
		counted string
		kind    Kind
	}{
		"sex":           {func(p *Profile) { p.Sex = "unknown" }, "sex", ErrInvalidProfile},
		"no day":        {func(p *Profile) { p.BirthDate = "1990-02-30" }, "birthDate", ErrInvalidDate},
		"year 1":        {func(p *Profile) { p.BirthDate = "0001-01-01" }, "birthDate", ErrInvalidDate},
		"a day to come": {func(p *Profile) { p.BirthDate = "2099-01-01" }, "birthDate", ErrInvalidDate},
		"e-mail":        {func(p *Profile) { p.Email = "anna@example.com." }, "email", ErrInvalidEmail},
		"not known":     {func(p *Profile) { p.BirthDate = " 1900-01-01 " }, "", ""},
		"nothing":       {func(p *Profile) { p.BirthDate, p.Sex, p.Email = " ", " ", " " }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			given, counted := good, ""
			c.change(&given)
			fields := Fields{NoBirthDates: []Date{"1900-01-01"}, LeftOut: func(field string) { counted += field }}
			got, err := fields.Normalize(given, noon)
			require.NoError(t, err)
			assert.Equal(t, good, got)
			assert.Equal(t, c.counted, counted)
			fields.Strict = true
			_, err = fields.Normalize(given, noon)
			assert.Equal(t, c.kind, KindOf(err))
		})
	}
}

func TestTextsKeepTheirLimitInCharacters(t *testing.T) {
	name := strings.Repeat("Щ", MaxTextRunes)
	got, err := Profile{Surname: name, CountryCode: strings.Repeat("Я", MaxCodeRunes)}.Normalize(noon, DefaultCountry)
	require.NoError(t, err)
	assert.Equal(t, name, got.Surname)
}

// A profile that is stored and comes again is the same profile.
func TestProfileNormalizeIsIdempotent(t *testing.T) {
	text := rapid.StringN(0, 10, -1)
	rapid.Check(t, func(t *rapid.T) {
		once, err := Profile{
			Phone: rapid.StringMatching(`\+?[78]9[0-9 -]{9,12}`).Draw(t, "phone"), Email: text.Draw(t, "email") + "@Example.com",
			Surname: text.Draw(t, "surname"), FirstName: text.Draw(t, "first name"), Locality: text.Draw(t, "locality"),
			Sex: Sex(rapid.SampledFrom([]string{"", "M", "ж"}).Draw(t, "sex")),
		}.Normalize(noon, DefaultCountry)
		if err != nil {
			return
		}
		twice, err := once.Normalize(noon, DefaultCountry)
		if err != nil || twice != once || twice.Fingerprint() != once.Fingerprint() {
			t.Fatalf("%+v became %+v, %v", once, twice, err)
		}
	})
}

func TestFingerprintNamesEveryField(t *testing.T) {
	seen := map[string]string{Profile{}.Fingerprint(): "none"}
	fields := reflect.TypeFor[Profile]()
	for i := range fields.NumField() {
		var p Profile
		reflect.ValueOf(&p).Elem().Field(i).SetString("x")
		mark := p.Fingerprint()
		require.NotContains(t, seen, mark, "%s and %s", fields.Field(i).Name, seen[mark])
		seen[mark] = fields.Field(i).Name
		require.Len(t, mark, 64)
	}
	// Nor do neighbours run into one another.
	require.NotEqual(t, Profile{Surname: "ab", FirstName: "c"}.Fingerprint(), Profile{Surname: "a", FirstName: "bc"}.Fingerprint())
}
