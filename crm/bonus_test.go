package crm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBonusJoinsLotsThatLookTheSame(t *testing.T) {
	sooner, later := noon.Add(time.Hour), noon.Add(2*time.Hour)
	lot := func(text string, points int64, until time.Time) Lot {
		return Lot{Description: text, Remaining: points, ValidUntil: until}
	}
	for name, c := range map[string]struct{ lots, want []Lot }{
		"none": {nil, nil},
		"same day, same text": {
			[]Lot{lot("A", 1, sooner), lot("A", 2, sooner), lot("A", 4, sooner)},
			[]Lot{lot("A", 7, sooner)},
		},
		"same day, texts mixed": {
			[]Lot{lot("A", 1, sooner), lot("B", 2, sooner), lot("A", 4, sooner), lot("B", 8, sooner)},
			[]Lot{lot("A", 5, sooner), lot("B", 10, sooner)},
		},
		"another day": {
			[]Lot{lot("A", 1, sooner), lot("A", 2, later)},
			[]Lot{lot("A", 1, sooner), lot("A", 2, later)},
		},
		"another zone, same moment": {
			[]Lot{lot("A", 1, sooner), lot("A", 2, sooner.In(moscow))},
			[]Lot{lot("A", 3, sooner)},
		},
	} {
		var bonus Bonus
		for _, l := range c.lots {
			bonus.add(l)
		}
		assert.Equal(t, c.want, bonus.Lots, name)
	}
}

// The birth date settles a tie only for the customer of the phone, which
// Koshelek has confirmed.
func TestSettle(t *testing.T) {
	const birth, other Date = "1990-05-17", "1985-01-01"
	byPhone := func(d Date) Match { return Match{CustomerID: "phone", ByPhone: true, BirthDate: d} }
	byEmail := func(d Date) Match { return Match{CustomerID: "email", ByEmail: true, BirthDate: d} }
	both := Match{CustomerID: "both", ByPhone: true, ByEmail: true, BirthDate: other}
	for name, c := range map[string]struct {
		matches []Match
		birth   Date
		want    string // "" for nobody
		kind    Kind
	}{
		"nobody":                               {nil, birth, "", ""},
		"one by phone":                         {[]Match{byPhone("")}, "", "phone", ""},
		"one by email":                         {[]Match{byEmail("")}, "", "email", ""},
		"one by both, born on another day":     {[]Match{both}, birth, "both", ""},
		"one by phone, born on another day":    {[]Match{byPhone(other)}, birth, "phone", ""},
		"a tie without a birth date":           {[]Match{byPhone(birth), byEmail(other)}, "", "", ErrAmbiguous},
		"a tie, nothing known of either":       {[]Match{byPhone(""), byEmail("")}, "", "", ErrAmbiguous},
		"a tie that the phone wins":            {[]Match{byPhone(birth), byEmail(other)}, birth, "phone", ""},
		"the order does not matter":            {[]Match{byEmail(other), byPhone(birth)}, birth, "phone", ""},
		"a tie for the email's customer":       {[]Match{byPhone(other), byEmail(birth)}, birth, "", ErrAmbiguous},
		"email's customer, phone's unknown":    {[]Match{byPhone(""), byEmail(birth)}, birth, "", ErrAmbiguous},
		"both born on the day":                 {[]Match{byPhone(birth), byEmail(birth)}, birth, "", ErrAmbiguous},
		"neither born on the day":              {[]Match{byPhone(other), byEmail(other)}, birth, "", ErrAmbiguous},
		"birth dates of neither, one is asked": {[]Match{byPhone(""), byEmail("")}, birth, "", ErrAmbiguous},
	} {
		t.Run(name, func(t *testing.T) {
			match, found, err := (&Service{}).settle(c.matches, Profile{BirthDate: c.birth})
			if c.kind != "" {
				require.ErrorIs(t, err, c.kind)
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, c.want, match.CustomerID)
			assert.Equal(t, c.want != "", found)
		})
	}
}
