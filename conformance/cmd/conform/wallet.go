package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/wallet"
	"koshelek-adapter/schema/koshelek"
)

// walletFlags are the flags of 'conform wallet'.
type walletFlags struct {
	target
	options                      wallet.Options
	repeat, lose, slow, reorder  odds
	mix                          mix
	skip                         []string
	printPlan, asJSON, noListing bool
	report, profile              string
	// host is what the flags of target say.
	host conformance.Target
}

func (p *program) walletCommand() *cobra.Command {
	f := &walletFlags{repeat: 0.2, lose: 0.1, slow: 0.05, reorder: 0.1, mix: mix{
		koshelek.V100: 1, koshelek.V110: 1, koshelek.V120: 2, koshelek.V130: 4,
	}}
	c := &cobra.Command{
		Use: "wallet --url URL --user USER --password-file FILE", Args: cobra.NoArgs,
		Short:   "Play many users on a bad day: repeated, dropped, slow and overtaking calls",
		Example: "  conform wallet --url https://shop.example --user koshelek --password-file secret --profile shop.json",
		Long: "The unkind wallet behaves like Koshelek's backend with many users at once. It repeats calls, drops answers,\n" +
			"sends slowly and out of order, judges every answer, and at the end looks whether the host is in the state\n" +
			"that one polite client would have left.\n\n" +
			"It makes customers of its own (--first-phone, --email-domain); the API has no call that removes them.\n" +
			"The same seed and flags are the same calls: on a fresh host a run can be replayed.",
		RunE: func(c *cobra.Command, _ []string) error {
			return p.wallet(c.Context(), f, c.Flags().Changed)
		},
	}
	f.define(c)
	return c
}

func (f *walletFlags) define(c *cobra.Command) {
	flags, o := c.Flags(), &f.options
	f.target.flags(c)
	flags.StringVar(&f.profile, "profile", "", "file with the partner's profile; flags win over what it says")
	flags.IntVar(&o.Users, "users", 200, "how many users")
	flags.IntVar(&o.Calls, "calls", 20_000, "how many calls they make together")
	flags.IntVar(&o.Parallel, "parallel", 64, "calls under way at once")
	flags.Var(&f.repeat, "repeat", "chance that an answered call is sent again, beside its twin or later")
	flags.Var(&f.lose, "lose", "chance that the connection is cut before the answer is read")
	flags.Var(&f.slow, "slow", "chance that a body is sent slowly")
	flags.DurationVar(&o.SlowFor, "slow-for", 0, "how long a slow body takes (default 20ms)")
	flags.Var(&f.reorder, "reorder", "chance that a call is overtaken by the next one")
	flags.Uint64Var(&o.Seed, "seed", 0, "seed of the plan (default: drawn, and printed)")
	flags.Var(&f.mix, "version-mix", "versions that the apps speak, with their weights; by default none later than the profile's")
	flags.StringArrayVar(&o.Codes, "code", nil, "promo code that the host knows and every card may use once; may be repeated (default: the profile's promoCode)")
	flags.Int64Var(&o.FirstPhone, "first-phone", 0, "phone of the first user; the others follow (default 79990000000)")
	flags.StringVar(&o.EmailDomain, "email-domain", "", "domain of the users' addresses (default wallet.example)")
	flags.StringSliceVar(&f.skip, "skip", nil, fmt.Sprintf("kinds of calls to leave out, of %v", wallet.Optional()))
	flags.BoolVar(&f.noListing, "no-listings", false, "do not read the lists of all users at the end")
	flags.DurationVar(&o.Grace, "grace", 0, "how long a dropped call may still take effect (default 2s)")
	flags.DurationVar(&o.Timeout, "timeout", 0, "for one answer (default 30s, or four times the profile's answerLimit when that is longer)")
	flags.BoolVar(&f.printPlan, "plan", false, "print the plan as JSON and send nothing")
	flags.BoolVar(&f.asJSON, "json", false, "print the report as JSON")
	flags.StringVar(&f.report, "report", "", "file to write the report to as JSON")
}

