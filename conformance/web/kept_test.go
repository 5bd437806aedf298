package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/conformance/web"
)

func TestARunIsRepeated(t *testing.T) {
	targets := make(chan conformance.Target, 2)
	options := make(chan conformance.Options, 2)
	s := open(t, web.Options{Run: func(_ context.Context, target conformance.Target, o conformance.Options) (conformance.Report, error) {
		targets <- target
		options <- o
		return conformance.Report{Verdict: conformance.Conformant}, nil
	}})
	form := s.form("https://shop.example", "find", "users")
	form.Set("strict", "on")
	path := s.run(form)
	<-targets
	first := <-options
	assert.NotContains(t, s.page(path), password)
	assert.NotContains(t, s.page(path), `value="`+login, "the login is not kept either")

	status, _, body := s.do(http.MethodPost, path+"/again", url.Values{"token": {s.token()}, "user": {login}})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "the password is asked for again")
	assert.Contains(t, body, `value="https://shop.example"`, "the settings are filled in")
	status, header, _ := s.do(http.MethodPost, path+"/again", url.Values{"token": {s.token()}, "user": {login}, "password": {password}})
	require.Equal(t, http.StatusSeeOther, status)
	assert.NotEqual(t, path, header.Get("Location"))
	assert.Equal(t, conformance.Target{URL: "https://shop.example", User: login, Password: password}, <-targets)
	second := <-options
	first.Observe, second.Observe, first.Calling, second.Calling = nil, nil, nil, nil
	assert.Equal(t, first, second, "the same settings")
	assert.Contains(t, s.page("/?like="+strings.TrimPrefix(path, "/runs/")), `name="strict" checked`)
}

// upload sends a form with files.
func (s *site) upload(fields url.Values, files map[string]string) (int, string) {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, value := range values {
			require.NoError(s.t, form.WriteField(name, value))
		}
	}
	for name, text := range files {
		part, err := form.CreateFormFile(name, name+".txt")
		require.NoError(s.t, err)
		_, err = io.WriteString(part, text)
		require.NoError(s.t, err)
	}
	require.NoError(s.t, form.Close())
	status, _, answer := s.do(http.MethodPost, "/runs", nil, func(r *http.Request) {
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
	})
	return status, answer
}

func TestFilesAreUploaded(t *testing.T) {
	w := &waiting{begun: make(chan conformance.Options, 1), free: make(chan struct{})}
	s := open(t, web.Options{Run: w.run})
	profile := `{"name": "From a file", "deviations": [{"rule": "find.stable", "reason": "later", "lasting": true}]}`
	form := s.form("https://shop.example", "find")
	for name, files := range map[string]map[string]string{
		"larger than 256 KiB": {"profile-file": strings.Repeat(" ", 257<<10) + profile},
		"cannot be read":      {"profile-file": "no profile"},
		"Either trust":        {"ca-file": "x"},
	} {
		form.Set("insecure", "on")
		status, body := s.upload(form, files)
		assert.Equal(t, http.StatusUnprocessableEntity, status, name)
		assert.Contains(t, body, name)
	}
	form.Del("insecure")
	form.Set("profile", `{"name": "Typed"}`)
	status, body := s.upload(form, map[string]string{"profile-file": profile})
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, body, "Either choose a file or type the text.")
	form.Del("profile")
	status, body = s.upload(form, map[string]string{"profile-file": strings.Repeat("x", 2<<20)})
	assert.Equal(t, http.StatusRequestEntityTooLarge, status, body)
	status, body = s.upload(form, map[string]string{"profile-file": profile})
	require.Equal(t, http.StatusSeeOther, status, body)
	assert.Equal(t, "From a file", (<-w.begun).Profile.Name)
	close(w.free)
}

// remarks are what a site has logged.
type remarks struct {
	mu   sync.Mutex
	text strings.Builder
}

func (r *remarks) log(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text.WriteString(text + "\n")
}

func (r *remarks) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// everything is all that stands in the files of a folder.
func everything(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		all.Write(text)
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	return all.String()
}

func TestRunsSurviveARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs")
	logged := &remarks{}
	o := web.Options{Dir: dir, Log: logged.log}
	s := open(t, o)
	host := partner(t, "nobody-is-object")
	first := s.run(s.form(host, "find"))
	page := s.page(first)
	w := &waiting{begun: make(chan conformance.Options, 4), free: make(chan struct{})}
	o.Run = w.run
	s.close()
	s = open(t, o)
	assert.Equal(t, page, strings.ReplaceAll(s.page(first), s.token(), tokenField.FindStringSubmatch(page)[1]), "the report is as it was")
	_, header, _ := s.do(http.MethodPost, "/runs", s.form(host, "find"))
	second := header.Get("Location")
	assert.Equal(t, "/runs/2", second, "numbers go on")
	<-w.begun
	assert.Contains(t, everything(t, dir), `"state":"running"`)
	s.close()
	assert.NotContains(t, everything(t, dir), password)
	assert.NotContains(t, everything(t, dir), login+`"`)

	for name, text := range map[string]string{"run-7.json": "{", "run-8.json": `{"schema":"other"}`, "run-9.json": `{"schema":"koshelek-demo-zone/1","state":"finished"}`, "notes.txt": "mine"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	s = open(t, o)
	assert.Contains(t, s.page(second), "The site ended while this run was going on")
	assert.Contains(t, s.page("/"), "Interrupted")
	for _, name := range []string{"run-7.json is left out", "run-8.json is left out", "run-9.json is left out"} {
		assert.Contains(t, logged.String(), name)
	}
	assert.NotContains(t, logged.String(), "notes.txt")
	status, _, _ := s.do(http.MethodPost, second+"/delete", url.Values{"token": {s.token()}})
	assert.Equal(t, http.StatusSeeOther, status)
	assert.NoFileExists(t, filepath.Join(dir, "run-2.json"))
	assert.FileExists(t, filepath.Join(dir, "run-7.json"), "what cannot be read is not thrown away")
}

// TestAHostThatRepeatsThePassword: its answers stand in the report, the password
// in no file.
func TestAHostThatRepeatsThePassword(t *testing.T) {
	dir := t.TempDir()
	s := open(t, web.Options{Dir: dir, Run: func(_ context.Context, target conformance.Target, _ conformance.Options) (conformance.Report, error) {
		return conformance.Report{Schema: conformance.ReportSchema, Verdict: conformance.NotConformant, Notes: []string{"hello " + target.Password}}, nil
	}})
	s.run(s.form("https://shop.example", "find"))
	s.close()
	assert.NotContains(t, everything(t, dir), password)
	assert.Contains(t, everything(t, dir), "hello ***")
}

func TestAFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := web.New(web.Options{Hosts: []string{"localhost"}, Dir: file})
	assert.Error(t, err)
}

// moving is a clock that is set by hand.
type moving struct {
	mu  sync.Mutex
	now time.Time
}

