package handlers_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// blockedTargets are the calls that a blocked card is refused at; N stands for
// its number, R for a receipt's body and C for a code's.
var blockedTargets = []string{
	"GET /v1/card?msisdn=79216668899", "GET /v1/card/N", "GET /v1/card/N/purchases?startDate=2026-01-01", "GET /v1/card/N/campaigns",
	"POST /v1/card/anonymous", "POST /v1/card/N", "POST /v1/promo/qrCode", "POST /v1/promo/code",
}

func (h *fixture) blockedCall(t *testing.T, target, number string) reply {
	verb, path, _ := strings.Cut(strings.Replace(target, "N", number, 1), " ")
	body := map[string]string{
		"/v1/promo/qrCode": `{"cardNumber":"` + number + `","qrCode":"t=20260906T1130&s=10&fn=9960440300123456&i=1&fp=1&n=1"}`,
		"/v1/promo/code":   `{"msisdn":"79216668899","code":"X"}`,
	}[path]
	if body == "" && verb != get {
		body = anna
	}
	return h.good(t, verb, path, body)
}

func TestBlockedCard(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.blockedAnna(t)
		before := h.state(t)
		for _, target := range blockedTargets {
			h.blockedCall(t, target, number).refused("202")
		}
		h.good(t, post, "/v1/card/anonymous/"+h.reserve(t), `{"phone":"79216668899","firstname":"x"}`).refused("202")
		assert.Equal(t, before, h.state(t))
		h.good(t, put, "/v1/card/"+number+"/communication", `{"deny":["sms"]}`).ok() // consent can always be withdrawn
		assert.Equal(t, "[]", h.good(t, get, "/v1/card/getAllUsers", "").text())
	})
}

func TestBlockedCardShownAsInactive(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.blockedAnna(t)
		for _, target := range blockedTargets {
			reply := h.blockedCall(t, target, number)
			switch {
			case strings.HasPrefix(target, "POST"):
				reply.refused("202") // shown, but not used
			case strings.HasSuffix(target, "/N") || strings.Contains(target, "msisdn"):
				card := reply.card()
				assert.Equal(t, number+" inactive", card.CardNumber+" "+card.CardState)
			default:
				assert.Equal(t, "[]", reply.text())
			}
		}
	}, func(p *plan) { p.service.ShowBlocked = true })
}

func TestInactiveCard(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		_, _, err := h.svc.PutCodes(context.Background(), "", []engine.PromoCode{{Code: "X"}})
		require.NoError(t, err)
		require.NoError(t, h.svc.SetCardState(context.Background(), number, crm.CardInactive, "test", ""))
		assert.Equal(t, "inactive", h.good(t, get, "/v1/card?msisdn=79216668899", "").card().CardState)
		assert.Equal(t, "inactive", h.good(t, get, "/v1/card/"+number, "").card().CardState)
		h.blockedCall(t, "POST /v1/promo/qrCode", number).refused("203")
		h.blockedCall(t, "POST /v1/promo/code", number).refused("203")
	})
}

func (h *fixture) blockedAnna(t *testing.T) string {
	t.Helper()
	number := h.issue(t, anna)
	_, _, err := h.svc.PutCodes(context.Background(), "", []engine.PromoCode{{Code: "X"}})
	require.NoError(t, err)
	require.NoError(t, h.svc.SetCardState(context.Background(), number, crm.CardBlocked, "test", "lost"))
	return number
}
