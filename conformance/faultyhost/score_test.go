package faultyhost_test

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

var printScore = flag.Bool("mutants.score", false, "print the score at the end")

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
