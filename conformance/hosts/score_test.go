package hosts_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

var (
	printScore = flag.Bool("mutants.score", false, "print the score at the end")
	only       = flag.String("mutants.only", "*", "try only the mutants whose names fit this pattern")
	whole      = flag.Bool("mutants.whole", false, "run the whole suite over each mutant, not only the rule that it breaks and its neighbours")
	listTo     = flag.String("mutants.list", "", "write every mutant and what caught it to this file")
)

// score is what the tests of this package have found.
var score tally

type tally struct {
	mu              sync.Mutex
	mutants, caught int
	good            []string
	alarms          int
}

func (s *tally) add(change func(*tally)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // hundreds of short runs: memory is cheaper than collecting it
	code := mariadbtest.Run(m)
	if *printScore {
		fmt.Printf("mutants: %d of %d caught\ngood hosts: %d false alarms on %d (%s)\n",
			score.caught, score.mutants, score.alarms, len(score.good), strings.Join(score.good, ", "))
	}
	os.Exit(code)
}

// listed tells of every mutant what caught it.
func listed(verdicts []verdict) []byte {
	var text bytes.Buffer
	for _, v := range verdicts {
		fmt.Fprintf(&text, "%-34s %-32s %-5s %6s %s; also %s\n", v.fault.Name, v.fault.Rule, v.caught.Outcome, v.took.Round(time.Millisecond), v.fault.Breaks, strings.Join(v.others, " "))
	}
	return text.Bytes()
}
