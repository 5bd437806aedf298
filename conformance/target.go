package conformance

import (
	"net/http"
	"time"

	"koshelek-adapter/conformance/contract"
)

// Target is the host to judge.
type Target struct {
	// URL is the address that the partner handed over: scheme, host and port.
	URL string
	// User and Password are the credentials that the partner handed over.
	User, Password string
	// Insecure does not look at the certificate.
	Insecure bool
	// CA are certificates of authorities to trust besides the system's, in PEM.
	CA []byte
	// Patience is how long one call may take before it counts as unanswered; zero
	// for four times the profile's AnswerLimit, at least 20 s.
	Patience time.Duration
	// Transport replaces the connection, for tests; nil for the network.
	Transport http.RoundTripper
}

// Options shape a run. The zero value asks for everything.
type Options struct {
	// Profile is what the host is held to; the zero value is the latest version
	// without choices of the partner.
	Profile contract.Profile
	// ReadOnly makes no call that writes.
	ReadOnly bool
	// Strict counts a broken minor rule as a failure, too.
	Strict bool
	// Only and Skip are patterns of rule or scenario IDs, as path.Match reads
	// them: "find.*", "race", "*.phone-*".
	Only, Skip []string
	// Seed decides every value that the run makes up; the same seed gives the
	// same calls. Zero draws one.
	Seed uint64
	// PhonePrefix begins the phones of the run's customers: digits, so many that
	// five to nine remain of eleven. Empty for [DefaultPhonePrefix].
	PhonePrefix string
	// EmailDomain ends their e-mail addresses. Empty for [DefaultEmailDomain].
	EmailDomain string
	// Twins is how many calls a race makes at one moment; zero for 20.
	Twins int
	// Parallel is how many checks are carried out side by side; zero for
	// [DefaultParallel], 1 for one after the other.
	Parallel int
	// Observe is told of the run's progress, never twice at once. The events of one
	// check come in order; checks and scenarios that run side by side are mixed.
	Observe func(Event)
	// Calling is told of each call of the checks before it is sent, by the verb and
	// the path of the contract, which name nobody; what it returns is called when
	// the call has ended. It may be called by many at once.
	Calling func(call string) (ended func())
	// Clock tells the time of reports and of receipts; nil for the real one.
	Clock func() time.Time
}

// Defaults of the options.
const (
	// DefaultPhonePrefix is an area code that no numbering plan gives out.
	DefaultPhonePrefix = "7000"
	// DefaultEmailDomain is reserved for tests (RFC 2606).
	DefaultEmailDomain = "conformance.example"
	// DefaultTwins is how many calls a race makes.
	DefaultTwins = 20
	// DefaultParallel is how many checks are carried out side by side.
	DefaultParallel = 14
)

// EventKind says what an [Event] tells.
type EventKind string

// The kinds of events, in the order in which they come for one check.
const (
	EventRunStarted       EventKind = "run-started"       // Total is set
	EventScenarioStarted  EventKind = "scenario-started"  // Scenario is set
	EventCheckStarted     EventKind = "check-started"     // Scenario and Check.Rule are set
	EventStep             EventKind = "step"              // Scenario, Check.Rule and Step are set
	EventCheckFinished    EventKind = "check-finished"    // Scenario and the whole Check are set
	EventScenarioFinished EventKind = "scenario-finished" // Scenario is set
	EventRunFinished      EventKind = "run-finished"      // Report is set
)

// Event is a step of a run, for display while it goes on.
type Event struct {
	Kind EventKind
	// Done and Total count checks.
	Done, Total int
	Scenario    contract.Scenario
	Check       *Check
	Step        *Step
	Report      *Report
}
