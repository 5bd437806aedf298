package microsite_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	suite "koshelek-adapter/conformance/microsite"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/handlers/entrance"
	"koshelek-adapter/handlers/microsite"
)

func TestMain(m *testing.M) { os.Exit(mariadbtest.Run(m)) }

// phones remembers what was sent last.
type phones struct{ last sync.Map }

// SendCode implements crm.CodeSender.
func (p *phones) SendCode(_ context.Context, phone, code string) error {
	p.last.Store(phone, code)
	return nil
}

// TestOursIsAccusedOfNothing runs the whole suite against this product, with
// every switch in both positions.
func TestOursIsAccusedOfNothing(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":  func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "t.db") },
		"mariadb": func(t *testing.T) string { return "mysql:" + mariadbtest.DSN(t) },
	} {
		for switches, o := range map[string]suite.Options{
			"default":  {},
			"switched": {InvalidCustomer: 400, Replay: 200, Partial: true},
		} {
			t.Run(name+"/"+switches, func(t *testing.T) {
				t.Parallel()
				report := judgeOurs(t, url(t), o)
				for _, scenario := range report.Scenarios {
					for _, check := range scenario.Checks {
						assert.Equal(t, conformance.Pass, check.Outcome, "%s: %s", check.Rule, check.Message)
					}
				}
				assert.Equal(t, len(suite.Rules()), report.Counts.Pass)
				t.Logf("%d requests, %d rules", report.Requests, report.Counts.Pass)
			})
		}
	}
}

func judgeOurs(t *testing.T, url string, o suite.Options) conformance.Report {
	t.Helper()
	store, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	var mu sync.Mutex
	late := time.Duration(0)
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(late)
	}
	sent, secret := &phones{}, []byte("a secret of thirty-two bytes or more")
	service, err := crm.NewService(store, crm.Options{
		Rules: crm.Rules{MaxAge: time.Hour, Zone: time.UTC, Welcome: 500, Texts: crm.EnglishTexts, PartialReversal: o.Partial},
		Codes: crm.CodeRules{
			Key: secret, Sender: sent, Lifetime: 5 * time.Minute,
			Limits: crm.CodeLimits{MaxAttempts: 3, MaxSends: 100, MaxFailures: 100, Window: time.Hour},
		},
		Template: template(t), Barcode: crm.BarcodeRule{Pattern: "{number}", Type: crm.Code128}, ReserveFor: time.Hour, Clock: clock,
	})
	require.NoError(t, err)
	handler, err := microsite.New(service, microsite.Options{
		Credentials: []entrance.Credential{{User: "bigcity", Password: "a long password"}}, TokenSecret: secret, Zone: time.UTC,
		InvalidCustomerStatus: o.InvalidCustomer, ReplayStatus: o.Replay, RequestTimeout: time.Minute, Clock: clock,
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	phoneOf := map[string]string{}
	for i, phone := range []string{"79216668899", "79031234567"} {
		card, err := service.Issue(t.Context(), crm.Profile{Phone: phone})
		require.NoError(t, err)
		o.Customers[i], phoneOf[card.Number] = card.Number, phone
	}
	o.OTP = func(_ context.Context, customer string) (string, error) {
		code, _ := sent.last.Load(phoneOf[customer])
		return code.(string), nil
	}
	o.Expire = func(context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		late += 5 * time.Minute
		return nil
	}
	report, err := suite.Run(t.Context(), suite.Target{URL: server.URL, User: "bigcity", Password: "a long password"}, o)
	require.NoError(t, err)
	return report
}

func template(t *testing.T) *crm.NumberTemplate {
	t.Helper()
	made, err := crm.ParseNumberTemplate(crm.DefaultTemplate, crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13})
	require.NoError(t, err)
	return made
}
