package conformance

import (
	"net/http"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
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
	// did not are held to fewer rules.
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
	// Cut tells that the body broke off.
	Cut bool
	// Long tells that the body is longer than the suite reads; Body is its
	// beginning, and rules on bodies say nothing of it.
	Long bool
}

// Finding is a rule that one exchange broke.
type Finding struct {
	// Rule is the ID of a rule on every answer.
	Rule string
	// Mark is the less sure of the rule's mark and that of the field that broke
	// it.
	Mark koshelek.Mark
	// Wrong says in words what is wrong, and where in the document. It holds no
	// values but those of enumerations, so it may be shown as it is.
	Wrong string
	// Expected says what the rule wants.
	Expected string
	// Excuse is the line of a profile that would make a partner's choice of it, ""
	// when there is none but a deviation.
	Excuse string
}

// Outcome is what the finding makes of a check: a failure, or a warning when the
// rule is minor.
func (f Finding) Outcome() Outcome { return weigh(answerIndex()[f.Rule].Severity) }

// Judge holds one exchange to the rules on every answer (those whose ID begins
// with "answer."), and returns those that it breaks in a fixed order. It is safe
// for concurrent use.
func Judge(p contract.Profile, e Exchange) []Finding { return examine(p, e).findings }
