package vendorhttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Unambiguous reads the one JSON object of a body that a vendor posts. An object
// with the same field twice, in one spelling or in two (amount, Amount), could be
// read in two ways, and is an error. So is whatever follows the object. The error
// holds nothing of the body.
func Unambiguous(body []byte, into any) error {
	if json.Unmarshal(body, into) != nil {
		return errors.New("it is not the JSON that was expected")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return errors.New("it is no JSON object")
	}
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		field := strings.ToLower(name.(string)) // json.Unmarshal has found it valid
		if seen[field] {
			return errors.New("a field stands in it twice")
		}
		seen[field] = true
		var skipped json.RawMessage
		if err := decoder.Decode(&skipped); err != nil {
			return err
		}
	}
	return nil
}
