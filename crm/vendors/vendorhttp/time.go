package vendorhttp

import (
	"strconv"
	"time"
)

// layouts are the forms of times that were seen or are likely, the most exact
// first. Those without an offset are read in the zone that the caller knows.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	"2006-01-02",
	"2006/01/02",
	"02-01-2006 15:04:05",
	"02-01-2006",
	"02/01/2006",
	"02.01.2006",
	time.RFC1123Z,
	time.RFC1123,
}

// The seconds of years 1973 to 5138; more digits are milliseconds.
const (
	minEpoch       = 100_000_000
	maxEpochSecond = 99_999_999_999
)

// Time reads a time. Digits alone are Unix seconds, or milliseconds when there
// are twelve and more; a day is its first moment in zone (UTC when nil). The flag
// is false when the text is none of the known forms.
func (t Text) Time(zone *time.Location) (time.Time, bool) {
	if zone == nil {
		zone = time.UTC
	}
	s := t.String()
	if len(s) > maxNumberText {
		return time.Time{}, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return fromEpoch(n)
	}
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil && at.Year() > 0 {
			return at, true
		}
	}
	return time.Time{}, false
}

func fromEpoch(n int64) (time.Time, bool) {
	switch {
	case n < minEpoch:
		return time.Time{}, false
	case n <= maxEpochSecond:
		return time.Unix(n, 0).UTC(), true
	case n <= maxEpochSecond*1000:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}
