package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/sqldb/sqldbtest"
	"koshelek-adapter/server/app"
)

const samples = "../../docs/samples/"

// desk is where an operator works: a migrated database and no server.
type desk struct {
	t   *testing.T
	env map[string]string
	dir string
}

// onBoth runs a test on a fresh database of each engine.
func onBoth(t *testing.T, test func(d *desk)) {
	t.Run("sqlite", func(t *testing.T) { test(newDesk(t, "")) })
	t.Run("mariadb", func(t *testing.T) { test(newDesk(t, sqldbtest.MariaDB(t))) })
}

func newDesk(t *testing.T, database string, changes ...string) *desk {
	t.Helper()
	env := environment(t, changes...)
	if database != "" {
		env["ADAPTER_DATABASE"] = database
	}
	d := &desk{t: t, env: env, dir: t.TempDir()}
	d.must("migrate")
	return d
}

// must runs a command that has to work, and gives what it printed.
func (d *desk) must(args ...string) string {
	d.t.Helper()
	code, out, log := d.try(args...)
	require.Equal(d.t, app.ExitOK, code, "%v: %s", args, log)
	return out
}

func (d *desk) try(args ...string) (code int, out, log string) {
	d.t.Helper()
	return command(d.t, d.env, args...)
}

// file writes a file to import.
func (d *desk) file(name, content string) string {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	require.NoError(d.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// answer runs a command with --json and reads its answer.
func answer[A any](d *desk, args ...string) (a A) {
	d.t.Helper()
	require.NoError(d.t, json.Unmarshal([]byte(d.must(append(args, "--json")...)), &a))
	return a
}

func (d *desk) loadSamples() {
	d.t.Helper()
	d.must("import", "cards", samples+"cards.csv")
	d.must("import", "cards", samples+"Shop_clients_20260917.csv.zip", "--format", "koshelek-registry")
	d.must("import", "purchases", samples+"purchases.csv")
	d.must("import", "offers", samples+"offers.csv")
	d.must("import", "codes", samples+"codes.csv")
	d.must("import", "points", samples+"points.csv")
	d.must("pool", "import", samples+"numbers.csv")
	d.must("pool", "import", samples+"Shop_reserved_20260917.csv.zip", "--format", "koshelek-registry", "--handed-over")
	d.must("import", "customers", samples+"customers.csv")
}

// exports gives everything that can be exported.
func (d *desk) exports() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	for _, kind := range []string{"cards", "customers", "purchases", "points", "codes", "offers"} {
		all[kind] = d.must("export", kind)
	}
	all["numbers"] = d.must("pool", "export")
	return all
}

// The samples of the documentation can be imported, twice, and nothing is there
// twice.
func TestSamplesAreImported(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		d.loadSamples()
		before := d.exports()
		for kind, rows := range map[string]int{"cards": 6, "customers": 5, "purchases": 3, "points": 5, "codes": 2, "offers": 3, "numbers": 2} {
			assert.Equal(d.t, rows, strings.Count(before[kind], "\n")-1, "%s:\n%s", kind, before[kind])
		}
		d.loadSamples()
		assert.Equal(d.t, before, d.exports(), "an import may run twice")
		d.must("verify")
	})
}

// What is exported can be imported elsewhere and is the same there.
func TestExportsAreImported(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		d.loadSamples()
		other := newDesk(d.t, "")
		for _, kind := range []string{"cards", "purchases", "codes", "offers"} {
			path := filepath.Join(d.dir, kind+".csv")
			d.must("export", kind, path)
			other.must("import", kind, path)
			if kind != "codes" { // the uses stay at home
				assert.Equal(d.t, d.must("export", kind), other.must("export", kind))
			}
		}
		d.must("export", "cards", d.dir, "--format", "koshelek-registry", "--partner", "Shop")
		found, err := filepath.Glob(filepath.Join(d.dir, "Shop_clients_*.csv.zip"))
		require.NoError(d.t, err)
		require.Len(d.t, found, 1)
		third := newDesk(d.t, "")
		third.must("import", "cards", found[0], "--format", "koshelek-registry")
		assert.Equal(d.t, strings.Count(d.must("export", "cards"), "\n"), strings.Count(third.must("export", "cards"), "\n"))
	})
}

