package handlers_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/engine"
)

const receipt = "t=20260906T1130&s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1"

func (h *fixture) scan(t testing.TB, card, text string) reply {
	t.Helper()
	body, err := json.Marshal(map[string]string{"cardNumber": card, "qrCode": text})
	require.NoError(t, err)
	return h.good(t, post, "/v1/promo/qrCode", string(body))
}

func (h *fixture) points(t testing.TB, card string) string {
	t.Helper()
	return h.good(t, get, "/v1/card/"+card, "").card().Bonus.Total
}

func TestBadReceipts(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.issue(t, anna)
		before := h.state(t)
		for name, text := range map[string]string{
			"empty":             "",
			"no t":              "s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"no s":              "t=20260906T1130&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"no fn":             "t=20260906T1130&s=1000.00&i=12345&fp=1234567890&n=1",
			"no i":              "t=20260906T1130&s=1000.00&fn=9960440300123456&fp=1234567890&n=1",
			"no fp":             "t=20260906T1130&s=1000.00&fn=9960440300123456&i=12345&n=1",
			"repeated sum":      receipt + "&s=2000.00",
			"repeated sum caps": receipt + "&S=2000.00",
			"day 31 of June":    "t=20260631T1130&s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"hour 25":           "t=20260906T2530&s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"comma":             "t=20260906T1130&s=1000,00&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"negative sum":      "t=20260906T1130&s=-1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"huge sum":          "t=20260906T1130&s=99999999999.00&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"fn of 15":          "t=20260906T1130&s=1000.00&fn=996044030012345&i=12345&fp=1234567890&n=1",
			"i of 11":           "t=20260906T1130&s=1000.00&fn=9960440300123456&i=12345678901&fp=1234567890&n=1",
			"kind 5":            "t=20260906T1130&s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=5",
			"bad escape":        "t=20260906T1130&s=%zz&fn=9960440300123456&i=12345&fp=1234567890&n=1",
			"an address":        "https://example.com/",
			"sql":               "t=20260906T1130&s=1&fn=' OR '1'='1' -- &i=1&fp=1",
		} {
			reply := h.scan(t, card, text)
			t.Run(name, func(t *testing.T) { reply.t = t; reply.refused("410") })
		}
		h.scan(t, card, "t=20260906T1206&s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1").refused("411")
		h.scan(t, card, "t=20270906T1130&s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1").refused("411")
		h.scan(t, card, "t=20260701T1130&s=1000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1").refused("412")
		h.good(t, post, "/v1/promo/qrCode", `{"cardNumber":"`+card+`"}`).refused("410")
		assert.Equal(t, before, h.state(t))
	})
}

// TestOneReceipt sends one receipt in every form that tills print.
func TestOneReceipt(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card, other := h.issue(t, anna), h.issue(t, boris)
		for _, text := range []string{
			receipt, receipt,
			"n=1&fp=1234567890&i=12345&fn=9960440300123456&s=1000.0&t=20260906T113000",
			"https://check.example/?x=y&" + receipt + "#top",
			"t=20260906T1130&s=1000&fn=9960440300123456&i=0000012345&fp=1234567890&n=1&extra=1",
			"T=20260906T1130&S=1000.00&FN=9960440300123456&I=12345&FP=1234567890&N=1",
		} {
			h.scan(t, card, text).ok()
			assert.Equal(t, "150", h.points(t, card))
		}
		before := h.state(t)
		h.scan(t, other, receipt).refused("413")
		h.scan(t, card, "t=20260906T1130&s=9000.00&fn=9960440300123456&i=12345&fp=1234567890&n=1").refused("414")
		assert.Equal(t, before, h.state(t))
		h.clock.Advance(40 * 24 * time.Hour)
		h.scan(t, card, receipt).ok() // a retry that comes late
		h.scan(t, card, "t=20260906T1130&s=1000.00&fn=9960440300123456&i=2&fp=2&n=1").refused("412")
	})
}

func TestRefundsEarnNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.issue(t, anna)
		for _, text := range []string{
			"t=20260906T1130&s=1000&fn=9960440300123456&i=1&fp=1&n=2", "t=20260906T1130&s=1000&fn=9960440300123456&i=2&fp=1&n=3",
			"t=20260906T1130&s=1000&fn=9960440300123456&i=3&fp=1&n=4", "t=20260906T1130&s=1000&fn=9960440300123456&i=4&fp=1",
		} {
			h.scan(t, card, text).ok()
		}
		assert.Equal(t, "100", h.points(t, card))
	})
}

func TestPromoCodes(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card, other := h.issue(t, anna), h.issue(t, boris)
		_, _, err := h.svc.PutCodes(context.Background(), "", []engine.PromoCode{
			{Code: "ONCE", Points: 10, MaxUses: 1}, {Code: "OVER", EndsAt: noon}, {Code: "LATER", StartsAt: noon.Add(time.Hour)},
			{Code: "USUAL"}, {Code: "ВЕСНА 26", Points: 3},
		})
		require.NoError(t, err)
		send := func(card, code string) reply {
			body, err := json.Marshal(map[string]string{"cardNumber": card, "code": code})
			require.NoError(t, err)
			return h.good(t, post, "/v1/promo/code", string(body))
		}
		send(card, "once").ok()
		send(card, "ONCE").ok() // a retry
		send(card, "usual").ok()
		send(card, "весна 26").ok()
		assert.Equal(t, "163", h.points(t, card))
		before := h.state(t)
		send(other, "ONCE").refused("431")
		send(card, "OVER").refused("432")
		send(card, "LATER").refused("433")
		for _, code := range []string{"", " ", "NONE", "' OR 1=1 --", "A\r\nB", "\x1b[31m", "%", "_____"} {
			send(card, code).refused("430")
		}
		h.good(t, post, "/v1/promo/code", `{"cardNumber":"`+card+`"}`).refused("430")
		assert.Equal(t, before, h.state(t))
	})
}
