package handlers_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/schema/koshelek"
)

// versionsOf tells for every method the version that it came with, and what it
// answers for a card that does not exist.
var versionsOf = []struct {
	since        koshelek.Version
	target, code string
	body         string
}{
	{koshelek.V100, "/v1/card?msisdn=79000000000", "", ""},
	{koshelek.V100, "/v1/card/anonymous", "", ""},
	{koshelek.V100, "/v1/card/getAllUsers", "", ""},
	{koshelek.V100, "/v1/card/getAllUsersExtended", "", ""},
	{koshelek.V100, "/v1/card/404", "201", ""},
	{koshelek.V100, "/v1/card/404/purchases?startDate=2026-01-01", "201", ""},
	{koshelek.V100, "/v1/card/404/campaigns", "201", ""},
	{koshelek.V100, "/v1/card/anonymous/404", "204", anna},
	{koshelek.V100, "/v1/card/404", "201", anna},
	{koshelek.V110, "/v1/promo/qrCode", "201", `{"cardNumber":"404","qrCode":"t=20260906T1130&s=1&fn=9960440300123456&i=1&fp=1"}`},
	{koshelek.V120, "/v1/card/anonymous", "", anna},
	{koshelek.V130, "/v1/promo/code", "201", `{"cardNumber":"404","code":"X"}`},
}

func TestVersionGate(t *testing.T) {
	for _, version := range koshelek.Versions() {
		t.Run(version.String(), func(t *testing.T) {
			everywhere(t, func(t *testing.T, h *fixture) { checkGate(t, h, version) },
				func(p *plan) { p.handlers.Version = version })
		})
	}
}

func checkGate(t *testing.T, h *fixture, version koshelek.Version) {
	_, _, err := h.svc.PutCodes(context.Background(), "", []engine.PromoCode{{Code: "X"}})
	require.NoError(t, err)
	for _, m := range versionsOf {
		verb := get
		if m.body != "" {
			verb = post
		}
		reply := h.good(t, verb, m.target, m.body)
		switch {
		case !version.AtLeast(m.since):
			reply.refused("103")
		case m.code != "":
			reply.refused(m.code)
		default:
			assert.Equal(t, http.StatusOK, reply.status, m.target)
		}
	}
	h.good(t, put, "/v1/card/404/communication", `{}`).refused("201")
}
