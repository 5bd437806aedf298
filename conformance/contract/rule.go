package contract

import (
	"sync"

	"koshelek-adapter/schema/koshelek"
)

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

// Sources of rules.
const (
	fromOverview = "Koshelek, Loyalty Online API, overview"
	fromMethods  = "Koshelek, Loyalty Online API, description of the methods"
	fromPartner  = "a real partner's implementation or tests"
	fromRFC7617  = "RFC 7617, the Basic HTTP authentication scheme"
	fromRFC8259  = "RFC 8259, JSON"
	fromTLS      = "RFC 8996 and RFC 9325, secure use of TLS"
	fromReason   = "inferred: any call may arrive twice, late or beside its twin"
	fromSafety   = "inferred: what any service on the open network owes its users"
	fromReceipts = "the fiscal QR code as tills print it; what to do with it is inferred"
	fromGuess    = "inferred from partners and from later versions"
)

// Rule is one thing that the contract asks of a host.
type Rule struct {
	// ID is stable. It begins with the ID of its scenario and a dot.
	ID string
	// Text says in plain words what must hold.
	Text string
	// Mark says how sure the rule is; a broken inferred rule is a warning.
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

// Rules returns every rule in the order of the scenarios. The slice is the
// caller's own.
func Rules() []Rule {
	var all []Rule
	for _, group := range []func() []Rule{
		tlsRules, authRules, findRules, reserveRules, issueRules, poolRules, typedRules, blockedRules, severalRules,
		holderRules, channelRules, balanceRules, historyRules, offerRules, receiptRules, promoRules, userRules,
		pathRules, bodyRules, injectionRules, repeatRules, raceRules, answerRules, timingRules,
	} {
		all = append(all, group()...)
	}
	return all
}

// RuleByID finds a rule.
func RuleByID(id string) (Rule, bool) {
	r, known := index()[id]
	return r, known
}

// index is the rules by ID, made once for all who only read it.
var index = sync.OnceValue(func() map[string]Rule {
	byID := map[string]Rule{}
	for _, r := range Rules() {
		byID[r.ID] = r
	}
	return byID
})
