package handlers_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers"
	"koshelek-adapter/schema/koshelek/openapitest"
)

func TestContentTypeSemicolon(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.good(t, get, "/v1/card?msisdn=79216668899", "").ok()
		h.good(t, get, "/v1/card/123", "").refused("201")
		req := h.request(get, "/v1/card/123", "")
		req.Header.Del("Authorization")
		h.exchange(t, req, "", openapitest.BadRequest()).error(http.StatusUnauthorized, "100")
	}, func(p *plan) {
		p.handlers.ContentTypeSemicolon = true
		p.verdict = append(p.verdict, openapitest.TrailingSemicolon())
	})
}

func TestAcceptPut(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		var number string
		h.good(t, put, "/v1/card/anonymous", "").into(&number)
		h.good(t, put, "/v1/card/anonymous/"+number, anna).ok()
		h.good(t, put, "/v1/card/"+number, `{"firstname":"Аня"}`).ok()
		profile, err := h.svc.Holder(context.Background(), number)
		require.NoError(t, err)
		assert.Equal(t, "Аня", profile.FirstName)
	})
}

func TestRefusePut(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		before := h.state(t)
		for _, path := range []string{"/v1/card/anonymous", "/v1/card/anonymous/" + number, "/v1/card/" + number} {
			h.good(t, put, path, anna).refused("102")
		}
		assert.Equal(t, before, h.state(t))
		h.good(t, put, "/v1/card/"+number+"/communication", `{"allow":["sms"]}`).ok()
	}, func(p *plan) { p.handlers.AcceptPut = false })
}

func TestReserveDigits(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		assert.Regexp(t, `^29[0-9]{11}$`, h.good(t, get, "/v1/card/anonymous", "").text())
	}, func(p *plan) {
		p.handlers.ReserveDigits = true
		p.verdict = append(p.verdict, openapitest.BareDigits())
	})
}

func TestReserveDigitsNeedDigits(t *testing.T) {
	barcode := crm.BarcodeRule{Pattern: "{number}", Type: crm.Code128}
	for _, pattern := range []string{"AB-####", "00####"} {
		t.Run(pattern[:2], func(t *testing.T) {
			everywhere(t, func(t *testing.T, h *fixture) {
				assert.Regexp(t, `^"(AB-|00)[0-9]{4}"$`, h.good(t, get, "/v1/card/anonymous", "").text())
			}, func(p *plan) {
				var err error
				p.handlers.ReserveDigits = true
				p.crm.Barcode = barcode
				p.crm.Template, err = crm.ParseNumberTemplate(pattern, barcode)
				require.NoError(t, err)
			})
		})
	}
}

func TestOffersPath(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		req := h.request(get, "/v1/card/"+number+"/special-offers", "")
		assert.Equal(t, "[]", h.exchange(t, req, "", openapitest.Operation("listCampaigns")).text())
		h.bad(t, get, "/v1/card/"+number+"/campaigns", "").refused("101")
	}, func(p *plan) { p.handlers.OffersPath = "special-offers" })
}

func TestLanguage(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		assert.JSONEq(t, `{"code":"201","description":"Такой карты нет"}`, string(h.good(t, get, "/v1/card/123", "").body))
	}, func(p *plan) { p.handlers.Language = handlers.Russian })
}
