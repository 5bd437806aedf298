package openapitest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The parts of a card's answer, to be put together in broken ways.
const (
	open    = `{"card":{"cardNumber":"1","cardState":"active"`
	barcode = `,"barcode":{"barcodeNumber":"1","barcodeType":"EAN_8"}`
	points  = `,"bonus":{"total":"1","available":"1","bonuses":[]}`
)

func TestBrokenAnswersAreRefused(t *testing.T) {
	v := New(t)
	find, get := ask("GET /v1/card?email=a@b.example", ""), ask("GET "+cardPath, "")
	reserve, issue := ask("GET /v1/card/anonymous", ""), ask("POST /v1/card/anonymous", profile)
	bought := ask("GET "+cardPath+"/purchases?startDate=2026-01-01", "")
	phones, users := ask("GET /v1/card/getAllUsers", ""), ask("GET /v1/card/getAllUsersExtended", "")
	require.NoError(t, v.Verify(get.answered(200, open+barcode+points+`}}`)))
	for name, broken := range map[string]Exchange{
		"another status":               get.answered(404, refusal),
		"a status 400":                 get.answered(400, refusal),
		"a status 500":                 get.answered(500, refusal),
		"a status 204":                 get.answered(204, ""),
		"a redirect":                   get.answered(301, ""),
		"no media type":                get.answered(422, refusal).with("Content-Type"),
		"no charset":                   get.answered(422, refusal).with("Content-Type", "application/json"),
		"a charset in capitals":        get.answered(422, refusal).with("Content-Type", "application/json; charset=UTF-8"),
		"a semicolon behind":           get.answered(422, refusal).with("Content-Type", "application/json; charset=utf-8;"),
		"two media types":              get.answered(422, refusal).with("Content-Type", mediaType, mediaType),
		"no media type, no body":       find.answered(200, "").with("Content-Type"),
		"401 that asks for nothing":    get.answered(401, refusal).with("WWW-Authenticate"),
		"401 that asks for Digest":     get.answered(401, refusal).with("WWW-Authenticate", "Digest x"),
		"401 that asks for Basically":  get.answered(401, refusal).with("WWW-Authenticate", "Basically"),
		"an empty error":               get.answered(422, ""),
		"an error without a code":      get.answered(422, `{"description":"no"}`),
		"an error with an empty code":  get.answered(422, `{"code":"","description":"no"}`),
		"an error with a number":       get.answered(422, `{"code":100,"description":"no"}`),
		"an error with another field":  get.answered(422, `{"code":"1","description":"no","x":"y"}`),
		"an error that is a string":    get.answered(422, `"no"`),
		"an error page":                get.answered(422, `<html></html>`),
		"a broken letter":              get.answered(422, "{\"code\":\"1\",\"description\":\"\xff\"}"),
		"a card for an error":          get.answered(422, open+barcode+`}}`),
		"an error for a card":          get.answered(200, refusal),
		"no body for a card":           get.answered(200, ""),
		"two values":                   get.answered(200, open+barcode+`}}{}`),
		"a card that is null":          find.answered(200, `{"card":null}`),
		"null in place of no body":     find.answered(200, `null`),
		"an empty object for no card":  find.answered(200, `{}`),
		"a number for the card number": find.answered(200, `{"card":{"cardNumber":1,"cardState":"active"`+barcode+`}}`),
		"an unknown state":             find.answered(200, `{"card":{"cardNumber":"1","cardState":"blocked"`+barcode+`}}`),
		"an unknown barcode":           find.answered(200, open+`,"barcode":{"barcodeNumber":"1","barcodeType":"EAN13"}}}`),
		"no barcode":                   find.answered(200, open+`}}`),
		"an unknown field of a card":   find.answered(200, open+barcode+`,"id":"1"}}`),
		"points where none are due":    find.answered(200, open+barcode+points+`}}`),
		"points of an issued card":     issue.answered(200, open+barcode+points+`}}`),
		"no body for an issued card":   issue.answered(200, ""),
		"null for points":              get.answered(200, open+barcode+`,"bonus":null}}`),
		"null for lots":                get.answered(200, open+barcode+`,"bonus":{"total":"1","available":"1","bonuses":null}}}`),
		"points that are no number":    get.answered(200, open+barcode+`,"bonus":{"total":"many","available":"1","bonuses":[]}}}`),
		"a reserved number bare":       reserve.answered(200, `2000000000015`),
		"a reserved number empty":      reserve.answered(200, `""`),
		"a reserved number absent":     reserve.answered(200, ``),
		"a reserved number in a box":   reserve.answered(200, `{"cardNumber":"1"}`),
		"one purchase for a list":      bought.answered(200, `{}`),
		"null for a list":              bought.answered(200, `null`),
		"no body for a list":           bought.answered(200, ``),
		"a purchase with roubles":      bought.answered(200, `[{"date":"2026-01-01","item":"x","amount":"10.50","quantity":"1"}]`),
		"a purchase with a time":       bought.answered(200, `[{"date":"2026-01-01T10:00","item":"x","amount":"1050","quantity":"1"}]`),
		"a phone with a plus":          phones.answered(200, `["+79216668899"]`),
		"a phone too long":             phones.answered(200, `["7921666889912345"]`),
		"a phone that is a number":     phones.answered(200, `["79216668899",79216668899]`),
		"a user without params":        users.answered(200, `[{"phone":"79216668899"}]`),
		"a param that is a boolean":    users.answered(200, `[{"phone":"7921","params":[{"name":"vip","value":true}]}]`),
		"a body where none is due":     ask("POST "+cardPath, profile).answered(200, `{}`),
		"a blank where none is due":    ask("POST "+cardPath, profile).answered(200, "\n"),
		"success for HEAD":             ask("HEAD "+cardPath, "").answered(200, ""),
		"success without credentials":  get.anonymously().answered(200, open+barcode+`}}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Error(t, v.Verify(broken))
			assert.Error(t, v.Verify(broken, BadRequest()), "the answer is judged for a bad request, too")
		})
	}
}

func TestBrokenRequestsAreRefusedUnlessMeant(t *testing.T) {
	v := New(t)
	for name, broken := range map[string]Exchange{
		"no credentials":      ask("GET "+cardPath, "").anonymously(),
		"no start date":       ask("GET "+cardPath+"/purchases", ""),
		"a German start date": ask("GET "+cardPath+"/purchases?startDate=01.02.2026", ""),
		"no body":             ask("POST "+cardPath, ""),
		"a body cut off":      ask("POST "+cardPath, `{"phone":`),
		"an array":            ask("POST "+cardPath, `[]`),
		"an object in a leaf": ask("POST "+cardPath, `{"phone":{}}`),
		"a list in a leaf":    ask("POST /v1/promo/code", `{"code":["1"]}`),
		"a list in a list":    ask("PUT "+cardPath+"/communication", `{"allow":[["sms"]]}`),
	} {
		t.Run(name, func(t *testing.T) {
			answered := broken.answered(422, refusal)
			assert.Error(t, v.Verify(answered))
			assert.NoError(t, v.Verify(answered, BadRequest()))
		})
	}
}
