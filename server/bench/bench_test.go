package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/scenario"
)

// TestMain lets the test's binary be all the processes that the program starts:
// itself, and the adapter, which so need not be built.
func TestMain(m *testing.M) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	switch word := strings.Join(os.Args[1:min(2, len(os.Args))], ""); word {
	case "-baseline", "-profiled":
		os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	case "serve", "import", "export":
		os.Exit(app.Main(ctx, os.Args[1:], os.Environ(), os.Stdout))
	}
	os.Exit(m.Run())
}

// tiny are flags for a run of seconds.
func tiny(t *testing.T, dir string, more ...string) []string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	return append([]string{
		"-binary", self, "-quick", "-engines", "sqlite", "-cards", "300", "-starts", "1", "-duration", "60ms", "-day", "200ms",
		"-day-rate", "200", "-reads", "4", "-writes", "8", "-dir", filepath.Join(dir, "data"), "-out", filepath.Join(dir, "out"),
	}, more...)
}

// TestEverything runs every row once, on a store of a few cards. It asserts that
// everything was measured without a fault, and no figure of time.
func TestEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	dir := t.TempDir()
	var out, log bytes.Buffer
	require.Zero(t, run(t.Context(), tiny(t, dir), &out, &log), "%s", &log)
	text, err := os.ReadFile(filepath.Join(dir, "out", "results.json"))
	require.NoError(t, err)
	var r report
	require.NoError(t, json.Unmarshal(text, &r))
	seen := map[string]bool{}
	for _, w := range r.Rows {
		seen[w.Name] = true
		assert.Empty(t, w.Faults, w.Name)
		assert.Positive(t, w.Ours.Median, w.Name)
		assert.Contains(t, out.String(), "| "+w.Name+" | sqlite |")
		if strings.Contains(w.Name, "allocations") {
			assert.Positive(t, w.Ratio.Median, w.Name)
		}
	}
	for _, name := range []string{"find by phone", "card with balance", "import of cards", "resident memory, idle",
		"the mixed day at 200 requests/s: p99", "first start to first good answer, over TLS"} {
		assert.True(t, seen[name], name)
	}
	left, err := filepath.Glob(filepath.Join(dir, "data", "scratch-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestProfiles(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := t.TempDir()
	var log bytes.Buffer
	require.Zero(t, run(t.Context(), tiny(t, dir, "-only", "find", "-profile", filepath.Join(dir, "profiles")), &log, &log), "%s", &log)
	for _, kind := range []string{".cpu.pb.gz", ".allocs.pb.gz", ".cpu.top.txt", ".allocs.objects.top.txt"} {
		assert.FileExists(t, filepath.Join(dir, "profiles", "sqlite-find"+kind))
	}
}

func TestFlags(t *testing.T) {
	o, err := parse([]string{"-cards", "500, 20", "-only", "find,day", "-set", "A=1", "-set", "B=2"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, []int{20, 500}, o.cards)
	assert.Equal(t, 500, o.largest())
	assert.True(t, o.wants("issue", "day"))
	assert.False(t, o.wants("issue"))
	assert.Equal(t, []string{"A=1", "B=2"}, o.settings)
	quick, err := parse([]string{"-quick", "-rounds", "2"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, 2, quick.rounds)
	assert.Less(t, quick.duration, o.duration)
	standard, err := parse([]string{"--standard", "-fill"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Less(t, standard.rounds, o.rounds)
	assert.True(t, standard.fill)
}

func TestOddFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"-engines", "oracle"}, {"-only", "nonsense"}, {"-cards", "1"}, {"-cards", "x"}, {"-rounds", "0"}, {"-duration", "0s"}, {"more"}, {"-what"},
	} {
		var log bytes.Buffer
		assert.Equal(t, 2, run(t.Context(), args, &bytes.Buffer{}, &log), "%v", args)
		assert.Contains(t, log.String(), "Error:")
	}
	var help bytes.Buffer
	assert.Zero(t, run(t.Context(), []string{"-help"}, &bytes.Buffer{}, &help))
	assert.Contains(t, help.String(), "-rounds")
}

func TestUsageIsScraped(t *testing.T) {
	page := "# TYPE go_memstats_mallocs_total counter\ngo_memstats_mallocs_total 1.5e+06\ngo_memstats_alloc_bytes 7\ngo_memstats_alloc_bytes_total 2e+09\n"
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			_, _ = w.Write([]byte(page))
		}
	}))
	defer host.Close()
	// A process that has just begun is not needed for the allocations.
	u, err := (&server{metrics: host.URL + "/metrics", Child: ended(t)}).used(t.Context())
	require.NoError(t, err)
	assert.InDelta(t, 1.5e6, u.objects, 0)
	assert.InDelta(t, 2e9, u.bytes, 0)
	_, err = (&server{metrics: host.URL + "/other", Child: ended(t)}).used(t.Context())
	assert.Error(t, err)
}

