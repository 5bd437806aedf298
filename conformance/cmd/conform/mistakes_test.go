package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestFirstMistakesAreOneSentence, in every command that calls a host.
func TestFirstMistakesAreOneSentence(t *testing.T) {
	address, ca := serveHost(t, "")
	gone := httptest.NewServer(nil)
	gone.Close()
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	t.Cleanup(failing.Close)
	for _, command := range []string{"run", "wallet", "discover"} {
		for want, flags := range map[string][]string{
			"the host refuses the login and password (401): check both (--user and --password-file)":                                              {"--url", address, "--ca", ca},
			"nobody knows the authority of the host's certificate: give the authority's certificate (--ca)":                                       {"--url", address},
			"the address ends with /v1/card, which the calls add themselves: give " + address + " (--url)":                                        {"--url", address + "/v1/card"},
			"the address says http, and the host speaks HTTPS there: begin it with https:// (--url)":                                              {"--url", "http" + address[len("https"):]},
			"the host answers every call with an error of its own (502): look into its log, or that of the proxy before it":                       {"--url", failing.URL},
			"nobody listens at " + gone.URL[len("http://"):] + ": start the host, and check its name, its port and the firewalls between (--url)": {"--url", gone.URL},
		} {
			code, out, complaints := conform(t, "", append([]string{command, "--user", login, "--password", "another"}, flags...)...)
			assert.Equal(t, ExitCouldNotRun, code, want)
			assert.Empty(t, out)
			assert.Equal(t, "Error: "+want+"\n", complaints)
		}
	}
}
