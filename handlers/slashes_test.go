package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/schema/koshelek/openapitest"
)

// TestSlashes: a path with a slash too many is the one that is meant, for who has
// signed in; a write whose number was left out is none.
func TestSlashes(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		for _, path := range []string{"//v1/card?msisdn=79216668899", "/v1/card/?msisdn=79216668899", "///v1//card///?msisdn=79216668899",
			"/v1/card/" + number + "/", "//v1/card//" + number, "/v1//card/%32" + number[1:] + "/"} {
			answer := httptest.NewRecorder() // the contract's document does not know such a path
			h.handler.ServeHTTP(answer, h.request(get, path, ""))
			assert.Equal(t, http.StatusOK, answer.Code, path)
			assert.Contains(t, answer.Body.String(), `"cardNumber":"`+number+`"`, path)
			stranger := h.request(get, path, "")
			stranger.Header.Del("Authorization")
			h.exchange(t, stranger, "", openapitest.BadRequest()).error(http.StatusUnauthorized, "100")
		}
		h.bad(t, get, "/v1/card/"+number+"%2F/", "").refused("114") // an escaped slash is part of the number
		h.bad(t, post, "/v1/promo/code/", `{"cardNumber":"`+number+`","code":"NONE"}`).refused("430")
		before := h.state(t)
		for _, target := range [][2]string{
			{post, "/v1/card/anonymous/"}, {put, "/v1/card/anonymous//"}, {post, "/v1/card/"}, {put, "/v1/card//communication"}, {put, "//v1/card///communication/"},
		} {
			reply := h.bad(t, target[0], target[1], `{"phone":"79031234567"}`)
			assert.Equal(t, http.StatusUnprocessableEntity, reply.status, target)
		}
		assert.Equal(t, before, h.state(t))
	}, func(p *plan) { p.handlers.LenientPaths = true })
}
