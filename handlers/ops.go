package handlers

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
)

// readyTimeout bounds a readiness check, so that a probe gets an answer while
// the store hangs.
const readyTimeout = 2 * time.Second

// OpsOptions shape the operator's API.
type OpsOptions struct {
	// Gatherer is what /metrics shows; nil for none.
	Gatherer prometheus.Gatherer
	// Ready tells whether calls can be served; nil for always. The text of its
	// error is shown with personal data and secrets masked.
	Ready func(ctx context.Context) error
	// OpenAPI is the document under /openapi.yaml; nil for none.
	OpenAPI []byte
	// Version of the program, told in the Server header.
	Version string
}

// NewOps makes the API of the operator: /healthz, /readyz, /metrics and
// /openapi.yaml. It has no authentication and shows nothing that needs it; it
// belongs on an address of its own all the same.
func NewOps(o OpsOptions) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { tell(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { readyz(w, r, o.Ready) })
	if o.Gatherer != nil {
		mux.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	}
	if o.OpenAPI != nil {
		mux.HandleFunc("GET /openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/yaml")
			_, _ = w.Write(o.OpenAPI) // who does not listen has gone
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "koshelek-adapter/"+o.Version)
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

func tell(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // who does not listen has gone
}

func readyz(w http.ResponseWriter, r *http.Request, ready func(context.Context) error) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if ready != nil {
		if err := ready(ctx); err != nil {
			tell(w, http.StatusServiceUnavailable, "not ready: "+reason(err))
			return
		}
	}
	tell(w, http.StatusOK, "ok")
}

// reason is the name of a known kind alone: what a driver adds may name hosts
// and accounts, and belongs in the log.
func reason(err error) string {
	if kind := crm.KindOf(err); kind != crm.ErrInternal {
		return string(kind)
	}
	return middleware.Redact(err.Error())
}