// Refused rows are listed with line, column and reason and no personal data;
// the others are stored.
func TestRefusedRows(t *testing.T) {
	onBoth(t, func(d *desk) {
		path := d.file("cards.csv", "card_number,barcode,barcode_type,balance,phone,email\n"+
			"2900000000018,2900000000018,EAN_13,5,79216668899,\n"+
			"2900000000025,2900000000026,EAN_13,5,,\n"+ // 3: a wrong check digit
			"2900000000032,,,many,,\n"+ // 4
			"2900000000049,,,5,12345x9,\n"+ // 5
			"one,two\n"+ // 6
			"29000\"00,,,,,\n"+ // 7
			"2900000000056,,,7,,vera@example.com\n"+
			"2900000000063,,,7,79216668899,vera@example.com\n") // 9: two customers
		report := filepath.Join(d.dir, "refused.csv")
		code, out, log := d.try("import", "cards", path, "--report", report)
		require.Equal(d.t, app.ExitIncomplete, code, log)
		assert.Contains(d.t, out, "8 rows, 2 stored, 6 refused")
		text, err := os.ReadFile(report)
		require.NoError(d.t, err)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		require.Len(d.t, lines, 7, string(text))
		assert.Equal(d.t, "line,column,reason,value", lines[0])
		for i, want := range []string{"3,card_number,", "4,balance,is not a whole number", "5,phone,", "6,,", "7,,", "9,,phone and email belong to two"} {
			assert.True(d.t, strings.HasPrefix(lines[i+1], want), "%s is not %s", lines[i+1], want)
		}
		assert.Contains(d.t, lines[1], "check digit")
		for _, personal := range []string{"79216668899", "vera@example.com", "12345x9"} {
			assert.NotContains(d.t, string(text)+log+out, personal)
		}
		require.Equal(d.t, 2, strings.Count(d.must("export", "cards"), "\n")-1)
	})
}

func TestDryRunStoresNothing(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.must("import", "cards", samples+"cards.csv")
		before := d.exports()
		cards := d.file("c.csv", "card_number,phone\n2900000000100,79990000001\n,79990000002\n")
		code, out, _ := d.try("import", "cards", cards, "--dry-run")
		assert.Equal(d.t, app.ExitIncomplete, code)
		assert.Contains(d.t, out, "1 would be stored, 1 refused")
		d.must("import", "customers", samples+"customers.csv", "--dry-run")
		d.must("import", "purchases", samples+"purchases.csv", "--dry-run")
		d.must("import", "points", samples+"points.csv", "--dry-run")
		d.must("import", "codes", samples+"codes.csv", "--dry-run")
		d.must("import", "offers", samples+"offers.csv", "--dry-run")
		d.must("pool", "import", samples+"numbers.csv", "--dry-run")
		unknown := d.file("p.csv", "key,card_number,points\nk,2999999999999,5\n")
		code, _, log := d.try("import", "points", unknown, "--dry-run")
		assert.Equal(d.t, app.ExitIncomplete, code)
		assert.Contains(d.t, log, "line 2, card_number 29***99: there is no such card")
		assert.Equal(d.t, before, d.exports())
		assert.Contains(d.t, d.must("pool", "status"), "free         0")
	})
}

func TestPointsForAnUnknownCard(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.must("import", "cards", samples+"cards.csv")
		path := d.file("points.csv", "key,card_number,points\na,2900000000018,5\nb,2999999999999,5\nc,2900000000018,-100000\nd,2900000000018,7\n")
		for range 2 {
			code, out, log := d.try("import", "points", path)
			require.Equal(d.t, app.ExitIncomplete, code, log)
			assert.Contains(d.t, out, "4 rows, 2 stored, 2 refused")
			assert.Contains(d.t, log, "line 3, card_number 29***99: there is no such card")
			assert.Contains(d.t, log, "line 4, points -100000: the card has fewer points")
		}
		assert.Contains(d.t, d.must("card", "show", "2900000000018"), "262, of which 262")
	})
}

