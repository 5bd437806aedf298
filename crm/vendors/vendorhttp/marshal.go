package vendorhttp

import (
	"bytes"
	"encoding/json"
)

// Marshal writes a value as JSON without a newline at its end and without
// escaping <, > and &, which some vendors' parsers keep as they are. The value is
// of plain structs, maps and texts, which always marshal.
func Marshal(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("vendorhttp: a request cannot be written as JSON: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
