package web_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/web"
)

var pictures = flag.String("web.pictures", "", "folder for pictures of the pages")

// chromium is the browser of all tests of this package, started by the first one
// that wants it; each test has a tab of its own.
var chromium struct {
	once    sync.Once
	ctx     context.Context
	trouble error
	end     func() error
}

// startChromium starts a headless Chromium.
func startChromium() {
	c := &chromium
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		c.trouble = errors.New("no Chromium: apt-get install chromium, or 'scripts/need chromium'")
		return
	}
	folder, err := os.MkdirTemp("", "chromium")
	if err != nil {
		c.trouble = err
		return
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(folder),
		chromedp.WSURLReadTimeout(time.Minute))
	allocated, end := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, leave := chromedp.NewContext(allocated)
	c.ctx = ctx
	c.end = func() error {
		err := chromedp.Cancel(ctx) // waits for the browser's end
		leave()
		end()
		return errors.Join(err, os.RemoveAll(folder))
	}
	c.trouble = chromedp.Do(ctx)
}

// browser gives a test a tab. Without a Chromium the test is skipped, or fails
// when REQUIRE_CHROMIUM=1.
func browser(t *testing.T) context.Context {
	t.Helper()
	chromium.once.Do(startChromium)
	if chromium.trouble != nil {
		if chromium.ctx != nil || os.Getenv("REQUIRE_CHROMIUM") == "1" {
			t.Fatal(chromium.trouble)
		}
		t.Skip(chromium.trouble)
	}
	ctx, leave := chromedp.NewContext(chromium.ctx)
	t.Cleanup(func() { assert.NoError(t, chromedp.Cancel(ctx)); leave() })
	require.NoError(t, chromedp.Do(ctx)) // opens the tab, which a limit of time would close
	limit := 2 * time.Minute
	if *axe != "" || *pictures != "" {
		limit = time.Hour // it takes its time on long pages
	}
	limited, stop := context.WithTimeout(ctx, limit)
	t.Cleanup(stop)
	return limited
}

// picture keeps what the page looks like, for people.
func picture(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if *pictures == "" {
			return nil
		}
		png, err := chromedp.FullScreenshot(100)(ctx, target)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(*pictures, name+".png"), png, 0o644)
	})
}

// do carries out steps, and see what an action gives.
func do(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, steps...))
}

func see[T any](ctx context.Context, t *testing.T, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(ctx, action)
	require.NoError(t, err)
	return value
}

// eventually waits until something is so on the page, as long as the test may
// take.
func eventually(ctx context.Context, t *testing.T, expression string) {
	t.Helper()
	for !see(ctx, t, chromedp.Evaluate[bool](expression)) {
		require.NoError(t, ctx.Err(), expression)
	}
}

// dark is a person who asked for dark pages.
func dark(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
	_, err = cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	return none, err
}

// labels counts the fields of a page that no label names, and the images,
// headings and landmarks that are missing.
const labels = `[...document.querySelectorAll("input:not([type=hidden]),select,textarea")].filter(f => !f.labels || f.labels.length === 0).length
	+ (document.querySelectorAll("main").length === 1 ? 0 : 100) + (document.querySelectorAll("h1").length === 1 ? 0 : 100)
	+ (document.documentElement.lang ? 0 : 100)`

