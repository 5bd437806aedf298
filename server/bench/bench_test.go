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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
)

// TestMain lets the test's binary be all the processes that the program starts:
// itself, and the adapter, which so need not be built.
func TestMain(m *testing.M) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	switch word := strings.Join(os.Args[1:min(2, len(os.Args))], ""); word {
	case "-floor", "-drive":
		os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	case "serve", "migrate", "import", "export":
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
		"-binary", self,
		"-quick", "-engines", "sqlite", "-cards", "300", "-small", "100", "-pool", "2000", "-wrk", "off", "-starts", "1",
		"-duration", "60ms", "-paced", "60ms", "-day", "200ms", "-day-rate", "200", "-reads", "4", "-writes", "8",
		"-dir", filepath.Join(dir, "data"), "-out", filepath.Join(dir, "out"),
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
	assert.Contains(t, out.String(), "## SQLite with 300 cards")
	text, err := os.ReadFile(filepath.Join(dir, "out", "results.json"))
	require.NoError(t, err)
	var r report.Report
	require.NoError(t, json.Unmarshal(text, &r))
	assert.Len(t, r.Operations, 6)
	for _, op := range r.Operations {
		assert.Empty(t, op.Faults, op.Name)
		assert.Positive(t, op.Ratio.Median, op.Name)
		assert.Positive(t, op.Server.Objects.Median, op.Name)
		assert.Positive(t, op.Floor.Objects.Median, op.Name)
	}
	for _, f := range r.Figures {
		assert.Empty(t, f.Missing, f.Name)
		assert.NotEqual(t, report.Faulty, f.Verdict(), "%s: %v", f.Name, f.Faults)
		if f.Goal.Relation == report.Exactly {
			assert.Equal(t, report.Reached, f.Verdict(), "%s: %s", f.Name, f.Note)
		}
	}
	require.Len(t, r.Days, 1)
	assert.Equal(t, 40, r.Days[0].Requests)
	assert.FileExists(t, filepath.Join(dir, "out", "ratios.svg"))
	left, err := filepath.Glob(filepath.Join(dir, "data", "scratch-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestProfiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	var out, log bytes.Buffer
	require.Zero(t, run(t.Context(), tiny(t, dir, "-only", "find", "-profile", filepath.Join(dir, "profiles")), &out, &log), "%s", &log)
	for _, name := range []string{"sqlite-find", "sqlite-find-floor"} {
		for _, kind := range []string{".cpu.pb.gz", ".allocs.pb.gz", ".cpu.top.txt", ".allocs.objects.top.txt"} {
			assert.FileExists(t, filepath.Join(dir, "profiles", name+kind))
		}
	}
	assert.Contains(t, out.String(), `"Failures":0`)
}

func TestFlags(t *testing.T) {
	o, err := parse([]string{"-cards", "500, 20", "-only", "find,day", "-set", "A=1", "-set", "B=2"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, []int{20, 500}, o.cards)
	assert.Equal(t, 500, o.largest())
	assert.True(t, o.wants("find"))
	assert.True(t, o.wants("issue", "day"))
	assert.False(t, o.wants("issue"))
	assert.Equal(t, []string{"A=1", "B=2"}, o.settings)
	assert.Equal(t, 5, o.rounds)
	quick, err := parse([]string{"-quick", "-rounds", "2"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, 2, quick.rounds)
	assert.Less(t, quick.duration, o.duration)
	assert.True(t, quick.wants("find"))
	standard, err := parse([]string{"--standard"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, o.day, standard.day)
	assert.Less(t, standard.rounds, o.rounds)
	filling, err := parse([]string{"-standard", "-fill"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.True(t, filling.fill)
}

// Files are compared by the columns of the first one.
func TestFilesAreCompared(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	was := file("was", "b,a\n2,1\n4,3\n")
	for is, want := range map[string]int{
		"a,b,c\n1,2,x\n3,4,y\n": 0, "a,b\n1,2\n3,5\n": 1, "a,b\n1,2\n": 1, "a,b\n1,2\n3,4\n5,6\n7,8\n": 2, "a,b\n3,4\n1,2\n": 2,
	} {
		got, err := compareFiles(was, file("is", is))
		require.NoError(t, err)
		assert.Equal(t, want, got, is)
	}
	_, err := compareFiles(was, file("is", "a\n1\n3\n"))
	assert.ErrorContains(t, err, "no column b")
	_, err = compareFiles(was, filepath.Join(dir, "none"))
	assert.Error(t, err)
}

// Stores that were filled before are there when the measuring starts.
func TestFill(t *testing.T) {
	dir := t.TempDir()
	var out, log bytes.Buffer
	require.Zero(t, run(t.Context(), tiny(t, dir, "-fill"), &out, &log), "%s", &log)
	for _, name := range []string{"sqlite-100", "sqlite-300"} {
		assert.FileExists(t, filepath.Join(dir, "data", "stock", name, "stock.json"))
	}
	assert.NoDirExists(t, filepath.Join(dir, "out"))
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

func TestAllocationsAreScraped(t *testing.T) {
	page := "# TYPE go_memstats_mallocs_total counter\ngo_memstats_mallocs_total 1.5e+06\ngo_memstats_alloc_bytes 7\ngo_memstats_alloc_bytes_total 2e+09\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			_, _ = w.Write([]byte(page))
		}
	}))
	defer server.Close()
	a, err := scrape(t.Context(), server.URL+"/metrics")
	require.NoError(t, err)
	assert.Equal(t, allocations{objects: 1.5e6, bytes: 2e9}, a)
	_, err = scrape(t.Context(), server.URL+"/other")
	assert.Error(t, err)
}

func TestCosts(t *testing.T) {
	before := usage{cpu: time.Second, database: time.Second, allocations: allocations{1000, 10_000}}
	after := usage{cpu: 1500 * time.Millisecond, database: 1250 * time.Millisecond, allocations: allocations{2000, 60_000}}
	assert.Equal(t, cost{cpu: 500, database: 250, objects: 1, bytes: 50}, after.per(before, 1000))
	assert.Zero(t, usage{}.per(usage{}, 0))
}

// A foreign server is not taken for the program's floor.
func TestFirstLine(t *testing.T) {
	assert.Equal(t, "http://127.0.0.1:1", firstLine([]byte("http://127.0.0.1:1\nmore")))
	assert.Empty(t, firstLine([]byte("http://127.0.0.1:1")))
	assert.Empty(t, firstLine([]byte("panic: x\n")))
	assert.Equal(t, "http://x", announced("serving")([]byte("noise\n"+`{"message":"serving","url":"http://x"}`+"\n")))
	assert.Empty(t, announced("serving")([]byte(`{"message":"other","url":"http://x"}`)))
}

func TestSettingsOfTheCallerStayOut(t *testing.T) {
	assert.Equal(t, []string{"HOME=/x", "Z=1"}, foreign([]string{"HOME=/x", "ADAPTER_TLS=off", "Z=1"}))
}

// The hot card's counts tell a loss from a doubling.
func TestTallies(t *testing.T) {
	assert.Equal(t, 2, tally{acknowledged: 5, booked: 3}.lost())
	assert.Zero(t, tally{acknowledged: 5, booked: 3}.doubled())
	assert.Equal(t, 1, tally{acknowledged: 5, booked: 6}.doubled())
	b := &bench{report: &report.Report{}}
	b.hotFigure(&stock.Store{}, "hot", tally{acknowledged: 5, booked: 5, surplus: 3}, 0)
	assert.Equal(t, report.Faulty, b.report.Figures[0].Verdict())
}

func TestCurvesReachTheLongest(t *testing.T) {
	points := curve([]time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	assert.Equal(t, report.Point{Share: 1, Latency: 10}, points[len(points)-1])
	for i := 1; i < len(points); i++ {
		assert.Greater(t, points[i].Share, points[i-1].Share)
		assert.GreaterOrEqual(t, points[i].Latency, points[i-1].Latency)
	}
	assert.Empty(t, curve(nil))
}
