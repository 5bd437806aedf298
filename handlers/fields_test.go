package handlers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/crm"
)

func TestImpossibleFields(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
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
	everywhere(t, func(t *testing.T, h *fixture) {
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

// TestPlusInAQuery: callers forget to escape the plus of an e-mail and of a phone;
// no e-mail has a space, and no phone begins with one.
func TestPlusInAQuery(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, `{"phone":"37126123456","email":"anna+tag@example.com"}`)
		for _, query := range []string{
			"email=anna+tag@example.com", "email=anna%2Btag%40example.com", "email=anna+tag%40example.com", "email=+anna+tag@example.com+",
			"msisdn=+37126123456", "msisdn=%2B37126123456", "msisdn=+371+26+123+456", "msisdn=+371-26-123-456",
		} {
			assert.Equal(t, number, h.bad(t, get, "/v1/card?"+query, "").card().CardNumber, query)
		}
		h.bad(t, get, "/v1/card?email=anna%20tag@example.com", "").refused("112")
	})
}

// TestRepeatedParameters: a parameter that comes again says the same, or nobody
// knows which one is meant.
func TestRepeatedParameters(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		assert.Equal(t, number, h.bad(t, get, "/v1/card?msisdn=79216668899&msisdn=79216668899", "").card().CardNumber)
		for _, query := range []string{"msisdn=79216668899&msisdn=79216668800", "msisdn=79216668800&msisdn=79216668899", "email=&email=a@b.ru", "msisdn=79216668899&msisdn="} {
			h.bad(t, get, "/v1/card?"+query, "").refused("107")
		}
	})
}

// TestStrictFields: a partner who wants to hear of unusable fields is told.
func TestStrictFields(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		before := h.state(t)
		for field, code := range map[string]string{
			`"sex":"unknown"`: "115", `"birthDate":"0001-01-01"`: "113", `"birthDate":"2099-01-01"`: "113", `"email":"anna@example.com."`: "112",
		} {
			h.good(t, post, "/v1/card/"+number, `{"phone":"79216668899",`+field+`}`).refused(code)
		}
		h.good(t, post, "/v1/card/"+number, `{"birthDate":"1900-01-01"}`).ok()
		h.good(t, get, "/v1/card?msisdn=79216668899&birthDate=x", "").refused("113")
		assert.Equal(t, before, h.state(t))
	}, func(p *plan) { p.service.Fields.Strict, p.service.Fields.NoBirthDates = true, []crm.Date{"1900-01-01"} })
}

// TestOneReadingOfABody: what two readers may read differently is refused.
func TestOneReadingOfABody(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		before := h.state(t)
		for _, body := range []string{
			`{"phone":"79216668899","Phone":"79216668800"}`, `{"phone":"79216668899","phone":"79216668899"}`, `{"surname":"a\ud800"}`,
			`{"surname":"a\ud800b"}`, `{"surname":"\udc00"}`, `{"code":"A\ud800","cardNumber":"` + number + `"}`,
		} {
			for _, target := range bodyTargets {
				verb, path, _ := strings.Cut(strings.Replace(target, "N", number, 1), " ")
				h.bad(t, verb, path, body).refused("106")
			}
		}
		assert.Equal(t, before, h.state(t))
	})
}
