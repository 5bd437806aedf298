package app

import (
	"context"
	"net/http"

	"koshelek-adapter/handlers/callbacks"
	"koshelek-adapter/handlers/middleware"
)

// front sends what vendors call to its own API and the rest to Koshelek's.
type front struct{ koshelek, callbacks http.Handler }

// ServeHTTP implements http.Handler.
func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.callbacks != nil && callbacks.Serves(r.URL.Path) {
		f.callbacks.ServeHTTP(w, r)
		return
	}
	f.koshelek.ServeHTTP(w, r)
}

// callbacks is the API of what vendors call, nil when none is configured to.
func (s *service) callbacks() (http.Handler, error) {
	o := callbacks.Options{Options: s.middleware("callbacks", nil)}
	if s.vendors.points != nil {
		o.Points = s.pointsCallback
	}
	if s.vendors.qiibee != nil && s.cfg.Qiibee.WebhookPassword.IsSet() {
		o.Credentials = []middleware.Credential{{User: s.cfg.Qiibee.WebhookUser, Password: s.cfg.Qiibee.WebhookPassword.Reveal()}}
		o.Qiibee = func(ctx context.Context, body []byte) error {
			return s.vendors.qiibee.Webhook(ctx, s.crm, s.cfg.Qiibee.WebhookBook, body)
		}
	}
	if o.Points == nil && o.Qiibee == nil {
		return nil, nil
	}
	return callbacks.New(o)
}

// pointsCallback stores a result of the Points API.
func (s *service) pointsCallback(ctx context.Context, id, token string, body []byte) error {
	d, outcome, err := s.vendors.points.Callback(ctx, s.crm.Delivery, id, token, body)
	if err != nil {
		return err
	}
	settled, err := s.crm.Settle(ctx, d, "", outcome, "")
	if err == nil {
		s.metrics.delivered(settled.Vendor, settled.State, 0)
	}
	return err
}
