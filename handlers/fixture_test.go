package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
	"koshelek-adapter/handlers"
	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek/openapitest"
)

const (
	login    = "koshelek"
	password = "пароль: with a colon"
)

var moscow = time.FixedZone("MSK", 3*60*60)

// noon is where the tests' clock begins.
var noon = time.Date(2026, 9, 6, 12, 0, 0, 0, moscow)

// fakeClock stands still unless it is moved.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// engine is a database that every test runs on.
type dbms struct {
	name string
	url  func(testing.TB) string
}

var engines = []dbms{
	{"sqlite", func(t testing.TB) string { return sqldbtest.SQLite(t) }},
	{"mysql", func(t testing.TB) string { return sqldbtest.MariaDB(t) }},
}

// plan is how a fixture is built; tests change it before.
type plan struct {
	crm      engine.Options
	service  crm.Options
	handlers handlers.Options
	// wrap stands between the programme and the store.
	wrap func(engine.Store) engine.Store
	// verdict changes how every exchange is judged.
	verdict []openapitest.Option
}

type tweak func(*plan)

// fixture is a running API over a real store.
type fixture struct {
	t         testing.TB
	url       string
	clock     *fakeClock
	store     *sqldb.Store
	svc       *engine.Engine
	service   *crm.Service
	logs      *logSink
	registry  *prometheus.Registry
	handler   http.Handler
	server    *httptest.Server
	validator *openapitest.Validator
	verdict   []openapitest.Option
}

// everywhere runs a test on every engine, in a fixture of its own.
func everywhere(t *testing.T, test func(*testing.T, *fixture), tweaks ...tweak) {
	t.Helper()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			test(t, build(t, e, tweaks...))
		})
	}
}

// build builds a fixture; it is torn down with t.
func build(t testing.TB, e dbms, tweaks ...tweak) *fixture {
	t.Helper()
	h := &fixture{
		t: t, url: e.url(t), clock: &fakeClock{now: noon}, logs: newLogSink(),
		registry: prometheus.NewRegistry(), validator: openapitest.New(t),
	}
	var err error
	h.store, err = sqldb.Open(context.Background(), h.url, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.store.Close()) })
	p := h.plan(tweaks)
	h.verdict = p.verdict
	h.svc, err = engine.New(p.wrap(h.store), p.crm)
	require.NoError(t, err)
	h.service, err = crm.NewService(h.svc, p.service)
	require.NoError(t, err)
	h.handler, err = handlers.New(h.service, p.handlers)
	require.NoError(t, err)
	h.serve()
	return h
}

func (h *fixture) plan(tweaks []tweak) plan {
	barcode := crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13}
	template, err := crm.ParseNumberTemplate(crm.DefaultTemplate, barcode)
	require.NoError(h.t, err)
	p := plan{
		crm: engine.Options{
			Rules: engine.Rules{
				EarnBasisPoints: 500, MaxAge: 30 * 24 * time.Hour, ClockSkew: 5 * time.Minute,
				Lifetime: 365 * 24 * time.Hour, Welcome: 100, CodePoints: 50, Zone: moscow, Texts: engine.RussianTexts,
			},
			Template: template, Barcode: barcode, ReserveFor: time.Hour, Clock: h.clock.Now,
		},
		service: crm.Options{Zone: moscow, Clock: h.clock.Now},
		handlers: handlers.Options{
			Options: middleware.Options{
				Credentials: []middleware.Credential{{User: login, Password: password}}, Log: zerolog.New(h.logs).Level(zerolog.DebugLevel),
				Metrics: middleware.NewMetrics(h.registry, "koshelek"), RequestTimeout: time.Minute,
			},
			AcceptPut: true, Zone: moscow,
		},
		wrap: func(b engine.Store) engine.Store { return b },
	}
	for _, change := range tweaks {
		change(&p)
	}
	return p
}

func (h *fixture) serve() {
	h.server = httptest.NewServer(h.handler)
	h.t.Cleanup(func() {
		h.server.Client().CloseIdleConnections()
		h.server.Close()
	})
}
