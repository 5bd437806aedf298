package conformance

import (
	"fmt"
	"slices"

	"koshelek-adapter/conformance/contract"
)

// Verdict is the sum of a report.
type Verdict string

// The verdicts.
const (
	// Conformant: every rule was judged that could be, and none is broken.
	Conformant Verdict = "conformant"
	// ConformantWithWarnings: only minor rules are broken, or rules that the
	// profile excuses.
	ConformantWithWarnings Verdict = "conformant with warnings"
	// NotConformant: a critical or major rule is broken, or a check could not be
	// carried out because the host failed its preparation.
	NotConformant Verdict = "not conformant"
	// NoVerdict: nothing is broken in what was judged, but the run left out so
	// much that this says nothing of the host: by Only, Skip or ReadOnly, or
	// because a critical rule was skipped.
	NoVerdict Verdict = "no verdict"
)

// weigh is what a broken rule of a severity counts. How sure the suite is of the
// rule decides nothing.
func weigh(s contract.Severity) Outcome {
	if s == contract.Minor {
		return Warn
	}
	return Fail
}

// verdict sums up what the checks say.
func (r *Report) verdict() Verdict {
	switch {
	case r.Counts.Fail > 0 || r.Counts.Error > 0:
		return NotConformant
	case len(r.Partial()) > 0:
		return NoVerdict
	case r.Counts.Warn > 0:
		return ConformantWithWarnings
	}
	return Conformant
}

// Partial lists why the run cannot say that the host is conformant; none for a
// whole run.
func (r *Report) Partial() []string {
	var why []string
	if len(r.Only) > 0 || len(r.Skip) > 0 {
		why = append(why, "only a part of the checks was asked for")
	}
	if r.ReadOnly {
		why = append(why, "the run was read-only")
	}
	critical := 0
	for _, c := range r.Checks(Skip) {
		if c.Severity == string(contract.Critical) {
			critical++
		}
	}
	if critical > 0 {
		why = append(why, fmt.Sprintf("%d critical checks were skipped", critical))
	}
	return why
}

// Statement says the verdict in one line, with what it rests on.
func (r *Report) Statement() string {
	switch r.Verdict {
	case NotConformant:
		return fmt.Sprintf("not conformant: %d of %d rules broken", r.Counts.Fail+r.Counts.Error, r.Rules)
	case NoVerdict:
		return fmt.Sprintf("no verdict: nothing broken in %d of %d rules", r.Judged, r.Rules)
	case ConformantWithWarnings:
		return fmt.Sprintf("conformant with warnings: %d of %d rules judged, %d warned", r.Judged, r.Rules, r.Counts.Warn)
	}
	return fmt.Sprintf("conformant: %d of %d rules judged", r.Judged, r.Rules)
}

// Checks returns the checks that ended in one of the outcomes, in their order;
// all checks when none is named.
func (r *Report) Checks(outcomes ...Outcome) []Check {
	var all []Check
	for _, s := range r.Scenarios {
		for _, c := range s.Checks {
			if len(outcomes) == 0 || slices.Contains(outcomes, c.Outcome) {
				all = append(all, c)
			}
		}
	}
	return all
}