// Standard input is read for "-".
func TestImportFromStandardInput(t *testing.T) {
	d := newDesk(t, "")
	text, err := os.ReadFile(samples + "cards.csv")
	require.NoError(t, err)
	var out, log buffer
	code := app.Main(context.Background(), []string{"import", "cards", "-"}, environ(d.env), &out,
		app.WithLogOutput(&log), app.WithInput(bytes.NewReader(text)))
	require.Equal(t, app.ExitOK, code, log.String())
	require.Equal(t, 3, strings.Count(d.must("export", "cards"), "\n")-1)
}

// A program's database that is not there is not made by a look at a card.
func TestCommandsMakeNoDatabase(t *testing.T) {
	env := environment(t)
	code, _, log := command(t, env, "card", "show", "1")
	require.Equal(t, app.ExitFailed, code)
	require.Contains(t, log, "there is no database")
	require.NoFileExists(t, strings.TrimPrefix(env["ADAPTER_DATABASE"], "sqlite:"))
}

func TestCommandsAreMisused(t *testing.T) {
	d := newDesk(t, "")
	for _, args := range [][]string{
		{"import"}, {"import", "cards"}, {"import", "shoes", "f"}, {"export", "cards", "--format", "xml"},
		{"export", "cards", "--format", "koshelek-registry"}, {"export", "cards", "--format", "koshelek-registry", "--partner", "a/b"},
		{"points", "grant", "1", "ten"}, {"points", "grant", "1", "10", "--valid-until", "soon"}, {"card", "show"},
		{"offers", "add", "x"}, {"pool", "export", "--state", "lost"}, {"points", "history", "1", "--limit", "0"},
		{"import", "cards", "f", "--format", "xml"},
	} {
		code, _, log := d.try(args...)
		assert.Equal(t, app.ExitMisused, code, "%v: %s", args, log)
	}
}

// The commands work beside a running server and it sees what they do.
func TestCommandsBesideAServer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(d *desk) {
		r := start(d.t, d.env)
		d.loadSamples()
		status, body := r.call("GET", "/v1/card?msisdn=79031234567", "")
		require.Equal(d.t, 200, status)
		require.Contains(d.t, body, "2900000000025")
		d.must("card", "block", "2900000000025", "--reason", "lost")
		status, _ = r.call("GET", "/v1/card?msisdn=79031234567", "")
		require.Equal(d.t, 422, status)
		d.must("card", "replace", "2900000000025", "2900000000094")
		_, body = r.call("GET", "/v1/card?msisdn=79031234567", "")
		require.Contains(d.t, body, "2900000000094")
		shown := answer[[]struct {
			State string `json:"state"`
			Audit []struct{ Actor, Action, Detail string }
		}](d, "card", "show", "2900000000025")
		require.Equal(d.t, "blocked", shown[0].State)
		var actions []string
		for _, line := range shown[0].Audit {
			actions = append(actions, line.Action+" "+line.Detail)
		}
		require.Equal(d.t, []string{"card new ", "purchase new r-1002-1", "card blocked lost", "card replaced by 2900000000094"}, actions)
	})
}

func TestPointsCommands(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.must("import", "cards", samples+"cards.csv")
		assert.Contains(d.t, d.must("points", "grant", "2900000000018", "30", "--actor", "Vera"), "+30 points")
		assert.Contains(d.t, d.must("points", "grant", "2900000000018", "30"), "done before")
		assert.Contains(d.t, d.must("points", "take", "2900000000018", "80", "--key", "t1"), "-80 points (key t1)")
		code, _, log := d.try("points", "take", "2900000000018", "9", "--key", "t1")
		assert.Equal(d.t, app.ExitFailed, code)
		assert.Contains(d.t, log, "the same key was used before")
		code, _, log = d.try("points", "take", "2900000000018", "9999")
		assert.Equal(d.t, app.ExitFailed, code)
		assert.Contains(d.t, log, "fewer points")
		lines := answer[[]struct {
			Kind   string
			Points int64
		}](d, "points", "history", "2900000000018")
		assert.Equal(d.t, "[{take -80} {grant 30} {grant 250}]", fmt.Sprint(lines))
		assert.Contains(d.t, d.must("card", "show", "--phone", "79216668899"), "Vera: points grant 30")
	})
}

