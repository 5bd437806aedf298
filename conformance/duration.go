package conformance

import (
	"encoding/json"
	"fmt"
	"time"
)

// Duration is a time span that stands in JSON as milliseconds.
type Duration time.Duration

// MarshalJSON writes milliseconds with three decimals at most.
func (d Duration) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(time.Duration(d).Microseconds()) / 1000)
}

// UnmarshalJSON reads milliseconds.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	var milliseconds float64
	if err := json.Unmarshal(raw, &milliseconds); err != nil {
		return err
	}
	*d = Duration(milliseconds * float64(time.Millisecond))
	return nil
}

// String writes the span for people: "812 µs", "3.1 ms", "2.4 s".
func (d Duration) String() string {
	span := time.Duration(d)
	switch {
	case span >= time.Minute:
		return span.Round(time.Second).String()
	case span >= time.Second:
		return fmt.Sprintf("%.1f s", span.Seconds())
	case span >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(span.Microseconds())/1000)
	}
	return fmt.Sprintf("%d µs", span.Microseconds())
}
