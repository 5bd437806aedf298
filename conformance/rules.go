package conformance

import (
	"slices"
	"sync"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

// ruled is a rule with the check that looks whether a host keeps it and the
// faults that prove the check.
type ruled struct {
	contract.Rule
	// check is nil for the rules on every answer: they are judged on each
	// exchange.
	check checkFunc
	// faults are what hosts get wrong that break this rule.
	faults []Fault
}

// row is a rule with its check and its faults, as the tables of the subjects have
// it.
func row(rule contract.Rule, check checkFunc, faults ...Fault) ruled {
	return ruled{rule, check, faults}
}

// everyAnswer is a rule without a check of its own: it is judged on each exchange.
func everyAnswer(rule contract.Rule, faults ...Fault) ruled { return ruled{rule, nil, faults} }

// fault is a fault of the rule in whose row it stands.
func fault(name, breaks string) Fault { return Fault{Name: name, Breaks: breaks} }

// Fault is one thing that a host can get wrong, by which the suite itself is
// tested: the host of package faultyhost gets exactly this wrong.
type Fault struct {
	// Name switches it on.
	Name string
	// Rule is the ID of the rule that has to notice it.
	Rule string
	// Breaks says in words what is wrong.
	Breaks string
}

// Marks and versions of rules.
const (
	published  = koshelek.MarkPublished
	thirdParty = koshelek.MarkThirdParty
	inferred   = koshelek.MarkInferred

	v100 = koshelek.V100
	v110 = koshelek.V110
	v120 = koshelek.V120
	v130 = koshelek.V130
)

// Sources of rules.
const (
	fromOverview = "Koshelek, Loyalty Online API, overview"
	fromMethods  = "Koshelek, Loyalty Online API, description of the methods"
	fromPartner  = "a real partner's implementation or tests"
	fromRFC7617  = "RFC 7617, the Basic HTTP authentication scheme"
	fromHTTP     = "RFC 9110, HTTP semantics"
	fromRFC8259  = "RFC 8259, JSON"
	fromTLS      = "RFC 8996 and RFC 9325, secure use of TLS"
	fromReason   = "inferred: any call may arrive twice, late or beside its twin"
	fromSafety   = "inferred: what any service on the open network owes its users"
	fromReceipts = "the fiscal QR code as tills print it; what to do with it is inferred"
	fromRFC3986  = "RFC 3986, addresses: an escape and its character are the same"
	fromGuess    = "inferred from partners and from later versions"
)

// catalogue is every rule in the order of the scenarios, made once.
var catalogue = sync.OnceValue(func() []ruled {
	all := subjects()
	order := map[string]int{}
	for i, s := range contract.Scenarios() {
		order[s.ID] = i
	}
	slices.SortStableFunc(all, func(a, b ruled) int { return order[a.Scenario()] - order[b.Scenario()] })
	return all
})

// subjects gathers the rules of each subject. Rules of one scenario keep this
// order.
func subjects() []ruled {
	var all []ruled
	for _, rules := range []func() []ruled{
		answerRules,
		authRules,
		balanceRules,
		blockedRules,
		bodyRules,
		brokenOffRules,
		channelRules,
		consentRules,
		credentialRules,
		doorRules,
		findRules,
		framingRules,
		historyRules,
		holderRules,
		injectionRules,
		injectionFieldRules,
		issueRules,
		numberRules,
		offerRules,
		pathRules,
		poolRules,
		promoRules,
		promoFormRules,
		raceRules,
		raceAwardRules,
		raceDifferentRules,
		rangeRules,
		readRules,
		receiptRules,
		receiptFormRules,
		receiptAfterRules,
		repeatRules,
		reserveRules,
		searchRules,
		severalRules,
		timingRules,
		tlsRules,
		typedRules,
		userRules,
		wayInRules,
		writeRules,
	} {
		all = append(all, rules()...)
	}
	return all
}

// byID is the catalogue by the rules' IDs.
var byID = sync.OnceValue(func() map[string]ruled {
	index := map[string]ruled{}
	for _, r := range catalogue() {
		index[r.ID] = r
	}
	return index
})

// answerIndex is the rules on every answer by ID. It stands apart from the
// catalogue, whose checks judge answers.
var answerIndex = sync.OnceValue(func() map[string]contract.Rule {
	index := map[string]contract.Rule{}
	for _, r := range answerRules() {
		index[r.ID] = r.Rule
	}
	return index
})

// Rules returns every rule in the order of the scenarios. The slice is the
// caller's own.
func Rules() []contract.Rule {
	var all []contract.Rule
	for _, r := range catalogue() {
		all = append(all, r.Rule)
	}
	return all
}

// RuleByID finds a rule.
func RuleByID(id string) (contract.Rule, bool) {
	r, known := byID()[id]
	return r.Rule, known
}

// Faults returns every fault that the suite is tested with, in the order of the
// rules. The slice is the caller's own.
func Faults() []Fault {
	var all []Fault
	for _, r := range catalogue() {
		for _, f := range r.faults {
			f.Rule = r.ID
			all = append(all, f)
		}
	}
	return all
}
