package wallet

import (
	"slices"
	"time"

	"koshelek-adapter/conformance/inert"
	"koshelek-adapter/schema/koshelek"
)

// Report is the verdict of a run. Its JSON form is stable: fields are only added.
type Report struct {
	// Seed and Plan name the calls that were planned; equal plans can be compared.
	Seed uint64 `json:"seed"`
	Plan string `json:"plan"`
	// Profile names what the host was held to.
	Profile string `json:"profile"`
	// Conformant tells that no rule was broken, but for known deviations.
	Conformant bool    `json:"conformant"`
	Setting    Setting `json:"setting"`
	Counts     Counts  `json:"counts"`
	// DoubleEffects, OutsideContract, LostEffects and Strangers count the faults by class.
	DoubleEffects   int          `json:"doubleEffects"`
	OutsideContract int          `json:"outsideContract"`
	LostEffects     int          `json:"lostEffects"`
	Strangers       int          `json:"strangers"`
	Rules           []RuleResult `json:"rules"`
	// Faults holds at most 20 of each rule.
	Faults []Fault `json:"faults"`
	// Notes say what could not be checked, and why.
	Notes []string `json:"notes"`
	// Awards is what the polite client earned.
	Awards *Awards   `json:"awards,omitempty"`
	Began  time.Time `json:"began"`
	Times  Times     `json:"times"`
}

// Setting is how unkind the run was.
type Setting struct {
	Users    int            `json:"users"`
	Calls    int            `json:"calls"`
	Parallel int            `json:"parallel"`
	Repeat   float64        `json:"repeat"`
	Lose     float64        `json:"lose"`
	Slow     float64        `json:"slow"`
	Reorder  float64        `json:"reorder"`
	Mix      map[string]int `json:"versionMix"`
}

// RuleResult is one rule with the number of times that it was broken.
type RuleResult struct {
	Rule
	Broken int `json:"broken"`
	// Excused is the known deviation of the profile for which the rule does not
	// count, "" for none.
	Excused string `json:"excused,omitempty"`
}

// Counts is what was sent and answered.
type Counts struct {
	// Calls of the plan by kind, Sent altogether.
	Calls map[Kind]int `json:"calls"`
	Sent  int          `json:"sent"`
	// Repeats are calls that had been sent before; DroppedAnswers, Slow and Torn
	// are what was done to calls, Overtaken the steps in which a later call went first.
	Repeats        int `json:"repeats"`
	DroppedAnswers int `json:"droppedAnswers"`
	Slow           int `json:"slow"`
	Torn           int `json:"torn"`
	Overtaken      int `json:"overtaken"`
	// Answers counts what was read, calls beside the plan included; Accepted and
	// Refused are its parts with 200 and 422, Breaking those outside the contract.
	Answers  int `json:"answers"`
	Accepted int `json:"accepted"`
	Refused  int `json:"refused"`
	Breaking int `json:"breaking"`
	// Refusals are calls that were refused for a moment and sent again.
	Refusals int `json:"refusals"`
	// Impossible are calls of the plan that could not be sent, for want of a card.
	Impossible int `json:"impossible"`
	// Receipts and Codes are claims that were accepted.
	Receipts int `json:"receipts"`
	Codes    int `json:"codes"`
	// ProfilesListed tells that getAllUsersExtended was offered.
	ProfilesListed bool `json:"profilesListed"`
	// ListingsTooLong are lists of users that were longer than the wallet reads, and
	// so not compared.
	ListingsTooLong int `json:"listingsTooLong,omitempty"`
}

func (c *Counts) count(in Intent, s Send) {
	c.Calls[in.Kind]++
	c.Sent++
	if s.Repeat {
		c.Repeats++
	}
	if s.Slow {
		c.Slow++
	}
	switch s.Fate {
	case CutSent, CutHeaders:
		c.DroppedAnswers++
	case CutBody:
		c.Torn++
	}
}

// Awards is in points.
type Awards struct {
	Welcome string            `json:"welcome"`
	Receipt string            `json:"receipt"`
	Codes   map[string]string `json:"codes,omitempty"`
}

