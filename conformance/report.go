package conformance

import "time"

// Outcome is how a check ended.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	// Fail: a critical or major rule is broken, however sure the suite is of it;
	// in a strict run a minor one, too.
	Fail Outcome = "fail"
	// Warn: a minor rule is broken, or the profile excuses the failure.
	Warn Outcome = "warn"
	// Skip: the run could not check it; Message says what to supply.
	Skip Outcome = "skip"
	// Disabled: the version or the partner's profile does not ask for it.
	Disabled Outcome = "disabled"
	// Error: the check could not be carried out, mostly because something that
	// it builds on failed.
	Error Outcome = "error"
)

// Outcomes lists all outcomes, the worst first.
func Outcomes() []Outcome { return []Outcome{Fail, Error, Warn, Skip, Disabled, Pass} }

// ReportSchema names the form of the JSON report. It changes when a field is
// removed or gets another meaning.
const ReportSchema = "koshelek-conformance-report/2"

// Report is the result of a run. Its JSON form is stable and documented in
// docs/conformance.md.
type Report struct {
	Schema string `json:"schema"`
	// Suite is the version of the suite.
	Suite  string     `json:"suite"`
	Target TargetInfo `json:"target"`
	// Profile is the profile's name, Version that of the contract.
	Profile string  `json:"profile"`
	Version string  `json:"version"`
	Verdict Verdict `json:"verdict"`
	Counts  Counts  `json:"counts"`
	// Rules is how many rules the suite has, Judged how many of them this run has
	// judged: those that passed, failed or warned.
	Rules  int `json:"rules"`
	Judged int `json:"judged"`
	// Causes are the reasons for which several checks did not hold, those that
	// explain most first.
	Causes []Cause `json:"causes,omitempty"`
	// Seed gives the same run again.
	Seed     uint64 `json:"seed"`
	ReadOnly bool   `json:"readOnly"`
	Strict   bool   `json:"strict"`
	// Only and Skip are the patterns that left checks out; such checks are not
	// in the report.
	Only       []string         `json:"only,omitempty"`
	Skip       []string         `json:"skip,omitempty"`
	Started    time.Time        `json:"started"`
	Took       Duration         `json:"took"`
	Requests   int              `json:"requests"`
	Scenarios  []ScenarioResult `json:"scenarios"`
	Timings    []Timing         `json:"timings"`
	TestData   TestData         `json:"testData"`
	Deviations []DeviationNote  `json:"deviations,omitempty"`
	// Notes are remarks for the reader, such as a seed that was used before.
	Notes []string `json:"notes,omitempty"`
}

// TargetInfo says which host was judged.
type TargetInfo struct {
	URL string `json:"url"`
	// TLS is the version of TLS that was spoken, "" without.
	TLS string `json:"tls,omitempty"`
	// Fingerprint is the SHA-256 of the host's certificate in hex, "" without TLS.
	Fingerprint string `json:"fingerprint,omitempty"`
	// CertificateUntil is when the certificate expires.
	CertificateUntil *time.Time `json:"certificateUntil,omitempty"`
}

// Counts are checks by outcome.
type Counts struct {
	Pass     int `json:"pass"`
	Fail     int `json:"fail"`
	Warn     int `json:"warn"`
	Skip     int `json:"skip"`
	Disabled int `json:"disabled"`
	Error    int `json:"error"`
}

// Total is the number of checks.
func (c Counts) Total() int { return c.Pass + c.Fail + c.Warn + c.Skip + c.Disabled + c.Error }

// ScenarioResult is the checks of one scenario.
type ScenarioResult struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	About  string  `json:"about"`
	Checks []Check `json:"checks"`
}

