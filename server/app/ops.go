package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"koshelek-adapter/config"
	"koshelek-adapter/handlers"
	"koshelek-adapter/schema/koshelek"
	"koshelek-adapter/version"
)

// opsHandler is the operator's surface.
func (s *service) opsHandler() http.Handler {
	return handlers.NewOps(handlers.OpsOptions{
		Gatherer: s.metrics.registry, OpenAPI: koshelek.OpenAPI(), Version: version.Number,
		Ready: s.ready.check,
	})
}

// health asks a server that runs with the same settings whether it is ready.
func (p *program) health(ctx context.Context) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if !cfg.OpsEnabled() {
		return config.Faults{{Variable: "ADAPTER_OPS_LISTEN", Message: "is off, so nobody can be asked"}}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+dialable(cfg.OpsListen)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	_, err = fmt.Fprintln(p.stdout, "ready")
	return err
}

// dialable turns an address to listen on into one to call.
func dialable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// migrate brings the schema up to date.
func (p *program) migrate(ctx context.Context) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if _, own := p.programs[cfg.Database.Scheme()]; own {
		return config.Faults{{Variable: "ADAPTER_DATABASE", Message: "names another programme, whose schema is not the built-in engine's"}}
	}
	store, err := p.openStore(ctx, cfg, newMetrics(), newLogger(cfg, p.stderr))
	if err != nil {
		return err
	}
	if err := store.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, "The schema is up to date.")
	return err
}
