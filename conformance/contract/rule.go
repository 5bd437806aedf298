package contract

import "koshelek-adapter/schema/koshelek"

// Severity says what a broken rule costs.
type Severity string

// The severities.
const (
	// Critical: money, somebody else's data or the way in.
	Critical Severity = "critical"
	// Major: the app does not do what the customer wants.
	Major Severity = "major"
	// Minor: it works today and may not tomorrow.
	Minor Severity = "minor"
)

// Parts of a profile's data.
const (
	NeedsCard          = "card"
	NeedsBlocked       = "blocked"
	NeedsSeveral       = "several"
	NeedsHistory       = "history"
	NeedsPool          = "pool"
	NeedsPlastic       = "plastic"
	NeedsPromoCode     = "promoCode"
	NeedsLimitedCodes  = "limitedCodes"
	NeedsExpiredCode   = "expiredCode"
	NeedsUpcomingCode  = "upcomingCode"
	NeedsPersonalOffer = "personalOffer"
)

// Rule is one thing that the contract asks of a host.
type Rule struct {
	// ID is stable. It begins with the ID of its scenario and a dot.
	ID string
	// Text says in plain words what must hold.
	Text string
	// Mark says how sure the rule is. It decides nothing: a broken rule weighs by
	// its severity.
	Mark   koshelek.Mark
	Source string
	// Since is the first version that has the rule.
	Since    koshelek.Version
	Severity Severity
	// Methods are the IDs of the methods that the check needs, beside those of
	// its preparation. The rule is disabled when the profile switches one off.
	Methods []string
	// Writes tells that the check changes something at the host, or prepares
	// test data there: it is not run read-only.
	Writes bool
	// Needs names the part of the profile's data without which the check cannot
	// run, "" for none.
	Needs string
}

// Scenario returns the ID of the rule's scenario.
func (r Rule) Scenario() string {
	for i := range r.ID {
		if r.ID[i] == '.' {
			return r.ID[:i]
		}
	}
	return r.ID
}

// EveryAnswer reports whether the rule is judged on every answer by itself,
// without knowing what happened before.
func (r Rule) EveryAnswer() bool { return r.Scenario() == ScenarioAnswer }
