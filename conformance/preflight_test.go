package conformance_test

import (
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/schema/koshelek"
)

// answering is a host that answers every call with one status and body.
func answering(t *testing.T, status int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// accepting takes connections and hands them over; they are closed at the end.
func accepting(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = connection.Close() })
			go serve(connection)
		}
	}()
	return listener.Addr().String()
}

func silent(net.Conn) {}

// shut reads what is sent and says nothing to it.
func shut(c net.Conn) {
	_, _ = c.Read(make([]byte, 4096))
	_ = c.Close()
}

// TestFirstMistakes: what keeps a run from judging anything is told in one
// sentence, before any check.
func TestFirstMistakes(t *testing.T) {
	good := started(t, "")
	at := func(url string) conformance.Target {
		return conformance.Target{URL: url, User: testUser, Password: testPassword}
	}
	quiet := func(url string) conformance.Target {
		target := at(url)
		target.Patience = 500 * time.Millisecond
		return target
	}
	wrongPassword, noCA, otherCA := good, good, good
	wrongPassword.Password = "another"
	noCA.CA = nil
	gone := httptest.NewServer(nil)
	gone.Close()
	withTLS := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(withTLS.Close)
	otherCA.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: withTLS.Certificate().Raw})
	moved := httptest.NewServer(http.RedirectHandler("https://host.example/", http.StatusPermanentRedirect))
	t.Cleanup(moved.Close)
	plainThatHangsUp := accepting(t, func(c net.Conn) {
		first := make([]byte, 3)
		if _, err := io.ReadFull(c, first); err == nil && string(first) == "GET" {
			_, _ = io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		}
		_ = c.Close()
	})
	banner := accepting(t, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-\x1b[31mevil\r\n") })
	for name, c := range map[string]struct {
		target conformance.Target
		kind   conformance.MistakeKind
		want   string
	}{
		"wrong password": {wrongPassword, conformance.MistakeCredentials, "the host refuses the login and password (401): check both"},
		"wrong password is 422": {at(answering(t, 422, `{"code":"1","description":"Who are you?"}`)), conformance.MistakeCredentials,
			"the host refuses the login and password (422): check both"},
		"unknown authority":        {noCA, conformance.MistakeAuthority, "nobody knows the authority of the host's certificate: give the authority's certificate"},
		"another authority":        {otherCA, conformance.MistakeAuthority, "none of the given authorities has signed the host's certificate: give the certificate of the one that did"},
		"https, said http":         {at("http://" + withTLS.Listener.Addr().String()), conformance.MistakeHTTPS, "the address says http, and the host speaks HTTPS there: begin it with https://"},
		"http that sends to https": {at(moved.URL), conformance.MistakeHTTPS, "the address says http, and the host speaks HTTPS there: begin it with https://"},
		"http, said https": {at(strings.Replace(answering(t, 200, ""), "http:", "https:", 1)), conformance.MistakeHTTP,
			"the address says https, and the host speaks plain HTTP there: give its HTTPS port, or the address with http://"},
		"http that hangs up, said https": {at("https://" + plainThatHangsUp), conformance.MistakeHTTP,
			"the address says https, and the host speaks plain HTTP there: give its HTTPS port, or the address with http://"},
		"another protocol, said https": {at("https://" + banner), conformance.MistakeHTTP, "the address says https, and nobody speaks TLS there: give the host's HTTPS port"},
		"another protocol":             {at("http://" + banner), conformance.MistakeProtocol, "what answers there does not speak HTTP/1.1: check the port"},
		"a path":                       {at("https://host.example/v1/card"), conformance.MistakePath, "the address ends with /v1/card, which the calls add themselves: give https://host.example"},
		"429": {at(answering(t, 429, "")), conformance.MistakeBusy,
			"the host answers every call with 429 (too many calls): lift its limit for this test, or wait until it lets calls through again"},
		"5xx":    {at(answering(t, 503, "")), conformance.MistakeFailing, "the host answers every call with an error of its own (503): look into its log, or that of the proxy before it"},
		"404":    {at(answering(t, 404, "")), conformance.MistakeElsewhere, "the host answers every call with 404: check host, port and path of the address; the calls add /v1/… themselves"},
		"405":    {at(answering(t, 405, "")), conformance.MistakeRefused, "the host answers every call with 405: check that the address is that of the API"},
		"nobody": {at(gone.URL), conformance.MistakeNobody, "nobody listens at " + gone.Listener.Addr().String() + ": start the host, and check its name, its port and the firewalls between"},
		"unknown name": {at("https://no-such-host.invalid"), conformance.MistakeName,
			"nobody knows the host name no-such-host.invalid: check its spelling, and this machine's name service"},
		"silent": {quiet("http://" + accepting(t, silent)), conformance.MistakeSilent,
			"the host takes the connection and gives no whole answer within 500ms: look whether it hangs, and whether the port is the right one"},
		"silent over TLS": {quiet("https://" + accepting(t, silent)), conformance.MistakeSilent,
			"the host takes the connection and gives no whole answer within 500ms: look whether it hangs, and whether the port is the right one"},
		"hangs up": {at("http://" + accepting(t, shut)), conformance.MistakeSilent,
			"the host ends the connection without an answer: look into its log, or that of the proxy before it; check the port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, readOnly := range []bool{false, true} {
				_, err := conformance.Run(context.Background(), c.target, conformance.Options{ReadOnly: readOnly, Observe: func(conformance.Event) { t.Error("a check began") }})
				var m *conformance.Mistake
				require.ErrorAs(t, err, &m)
				assert.Equal(t, c.kind, m.Kind)
				assert.Equal(t, c.want, err.Error())
			}
			assert.EqualError(t, conformance.Preflight(context.Background(), c.target, contract.DefaultProfile(koshelek.V130)), c.want)
		})
	}
}

