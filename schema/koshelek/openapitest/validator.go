package openapitest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"koshelek-adapter/schema/koshelek"
)

// Validator judges exchanges with the Koshelek API.
type Validator struct {
	doc    *openapi3.T
	router routers.Router
	// elsewhere stands for whatever the document does not describe: it can only
	// be refused.
	elsewhere *routers.Route
}

// once keeps tests from reading the same document over and over.
var once = sync.OnceValues(load)

// Load returns the validator of the contract's OpenAPI document.
func Load() (*Validator, error) { return once() }

// New is Load for tests: it fails t when the document is broken.
func New(t testing.TB) *Validator {
	t.Helper()
	v, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func load() (*Validator, error) {
	doc, err := openapi3.NewLoader().LoadFromData(koshelek.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("openapitest: load: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("openapitest: validate: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("openapitest: route: %w", err)
	}
	return &Validator{doc: doc, router: router, elsewhere: elsewhere(doc)}, nil
}

// elsewhere makes a route whose only answers are the two kinds of refusal.
func elsewhere(doc *openapi3.T) *routers.Route {
	refusals := openapi3.NewResponses(
		openapi3.WithStatus(http.StatusUnauthorized, doc.Components.Responses["Unauthorized"]),
		openapi3.WithStatus(http.StatusUnprocessableEntity, doc.Components.Responses["Refused"]),
	)
	return &routers.Route{
		Spec:      doc,
		PathItem:  &openapi3.PathItem{},
		Operation: &openapi3.Operation{Responses: refusals},
	}
}

// Check fails t for everything in which an exchange breaks the contract. The
// body of req is not read: it usually is gone, so it is given beside.
func (v *Validator) Check(
	t testing.TB, req *http.Request, reqBody []byte,
	status int, header http.Header, respBody []byte, opts ...Option,
) {
	t.Helper()
	exchange := Exchange{Request: req, RequestBody: reqBody, Status: status, Header: header, Body: respBody}
	if err := v.Verify(exchange, opts...); err != nil {
		t.Errorf("%s %s breaks the contract: %v", req.Method, req.URL.Path, err)
	}
}

// CheckRecorder is Check for an answer that a recorder has taken.
func (v *Validator) CheckRecorder(
	t testing.TB, req *http.Request, reqBody []byte, rec *httptest.ResponseRecorder, opts ...Option,
) {
	t.Helper()
	v.Check(t, req, reqBody, rec.Code, rec.Result().Header, rec.Body.Bytes(), opts...)
}