// overflow is how many pixels of the page do not fit its width.
const overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`

// fill fills the form in for two scenarios and starts the run.
func (s *site) fill(host string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		chromedp.Navigate(s.url), chromedp.SetValue(chromedp.CSS("#url"), host), chromedp.SetValue(chromedp.CSS("#user"), login),
		chromedp.SetValue(chromedp.CSS("#password"), password), chromedp.Click(chromedp.CSS(`[data-none="scenario"]`)),
		chromedp.Click(chromedp.CSS(`input[value="find"]`)), chromedp.Click(chromedp.CSS(`input[value="users"]`)),
		chromedp.Click(chromedp.CSS(".act .button")), chromedp.WaitVisible(chromedp.CSS("#results:not([data-live]) .counts")),
	)
}

func TestInARealBrowser(t *testing.T) {
	ctx := browser(t)
	s := open(t, web.Options{})
	good, wrong := partner(t, ""), partner(t, "nobody-is-object")
	do(ctx, t, chromedp.EmulateViewport(1200, 1000), chromedp.Navigate(s.url), picture("home"))
	assert.Zero(t, see(ctx, t, chromedp.Evaluate[int](labels)), "fields without labels, or no landmark")

	do(ctx, t, s.fill(good), picture("run-good"))
	assert.Contains(t, see(ctx, t, chromedp.Text(chromedp.CSS("h1"))), "No verdict", "a part of the checks")
	do(ctx, t, s.fill(wrong), picture("run-wrong"))
	assert.Contains(t, see(ctx, t, chromedp.Text(chromedp.CSS("h1"))), "Not conformant")
	assert.Zero(t, see(ctx, t, chromedp.Evaluate[int](labels)))

	// By keyboard: words and outcomes filter the checks, without a page being loaded.
	visible := func(selector string) int {
		return see(ctx, t, chromedp.Evaluate[int](`[...document.querySelectorAll("`+selector+`")].filter(c => c.checkVisibility()).length`))
	}
	see(ctx, t, chromedp.Evaluate[bool](`window.notLoadedAgain = true`))
	do(ctx, t, chromedp.Focus(chromedp.CSS("#filter")), chromedp.SendKeys(chromedp.CSS("#filter"), "users.once"))
	assert.Equal(t, 1, visible(".row"))
	assert.Zero(t, visible("article.finding"))
	assert.Contains(t, see(ctx, t, chromedp.Text(chromedp.CSS("#shown"))), "1")
	do(ctx, t, chromedp.SendKeys(chromedp.CSS("#filter"), strings.Repeat("\b", len("users.once"))))
	assert.Positive(t, visible("article.finding"), "nothing is typed any more")
	passed := chromedp.CSS(`input[name="outcome"][value="pass"]`)
	do(ctx, t, chromedp.Focus(passed), chromedp.SendKeys(passed, " "))
	assert.Zero(t, visible(".row[data-outcome=pass]"))
	assert.Positive(t, visible(".row[data-outcome=fail]"))
	assert.True(t, see(ctx, t, chromedp.Evaluate[bool](`window.notLoadedAgain === true`)))

	// By keyboard: the first broken check is a link that can be reached and opened.
	link := chromedp.CSS(`article.finding h3 a`)
	do(ctx, t, chromedp.Focus(link), chromedp.SendKeys(link, "\r"), chromedp.WaitVisible(chromedp.CSS(".call")), picture("check"))
	assert.Contains(t, see(ctx, t, chromedp.Text(chromedp.CSS("main"))), "Severity")
	assert.Zero(t, see(ctx, t, chromedp.Evaluate[int](labels)))
	do(ctx, t, chromedp.Navigate(s.url+"/compare?a=1&b=2"), picture("compare"))
	assert.Contains(t, see(ctx, t, chromedp.Text(chromedp.CSS("main"))), "worse")
	assert.NotContains(t, see(ctx, t, chromedp.OuterHTML(chromedp.CSS("html"))), password)

	do(ctx, t, chromedp.EmulateViewport(400, 800))
	for _, path := range []string{"/", "/runs/2", "/compare?a=1&b=2"} {
		do(ctx, t, chromedp.Navigate(s.url+path))
		assert.LessOrEqual(t, see(ctx, t, chromedp.Evaluate[int](overflow)), 0, "%s is wider than a small screen", path)
	}
	do(ctx, t, chromedp.Navigate(s.url+"/runs/2"), picture("run-narrow"), chromedp.Action[chromedp.Void](dark), picture("run-narrow-dark"))
	assert.Equal(t, "rgb(18, 22, 29)", see(ctx, t, chromedp.Evaluate[string](`getComputedStyle(document.documentElement).backgroundColor`)))
	do(ctx, t, chromedp.EmulateViewport(1200, 1000), chromedp.Navigate(s.url), picture("home-dark"))
}

// TestAMistakeIsShownInTheBrowser: what a form got wrong is in the focus, where
// a screen reader reads it.
func TestAMistakeIsShownInTheBrowser(t *testing.T) {
	ctx := browser(t)
	s := open(t, web.Options{})
	do(ctx, t, chromedp.Navigate(s.url), chromedp.SetValue(chromedp.CSS("#url"), "https://shop.example"),
		chromedp.SetValue(chromedp.CSS("#user"), login), chromedp.SetValue(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS(`[data-none="scenario"]`)), chromedp.Click(chromedp.CSS(".act .button")),
		chromedp.WaitVisible(chromedp.CSS("#faults")), picture("mistake"))
	assert.Equal(t, "faults", see(ctx, t, chromedp.Evaluate[string](`document.activeElement.id`)))
}

// TestARunIsWatchedLive follows a run that goes on, without the page being
// loaded again.
func TestARunIsWatchedLive(t *testing.T) {
	ctx := browser(t)
	w := &waiting{begun: make(chan conformance.Options, 1), free: make(chan struct{})}
	s := open(t, web.Options{Run: w.run})
	do(ctx, t, chromedp.Navigate(s.url), chromedp.SetValue(chromedp.CSS("#url"), "https://shop.example"),
		chromedp.SetValue(chromedp.CSS("#user"), login), chromedp.SetValue(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS(".act .button")), chromedp.WaitVisible(chromedp.CSS("#results[data-live] progress")))
	o := <-w.begun
	rule := conformance.Rules()[0]
	scenario := contract.Scenarios()[0]
	o.Observe(conformance.Event{Kind: conformance.EventScenarioStarted, Total: 2, Scenario: scenario})
	o.Observe(conformance.Event{Kind: conformance.EventCheckFinished, Done: 1, Total: 2, Scenario: scenario,
		Check: &conformance.Check{Rule: rule.ID, Text: rule.Text, Outcome: conformance.Fail}})
	do(ctx, t, chromedp.WaitVisible(chromedp.CSS("article.finding.o-fail")), picture("run-live"))
	eventually(ctx, t, `document.getElementById("say").textContent.includes("1 of 2")`) // said to a screen reader
	close(w.free)
	do(ctx, t, chromedp.WaitVisible(chromedp.CSS("#results:not([data-live])")))
	assert.Contains(t, see(ctx, t, chromedp.Text(chromedp.CSS("h1"))), "Conformant")
}
