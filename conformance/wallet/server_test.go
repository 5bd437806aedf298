package wallet_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/wallet"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/handlers"
	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

const (
	login    = "koshelek"
	password = "correct horse: battery"
)

// keeper looks into our own store.
type keeper struct{ svc *engine.Engine }

func (k keeper) Profile(ctx context.Context, card string) (koshelek.User, error) {
	p, err := k.svc.Holder(ctx, card)
	return koshelek.User{
		Phone: koshelek.Text(p.Phone), Email: koshelek.Text(p.Email), Surname: koshelek.Text(p.Surname),
		Firstname: koshelek.Text(p.FirstName), Patronymic: koshelek.Text(p.Patronymic), Locality: koshelek.Text(p.Locality),
		BirthDate: koshelek.Text(p.BirthDate),
	}, err
}

func (k keeper) Consents(ctx context.Context, card string) ([]wallet.Consent, error) {
	lines, err := k.svc.Consents(ctx, card)
	var log []wallet.Consent
	for _, line := range lines {
		log = append(log, wallet.Consent{Channel: string(line.Channel), Allowed: line.Allowed})
	}
	return log, err
}

// ours is our own server over a store, with TLS.
func ours(t *testing.T, database string) (*httptest.Server, *engine.Engine) {
	t.Helper()
	store, err := sqldb.Open(context.Background(), database, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	barcode := crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13}
	template, err := crm.ParseNumberTemplate(crm.DefaultTemplate, barcode)
	require.NoError(t, err)
	zone := time.FixedZone("MSK", 3*60*60)
	svc, err := engine.New(store, engine.Options{
		Rules: engine.Rules{
			EarnBasisPoints: 100, MaxAge: 30 * 24 * time.Hour, ClockSkew: 5 * time.Minute, Lifetime: 365 * 24 * time.Hour,
			Welcome: 100, CodePoints: 50, Zone: zone, Texts: engine.EnglishTexts,
		},
		Template: template, Barcode: barcode, ReserveFor: time.Hour, Clock: time.Now,
	})
	require.NoError(t, err)
	_, _, err = svc.PutCodes(context.Background(), "", []engine.PromoCode{{Code: "WALLET-A", Points: 7}, {Code: "WALLET-B"}})
	require.NoError(t, err)
	service, err := crm.NewService(svc, crm.Options{Zone: zone})
	require.NoError(t, err)
	handler, err := handlers.New(service, handlers.Options{
		Options: middleware.Options{Credentials: []middleware.Credential{{User: login, Password: password}}}, AcceptPut: true, Zone: zone,
	})
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, svc
}

// unkind are the odds of the figures that the wallet is to reach.
func unkind(server *httptest.Server) wallet.Options {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return wallet.Options{
		URL: server.URL, User: login, Password: password, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		Seed: *runSeed, Users: *runUsers, Calls: *runCalls,
		Repeat: 0.2, Lose: 0.105, Slow: 0.05, Reorder: 0.1, SlowFor: 20 * time.Millisecond,
		Mix:   map[koshelek.Version]int{koshelek.V100: 1, koshelek.V110: 1, koshelek.V120: 2, koshelek.V130: 4},
		Codes: []string{"WALLET-A", "WALLET-B"},
	}
}

// TestOurServer plays the whole wallet against our own server on both engines;
// make wallet does so with 200 users and 20,000 calls.
func TestOurServer(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{
		"sqlite": func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "t.db") },
		"mysql":  func(t testing.TB) string { return "mysql:" + mariadbtest.DSN(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, svc := ours(t, database(t))
			o := unkind(server)
			o.Inspector = keeper{svc}
			report, err := wallet.Run(context.Background(), o)
			require.NoError(t, err)
			if testing.Verbose() {
				require.NoError(t, report.WriteText(os.Stdout))
			}
			assert.True(t, report.Conformant, "%+v", report.Faults)
			assert.Equal(t, *runCalls, report.Counts.Sent)
			assert.Zero(t, report.Counts.Impossible)
			assert.Equal(t, &wallet.Awards{Welcome: "100", Receipt: "50", Codes: map[string]string{"WALLET-A": "7", "WALLET-B": "50"}}, report.Awards)
			assert.Positive(t, report.Counts.Receipts)
			assert.Positive(t, report.Counts.Codes)
			assert.Empty(t, report.Notes)
		})
	}
}
