package koshelek

// Reason says why a body was refused. The values are stable: they may be
// counted, logged and turned into codes.
type Reason string

// The reasons.
const (
	ReasonEmpty     Reason = "empty"         // nothing but blanks
	ReasonUTF8      Reason = "utf8"          // not valid UTF-8
	ReasonSyntax    Reason = "syntax"        // not JSON, or cut off
	ReasonTrailing  Reason = "trailing"      // something follows the object
	ReasonTooDeep   Reason = "too_deep"      // nested deeper than 32 levels
	ReasonNotObject Reason = "not_an_object" // begins with something other than an object
	ReasonNotLeaf   Reason = "not_a_leaf"    // an object or array where a plain value is due
	ReasonType      Reason = "type"          // another kind of value than the struct has
	ReasonTwoWays   Reason = "two_ways"      // a key twice, also in two spellings, or an escape that is half of a character
)

// DecodeError is a refused body. It never quotes the body, which may hold
// personal data, so it can be logged and shown as it is.
type DecodeError struct {
	Reason Reason
}

// Error tells the reason in words.
func (e *DecodeError) Error() string { return "request body " + e.Reason.words() }

func (r Reason) words() string {
	switch r {
	case ReasonEmpty:
		return "is empty"
	case ReasonUTF8:
		return "is not valid UTF-8"
	case ReasonSyntax:
		return "is not valid JSON"
	case ReasonTrailing:
		return "goes on after its JSON object"
	case ReasonTooDeep:
		return "is nested too deeply"
	case ReasonNotObject:
		return "is not a JSON object"
	case ReasonNotLeaf:
		return "has an object or array where a plain value is due"
	case ReasonTwoWays:
		return "could be read in two ways: a key stands twice, or an escape is half of a character"
	}
	return "has a value of the wrong type"
}
