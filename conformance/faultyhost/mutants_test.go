//go:build !race

package faultyhost_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
)

var (
	only   = flag.String("mutants.only", "*", "try only the mutants whose names fit this pattern")
	whole  = flag.Bool("mutants.whole", false, "run the whole suite over each mutant, not only the rule that it breaks and its neighbours")
	listTo = flag.String("mutants.list", "", "write every mutant and what caught it to this file")
)

// verdict is what became of a mutant.
type verdict struct {
	fault  faultyhost.Fault
	caught conformance.Check
	sum    conformance.Verdict
	// others are the rules that noticed it as well.
	others []string
	took   time.Duration
}

// TestMutants tests the suite: every host that gets one thing wrong has to be
// found out by the rule that it breaks, and to get the verdict that goes with it.
// Of the suite it runs what [neighbours] says, or, by a flag, everything.
func TestMutants(t *testing.T) {
	faults := chosen(faultyhost.Faults())
	profile := profileOf(t, faultyhost.Plain())
	verdicts := make([]verdict, len(faults))
	var work sync.WaitGroup
	slots := make(chan struct{}, 2*runtime.GOMAXPROCS(0)+2)
	for i, fault := range faults {
		work.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			verdicts[i] = judge(profile, fault)
		})
	}
	work.Wait()
	caught := 0
	for _, v := range verdicts {
		if v.isRight() {
			caught++
			continue
		}
		t.Errorf("%s (%s) is %s; %s says %s %s; others: %s",
			v.fault.Name, v.fault.Breaks, v.sum, v.fault.Rule, v.caught.Outcome, v.caught.Message, strings.Join(v.others, ", "))
	}
	score.add(func(s *tally) { s.mutants, s.caught = len(faults), caught })
	if *listTo != "" {
		assert.NoError(t, os.WriteFile(*listTo, listed(verdicts), 0o600))
	}
}

// isRight reports whether the host got what it deserves: a minor rule warns or
// fails, and whoever breaks another one is not conformant.
func (v verdict) isRight() bool {
	if v.caught.Severity == string(contract.Minor) {
		return v.caught.Broke()
	}
	return v.caught.Outcome == conformance.Fail && v.sum == conformance.NotConformant
}

// neighbours are the rules that are tried on a fault: those of the same scenario
// and those on every answer. For a rule on every answer calls of all kinds have
// to be made first.
func neighbours(fault faultyhost.Fault) []string {
	rule, _ := conformance.RuleByID(fault.Rule)
	tried := []string{rule.Scenario(), contract.ScenarioAnswer}
	if rule.EveryAnswer() || rule.Scenario() == contract.ScenarioTiming {
		tried = append(tried, "find.*", "reserve.*", "issue.card", "typed.*", "blocked.*", "several.*", "holder.update", "channels.set", "history.*", "offers.*",
			"receipt.accepted", "receipt.once", "promo.accepted", "users.*", "paths.unknown*", "body.truncated", "injection.no-echo")
	}
	return tried
}

// chosen is all faults, or those that a flag asks for.
func chosen(faults []faultyhost.Fault) []faultyhost.Fault {
	return slices.DeleteFunc(faults, func(f faultyhost.Fault) bool {
		fits, _ := path.Match(*only, f.Name)
		return !fits
	})
}

// judge runs the suite over a host with a fault.
func judge(profile contract.Profile, fault faultyhost.Fault) verdict {
	v := verdict{fault: fault}
	r := trial{style: faultyhost.Plain(), profile: profile, fault: fault.Name, late: 300 * time.Millisecond}
	r.parallel = 1      // what a host does wrong must not depend on chance
	switch fault.Rule { // the rules on time are tried with short times
	case "timing.each", "timing.first":
		r.profile.AnswerLimit = 200 * time.Millisecond
	case "timing.usual":
		r.profile.AnswerLimit, r.late = 160*time.Millisecond, 45*time.Millisecond
	case "injection.sql-time":
		r.late = 2600 * time.Millisecond
	}
	if !*whole {
		r.only = neighbours(fault)
	}
	started := time.Now()
	report, err := r.run()
	if err != nil {
		v.caught.Message = err.Error()
	}
	v.took, v.sum = time.Since(started), report.Verdict
	for _, check := range checksOf(report) {
		if check.Rule == fault.Rule {
			v.caught = check
		} else if check.Broke() {
			v.others = append(v.others, check.Rule)
		}
	}
	return v
}

// TestEveryRuleHasAMutant keeps the list of faults as long as the list of rules:
// a check that nothing has ever made fail proves nothing.
func TestEveryRuleHasAMutant(t *testing.T) {
	broken := map[string]bool{}
	for _, fault := range faultyhost.Faults() {
		broken[fault.Rule] = true
		_, known := conformance.RuleByID(fault.Rule)
		assert.True(t, known, "%s: there is no rule %s", fault.Name, fault.Rule)
	}
	// A host that speaks nothing newer than TLS 1.1 cannot be made with today's Go.
	exempt := []string{"tls.version"}
	for _, rule := range conformance.Rules() {
		if !broken[rule.ID] && !slices.Contains(exempt, rule.ID) {
			t.Errorf("no mutant breaks %s: %s", rule.ID, rule.Text)
		}
	}
}

// listed tells of every mutant what caught it.
func listed(verdicts []verdict) []byte {
	var text bytes.Buffer
	for _, v := range verdicts {
		fmt.Fprintf(&text, "%-34s %-32s %-5s %6s %s; also %s\n", v.fault.Name, v.fault.Rule, v.caught.Outcome, v.took.Round(time.Millisecond), v.fault.Breaks, strings.Join(v.others, " "))
	}
	return text.Bytes()
}