func (m *moving) time() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *moving) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func TestAHostThatHangs(t *testing.T) {
	clock := &moving{now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
	w := &waiting{begun: make(chan conformance.Options, 1), free: make(chan struct{})}
	s := open(t, web.Options{Run: w.run, Clock: clock.time})
	_, header, _ := s.do(http.MethodPost, "/runs", s.form("https://shop.example", "find"))
	path := header.Get("Location")
	o := <-w.begun
	ended := o.Calling("GET /v1/card")
	answered := o.Calling("POST /v1/card/{cardNumber}")
	clock.pass(2 * time.Second)
	assert.NotContains(t, s.page(path), "No answer for", "two seconds are nothing")
	clock.pass(10 * time.Second)
	answered()
	assert.Contains(t, s.page(path), "No answer for 12 s, waiting for GET /v1/card.")
	ended()
	assert.NotContains(t, s.page(path), "No answer for")
	close(w.free)
}

// TestScenariosSideBySide: events of two scenarios take turns.
func TestScenariosSideBySide(t *testing.T) {
	w := &waiting{begun: make(chan conformance.Options, 1), free: make(chan struct{})}
	s := open(t, web.Options{Run: w.run})
	_, header, _ := s.do(http.MethodPost, "/runs", s.form("https://shop.example", "find"))
	o := <-w.begun
	scenarios := contract.Scenarios()
	for _, i := range []int{1, 2} {
		o.Observe(conformance.Event{Kind: conformance.EventScenarioStarted, Total: 3, Scenario: scenarios[i]})
	}
	for done, rule := range map[int]string{1: "auth.missing", 2: "find.or", 3: "auth.swapped"} {
		scenario := scenarios[1]
		if done == 2 {
			scenario = scenarios[2]
		}
		o.Observe(conformance.Event{Kind: conformance.EventCheckFinished, Done: done, Total: 3, Scenario: scenario, Check: &conformance.Check{Rule: rule, Outcome: conformance.Pass}})
	}
	page := s.page(header.Get("Location"))
	auth, find := strings.Index(page, `id="s-auth"`), strings.Index(page, `id="s-find"`)
	require.Positive(t, auth)
	require.Greater(t, find, auth)
	for rule, before := range map[string]bool{"c-auth.missing": true, "c-auth.swapped": true, "c-find.or": false} {
		assert.Equal(t, before, strings.Index(page, rule) < find, rule)
	}
	close(w.free)
}

func TestAStartThatFailsIsOneSentence(t *testing.T) {
	s := open(t, web.Options{Run: func(context.Context, conformance.Target, conformance.Options) (conformance.Report, error) {
		return conformance.Report{}, errors.New("conformance: the host refuses the login and password (401)")
	}})
	page := s.page(s.run(s.form("https://shop.example", "find")))
	assert.Contains(t, page, "</strong> The host refuses the login and password (401).</div>")
	assert.Contains(t, s.page("/"), "Could not run")
}

func TestTheSiteSpeaksRussian(t *testing.T) {
	s := open(t, web.Options{})
	path := s.run(s.form(partner(t, "nobody-is-object"), "find"))
	russian := func(r *http.Request) { r.Header.Set("Accept-Language", "ru-RU,ru;q=0.9,en;q=0.8") }
	for address, words := range map[string]string{
		"/": "Проверьте свой сервер", path: "Не соответствует", path + "/checks/find.by-phone": "Карта находится по телефону держателя.", "/nothing": "Такой страницы нет.",
		path + "/report": `<html lang="ru">`, path + "/files/summary.md": "# Не соответствует",
	} {
		_, header, body := s.do(http.MethodGet, address, nil, russian)
		assert.Contains(t, body, words, address)
		assert.Empty(t, header.Get("Set-Cookie"), "nothing was chosen")
	}
	form := s.form("shop.example", "find")
	_, _, body := s.do(http.MethodPost, "/runs", form, russian)
	assert.Contains(t, body, "Адрес должен начинаться с https:// или http://")
	_, header, body := s.do(http.MethodGet, "/?lang=en", nil, russian)
	assert.Contains(t, body, "Try your host", "the reader's choice comes before the browser's")
	assert.Contains(t, header.Get("Set-Cookie"), "language=en; Path=/")
	_, _, body = s.do(http.MethodGet, "/", nil, russian, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "language", Value: "en"}) })
	assert.Contains(t, body, `href="/?lang=ru"`)
	assert.Contains(t, body, "Try your host")
	_, _, body = s.do(http.MethodGet, "/compare?a=1&b=1", nil)
	assert.Contains(t, body, `href="/compare?a=1&amp;b=1&amp;lang=ru"`)
	assert.Contains(t, open(t, web.Options{Language: language.Russian}).page("/"), "Проверьте свой сервер")
}

// TestTheReportInThePage has no rights of the site.
func TestTheReportInThePage(t *testing.T) {
	s := open(t, web.Options{})
	path := s.run(s.form(partner(t, "nobody-is-object"), "find"))
	status, header, body := s.do(http.MethodGet, path+"/report", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, header.Get("Content-Security-Policy"), "sandbox")
	assert.NotContains(t, header.Get("Content-Security-Policy"), "script-src")
	assert.Contains(t, body, "Not conformant")
	page := s.page(path)
	assert.NotContains(t, page, "style=", "the site's policy forbids it")
	assert.Less(t, strings.Index(page, `id="broken"`), strings.Index(page, `id="all"`), "failures come first")
}
