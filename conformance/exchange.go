package conformance

import (
	"net/http"
	"time"
)

// Exchange is one call and its answer, as it went over the wire.
type Exchange struct {
	Request Request
	// Answer is nil when none came.
	Answer *Answer
	// Trouble is why there is no answer.
	Trouble error
	Took    time.Duration
	// Authorized tells that the call carried the right credentials. Calls that
	// did not are held to other rules.
	Authorized bool
}

// Request is what was sent.
type Request struct {
	Method string
	// Path is the path as it was sent, with escapes, without the query.
	Path string
	// Query is the raw query.
	Query  string
	Header http.Header
	Body   []byte
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	// Cut tells that the body broke off, or that it was longer than the suite
	// reads.
	Cut bool
}

// Finding is a rule that one exchange broke.
type Finding struct {
	// Rule is the ID of a rule on every answer.
	Rule string
	// Wrong says in words what is wrong, and where in the document.
	Wrong string
	// Expected says what the rule wants.
	Expected string
}
