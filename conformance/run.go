package conformance

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"slices"
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

// run is a run at work, or a task's view of it (see lane).
type run struct {
	ctx      context.Context
	options  Options
	profile  contract.Profile
	client   *client
	redactor *redactor
	progress *progress
	supplies *supplies
	// The rest is a task's own.
	maker    *maker
	fixtures fixtures
	scene    *scene
	tally    *tally
	report   *Report
	// untrusted tells that the host's certificate is not good, so that no call
	// is made: credentials must not go to just anybody.
	untrusted bool
	// marker is the phone by which a later run knows that the seed was used.
	marker string
	// noCustomers is why no customer can be made on this host, nil when one could.
	noCustomers error
}

// Run judges a host. The error is ErrTarget, ErrOptions or ErrNothingToDo when
// the run cannot begin, a *Mistake (ErrUnreachable) when nothing of the host can be
// judged, or the context's; the report is then of no use. What the host does wrong
// is never an error, but stands in the report.
//
// Several runs may go on at once. One run carries out Options.Parallel checks side
// by side; the checks on calls at one moment have the host to themselves.
func Run(ctx context.Context, target Target, options Options) (Report, error) {
	r, err := newRun(ctx, target, options)
	if err != nil {
		return Report{}, err
	}
	defer r.client.close()
	if !slices.ContainsFunc(Rules(), r.options.wants) {
		return Report{}, ErrNothingToDo
	}
	if err := r.preflight(); err != nil {
		return Report{}, err
	}
	if err := r.reach(); err != nil {
		return Report{}, err
	}
	tasks := r.tasks()
	for _, t := range tasks {
		r.progress.total += len(t.rules)
	}
	r.progress.emit(Event{Kind: EventRunStarted})
	r.prepare(tasks)
	r.tour(tasks)
	r.carryOut(tasks)
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	r.finish()
	r.progress.emit(Event{Kind: EventRunFinished, Report: r.report})
	return *r.report, nil
}

func newRun(ctx context.Context, target Target, o Options) (*run, error) {
	o, err := withDefaults(o)
	if err != nil {
		return nil, err
	}
	r := &run{
		ctx: ctx, options: o, profile: o.Profile, tally: newTally(), redactor: newRedactor(o),
		progress: &progress{observe: o.Observe}, supplies: &supplies{codes: o.Profile.Data.LimitedCodes},
	}
	if r.client, err = newClient(target, o.Profile.AnswerLimit); err != nil {
		return nil, err
	}
	if o.Calling != nil {
		r.client.calling = func(request Request) func() { return o.Calling(r.nameOf(request)) }
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

// nameOf is a call without what it is about.
func (r *run) nameOf(request Request) string {
	if m, _, known := r.profile.MatchPath(request.Method, request.Path); known {
		return request.Method + " " + m.Path
	}
	return request.Method + " …"
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
	if o.Parallel == 0 {
		o.Parallel = DefaultParallel
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Seed == 0 {
		o.Seed = drawn()
	}
	if o.Twins < 2 || o.Twins > 200 {
		return o, fmt.Errorf("%w: a race has 2 to 200 twins", ErrOptions)
	}
	if o.Parallel < 1 || o.Parallel > 64 {
		return o, fmt.Errorf("%w: 1 to 64 checks side by side", ErrOptions)
	}
	for _, pattern := range append(append([]string{}, o.Only...), o.Skip...) {
		if !matchesSomething(pattern) {
			return o, fmt.Errorf("%w: %q is the pattern of no rule and no scenario", ErrOptions, pattern)
		}
	}
	return o, nil
}

// drawn is a number of chance, short enough to be typed.
func drawn() uint64 {
	var bytes [8]byte
	_, _ = rand.Read(bytes[:]) // never fails
	return binary.BigEndian.Uint64(bytes[:]) >> 16
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

// reach makes sure that the phones of this run are new to the host. A host that
// knows the first one has seen a run with the same phones before; then the next
// ones are tried.
func (r *run) reach() error {
	const most = 40
	for attempt := uint64(1); ; attempt++ {
		marker := r.maker.phone()
		query, _ := r.profile.Spell("GET", "/v1/card", "msisdn="+marker, nil)
		search := r.authorized(Request{Method: "GET", Path: "/v1/card", Query: query})
		e := r.client.do(r.ctx, search, true)
		var bad *tls.CertificateVerificationError
		if r.untrusted = errors.As(e.Trouble, &bad); r.untrusted {
			return nil // for the checks on TLS to say
		}
		r.marker, r.client.probes = marker, []Request{search, r.authorized(Request{Method: "GET", Path: "/v1/card/" + marker})}
		if r.options.ReadOnly || e.Answer == nil || !strings.Contains(string(e.Answer.Body), r.profile.FieldName("card.cardNumber")) || e.Answer.Status != 200 {
			return nil
		}
		if attempt == 1 {
			r.report.Notes = append(r.report.Notes, usedBefore)
		}
		if attempt == min(most, r.maker.slots) {
			r.report.Notes = append(r.report.Notes, allUsed)
			return nil
		}
		r.maker, _ = newMaker(r.options, attempt) // the same options were good before
	}
}

const (
	usedBefore = "The phones of this seed were used on this host before: the run made up other customers, and its report differs in their phones."
	allUsed    = "The host knows every phone that was tried: earlier runs have used them up, or it knows everybody. Other phones (--phones) tell which."
)

// authorized puts the right credentials on a request.
func (r *run) authorized(request Request) Request {
	request.Header = request.Header.Clone()
	if request.Header == nil {
		request.Header = map[string][]string{}
	}
	request.Header.Set("Authorization", basic(r.client.user, r.client.password))
	return request
}
