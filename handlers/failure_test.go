package handlers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func TestErrorsOfTheStore(t *testing.T) {
	secret := "dial 79216668899 anna@example.com 'Иванова'"
	for name, c := range map[string]struct {
		err         error
		code, level string
	}{
		"unknown":     {errors.New(secret), "903", "error"},
		"internal":    {crm.Wrap(crm.ErrInternal, errors.New(secret)), "903", "error"},
		"unavailable": {crm.Wrap(crm.ErrUnavailable, errors.New(secret)), "902", "warn"},
		"a new kind":  {crm.Kind("never heard of"), "903", "error"},
		"deadline":    {context.DeadlineExceeded, "902", "warn"},
		"with detail": {crm.Fail(crm.ErrCardNotFound, secret), "201", "info"},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, engines[0], withHooks(&hooked{find: func(context.Context) error { return c.err }}))
			reply := h.good(t, get, "/v1/card?msisdn=79216668899", "")
			reply.refused(c.code)
			assert.Equal(t, c.level, h.logs.line(t, 1)["level"])
			for _, text := range []string{string(reply.body), h.logs.text(1)} {
				for _, part := range []string{"79216668899", "anna", "Иванова"} {
					assert.NotContains(t, text, part)
				}
			}
		})
	}
}

func TestTimeLimit(t *testing.T) {
	for _, target := range []string{"/v1/card?msisdn=79216668899", "/v1/card/getAllUsers"} {
		wait := func(ctx context.Context) error { <-ctx.Done(); return crm.Wrap(crm.ErrUnavailable, ctx.Err()) }
		h := build(t, engines[0], func(p *plan) {
			p.handlers.RequestTimeout = time.Millisecond
			p.wrap = func(b engine.Store) engine.Store { return &stuck{b, wait} }
		})
		h.good(t, get, target, "").refused("902")
	}
}

// stuck is a store that does not answer.
type stuck struct {
	engine.Store
	wait func(context.Context) error
}

func (b *stuck) FindCards(ctx context.Context, _ crm.Identity) ([]crm.Match, error) {
	return nil, b.wait(ctx)
}

func (b *stuck) ListHolders(ctx context.Context, _ string, _ int) ([]crm.Holder, error) {
	return nil, b.wait(ctx)
}

func TestClientGone(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			entered := make(chan struct{})
			h := build(t, e, withHooks(&hooked{find: func(ctx context.Context) error {
				entered <- struct{}{}
				<-ctx.Done()
				return crm.Wrap(crm.ErrUnavailable, ctx.Err())
			}}))
			ctx, cancel := context.WithCancel(context.Background())
			req := h.request(get, "/v1/card?msisdn=79216668899", "").WithContext(ctx)
			cancelled := make(chan error)
			go func() {
				_, err := h.server.Client().Do(req)
				cancelled <- err
			}()
			<-entered
			cancel()
			require.Error(t, <-cancelled)
			line := h.logs.line(t, 1)
			assert.Equal(t, "debug", line["level"])
			assert.Equal(t, "client_gone", line["error"])
		})
	}
}
