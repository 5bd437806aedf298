package command_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim/command"
)

// run executes the command; it ends when the writer has seen the text.
func run(t *testing.T, until string, args ...string) (string, string, error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, errOut := &watched{until: until, seen: cancel}, &strings.Builder{}
	c := command.New()
	c.SetArgs(args)
	c.SetOut(out)
	c.SetErr(errOut)
	c.SilenceUsage, c.SilenceErrors = true, true
	err := c.ExecuteContext(ctx)
	return out.String(), errOut.String(), err
}

type watched struct {
	strings.Builder
	until string
	seen  func()
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Builder.Write(p)
	if w.until != "" && strings.Contains(w.String(), w.until) {
		w.seen()
	}
	return n, err
}

func TestBannerAndStop(t *testing.T) {
	out, errOut, err := run(t, "client secret", "--points", "127.0.0.1:0", "--points-secret", "hush", "--control-token", "ctl")
	require.NoError(t, err)
	for _, want := range []string{"for tests only", "Authorization: Bearer ctl", "Points API at http://127.0.0.1:", "hush"} {
		assert.Contains(t, out, want)
	}
	assert.Contains(t, errOut, "stopping")
	assert.NotContains(t, errOut, "warning")

	out, _, err = run(t, "services", "--json", "--qiibee", "127.0.0.1:0", "--seed", "3", "--clock", "2026-09-17T12:00:00Z")
	require.NoError(t, err)
	var banner struct {
		TestOnly bool `json:"test_only"`
		Services []struct{ Name, URL string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &banner))
	assert.True(t, banner.TestOnly)
	assert.Equal(t, "qiibee", banner.Services[0].Name)
	_, errOut, err = run(t, "X-API-KEY", "--qiibee", "0.0.0.0:0")
	require.NoError(t, err)
	assert.Contains(t, errOut, "warning: 0.0.0.0:0 can be reached")
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{{"--clock", "noon"}, {"--faults", "/nowhere.json"}, {"--qiibee", "nowhere:-1"}, {"extra"}} {
		_, _, err := run(t, "", args...)
		require.Error(t, err, "%v", args)
	}
}
