package faultyhost_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
)

// profileOf is what a host of a style with the sample's data is held to.
func profileOf(t testing.TB, style faultyhost.Style) contract.Profile {
	t.Helper()
	p, err := conformance.ParseProfile([]byte(style.Profile()))
	require.NoError(t, err)
	return p
}

// TestProfilesFitTheSample keeps the profile files in step with the data.
func TestProfilesFitTheSample(t *testing.T) {
	for _, style := range []faultyhost.Style{faultyhost.Plain(), faultyhost.Different()} {
		n, data := style.Numbers(), profileOf(t, style).Data
		assert.Equal(t, contract.Data{
			Card:    &contract.KnownCard{CardNumber: n.Known, Phone: faultyhost.KnownPhone, Email: faultyhost.KnownEmail},
			Blocked: &contract.KnownCard{CardNumber: n.Blocked, Phone: faultyhost.BlockedPhone, Email: faultyhost.BlockedEmail},
			Several: &contract.KnownCard{CardNumber: n.Several[1], Phone: faultyhost.SeveralPhone, Email: faultyhost.SeveralEmail},
			History: n.History, Pool: n.Pool, Plastic: n.Plastic, PromoCode: faultyhost.SampleCode,
			LimitedCodes: faultyhost.LimitedCodes(), CodeUses: faultyhost.CodeLimit, ExpiredCode: faultyhost.ExpiredCode, UpcomingCode: faultyhost.UpcomingCode,
			PersonalOffer: &contract.PersonalOffer{CardNumber: n.Personal, OfferID: faultyhost.PersonalOffer},
		}, data)
	}
}

// trial is a host and what it is held to.
type trial struct {
	style   faultyhost.Style
	profile contract.Profile
	fault   string
	only    []string
	// parallel is how many checks run side by side; zero for as many as usual.
	parallel int
	late     time.Duration
}

// run runs the suite, or a part of it, over the trial's host.
func (r trial) run() (conformance.Report, error) {
	host, err := faultyhost.New(faultyhost.Options{
		User: user, Password: password, Style: &r.style, Data: faultyhost.Sample(r.style, time.Now()), Fault: r.fault, Late: r.late,
	})
	if err != nil {
		return conformance.Report{}, err
	}
	server, err := faultyhost.Start(host, "127.0.0.1:0", true)
	if err != nil {
		return conformance.Report{}, err
	}
	defer server.Close()
	target := conformance.Target{URL: server.URL, User: user, Password: password, CA: server.CA}
	if strings.HasPrefix(r.fault, "race-") {
		authorities := x509.NewCertPool()
		authorities.AppendCertsFromPEM(server.CA)
		way := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities}, MaxIdleConnsPerHost: 64}
		defer way.CloseIdleConnections()
		target.Transport = host.Announced(way)
	}
	return conformance.Run(context.Background(), target, conformance.Options{Profile: r.profile, Seed: 1, Only: r.only, Parallel: r.parallel})
}

// checksOf is all checks of a report.
func checksOf(report conformance.Report) []conformance.Check {
	var all []conformance.Check
	for _, s := range report.Scenarios {
		all = append(all, s.Checks...)
	}
	return all
}

// accusations are the checks that did not pass, by any outcome but disabled.
func accusations(report conformance.Report) []conformance.Check {
	return slices.DeleteFunc(checksOf(report), func(c conformance.Check) bool {
		return c.Outcome == conformance.Pass || c.Outcome == conformance.Disabled
	})
}

// onlyUsedUp fails the test for everything but checks that are skipped because
// earlier runs used up what they need.
func onlyUsedUp(t *testing.T, report conformance.Report) {
	t.Helper()
	for _, check := range accusations(report) {
		assert.Equal(t, conformance.Skip, check.Outcome, "%s: %s", check.Rule, check.Message)
		assert.Contains(t, check.Message, "used up", check.Rule)
	}
}
