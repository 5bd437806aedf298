package microsite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"koshelek-adapter/schema/strictjson"
)

// DecodeError is why a body was refused. It names fields, never values.
type DecodeError struct{ Reason string }

// Error implements error.
func (e *DecodeError) Error() string { return e.Reason }

// Text is a string; a whole number without fraction and exponent is read as its
// digits, since some callers send identifiers so. [I]
type Text string

var integer = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if integer.Match(data) {
		*t = Text(data)
		return nil
	}
	if data[0] != '"' {
		return &DecodeError{"a text is needed"}
	}
	return json.Unmarshal(data, (*string)(t))
}

// Number is a whole number of points. A text, a fraction and a number beyond
// int64 are not; 100.0 and 1e2 are. [I]
type Number struct {
	Value int64
	Set   bool
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, n.Value, 10), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	n.Set = true
	if integer.Match(data) {
		value, err := strconv.ParseInt(string(data), 10, 64)
		n.Value = value
		if err != nil {
			return &DecodeError{"a number is out of range"}
		}
		return nil
	}
	if data[0] != '-' && (data[0] < '0' || data[0] > '9') {
		return &DecodeError{"a number is needed"}
	}
	// Only small numbers are written so; up to here a float is exact.
	const exact = 1 << 53
	value, err := strconv.ParseFloat(string(data), 64)
	if err != nil || value > exact || value < -exact {
		return &DecodeError{"a number is out of range"}
	}
	if n.Value = int64(value); float64(n.Value) != value {
		return &DecodeError{"a whole number is needed"}
	}
	return nil
}

// Decode reads one JSON object in UTF-8 and nothing behind it, with no field twice,
// whatever its case, and no half of a character; unknown fields are ignored. The
// error is a *DecodeError.
func Decode(body []byte, into any) error {
	if !utf8.Valid(body) {
		return &DecodeError{"the body is not UTF-8"}
	}
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return &DecodeError{"the body is not a JSON object"}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(into); err != nil {
		return decodeError(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return &DecodeError{"something stands behind the JSON object"}
	}
	if err := strictjson.Check(body); err != nil {
		return &DecodeError{err.Error()}
	}
	return nil
}

func decodeError(err error) error {
	if own, ok := errors.AsType[*DecodeError](err); ok {
		return own
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &DecodeError{fmt.Sprintf("%s has the wrong type", kind.Field)}
	}
	return &DecodeError{"the body is not valid JSON"}
}

// dateForms are ISO 8601 as callers write it. [C form, I variants]
var dateForms = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05", time.DateOnly}

// ParseDate reads a transaction date; one without an offset is in the zone.
func ParseDate(text string, zone *time.Location) (time.Time, error) {
	for _, form := range dateForms {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, &DecodeError{"transaction_date is not ISO 8601"}
}
