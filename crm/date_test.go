package crm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	for _, text := range []string{"1900-01-01", "2024-02-29", "2026-09-06", "2000-02-29", "2999-12-31"} {
		got, err := ParseDate(text)
		require.NoError(t, err, text)
		assert.Equal(t, Date(text), got)
	}
	for _, text := range []string{
		"", "2026-9-6", "2026-09-6", "26-09-06", "06.09.2026", "2026/09/06", "2026-09-06T00:00:00Z", " 2026-09-06",
		"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00",
		"1899-12-31", "3000-01-01", "0000-00-00", "-2026-09-06", "２０２６-09-06",
	} {
		got, err := ParseDate(text)
		assert.Empty(t, got, text)
		t.Run(text, func(t *testing.T) { refusal(t, err, ErrInvalidDate, text) })
	}
}

// Days compare as strings: that is why they are strings.
func TestDatesCompareAsDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Int64Range(0, 32503680000-1) // to the end of 2999
		a, b := time.Unix(moment.Draw(t, "a"), 0), time.Unix(moment.Draw(t, "b"), 0)
		dayA, dayB := DateOf(a, time.UTC), DateOf(b, time.UTC)
		if (dayA < dayB) != dayA.End(time.UTC).Before(dayB.End(time.UTC)) {
			t.Fatalf("%s and %s", dayA, dayB)
		}
		if end := dayA.End(moscow); !end.After(a.Add(-3*time.Hour)) || DateOf(end.Add(-1), moscow) != dayA || DateOf(end, moscow) == dayA {
			t.Fatalf("%s ends at %s", dayA, end)
		}
	})
}

func TestDateOfDependsOnTheZone(t *testing.T) {
	late := time.Date(2026, 9, 6, 21, 0, 0, 0, time.UTC)
	assert.Equal(t, Date("2026-09-06"), DateOf(late, time.UTC))
	assert.Equal(t, Date("2026-09-07"), DateOf(late, moscow))
	assert.Equal(t, time.Date(2026, 9, 6, 21, 0, 0, 0, time.UTC), Date("2026-09-06").End(moscow).UTC())
	assert.True(t, Date("").End(moscow).IsZero())
}
