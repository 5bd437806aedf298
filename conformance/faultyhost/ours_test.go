package faultyhost_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/server/app"
)

// TestOurServerIsNotAccused runs the whole suite over the product as it is
// started for a partner, over TLS, with the sample imported by the operator's
// own commands.
func TestOurServerIsNotAccused(t *testing.T) {
	for _, row := range []struct {
		name     string
		database func(t *testing.T, dir string) string
	}{
		{"sqlite", func(_ *testing.T, dir string) string { return "sqlite:" + filepath.Join(dir, "adapter.db") }},
		{"mariadb", func(t *testing.T, _ string) string { return "mysql:" + mariadbtest.DSN(t) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := &product{t: t, dir: t.TempDir()}
			p.database = row.database(t, p.dir)
			p.load(faultyhost.Sample(faultyhost.Plain(), time.Now()))
			url := p.start()
			authority, err := os.ReadFile(filepath.Join(p.dir, "tls-cert.pem"))
			require.NoError(t, err)
			profile := profileOf(t, faultyhost.Plain())
			profile.ChannelParams = nil // its list of holders does not show channels
			target := conformance.Target{URL: url, User: user, Password: password, CA: authority}
			report, err := conformance.Run(context.Background(), target, conformance.Options{Profile: profile, Seed: 1})
			require.NoError(t, err)
			acquitted(t, "our server on "+row.name, report)
			report, err = conformance.Run(context.Background(), target, conformance.Options{Profile: profile, Seed: 1})
			require.NoError(t, err)
			onlyUsedUp(t, report)
		})
	}
}

// product is our own program over a store.
type product struct {
	t             *testing.T
	dir, database string
}

func (p *product) environ() []string {
	return []string{
		"ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=off", "ADAPTER_TLS=self-signed", "ADAPTER_DATA_DIR=" + p.dir,
		"ADAPTER_DATABASE=" + p.database, "ADAPTER_KOSHELEK_USER=" + user, "ADAPTER_KOSHELEK_PASSWORD=" + password,
		"ADAPTER_EARN_PERCENT=10", "ADAPTER_DATABASE_ALLOW_UNSAFE=true",
	}
}

// command runs an operator's command, over a file of rows when there are any.
func (p *product) command(rows [][]string, words ...string) {
	p.t.Helper()
	if rows != nil {
		file := filepath.Join(p.dir, strings.Join(words, "-")+".csv")
		var text bytes.Buffer
		require.NoError(p.t, csv.NewWriter(&text).WriteAll(rows))
		require.NoError(p.t, os.WriteFile(file, text.Bytes(), 0o600))
		words = append(words, file)
	}
	var out, log lockedBuffer
	code := app.Main(context.Background(), words, p.environ(), &out, app.WithLogOutput(&log))
	require.Zero(p.t, code, "%s: %s%s", strings.Join(words, " "), &out, &log)
}

// load imports what a host should know.
func (p *product) load(d faultyhost.Data) {
	cards := [][]string{{"card_number", "state", "balance", "issued_at", "phone", "email", "surname", "firstname", "birth_date"}}
	purchases := [][]string{{"card_number", "ref", "date", "item", "amount", "quantity", "location", "bonus_points"}}
	issued := time.Now().AddDate(-1, 0, 0)
	for _, c := range d.Customers {
		for _, card := range c.Cards {
			issued = issued.Add(time.Minute)
			var balance int64
			for _, lot := range card.Lots {
				balance += lot.Points
			}
			cards = append(cards, []string{card.Number, card.State, fmt.Sprint(balance), issued.Format(time.RFC3339), c.Phone, c.Email, c.Surname, c.Firstname, c.BirthDate})
			for i, line := range card.Purchases {
				purchases = append(purchases, []string{
					card.Number, fmt.Sprint(i), line.Date, line.Item, fmt.Sprintf("%d.%02d", line.Kopecks/100, line.Kopecks%100),
					fmt.Sprintf("%d.%03d", line.Thousandths/1000, line.Thousandths%1000), line.Location, fmt.Sprint(line.Points),
				})
			}
		}
	}
	p.command(nil, "migrate")
	p.command(cards, "import", "cards")
	p.command(purchases, "import", "purchases")
	p.loadProgramme(d)
}

func (p *product) loadProgramme(d faultyhost.Data) {
	numbers := [][]string{{"card_number"}}
	for _, number := range d.Pool {
		numbers = append(numbers, []string{number})
	}
	p.command(numbers, "pool", "import", "--handed-over")
	codes := [][]string{{"code", "points", "starts_at", "ends_at", "max_uses"}}
	moment := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(time.RFC3339)
	}
	for _, c := range d.Codes {
		codes = append(codes, []string{c.Code, fmt.Sprint(c.Points), moment(c.From), moment(c.Until), fmt.Sprint(c.Limit)})
	}
	p.command(codes, "import", "codes")
	offers := [][]string{{"id", "audience", "target", "name", "description", "start_date", "end_date", "image_url", "discount"}}
	for _, o := range d.Offers {
		audience := "all"
		if o.Card != "" {
			audience = "card"
		}
		offers = append(offers, []string{o.ID, audience, o.Card, o.Name, o.Description, o.StartDate, o.EndDate, o.Image, o.Discount})
	}
	p.command(offers, "import", "offers")
}

// start serves until the test ends and gives the address.
func (p *product) start() string {
	p.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var out, log lockedBuffer
	ended := make(chan int, 1)
	go func() { ended <- app.Main(ctx, []string{"serve"}, p.environ(), &out, app.WithLogOutput(&log)) }()
	p.t.Cleanup(func() { stop(); <-ended })
	address := ""
	require.Eventually(p.t, func() bool {
		for line := range strings.Lines(log.String()) {
			var entry struct{ URL, Message string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "serving" {
				address = entry.URL
			}
		}
		return address != ""
	}, 60*time.Second, 5*time.Millisecond, "the program does not serve: %s", &log)
	return address
}

// lockedBuffer collects output that several goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
