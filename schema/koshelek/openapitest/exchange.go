package openapitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"koshelek-adapter/schema/koshelek"
)

// Exchange is a request and its answer, both bodies read to the end.
type Exchange struct {
	// Request is the request as the client or the server had it, except for its
	// body, which stands in RequestBody.
	Request     *http.Request
	RequestBody []byte
	Status      int
	Header      http.Header
	Body        []byte
}

// Verify returns everything in which an exchange breaks the contract, or nil.
func (v *Validator) Verify(e Exchange, opts ...Option) error {
	s := settle(opts)
	route, params, err := v.route(e.Request, s)
	if err != nil {
		return err
	}
	input := &openapi3filter.RequestValidationInput{
		Request:    forFilter(e),
		PathParams: params,
		Route:      route,
		Options:    &openapi3filter.Options{AuthenticationFunc: wantsBasic},
	}
	faults := wireFaults(e, s)
	if route != v.elsewhere && !s.badRequest && s.operation == "" {
		faults = append(faults, openapi3filter.ValidateRequest(context.Background(), input))
	}
	return errors.Join(append(faults, answerFault(e, input))...)
}

// route finds the operation that a request is for. What the document does not
// describe is for elsewhere, and so is a word in the place of a card number.
func (v *Validator) route(req *http.Request, s settings) (*routers.Route, map[string]string, error) {
	if s.operation != "" {
		return v.named(s.operation)
	}
	route, params, err := v.router.FindRoute(req)
	if err != nil || koshelek.IsReservedWord(params["cardNumber"]) {
		return v.elsewhere, nil, nil
	}
	return route, params, nil
}

// named finds an operation by its id.
func (v *Validator) named(id string) (*routers.Route, map[string]string, error) {
	for path, item := range v.doc.Paths.Map() {
		for verb, op := range item.Operations() {
			if op.OperationID == id {
				return &routers.Route{Spec: v.doc, Path: path, PathItem: item, Method: verb, Operation: op}, nil, nil
			}
		}
	}
	return nil, nil, fmt.Errorf("openapitest: the document has no operation %q", id)
}

// forFilter copies the request, with its body back in and read as JSON when it
// does not say what it is: the contract asks no media type of requests.
func forFilter(e Exchange) *http.Request {
	req := e.Request.Clone(context.Background())
	req.GetBody = nil
	req.Body = io.NopCloser(bytes.NewReader(e.RequestBody))
	req.ContentLength = int64(len(e.RequestBody))
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// wantsBasic is satisfied by any Basic credentials: whether they are the right
// ones is not for the contract to say.
func wantsBasic(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	if _, _, ok := input.RequestValidationInput.Request.BasicAuth(); !ok {
		return errors.New("the request has no Basic credentials")
	}
	return nil
}
