package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"koshelek-adapter/conformance/document"
)

// Cause is one reason for which several checks did not hold. The checks carry
// its ID; to mend it may mend them all.
type Cause struct {
	ID string `json:"id"`
	// Text says in one sentence what the host does.
	Text string `json:"text"`
	// Rules are the IDs of the rules whose checks it explains.
	Rules []string `json:"rules"`
	// Step is a call that shows it; nil when no call was made.
	Step *Step `json:"step,omitempty"`
}

// symptom is how a check came not to hold. Checks with the same symptom have the
// same cause.
type symptom struct {
	// key is the same for the same symptom.
	key string
	// named symptoms are causes even when a single check shows them; others only
	// when several do.
	named bool
	text  string
	step  *Step
	// method is where a systemic symptom shows, "" for others.
	method string
}

// fewest is how many checks must show a symptom that has no name of its own
// before it counts as their cause.
const fewest = 4

// symptomOf is the symptom of a check that ended with an error; nil for one that
// stands for itself.
func (c *check) symptomOf(err error) *symptom {
	var stop *unready
	rec := c.deciding()
	if errors.As(err, &stop) && stop.record != nil {
		rec = stop.record
	}
	s := &symptom{}
	if c.rule.EveryAnswer() && !slices.Contains(systemicRules, c.rule.ID) {
		return nil // it names what is wrong with many answers, each in its own way
	}
	switch {
	case stop != nil && stop.hangs:
		s.key, s.named, s.text = "host-hangs", true, stop.why
	case rec != nil && s.systemic(rec.exchange):
		s.method = c.methodOf(rec)
	case stop != nil:
		s.key, s.named, s.text = stop.why, stop.record != nil, stop.why
	case rec == nil || rec.wrong == "" || rec.expected == "":
		return nil
	default:
		s.alike(c, rec)
	}
	if rec != nil {
		step := c.step(rec)
		s.step = &step
	}
	return s
}

// deciding is the call that decided a check, nil for none.
func (c *check) deciding() *record {
	for _, rec := range slices.Backward(c.records) {
		if rec.wrong != "" {
			return rec
		}
	}
	if len(c.records) == 0 {
		return nil
	}
	return c.records[len(c.records)-1]
}

// systemic looks for what makes any check fail, whatever its rule, and reports
// whether it is there.
func (s *symptom) systemic(e Exchange) bool {
	s.named = true
	switch {
	case e.Answer == nil:
		s.key, s.text = "no-answer", "Calls get no answer"
	case e.Answer.Cut:
		s.key, s.text = "answer-cut", "Answers break off"
	case e.Authorized && e.Answer.Status >= http.StatusInternalServerError:
		s.key, s.text = "status-5xx", fmt.Sprintf("Calls are answered with status %d", e.Answer.Status)
	case e.Authorized && (e.Answer.Status == http.StatusUnauthorized || e.Answer.Status == http.StatusForbidden):
		s.key, s.text = "login-refused", fmt.Sprintf("Calls with the right login and password are answered with status %d", e.Answer.Status)
	case e.Authorized && e.Answer.Status == http.StatusTooManyRequests:
		s.key, s.text = "too-many-calls", "Calls are answered with status 429, too many calls"
	case e.Authorized && e.Request.Method != http.MethodHead && brokenJSON(e.Answer):
		s.key, s.text = "broken-json", "Answers are not JSON"
	default:
		s.named = false
	}
	return s.named
}

// brokenJSON reports whether an answer that should be a document is none.
func brokenJSON(a *Answer) bool {
	if len(a.Body) == 0 || a.Status != http.StatusOK && a.Status != http.StatusUnprocessableEntity {
		return false
	}
	_, err := document.Parse(a.Body)
	return err != nil
}

// values are what differs between answers that are wrong alike: numbers and the
// host's own codes. A status is no such value.
var values = regexp.MustCompile(`, code \S+|[0-9*]{4,}`)

// alike makes a symptom of what was expected of a method and what was wrong with
// its answer, leaving out the values.
func (s *symptom) alike(c *check, rec *record) {
	method := c.methodOf(rec)
	wrong, expected := values.ReplaceAllString(rec.wrong, "…"), values.ReplaceAllString(rec.expected, "…")
	s.key = method + "|" + wrong + "|" + expected
	s.text = fmt.Sprintf("%s: %s; expected %s", method, c.redactor.words(rec.wrong), c.redactor.words(rec.expected))
}

// methodOf names the method of a call, the verb for a path that is none of the
// API's.
func (c *check) methodOf(rec *record) string {
	if m, _, known := c.profile.MatchPath(rec.exchange.Request.Method, rec.exchange.Request.Path); known {
		return m.ID
	}
	return rec.exchange.Request.Method
}

// systemicRules are the rules on every answer that are broken by what makes any
// check fail.
var systemicRules = []string{"answer.arrives", "answer.status", "answer.json"}

// everywhere is in how many methods a systemic symptom shows that has one cause;
// in fewer, each method has its own.
const everywhere = 3

// explain groups the checks that did not hold by their symptoms.
func (r *Report) explain() {
	causes := map[string]*Cause{}
	named := map[string]bool{}
	var order []string
	each := func(do func(*Check)) {
		for i := range r.Scenarios {
			for j := range r.Scenarios[i].Checks {
				if c := &r.Scenarios[i].Checks[j]; c.symptom != nil {
					do(c)
				}
			}
		}
	}
	spread := map[string]map[string]bool{}
	each(func(c *Check) {
		if s := c.symptom; s.method != "" {
			if spread[s.key] == nil {
				spread[s.key] = map[string]bool{}
			}
			spread[s.key][s.method] = true
		}
	})
	each(func(c *Check) {
		if s := c.symptom; s.method != "" && len(spread[s.key]) < everywhere {
			s.key += "|" + s.method
			s.text = s.method + ": " + strings.ToLower(s.text[:1]) + s.text[1:]
		}
	})
	each(func(c *Check) {
		s := c.symptom
		if causes[s.key] == nil {
			causes[s.key], named[s.key] = &Cause{Text: s.text, Step: s.step}, s.named
			order = append(order, s.key)
		}
		causes[s.key].Rules = append(causes[s.key].Rules, c.Rule)
	})
	order = slices.DeleteFunc(order, func(key string) bool { return !named[key] && len(causes[key].Rules) < fewest })
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(causes[b].Rules), len(causes[a].Rules)) })
	for i, key := range order {
		causes[key].ID = fmt.Sprintf("cause-%d", i+1)
		r.Causes = append(r.Causes, *causes[key])
	}
	each(func(c *Check) { c.Cause = causes[c.symptom.key].ID })
}