// Times are in milliseconds.
type Times struct {
	Run  float64 `json:"runMs"`
	P50  float64 `json:"p50Ms"`
	P99  float64 `json:"p99Ms"`
	Most float64 `json:"maxMs"`
}

// answered counts an answer.
func (t *tally) answered(a answer, got *reading, breaking bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, a.took)
	t.counts.Answers++
	if got.ok {
		t.counts.Accepted++
	}
	if got.refused {
		t.counts.Refused++
	}
	if breaking {
		t.counts.Breaking++
	}
}

func (t *tally) times() (times Times) {
	slices.Sort(t.took)
	if n := len(t.took); n > 0 {
		times.P50, times.P99, times.Most = millis(t.took[n/2]), millis(t.took[min(n-1, n*99/100)]), millis(t.took[n-1])
	}
	return times
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (w *walk) report() *Report {
	counts := w.tally.counts
	for _, u := range w.users {
		counts.Overtaken += u.scenario.Overtaken
		for _, c := range u.model.list() {
			switch {
			case c.taken.IsZero():
			case c.intent.Kind == Redeem:
				counts.Codes++
			default:
				counts.Receipts++
			}
		}
	}
	r := &Report{
		Profile: w.o.Profile.Name, Seed: w.o.Seed, Plan: w.plan.Digest(), Setting: w.o.setting(), Counts: counts,
		Faults: w.faults.list(), Notes: w.notes(), Awards: w.awards(), Began: w.began, Times: w.tally.times(),
	}
	r.Times.Run = millis(w.o.Clock().Sub(w.began))
	for _, rule := range Rules() {
		broken := w.faults.count[rule.ID]
		result := RuleResult{Rule: rule, Broken: broken}
		if broken > 0 {
			result.Excused = w.o.excuse(rule.ID)
		}
		if r.Rules = append(r.Rules, result); result.Excused != "" {
			continue
		}
		switch rule.Class {
		case Outside:
			r.OutsideContract += broken
		case Doubled:
			r.DoubleEffects += broken
		case Lost:
			r.LostEffects += broken
		case Stranger:
			r.Strangers += broken
		}
	}
	r.Conformant = r.OutsideContract+r.DoubleEffects+r.LostEffects+r.Strangers == 0
	inert.All(r)
	return r
}

func (o Options) setting() Setting {
	s := Setting{
		Users: o.Users, Calls: o.Calls, Parallel: o.Parallel,
		Repeat: o.Repeat, Lose: o.Lose, Slow: o.Slow, Reorder: o.Reorder, Mix: map[string]int{},
	}
	for version, weight := range o.Mix {
		s.Mix[version.String()] = weight
	}
	return s
}

func (w *walk) awards() *Awards {
	if !w.prices.known {
		return nil
	}
	a := &Awards{Welcome: points(w.prices.welcome), Receipt: points(w.prices.receipt), Codes: map[string]string{}}
	for code, worth := range w.prices.codes {
		a.Codes[code] = points(worth)
	}
	return a
}

// notes say what this run could not see.
func (w *walk) notes() []string {
	notes := []string{}
	add := func(when bool, text string) {
		if when {
			notes = append(notes, text)
		}
	}
	add(w.prices.note != "", w.prices.note)
	add(!w.knows(koshelek.V110), "version 1.0.0 has no receipts, so awards were not checked")
	long := w.tally.counts.ListingsTooLong > 0
	add(long, "a list of users was longer than the wallet reads, so it was not compared; a test installation with fewer users would show more")
	add(w.o.Inspector == nil && !long && !w.tally.counts.ProfilesListed,
		"the host does not offer getAllUsersExtended, so of the profile only the e-mail address was checked")
	add(w.o.Inspector == nil && w.tally.counts.ProfilesListed,
		"the wire shows consents to nobody, so only the answers of channels were checked; of the profile, what the list and a search show")
	for _, id := range w.o.Profile.Off {
		add(true, "the profile does not offer "+id+", so it was not called")
	}
	add(len(w.o.Codes) == 0 && w.knows(koshelek.V130), "no promo codes were given, so only unknown ones were tried")
	add(w.tally.counts.Impossible > 0, itoa(w.tally.counts.Impossible)+" calls could not be sent, since the host had not named a card")
	return notes
}
