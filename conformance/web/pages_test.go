package web_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var axe = flag.String("web.axe", "", "file of axe-core (axe.min.js), to look for barriers on every page; make axe gets it")

// visit opens a page and waits for it.
func visit(address string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(address) }

// asked is the language that the browser asks for.
var asked = chromedp.Evaluate[string](`navigator.language.slice(0, 2)`)

// mistake sends a form in which much is wrong.
func (s *site) mistake(ctx context.Context, t *testing.T) {
	t.Helper()
	do(ctx, t, visit(s.url), chromedp.SetValue(chromedp.CSS("#url"), "https://shop.example/x?y=1"), chromedp.SetValue(chromedp.CSS("#user"), login),
		chromedp.SetValue(chromedp.CSS("#password"), password), chromedp.Click(chromedp.CSS("form details summary")),
		chromedp.SetValue(chromedp.CSS("#profile"), `{"verzion": 1}`), chromedp.SetValue(chromedp.CSS("#seed"), "seven"),
		chromedp.Click(chromedp.CSS(`[data-none="scenario"]`)), chromedp.Click(chromedp.CSS(".act .button")), chromedp.WaitVisible(chromedp.CSS("#faults")))
}

// reader is somebody in front of a screen.
type reader struct {
	lang, scheme  string
	width, height int64
}

func (r reader) name() string {
	size := "wide"
	if r.width < 400 {
		size = "narrow"
	}
	return strings.Join([]string{r.lang, r.scheme, size}, "-")
}

// readers are those that the site cares for: every combination for pictures.
// Where nobody looks and axe-core is not there, only widths are measured, which
// are the same in light and dark, on the screen on which things do not fit.
func readers() []reader {
	if *axe == "" && *pictures == "" {
		return []reader{{"en", "light", 360, 740}, {"ru", "dark", 360, 740}}
	}
	if *pictures == "" { // axe-core takes its time: each language and scheme once on a wide and a narrow screen
		return []reader{{"en", "light", 1200, 1000}, {"en", "dark", 360, 740}, {"ru", "dark", 1200, 1000}, {"ru", "light", 360, 740}}
	}
	var all []reader
	for _, lang := range []string{"en", "ru"} {
		for _, scheme := range []string{"light", "dark"} {
			all = append(all, reader{lang, scheme, 1200, 1000}, reader{lang, scheme, 360, 740})
		}
	}
	return all
}

// sits makes the browser the reader's.
func (r reader) sits(ctx context.Context, t *testing.T) {
	t.Helper()
	do(ctx, t, chromedp.EmulateViewport(r.width, r.height), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: r.scheme}},
		}); err != nil {
			return err
		}
		agent, err := chromedp.Evaluate[string](`navigator.userAgent`)(ctx, target)
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, target, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: r.lang})
		return err
	}))
}

// TestPages looks at every page of one site.
func TestPages(t *testing.T) {
	ctx := browser(t)
	scenes, file := gallery(t)
	t.Run("FitEverybody", func(t *testing.T) { fitEverybody(ctx, t, scenes) })
	t.Run("ThePrintedReportIsShort", func(t *testing.T) { printedShort(t, file) })
}

// fitEverybody looks at every page as every reader sees it: nothing is wider than
// the screen, and axe-core, when it is there, finds no barrier.
func fitEverybody(ctx context.Context, t *testing.T, scenes []scene) {
	engine := ""
	if *axe != "" {
		text, err := os.ReadFile(*axe)
		require.NoError(t, err)
		engine = string(text)
	}
	looked := 0
	for _, r := range readers() {
		r.sits(ctx, t)
		for _, scene := range scenes {
			scene.open(ctx, t)
			name := scene.name + "-" + r.name()
			assert.LessOrEqual(t, see(ctx, t, chromedp.Evaluate[int](overflow)), 0, "%s is wider than the screen", name)
			assert.Equal(t, r.lang, see(ctx, t, chromedp.Evaluate[string](`document.documentElement.lang`)), name)
			do(ctx, t, picture(name))
			if engine == "" || scene.sealed {
				continue
			}
			see(ctx, t, chromedp.Evaluate[any](engine+";0"))
			found := see(ctx, t, chromedp.Evaluate[[]string](`axe.run(document, {resultTypes: ["violations"]}).then(
				r => r.violations.map(v => v.id + ": " + v.help + " — " + v.nodes.map(n => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).slice(0, 4).join(" | ")))`, chromedp.EvalAwaitPromise))
			assert.Empty(t, found, name)
			looked++
		}
	}
	t.Logf("axe-core has looked at %d pages", looked)
}

// printedShort: the report of a host that loses leading zeros is ten pages of A4,
// in either language.
func printedShort(t *testing.T, file func(lang string) string) {
	ctx := browser(t)
	for _, lang := range []string{"en", "ru"} {
		do(ctx, t, visit("file://"+file(lang)))
		paper := see(ctx, t, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
		pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(paper, -1))
		assert.Positive(t, pages)
		assert.LessOrEqual(t, pages, 10, lang)
		t.Logf("%s: %d pages", lang, pages)
		if *pictures != "" {
			require.NoError(t, os.WriteFile(filepath.Join(*pictures, "paper-"+lang+".pdf"), paper, 0o644))
		}
	}
}
