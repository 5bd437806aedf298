package vendorhttp_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestErrorsInEveryShape(t *testing.T) {
	cases := map[string]struct {
		body    string
		want    vendorhttp.Problem
		isError bool
	}{
		"Yii":          {`{"name":"Unauthorized","message":"Invalid company token","code":0,"status":401,"type":"yii\\web\\HttpException"}`, vendorhttp.Problem{Code: "0", Message: "Invalid company token", Status: 401}, true},
		"trailing":     {`{"name":"x","message":"Enter Valid Input ","code":"43","status":"422"}`, vendorhttp.Problem{Code: "43", Message: "Enter Valid Input", Status: 422}, true},
		"other manual": {`{"error":"validation_failed","message":"Validation Failed","details":{"customer_mobile":["is required"]}}`, vendorhttp.Problem{Code: "validation_failed", Message: "Validation Failed: customer_mobile is required"}, true},
		"Keycloak":     {`{"error":"invalid_client","error_description":"Invalid client credentials"}`, vendorhttp.Problem{Code: "invalid_client", Message: "Invalid client credentials"}, true},
		"platform":     {`{"error":"rule_inactive","details":["a","b"]}`, vendorhttp.Problem{Code: "rule_inactive", Message: "a, b"}, true},
		"bare error":   {`{"error":"Invalid API Key"}`, vendorhttp.Problem{Message: "Invalid API Key"}, true},
		"errors map":   {`{"errors":{"detail":"Not Found"}}`, vendorhttp.Problem{Message: "detail Not Found"}, true},
		"errors list":  {`{"errors":[{"message":"bad"}]}`, vendorhttp.Problem{Message: "message bad"}, true},
		"detail":       {`{"detail":"no"}`, vendorhttp.Problem{Message: "no"}, false},
		"microsite":    {`{"status":false,"message":"Requested product is not available"}`, vendorhttp.Problem{Message: "Requested product is not available"}, true},
		"wrapped":      {`{"success":false,"status":422,"data":{"name":"Unprocessable","message":"Validation Failed","code":37,"status":422}}`, vendorhttp.Problem{Code: "37", Message: "Validation Failed", Status: 422}, true},
		"nested":       {`{"error":{"code":"E1","message":"deep"}}`, vendorhttp.Problem{Code: "E1", Message: "deep"}, true},
		"success":      {`{"success":true,"status":200,"data":{"state":"success"}}`, vendorhttp.Problem{Status: 200}, false},
		"order":        {`{"id":1,"state":"success","vouchers":[]}`, vendorhttp.Problem{}, false},
		"no error":     {`{"error":false,"errors":[],"id":1}`, vendorhttp.Problem{}, false},
		"name only":    {`{"error":"rate_limited"}`, vendorhttp.Problem{Code: "rate_limited"}, true},
		"text":         {`Missing x-api-key header`, vendorhttp.Problem{Message: "Missing x-api-key header"}, false},
		"quoted":       {`"Invalid API Key"`, vendorhttp.Problem{Message: "Invalid API Key"}, false},
		"HTML":         {`<html><h1>502 Bad Gateway</h1>`, vendorhttp.Problem{Message: "an HTML page"}, false},
		"empty":        {``, vendorhttp.Problem{}, false},
		"null":         {`null`, vendorhttp.Problem{}, false},
	}
	for name, tc := range cases {
		got, isError := vendorhttp.ReadProblem([]byte(tc.body))
		assert.Equal(t, tc.want, got, name)
		assert.Equal(t, tc.isError, isError, name)
	}
}

func TestADocumentThatIsAnErrorDespiteItsStatus(t *testing.T) {
	for body, want := range map[string]vendorhttp.Kind{
		`{"message":"Invalid customer token","status":401,"type":"yii\\web\\HttpException"}`: vendorhttp.Unauthorized,
		`{"message":"Validation Failed","status":422,"code":37}`:                             vendorhttp.Rejected,
		`{"message":"Oops","status":500}`:                                                    vendorhttp.Unavailable,
		`{"error":"out of stock"}`:                                                           vendorhttp.Malformed,
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		answer, err := do(t, vendorhttp.New("vendor", vendorhttp.Options{}), post(server.URL, "{}"))
		require.NoError(t, err)
		_, isError := vendorhttp.ReadProblem(answer.Body)
		require.True(t, isError, body)
		assert.ErrorIs(t, answer.Failure(), want, body)
		assert.Equal(t, 200, answer.Failure().Status)
	}
}

func FuzzReadProblem(f *testing.F) {
	for _, seed := range []string{`{"error":{"error":{"error":"x"}}}`, `{"message":["a"],"status":1e400}`, `[1]`, `{"data":{"data":{}}}`, "\xff", `<`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		first, isError := vendorhttp.ReadProblem(body)
		again, _ := vendorhttp.ReadProblem(body)
		if first != again {
			t.Fatalf("%q read in two ways: %+v, %+v", body, first, again)
		}
		if isError && !json.Valid(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))) {
			t.Fatalf("%q is no JSON and yet an error of it", body)
		}
	})
}
