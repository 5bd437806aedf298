package conformance_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

const (
	goodCard    = `{"card":{"cardNumber":"2912345678906","cardState":"active","barcode":{"barcodeNumber":"2912345678906","barcodeType":"EAN_13"}}}`
	goodError   = `{"code":"201","description":"There is no such card"}`
	goodBalance = `{"card":{"cardNumber":"1","cardState":"inactive","barcode":{"barcodeNumber":"x","barcodeType":"QR_CODE"},"bonus":{"total":"1.5","available":"0","bonuses":[{"description":"","amount":"1.5","validUntil":"2027-01-31"}]}}}`
)

func exchanged(method, path, query string, status int, body string) conformance.Exchange {
	return conformance.Exchange{
		Request:    conformance.Request{Method: method, Path: path, Query: query, Header: http.Header{}},
		Answer:     &conformance.Answer{Status: status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: []byte(body)},
		Authorized: true,
	}
}

func TestJudgeKeepsQuietOfGoodAnswers(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V130)
	for _, e := range []conformance.Exchange{
		exchanged("GET", "/v1/card", "msisdn=79216668899", 200, ""),
		exchanged("GET", "/v1/card", "msisdn=79216668899", 200, goodCard),
		exchanged("GET", "/v1/card", "", 422, goodError),
		exchanged("GET", "/v1/card/anonymous", "", 200, `"0012"`),
		exchanged("POST", "/v1/card/anonymous/0012", "", 200, ""),
		exchanged("GET", "/v1/card/1", "", 200, goodBalance),
		exchanged("GET", "/v1/card/1/purchases", "startDate=2026-01-01", 200, `[]`),
		exchanged("GET", "/v1/card/1/purchases", "startDate=2026-01-01", 200, `[{"date":"2026-01-02","item":"","amount":"-100","quantity":"0.345","location":"","bonuses":""}]`),
		exchanged("GET", "/v1/card/getAllUsersExtended", "", 200, `[{"phone":"79216668899","params":[{"name":"surname","value":"Petrova"}]}]`),
		exchanged("GET", "/v1/nothing", "", 422, goodError),
	} {
		assert.Empty(t, conformance.Judge(p, e), "%s %s %s", e.Request.Method, e.Request.Path, e.Answer.Body)
	}
}