// TestBadCertificateStopsWhatDoesNotJudgeIt: no call is made then, so that a run
// without that rule has nothing to say.
func TestBadCertificateStopsWhatDoesNotJudgeIt(t *testing.T) {
	for fault, why := range map[string]string{"certificate-expired": "it has expired or is not valid yet", "certificate-other-name": "it is for another name"} {
		target := started(t, fault)
		r := run(t, target, conformance.Options{})
		assert.Equal(t, conformance.Fail, checkOf(r, "tls.certificate").Outcome)
		want := "the host's certificate is not good, for " + why + ": give the host another one"
		_, err := conformance.Run(context.Background(), target, conformance.Options{Only: []string{"find"}})
		assert.EqualError(t, err, want)
		assert.EqualError(t, conformance.Preflight(context.Background(), target, sampleProfile()), want)
	}
}

// TestFaultsAreNoMistakes: a host that gets one call wrong is judged.
func TestFaultsAreNoMistakes(t *testing.T) {
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"code":"1","description":"No."}`)
		}
	}
	var calls atomic.Int64
	for name, fault := range map[string]struct {
		hits func(*http.Request) bool
		do   http.HandlerFunc // nil never answers
	}{
		"search fails":             {isSearch, answer(500)},
		"search is refused as 401": {isSearch, answer(401)},
		"search is refused as 422": {isSearch, answer(422)},
		"search is not found":      {isSearch, answer(404)},
		"search hangs":             {isSearch, nil},
		"search redirects":         {isSearch, http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP},
		"nobody is 500":            {isNobody, answer(500)},
		"nobody is 422":            {isNobody, answer(422)},
		"nobody is 404":            {isNobody, answer(404)},
		"those let in are refused": {func(r *http.Request) bool { _, password, _ := r.BasicAuth(); return password == testPassword }, answer(422)},
		"the first call hangs":     {func(*http.Request) bool { return calls.Add(1) == 1 }, nil},
		"reading fails": {func(r *http.Request) bool {
			return r.Method == http.MethodGet && !strings.HasSuffix(r.URL.Path, "/anonymous")
		}, answer(503)},
	} {
		t.Run(name, func(t *testing.T) {
			good, err := faultyhost.New(faultyhost.Options{User: testUser, Password: testPassword, Data: faultyhost.Sample(faultyhost.Plain(), noon), Now: func() time.Time { return noon }})
			require.NoError(t, err)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if fault.do != nil && fault.hits(r) {
					fault.do(w, r)
					return
				}
				good.ServeHTTP(w, r)
			}))
			defer server.Close()
			target := conformance.Target{URL: server.URL, User: testUser, Password: testPassword}
			if fault.do == nil {
				target.Transport = hanging(fault.hits)
			}
			_, err = conformance.Run(context.Background(), target, conformance.Options{Only: []string{"reserve.form"}})
			require.NoError(t, err)
		})
	}
}

func isSearch(r *http.Request) bool { return r.URL.Path == "/v1/card" }

// isNobody recognizes what the first calls ask for that nobody has.
func isNobody(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Query().Get("msisdn"), conformance.DefaultPhonePrefix) || strings.HasPrefix(r.URL.Path, "/v1/card/99")
}

// TestSecondLookReadsOnly: a read-only run makes no call that writes, not even to
// find out whether it can begin.
func TestSecondLookReadsOnly(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.NotContains(t, r.URL.Path, "anonymous")
		assert.Equal(t, http.MethodGet, r.Method)
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer server.Close()
	target := conformance.Target{URL: server.URL, User: testUser, Password: testPassword}
	_, err := conformance.Run(context.Background(), target, conformance.Options{ReadOnly: true})
	assert.ErrorIs(t, err, conformance.ErrUnreachable)
}
