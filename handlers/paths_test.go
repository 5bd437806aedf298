package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/schema/koshelek"
)

func TestUnknownPathsAndWrongMethods(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		before := h.state(t)
		for target, code := range map[string]string{
			"GET /":                                "101",
			"GET /v1":                              "101",
			"GET /v2/card?msisdn=79216668899":      "101",
			"GET /V1/card?msisdn=79216668899":      "101",
			"GET /v1/card/":                        "101",
			"GET /v1/card/getAllUsers/":            "101",
			"GET /v1/card/123/":                    "101",
			"GET /v1/card/123/purchases/":          "101",
			"GET /v1/card/123/unknown":             "101",
			"GET //v1/card":                        "101",
			"GET /v1//card":                        "101",
			"GET /v1/./card":                       "101",
			"GET /v1/card/../card":                 "101",
			"POST /v1/promo":                       "101",
			"POST /v1/promo/other":                 "101",
			"POST /v1/card/123/communication/more": "101",
			"POST /v1/card":                        "102",
			"HEAD /v1/card?msisdn=79216668899":     "102",
			"OPTIONS /v1/card":                     "102",
			"DELETE /v1/card/123":                  "102",
			"PATCH /v1/card/123":                   "102",
			"TRACE /v1/card/123":                   "102",
			"BREW /v1/card/123":                    "102",
			"get /v1/card?msisdn=79216668899":      "102",
			"POST /v1/card/123/communication":      "102",
			"POST /v1/card/123/purchases":          "102",
			"GET /v1/promo/code":                   "102",
			"GET /v1/promo/qrCode":                 "102",
			"GET /v1/card/anonymous/123":           "102",
			"BREW /nowhere":                        "101",
		} {
			verb, path, _ := strings.Cut(target, " ")
			reply := h.bad(t, verb, path, "")
			if verb == http.MethodHead {
				assert.Equal(t, http.StatusUnprocessableEntity, reply.status)
				assert.Empty(t, reply.body)
				continue
			}
			t.Run(target, func(t *testing.T) { reply.t = t; reply.refused(code) })
		}
		assert.Equal(t, before, h.state(t))
	})
}

// TestReservedWords sends the contract's own words where a card number stands:
// no route may take one for a number.
func TestReservedWords(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		before := h.state(t)
		for _, word := range append(koshelek.ReservedWords(), "GETALLUSERS", "Anonymous", "%61nonymous") {
			for _, target := range []string{
				"POST /v1/card/anonymous/W", "PUT /v1/card/anonymous/W", "POST /v1/card/W", "PUT /v1/card/W",
				"PUT /v1/card/W/communication", "GET /v1/card/W/purchases?startDate=2026-01-01", "GET /v1/card/W/campaigns",
			} {
				if target == "POST /v1/card/W" && word == "anonymous" || target == "PUT /v1/card/W" && word == "anonymous" {
					continue // methods of their own
				}
				verb, path, _ := strings.Cut(strings.ReplaceAll(target, "W", word), " ")
				body := anna
				if verb == get {
					body = ""
				}
				reply := h.bad(t, verb, path, body)
				t.Run(verb+" "+path, func(t *testing.T) {
					reply.t = t
					if path == "/v1/card/anonymous/communication" {
						reply.refused("204") // PUT …/anonymous/{cardNumber} with a strange number
						return
					}
					reply.refused("114")
				})
			}
			if !koshelek.IsReservedWord(word) {
				h.bad(t, get, "/v1/card/"+word, "").refused("114")
			}
		}
		for _, path := range []string{"/v1/promo/qrCode", "/v1/promo/code"} {
			h.bad(t, post, path, `{"cardNumber":"anonymous","code":"X","qrCode":"X"}`).refused("114")
		}
		assert.Equal(t, before, h.state(t))
	})
}

func TestStrangeCardNumbers(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		before := h.state(t)
		for _, number := range []string{"a%2Fb", "%2F", "..", ".", "...", "%2e%2e", "%00", "%FF", "%D0%B0", "1%201", "1+1%2F", "'%20OR%20'1'='1",
			"%0d%0aSet-Cookie:x", "%1b[31m", strings.Repeat("9", 65), "1%3B1", "*", "%25", "%252F"} {
			for _, target := range []string{"GET /v1/card/N", "POST /v1/card/N", "PUT /v1/card/N/communication",
				"GET /v1/card/N/purchases?startDate=2026-01-01", "GET /v1/card/N/campaigns", "POST /v1/card/anonymous/N"} {
				verb, path, _ := strings.Cut(strings.Replace(target, "N", number, 1), " ")
				reply := h.bad(t, verb, path, anna)
				t.Run(target+number, func(t *testing.T) { reply.t = t; reply.refused("114") })
			}
		}
		h.good(t, get, "/v1/card/"+strings.Repeat("9", 64), "").refused("201")
		assert.Equal(t, before, h.state(t))
	})
}