func TestJudgeNamesTheRule(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V130)
	find := func(status int, body string) conformance.Exchange {
		return exchanged("GET", "/v1/card", "msisdn=79216668899", status, body)
	}
	headed := func(name string, values ...string) conformance.Exchange {
		e := find(200, goodCard)
		e.Answer.Header[name] = values
		return e
	}
	for rule, e := range map[string]conformance.Exchange{
		"answer.arrives":            {Request: conformance.Request{Method: "GET", Path: "/v1/card"}, Authorized: true},
		"answer.status":             find(404, goodError),
		"answer.content-type":       headed("Content-Type", "application/json"),
		"answer.content-type-exact": headed("Content-Type", "application/json;charset=UTF-8"),
		"answer.one-content-type":   headed("Content-Type", "application/json; charset=utf-8", "text/html"),
		"answer.utf8":               find(200, "\ufeff"+goodCard),
		"answer.not-encoded":        headed("Content-Encoding", "gzip"),
		"answer.json":               exchanged("GET", "/v1/card/anonymous", "", 200, `0123`),
		"answer.keys-once":          find(422, `{"code":"1","code":"2","description":""}`),
		"answer.strings":            find(422, `{"code":1,"description":"x"}`),
		"answer.no-null":            exchanged("GET", "/v1/card/getAllUsers", "", 200, `[null]`),
		"answer.empty-body":         exchanged("POST", "/v1/card/1", "", 200, `{}`),
		"answer.error-object":       find(422, ``),
		"answer.error-inside":       find(422, `{"code":"1","description":"SQLSTATE 42601"}`),
		"answer.error-personal":     find(422, `{"code":"1","description":"nobody has 79216668899"}`),
		"answer.form":               find(200, `{"card":"2912345678906"}`),
		"answer.required":           find(200, `{"card":{"cardNumber":"","cardState":"active","barcode":{"barcodeNumber":"1","barcodeType":"QR_CODE"}}}`),
		"answer.values":             exchanged("GET", "/v1/card/1/purchases", "startDate=2026-01-01", 200, `[{"date":"02.01.2026","amount":"1","quantity":"1"}]`),
		"answer.card-state":         find(200, `{"card":{"cardNumber":"1","cardState":"blocked","barcode":{"barcodeNumber":"1","barcodeType":"QR_CODE"}}}`),
		"answer.barcode-type":       find(200, `{"card":{"cardNumber":"1","cardState":"active","barcode":{"barcodeNumber":"1","barcodeType":"EAN13"}}}`),
		"answer.barcode-drawable":   find(200, `{"card":{"cardNumber":"1","cardState":"active","barcode":{"barcodeNumber":"2912345678901","barcodeType":"EAN_13"}}}`),
		"answer.card-number":        exchanged("GET", "/v1/card/2", "", 200, goodBalance),
		"answer.points-in-place":    find(200, goodBalance),
		"answer.known-fields":       find(200, `{"card":{"cardNumber":"1","cardState":"active","card_state":"x","barcode":{"barcodeNumber":"1","barcodeType":"QR_CODE"}}}`),
		"answer.no-personal-data":   find(200, `{"card":{"cardNumber":"1","cardState":"active","phone":"79216668899","barcode":{"barcodeNumber":"1","barcodeType":"QR_CODE"}}}`),
	} {
		findings := conformance.Judge(p, e)
		named := slices.ContainsFunc(findings, func(f conformance.Finding) bool { return f.Rule == rule })
		assert.True(t, named, "%s: %v", rule, findings)
		for _, f := range findings {
			assert.NotEmpty(t, f.Wrong, rule)
			assert.NotEmpty(t, f.Expected, rule)
			assert.NotContains(t, f.Wrong, "79216668899", "a finding tells no phone")
		}
	}
	for _, rule := range conformance.Rules() {
		if rule.EveryAnswer() {
			assert.Contains(t, judged, rule.ID, "a rule on every answer without an example here")
		}
	}
}

// judged lists the rules of the table above.
var judged = []string{
	"answer.arrives", "answer.status", "answer.content-type", "answer.content-type-exact", "answer.one-content-type", "answer.utf8", "answer.not-encoded",
	"answer.json", "answer.keys-once", "answer.strings", "answer.no-null", "answer.empty-body", "answer.error-object",
	"answer.error-inside", "answer.error-personal", "answer.form", "answer.required", "answer.values", "answer.card-state", "answer.barcode-type",
	"answer.barcode-drawable", "answer.card-number", "answer.points-in-place", "answer.known-fields", "answer.no-personal-data",
}