func TestEraseCommand(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.loadSamples()
		for _, answer := range []string{"", "no\n", "y"} {
			var log buffer
			code := app.Main(d.t.Context(), []string{"erase", "79216668899"}, environ(d.env), &buffer{}, app.WithLogOutput(&log), app.WithInput(strings.NewReader(answer)))
			assert.Equal(d.t, app.ExitMisused, code, "nobody said yes")
			assert.Contains(d.t, log.String(), "--yes")
		}
		d.must("card", "show", "--phone", "79216668899")
		out := d.must("erase", "+7 921 666-88-99", "--actor", "DPO", "--yes")
		for _, want := range []string{"7921***8899", "birthDate", "2900000000018 (blocked", "2 removed", "DPO: erase"} {
			assert.Contains(d.t, out, want)
		}
		for _, kind := range []string{"cards", "customers", "purchases", "points", "offers"} {
			assert.NotContains(d.t, d.must("export", kind), "79216668899")
		}
		for _, args := range [][]string{{"erase", "123"}, {"card", "show", "--phone", "123"}} {
			code, _, log := d.try(args...)
			assert.Equal(d.t, app.ExitMisused, code)
			assert.Contains(d.t, log, "not a possible phone")
		}
		for _, args := range [][]string{{"erase"}, {"erase", "79216668899", "--card", "2900000000018"}, {"erase", "--email", "a@b.ru", "--card", "1"}} {
			code, _, _ := d.try(args...)
			assert.Equal(d.t, app.ExitMisused, code)
		}
		code, _, _ := d.try("erase", "--card", "2900000000018")
		assert.Equal(d.t, app.ExitFailed, code, "it has no holder any more")
		code, _, log := d.try("erase", "79216668899")
		assert.Equal(d.t, app.ExitFailed, code)
		assert.NotContains(d.t, log, "79216668899")
		d.must("verify")
	})
}

// TestEraseByCard takes a yes that is typed.
func TestEraseByCard(t *testing.T) {
	d := newDesk(t, "")
	d.loadSamples()
	code := app.Main(t.Context(), []string{"erase", "--card", "2900000000018"}, environ(d.env), &buffer{}, app.WithLogOutput(&buffer{}), app.WithInput(strings.NewReader("yes\n")))
	assert.Equal(t, app.ExitOK, code)
	code, _, _ = d.try("card", "show", "--phone", "79216668899")
	assert.Equal(t, app.ExitFailed, code)
}

func TestCodesAndOffersCommands(t *testing.T) {
	onBoth(t, func(d *desk) {
		assert.Contains(d.t, d.must("codes", "add", "spring", "--points", "50", "--max-uses", "3", "--ends-at", "2099-01-01"), "SPRING")
		code, _, _ := d.try("codes", "status", "WINTER")
		assert.Equal(d.t, app.ExitFailed, code)
		d.must("offers", "add", "coffee", "--name", "Coffee")
		assert.Contains(d.t, d.must("offers", "list"), "coffee")
		d.must("offers", "end", "coffee")
		assert.NotContains(d.t, d.must("offers", "list"), "coffee")
		assert.Contains(d.t, d.must("offers", "list", "--all"), "coffee")
		code, _, _ = d.try("offers", "end", "tea")
		assert.Equal(d.t, app.ExitFailed, code)
		code, _, log := d.try("offers", "add", "x", "--name", "X", "--audience", "friends")
		assert.Equal(d.t, app.ExitFailed, code, log)
	})
}

