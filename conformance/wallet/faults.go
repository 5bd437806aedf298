package wallet

import (
	"cmp"
	"slices"
	"sync"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
)

// Fault is one thing that the host did wrong.
type Fault struct {
	// Rule names what was broken; see [Rules].
	Rule string `json:"rule"`
	// User is the position in the plan, -1 for none.
	User int    `json:"user"`
	Call Kind   `json:"call,omitempty"`
	What string `json:"what"`
	// Request is the call without credentials and personal data.
	Request string `json:"request,omitempty"`
}

// Class groups the rules by what a broken one means.
type Class string

// The classes of faults.
const (
	Outside  Class = "outside the contract" // an answer that the contract does not know
	Doubled  Class = "double effect"        // something happened twice
	Lost     Class = "lost"                 // something acknowledged is gone, or was refused without need
	Stranger Class = "stranger"             // somebody saw what belongs to another
)

// Rule is something that a host must keep under an unkind wallet.
type Rule struct {
	ID    string `json:"id"`
	Class Class  `json:"class"`
	Text  string `json:"text"`
}

// Rules returns what a run checks, in the order of the report: the suite's rules
// on every answer, but for minor ones, and the wallet's own. The slice is the
// caller's own.
func Rules() []Rule {
	var rules []Rule
	for _, rule := range conformance.Rules() {
		if rule.EveryAnswer() && rule.Severity != contract.Minor || rule.ID == "reserve.form" {
			rules = append(rules, Rule{rule.ID, Outside, rule.Text})
		}
	}
	return append(rules, []Rule{
		{"accepted", Outside, "what cannot be is refused: unknown codes and cards"},
		{"card.second", Doubled, "one user has one card, whatever is repeated"},
		{"number.twice", Doubled, "a number is given to one user only"},
		{"award.doubled", Doubled, "a receipt or code earns once, whatever is repeated"},
		{"receipt.shared", Doubled, "a receipt that two users send belongs to one of them"},
		{"consent.twice", Doubled, "a consent that stands already is not written again"},
		{"card.vanished", Lost, "an issued card is found and shown from then on"},
		{"award.lost", Lost, "what an accepted receipt or code earned stays"},
		{"profile.lost", Lost, "the profile is what was sent last"},
		{"profile.torn", Lost, "a call that breaks off in its body changes nothing"},
		{"consent.lost", Lost, "the channels are what was sent last"},
		{"refused", Lost, "a call that one polite client would get through gets through, also when repeated"},
		{"listing", Lost, "getAllUsers names every user once"},
		{"stranger", Stranger, "no answer holds a card, phone or e-mail address of another user"},
	}...)
}

// excusedBy are the rules of 'conform run' whose known deviation in a profile
// excuses a rule of the wallet's own, too: they are about the same thing.
var excusedBy = map[string][]string{
	"accepted":       {"typed.unknown", "promo.unknown"},
	"card.second":    {"issue.repeat-same-card", "issue.other-profile-same-card", "race.issue", "race.one-phone-many-numbers", "users.once"},
	"number.twice":   {"reserve.distinct", "race.reserve"},
	"award.doubled":  {"receipt.once", "promo.once", "race.receipt", "race.promo"},
	"receipt.shared": {"receipt.other-card", "race.receipt-two-cards"},
	"listing":        {"users.has-holder"},
	"consent.lost":   {"channels.effect", "channels.keep", "channels.deny-wins"},
}

// excuse is the reason for which a profile excuses a rule, "" for none.
func (o Options) excuse(rule string) string {
	for _, d := range o.Profile.Deviations {
		if (d.Rule == rule || slices.Contains(excusedBy[rule], d.Rule)) && !d.Over(o.Clock()) {
			return d.Rule + ": " + d.Reason
		}
	}
	return ""
}

// maxFaults is how many faults of one rule are kept in full.
const maxFaults = 20

// faults gathers what went wrong.
type faults struct {
	mu    sync.Mutex
	kept  []Fault
	count map[string]int
}

func (f *faults) add(one Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == nil {
		f.count = map[string]int{}
	}
	if f.count[one.Rule]++; f.count[one.Rule] <= maxFaults {
		f.kept = append(f.kept, one)
	}
}

// list gives the kept faults in the order of the rules.
func (f *faults) list() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	order := map[string]int{}
	for i, rule := range Rules() {
		order[rule.ID] = i
	}
	slices.SortStableFunc(f.kept, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(order[a.Rule], order[b.Rule]), cmp.Compare(a.User, b.User))
	})
	return slices.Clone(f.kept)
}
