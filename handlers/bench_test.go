package handlers_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/handlers"
	"koshelek-adapter/handlers/middleware"
)

// memory is a store that costs nothing, so that a benchmark sees the API
// alone.
type memory struct {
	engine.Store
	card crm.Card
}

func (m memory) FindCards(context.Context, crm.Identity) ([]crm.Match, error) {
	return []crm.Match{{ByPhone: true, Cards: []crm.Card{m.card}}}, nil
}

func (m memory) Statement(context.Context, string, time.Time) (crm.Statement, error) {
	return crm.Statement{Card: m.card, Lots: []crm.Lot{{Description: "Welcome", Remaining: 100, ValidUntil: noon.AddDate(1, 0, 0)}}}, nil
}

func memoryAPI(tb testing.TB, card crm.Card) http.Handler {
	tb.Helper()
	barcode := crm.BarcodeRule{Pattern: "{number}", Type: crm.EAN13}
	svc, err := engine.New(memory{card: card}, engine.Options{
		Rules: engine.Rules{MaxAge: time.Hour, Zone: moscow}, Barcode: barcode, ReserveFor: time.Hour,
	})
	require.NoError(tb, err)
	service, err := crm.NewService(svc, crm.Options{Zone: moscow})
	require.NoError(tb, err)
	handler, err := handlers.New(service, handlers.Options{
		Options: middleware.Options{Credentials: []middleware.Credential{{User: login, Password: password}}, Log: zerolog.New(io.Discard)}, Zone: moscow,
	})
	require.NoError(tb, err)
	return handler
}

var sample = crm.Card{State: crm.CardActive,
	CardNumber: crm.CardNumber{Number: "2900000000018", BarcodeNumber: "2900000000018", BarcodeType: crm.EAN13}}

const (
	findPath = "/v1/card?msisdn=79216668899&email=anna%40example.com"
	cardPath = "/v1/card/2900000000018"
)

// TestCardWithoutBarcode cannot pass the contract's document, which asks for a
// barcode: only a foreign store has such cards.
func TestCardWithoutBarcode(t *testing.T) {
	handler := memoryAPI(t, crm.Card{State: crm.CardActive, CardNumber: crm.CardNumber{Number: "7"}})
	for path, want := range map[string]string{
		findPath:     `{"card":{"cardNumber":"7","cardState":"active"}}`,
		"/v1/card/7": `{"card":{"cardNumber":"7","cardState":"active","bonus":{"total":"100","available":"100","bonuses":[{"description":"Welcome","amount":"100","validUntil":"2027-09-06"}]}}}`,
	} {
		recorder := httptest.NewRecorder()
		req := httptest.NewRequest(get, path, nil)
		req.SetBasicAuth(login, password)
		handler.ServeHTTP(recorder, req)
		assert.JSONEq(t, want, recorder.Body.String())
	}
}

// stub is the least that a server can do for the same answer.
func stub(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, `{"card":{"cardNumber":"2900000000018","cardState":"active","barcode":{"barcodeNumber":"2900000000018","barcodeType":"EAN_13"}}}`)
}

// BenchmarkAPI measures what the API adds to a bare handler, without
// and with the connection.
func BenchmarkAPI(b *testing.B) {
	api := memoryAPI(b, sample)
	for _, c := range []struct {
		name, path string
		handler    http.Handler
	}{{"stub", findPath, http.HandlerFunc(stub)}, {"find", findPath, api}, {"card", cardPath, api}} {
		b.Run(c.name+"/handler", func(b *testing.B) { benchHandler(b, c.handler, c.path) })
		b.Run(c.name+"/http", func(b *testing.B) { benchHTTP(b, c.handler, c.path) })
	}
}

// sink is a connection that costs nothing.
type sink struct{ header http.Header }

func (s sink) Header() http.Header         { return s.header }
func (s sink) Write(p []byte) (int, error) { return len(p), nil }
func (s sink) WriteHeader(int)             {}

func benchHandler(b *testing.B, handler http.Handler, path string) {
	req := httptest.NewRequest(get, path, nil)
	req.SetBasicAuth(login, password)
	w := sink{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(w, req)
	}
}

func benchHTTP(b *testing.B, handler http.Handler, path string) {
	server := httptest.NewServer(handler)
	defer server.Close()
	req, err := http.NewRequest(get, server.URL+path, nil)
	require.NoError(b, err)
	req.SetBasicAuth(login, password)
	b.ReportAllocs()
	for b.Loop() {
		resp, err := server.Client().Do(req)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(b, err)
		require.Equal(b, http.StatusOK, resp.StatusCode)
		require.NoError(b, resp.Body.Close())
	}
}
