package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/scenario"
)

// options are the flags.
type options struct {
	engines             []string
	cards               []int
	only                []string
	rounds, starts      int
	duration, day       time.Duration
	dayRate             int
	reads, writes       int
	databaseConnections int
	bufferPool          string
	dir, out, binary    string
	settings            []string
	profile             string
	fill                bool

	// Of processes that this program starts.
	baseline, profiled string

	// args is the command line.
	args []string
}

// rowNames are what -only chooses from.
var rowNames = append(scenario.Operations(), "day", "memory", "start", "import")

// sizes are the defaults of a kind of run.
func sizes(args []string) options {
	o := options{cards: []int{100_000, 1_000_000}, rounds: 9, starts: 10, duration: 3 * time.Second, day: time.Minute}
	for _, arg := range args {
		switch "-" + strings.TrimLeft(arg, "-") {
		case "-quick":
			o = options{cards: []int{10_000}, rounds: 1, starts: 3, duration: 500 * time.Millisecond, day: 2 * time.Second}
		case "-standard":
			o.rounds, o.starts, o.duration = 5, 5, 2*time.Second
		}
	}
	return o
}

// parse reads the flags. -quick and -standard only change defaults, so they are
// looked for first.
func parse(args []string, usage io.Writer) (options, error) {
	o := sizes(args)
	o.args, o.engines = args, []string{dataset.SQLite, dataset.MariaDB}
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.SetOutput(usage)
	set.Bool("quick", false, "everything in about a minute, on small stores: figures for trying things out, not for quoting")
	set.Bool("standard", false, "the whole table in about twenty minutes, once -fill has filled the stores")
	set.BoolVar(&o.fill, "fill", false, "only fill the stores that these flags need, so that a run measures from its start")
	set.Func("engines", "databases, separated by commas (default sqlite,mariadb)", list(&o.engines))
	set.Func("cards", fmt.Sprintf("sizes of the stores, separated by commas (default %v)", o.cards), o.setCards)
	set.Func("only", "rows to measure, of: "+strings.Join(rowNames, ",")+" (default all)", list(&o.only))
	set.IntVar(&o.rounds, "rounds", o.rounds, "turns of server and baseline")
	set.DurationVar(&o.duration, "duration", o.duration, "length of a turn at the limit")
	set.IntVar(&o.reads, "reads", 32, "connections for operations that read")
	set.IntVar(&o.writes, "writes", 64, "connections for operations that write")
	set.DurationVar(&o.day, "day", o.day, "length of the mixed day")
	set.IntVar(&o.dayRate, "day-rate", 1000, "requests a second of the mixed day")
	set.IntVar(&o.starts, "starts", o.starts, "first starts to take the median of")
	set.StringVar(&o.dir, "dir", filepath.Join("data", "bench"), "folder for filled stores, which are kept, and for their copies; on the disk to measure")
	set.StringVar(&o.out, "out", filepath.Join("dist", "bench"), "folder for report.md and results.json")
	set.StringVar(&o.binary, "binary", "", "program to measure (default: built from this checkout)")
	set.Func("set", "a setting of the program as NAME=value, may be repeated", func(text string) error {
		o.settings = append(o.settings, text)
		return nil
	})
	set.StringVar(&o.bufferPool, "buffer-pool", "1G", "MariaDB's cache")
	set.IntVar(&o.databaseConnections, "database-connections", 16, "connections to the database, of the program and of the baseline")
	set.StringVar(&o.profile, "profile", "", "write CPU and allocation profiles of find and issue to this folder instead of a report")
	set.StringVar(&o.baseline, "baseline", "", "be the baseline over a database (started by this program itself)")
	set.StringVar(&o.profiled, "profiled", "", "be the program and write profiles at the end (started by this program itself)")
	if err := set.Parse(args); err != nil {
		return o, err
	}
	if set.NArg() > 0 {
		return o, fmt.Errorf("%q is not a flag; try -help", set.Arg(0))
	}
	return o, o.validate()
}

func (o *options) setCards(text string) error {
	o.cards = nil
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 2 {
			return errors.New("sizes are numbers from 2 on")
		}
		o.cards = append(o.cards, n)
	}
	slices.Sort(o.cards)
	return nil
}

func list(into *[]string) func(string) error {
	return func(text string) error {
		*into = strings.Split(strings.ReplaceAll(text, " ", ""), ",")
		return nil
	}
}

// validate reports every fault at once.
func (o options) validate() error {
	var faults []error
	for _, engine := range o.engines {
		if engine != dataset.SQLite && engine != dataset.MariaDB {
			faults = append(faults, fmt.Errorf("-engines: %q is neither %s nor %s", engine, dataset.SQLite, dataset.MariaDB))
		}
	}
	for _, name := range o.only {
		if !slices.Contains(rowNames, name) {
			faults = append(faults, fmt.Errorf("-only: there is no row %q", name))
		}
	}
	if min(o.rounds, o.starts, o.reads, o.writes, o.databaseConnections, o.dayRate) < 1 {
		faults = append(faults, errors.New("counts and rates must be positive"))
	}
	if min(o.duration, o.day) <= 0 {
		faults = append(faults, errors.New("durations must be positive"))
	}
	return errors.Join(faults...)
}

// wants reports whether one of the rows is to be measured.
func (o options) wants(rows ...string) bool {
	return len(o.only) == 0 || slices.ContainsFunc(rows, func(row string) bool { return slices.Contains(o.only, row) })
}

// largest is the size of the last store.
func (o options) largest() int { return o.cards[len(o.cards)-1] }
