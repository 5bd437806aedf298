package openapitest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	cardPath = "/v1/card/2000000000015"
	profile  = `{"phone":"79216668899","firstname":"Анна","sex":null}`
	refusal  = `{"code":"100","description":"no"}`
)

// ask makes a request with credentials; line is its verb and target.
func ask(line, body string) Exchange {
	verb, target, _ := strings.Cut(line, " ")
	req := httptest.NewRequest(verb, target, nil)
	req.SetBasicAuth("koshelek", "secret")
	return Exchange{Request: req, RequestBody: []byte(body)}
}

// answered returns the exchange with an answer that has the right headers.
func (e Exchange) answered(status int, body string) Exchange {
	e.Status, e.Body = status, []byte(body)
	e.Header = http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	if status == http.StatusUnauthorized {
		e.Header.Set("WWW-Authenticate", `Basic realm="koshelek", charset="UTF-8"`)
	}
	return e
}

// with returns the exchange with one header of the answer changed.
func (e Exchange) with(key string, values ...string) Exchange {
	e.Header = e.Header.Clone()
	e.Header[http.CanonicalHeaderKey(key)] = values
	return e
}

// anonymously returns the exchange without credentials.
func (e Exchange) anonymously() Exchange {
	e.Request = e.Request.Clone(e.Request.Context())
	e.Request.Header.Del("Authorization")
	return e
}

// sample reads a golden sample of the package koshelek.
func sample(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "testdata", name))
	require.NoError(t, err)
	return string(body)
}
