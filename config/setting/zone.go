package setting

import (
	"errors"
	"time"
	_ "time/tzdata" // the image that we ship has no time zones of its own
)

// Zone is a time zone. The zero value is UTC.
type Zone struct{ location *time.Location }

// Location returns the time zone, never nil.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// UnmarshalText takes an IANA name, such as Europe/Moscow or UTC. It refuses Local, which means another zone on every machine.
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil || string(text) == "Local" || len(text) == 0 {
		return errors.New("is not a known time zone; an IANA name is allowed, such as Europe/Moscow, Asia/Yekaterinburg or UTC")
	}
	z.location = location
	return nil
}

// String returns the IANA name.
func (z Zone) String() string { return z.Location().String() }

// MarshalText returns the IANA name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }
