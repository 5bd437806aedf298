package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSimulateJudgesAPartner(t *testing.T) {
	partner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":true,"points_earned":10,"balance_points":10}`)
	}))
	defer partner.Close()
	code, out, errOut := conform(t, "", "simulate", "--bigcity", "127.0.0.1:0", "--microsite-target", partner.URL, "--microsite-customer", "c",
		"--play", "duplicates", "--once")
	assert.Equal(t, ExitNotConformant, code, errOut)
	assert.Contains(t, out, "duplicates: NOT as it should be")
	code, _, _ = conform(t, "", "simulate", "--once")
	assert.Equal(t, ExitCouldNotRun, code)
}
