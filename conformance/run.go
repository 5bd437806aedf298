package conformance

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
	"koshelek-adapter/version"
)

// ErrUnreachable is the error of a host of which nothing can be judged; see [Mistake].
var ErrUnreachable = errors.New("conformance: the host cannot be reached")

// ErrNothingToDo is the error of options that leave no check.
var ErrNothingToDo = errors.New("conformance: no check is left to run")

// run is a run at work.
type run struct {
	ctx      context.Context
	options  Options
	profile  contract.Profile
	client   *client
	maker    *maker
	fixtures fixtures
	tally    *tally
	veil     *veil
	report   *Report
	done     int
	total    int
	// untrusted tells that the host's certificate is not good, so that no call
	// is made: credentials must not go to just anybody.
	untrusted bool
}

// Run judges a host. The error is ErrTarget, ErrOptions or ErrNothingToDo when
// the run cannot begin, a *Mistake (ErrUnreachable) when nothing of the host can be
// judged, or the context's; the report is then of no use. What the host does wrong
// is never an error, but stands in the report.
//
// Several runs may go on at once. One run makes its calls one after the other,
// but for the checks on calls at one moment.
func Run(ctx context.Context, target Target, options Options) (Report, error) {
	r, err := newRun(ctx, target, options)
	if err != nil {
		return Report{}, err
	}
	defer r.client.close()
	plan := r.plan()
	if r.total = count(plan); r.total == 0 {
		return Report{}, ErrNothingToDo
	}
	if err := r.preflight(); err != nil {
		return Report{}, err
	}
	if err := r.reach(); err != nil {
		return Report{}, err
	}
	r.emit(Event{Kind: EventRunStarted})
	for _, s := range plan {
		r.scenario(s)
		if err := ctx.Err(); err != nil {
			return Report{}, err
		}
	}
	r.finish()
	r.emit(Event{Kind: EventRunFinished, Report: r.report})
	return *r.report, nil
}

func newRun(ctx context.Context, target Target, o Options) (*run, error) {
	o, err := withDefaults(o)
	if err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, options: o, profile: o.Profile, tally: newTally(), veil: newVeil(o)}
	if r.client, err = newClient(target, o.Profile.AnswerLimit); err != nil {
		return nil, err
	}
	if r.client.transport != nil {
		// A connection that the host closes must not be used again.
		r.client.transport.DisableKeepAlives = o.Profile.Connections == contract.ConnectionsClosed
	}
	if r.maker, err = newMaker(o, 0); err != nil {
		return nil, err
	}
	r.report = &Report{
		Schema: ReportSchema, Suite: version.Number, Target: TargetInfo{URL: target.URL}, Profile: o.Profile.Name, Version: o.Profile.Version.String(),
		Seed: o.Seed, ReadOnly: o.ReadOnly, Strict: o.Strict, Only: o.Only, Skip: o.Skip, Started: o.Clock().UTC(),
		TestData: TestData{PhonePrefix: o.PhonePrefix, EmailDomain: o.EmailDomain},
	}
	return r, nil
}

func withDefaults(o Options) (Options, error) {
	if o.Profile.Version == 0 {
		versions := koshelek.Versions()
		o.Profile = contract.DefaultProfile(versions[len(versions)-1])
	}
	if o.PhonePrefix == "" {
		o.PhonePrefix = DefaultPhonePrefix
	}
	if o.EmailDomain == "" {
		o.EmailDomain = DefaultEmailDomain
	}
	if o.Twins == 0 {
		o.Twins = DefaultTwins
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Seed == 0 {
		var drawn [8]byte
		_, _ = rand.Read(drawn[:])                       // never fails
		o.Seed = binary.BigEndian.Uint64(drawn[:]) >> 16 // short enough to be typed
	}
	if o.Twins < 2 || o.Twins > 200 {
		return o, fmt.Errorf("%w: a race has 2 to 200 twins", ErrOptions)
	}
	for _, pattern := range append(append([]string{}, o.Only...), o.Skip...) {
		if !matchesSomething(pattern) {
			return o, fmt.Errorf("%w: %q is the pattern of no rule and no scenario", ErrOptions, pattern)
		}
	}
	return o, nil
}

func matchesSomething(pattern string) bool {
	for _, rule := range Rules() {
		if matches(pattern, rule) {
			return true
		}
	}
	return false
}

func matches(pattern string, rule contract.Rule) bool {
	for _, name := range []string{rule.ID, rule.Scenario()} {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

func (o Options) wants(rule contract.Rule) bool {
	any := func(patterns []string) bool {
		for _, pattern := range patterns {
			if matches(pattern, rule) {
				return true
			}
		}
		return false
	}
	return (len(o.Only) == 0 || any(o.Only)) && !any(o.Skip)
}

// planned is a scenario with the rules to check.
type planned struct {
	contract.Scenario
	rules []contract.Rule
}

// plan is what the options leave to do.
func (r *run) plan() []planned {
	var plan []planned
	rules := Rules()
	for _, s := range contract.Scenarios() {
		p := planned{Scenario: s}
		for _, rule := range rules {
			if rule.Scenario() == s.ID && r.options.wants(rule) {
				p.rules = append(p.rules, rule)
			}
		}
		if len(p.rules) > 0 {
			plan = append(plan, p)
		}
	}
	return plan
}

func count(plan []planned) (total int) {
	for _, p := range plan {
		total += len(p.rules)
	}
	return total
}

// reach makes sure that the seed's values are new to the host. A host that knows
// the first phone has seen this seed before.
func (r *run) reach() error {
	const attempts = 5
	for attempt := uint64(1); ; attempt++ {
		marker := r.maker.phone()
		query, _ := r.profile.Spell("GET", "/v1/card", "msisdn="+marker, nil)
		e := r.client.do(r.ctx, r.authorized(Request{Method: "GET", Path: "/v1/card", Query: query}), true)
		var bad *tls.CertificateVerificationError
		if r.untrusted = errors.As(e.Trouble, &bad); r.untrusted {
			return nil // for the checks on TLS to say
		}
		r.fixtures.marker = marker
		if r.options.ReadOnly || attempt > attempts || e.Answer == nil || !strings.Contains(string(e.Answer.Body), r.profile.FieldName("card.cardNumber")) || e.Answer.Status != 200 {
			return nil
		}
		if attempt == 1 {
			r.report.Notes = append(r.report.Notes, "This seed was used on this host before: the run made up other customers, and its report differs in their phones.")
		}
		r.maker, _ = newMaker(r.options, attempt) // the same options were good before
	}
}

// authorized puts the right credentials on a request.
func (r *run) authorized(request Request) Request {
	request.Header = request.Header.Clone()
	if request.Header == nil {
		request.Header = map[string][]string{}
	}
	request.Header.Set("Authorization", basic(r.client.user, r.client.password))
	return request
}

func (r *run) emit(e Event) {
	if r.options.Observe != nil {
		e.Done, e.Total = r.done, r.total
		r.options.Observe(e)
	}
}
