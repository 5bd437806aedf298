package handlers_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// bodyTargets are the calls that take a body; N stands for a card's number.
var bodyTargets = []string{
	"POST /v1/card/anonymous", "POST /v1/card/anonymous/N", "POST /v1/card/N", "PUT /v1/card/N",
	"PUT /v1/card/N/communication", "POST /v1/promo/qrCode", "POST /v1/promo/code",
}

func TestMalformedBodies(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		before := h.state(t)
		for name, body := range map[string]string{
			"empty":           "",
			"blank":           " \r\n\t",
			"only a mark":     "\ufeff",
			"text":            "phone=79216668899",
			"cut off":         `{"phone":"7921`,
			"not closed":      `{"phone":"79216668899"`,
			"array":           `[{"phone":"79216668899"}]`,
			"string":          `"79216668899"`,
			"null":            "null",
			"two objects":     `{"phone":"79216668899"}{"phone":"79216668899"}`,
			"trailing text":   `{"phone":"79216668899"} x`,
			"trailing comma":  `{"phone":"79216668899",}`,
			"single quotes":   `{'phone':'79216668899'}`,
			"comment":         `{"phone":"79216668899"/**/}`,
			"too deep":        `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
			"very deep":       strings.Repeat(`{"x":`, 10000),
			"not UTF-8":       "{\"surname\":\"\xc8\xe2\xe0\xed\xee\xe2\"}",
			"UTF-16":          "\xff\xfe{\x00}\x00",
			"control in text": "{\"surname\":\"a\x00b\"}",
			"bad escape":      `{"surname":"\u12"}`,
		} {
			for _, target := range bodyTargets {
				verb, path, _ := strings.Cut(strings.Replace(target, "N", number, 1), " ")
				reply := h.bad(t, verb, path, body)
				t.Run(name+" "+target, func(t *testing.T) { reply.t = t; reply.refused("106") })
			}
		}
		h.bad(t, post, "/v1/card/"+number, `{"phone":{"x":1}}`).refused("106")
		h.bad(t, post, "/v1/card/"+number, `{"phone":["79216668899"]}`).refused("106")
		h.bad(t, put, "/v1/card/"+number+"/communication", `{"allow":{"sms":true}}`).refused("106")
		h.bad(t, put, "/v1/card/"+number+"/communication", `{"allow":[["sms"]]}`).refused("106")
		assert.Equal(t, before, h.state(t))
	})
}

func TestTooLargeBodies(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		before := h.state(t)
		fill := func(size int) string {
			return `{"unknown":"` + strings.Repeat("x", size-len(`{"unknown":""}`)) + `"}`
		}
		for _, target := range bodyTargets {
			verb, path, _ := strings.Cut(strings.Replace(target, "N", number, 1), " ")
			h.good(t, verb, path, fill(1025)).refused("104")
			h.good(t, verb, path, fill(1<<20)).refused("104")
			chunked := h.request(verb, path, "")
			chunked.Body, chunked.ContentLength = io.NopCloser(strings.NewReader(fill(4096))), -1
			h.exchange(t, chunked, fill(4096)).refused("104")
		}
		h.good(t, post, "/v1/card/"+number, fill(1024)).ok()
		assert.Equal(t, before, h.state(t))
	}, func(p *plan) { p.handlers.MaxBody = 1024 })
}

// TestTypedLeaves sends values of other kinds than strings, in keys of any case.
func TestTypedLeaves(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, `{"PHONE":79216668899,"Email":null,"FirstName":"Анна","surname":true,"unknown":{"a":[1]},"SEX":"Female","birthdate":""}`)
		profile, err := h.svc.Holder(context.Background(), number)
		require.NoError(t, err)
		assert.Equal(t, crm.Profile{Phone: "79216668899", FirstName: "Анна", Surname: "true", Sex: "f"}, profile)
		h.good(t, post, "/v1/card/"+number, `{}`).ok()
		h.bad(t, post, "/v1/card/"+number, "\ufeff{\"patronymic\":null}").ok()
		h.good(t, put, "/v1/card/"+number+"/communication", `{"ALLOW":"sms","deny":null}`).ok()
		assert.Equal(t, map[crm.Channel]bool{"sms": true}, consents(t, h, number))
		h.good(t, post, "/v1/promo/code", `{"cardNumber":`+number+`,"code":12345}`).refused("430")
		_, _, err = h.svc.PutCodes(context.Background(), "", []engine.PromoCode{{Code: "12345"}})
		require.NoError(t, err)
		h.good(t, post, "/v1/promo/code", `{"cardNumber":`+number+`,"code":12345}`).ok()
	})
}
