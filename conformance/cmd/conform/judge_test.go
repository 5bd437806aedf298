package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/har"
)

const sample = "../../har/testdata/life.har"

func TestJudgeCommand(t *testing.T) {
	code, out, complaints := conform(t, "", "judge", sample)
	assert.Equal(t, ExitConformant, code, out+complaints)
	assert.Contains(t, out, "CONFORMANT in every answer that was judged")

	text, err := os.ReadFile(sample)
	require.NoError(t, err)
	wrong := filepath.Join(t.TempDir(), "wrong.har")
	spoilt := strings.Replace(string(text), `\"total\":\"15\"`, `\"total\":15`, 1)
	require.NotEqual(t, string(text), spoilt)
	require.NoError(t, os.WriteFile(wrong, []byte(spoilt), 0o600))
	code, out, _ = conform(t, "", "judge", wrong)
	assert.Equal(t, ExitNotConformant, code)
	assert.Contains(t, out, "answer.strings")
	code, out, _ = conform(t, "", "judge", "--json", wrong)
	assert.Equal(t, ExitNotConformant, code)
	var result har.Result
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	assert.Positive(t, result.Fails)

	var stdout, stderr strings.Builder
	code = Main(context.Background(), []string{"judge", "-"}, strings.NewReader(string(text)), &stdout, &stderr)
	assert.Equal(t, ExitConformant, code, stderr.String())
}

func TestJudgeCouldNotRun(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.har")
	require.NoError(t, os.WriteFile(empty, []byte(`{"log":{"entries":[]}}`), 0o600))
	for _, args := range [][]string{
		{"judge"}, {"judge", "no-such-file"}, {"judge", empty}, {"judge", "judge.go"}, {"judge", sample, "--host", "elsewhere.example"},
		{"judge", sample, "--version", "9"}, {"judge", sample, "--profile", "no-such-file"}, {"judge", t.TempDir()},
	} {
		code, _, complaints := conform(t, "", args...)
		assert.Equal(t, ExitCouldNotRun, code, args)
		assert.Contains(t, complaints, "Error: ", args)
	}
}

func TestServeStaysOnThisMachine(t *testing.T) {
	for _, args := range [][]string{
		{"serve", "--listen", "0.0.0.0:0"}, {"serve", "--listen", ":0"}, {"serve", "--listen", "192.0.2.1:0"}, {"serve", "--listen", "here"},
		{"serve", "--keep", "0"}, {"serve", "extra"},
	} {
		code, out, complaints := conform(t, "", args...)
		assert.Equal(t, ExitCouldNotRun, code, args)
		assert.Empty(t, out)
		assert.Contains(t, complaints, "Error: ", args)
	}
}

// TestServeEnds starts the site and stops it as Ctrl-C does.
func TestServeEnds(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	said := &heard{stop: stop}
	ended := make(chan int, 1)
	go func() {
		ended <- Main(ctx, []string{"serve", "--listen", "127.0.0.1:0"}, strings.NewReader(""), said, said)
	}()
	select {
	case code := <-ended:
		assert.Equal(t, ExitConformant, code)
	case <-time.After(time.Minute):
		t.Fatal("the site does not end")
	}
	assert.Contains(t, said.text, "http://127.0.0.1:")
}

// heard stops the program when it has said that it is open.
type heard struct {
	stop context.CancelFunc
	text string
}

func (h *heard) Write(p []byte) (int, error) {
	h.text += string(p)
	h.stop()
	return len(p), nil
}
