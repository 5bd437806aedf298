//go:build !race

package sqlmap_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/crm/connect/sqlmap"
	"koshelek-adapter/server/app/apptest"
)

var judgeAll = flag.Bool("judge.all", false, "judge the adapter by all scenarios that depend on the CRM, which takes longer")

// TestAdapterOverReferenceTablesIsNotAccused: the suite against the adapter in front
// of both databases.
func TestAdapterOverReferenceTablesIsNotAccused(t *testing.T) {
	sqlmap.Engines(t, func(t *testing.T, e sqlmap.Engine) {
		t.Parallel()
		sample := faultyhost.Sample(faultyhost.Plain(), time.Now())
		fill(t, e, sample)
		mapping, err := filepath.Abs("../../../examples/crm-sql/reference-" + e.Driver + ".toml")
		require.NoError(t, err)
		a := apptest.Adapter{T: t, Env: []string{
			"ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=off", "ADAPTER_TLS=off", "ADAPTER_DATA_DIR=" + t.TempDir(), "ADAPTER_KOSHELEK_USER=wallet",
			"ADAPTER_KOSHELEK_PASSWORD=only-for-this-test", "ADAPTER_DATABASE_ALLOW_UNSAFE=true", "ADAPTER_CRM=sql:" + mapping, "ADAPTER_CRM_SQL_READ=" + e.Reader,
			"ADAPTER_CRM_SQL_WRITE=" + e.Writer, "ADAPTER_CRM_RECEIPTS=true", "ADAPTER_CRM_FRESH=0s",
		}}
		a.Env = append(a.Env, "ADAPTER_DATABASE=sqlite:"+filepath.Join(t.TempDir(), "adapter.db"))
		a.Run("migrate")
		pool := filepath.Join(t.TempDir(), "pool.csv")
		require.NoError(t, os.WriteFile(pool, []byte("card_number\n"+strings.Join(sample.Pool, "\n")+"\n"), 0o600))
		a.Run("pool", "import", "--handed-over", pool)

		profile, err := conformance.ParseProfile([]byte(faultyhost.Plain().Profile()))
		require.NoError(t, err)
		profile.ChannelParams = nil // no list of users shows channels
		// What does not depend on the CRM is judged of our own engine, and of TLS there is none here.
		o := conformance.Options{Profile: profile, Seed: 1, Skip: []string{"tls", "auth", "paths", "body", "answer", "timing"}}
		if !*judgeAll {
			o.Only = []string{"find", "issue", "holder", "typed", "balance", "history", "offers", "promo", "receipt"}
		}
		report, err := conformance.Run(t.Context(), conformance.Target{URL: a.Serve(), User: "wallet", Password: "only-for-this-test"}, o)
		require.NoError(t, err)
		for _, scenario := range report.Scenarios {
			for _, check := range scenario.Checks {
				if check.Outcome != conformance.Pass && check.Outcome != conformance.Disabled {
					t.Errorf("%s (%s): %s %s", check.Rule, check.Text, check.Outcome, check.Message)
				}
			}
		}
		assert.Greater(t, report.Counts.Pass, 60)
		t.Logf("%d requests in %s, %+v", report.Requests, report.Took, report.Counts)
	})
}

// fill puts what a host should know into the reference tables.
func fill(t *testing.T, e sqlmap.Engine, d faultyhost.Data) {
	quote := func(text string) string {
		if text == "" {
			return "NULL"
		}
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	day := func(at time.Time) string {
		if at.IsZero() {
			return "NULL"
		}
		return quote(at.Format(time.DateOnly))
	}
	issued := time.Now().AddDate(-1, 0, 0)
	var script strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&script, format+";\n", args...) }
	for _, c := range d.Customers {
		owner := "NULL"
		if c.Phone+c.Email != "" {
			line("INSERT INTO wallet_customers (phone, email, surname, firstname, patronymic, birth_date) VALUES (%s, %s, %s, %s, %s, %s)",
				quote(c.Phone), quote(c.Email), quote(c.Surname), quote(c.Firstname), quote(c.Patronymic), quote(c.BirthDate))
			owner = "(SELECT max(id) FROM wallet_customers)"
		}
		for _, card := range c.Cards {
			issued = issued.Add(time.Minute)
			state := card.State
			if state == "" {
				state = "active"
			}
			line("INSERT INTO wallet_cards (number, customer_id, state, issued_at) VALUES (%s, %s, %s, %s)", quote(card.Number), owner, quote(state), quote(issued.Format(time.DateTime)))
			for _, lot := range card.Lots {
				until := "NULL"
				if lot.ValidUntil != "" {
					until = quote(lot.ValidUntil + " 23:59:59")
				}
				from := "NULL"
				if lot.Pending {
					from = quote(time.Now().AddDate(1, 0, 0).Format(time.DateTime))
				}
				line("INSERT INTO wallet_points (card, points, description, available_from, valid_until) VALUES (%s, %d, %s, %s, %s)", quote(card.Number), lot.Points, quote(lot.Description), from, until)
			}
			for _, p := range card.Purchases {
				line("INSERT INTO wallet_purchases (card, day, item, amount, quantity, location, points) VALUES (%s, %s, %s, %d.%02d, %d.%03d, %s, %d)",
					quote(card.Number), quote(p.Date), quote(p.Item), p.Kopecks/100, p.Kopecks%100, p.Thousandths/1000, p.Thousandths%1000, quote(p.Location), p.Points)
			}
		}
	}
	for _, c := range d.Codes {
		uses := "NULL"
		if c.Limit > 0 {
			uses = fmt.Sprint(c.Limit)
		}
		end := c.Until
		if !end.IsZero() {
			end = end.Add(-24 * time.Hour) // the last day
		}
		begin := c.From
		if begin.After(time.Now()) {
			begin = begin.Add(24 * time.Hour)
		}
		line("INSERT INTO wallet_codes (code, points, uses_left, start_date, end_date) VALUES (%s, %d, %s, %s, %s)", quote(c.Code), c.Points, uses, day(begin), day(end))
	}
	for _, o := range d.Offers {
		line("INSERT INTO wallet_offers VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
			quote(o.ID), quote(o.Name), quote(o.Description), quote(o.StartDate), quote(o.EndDate), quote(o.Image), quote(o.Discount), quote(o.Card))
	}
	e.Run(t, script.String())
}
