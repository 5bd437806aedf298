package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/schema/koshelek"
)

// tally gathers what the rules on every answer have seen, and how long answers
// took.
type tally struct {
	rules map[string]*ruleTally
	// took are the times of single calls by method, twins those of calls made
	// at one moment.
	took  map[string][]time.Duration
	twins []time.Duration
	// extras are the places of fields that the contract does not name.
	extras map[string]bool
	// taken are the methods of which a call was processed.
	taken map[string]bool
	slow  *record
	// single counts calls that were made one after the other.
	single int
}

// ruleTally is what one rule on every answer has seen.
type ruleTally struct {
	looked, broken int
	// mark is that of the surest finding, whose words message is.
	mark    koshelek.Mark
	message string
	// excuse is what a profile may say of it, if that is a partner's choice.
	excuse   string
	examples []*record
}

// mostExamples is how many answers are shown that broke a rule on every answer.
const mostExamples = 4

func newTally() *tally {
	return &tally{rules: map[string]*ruleTally{}, took: map[string][]time.Duration{}, taken: map[string]bool{}, extras: map[string]bool{}}
}

func (t *tally) of(rule string) *ruleTally {
	if t.rules[rule] == nil {
		t.rules[rule] = &ruleTally{}
	}
	return t.rules[rule]
}

// add takes in one judged exchange.
func (t *tally) add(c *check, out call, x *examination, rec *record) {
	for rule := range x.looked {
		t.of(rule).looked++
	}
	for _, f := range x.findings {
		t.of(f.Rule).note(f, rec)
	}
	for _, place := range x.extras {
		if len(t.extras) == mostExtras {
			break
		}
		t.extras[place] = true
	}
	if x.known && x.Answer != nil && x.status() == http.StatusOK {
		t.taken[x.method.ID] = true
	}
	if x.Answer == nil || out.slow {
		return
	}
	t.single++
	name := "other paths"
	if x.known {
		name = x.method.ID
	}
	t.took[name] = append(t.took[name], x.Took)
	if t.slow == nil || x.Took > t.slow.exchange.Took {
		t.slow = rec
	}
}

// merge takes in what another tally has seen.
func (t *tally) merge(more *tally) {
	for id, seen := range more.rules {
		rule := t.of(id)
		rule.looked += seen.looked
		rule.broken += seen.broken
		if seen.message != "" {
			rule.surest(seen.mark, seen.message, seen.excuse)
		}
		for _, example := range seen.examples {
			rule.example(example)
		}
	}
	for method, took := range more.took {
		t.took[method] = append(t.took[method], took...)
	}
	t.twins = append(t.twins, more.twins...)
	maps.Copy(t.extras, more.extras)
	maps.Copy(t.taken, more.taken)
	if t.slow == nil || more.slow != nil && more.slow.exchange.Took > t.slow.exchange.Took {
		t.slow = more.slow
	}
	t.single += more.single
}

// surest keeps the words of the surest finding.
func (t *ruleTally) surest(mark koshelek.Mark, message, excuse string) {
	if t.message == "" || t.mark != mark && lessSure(t.mark, mark) == t.mark {
		t.mark, t.message, t.excuse = mark, message, excuse
	}
}

// example keeps an answer that broke the rule, one of each kind and not many.
func (t *ruleTally) example(rec *record) {
	if len(t.examples) < mostExamples && !slices.ContainsFunc(t.examples, func(r *record) bool { return r.wrong == rec.wrong }) {
		t.examples = append(t.examples, rec)
	}
}

// note takes in a finding; the surest one gives the words.
func (t *ruleTally) note(f Finding, rec *record) {
	t.broken++
	t.surest(f.Mark, f.Wrong, f.Excuse)
	example := *rec
	example.wrong, example.expected = f.Wrong, f.Expected
	t.example(&example)
}

// result is the check of a rule on every answer.
func (t *tally) result(c *check, result *Check) {
	seen := t.of(c.rule.ID)
	result.Looked, result.Broken = seen.looked, seen.broken
	stopIf(seen.looked == 0, &lacking{"no answer of this run had anything for this rule to look at"})
	if seen.broken == 0 {
		if c.rule.ID == "answer.known-fields" {
			c.note = t.extraNote()
		}
		return
	}
	c.records = seen.examples
	result.Mark = string(seen.mark)
	panic(stop{&broken{fmt.Sprintf("%s (%d of %d answers)", seen.message, seen.broken, seen.looked)}})
}

// extraNote names the extra fields that were seen, which are legal.
func (t *tally) extraNote() string {
	if len(t.extras) == 0 {
		return ""
	}
	return "answers also hold " + strings.Join(slices.Sorted(maps.Keys(t.extras)), ", ") + ", which callers ignore"
}

// timings sums up by method.
func (t *tally) timings() []Timing {
	var all []Timing
	for method, took := range t.took {
		all = append(all, timing(method, took))
	}
	slices.SortFunc(all, func(a, b Timing) int { return strings.Compare(a.Method, b.Method) })
	if len(t.twins) > 0 {
		all = append(all, timing("calls at one moment", t.twins))
	}
	return all
}

func timing(method string, took []time.Duration) Timing {
	sorted := slices.Sorted(slices.Values(took))
	return Timing{
		Method: method, Calls: len(sorted), Median: Duration(sorted[len(sorted)/2]),
		P95: Duration(sorted[(len(sorted)-1)*95/100]), Max: Duration(sorted[len(sorted)-1]),
	}
}