// TestExtraFieldsAreLegal: whatever a host says besides, at any depth, costs
// nothing, unless the profile lists what is agreed, and never hides what is
// missing.
func TestExtraFieldsAreLegal(t *testing.T) {
	card := func(more, state string) conformance.Exchange {
		return exchanged("GET", "/v1/card", "msisdn=79216668899", 200,
			`{"meta":{"name":"x"},"card":{"cardNumber":"1",`+state+`"barcode":{"barcodeNumber":"1","barcodeType":"QR_CODE","name":"Code"},`+more+`}}`)
	}
	state := `"cardState":"active",`
	legal := `"name":"Gold","tier":{"name":"Gold","steps":[{"bonus":"5","address":"x"}]},"shop":{"phone":"88002000600","email":"help@shop.example"},"owner":"12345","customer":{"id":"7"}`
	history := exchanged("GET", "/v1/card/1/purchases", "startDate=2026-01-01", 200, `[{"date":"2026-01-02","amount":"1","quantity":"1","bonus":"3","till":{"phone":"1"}}]`)
	refusal := exchanged("GET", "/v1/card/1", "", 422, `{"code":"1","description":"x","trace":"y","details":[{"field":"a"}]}`)
	open := contract.DefaultProfile(koshelek.V130)
	for _, e := range []conformance.Exchange{card(legal, state), history, refusal} {
		assert.Empty(t, conformance.Judge(open, e))
	}

	agreed := open
	agreed.ExtraFields = []string{"meta", "card.name", "card.tier", "card.shop", "card.owner", "card.customer", "card.barcode", "listPurchases[].bonus", "listPurchases[].till", "error.trace"}
	assert.Empty(t, conformance.Judge(agreed, history))
	assert.Empty(t, conformance.Judge(agreed, card(legal, state)))
	findings := conformance.Judge(agreed, refusal)
	if assert.Len(t, findings, 1) {
		assert.Equal(t, "answer.known-fields", findings[0].Rule)
		assert.Contains(t, findings[0].Excuse, `"error.trace", "error.details"]`)
	}

	findings = conformance.Judge(open, card(`"state":"active"`, ""))
	if assert.Len(t, findings, 1) {
		assert.Equal(t, "answer.required", findings[0].Rule)
		assert.Equal(t, `"fields": {"card.cardState": "state"}`, findings[0].Excuse)
	}
	findings = conformance.Judge(open, card(`"card_state":"active"`, ""))
	assert.Len(t, findings, 2, "missing, and misspelled: %v", findings)

	for _, person := range []string{
		`"phone":"1"`, `"e-mail":"a@b.example"`, `"holder":{"name":"A"}`, `"more":{"surname":"P"}`, `"more":[{"owner":{"birthDate":"2000-01-01"}}]`, `"login":"+79216668899"`, `"birth_date":"2000-01-01"`,
	} {
		findings := conformance.Judge(open, card(person, state))
		if assert.Len(t, findings, 1, person) {
			assert.Equal(t, "answer.no-personal-data", findings[0].Rule)
		}
	}
}

// TestRenamedFields: an answer is judged by the agreed names, and told in them.
func TestRenamedFields(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V130)
	p.Fields = map[string]string{"card.cardState": "state", "card.barcode.barcodeType": "type", "error.code": "errorCode"}
	good := exchanged("GET", "/v1/card", "msisdn=1", 200, `{"card":{"cardNumber":"1","state":"active","barcode":{"barcodeNumber":"1","type":"QR_CODE"}}}`)
	assert.Empty(t, conformance.Judge(p, good))
	assert.Empty(t, conformance.Judge(p, exchanged("GET", "/v1/card", "msisdn=1", 422, `{"errorCode":"1","description":"x"}`)))
	bad := exchanged("GET", "/v1/card", "msisdn=1", 200, `{"card":{"cardNumber":"1","cardState":"active","barcode":{"barcodeNumber":"1","type":"EAN"}}}`)
	var rules []string
	for _, f := range conformance.Judge(p, bad) {
		rules = append(rules, f.Rule+" "+f.Wrong)
	}
	assert.Contains(t, rules, "answer.required card.state is missing")
	assert.Contains(t, rules, `answer.barcode-type card.barcode.type is "EAN"`)
}

// TestFindingsSayHowSureTheyAre: what is only guessed of offers is marked so,
// though the rule on forms is published. It weighs the same.
func TestFindingsSayHowSureTheyAre(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V130)
	findings := conformance.Judge(p, exchanged("GET", "/v1/card/1/campaigns", "", 200, `[{"name":{"ru":"x"}}]`))
	assert.NotEmpty(t, findings)
	for _, f := range findings {
		assert.Equal(t, koshelek.MarkInferred, f.Mark, f.Rule)
		assert.Equal(t, conformance.Fail, f.Outcome(), f.Rule)
	}
	findings = conformance.Judge(p, exchanged("GET", "/v1/card", "", 200, `{"card":[]}`))
	assert.Equal(t, koshelek.MarkPublished, findings[0].Mark)
	assert.Equal(t, conformance.Fail, findings[0].Outcome())
}

func TestJudgeKnowsTheProfile(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V130)
	bare := exchanged("GET", "/v1/card/anonymous", "", 200, `2912345678906`)
	assert.Equal(t, "answer.strings", conformance.Judge(p, bare)[0].Rule)
	p.ReserveForm = contract.ReserveDigits
	assert.Empty(t, conformance.Judge(p, bare))
	p.Semicolon = contract.SemicolonAlways
	assert.Equal(t, "answer.content-type-exact", conformance.Judge(p, bare)[0].Rule)
}
