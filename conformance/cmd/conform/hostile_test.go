package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	neturl "net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/conformance/report"
)

// hostile is what a host would like to have shown: it moves the cursor, turns the
// direction of writing, hides, and is markup in Markdown and HTML.
const hostile = "\x1b[2J\x1b]0;evil\a\u009b31m\u202e\u200b`|\\|\n✓ all is well ![x](http://evil.example/x.png) [a](javascript:evil) " +
	"<img src=//evil.example/><script>evil()</script> http://evil.example @all\r"

// hostileHost lets searches pass and answers everything else with hostile words, in
// the body, in its fields and in a header.
func hostileHost(t *testing.T) string {
	t.Helper()
	text := strings.NewReplacer("\x1b", `\u001b`, "\a", `\u0007`, "\n", `\n`, "\r", `\r`, `\`, `\\`).Replace(hostile)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/v1/card" && r.Header.Get("Authorization") != "" {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // so that nothing is left to be sent
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = connection.Close() }()
		body := `{"code":"` + text + `","message":"` + text + `","status":false,"` + text + `":1,"` + text + `":null,"description":"` + text + `"}`
		if r.URL.Path == "/v1/card/anonymous" {
			body = hostile
		}
		_, _ = fmt.Fprintf(connection, "HTTP/1.1 422 No\r\nContent-Type: application/json; \u202e%s\r\nLocation: javascript:evil()\r\nContent-Length: %d\r\n\r\n%s",
			"http://evil.example", len(body), body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// assertInert looks for what moves or hides.
func assertInert(t *testing.T, name, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%s holds %U: %q", name, r, text[max(0, i-60):min(len(text), i+60)])
			return
		}
	}
	assert.NotContains(t, text, "\n✓ all is well", "%s holds a line of the host's", name)
}

func TestHostileWordsStayWords(t *testing.T) {
	url, dir := hostileHost(t), t.TempDir()
	credentials := []string{"--url", url, "--user", "koshelek", "--password", secret}
	code, out, errOut := conform(t, "", append([]string{"run", "--report", dir, "--only", "typed", "--only", "answer", "--only", "reserve", "--only", "balance"}, credentials...)...)
	require.Equal(t, ExitNotConformant, code, errOut)
	assert.Contains(t, out, "evil.example", "the words are shown")
	assertInert(t, "the terminal", out+errOut)
	for _, name := range []string{report.JSONName, report.JUnitName, report.HTMLName, report.MarkdownName, report.BadgeName} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		if name == report.HTMLName { // it shows bodies with their lines
			text = bytes.ReplaceAll(text, []byte("\n✓ all"), []byte("✓ all"))
		}
		assertInert(t, name, string(text))
	}
	markdown, err := os.ReadFile(filepath.Join(dir, report.MarkdownName))
	require.NoError(t, err)
	assert.Contains(t, string(markdown), "evil.example")
	assert.NotContains(t, regexp.MustCompile("`[^`\n]*`").ReplaceAllString(string(markdown), ""), "evil", "what is outside code comes alive")
	for line := range strings.Lines(string(markdown)) {
		if strings.Contains(line, "evil") {
			assert.Equal(t, 5, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), "a cell is broken up: %s", line)
		}
	}
	page, err := os.Open(filepath.Join(dir, report.HTMLName))
	require.NoError(t, err)
	defer page.Close()
	root, err := html.Parse(page)
	require.NoError(t, err)
	for node := range root.Descendants() {
		assert.NotContains(t, []string{"img", "iframe", "object", "embed"}, node.Data)
		for _, attribute := range node.Attr {
			if attribute.Key == "href" || attribute.Key == "src" || strings.HasPrefix(attribute.Key, "on") {
				assert.NotContains(t, attribute.Val, "evil", node.Data)
			}
		}
		if node.Type == html.TextNode && node.Parent.Data == "script" {
			assert.NotContains(t, node.Data, "evil")
		}
	}

	code, out, errOut = conform(t, "", append([]string{"discover", "--out", "-"}, credentials...)...)
	require.Equal(t, ExitConformant, code, errOut)
	assertInert(t, "the discovery", out+errOut)

	// The wallet needs a host that lets its polite client through.
	good, err := faultyhost.New(faultyhost.Options{User: "koshelek", Password: secret})
	require.NoError(t, err)
	hostileCalls, err := neturl.Parse(url)
	require.NoError(t, err)
	var receipts atomic.Int64
	late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/promo/qrCode" && receipts.Add(1) > 2 {
			httputil.NewSingleHostReverseProxy(hostileCalls).ServeHTTP(w, r)
			return
		}
		good.ServeHTTP(w, r)
	}))
	defer late.Close()
	code, out, errOut = conform(t, "", "wallet", "--users", "3", "--calls", "60", "--seed", "1", "--grace", "1ms", "--lose", "0", "--url", late.URL, "--user", "koshelek", "--password", secret)
	require.Equal(t, ExitNotConformant, code, errOut)
	assert.Contains(t, out, "with code")
	assertInert(t, "the wallet", out+errOut)

	archive := filepath.Join(dir, "traffic.har")
	require.NoError(t, os.WriteFile(archive, fmt.Appendf(nil, `{"log":{"entries":[{"request":{"method":"GET","url":"https://shop.example/v1/card?msisdn=79216668899"},
		"response":{"status":422,"headers":[{"name":"content-type","value":"%[1]s"}],"content":{"text":"{\"%[2]s\":1,\"code\":\"1\"}"}}}]}}`,
		`\u202e\n✓ all is well`, `\\u001b[31m\\u009b\\u202e\\n✓ all is well`), 0o600))
	code, out, errOut = conform(t, "", "judge", archive)
	assert.Equal(t, ExitNotConformant, code, errOut)
	assert.Contains(t, out, "all is well")
	assertInert(t, "the judge", out+errOut)
	_, out, _ = conform(t, "", "judge", "--json", archive)
	assertInert(t, "the judge's JSON", out)

	_, out, errOut = conform(t, "", "microsite", "--report", dir, "--url", url, "--user", "u", "--password", secret, "--customers", "a,b", "--otp-command", "echo 123456")
	assert.Contains(t, out+errOut, "evil")
	assertInert(t, "the microsite", out+errOut)
	text, err := os.ReadFile(filepath.Join(dir, "microsite.json"))
	require.NoError(t, err)
	assertInert(t, "the microsite's report", string(text))
}
