package wire

import (
	"bytes"
	"encoding/json"
	"unicode"
	"unicode/utf8"
)

// Marshal writes a value as JSON without a newline at its end and without
// escaping <, > and &, which some vendors' parsers keep as they are.
func Marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Plain reports whether a text may be sent as an identifier or a name: valid
// UTF-8 of 1 to limit bytes without control characters.
func Plain(s string, limit int) bool {
	if s == "" || len(s) > limit || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}