// Check is a rule and how the host kept it.
type Check struct {
	// Rule is the rule's ID; the next fields are the rule's own.
	Rule     string   `json:"rule"`
	Text     string   `json:"text"`
	Mark     string   `json:"mark"`
	Source   string   `json:"source"`
	Since    string   `json:"since"`
	Severity string   `json:"severity"`
	Methods  []string `json:"methods,omitempty"`

	Outcome Outcome `json:"outcome"`
	// Message says what is wrong, or why the check was not carried out.
	Message string `json:"message,omitempty"`
	// Excuse is the line of a partner's profile with which a broken rule would be
	// agreed, when Koshelek and the partner have agreed on that; "…" stands for
	// what the suite does not know. It is a known deviation where no special line
	// exists. "" for a rule that holds.
	Excuse string `json:"excuse,omitempty"`
	// Cause is the ID of the cause that explains why the check did not hold, ""
	// for one that stands for itself.
	Cause string `json:"cause,omitempty"`
	// Looked is how many answers a rule on every answer was judged on, and
	// Broken how many of them broke it.
	Looked int `json:"looked,omitempty"`
	Broken int `json:"broken,omitempty"`
	// Steps are the calls. Of a check that passed and of one with very many
	// calls only some are kept; Left is how many are not.
	Steps []Step   `json:"steps,omitempty"`
	Left  int      `json:"left,omitempty"`
	Took  Duration `json:"took"`

	symptom *symptom
	// presumed is the method that Excuse presumes to be absent, "" for none;
	// deviation is the excuse when it is not.
	presumed, deviation string
}

// Broke reports whether the host broke the rule, be it for a failure or for a
// warning.
func (c Check) Broke() bool { return c.Outcome == Fail || c.Outcome == Warn }

// Step is one call of a check, fit to be shown: credentials are left out and
// personal data that is not the run's own is masked.
type Step struct {
	// Title says what the call is for.
	Title    string      `json:"title"`
	Request  StepRequest `json:"request"`
	Answer   *StepAnswer `json:"answer,omitempty"`
	Trouble  string      `json:"trouble,omitempty"` // why there is no answer
	Expected string      `json:"expected,omitempty"`
	// Wrong says what is wrong with this answer; "" when nothing is.
	Wrong string `json:"wrong,omitempty"`
	// Curl is a line for a POSIX shell that makes the same call. It reads the
	// credentials from KOSHELEK_USER and KOSHELEK_PASSWORD.
	Curl string   `json:"curl" inert:"lines"`
	Took Duration `json:"took"`
}

// StepRequest is what was sent.
type StepRequest struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"` // with the query
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty" inert:"lines"`
	// Bytes is the length of the body when it is too long to be shown whole.
	Bytes int `json:"bytes,omitempty"`
}

// StepAnswer is what came back.
type StepAnswer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty" inert:"lines"`
	// Bytes is the length of the whole body.
	Bytes int `json:"bytes"`
	// More tells that the body is longer than the suite reads: Bytes is what was
	// read.
	More bool `json:"more,omitempty"`
}

// Timing is how long the answers of a method took.
type Timing struct {
	Method string   `json:"method"`
	Calls  int      `json:"calls"`
	Median Duration `json:"median"`
	P95    Duration `json:"p95"`
	Max    Duration `json:"max"`
}

// TestData says what a run made at the host and what became of it.
type TestData struct {
	PhonePrefix string `json:"phonePrefix"`
	EmailDomain string `json:"emailDomain"`
	// Customers and Cards are how many were made. The API has no call that
	// removes a card, so they stay.
	Customers int `json:"customers"`
	Cards     int `json:"cards"`
	// Reserved are numbers that were reserved and not issued; they run out by
	// themselves.
	Reserved int `json:"reserved"`
	// Receipts are receipts that were accepted.
	Receipts int `json:"receipts"`
	// Used is what the run used up of the profile's data: the name of the part and
	// the number or code. PassedOver is what turned out to be used up before.
	Used       []string `json:"used,omitempty"`
	PassedOver []string `json:"passedOver,omitempty"`
	// Cleanup says what was undone and what stays.
	Cleanup []string `json:"cleanup,omitempty"`
}

// DeviationNote is a known deviation and what became of it.
type DeviationNote struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
	// Until is the last day, "" for a deviation that lasts.
	Until string `json:"until"`
	// State is active, expired, unneeded when the rule holds, or not judged.
	State string `json:"state"`
}
