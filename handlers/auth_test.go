package handlers_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek/openapitest"
)

func basic(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }

// badCredentials are ways not to sign in.
var badCredentials = map[string]string{
	"none":                "",
	"wrong password":      basic(login + ":wrong"),
	"wrong user":          basic("other:" + password),
	"swapped":             basic(password + ":" + login),
	"empty both":          basic(":"),
	"empty password":      basic(login + ":"),
	"empty user":          basic(":" + password),
	"no colon":            basic(login),
	"nothing encoded":     "Basic ",
	"no scheme":           strings.TrimPrefix(basic(login+":"+password), "Basic "),
	"bearer":              "Bearer " + strings.TrimPrefix(basic(login+":"+password), "Basic "),
	"malformed base64":    "Basic !!!",
	"unpadded base64":     strings.TrimRight(basic(login+":"+password+"x"), "="),
	"not UTF-8":           basic(login + ":\xff\xfe"),
	"longer by a nul":     basic(login + ":" + password + "\x00"),
	"other case":          basic(strings.ToUpper(login) + ":" + password),
	"huge":                basic(strings.Repeat("u", 300_000) + ":" + strings.Repeat("p", 300_000)),
	"prefix of the right": basic(login + ":" + password[:len(password)-1]),
}

func TestBadCredentials(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		before := h.state(t)
		for name, header := range badCredentials {
			for _, target := range []string{"GET /v1/card?msisdn=79216668899", "POST /v1/card/anonymous", "GET /nowhere", "DELETE /v1/card", "GET /v1/card/"} {
				verb, path, _ := strings.Cut(target, " ")
				req := h.request(verb, path, "")
				req.Header.Del("Authorization")
				if header != "" {
					req.Header.Set("Authorization", header)
				}
				reply := h.exchange(t, req, "", openapitest.BadRequest())
				reply.error(http.StatusUnauthorized, "100")
				assert.Equal(t, `Basic realm="loyalty", charset="UTF-8"`, reply.header.Get("WWW-Authenticate"), name)
			}
		}
		assert.Equal(t, before, h.state(t))
	})
}

func TestGoodCredentials(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		for name, header := range map[string]string{
			"first pair":         basic(login + ":" + password),
			"second pair":        basic("next:секрет:2"),
			"scheme in any case": strings.Replace(basic(login+":"+password), "Basic", "bASIC", 1),
		} {
			req := h.request(get, "/v1/card/getAllUsers", "")
			req.Header.Set("Authorization", header)
			assert.Equal(t, "[]", h.exchange(t, req, "").text(), name)
		}
		req := h.request(get, "/v1/card/getAllUsers", "")
		req.SetBasicAuth("next", password)
		h.exchange(t, req, "").error(http.StatusUnauthorized, "100")
	}, func(p *plan) {
		p.handlers.Credentials = append(p.handlers.Credentials, middleware.Credential{User: "next", Password: "секрет:2"})
	})
}

func TestUnauthorizedAs422(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		req := h.request(get, "/v1/card/getAllUsers", "")
		req.Header.Del("Authorization")
		reply := h.exchange(t, req, "", openapitest.BadRequest())
		reply.refused("100")
		assert.Empty(t, reply.header.Get("WWW-Authenticate"))
	}, func(p *plan) { p.handlers.UnauthorizedStatus = http.StatusUnprocessableEntity })
}
