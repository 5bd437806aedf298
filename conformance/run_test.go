package conformance_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/schema/koshelek"
)

const (
	testUser     = "koshelek"
	testPassword = "Only-For-Tests-1"
)

var noon = time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC)

// started is a host of the tests, good or with a fault, over TLS.
func started(t *testing.T, fault string) conformance.Target {
	t.Helper()
	host, err := faultyhost.New(faultyhost.Options{User: testUser, Password: testPassword, Data: faultyhost.Sample(faultyhost.Plain(), noon), Fault: fault, Now: func() time.Time { return noon }})
	require.NoError(t, err)
	server, err := faultyhost.Start(host, "127.0.0.1:0", true)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return conformance.Target{URL: server.URL, User: testUser, Password: testPassword, CA: server.CA}
}

func sampleProfile() contract.Profile {
	p, n := contract.DefaultProfile(koshelek.V130), faultyhost.Plain().Numbers()
	p.Data = contract.Data{
		Card:    &contract.KnownCard{CardNumber: n.Known, Phone: faultyhost.KnownPhone, Email: faultyhost.KnownEmail},
		Blocked: &contract.KnownCard{CardNumber: n.Blocked, Phone: faultyhost.BlockedPhone, Email: faultyhost.BlockedEmail},
		Several: &contract.KnownCard{CardNumber: n.Several[1], Phone: faultyhost.SeveralPhone}, History: n.History, Pool: n.Pool, Plastic: n.Plastic,
		PromoCode: faultyhost.SampleCode, LimitedCodes: faultyhost.LimitedCodes(), CodeUses: faultyhost.CodeLimit,
		ExpiredCode: faultyhost.ExpiredCode, UpcomingCode: faultyhost.UpcomingCode, PersonalOffer: &contract.PersonalOffer{CardNumber: n.Personal, OfferID: faultyhost.PersonalOffer},
	}
	return p
}

// clock stands still, so that two runs differ in nothing that is measured by it.
func clock() time.Time { return noon }

func run(t *testing.T, target conformance.Target, o conformance.Options) conformance.Report {
	t.Helper()
	if o.Profile.Version == 0 {
		o.Profile = sampleProfile()
	}
	if o.Seed == 0 {
		o.Seed = 42
	}
	o.Clock = clock
	r, err := conformance.Run(context.Background(), target, o)
	require.NoError(t, err)
	return r
}

func checkOf(r conformance.Report, rule string) conformance.Check {
	for _, s := range r.Scenarios {
		for _, c := range s.Checks {
			if c.Rule == rule {
				return c
			}
		}
	}
	return conformance.Check{}
}

// TestReportHoldsNoSecrets looks for the credentials and for people's data that
// the run did not make up.
func TestReportHoldsNoSecrets(t *testing.T) {
	text, err := json.Marshal(run(t, started(t, ""), conformance.Options{}))
	require.NoError(t, err)
	for _, secret := range []string{
		testPassword, "S29zaGVsZWs", "a29zaGVsZWs6", faultyhost.KnownPhone, faultyhost.KnownEmail, faultyhost.BlockedPhone, faultyhost.SeveralPhone, "79210000004", "history@shop.example", "Иванова",
	} {
		assert.NotContains(t, string(text), secret)
	}
	assert.Contains(t, string(text), "$KOSHELEK_PASSWORD")
}

func TestReadOnlyWritesNothing(t *testing.T) {
	var mu sync.Mutex
	written := map[string]bool{}
	host, err := faultyhost.New(faultyhost.Options{User: testUser, Password: testPassword, Data: faultyhost.Sample(faultyhost.Plain(), noon), Now: clock})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, _, known := contract.DefaultProfile(koshelek.V130).MatchPath(r.Method, r.URL.Path)
		if user, _, ok := r.BasicAuth(); known && m.Writes && ok && user != "" {
			mu.Lock()
			written[m.ID] = true
			mu.Unlock()
		}
		host.ServeHTTP(w, r)
	}))
	defer server.Close()
	r := run(t, conformance.Target{URL: server.URL, User: testUser, Password: testPassword}, conformance.Options{ReadOnly: true, Skip: []string{"tls"}})
	assert.Empty(t, written)
	assert.Equal(t, conformance.NoVerdict, r.Verdict)
	assert.Contains(t, r.Partial(), "the run was read-only")
	assert.Equal(t, conformance.Pass, checkOf(r, "find.by-email").Outcome)
	assert.Equal(t, conformance.Pass, checkOf(r, "history.start").Outcome)
	assert.Equal(t, conformance.Skip, checkOf(r, "race.issue").Outcome)
}

