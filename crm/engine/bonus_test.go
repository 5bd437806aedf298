package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
)

func TestBonusJoinsLotsThatLookTheSame(t *testing.T) {
	sooner, later := noonUTC.Add(time.Hour), noonUTC.Add(2*time.Hour)
	lot := func(text string, points int64, until time.Time) crm.Lot {
		return crm.Lot{Description: text, Remaining: points, ValidUntil: until}
	}
	for name, c := range map[string]struct{ lots, want []crm.Lot }{
		"none": {nil, nil},
		"same day, same text": {
			[]crm.Lot{lot("A", 1, sooner), lot("A", 2, sooner), lot("A", 4, sooner)},
			[]crm.Lot{lot("A", 7, sooner)},
		},
		"same day, texts mixed": {
			[]crm.Lot{lot("A", 1, sooner), lot("B", 2, sooner), lot("A", 4, sooner), lot("B", 8, sooner)},
			[]crm.Lot{lot("A", 5, sooner), lot("B", 10, sooner)},
		},
		"another day": {
			[]crm.Lot{lot("A", 1, sooner), lot("A", 2, later)},
			[]crm.Lot{lot("A", 1, sooner), lot("A", 2, later)},
		},
		"another zone, same moment": {
			[]crm.Lot{lot("A", 1, sooner), lot("A", 2, sooner.In(moscowZone))},
			[]crm.Lot{lot("A", 3, sooner)},
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
	const birth, other crm.Date = "1990-05-17", "1985-01-01"
	byPhone := func(d crm.Date) crm.Match { return crm.Match{CustomerID: "phone", ByPhone: true, BirthDate: d} }
	byEmail := func(d crm.Date) crm.Match { return crm.Match{CustomerID: "email", ByEmail: true, BirthDate: d} }
	both := crm.Match{CustomerID: "both", ByPhone: true, ByEmail: true, BirthDate: other}
	for name, c := range map[string]struct {
		matches []crm.Match
		birth   crm.Date
		want    string // "" for nobody
		kind    crm.Kind
	}{
		"nobody":                               {nil, birth, "", ""},
		"one by phone":                         {[]crm.Match{byPhone("")}, "", "phone", ""},
		"one by email":                         {[]crm.Match{byEmail("")}, "", "email", ""},
		"one by both, born on another day":     {[]crm.Match{both}, birth, "both", ""},
		"one by phone, born on another day":    {[]crm.Match{byPhone(other)}, birth, "phone", ""},
		"a tie without a birth date":           {[]crm.Match{byPhone(birth), byEmail(other)}, "", "", crm.ErrAmbiguous},
		"a tie, nothing known of either":       {[]crm.Match{byPhone(""), byEmail("")}, "", "", crm.ErrAmbiguous},
		"a tie that the phone wins":            {[]crm.Match{byPhone(birth), byEmail(other)}, birth, "phone", ""},
		"the order does not matter":            {[]crm.Match{byEmail(other), byPhone(birth)}, birth, "phone", ""},
		"a tie for the email's customer":       {[]crm.Match{byPhone(other), byEmail(birth)}, birth, "", crm.ErrAmbiguous},
		"email's customer, phone's unknown":    {[]crm.Match{byPhone(""), byEmail(birth)}, birth, "", crm.ErrAmbiguous},
		"both born on the day":                 {[]crm.Match{byPhone(birth), byEmail(birth)}, birth, "", crm.ErrAmbiguous},
		"neither born on the day":              {[]crm.Match{byPhone(other), byEmail(other)}, birth, "", crm.ErrAmbiguous},
		"birth dates of neither, one is asked": {[]crm.Match{byPhone(""), byEmail("")}, birth, "", crm.ErrAmbiguous},
	} {
		t.Run(name, func(t *testing.T) {
			match, found, err := Rules{}.settle(c.matches, crm.Profile{BirthDate: c.birth})
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
