package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/bench/proc"
)

func sample() Report {
	paced := &Paced{Rate: 5000, P50: 800 * time.Microsecond, P99: 12 * time.Millisecond, P999: 20 * time.Millisecond, Max: 25 * time.Millisecond}
	side := Side{PerSecond: Spread{10000, 9000, 11000}, CPU: Exact(61.4), DatabaseCPU: Exact(40), Objects: Exact(90), Bytes: Exact(5123), Memory: 50 << 20, Paced: paced}
	floor := side
	floor.Paced = nil
	return Report{
		Started: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Took: 90 * time.Second, Command: "go run ./server/bench -only find",
		Machine:   proc.Machine{CPU: "A <CPU> & more", Cores: 2, Memory: 24 << 30, Kernel: "linux 6", Go: "go1.26", Load: "0.1 0.2 0.3"},
		Databases: []string{"SQLite 3", "10.11-MariaDB"}, Hello: Exact(41000), Syncs: Spread{3900, 3800, 4000},
		Figures: []Figure{
			{Name: "find ÷ its floor", Engine: "sqlite", Cards: 100_000, Value: Spread{0.91, 0.88, 0.93}, Unit: Ratio, Goal: Goal{AtLeast, 0.85}},
			{Name: "card ÷ its floor", Engine: "mariadb", Cards: 100_000, Value: Spread{0.7, 0.6, 0.8}, Unit: Ratio, Goal: Goal{AtLeast, 0.8}},
			{Name: "issue | odd <name>", Engine: "sqlite", Value: Exact(12.5), Unit: Ratio, Goal: Goal{AtLeast, 4}, Faults: []string{"3 of 9 failed"}},
			{Name: "start", Engine: "sqlite", Value: Spread{104, 100, 150}, Unit: Millis, Goal: Goal{Below, 1000}},
			{Name: "lost", Engine: "mariadb", Value: Exact(0), Goal: Goal{Exactly, 0}, Note: "of 5000"},
			{Name: "import", Engine: "sqlite", Unit: PerSecond, Goal: Goal{AtLeast, 50_000}, Missing: "no command"},
			{Name: "over TLS", Engine: "sqlite", Value: Exact(0.9), Unit: Ratio},
		},
		Operations: []Operation{{
			Engine: "sqlite", Cards: 100_000, Name: "find", Title: "find by phone", Connections: 32, Generator: "wrk",
			Ratio: Spread{0.91, 0.88, 0.93}, OwnRatio: Exact(0.9), CPURatio: Exact(0.8), Server: side, Floor: floor, Faults: []string{"server: 1 of 2 failed"},
		}},
		Days: []Day{{Paced: *paced, Engine: "mariadb", Cards: 1_000_000, Duration: time.Minute, Requests: 60_000, Curve: []Point{
			{0, 300 * time.Microsecond}, {0.9, 2 * time.Millisecond}, {0.999, 20 * time.Millisecond}, {1, 25 * time.Millisecond},
		}}},
	}
}

func TestVerdicts(t *testing.T) {
	var got []string
	for _, f := range sample().Figures {
		got = append(got, f.Verdict())
	}
	assert.Equal(t, []string{Reached, Missed, Faulty, Reached, Reached, Unmeasured, Reported}, got)
	assert.False(t, Goal{Below, 10}.met(10))
	assert.True(t, Goal{AtLeast, 10}.met(10))
	assert.False(t, Goal{Exactly, 0}.met(1))
}

func TestSpreads(t *testing.T) {
	assert.Equal(t, Spread{}, SpreadOf(nil))
	assert.Equal(t, Spread{2, 1, 9}, SpreadOf([]float64{9, 1, 2}))
	assert.Equal(t, Spread{2.5, 1, 4}, SpreadOf([]float64{4, 3, 2, 1}))
}

func TestNumbersAreReadable(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 999: "999", 1000: "1\u202f000", 1234567.4: "1\u202f234\u202f567", -1234: "-1\u202f234"} {
		assert.Equal(t, want, whole(value))
	}
	assert.Equal(t, "0.91 (0.88..0.93)", spread(Spread{0.91, 0.88, 0.93}, Ratio.write))
	assert.Equal(t, "≥ 50\u202f000/s", Goal{AtLeast, 50_000}.in(PerSecond))
	assert.Equal(t, "< 40 MiB", Goal{Below, 40}.in(Mebibytes))
}

func TestMarkdownHoldsEverything(t *testing.T) {
	text := sample().Markdown()
	for _, want := range []string{
		"2026-11-22", "A <CPU> & more, 2 cores", "10.11-MariaDB", "go run ./server/bench -only find", "41\u202f000/s",
		"| find ÷ its floor | SQLite | 100\u202f000 | 0.91 (0.88..0.93) | ≥ 0.85 | yes |",
		"| 0.70 (0.60..0.80) | ≥ 0.8 | **no** |", `issue \| odd <name>`, "**faulty run**", "| no command | ≥ 50\u202f000/s | not measured |",
		"0; of 5000", "## SQLite with 100\u202f000 cards", "find by phone ⚠ faulty", "61 + 40", "0.80 / 12.0 / 20.0 at 5\u202f000",
		"## The mixed day", "## Faulty runs", "- issue | odd <name>, SQLite: 3 of 9 failed",
	} {
		assert.Contains(t, text, want)
	}
	columns := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		assert.True(t, columns == 0 || n == columns, "a row of %d cells in a table of %d: %s", n, columns, line)
		columns = n
	}
}

// wellFormed reads an SVG to its end and gives its texts.
func wellFormed(t *testing.T, svg []byte) string {
	t.Helper()
	var texts strings.Builder
	decoder := xml.NewDecoder(strings.NewReader(string(svg)))
	for depth := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			assert.Zero(t, depth)
			return texts.String()
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				assert.Equal(t, "svg", token.Name.Local)
			}
			for _, a := range token.Attr {
				assert.NotContains(t, a.Value, "NaN")
				assert.NotContains(t, a.Value, "Inf")
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			texts.Write(token)
		}
	}
}

func TestPlotsAreWellFormed(t *testing.T) {
	bars := wellFormed(t, sample().Bars())
	for _, want := range []string{"find ÷ its floor", "issue | odd <name>", "0.91 (≥ 0.85, reached)", "0.70 (≥ 0.8, missed)", "faulty run", "logarithmic"} {
		assert.Contains(t, bars, want)
	}
	assert.NotContains(t, bars, "start", "only ratios are drawn")
	day := wellFormed(t, sample().DayCurve())
	for _, want := range []string{"MariaDB", "99.9 %", "10 ms", "p99 must stay below 10 ms"} {
		assert.Contains(t, day, want)
	}
}

// A run that measured nothing still gives plots that open.
func TestPlotsOfNothing(t *testing.T) {
	wellFormed(t, Report{}.Bars())
	wellFormed(t, Report{Days: []Day{{}}}.DayCurve())
	zero := Report{Figures: []Figure{{Unit: Ratio, Goal: Goal{AtLeast, 1}}}}
	wellFormed(t, zero.Bars())
	assert.NotEmpty(t, Report{}.Markdown())
}

func TestFilesAreWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	require.NoError(t, sample().Write(dir))
	for _, name := range []string{"report.md", "results.json", "ratios.svg", "day.svg"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.NotEmpty(t, content)
	}
	content, err := os.ReadFile(filepath.Join(dir, "results.json"))
	require.NoError(t, err)
	var back Report
	require.NoError(t, json.Unmarshal(content, &back))
	assert.Equal(t, sample(), back)
}
