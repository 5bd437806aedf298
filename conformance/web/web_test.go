package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/conformance/web"
)

const (
	login    = "koshelek"
	password = "Only-For-This-Test-7"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.end != nil {
		if err := chromium.end(); err != nil && code == 0 {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// site is the demo zone with a browser of few words.
type site struct {
	t      *testing.T
	url    string
	client *http.Client
	// close ends the site before the test does.
	close func()
}

func open(t *testing.T, o web.Options) *site {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	o.Hosts = append(o.Hosts, server.Listener.Addr().String())
	zone, err := web.New(o)
	require.NoError(t, err)
	server.Config.Handler = zone
	server.Start()
	var once sync.Once
	shut := func() {
		once.Do(func() {
			zone.Close()
			server.Close()
		})
	}
	t.Cleanup(shut)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &site{t, server.URL, client, shut}
}

// do sends a request and gives the status, the answer's header and body.
func (s *site) do(method, path string, form url.Values, changes ...func(*http.Request)) (int, http.Header, string) {
	s.t.Helper()
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, change := range changes {
		change(request)
	}
	answer, err := s.client.Do(request)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return answer.StatusCode, answer.Header, string(body)
}

func (s *site) page(path string) string {
	s.t.Helper()
	status, _, body := s.do(http.MethodGet, path, nil)
	require.Equal(s.t, http.StatusOK, status, path)
	return body
}

var tokenField = regexp.MustCompile(`name="token" value="(\w+)"`)

func (s *site) token() string {
	s.t.Helper()
	found := tokenField.FindStringSubmatch(s.page("/"))
	require.NotNil(s.t, found)
	return found[1]
}

// form is a form that starts a run of some scenarios.
func (s *site) form(host string, scenarios ...string) url.Values {
	return url.Values{
		"token": {s.token()}, "url": {host}, "user": {login}, "password": {password}, "version": {"1.3.0"}, "scenario": scenarios, "seed": {"7"},
	}
}

// run starts a run and waits until it is over.
func (s *site) run(form url.Values) string {
	s.t.Helper()
	status, header, body := s.do(http.MethodPost, "/runs", form)
	require.Equal(s.t, http.StatusSeeOther, status, body)
	path := header.Get("Location")
	_, _, events := s.do(http.MethodGet, path+"/events", nil) // which end with the run
	require.Contains(s.t, events, `"over":true`)
	return path
}

// partner is a partner's host.
func partner(t *testing.T, fault string) string {
	t.Helper()
	host, err := faultyhost.New(faultyhost.Options{User: login, Password: password, Fault: fault})
	require.NoError(t, err)
	server := httptest.NewServer(host)
	t.Cleanup(server.Close)
	return server.URL
}

func TestARunFromFormToReport(t *testing.T) {
	s := open(t, web.Options{})
	host := partner(t, "nobody-is-object")
	path := s.run(s.form(host, "find", "answer"))
	page := s.page(path)
	assert.Contains(t, page, host)
	assert.Contains(t, page, "Existing card")
	assert.NotContains(t, page, "Signing in", "a scenario that was not chosen")
	link := regexp.MustCompile(`href="(` + path + `/checks/find[^"]*)"`).FindStringSubmatch(page)
	require.NotNil(t, link)
	check := s.page(link[1])
	for _, part := range []string{"Request", "Answer", "GET /v1/card?", "How sure the rule is", "Severity", "curl"} {
		assert.Contains(t, check, part)
	}
	for name, kind := range map[string]string{
		"report.json": "application/json", "junit.xml": "application/xml", "report.html": "text/html", "summary.md": "text/markdown", "badge.svg": "image/svg+xml",
	} {
		status, header, body := s.do(http.MethodGet, path+"/files/"+name, nil)
		assert.Equal(t, http.StatusOK, status, name)
		assert.Contains(t, header.Get("Content-Type"), kind)
		assert.Contains(t, header.Get("Content-Disposition"), "attachment")
		assert.NotContains(t, body, password, name)
	}
	for _, shown := range []string{page, check, s.page("/")} {
		assert.NotContains(t, shown, password)
	}
}

func TestTwoRunsAreCompared(t *testing.T) {
	s := open(t, web.Options{})
	first := s.run(s.form(partner(t, ""), "find", "users"))
	second := s.run(s.form(partner(t, "nobody-is-object"), "find", "users"))
	page := s.page("/compare?a=" + strings.TrimPrefix(first, "/runs/") + "&b=" + strings.TrimPrefix(second, "/runs/"))
	assert.Contains(t, page, `class="worse"`)
	assert.NotContains(t, page, `class="better"`)
	page = s.page("/compare?b=" + strings.TrimPrefix(first, "/runs/") + "&a=" + strings.TrimPrefix(second, "/runs/"))
	assert.Contains(t, page, `class="better"`)
	status, _, _ := s.do(http.MethodGet, "/compare?a=1&b=99", nil)
	assert.Equal(t, http.StatusNotFound, status)
}

func TestMistakesInTheForm(t *testing.T) {
	s := open(t, web.Options{})
	for field, change := range map[string]func(url.Values){
		"https://":           func(f url.Values) { f.Set("url", "shop.example") },
		"without login":      func(f url.Values) { f.Set("url", "https://u:p@shop.example") },
		"Enter the login":    func(f url.Values) { f.Del("user") },
		"Enter the password": func(f url.Values) { f.Del("password") },
		"Choose a version":   func(f url.Values) { f.Set("version", "9") },
		"at least one":       func(f url.Values) { f.Del("scenario") },
		"whole number":       func(f url.Values) { f.Set("seed", "x") },
		"profile cannot":     func(f url.Values) { f.Set("profile", "{") },
		"Either trust":       func(f url.Values) { f.Set("ca", "x"); f.Set("insecure", "on") },
	} {
		form := s.form("https://shop.example", "find")
		change(form)
		status, _, body := s.do(http.MethodPost, "/runs", form)
		assert.Equal(t, http.StatusUnprocessableEntity, status, field)
		assert.Contains(t, body, field)
		assert.Contains(t, body, `role="alert"`)
		link := regexp.MustCompile(`<li><a href="#(\w+)">`).FindStringSubmatch(body)
		if assert.NotNil(t, link, field) {
			assert.Contains(t, body, `id="`+link[1]+`"`, "the link leads nowhere")
		}
		assert.NotContains(t, body, password, "the password is shown again")
	}
	assert.Contains(t, s.page("/"), "Nothing was run yet")
}

func TestNobodyElseGetsIn(t *testing.T) {
	s := open(t, web.Options{Hosts: []string{"localhost:8010"}})
	form := func() url.Values { return s.form("https://shop.example", "find") }
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	status, _, _ := s.do(http.MethodGet, "/", nil, func(r *http.Request) { r.Host = "evil.example:8010" })
	assert.Equal(t, http.StatusMisdirectedRequest, status, "a name of the open network that leads here")
	status, _, _ = s.do(http.MethodGet, "/", nil, func(r *http.Request) { r.Host = "LOCALHOST:8010" })
	assert.Equal(t, http.StatusOK, status)
	for name, change := range map[string]func(*http.Request){
		"another origin": set("Origin", "https://evil.example"), "no origin": set("Origin", "null"), "another site": set("Sec-Fetch-Site", "cross-site"),
		"a neighbour": set("Sec-Fetch-Site", "same-site"),
	} {
		status, _, _ = s.do(http.MethodPost, "/runs", form(), change)
		assert.Equal(t, http.StatusForbidden, status, name)
	}
	for _, token := range []string{"", "guess"} {
		forged := form()
		forged.Set("token", token)
		status, _, _ = s.do(http.MethodPost, "/runs", forged)
		assert.Equal(t, http.StatusForbidden, status)
	}
	big := form()
	big.Set("profile", strings.Repeat("x", 1<<20))
	status, _, body := s.do(http.MethodPost, "/runs", big)
	assert.Equal(t, http.StatusRequestEntityTooLarge, status)
	assert.Contains(t, body, "too large")
	assert.Contains(t, s.page("/"), "Nothing was run yet")
	_, header, _ := s.do(http.MethodGet, "/", nil)
	assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.Equal(t, "no-store", header.Get("Cache-Control"))
}

// waiting is a runner that waits until it is stopped or let go.
type waiting struct {
	begun chan conformance.Options
	free  chan struct{}
}

func (w *waiting) run(ctx context.Context, _ conformance.Target, o conformance.Options) (conformance.Report, error) {
	w.begun <- o
	select {
	case <-ctx.Done():
		return conformance.Report{}, ctx.Err()
	case <-w.free:
		return conformance.Report{Verdict: conformance.Conformant}, nil
	}
}

func TestRunsAreFewAndForgotten(t *testing.T) {
	w := &waiting{begun: make(chan conformance.Options, 16), free: make(chan struct{})}
	s := open(t, web.Options{Keep: 3, Run: w.run})
	form := s.form("https://shop.example", "find")
	for range web.MaxRunning {
		status, _, _ := s.do(http.MethodPost, "/runs", form)
		require.Equal(t, http.StatusSeeOther, status)
		assert.Equal(t, []string{"find"}, (<-w.begun).Only)
	}
	status, _, body := s.do(http.MethodPost, "/runs", form)
	assert.Equal(t, http.StatusConflict, status, "too many at once")
	assert.Contains(t, body, "are going on")
	page := s.page("/runs/1")
	assert.Contains(t, page, `http-equiv="refresh"`, "a page without JavaScript follows too")
	status, _, _ = s.do(http.MethodPost, "/runs/1/stop", url.Values{"token": {s.token()}})
	assert.Equal(t, http.StatusSeeOther, status)
	require.Eventually(t, func() bool { return strings.Contains(s.page("/runs/1"), "was stopped") }, 10*time.Second, 5*time.Millisecond)
	close(w.free)
	for range 3 {
		s.run(form)
	}
	status, _, _ = s.do(http.MethodGet, "/runs/1", nil)
	assert.Equal(t, http.StatusNotFound, status, "the oldest has made room")
	status, _, _ = s.do(http.MethodPost, "/runs/5/delete", url.Values{"token": {s.token()}})
	assert.Equal(t, http.StatusSeeOther, status)
	status, _, _ = s.do(http.MethodGet, "/runs/5", nil)
	assert.Equal(t, http.StatusNotFound, status)
}

func TestEventsFollowARun(t *testing.T) {
	s := open(t, web.Options{})
	status, header, _ := s.do(http.MethodPost, "/runs", s.form(partner(t, ""), "find"))
	require.Equal(t, http.StatusSeeOther, status)
	status, events, body := s.do(http.MethodGet, header.Get("Location")+"/events", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "text/event-stream", events.Get("Content-Type"))
	assert.Contains(t, body, `"over":true`, "the stream ends with the run")
	assert.True(t, strings.HasPrefix(body, "data: {"))
}

func TestAHostThatIsNotThere(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	s := open(t, web.Options{})
	page := s.page(s.run(s.form(closed.URL, "find")))
	assert.Contains(t, page, "could not be carried out")
	assert.Contains(t, page, "Nobody listens at "+closed.Listener.Addr().String())
	assert.NotContains(t, page, password)
}

func TestUnknownPages(t *testing.T) {
	s := open(t, web.Options{})
	for _, path := range []string{"/nothing", "/runs/9", "/runs/9/events", "/runs/9/results", "/runs/9/checks/find.one", "/runs/9/files/report.json", "/static/../server.go"} {
		status, _, _ := s.do(http.MethodGet, path, nil)
		assert.NotEqual(t, http.StatusOK, status, path)
	}
	_, err := web.New(web.Options{})
	assert.Error(t, err)
}