func (p *program) wallet(ctx context.Context, f *walletFlags, given func(flag string) bool) error {
	o, err := f.complete(p, given)
	if err != nil {
		return err
	}
	if f.printPlan {
		if o, err = o.WithDefaults(); err != nil {
			return err
		}
		return printJSON(p.out, wallet.NewPlan(o))
	}
	if err := conformance.Preflight(ctx, f.host, o.Profile); err != nil {
		return err
	}
	progress := &progressLine{out: p.err}
	o.Progress = progress.show
	report, err := wallet.Run(ctx, o)
	progress.clear()
	if err != nil {
		return err
	}
	if err := f.write(report, p.out); err != nil {
		return err
	}
	if !report.Conformant {
		return &notConformant{}
	}
	return nil
}

// complete turns the flags into options.
func (f *walletFlags) complete(p *program, given func(flag string) bool) (wallet.Options, error) {
	o := f.options
	if err := f.agreed(&o, given("version-mix")); err != nil {
		return o, err
	}
	o.SkipListings = f.noListing
	o.Repeat, o.Lose, o.Slow, o.Reorder = float64(f.repeat), float64(f.lose), float64(f.slow), float64(f.reorder)
	for _, kind := range f.skip {
		o.Skip = append(o.Skip, wallet.Kind(kind))
	}
	if !given("seed") {
		var draw [8]byte
		_, _ = rand.Read(draw[:])                                  // never fails
		o.Seed = binary.BigEndian.Uint64(draw[:]) % math.MaxUint32 // short enough to be typed
	}
	var err error
	if f.host, err = f.target.read(p); err != nil {
		return o, err
	}
	f.host.Patience = o.Timeout
	o.URL, o.User, o.Password = f.host.URL, f.host.User, f.host.Password
	o.TLS, err = f.tls(f.host.CA)
	return o, err
}

// agreed takes from the profile what flags do not say otherwise.
func (f *walletFlags) agreed(o *wallet.Options, mixed bool) error {
	profile, err := readProfile(f.profile, "")
	if err != nil {
		return err
	}
	o.Mix = f.mix
	if mixed {
		profile.Version = slices.Max(slices.Collect(maps.Keys(f.mix)))
	} else {
		o.Mix = f.mix.until(profile.Version)
	}
	if code := profile.Data.PromoCode; len(o.Codes) == 0 && code != "" {
		o.Codes = []string{code}
	}
	o.Profile = profile
	return nil
}

// tls gives the settings of TLS for a host with authorities of its own.
func (f *walletFlags) tls(authorities []byte) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: f.insecure}
	if authorities == nil {
		return config, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(authorities) {
		return nil, fmt.Errorf("--ca: %s holds no certificate in PEM", f.ca)
	}
	config.RootCAs = pool
	return config, nil
}

func (f *walletFlags) write(report *wallet.Report, stdout io.Writer) error {
	if f.report != "" {
		file, err := os.Create(f.report)
		if err != nil {
			return err
		}
		if err := errors.Join(report.WriteJSON(file), file.Close()); err != nil {
			return err
		}
	}
	if f.asJSON {
		return report.WriteJSON(stdout)
	}
	return report.WriteText(stdout)
}

func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// progressLine shows how far a run is: one line that is written over on a
// terminal, and nothing elsewhere.
type progressLine struct {
	out  io.Writer
	mu   sync.Mutex
	last int
}

func (p *progressLine) show(done, total int) {
	percent := 100 * done / max(total, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if percent <= p.last || !isTerminal(p.out) {
		return
	}
	p.last = percent
	_, _ = fmt.Fprintf(p.out, "\r%3d %% of %d calls", percent, total) // only for the eye
}

func (p *progressLine) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last > 0 {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K") // only for the eye
	}
}
