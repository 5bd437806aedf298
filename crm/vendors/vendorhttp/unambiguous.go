package vendorhttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"koshelek-adapter/schema/strictjson"
)

// Unambiguous reads the one JSON object of a body that a vendor posts. An object
// with the same field twice, in one spelling or in two (amount, Amount), could be
// read in two ways, and is an error; so are halves of characters, bytes that are
// not UTF-8, and whatever follows the object. The error holds nothing of the body.
func Unambiguous(body []byte, into any) error {
	if !utf8.Valid(body) || json.Unmarshal(body, into) != nil {
		return errors.New("it is not the JSON that was expected")
	}
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return errors.New("it is no JSON object")
	}
	return strictjson.Check(body)
}
