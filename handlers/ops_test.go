package handlers_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers"
	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

func ask(t *testing.T, o handlers.OpsOptions, path string) (int, http.Header, string) {
	t.Helper()
	server := httptest.NewServer(handlers.NewOps(o))
	defer server.Close()
	resp, err := server.Client().Get(server.URL + path)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, resp.Header, string(body)
}

func TestReadiness(t *testing.T) {
	for name, c := range map[string]struct {
		ready  func(context.Context) error
		status int
		body   string
	}{
		"always":   {nil, 200, "ok"},
		"ready":    {func(context.Context) error { return nil }, 200, "ok"},
		"a kind":   {func(context.Context) error { return crm.Wrap(crm.ErrUnavailable, errors.New("dial db1:3306")) }, 503, "not ready: unavailable"},
		"a reason": {func(context.Context) error { return errors.New("draining") }, 503, "not ready: draining"},
		"a secret": {func(context.Context) error { return errors.New(`mysql user:s3cret@tcp(db) said "no"`) }, 503, "not ready: mysql ***@*** said \"***\""},
		"a hang": {func(ctx context.Context) error {
			_, bounded := ctx.Deadline()
			return map[bool]error{false: errors.New("unbounded")}[bounded]
		}, 200, "ok"},
	} {
		status, _, body := ask(t, handlers.OpsOptions{Ready: c.ready}, "/readyz")
		assert.Equal(t, c.status, status, name)
		assert.Equal(t, c.body, body, name)
		status, _, body = ask(t, handlers.OpsOptions{Ready: c.ready}, "/healthz")
		assert.Equal(t, "200 ok", http.StatusText(status)[:0]+"200 "+body, name)
	}
}

func TestOpsDocuments(t *testing.T) {
	registry := prometheus.NewRegistry()
	middleware.NewMetrics(registry, "koshelek")
	o := handlers.OpsOptions{Gatherer: registry, OpenAPI: koshelek.OpenAPI(), Version: "1.2.3"}
	status, header, body := ask(t, o, "/openapi.yaml")
	assert.Equal(t, 200, status)
	assert.Equal(t, "application/yaml", header.Get("Content-Type"))
	assert.Equal(t, "koshelek-adapter/1.2.3", header.Get("Server"))
	assert.Equal(t, string(koshelek.OpenAPI()), body)
	status, _, body = ask(t, o, "/metrics")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "adapter_koshelek_busy_total 0")
	status, _, _ = ask(t, o, "/nowhere")
	assert.Equal(t, 404, status)
	status, _, _ = ask(t, handlers.OpsOptions{}, "/metrics")
	assert.Equal(t, 404, status)
}
