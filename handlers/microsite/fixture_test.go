package microsite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/crm/sqldb/sqldbtest"
	"koshelek-adapter/handlers/microsite"
	"koshelek-adapter/handlers/middleware"
	wire "koshelek-adapter/schema/microsite"
)

func TestMain(m *testing.M) { os.Exit(mariadbtest.Run(m)) }

const (
	login    = "bigcity"
	password = "a password: with a colon"
	anna     = "79216668899"
	boris    = "79031234567"
)

var noon = time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC)

var secret = []byte("a secret of thirty-two bytes or more")

// phones is a sender that remembers what came last.
type phones struct {
	mu    sync.Mutex
	codes map[string]string
	fails error
}

// SendCode implements engine.CodeSender.
func (p *phones) SendCode(_ context.Context, phone, code string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[phone] = code
	return p.fails
}

func (p *phones) last(phone string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.codes[phone]
}

// fixture is a running API over a real store.
type fixture struct {
	t        *testing.T
	mu       sync.Mutex
	now      time.Time
	phones   *phones
	log      *bytes.Buffer
	svc      *engine.Engine
	server   *httptest.Server
	handler  http.Handler
	contract routers.Router
	registry *prometheus.Registry
}

type plan struct {
	crm engine.Options
	api microsite.Options
}

// everywhere runs a test on every engine, in a fixture of its own.
func everywhere(t *testing.T, test func(*testing.T, *fixture), changes ...func(*plan)) {
	t.Helper()
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":  func(t *testing.T) string { return sqldbtest.SQLite(t) },
		"mariadb": func(t *testing.T) string { return sqldbtest.MariaDB(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, build(t, url(t), changes...))
		})
	}
}

func build(t *testing.T, url string, changes ...func(*plan)) *fixture {
	t.Helper()
	h := &fixture{
		t: t, now: noon, phones: &phones{codes: map[string]string{}}, log: &bytes.Buffer{}, registry: prometheus.NewRegistry(),
	}
	store, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	p := h.plan()
	for _, change := range changes {
		change(&p)
	}
	h.svc, err = engine.New(store, p.crm)
	require.NoError(t, err)
	h.handler, err = microsite.New(h.svc, p.api)
	require.NoError(t, err)
	h.server = httptest.NewServer(h.handler)
	t.Cleanup(h.server.Close)
	document, err := openapi3.NewLoader().LoadFromData(wire.OpenAPI)
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context()))
	h.contract, err = gorillamux.NewRouter(document)
	require.NoError(t, err)
	return h
}

func (h *fixture) plan() plan {
	barcode := crm.BarcodeRule{Pattern: "{number}", Type: crm.Code128}
	template, err := crm.ParseNumberTemplate(crm.DefaultTemplate, crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13})
	require.NoError(h.t, err)
	return plan{
		crm: engine.Options{
			Rules: engine.Rules{MaxAge: time.Hour, Zone: time.UTC, Welcome: 100, Texts: engine.EnglishTexts, KeepReturned: 14 * 24 * time.Hour},
			Codes: engine.CodeRules{
				Key: secret, Sender: h.phones, Lifetime: 5 * time.Minute,
				Limits: engine.CodeLimits{MaxAttempts: 3, MaxSends: 5, MaxFailures: 10, Window: time.Hour},
			},
			Template: template, Barcode: barcode, ReserveFor: time.Hour, Clock: h.clock,
		},
		api: microsite.Options{
			Options: middleware.Options{
				Credentials:    []middleware.Credential{{User: login, Password: password}, {User: login, Password: "the next password"}},
				RequestTimeout: time.Minute, Log: zerolog.New(zerolog.SyncWriter(h.log)), Metrics: middleware.NewMetrics(h.registry, "microsite"),
			},
			TokenSecret: secret, Zone: time.UTC, Clock: h.clock,
		},
	}
}

