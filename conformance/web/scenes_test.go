package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/conformance/web"
)

// slow is the address of a host whose run does not end.
const slow = "https://slow.example"

// scene is a page to be looked at.
type scene struct {
	name string
	// sealed pages run no script, so axe-core cannot look at them; the same page
	// stands beside them as a file.
	sealed bool
	// open leads there.
	open func(ctx context.Context, t *testing.T)
}

// gallery is what there is to look at on a site with a run of every kind, and the
// file of the report of a host that loses leading zeros.
func gallery(t *testing.T) ([]scene, func(lang string) string) {
	t.Helper()
	w := &waiting{begun: make(chan conformance.Options, 1), free: make(chan struct{})}
	clock := &moving{now: time.Now()}
	s := open(t, web.Options{Clock: clock.time, Run: func(ctx context.Context, target conformance.Target, o conformance.Options) (conformance.Report, error) {
		if target.URL == slow {
			return w.run(ctx, target, o)
		}
		o.Clock = nil
		return conformance.Run(ctx, target, o)
	}})
	good := s.run(s.certified(t, s.whole("")))
	bad := s.run(s.whole(numbersAsNumbers(t)))
	failed := s.run(s.whole("http://127.0.0.1:1"))
	status, header, _ := s.do(http.MethodPost, "/runs", s.whole(slow))
	require.Equal(t, http.StatusSeeOther, status)
	o := <-w.begun
	o.Calling("GET /v1/card")
	halfway(o)
	clock.pass(12 * time.Second)
	file := standalone(t, s, bad)
	page := func(path string) func(context.Context, *testing.T) {
		return func(ctx context.Context, t *testing.T) { do(ctx, t, visit(s.url+path)) }
	}
	return []scene{
		{name: "home", open: page("/")}, {name: "mistakes", open: func(ctx context.Context, t *testing.T) { s.mistake(ctx, t) }}, {name: "running", open: page(header.Get("Location"))},
		{name: "good", open: page(good)}, {name: "bad", open: page(bad)}, {name: "failed", open: page(failed)}, {name: "check", open: page(bad + "/checks/reserve.found")},
		{name: "compare", open: page("/compare?a=1&b=2")}, {name: "missing", open: page("/nothing")}, {name: "report", sealed: true, open: page(bad + "/report")},
		{name: "standalone", open: func(ctx context.Context, t *testing.T) { do(ctx, t, visit("file://"+file(see(ctx, t, asked)))) }},
	}, file
}

// whole is a form for every scenario.
func (s *site) whole(host string) url.Values {
	form := s.form(host)
	for _, scenario := range contract.Scenarios() {
		form.Add("scenario", scenario.ID)
	}
	return form
}

// certified leads a form to a good host with TLS, of which the profile says
// everything.
func (s *site) certified(t *testing.T, form url.Values) url.Values {
	t.Helper()
	host, err := faultyhost.New(faultyhost.Options{User: login, Password: password, Data: faultyhost.Sample(faultyhost.Plain(), time.Now())})
	require.NoError(t, err)
	server, err := faultyhost.Start(host, "127.0.0.1:0", true)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	form.Set("url", server.URL)
	form.Set("ca", string(server.CA))
	form.Set("profile", faultyhost.Plain().Profile())
	return form
}

// halfway plays the first scenarios of a run that goes on.
func halfway(o conformance.Options) {
	rules := conformance.Rules()
	for i, scenario := range contract.Scenarios()[:3] {
		o.Observe(conformance.Event{Kind: conformance.EventScenarioStarted, Total: len(rules), Scenario: scenario})
		for j, rule := range rules {
			if rule.Scenario() != scenario.ID {
				continue
			}
			outcome := conformance.Pass
			if j%20 == 7 {
				outcome = conformance.Fail
			}
			check := &conformance.Check{Rule: rule.ID, Text: rule.Text, Mark: string(rule.Mark), Severity: string(rule.Severity), Source: rule.Source, Since: rule.Since.String(),
				Outcome: outcome, Message: strings.Repeat("the status is 500. ", i)}
			o.Observe(conformance.Event{Kind: conformance.EventCheckStarted, Done: j, Total: len(rules), Scenario: scenario, Check: check})
			o.Observe(conformance.Event{Kind: conformance.EventCheckFinished, Done: j + 1, Total: len(rules), Scenario: scenario, Check: check})
		}
	}
}

// standalone keeps the report of a run as a file in each language.
func standalone(t *testing.T, s *site, path string) func(lang string) string {
	t.Helper()
	dir := t.TempDir()
	for _, lang := range []string{"en", "ru"} {
		_, _, text := s.do(http.MethodGet, path+"/files/report.html?lang="+lang, nil)
		require.NoError(t, os.WriteFile(filepath.Join(dir, lang+".html"), []byte(text), 0o600))
	}
	return func(lang string) string { return filepath.Join(dir, lang+".html") }
}

var numberPath = regexp.MustCompile(`^(/v1/card/(?:anonymous/)?)0+(\d)`)

// numbersAsNumbers is a host whose card numbers begin with zeros, which it loses
// wherever it has stored a number.
func numbersAsNumbers(t *testing.T) string {
	t.Helper()
	inner, err := faultyhost.New(faultyhost.Options{User: login, Password: password})
	require.NoError(t, err)
	number := regexp.MustCompile(`"(29\d{11})"`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		isNew := r.URL.Path == "/v1/card/anonymous"
		r.URL.Path, r.URL.RawPath = numberPath.ReplaceAllString(r.URL.Path, "${1}${2}"), ""
		kept := httptest.NewRecorder()
		inner.ServeHTTP(kept, r)
		body := kept.Body.Bytes()
		if isNew {
			body = number.ReplaceAll(body, []byte(`"00$1"`))
		}
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.WriteHeader(kept.Code)
		_, _ = io.Copy(w, bytes.NewReader(body)) // who breaks off wants no body
	}))
	t.Cleanup(server.Close)
	return server.URL
}
