package maxma

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/maxma"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
	"koshelek-adapter/crm/connect/connecttest"
)

// TestPromises: every check of a connector, with connections that are cut before and
// after the vendor's commit.
func TestPromises(t *testing.T) {
	connecttest.Run(t, func(t *testing.T) *connecttest.Subject {
		s := maxma.New("key", sim.Settings{Seed: 1})
		t.Cleanup(s.Close)
		api := s.Handler()
		var cut atomic.Pointer[bool]
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var after *bool
			if !strings.HasPrefix(r.URL.Path, "/get-") { // a question's loss changes nothing
				after = cut.Swap(nil)
			}
			switch {
			case after == nil:
				api.ServeHTTP(w, r)
				return
			case *after:
				api.ServeHTTP(httptest.NewRecorder(), r)
			}
			panic(http.ErrAbortHandler)
		}))
		t.Cleanup(server.Close)
		return &connecttest.Subject{
			Connector: New(server.URL, "key", "koshelek", connector.Options{InFlight: 20}), PhoneOnly: true,
			Keeps: func(p crm.Profile) crm.Profile { p.CountryCode, p.Locality = "", ""; return p },
			Cut:   func(after bool) { cut.Store(&after) },
			Block: func(_ context.Context, number string) error {
				s.Change(number, func(r *maxma.Record) { r.Suspended = true })
				return nil
			},
			Bought: func(_ context.Context, number string, line crm.Purchase) error {
				s.Change(number, func(r *maxma.Record) {
					at := line.Date.End(time.UTC).Add(-time.Hour)
					r.Bought = append(r.Bought, maxma.Purchase{TxID: strconv.Itoa(len(r.Bought)), ExecutedAt: at, Rows: []maxma.Row{{Title: line.Item, SKU: "1", Qty: 1, PaidAmount: 1}}})
				})
				return nil
			},
		}
	})
}