func TestDeviations(t *testing.T) {
	target := started(t, "reserved-bare")
	broken := run(t, target, conformance.Options{Only: []string{"reserve.form"}})
	if checkOf(broken, "reserve.form").Outcome != conformance.Fail {
		t.Fatalf("the fault of this test does not break its rule: %+v", checkOf(broken, "reserve.form"))
	}
	excused := func(until time.Time) conformance.Report {
		p := sampleProfile()
		p.Deviations = []contract.Deviation{{Rule: "reserve.form", Reason: "next release", Until: until}}
		return run(t, target, conformance.Options{Profile: p, Only: []string{"reserve.form"}})
	}
	active := excused(noon.Truncate(24 * time.Hour))
	assert.Equal(t, conformance.Warn, checkOf(active, "reserve.form").Outcome, "good until the end of its last day")
	assert.Equal(t, conformance.NoVerdict, active.Verdict, "one rule says nothing of the host")
	assert.Equal(t, "active", active.Deviations[0].State)
	expired := excused(noon.AddDate(0, 0, -1).Truncate(24 * time.Hour))
	assert.Equal(t, conformance.Fail, checkOf(expired, "reserve.form").Outcome)
	assert.Equal(t, "expired", expired.Deviations[0].State)
}

func TestStrictMakesFailuresOfWarnings(t *testing.T) {
	target := started(t, "")
	p := sampleProfile()
	p.AnswerLimit = time.Nanosecond
	options := conformance.Options{Profile: p, Only: []string{"find.unknown-empty", "timing.usual"}}
	assert.Equal(t, conformance.Warn, checkOf(run(t, target, options), "timing.usual").Outcome)
	options.Strict = true
	strict := run(t, target, options)
	assert.Equal(t, conformance.Fail, checkOf(strict, "timing.usual").Outcome)
	assert.Equal(t, conformance.NotConformant, strict.Verdict)
}

// TestWhatIsMissingIsSkipped: without the partner's data a check says what to
// supply, and older versions disable what came later.
func TestWhatIsMissingIsSkipped(t *testing.T) {
	r := run(t, started(t, ""), conformance.Options{Profile: contract.DefaultProfile(koshelek.V100), Only: []string{"blocked", "issue.card", "receipt.once"}})
	assert.Equal(t, conformance.Skip, checkOf(r, "blocked.find").Outcome)
	assert.Contains(t, checkOf(r, "blocked.find").Message, "data.blocked")
	assert.Equal(t, conformance.Disabled, checkOf(r, "issue.card").Outcome)
	assert.Equal(t, conformance.Disabled, checkOf(r, "receipt.once").Outcome)
}

func TestRunThatCannotBegin(t *testing.T) {
	good := started(t, "")
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, c := range map[string]struct {
		target  conformance.Target
		options conformance.Options
		want    error
	}{
		"no scheme":   {conformance.Target{URL: "localhost:1", User: "u", Password: "p"}, conformance.Options{}, conformance.ErrTarget},
		"credentials": {conformance.Target{URL: "https://u:p@localhost", User: "u", Password: "p"}, conformance.Options{}, conformance.ErrTarget},
		"no login":    {conformance.Target{URL: "https://localhost", Password: "p"}, conformance.Options{}, conformance.ErrTarget},
		"bad CA":      {conformance.Target{URL: "https://localhost", User: "u", Password: "p", CA: []byte("x")}, conformance.Options{}, conformance.ErrTarget},
		"unreachable": {conformance.Target{URL: gone.URL, User: "u", Password: "p"}, conformance.Options{}, conformance.ErrUnreachable},
		"no pattern":  {good, conformance.Options{Only: []string{"nothing.*"}}, conformance.ErrOptions},
		"no check":    {good, conformance.Options{Only: []string{"find"}, Skip: []string{"find.*"}}, conformance.ErrNothingToDo},
		"phones":      {good, conformance.Options{PhonePrefix: "+7"}, conformance.ErrOptions},
		"domain":      {good, conformance.Options{EmailDomain: "x@y"}, conformance.ErrOptions},
		"twins":       {good, conformance.Options{Twins: 1}, conformance.ErrOptions},
	} {
		_, err := conformance.Run(context.Background(), c.target, c.options)
		require.ErrorIs(t, err, c.want, name)
		assert.NotContains(t, err.Error(), testPassword)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := conformance.Run(ctx, good, conformance.Options{})
	assert.ErrorIs(t, err, context.Canceled)
}

// TestEventsComeInOrder is what a live display builds on.
func TestEventsComeInOrder(t *testing.T) {
	var kinds []conformance.EventKind
	done := 0
	run(t, started(t, ""), conformance.Options{Only: []string{"find"}, Observe: func(e conformance.Event) {
		kinds = append(kinds, e.Kind)
		assert.GreaterOrEqual(t, e.Done, done)
		done = e.Done
		if e.Kind == conformance.EventCheckFinished {
			assert.NotEmpty(t, e.Check.Outcome)
		}
	}})
	assert.Equal(t, conformance.EventRunStarted, kinds[0])
	assert.Equal(t, conformance.EventScenarioStarted, kinds[1])
	assert.Equal(t, conformance.EventCheckStarted, kinds[2])
	assert.Equal(t, conformance.EventRunFinished, kinds[len(kinds)-1])
	assert.Contains(t, kinds, conformance.EventStep)
}

// TestSeedThatWasUsedBefore runs twice over one host: the second run makes other
// customers and says so.
func TestSeedThatWasUsedBefore(t *testing.T) {
	target := started(t, "")
	options := conformance.Options{Only: []string{"find", "holder"}}
	assert.Empty(t, run(t, target, options).Notes)
	again := run(t, target, options)
	assert.Len(t, again.Notes, 1)
	assert.Empty(t, again.Checks(conformance.Fail, conformance.Warn, conformance.Error))
}
