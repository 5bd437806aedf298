package microsite_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	wire "koshelek-adapter/schema/microsite"
)

func other(code string) string { return fmt.Sprintf("%06d", (int(code[5]-'0')+1)%10) }

func TestLogin(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		reference := h.otp(card)
		code := h.phones.last(anna)
		h.verify(card, other(code), reference).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		h.verify(card, code, "another reference").is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		a := h.verify(card, code, reference)
		require.Equal(t, http.StatusOK, a.status, a.text)
		assert.Equal(t, true, a.fields["status"])
		assert.Equal(t, map[string]any{"customer_id": card, "mobile": "79XXXXXXX99"}, a.fields["customer"])
		assert.Equal(t, []any{100., 100.}, []any{a.fields["points_earned"], a.fields["balance_points"]})
		h.verify(card, code, reference).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		points := h.points(card, "Bearer "+a.fields["token"].(string))
		assert.Equal(t, http.StatusOK, points.status, points.text)
		assert.Equal(t, map[string]any{"status": true, "customer_id": card, "points_earned": 100., "balance_points": 100.}, points.fields)
	})
}

func TestOTPLimits(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		reference := h.otp(card)
		code := h.phones.last(anna)
		for range 3 {
			h.verify(card, other(code), reference).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		}
		h.verify(card, code, reference).is(t, http.StatusTooManyRequests, "Too many attempts. Please try again later.")
		fresh := h.otp(card)
		h.verify(card, code, reference).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		h.forward(5 * time.Minute)
		h.verify(card, h.phones.last(anna), fresh).is(t, http.StatusUnprocessableEntity, "OTP has expired. Please request a new one.")
		for range 3 {
			h.otp(card)
		}
		h.post(wire.PathGenerateOTP, body{"customer_id": card}).is(t, http.StatusTooManyRequests, wire.MessageTooMany)
		h.forward(time.Hour)
		h.token(card, anna)
	})
}

func TestOTPOfAnother(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		first, second := h.card(anna), h.card(boris)
		reference, others := h.otp(first), h.otp(second)
		h.verify(second, h.phones.last(anna), reference).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		h.verify(second, h.phones.last(anna), others).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		h.verify("nobody", h.phones.last(anna), reference).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		h.verify("not/possible", h.phones.last(anna), reference).is(t, http.StatusUnprocessableEntity, "Invalid OTP")
		a := h.verify(first, h.phones.last(anna), reference)
		assert.Equal(t, http.StatusOK, a.status, a.text)
	})
}

func TestOTPByTwoAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		reference := h.otp(card)
		code := h.phones.last(anna)
		var good sync.Map
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if h.verify(card, code, reference).status == http.StatusOK {
					good.Store(i, true)
				}
			})
		}
		all.Wait()
		count := 0
		good.Range(func(any, any) bool { count++; return true })
		assert.Equal(t, 1, count)
	})
}

func TestInvalidCustomer(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusBadRequest, http.StatusOK} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			everywhere(t, func(t *testing.T, h *fixture) {
				blocked, inactive := h.card(anna), h.card(boris)
				require.NoError(t, h.svc.SetCardState(t.Context(), blocked, crm.CardBlocked, "test", ""))
				require.NoError(t, h.svc.SetCardState(t.Context(), inactive, crm.CardInactive, "test", ""))
				for _, nobody := range []string{"nobody", "a/b", blocked, inactive} {
					h.post(wire.PathGenerateOTP, body{"customer_id": nobody}).is(t, status, "Invalid Customer ID")
				}
				h.points("nobody", "basic").is(t, http.StatusNotFound, "Invalid Customer ID")
			}, func(p *plan) { p.api.InvalidCustomerStatus = status })
		})
	}
}

func TestCustomersByPhone(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.card(anna)
		token := h.token("8 (921) 666-88-99", anna)
		a := h.points("%2B79216668899", "Bearer "+token)
		assert.Equal(t, http.StatusOK, a.status, a.text)
		assert.Equal(t, anna, a.fields["customer_id"])
		h.post(wire.PathGenerateOTP, body{"customer_id": 79216668899}).is(t, http.StatusOK, wire.MessageOTPGenerated)
	}, func(p *plan) { p.api.CustomersBy = crm.ByPhone })
}

func TestTokens(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card, stranger := h.card(anna), h.card(boris)
		token := h.token(card, anna)
		h.points(stranger, "Bearer "+token).is(t, http.StatusForbidden, "The token belongs to another customer")
		const invalid = "Invalid or expired token"
		registered := func(change func(*jwt.RegisteredClaims)) jwt.RegisteredClaims {
			c := jwt.RegisteredClaims{
				Issuer: "koshelek-adapter", Audience: jwt.ClaimStrings{"rewards-microsite"}, Subject: card,
				ExpiresAt: jwt.NewNumericDate(noon.Add(time.Hour)),
			}
			change(&c)
			return c
		}
		signed := func(method jwt.SigningMethod, key any, c jwt.RegisteredClaims) string {
			text, err := jwt.NewWithClaims(method, c).SignedString(key)
			require.NoError(t, err)
			return text
		}
		same := func(*jwt.RegisteredClaims) {}
		a := h.points(card, "Bearer "+signed(jwt.SigningMethodHS256, secret, registered(same)))
		assert.Equal(t, http.StatusOK, a.status, "the forger's tool works: %s", a.text)
		parts := strings.Split(token, ".")
		for name, bad := range map[string]string{
			"empty": "", "garbage": "garbage", "cut": token[:len(token)-1], "other secret": signed(jwt.SigningMethodHS256, []byte("another secret"), registered(same)),
			"other algorithm": signed(jwt.SigningMethodHS512, secret, registered(same)),
			"none":            signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, registered(same)),
			"other issuer":    signed(jwt.SigningMethodHS256, secret, registered(func(c *jwt.RegisteredClaims) { c.Issuer = "x" })),
			"other audience":  signed(jwt.SigningMethodHS256, secret, registered(func(c *jwt.RegisteredClaims) { c.Audience = nil })),
			"no end":          signed(jwt.SigningMethodHS256, secret, registered(func(c *jwt.RegisteredClaims) { c.ExpiresAt = nil })),
			"swapped claims":  parts[0] + "." + strings.Split(h.token(stranger, boris), ".")[1] + "." + parts[2],
		} {
			a := h.points(card, "Bearer "+bad)
			a.is(t, http.StatusUnauthorized, invalid)
			assert.Contains(t, a.header.Get("WWW-Authenticate"), "Bearer", name)
		}
		h.forward(time.Hour)
		h.points(card, "Bearer "+token).is(t, http.StatusUnauthorized, invalid)
	})
}

func TestTokenIsNoPassword(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		token := h.token(card, anna)
		for _, path := range []string{wire.PathGenerateOTP, wire.PathVerifyOTP, wire.PathRedeem, wire.PathReverse} {
			h.send(http.MethodPost, path, "Bearer "+token, `{}`).is(t, http.StatusUnauthorized, "Invalid credentials")
		}
	})
}

func TestSenderFails(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		h.phones.fails = errors.New("gateway down for 79216668899")
		a := h.post(wire.PathGenerateOTP, body{"customer_id": card})
		assert.Equal(t, http.StatusServiceUnavailable, a.status)
		assert.NotContains(t, a.text, "gateway")
	})
}
