package handlers_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
)

const boris = `{"phone":"79031112233","email":"boris@example.com","firstname":"Борис","birthDate":"1985-05-05"}`

// TestTwoCustomers mixes the phone of one customer with the e-mail of another.
func TestTwoCustomers(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		hers, his := h.issue(t, anna), h.issue(t, boris)
		free := h.reserve(t)
		before := h.state(t)
		mixed := `{"phone":"79216668899","email":"boris@example.com"}`
		h.good(t, get, "/v1/card?msisdn=79216668899&email=boris@example.com", "").refused("301")
		h.good(t, get, "/v1/card?msisdn=79216668899&email=boris@example.com&birthDate=1985-05-05", "").refused("301")
		assert.Equal(t, hers, h.good(t, get, "/v1/card?msisdn=79216668899&email=boris@example.com&birthDate=1990-02-28", "").card().CardNumber,
			"the birth date settles it for the phone")
		h.good(t, post, "/v1/card/anonymous", mixed).refused("301")
		h.good(t, post, "/v1/card/anonymous/"+free, mixed).refused("301")
		h.good(t, post, "/v1/card/"+his, `{"phone":"79216668899"}`).refused("302")
		h.good(t, post, "/v1/card/"+hers, `{"email":"BORIS@example.com"}`).refused("303")
		assert.Equal(t, before, h.state(t))
	})
}

func TestNumbersThatCannotBeIssued(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		taken := h.issue(t, anna)
		before := h.state(t)
		h.good(t, post, "/v1/card/anonymous/2000000000008", boris).refused("204")
		h.good(t, post, "/v1/card/anonymous/"+taken, boris).refused("205")
		h.good(t, post, "/v1/card/anonymous/"+taken, anna).ok() // a retry
		for _, path := range []string{"", "/purchases?startDate=2026-01-01", "/campaigns"} {
			h.good(t, get, "/v1/card/404"+path, "").refused("201")
		}
		h.good(t, post, "/v1/card/404", boris).refused("201")
		h.good(t, put, "/v1/card/404/communication", `{"allow":["sms"]}`).refused("201")
		h.good(t, post, "/v1/promo/code", `{"msisdn":"79000000000","code":"X"}`).refused("201")
		h.good(t, post, "/v1/promo/code", `{"code":"X"}`).refused("110")
		h.good(t, post, "/v1/promo/qrCode", `{"qrCode":"X"}`).refused("110")
		h.good(t, post, "/v1/promo/qrCode", `{"msisdn":"12","qrCode":"X"}`).refused("111")
		assert.Equal(t, before, h.state(t))
	})
}

func TestEmptyPool(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.good(t, get, "/v1/card/anonymous", "").refused("206")
		h.good(t, post, "/v1/card/anonymous", anna).refused("206")
		_, refused, err := h.svc.AddNumbers(context.Background(), []crm.CardNumber{{Number: "2900000000018"}}, false)
		require.NoError(t, err)
		require.Empty(t, refused)
		assert.Equal(t, "2900000000018", h.reserve(t))
		h.clock.Advance(3 * time.Hour)
		assert.Equal(t, "2900000000018", h.reserve(t), "a reservation ends")
	}, func(p *plan) { p.crm.Template = nil })
}
