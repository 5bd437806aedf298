package microsite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	suite "koshelek-adapter/conformance/microsite"
	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/crm/sqldb/sqldbtest"
	"koshelek-adapter/handlers/microsite"
	"koshelek-adapter/handlers/middleware"
)

func TestMain(m *testing.M) { os.Exit(mariadbtest.Run(m)) }

// phones remembers what was sent last.
type phones struct{ last sync.Map }

// SendCode implements engine.CodeSender.
func (p *phones) SendCode(_ context.Context, phone, code string) error {
	p.last.Store(phone, code)
	return nil
}

var engines = map[string]func(*testing.T) string{
	"sqlite":  func(t *testing.T) string { return sqldbtest.SQLite(t) },
	"mariadb": func(t *testing.T) string { return "mysql:" + mariadbtest.DSN(t) },
}

// switched has every switch in its other position.
var switched = suite.Options{InvalidCustomer: 400, Replay: 200, Partial: true}

// TestOursIsAccusedOfNothing runs the whole suite against this product, on both
// engines with the switches in both positions.
func TestOursIsAccusedOfNothing(t *testing.T) {
	for name, open := range engines {
		for position, o := range map[string]suite.Options{"usual": {}, "switched": switched} {
			t.Run(name+" "+position, func(t *testing.T) {
				t.Parallel()
				report := judgeOurs(t, open(t), o)
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

// product is our own server with two customers.
type product struct {
	server *httptest.Server
	cards  [2]string
	phones [2]string
	mu     sync.Mutex
	late   time.Duration
}

func (p *product) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.late)
}

// expire lets a password's time pass.
func (p *product) expire(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late += 5 * time.Minute
	return nil
}

func openOurs(t *testing.T, url string, o suite.Options, sender engine.CodeSender) *product {
	t.Helper()
	store, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	p, secret := &product{phones: [2]string{"79216668899", "79031234567"}}, []byte("a secret of thirty-two bytes or more")
	service, err := engine.New(store, engine.Options{
		Rules: engine.Rules{MaxAge: time.Hour, Zone: time.UTC, Welcome: 5000, Texts: engine.EnglishTexts, PartialReversal: o.Partial},
		Codes: engine.CodeRules{
			Key: secret, Sender: sender, Lifetime: 5 * time.Minute,
			Limits: engine.CodeLimits{MaxAttempts: 3, MaxSends: 100, MaxFailures: 100, Window: time.Hour},
		},
		Template: template(t), Barcode: crm.BarcodeRule{Pattern: "{number}", Type: crm.Code128}, ReserveFor: time.Hour, Clock: p.clock,
	})
	require.NoError(t, err)
	handler, err := microsite.New(service, microsite.Options{
		Options: middleware.Options{Credentials: []middleware.Credential{{User: "bigcity", Password: "a long password"}}, RequestTimeout: time.Minute}, TokenSecret: secret, Zone: time.UTC,
		InvalidCustomerStatus: o.InvalidCustomer, ReplayStatus: o.Replay, Clock: p.clock,
	})
	require.NoError(t, err)
	p.server = httptest.NewServer(handler)
	t.Cleanup(p.server.Close)
	for i, phone := range p.phones {
		card, err := service.Issue(t.Context(), crm.Profile{Phone: phone})
		require.NoError(t, err)
		p.cards[i] = card.Number
	}
	return p
}

func judgeOurs(t *testing.T, url string, o suite.Options) conformance.Report {
	t.Helper()
	sent := &phones{}
	p := openOurs(t, url, o, sent)
	phoneOf := map[string]string{p.cards[0]: p.phones[0], p.cards[1]: p.phones[1]}
	o.Customers, o.Expire = p.cards, p.expire
	o.OTP = func(_ context.Context, customer string) (string, error) {
		code, _ := sent.last.Load(phoneOf[customer])
		return code.(string), nil
	}
	report, err := suite.Run(t.Context(), suite.Target{URL: p.server.URL, User: "bigcity", Password: "a long password"}, o)
	require.NoError(t, err)
	return report
}

// TestOrdersOfTheMicrosite walks through a customer's visit: the login and the
// points are ours, catalogue and orders BigCity's. What fails comes back.
func TestOrdersOfTheMicrosite(t *testing.T) {
	sent := &phones{}
	p := openOurs(t, engines["sqlite"](t), suite.Options{}, sent)
	clock := sim.NewStandingClock(time.Now())
	site := bigcity.New(bigcity.Options{
		Settings: sim.Settings{Clock: clock}, Partner: bigcity.Partner{URL: p.server.URL, User: "bigcity", Password: "a long password"},
	})
	defer clock.Close()
	api := httptest.NewServer(site.Handler())
	defer api.Close()
	call := func(method, url, token, body string) map[string]any {
		r, err := http.NewRequest(method, url, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		if r.SetBasicAuth("bigcity", "a long password"); token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		var fields map[string]any
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&fields))
		require.Equal(t, http.StatusOK, answer.StatusCode, fields)
		return fields
	}
	reference := call("POST", p.server.URL+"/api/v1/auth/generate-otp", "", fmt.Sprintf(`{"customer_id":%q}`, p.cards[0]))["reference_id"]
	otp, _ := sent.last.Load(p.phones[0])
	login := call("POST", p.server.URL+"/api/v1/auth/verify-otp", "", fmt.Sprintf(`{"customer_id":%q,"otp":%q,"reference_id":%q}`, p.cards[0], otp, reference))
	token, before := login["token"].(string), login["balance_points"].(float64)
	assert.Len(t, call("GET", api.URL+"/api/v1/catalog", token, "")["products"], 3)
	order := func(id string) (status any, points float64) {
		call("POST", api.URL+"/api/v1/orders", token, fmt.Sprintf(`{"order_timestamp":"2026-09-17T15:42:36Z","order_total":100,"order_items":1,
			"line_items":[{"order_id":%q,"SKU":"GIFT-100","qty":1}]}`, id))
		clock.Advance(time.Minute)
		points = call("GET", p.server.URL+"/api/v1/customer/points?customer_id="+p.cards[0], token, "")["balance_points"].(float64)
		return call("GET", api.URL+"/api/v1/orders/status?order_id="+id, token, "")["status"], points
	}
	status, points := order("visit-1")
	assert.Equal(t, bigcity.Fulfilled, status)
	assert.InDelta(t, before-100, points, 0)
	_, err := site.Faults.Add(sim.Next("fulfilment_fails", ""))
	require.NoError(t, err)
	status, points = order("visit-2")
	assert.Equal(t, bigcity.Failed, status)
	assert.InDelta(t, before-100, points, 0, "the second one was given back")
	assert.True(t, site.SiteOrders()[1].Reversed)
}

func template(t *testing.T) *crm.NumberTemplate {
	t.Helper()
	made, err := crm.ParseNumberTemplate(crm.DefaultTemplate, crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13})
	require.NoError(t, err)
	return made
}
