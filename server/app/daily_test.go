package app_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
)

// TestSearch finds people by what somebody remembers of them, and shows them masked.
func TestSearch(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.env["ADAPTER_CARD_TEMPLATE"] = "29##########{ean}"
		d.must("import", "customers", d.file("c.csv", "phone;surname;firstname;email\n"+
			"79161234567;Иванов;Пётр;petr@example.com\n79161234568;Семёнова;Анна;anna@example.com\n79031112233;Ivanov;Ann;ann.i@example.org\n"))
		for text, want := range map[string]int{
			"семенова": 1, "СЕМЁНОВА анна": 1, "иван": 1, "ann": 2, "ann example.com": 1, "анна иванов": 0, "916 123": 2, "4568": 1, "68": 0,
			"8 916 123-45-67": 1, "+7(903)111-22-33": 1, "example": 3, "%": 0, "_": 0, "zz": 0,
		} {
			out := d.must("search", text, "--json")
			var found []map[string]any
			require.NoError(t, json.Unmarshal([]byte(out), &found))
			if text != "68" { // card numbers are drawn, and two digits may stand in one
				assert.Len(d.t, found, want, text)
			}
			for _, personal := range []string{"7916123456", "Семёнова", "anna@", "Ivanov"} {
				assert.NotContains(d.t, out, personal)
			}
		}
		assert.Contains(d.t, d.must("search", "семенова", "--personal"), "79161234568  anna@example.com  Семёнова Анна")
		assert.Contains(d.t, d.must("search", "example", "--limit", "2"), "more than 2")
		assert.Equal(d.t, "nothing was found\n", d.must("search", "zz"))
	})
}

// TestStatsAndAudit: what happened stands under its day, and refusals of a server
// that ended stand there too.
func TestStatsAndAudit(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.env["ADAPTER_KOSHELEK_PASSWORD"], d.env["ADAPTER_TIME_ZONE"] = testPassword, "Asia/Kamchatka"
		d.must("pool", "add", "2900000000018", "2900000000025")
		server := start(d.t, d.env)
		_, answer := server.call("POST", "/v1/card/anonymous", `{"phone":"79161234567"}`)
		card := regexp.MustCompile(`29000000000[0-9]{2}`).FindString(answer)
		require.NotEmpty(d.t, card, answer)
		for range 3 {
			server.call("GET", "/v1/card/2900000009999", "")
		}
		require.Equal(d.t, app.ExitOK, server.end())
		d.must("points", "grant", card, "100", "--actor", "anna")
		d.must("points", "take", card, "30", "--actor", "boris")
		var stats struct {
			Cards  map[string]int64
			Points int64
			Days   []struct {
				Cards    int64
				Credited int64 `json:"points_credited"`
				Debited  int64 `json:"points_debited"`
				Refused  map[string]int64
			}
		}
		require.NoError(d.t, json.Unmarshal([]byte(d.must("stats", "--days", "2", "--json")), &stats))
		require.Len(d.t, stats.Days, 2)
		day := stats.Days[0]
		if day.Credited == 0 && day.Cards == 0 { // midnight came between
			day = stats.Days[1]
		}
		assert.Equal(d.t, int64(1), stats.Cards["active"])
		assert.Equal(d.t, int64(70), stats.Points)
		assert.Equal(d.t, int64(1), day.Cards)
		assert.Equal(d.t, int64(100), day.Credited)
		assert.Equal(d.t, int64(30), day.Debited)
		assert.Equal(d.t, map[string]int64{"201": 3}, day.Refused)

		log := strings.Split(strings.TrimSpace(d.must("audit")), "\n")
		require.Len(d.t, log, 3)
		assert.Regexp(d.t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+12  anna +points grant +`+card+` +100$`, log[1], "times are the programme's zone's")
		assert.Contains(d.t, log[2], "boris")
		assert.Len(d.t, strings.Split(strings.TrimSpace(d.must("audit", "--limit", "1")), "\n"), 2)
		assert.NotContains(d.t, d.must("audit", "2900000000032"), "anna")
	})
}

// TestCardReplacedTwice: the same command again is the same success, also without
// a number, and both cards name each other.
func TestCardReplacedTwice(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.must("import", "cards", d.file("cards.csv", "card_number;phone\n2900000000018;79161234567\n"))
		d.must("pool", "add", "2900000000025", "2900000000032", "2900000000049")
		out := d.must("card", "replace", "2900000000018", "--reason", "lost")
		assert.Equal(d.t, out, d.must("card", "replace", "2900000000018"))
		assert.Contains(d.t, d.must("pool", "status", "--json"), `"free": 2`, "no number is used up by the repetition")
		next := strings.Fields(strings.Split(out, "replaced by ")[1])[0]
		assert.Contains(d.t, d.must("audit", "2900000000018"), "by "+next+": lost")
		assert.Contains(d.t, d.must("audit", next), "2900000000018: lost")
		code, _, log := d.try("card", "replace", "2900000000018", "2900000000100")
		assert.Equal(d.t, app.ExitFailed, code)
		assert.Contains(d.t, log, next)
	})
}

// TestCodesAreChangedAndEnded: what is not given stays.
func TestCodesAreChangedAndEnded(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.must("codes", "add", "SPRING", "--points", "50", "--max-uses", "3", "--ends-at", "2099-01-01", "--description", "spring sale")
		out := d.must("codes", "add", "spring", "--points", "60")
		for _, kept := range []string{"60", "3", "2099-01-01", "spring sale"} {
			assert.Contains(d.t, out, kept)
		}
		assert.Contains(d.t, d.must("codes", "end", "SPRING", "--last-day", "31.12.2098"), "2098-12-31")
		assert.Contains(d.t, d.must("codes", "end", "SPRING", "--last-day", "2099-06-01"), "2098-12-31", "an end never lengthens")
		assert.NotContains(d.t, d.must("codes", "end", "SPRING"), "2098-12-31")
		d.must("codes", "add", "WINTER", "--starts-at", "2099-01-01")
		d.must("codes", "end", "WINTER")
		code, _, _ := d.try("codes", "end", "AUTUMN")
		assert.Equal(d.t, app.ExitFailed, code)
	})
}

// TestTypedCommands: a mistyped command has a suggestion, a negative number is one,
// and an interrupted command says so.
func TestTypedCommands(t *testing.T) {
	d := newDesk(t, "")
	for typed, says := range map[string]string{
		"poins grant": "did you mean points?", "card shw 1": "did you mean show?", "import crads x": "did you mean cards?", "nonsense": "unknown command",
		"points grant 2900000000018 -5": "must be positive", "points grant 2900000000018 --json -5": "must be positive",
		"points history 2900000000018 --limit -5": "--limit is 1", "points grant 2900000000018 -5 --key x": "must be positive",
		"card show -x": "unknown shorthand flag",
	} {
		code, _, log := d.try(strings.Fields(typed)...)
		assert.NotEqual(t, app.ExitOK, code, typed)
		assert.Contains(t, log, says, typed)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var log buffer
	assert.Equal(t, app.ExitInterrupted, app.Main(ctx, []string{"verify"}, environ(d.env), &buffer{}, app.WithLogOutput(&log)))
	assert.Equal(t, "interrupted\n", log.String())
}
