package handlers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestImpossibleFields(t *testing.T) {
	everywhere(t, func(t *testing.T, h *house) {
		number := h.issue(t, anna)
		before := h.state(t)
		for body, code := range map[string]string{
			`{"phone":"1234567890123456"}`:                      "111",
			`{"phone":"12"}`:                                    "111",
			`{"phone":"7921666889x"}`:                           "111",
			`{"phone":"٧٩٢١٦٦٦٨٨٩٩"}`:                           "111",
			`{"phone":-79216668899.5}`:                          "111",
			`{"phone":true}`:                                    "111",
			`{"email":"anna"}`:                                  "112",
			`{"email":"a@b@c"}`:                                 "112",
			`{"email":"a\r\n@b.ru"}`:                            "112",
			`{"email":"` + strings.Repeat("a", 260) + `@b.ru"}`: "112",
			`{"phone":"79216668899","surname":"` + strings.Repeat("я", 256) + `"}`:    "115",
			`{"phone":"79216668899","firstname":"a\u001b[31mb"}`:                      "115",
			`{"phone":"79216668899","locality":"a\r\nb"}`:                             "115",
			`{"phone":"79216668899","countryCode":"` + strings.Repeat("R", 17) + `"}`: "115",
		} {
			for _, target := range []string{"POST /v1/card/anonymous", "POST /v1/card/anonymous/" + number, "POST /v1/card/" + number} {
				verb, path, _ := strings.Cut(target, " ")
				reply := h.good(t, verb, path, body)
				t.Run(target+body[:min(len(body), 60)], func(t *testing.T) { reply.t = t; reply.refused(code) })
			}
		}
		h.good(t, post, "/v1/card/anonymous", `{}`).refused("110")
		h.good(t, post, "/v1/card/anonymous/"+number, `{"firstname":"Анна"}`).refused("110")
		h.good(t, get, "/v1/card?msisdn=1234567890123456", "").refused("111")
		h.good(t, get, "/v1/card?email=a%20b@c", "").refused("112")
		for _, days := range []string{"", "startDate=", "startDate=2026-02-30", "startDate=2026-9-1", "startDate=2026-09-02&endDate=2026-09-01",
			"startDate=2026-01-01&endDate=x", "endDate=2026-01-01", "STARTDATE=2026-01-01"} {
			h.bad(t, get, "/v1/card/"+number+"/purchases?"+days, "").refused("113")
		}
		h.bad(t, get, "/v1/card/"+number+"/purchases?startDate=%", "").refused("107")
		assert.Equal(t, before, h.state(t))
	})
}

// TestUnusableOptionalFields: what a field that decides nothing holds never costs
// the call; the field is left out.
func TestUnusableOptionalFields(t *testing.T) {
	everywhere(t, func(t *testing.T, h *house) {
		number := h.issue(t, anna)
		before := h.state(t)
		for _, field := range []string{
			`"sex":"unknown"`, `"sex":0`, `"sex":"x"`, `"birthDate":"0001-01-01"`, `"birthDate":"1990-02-30"`, `"birthDate":"28.02.1990"`,
			`"birthDate":"2099-01-01"`, `"birthDate":19900228`, `"email":"anna@"`, `"email":"a b@c.ru"`,
		} {
			body := `{"phone":"79216668899",` + field + `}`
			assert.Equal(t, number, h.good(t, post, "/v1/card/anonymous", body).card().CardNumber, field)
			assert.Equal(t, 200, h.good(t, post, "/v1/card/"+number, body).status, field)
		}
		assert.Equal(t, number, h.good(t, get, "/v1/card?msisdn=79216668899&birthDate=0001-01-01", "").card().CardNumber)
		assert.Equal(t, number, h.good(t, get, "/v1/card?msisdn=79216668899&email=anna+x@", "").card().CardNumber)
		assert.Equal(t, before, h.state(t))
	})
}