func (h *fixture) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *fixture) forward(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// card gives a phone a card with a welcome of 100 points.
func (h *fixture) card(phone string) string {
	h.t.Helper()
	card, err := h.svc.Issue(h.t.Context(), crm.Profile{Phone: phone})
	require.NoError(h.t, err)
	return card.Number
}

// answer is what came back.
type answer struct {
	status int
	text   string
	header http.Header
	fields map[string]any
}

func (a answer) message() string { text, _ := a.fields["message"].(string); return text }

// send makes a call and judges the answer by the OpenAPI document.
func (h *fixture) send(verb, path, authorization, body string) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), verb, h.server.URL+path, strings.NewReader(body))
	require.NoError(h.t, err)
	r.Header.Set("Content-Type", "application/json")
	switch authorization {
	case "":
	case "basic":
		r.SetBasicAuth(login, password)
	default:
		r.Header.Set("Authorization", authorization)
	}
	response, err := h.server.Client().Do(r)
	require.NoError(h.t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	a := answer{status: response.StatusCode, text: string(raw), header: response.Header}
	assert.Equal(h.t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
	assert.Equal(h.t, "no-store", a.header.Get("Cache-Control"))
	assert.NotEmpty(h.t, a.header.Get("X-Request-Id"))
	require.NoError(h.t, json.Unmarshal(raw, &a.fields), a.text)
	h.judge(r, a)
	return a
}

func (h *fixture) judge(r *http.Request, a answer) {
	h.t.Helper()
	relative := r.Clone(h.t.Context())
	relative.URL.Host, relative.URL.Scheme, relative.Host = "", "", ""
	route, parameters, err := h.contract.FindRoute(relative)
	if err != nil {
		return // no path of the contract
	}
	err = openapi3filter.ValidateResponse(h.t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: relative, PathParams: parameters, Route: route},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.text)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	assert.NoError(h.t, err, a.text)
}

func (h *fixture) post(path string, body any) answer {
	h.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(h.t, err)
	return h.send(http.MethodPost, path, "basic", string(raw))
}

// is checks an answer's status, the status within, and the message.
func (a answer) is(t *testing.T, status int, message string) {
	t.Helper()
	assert.Equal(t, status, a.status, a.text)
	assert.Equal(t, message, a.message())
	assert.Equal(t, status == http.StatusOK && (message == wire.MessageDeducted || message == wire.MessageReversed || message == wire.MessageOTPGenerated),
		a.fields["status"], a.text)
}

type body map[string]any

func (h *fixture) otp(customer string) (reference string) {
	h.t.Helper()
	a := h.post(wire.PathGenerateOTP, body{"customer_id": customer})
	a.is(h.t, http.StatusOK, wire.MessageOTPGenerated)
	return a.fields["reference_id"].(string)
}

func (h *fixture) verify(customer, otp, reference string) answer {
	h.t.Helper()
	return h.post(wire.PathVerifyOTP, body{"customer_id": customer, "otp": otp, "reference_id": reference})
}

// token signs a customer in.
func (h *fixture) token(customer, phone string) string {
	h.t.Helper()
	reference := h.otp(customer)
	a := h.verify(customer, h.phones.last(phone), reference)
	require.Equal(h.t, http.StatusOK, a.status, a.text)
	return a.fields["token"].(string)
}

func (h *fixture) points(customer, authorization string) answer {
	h.t.Helper()
	return h.send(http.MethodGet, wire.PathPoints+"?customer_id="+customer, authorization, "")
}

func (h *fixture) balance(customer string) int64 {
	h.t.Helper()
	a := h.points(customer, "basic")
	require.Equal(h.t, http.StatusOK, a.status, a.text)
	return int64(a.fields["balance_points"].(float64))
}

func (h *fixture) redeem(customer, order string, points any) answer {
	h.t.Helper()
	return h.post(wire.PathRedeem, body{
		"order_id": order, "customer_id": customer, "points_consumed": points, "transaction_date": "2026-09-06T17:30:00+05:30",
	})
}

func (h *fixture) reverse(customer, order string, points any) answer {
	h.t.Helper()
	return h.post(wire.PathReverse, body{"order_id": order, "customer_id": customer, "points_reversed": points, "reason": "failed"})
}
