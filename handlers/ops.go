package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/entrance"
)

// readyTimeout bounds a readiness check, so that a probe gets an answer while
// the store hangs.
const readyTimeout = 2 * time.Second

// OpsOptions shape the operations surface.
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

// NewOps makes the surface of the operator: /healthz, /readyz, /metrics and
// /openapi.yaml. It has no authentication and shows nothing that needs it; it
// belongs on an address of its own all the same.
func NewOps(o OpsOptions) http.Handler {
	engine := entrance.NewEngine()
	engine.Use(func(c *gin.Context) {
		c.Header("Server", "koshelek-adapter/"+o.Version)
		c.Header("Cache-Control", "no-store")
	})
	get := func(path string, handler gin.HandlerFunc) {
		engine.GET(path, handler)
		engine.HEAD(path, handler)
	}
	get("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
	get("/readyz", func(c *gin.Context) { readyz(c, o.Ready) })
	if o.Gatherer != nil {
		get("/metrics", gin.WrapH(promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{})))
	}
	if o.OpenAPI != nil {
		get("/openapi.yaml", func(c *gin.Context) { c.Data(http.StatusOK, "application/yaml", o.OpenAPI) })
	}
	return engine
}

func readyz(c *gin.Context, ready func(context.Context) error) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
	defer cancel()
	if ready != nil {
		if err := ready(ctx); err != nil {
			c.String(http.StatusServiceUnavailable, "not ready: %s", reason(err))
			return
		}
	}
	c.String(http.StatusOK, "ok")
}

// reason is the name of a known kind alone: what a driver adds may name hosts
// and accounts, and belongs in the log.
func reason(err error) string {
	if kind := crm.KindOf(err); kind != crm.ErrInternal {
		return string(kind)
	}
	return entrance.Redact(err.Error())
}
