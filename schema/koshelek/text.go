package koshelek

import "encoding/json"

// Text is a leaf of a request. The rule that leaves are strings speaks of
// answers only, so a request may carry a typed value: Text takes a JSON string, a
// number (kept as it was written, so that no digit is lost), true or false, and
// null as "". It writes itself as a JSON string. [I]
type Text string

// String returns the text as it is.
func (t Text) String() string { return string(t) }

// UnmarshalJSON reads any leaf and refuses an object or an array.
func (t *Text) UnmarshalJSON(raw []byte) error {
	switch first(raw) {
	case '"':
		return json.Unmarshal(raw, (*string)(t))
	case '{', '[':
		return &DecodeError{Reason: ReasonNotLeaf}
	case 'n':
		*t = ""
	default:
		*t = Text(raw)
	}
	return nil
}

// Texts is a list of leaves in a request. It takes an array of leaves, a single
// leaf as a list of one, and null as no list. [I]
type Texts []Text

// UnmarshalJSON replaces the list by the one that raw holds.
func (t *Texts) UnmarshalJSON(raw []byte) error {
	switch first(raw) {
	case '[':
		return json.Unmarshal(raw, (*[]Text)(t))
	case 'n':
		*t = nil
		return nil
	}
	var one Text
	if err := one.UnmarshalJSON(raw); err != nil {
		return err
	}
	*t = Texts{one}
	return nil
}

// first is the byte that tells which kind of JSON value raw is. encoding/json
// hands over a whole valid value without blanks around it.
func first(raw []byte) byte {
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}
