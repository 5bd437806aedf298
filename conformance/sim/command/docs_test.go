package command_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/conformance/sim/points"
	"koshelek-adapter/conformance/sim/qiibee"
)

var update = flag.Bool("update", false, "rewrite the tables of docs/simulators.md")

const page = "../../../docs/simulators.md"

// TestTablesOfTheDocs compares every table of the page with the code.
func TestTablesOfTheDocs(t *testing.T) {
	p, q, b := points.New(points.Options{}), qiibee.New(qiibee.Options{}), bigcity.New(bigcity.Options{})
	defer p.Close()
	defer q.Close()
	defer b.Close()
	tables := map[string]string{"wire": faultTable(sim.WireFaults(), nil)}
	for name, stage := range map[string]*sim.Stage{"points": p.Stage, "qiibee": q.Stage, "bigcity": b.Stage} {
		faults, knobs := stage.Switches()
		tables[name+" faults"] = faultTable(faults[len(sim.WireFaults()):], stage.Endpoints())
		tables[name+" knobs"] = knobTable(knobs)
		tables[name+" actions"] = actionTable(stage.Actions())
	}
	raw, err := os.ReadFile(page)
	require.NoError(t, err)
	text := string(raw)
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
		head, rest, found := strings.Cut(text, begin)
		require.True(t, found, "the page has no place for %s", name)
		table, tail, found := strings.Cut(rest, end)
		require.True(t, found, "the place for %s has no end", name)
		if *update {
			text = head + begin + tables[name] + end + tail
			continue
		}
		assert.Equal(t, tables[name], table, "%s: run the test with -update", name)
	}
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(text), 0o644))
	}
}

func faultTable(faults []sim.Fault, endpoints []string) string {
	var b strings.Builder
	if endpoints == nil {
		b.WriteString("| fault | what it does | value; without one |\n| --- | --- | --- |\n")
	} else {
		fmt.Fprintf(&b, "Endpoints: `%s`.\n\n| fault | strikes at | what it does | value; without one |\n| --- | --- | --- | --- |\n", strings.Join(endpoints, "`, `"))
	}
	for _, f := range faults {
		at := ""
		if endpoints != nil {
			at = " " + strings.Join(f.Endpoints, ", ") + " |"
			if len(f.Endpoints) > 6 {
				at = " every HTTP endpoint |"
			}
		}
		fmt.Fprintf(&b, "| `%s` |%s %s | %s |\n", f.Name, at, f.Doc, cmp.Or(f.Value, "none"))
	}
	return b.String()
}

func knobTable(knobs []sim.Knob) string {
	b := "| knob | what it decides | values | at the start |\n| --- | --- | --- | --- |\n"
	for _, k := range knobs {
		b += fmt.Sprintf("| `%s` | %s | %s | %s |\n", k.Name, k.Doc, k.Values, k.Default)
	}
	return b
}

func actionTable(actions map[string]sim.Action) string {
	b := "| action | what it does | arguments |\n| --- | --- | --- |\n"
	for _, name := range slices.Sorted(maps.Keys(actions)) {
		b += fmt.Sprintf("| `%s` | %s | %s |\n", name, actions[name].Doc, cmp.Or(actions[name].Args, "none"))
	}
	return b
}
