package web

import (
	"net/http"

	"koshelek-adapter/conformance"
)

// difference is a rule and how two runs ended on it.
type difference struct {
	Rule, Text string
	// Left and Right are "" where the run did not check the rule.
	Left, Right conformance.Outcome
	// Change is better, worse, or other.
	Change string
}

// compareData is two runs side by side.
type compareData struct {
	Left, Right snapshot
	Different   []difference
	Same        int
	Runs        []snapshot
}

func (s *Server) compare(w http.ResponseWriter, r *http.Request) {
	left, okLeft := s.find(r.URL.Query().Get("a"))
	right, okRight := s.find(r.URL.Query().Get("b"))
	if !okLeft || !okRight {
		s.oops(w, r, http.StatusNotFound, "Choose two runs that are kept.")
		return
	}
	d := compareData{Runs: s.list()}
	d.Left, _ = left.look()
	d.Right, _ = right.look()
	d.Different, d.Same = differences(d.Left.Report.Scenarios, d.Right.Report.Scenarios)
	s.render(w, r, http.StatusOK, "compare", page{Title: s.speaks(r).Say("Run %d and run %d", d.Left.ID, d.Right.ID), Data: d})
}

// differences lists the rules on which two runs ended otherwise, in the order of
// the rules, and counts the others.
func differences(left, right []conformance.ScenarioResult) (different []difference, same int) {
	before, after := outcomes(left), outcomes(right)
	seen := map[string]bool{}
	for _, scenario := range append(append([]conformance.ScenarioResult{}, right...), left...) {
		for _, check := range scenario.Checks {
			if seen[check.Rule] {
				continue
			}
			seen[check.Rule] = true
			d := difference{Rule: check.Rule, Text: check.Text, Left: before[check.Rule], Right: after[check.Rule]}
			if d.Left == d.Right {
				same++
				continue
			}
			d.Change = change(d.Left, d.Right)
			different = append(different, d)
		}
	}
	return different, same
}

func outcomes(scenarios []conformance.ScenarioResult) map[string]conformance.Outcome {
	all := map[string]conformance.Outcome{}
	for _, scenario := range scenarios {
		for _, check := range scenario.Checks {
			all[check.Rule] = check.Outcome
		}
	}
	return all
}

// rank orders the outcomes that say something of the host.
var rank = map[conformance.Outcome]int{conformance.Fail: 1, conformance.Error: 1, conformance.Warn: 2, conformance.Pass: 3}

func change(left, right conformance.Outcome) string {
	a, b := rank[left], rank[right]
	switch {
	case a == 0 || b == 0 || a == b:
		return "other"
	case b > a:
		return "better"
	}
	return "worse"
}

// Pair gives the two runs in their order.
func (d compareData) Pair() []snapshot { return []snapshot{d.Left, d.Right} }
