package remote_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/connect/remote/remotetest"
	"koshelek-adapter/schema/crmapi"
)

// TestPromises: every check of a connector, over HTTP, with connections that are cut
// before and after the CRM's commit.
func TestPromises(t *testing.T) {
	connecttest.Run(t, func(t *testing.T) *connecttest.Subject {
		host := remotetest.New()
		var cut atomic.Pointer[bool]
		host.Around = func(_ string, w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
			after := cut.Swap(nil)
			switch {
			case after == nil:
				next(w)
				return
			case *after:
				next(httptest.NewRecorder())
			}
			panic(http.ErrAbortHandler)
		}
		return &connecttest.Subject{
			Connector: open(t, remote.Options{URL: serve(t, host)}), Code: "GOOD-1", Cut: func(after bool) { cut.Store(&after) },
			Bought: func(_ context.Context, number string, line crm.Purchase) error {
				host.Buy(number, crmapi.Purchase{Day: string(line.Date), Item: line.Item, Kopecks: &line.AmountKopecks})
				return nil
			},
			Block: func(_ context.Context, number string) error { host.Block(number); return nil },
		}
	})
}
