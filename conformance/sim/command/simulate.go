package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// drainFor bounds how long calls under way may take when simulators stop.
const drainFor = 5 * time.Second

// program is one run, with where it writes.
type program struct{ out, err io.Writer }

func (p *program) say(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

func (p *program) complain(format string, args ...any) { fmt.Fprintf(p.err, format, args...) }

// simulateFlags are the flags that are not fields of the configuration.
type simulateFlags struct {
	config Config
	clock  string
	asJSON bool
}

// New returns the command `simulate`, which runs until its context ends or the
// process is interrupted. It writes to the command's own output.
func New() *cobra.Command {
	f := &simulateFlags{}
	command := &cobra.Command{
		Use: "simulate", Short: "Run simulators of the reward vendors (test only)", Args: cobra.NoArgs,
		Long: "simulate runs simulators of BigCity, qiibee and the Points API.\n" +
			"Without an address it starts all three on 127.0.0.1:7101, :7102 and :7103. They are for tests only: everything is in\n" +
			"memory, and whoever has the printed control token can read and change it below /_sim/ of each address.\n" +
			"docs/simulators.md describes every fault and knob.",
		Example: "  conform simulate\n" +
			"  conform simulate --qiibee 127.0.0.1:0 --seed 7 --faults faults.json",
		RunE: func(c *cobra.Command, _ []string) error {
			p := &program{out: c.OutOrStdout(), err: c.ErrOrStderr()}
			return p.simulate(c.Context(), f)
		},
	}
	f.register(command)
	return command
}

func (f *simulateFlags) register(command *cobra.Command) {
	flags, c := command.Flags(), &f.config
	flags.StringVar(&c.BigCity, "bigcity", "", "address of BigCity: the Rewards API and what the microsite hosts")
	flags.StringVar(&c.Qiibee, "qiibee", "", "address of qiibee")
	flags.StringVar(&c.Points, "points", "", "address of the Points API")
	flags.StringSliceVar(&c.BigCitySecrets, "bigcity-secret", nil, "company secrets of BigCity (default: generated)")
	flags.StringVar(&c.QiibeeKey, "qiibee-key", "", "API key of qiibee (default: generated)")
	flags.StringVar(&c.PointsClient, "points-client", "client", "client id of the Points API")
	flags.StringVar(&c.PointsSecret, "points-secret", "", "client secret of the Points API (default: generated)")
	flags.StringVar(&c.ControlToken, "control-token", "", "token of the control API (default: generated)")
	flags.Uint64Var(&c.Seed, "seed", 0, "seed of odds and codes (default: random)")
	flags.StringVar(&c.FaultsFile, "faults", "", "JSON file: {\"qiibee\":{\"faults\":[…],\"knobs\":{…}},…}")
	flags.StringVar(&f.clock, "clock", "", "let the clock stand still at this time (RFC 3339) until the control API moves it")
	flags.StringSliceVar(&c.CallbackHosts, "callback-host", nil, "hosts that callbacks and webhooks may go to (default: this machine)")
	flags.StringVar(&c.WebhookURL, "webhook-url", "", "where qiibee sends its webhook")
	flags.StringVar(&c.WebhookUser, "webhook-user", "webhook", "user of the webhook")
	flags.StringVar(&c.WebhookPassword, "webhook-password", "webhook", "password of the webhook")
	flags.StringVar(&c.Partner.URL, "microsite-target", "", "base URL of the partner that keeps the points of the microsite's orders")
	flags.StringVar(&c.Partner.User, "microsite-user", "", "user of that partner")
	flags.StringVar(&c.Partner.Password, "microsite-password", os.Getenv("MICROSITE_PASSWORD"), "its password; MICROSITE_PASSWORD is better")
	flags.Lookup("microsite-password").DefValue = ""
	flags.BoolVar(&f.asJSON, "json", false, "print addresses as JSON")
}

// complete fills in what follows from other flags.
func (f *simulateFlags) complete() error {
	c := &f.config
	if c.BigCity == "" && c.Qiibee == "" && c.Points == "" {
		c.BigCity, c.Qiibee, c.Points = "127.0.0.1:7101", "127.0.0.1:7102", "127.0.0.1:7103"
	}
	if f.clock != "" {
		at, err := time.Parse(time.RFC3339, f.clock)
		if err != nil {
			return fmt.Errorf("--clock: %w", err)
		}
		c.Start = at
	}
	return nil
}

func (p *program) simulate(ctx context.Context, f *simulateFlags) error {
	if err := f.complete(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	running, err := Start(f.config)
	if err != nil {
		return err
	}
	p.banner(running, f)
	select {
	case <-ctx.Done():
		p.complain("stopping\n")
	case err = <-running.Failed():
	}
	drain, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	return errors.Join(err, running.Close(drain))
}

// banner prints where the simulators are and what to configure a partner with.
func (p *program) banner(running *Simulators, f *simulateFlags) {
	if f.asJSON {
		p.sayJSON(map[string]any{"test_only": true, "control_token": running.ControlToken, "services": running.Services})
	} else {
		p.say("Simulators, for tests only. Control: below /_sim/ of each address, with\n  Authorization: Bearer %s\n", running.ControlToken)
		for _, s := range running.Services {
			p.say("\n%s at %s\n", s.Name, s.URL)
			for _, what := range slices.Sorted(maps.Keys(s.Uses)) {
				p.say("  %-20s %s\n", what, s.Uses[what])
			}
		}
		p.say("\n")
	}
	for _, address := range []string{f.config.BigCity, f.config.Qiibee, f.config.Points} {
		if host, _, err := net.SplitHostPort(address); err == nil && host != "localhost" && !net.ParseIP(host).IsLoopback() {
			p.complain("warning: %s can be reached from other machines, and simulators protect nothing\n", address)
		}
	}
}

func (p *program) sayJSON(v any) {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // plain values
	}
	p.say("%s\n", raw)
}