func TestPoolCommands(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.must("pool", "add", "2900000000018", "2900000000025")
		code, out, _ := d.try("pool", "add", "2900000000018", "29 00")
		assert.Equal(d.t, app.ExitIncomplete, code)
		assert.Contains(d.t, out, "0 added, 1 known before, 1 refused")
		d.must("pool", "add", "--handed-over", "2900000000032")
		assert.Equal(d.t, map[string]int64{"free": 2, "reserved": 0, "handed_over": 1}, answer[map[string]int64](d, "pool", "status"))
		assert.Equal(d.t, 2, strings.Count(d.must("pool", "export"), "\n"))
		assert.Equal(d.t, 4, strings.Count(d.must("pool", "export", "--state", "all"), "\n"))
		d.must("pool", "export", d.dir, "--format", "koshelek-registry", "--partner", "Shop")
	})
}

func TestVerifyAndDoctorCommands(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.loadSamples()
		assert.Equal(d.t, 0.0, answer[map[string]any](d, "verify")["differences"])
		code, out, log := d.try("doctor")
		assert.Equal(d.t, app.ExitOK, code, out+log)
		for _, want := range []string{"settings", "schema", "pool", "certificate", "answers"} {
			assert.Contains(d.t, out, want)
		}
		d.env["ADAPTER_CARD_TEMPLATE"] = "pool"
		empty := newDesk(d.t, "", "ADAPTER_CARD_TEMPLATE=pool")
		code, out, _ = empty.try("doctor")
		assert.Equal(d.t, app.ExitFailed, code)
		assert.Contains(d.t, out, "no card can be issued")
	})
}

// Who moves the data directory hears of the store that stays behind, once.
func TestNewStoreBesideAnother(t *testing.T) {
	t.Chdir(t.TempDir())
	env := map[string]string{"ADAPTER_TLS": "off"}
	for range 2 {
		code, _, log := command(t, env, "migrate")
		assert.Equal(t, app.ExitOK, code, log)
		assert.NotContains(t, log, "a new store is begun")
	}
	env["ADAPTER_DATA_DIR"] = "elsewhere"
	for _, warned := range []bool{true, false} {
		code, _, log := command(t, env, "migrate")
		assert.Equal(t, app.ExitOK, code, log)
		assert.Equal(t, warned, strings.Contains(log, "a new store is begun"), log)
	}
	assert.FileExists(t, filepath.Join("elsewhere", "adapter.db"))
}

// Every command explains itself with an example, and completion works.
func TestHelpOfEveryCommand(t *testing.T) {
	env := environment(t)
	for _, args := range []string{
		"import customers", "import cards", "import purchases", "import offers", "import codes", "import points",
		"export customers", "export cards", "export purchases", "export points", "pool add", "pool import", "pool export", "pool status",
		"card show", "card block", "card unblock", "card replace", "card segments", "points grant", "points take", "points history",
		"search", "stats", "audit", "codes add", "codes end", "codes status", "offers list", "offers add", "offers end", "erase", "drives list", "drives remove", "identifiers", "verify", "doctor",
	} {
		code, out, _ := command(t, env, append(strings.Fields(args), "--help")...)
		assert.Equal(t, app.ExitOK, code)
		assert.Contains(t, out, "Examples:\n  koshelek-adapter "+args, args)
		assert.Contains(t, out, "--json", args)
	}
	for args, columns := range map[string][]string{
		"import customers": {"phone", "email"}, "import cards": {"card_number*", "balance"}, "import purchases": {"ref*", "amount*"},
		"import offers": {"audience*"}, "import codes": {"code*"}, "import points": {"key*", "points*"}, "pool import": {"card_number*"},
	} {
		_, out, _ := command(t, env, append(strings.Fields(args), "--help")...)
		for _, column := range columns {
			assert.Contains(t, out, column, args)
		}
	}
	code, out, _ := command(t, env, "completion", "bash")
	assert.Equal(t, app.ExitOK, code)
	assert.Contains(t, out, "koshelek-adapter")
}
