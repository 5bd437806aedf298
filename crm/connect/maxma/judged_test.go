//go:build !race

package maxma_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/maxma"
	"koshelek-adapter/server/app/apptest"
)

// cannotBe are the rules about what a MAXMA never has: a customer without a phone, or
// with several cards.
var cannotBe = []string{"find.or-without-phone", "several.one-card", "several.stable"}

// TestAdapterOverMAXMAIsNotAccused: the suite against the adapter in front of the
// simulator, as far as a MAXMA can do what is judged.
func TestAdapterOverMAXMAIsNotAccused(t *testing.T) {
	s := maxma.New("key", sim.Settings{Seed: 1})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { server.Close(); s.Close() })
	sample := faultyhost.Sample(faultyhost.Plain(), time.Now())
	fill(s, sample)
	dir := t.TempDir()
	a := apptest.Adapter{T: t, Env: []string{
		"ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=off", "ADAPTER_TLS=off", "ADAPTER_DATA_DIR=" + dir, "ADAPTER_KOSHELEK_USER=wallet",
		"ADAPTER_KOSHELEK_PASSWORD=only-for-this-test", "ADAPTER_DATABASE_ALLOW_UNSAFE=true", "ADAPTER_DATABASE=sqlite:" + filepath.Join(dir, "adapter.db"),
		"ADAPTER_CRM=maxma:" + server.URL, "ADAPTER_CRM_MAXMA_KEY=key", "ADAPTER_CRM_RECEIPTS=true", "ADAPTER_CRM_FRESH=0s",
	}}
	a.Run("migrate")
	pool := filepath.Join(dir, "pool.csv")
	require.NoError(t, os.WriteFile(pool, []byte("card_number\n"+strings.Join(sample.Pool, "\n")+"\n"), 0o600))
	a.Run("pool", "import", "--handed-over", pool)
	for _, c := range sample.Codes {
		words := []string{"codes", "add", c.Code, "--points", fmt.Sprint(c.Points), "--max-uses", fmt.Sprint(c.Limit)}
		if !c.From.IsZero() {
			words = append(words, "--starts-at", c.From.Format(time.RFC3339))
		}
		if !c.Until.IsZero() {
			words = append(words, "--ends-at", c.Until.Format(time.RFC3339))
		}
		a.Run(words...)
	}
	for _, o := range sample.Offers {
		words := []string{"offers", "add", o.ID, "--name", o.Name, "--description", o.Description, "--start-date", o.StartDate, "--end-date", o.EndDate, "--image", o.Image, "--discount", o.Discount}
		if o.Card != "" {
			words = append(words, "--audience", "card", "--target", o.Card)
		}
		a.Run(words...)
	}
	profile, err := conformance.ParseProfile([]byte(faultyhost.Plain().Profile()))
	require.NoError(t, err)
	profile.ChannelParams = nil // no list of users shows channels
	// A client has one card, so that there is none of several, and a second number is
	// refused (reserve.attach). By e-mail only cards that were seen are found.
	profile.Data.Several, profile.Data.Blocked.Email = nil, ""
	report, err := conformance.Run(t.Context(), conformance.Target{URL: a.Serve(), User: "wallet", Password: "only-for-this-test"}, conformance.Options{
		Profile: profile, Seed: 1, Skip: []string{"tls", "auth", "paths", "body", "answer", "timing", "reserve.attach"},
	})
	require.NoError(t, err)
	for _, scenario := range report.Scenarios {
		for _, check := range scenario.Checks {
			excused := check.Outcome == conformance.Disabled || check.Outcome == conformance.Skip && slices.Contains(cannotBe, check.Rule)
			if check.Outcome != conformance.Pass && !excused {
				t.Errorf("%s (%s): %s %s", check.Rule, check.Text, check.Outcome, check.Message)
			}
		}
	}
	assert.Greater(t, report.Counts.Pass, 250)
	t.Logf("%d requests in %s, %+v", report.Requests, report.Took, report.Counts)
}

// fill puts what a MAXMA can hold of a host's data into it.
func fill(s *maxma.Simulator, d faultyhost.Data) {
	for _, c := range d.Customers {
		r := maxma.Record{Client: maxma.Client{
			Surname: c.Surname, Name: c.Firstname, PatronymicName: c.Patronymic, Email: c.Email, Birthdate: c.BirthDate, Card: c.Cards[0].Number,
		}, Suspended: c.Cards[0].State == "blocked"}
		if c.Phone != "" {
			r.PhoneNumber = "+" + c.Phone
		}
		for _, lot := range c.Cards[0].Lots {
			if lot.Pending {
				r.Pending += lot.Points
				continue
			}
			b := maxma.Bonus{Amount: lot.Points}
			if lot.ValidUntil != "" {
				b.ExpireAt = lot.ValidUntil + "T23:59:59+03:00"
			}
			r.Bonuses = append(r.Bonuses, b)
		}
		for _, p := range c.Cards[0].Purchases {
			at, _ := time.Parse(time.DateOnly, p.Date) // the sample's days are good
			r.Bought = append(r.Bought, maxma.Purchase{TxID: p.Date + p.Item, Shop: maxma.Shop{Code: "1", Name: p.Location}, ExecutedAt: at.Add(9 * time.Hour), Rows: []maxma.Row{{
				Title: p.Item, SKU: "1", Qty: float64(p.Thousandths) / 1000, PaidAmount: float64(p.Kopecks) / 100, Bonuses: &maxma.Bonuses{Collected: p.Points},
			}}})
		}
		s.Put(r)
	}
}