// A foreign server is not taken for the program's baseline.
func TestFirstLine(t *testing.T) {
	assert.Equal(t, "http://127.0.0.1:1", firstLine([]byte("http://127.0.0.1:1\nmore")))
	assert.Empty(t, firstLine([]byte("http://127.0.0.1:1")))
	assert.Empty(t, firstLine([]byte("panic: x\n")))
	assert.Equal(t, "http://x", announced("serving")([]byte("noise\n"+`{"message":"serving","url":"http://x"}`+"\n")))
	assert.Empty(t, announced("serving")([]byte(`{"message":"other","url":"http://x"}`)))
	assert.Equal(t, []string{"HOME=/x", "Z=1"}, foreign([]string{"HOME=/x", "ADAPTER_TLS=off", "Z=1"}))
}

// A wrong answer, and none, make a row faulty.
func TestWrongAnswersAreSeen(t *testing.T) {
	g := scenario.New(scenario.Find, "http://x", nil, nil)
	answer := vegeta.Result{Method: "POST", URL: "http://x/v1/promo/qrCode", Code: 200}
	assert.NoError(t, g.Judge(&answer))
	answer.Body = []byte("{}")
	assert.Error(t, g.Judge(&answer))
	answer = vegeta.Result{Method: "GET", URL: "http://x/v1/card/1", Code: 200, Body: []byte(`{"card":{"cardNumber":"2","bonus":{"total":"1"`)}
	assert.Error(t, g.Judge(&answer))
	answer.Body = []byte(`{"card":{"cardNumber":"1","bonus":{"total":"1"`)
	assert.NoError(t, g.Judge(&answer))
	answer.Code = 422
	assert.Error(t, g.Judge(&answer))
	assert.NotEmpty(t, result{}.faults(&server{name: "server"}))
	assert.NotEmpty(t, result{good: 5, failed: 1}.faults(&server{}))
	assert.Empty(t, result{good: 5}.faults(&server{}))
}

func TestVerdicts(t *testing.T) {
	var p pairs
	p.add(90, 100)
	p.add(70, 100)
	p.add(80, 100)
	r := p.row("find", perSecond, ratioFrom(0.8))
	assert.Equal(t, spread{0.8, 0.7, 0.9}, r.Ratio)
	assert.Equal(t, "yes", r.verdict())
	r.Goal = ratioFrom(0.81)
	assert.Equal(t, "**no**", r.verdict())
	r.Goal = valueBelow(80)
	assert.Equal(t, "**no**", r.verdict())
	r.Goal = valueBelow(81)
	assert.Equal(t, "yes", r.verdict())
	r.Faults = []string{"x"}
	assert.Equal(t, "**faulty run**", r.verdict())
	assert.Equal(t, "80.0/s (70.0..90.0)", r.Ours.text(perSecond))
	assert.Equal(t, time.Minute.Microseconds(), longest)
}

// ended is a child that needs no stop.
func ended(t *testing.T) *proc.Child {
	t.Helper()
	child, err := proc.Start(proc.Command{Path: "/bin/true", Log: filepath.Join(t.TempDir(), "log")})
	require.NoError(t, err)
	require.NoError(t, child.Wait())
	return child
}
