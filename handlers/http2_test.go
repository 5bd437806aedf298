package handlers_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
)

// secure serves the fixture over TLS and HTTP/2, as Koshelek meets it.
func (h *fixture) secure() {
	h.server.Close()
	h.server = httptest.NewUnstartedServer(h.handler)
	h.server.EnableHTTP2 = true
	h.server.StartTLS()
	h.t.Cleanup(func() {
		h.server.Client().CloseIdleConnections()
		h.server.Close()
	})
}

func TestHTTP2(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.secure()
		number := h.issue(t, anna)
		assert.Equal(t, number, h.good(t, get, "/v1/card?msisdn=79216668899", "").card().CardNumber)
		h.good(t, get, "/v1/card?msisdn=79000000000", "").ok()
		h.good(t, get, "/v1/card/404", "").refused("201")
		h.populate(t, 700)
		resp, err := h.server.Client().Do(h.request(get, "/v1/card/getAllUsers", ""))
		require.NoError(t, err)
		assert.Equal(t, "HTTP/2.0", resp.Proto)
		_, err = io.ReadAll(resp.Body)
		assert.Error(t, err, "a list that was cut is no list")
		require.NoError(t, resp.Body.Close())
	}, withHooks(&hooked{holders: func(after string) error {
		if after == "" {
			return nil
		}
		return crm.Wrap(crm.ErrUnavailable, errors.New("gone"))
	}}))
}
