package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// got is what a gateway was sent.
type got struct {
	method, path, query, body, auth, kind string
}

func gateway(t *testing.T, answer func(w http.ResponseWriter)) (*httptest.Server, *got) {
	t.Helper()
	seen := &got{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		*seen = got{r.Method, r.URL.Path, r.URL.RawQuery, string(raw), r.Header.Get("X-Key"), r.Header.Get("Content-Type")}
		answer(w)
	}))
	t.Cleanup(server.Close)
	return server, seen
}

func fine(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"status":"accepted"}`) }

const hostile = `a"b\c&d=e<f> +%{code}` + "\r\nX: y"

func TestJSONGateway(t *testing.T) {
	server, seen := gateway(t, fine)
	sender, err := NewHTTP(Gateway{
		URL: server.URL + "/send", Headers: []string{"X-Key: {secret}"}, Secret: hostile,
		Body: `{"to":"+{phone}","msg":"{text}","key":"{secret}"}`, Text: `Code "{code}" for {minutes} min & <more>`, CodeLifetime: 5 * time.Minute,
		Expect: regexp.MustCompile(`accepted`),
	})
	require.NoError(t, err)
	require.NoError(t, sender.SendCode(t.Context(), "79216668899", "012345"))
	var body map[string]string
	require.NoError(t, json.Unmarshal([]byte(seen.body), &body), seen.body)
	assert.Equal(t, map[string]string{"to": "+79216668899", "msg": `Code "012345" for 5 min & <more>`, "key": hostile}, body)
	assert.Equal(t, `a"b\c&d=e<f> +%{code}X: y`, seen.auth, "no header of its own")
	assert.Equal(t, "application/json", seen.kind)
}

func TestFormAndXMLGateways(t *testing.T) {
	server, seen := gateway(t, fine)
	sender, err := NewHTTP(Gateway{URL: server.URL, ContentType: "application/x-www-form-urlencoded", Body: "to={phone}&text={text}&k={secret}", Secret: hostile})
	require.NoError(t, err)
	require.NoError(t, sender.SendCode(t.Context(), "79216668899", "012345"))
	form, err := url.ParseQuery(seen.body)
	require.NoError(t, err)
	assert.Equal(t, hostile, form.Get("k"))
	assert.Contains(t, form.Get("text"), "012345")
	sender, err = NewHTTP(Gateway{URL: server.URL, ContentType: "text/xml; charset=utf-8", Body: "<m to='{phone}' k='{secret}'>{code}</m>", Secret: `a'b<c>&`})
	require.NoError(t, err)
	require.NoError(t, sender.SendCode(t.Context(), "79216668899", "012345"))
	assert.Equal(t, "<m to='79216668899' k='a&#39;b&lt;c&gt;&amp;'>012345</m>", seen.body)
}

func TestGatewayByQuery(t *testing.T) {
	server, seen := gateway(t, fine)
	sender, err := NewHTTP(Gateway{URL: server.URL + "/{phone}?text={text}&k={secret}", Method: "GET", Text: "код {code} & =", Secret: hostile})
	require.NoError(t, err)
	require.NoError(t, sender.SendCode(t.Context(), "79216668899", "012345"))
	query, err := url.ParseQuery(seen.query)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"text": {"код 012345 & ="}, "k": {hostile}}, query)
	assert.Equal(t, []string{"GET", "/79216668899", ""}, []string{seen.method, seen.path, seen.body})
}

func TestGatewayRefusals(t *testing.T) {
	elsewhere, reached := gateway(t, fine)
	for name, answer := range map[string]func(http.ResponseWriter){
		"status": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"200":    func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"error":"balance"}`) },
		"redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"cut": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "accepted")
		},
	} {
		server, _ := gateway(t, answer)
		sender, err := NewHTTP(Gateway{URL: server.URL + "?p={phone}&c={code}", Expect: regexp.MustCompile("accepted")})
		require.NoError(t, err)
		err = sender.SendCode(t.Context(), "79216668899", "012345")
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), "79216668899")
		assert.NotContains(t, err.Error(), "012345")
	}
	assert.Empty(t, reached.method, "a redirect is not followed")
}

func TestGatewayThatIsNotThere(t *testing.T) {
	server, _ := gateway(t, fine)
	server.Close()
	sender, err := NewHTTP(Gateway{URL: server.URL + "?p={phone}&c={code}"})
	require.NoError(t, err)
	err = sender.SendCode(t.Context(), "79216668899", "012345")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "79216668899")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, sender.SendCode(ctx, "79216668899", "012345"), context.Canceled)
}

func TestGatewaysThatCannotBe(t *testing.T) {
	for name, g := range map[string]Gateway{
		"relative":    {URL: "/send?p={phone}&c={code}"},
		"scheme":      {URL: "ftp://host/?p={phone}&c={code}"},
		"no phone":    {URL: "https://host/?c={code}"},
		"no code":     {URL: "https://host/?p={phone}"},
		"text":        {URL: "https://host/?p={phone}&c={text}", Text: "hello"},
		"name":        {URL: "https://host/?p={phone}&c={code}&x={other}"},
		"method":      {URL: "https://host/?p={phone}&c={code}", Method: "TRACE"},
		"header":      {URL: "https://host/?p={phone}&c={code}", Headers: []string{"no colon"}},
		"type":        {URL: "https://host/?p={phone}&c={code}", ContentType: "image/png"},
		"broken type": {URL: "https://host/?p={phone}&c={code}", ContentType: "/"},
	} {
		_, err := NewHTTP(g)
		assert.Error(t, err, name)
	}
}

func TestConsole(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, NewConsole(&out).SendCode(t.Context(), "79216668899", "012345"))
	assert.Equal(t, "DEVELOPMENT ONLY: one-time code for ***99: 012345\n", out.String())
}
