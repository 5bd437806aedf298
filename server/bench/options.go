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

	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// options are the flags.
type options struct {
	engines             []string
	cards               []int
	small               int
	pool                int
	only                []string
	rounds, readRounds  int
	starts              int
	duration, paced     time.Duration
	day                 time.Duration
	dayRate, rate       float64
	reads, writes       int
	databaseConnections int
	bufferPool          string
	wrk                 string
	dir, out, binary    string
	settings            []string
	profile             string
	fill                bool

	// Of processes that this program starts.
	floor  *string
	drive  string
	target string
	base   int

	// args is the command line.
	args []string
}

// rowNames are what -only chooses from.
var rowNames = []string{"find", "card", "issue", "reserve", "profile", "receipt",
	"hot", "scale", "tls", "memory", "day", "verify", "start", "import"}

// quickly sizes -quick.
func quickly() options {
	return options{
		cards: []int{10_000}, small: 1000, pool: 30_000, rounds: 1, readRounds: 1, starts: 3,
		duration: 500 * time.Millisecond, paced: 500 * time.Millisecond, day: 2 * time.Second,
	}
}

// standardly sizes the whole table for one run of about twenty minutes, on
// stores that -fill made before.
func standardly() options {
	return options{
		cards: []int{100_000, 1_000_000}, small: 10_000, pool: 60_000, rounds: 3, readRounds: 7, starts: 5,
		duration: 2 * time.Second, paced: 3 * time.Second, day: time.Minute,
	}
}

// thoroughly sizes a real run.
func thoroughly() options {
	return options{
		cards: []int{100_000, 1_000_000}, small: 10_000, pool: 200_000, rounds: 5, readRounds: 9, starts: 10,
		duration: 3 * time.Second, paced: 5 * time.Second, day: time.Minute,
	}
}

// turns is how often server and floor are measured for an operation.
func (o options) turns(op workload.Operation) int {
	if op.Write {
		return o.rounds
	}
	return o.readRounds
}

// parse reads the flags. -quick and -standard only change defaults, so they are
// looked for first.
func parse(args []string, usage io.Writer) (options, error) {
	o := thoroughly()
	for name, sized := range map[string]func() options{"-quick": quickly, "-standard": standardly} {
		if slices.Contains(args, name) || slices.Contains(args, "-"+name) {
			o = sized()
		}
	}
	o.args = args
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.SetOutput(usage)
	o.sizes(set)
	o.places(set)
	o.internals(set)
	if err := set.Parse(args); err != nil {
		return o, err
	}
	if set.NArg() > 0 {
		return o, fmt.Errorf("%q is not a flag; try -help", set.Arg(0))
	}
	return o, o.validate()
}

func (o *options) sizes(set *flag.FlagSet) {
	o.engines = []string{stock.SQLite, stock.MariaDB}
	set.Bool("quick", false, "everything in about a minute, on small stores: figures for trying things out, not for quoting")
	set.Bool("standard", false, "the whole table in about twenty minutes, once -fill has filled the stores")
	set.BoolVar(&o.fill, "fill", false, "only fill the stores that these flags need, so that a run measures from its start")
	set.Func("engines", "databases, separated by commas (default sqlite,mariadb)", list(&o.engines))
	set.Func("cards", fmt.Sprintf("sizes of the stores, separated by commas (default %s)", joined(o.cards)), o.setCards)
	set.IntVar(&o.small, "small", o.small, "size of the store that the largest one is compared with")
	set.IntVar(&o.pool, "pool", o.pool, "free numbers in the pool before each run of reserve; the other rows let the program make its own")
	set.Func("only", "rows to measure, of: "+strings.Join(rowNames, ",")+" (default all)", list(&o.only))
	set.IntVar(&o.rounds, "rounds", o.rounds, "turns of server and floor for operations that write")
	set.IntVar(&o.readRounds, "read-rounds", o.readRounds, "turns for operations that read, which a busy neighbour disturbs more")
	set.DurationVar(&o.duration, "duration", o.duration, "length of a run at the limit")
	set.DurationVar(&o.paced, "paced", o.paced, "length of a run at a fixed rate")
	set.Float64Var(&o.rate, "rate", 0, "requests a second of the runs at a fixed rate (default half of what the server reached)")
	set.IntVar(&o.reads, "reads", 32, "connections for operations that read")
	set.IntVar(&o.writes, "writes", 64, "connections for operations that write")
	set.DurationVar(&o.day, "day", o.day, "length of the mixed day")
	set.Float64Var(&o.dayRate, "day-rate", 1000, "requests a second of the mixed day")
	set.IntVar(&o.starts, "starts", o.starts, "first starts to take the median of")
}

func (o *options) places(set *flag.FlagSet) {
	set.StringVar(&o.dir, "dir", filepath.Join("data", "bench"), "folder for filled stores, which are kept, and for their copies; on the disk to measure")
	set.StringVar(&o.out, "out", filepath.Join("dist", "bench"), "folder for report.md, results.json and the plots")
	set.StringVar(&o.binary, "binary", "", "program to measure (default: built from this checkout)")
	set.Func("set", "a setting of the program as NAME=value, may be repeated", func(text string) error {
		o.settings = append(o.settings, text)
		return nil
	})
	set.StringVar(&o.wrk, "wrk", "wrk", "wrk's path or name, off to use our own generator alone, as when it is not installed")
	set.StringVar(&o.bufferPool, "buffer-pool", "1G", "MariaDB's cache")
	set.IntVar(&o.databaseConnections, "database-connections", 16, "connections to the database, of the program and of the floor")
	set.StringVar(&o.profile, "profile", "", "write CPU and allocation profiles of find and issue to this folder instead of a report")
}

func (o *options) internals(set *flag.FlagSet) {
	set.Func("floor", "be the floor over a database (started by this program itself)", func(database string) error {
		o.floor = &database
		return nil
	})
	set.StringVar(&o.drive, "drive", "", "put -target under load with an operation (started by this program itself)")
	set.StringVar(&o.target, "target", "", "URL for -drive")
	set.IntVar(&o.base, "base", 0, "first counter for -drive")
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

func joined(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

// validate reports every fault at once.
func (o options) validate() error {
	var faults []error
	for _, engine := range o.engines {
		if engine != stock.SQLite && engine != stock.MariaDB {
			faults = append(faults, fmt.Errorf("-engines: %q is neither %s nor %s", engine, stock.SQLite, stock.MariaDB))
		}
	}
	for _, name := range o.only {
		if !slices.Contains(rowNames, name) {
			faults = append(faults, fmt.Errorf("-only: there is no row %q", name))
		}
	}
	if o.rounds < 1 || o.readRounds < 1 || o.starts < 1 || o.reads < 1 || o.writes < 1 || o.small < 2 || o.pool < 1 || o.databaseConnections < 1 {
		faults = append(faults, errors.New("counts must be positive"))
	}
	if o.duration <= 0 || o.paced <= 0 || o.day <= 0 || o.dayRate <= 0 || o.rate < 0 {
		faults = append(faults, errors.New("durations and rates must be positive"))
	}
	return errors.Join(faults...)
}

// wants reports whether one of the rows is to be measured.
func (o options) wants(rows ...string) bool {
	return len(o.only) == 0 || slices.ContainsFunc(rows, func(row string) bool { return slices.Contains(o.only, row) })
}

// largest is the size of the last store.
func (o options) largest() int { return o.cards[len(o.cards)-1] }
