package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Rule says when a fault strikes.
type Rule struct {
	ID       int     `json:"id"`                 // given by the simulator
	Fault    string  `json:"fault"`              // the name of a [Fault]
	Endpoint string  `json:"endpoint,omitempty"` // one endpoint; empty or "*": wherever the fault can strike
	Odds     float64 `json:"odds,omitempty"`     // of each call, above 0 and up to 1; 0 means 1
	After    int     `json:"after,omitempty"`    // calls that pass unharmed first
	Times    int     `json:"times,omitempty"`    // strikes until the rule is spent; 0: no end
	Value    string  `json:"value,omitempty"`    // see the fault
	Seen     int     `json:"seen"`               // calls that the rule has looked at
	Struck   int     `json:"struck"`             // calls that it has harmed
}

// Next returns a rule for the next call of an endpoint only.
func Next(fault, endpoint string) Rule { return Rule{Fault: fault, Endpoint: endpoint, Times: 1} }

// Faults holds the rules of one simulator and draws by them. Every rule has its
// own stream of random numbers, made from the seed and the rule's id, so that
// the same calls in the same order meet the same faults. Safe for concurrent
// use.
type Faults struct {
	mu        sync.Mutex
	seed      uint64
	offered   []Fault
	endpoints []string
	last      int
	rules     []*rule
	struck    map[string]int
}

type rule struct {
	Rule
	odds *rand.Rand
}

func newFaults(seed uint64, offered []Fault, endpoints []string) *Faults {
	return &Faults{seed: seed, offered: offered, endpoints: endpoints, struck: map[string]int{}}
}

// Add adds rules, all or, when one of them is refused, none. It returns them
// with their ids.
func (f *Faults) Add(rules ...Rule) ([]Rule, error) {
	for i, r := range rules {
		if err := f.check(r); err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	added := make([]Rule, 0, len(rules))
	for _, r := range rules {
		f.last++
		r.ID, r.Seen, r.Struck = f.last, 0, 0
		if r.Odds == 0 {
			r.Odds = 1
		}
		f.rules = append(f.rules, &rule{Rule: r, odds: rand.New(rand.NewPCG(f.seed, uint64(r.ID)))})
		added = append(added, r)
	}
	return added, nil
}

func (f *Faults) check(r Rule) error {
	i := slices.IndexFunc(f.offered, func(o Fault) bool { return o.Name == r.Fault })
	switch {
	case i < 0:
		return fmt.Errorf("there is no fault %q", r.Fault)
	case r.Endpoint != "" && r.Endpoint != "*" && !slices.Contains(f.endpoints, r.Endpoint):
		return fmt.Errorf("there is no endpoint %q", r.Endpoint)
	case r.Endpoint != "" && r.Endpoint != "*" && !f.offered[i].strikes(r.Endpoint):
		return fmt.Errorf("fault %s cannot strike at %s", r.Fault, r.Endpoint)
	case !(r.Odds >= 0 && r.Odds <= 1):
		return fmt.Errorf("odds %v are not between 0 and 1", r.Odds)
	case r.After < 0 || r.Times < 0:
		return fmt.Errorf("after and times must not be negative")
	case r.Value != "" && f.offered[i].check == nil:
		return fmt.Errorf("fault %s takes no value", r.Fault)
	case r.Value != "":
		return f.offered[i].check(r.Value)
	}
	return nil
}

// Draw decides which faults strike this call of the endpoint.
func (f *Faults) Draw(endpoint string) Struck {
	f.mu.Lock()
	defer f.mu.Unlock()
	var struck Struck
	f.rules = slices.DeleteFunc(f.rules, func(r *rule) bool {
		if !f.reaches(r, endpoint) {
			return false
		}
		r.Seen++
		if r.Seen <= r.After || (r.Odds < 1 && r.odds.Float64() >= r.Odds) {
			return false
		}
		r.Struck++
		f.struck[r.Fault]++
		struck = append(struck, Strike{Fault: r.Fault, Value: r.Value})
		return r.Times > 0 && r.Struck >= r.Times
	})
	return struck
}

func (f *Faults) reaches(r *rule, endpoint string) bool {
	if r.Endpoint != "" && r.Endpoint != "*" {
		return r.Endpoint == endpoint
	}
	i := slices.IndexFunc(f.offered, func(o Fault) bool { return o.Name == r.Fault })
	return f.offered[i].strikes(endpoint)
}

// Rules returns the rules that are not spent.
func (f *Faults) Rules() []Rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	rules := make([]Rule, 0, len(f.rules))
	for _, r := range f.rules {
		rules = append(rules, r.Rule)
	}
	return rules
}

// Counts returns how often each fault has struck.
func (f *Faults) Counts() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := map[string]int{}
	for name, n := range f.struck {
		counts[name] = n
	}
	return counts
}

// Remove takes one rule back; it tells whether there was one.
func (f *Faults) Remove(id int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := len(f.rules)
	f.rules = slices.DeleteFunc(f.rules, func(r *rule) bool { return r.ID == id })
	return len(f.rules) < before
}

// Clear takes all rules back. The counts stay.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
}

func (f *Faults) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules, f.last = nil, 0
	clear(f.struck)
}

// Strike is a fault that strikes one call.
type Strike struct{ Fault, Value string }

// Struck lists the faults that strike one call.
type Struck []Strike

// Has tells whether a fault strikes.
func (s Struck) Has(fault string) bool {
	_, has := s.Value(fault)
	return has
}

// Value returns the value of the first strike of a fault.
func (s Struck) Value(fault string) (string, bool) {
	for _, one := range s {
		if one.Fault == fault {
			return one.Value, true
		}
	}
	return "", false
}

// Duration returns the length that a strike of the fault carries, or standard.
func (s Struck) Duration(fault string, standard time.Duration) (time.Duration, bool) {
	value, has := s.Value(fault)
	if d, err := time.ParseDuration(value); err == nil {
		return d, has
	}
	return standard, has
}

func (s Struck) names() []string {
	var names []string
	for _, one := range s {
		names = append(names, one.Fault)
	}
	return names
}
