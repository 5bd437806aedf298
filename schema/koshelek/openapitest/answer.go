package openapitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// emptyBody is the document's extension that says whether an answer has no body
// in any case or may have none.
const (
	emptyBody = "x-empty-body"
	always    = "always"
	allowed   = "allowed"
)

// answerFault holds the answer to what the document says of it.
func answerFault(e Exchange, input *openapi3filter.RequestValidationInput) error {
	response := input.Route.Operation.Responses.Status(e.Status)
	if response == nil {
		return fmt.Errorf("status %d is not described for this call", e.Status)
	}
	empty := response.Value.Extensions[emptyBody]
	switch {
	case e.Request.Method == http.MethodHead: // has no body, whatever the answer
		return nil
	case len(e.Body) == 0 && (empty == always || empty == allowed):
		return nil
	case empty == always:
		return errors.New("the answer has a body and should have none")
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 e.Status,
		Header:                 withMediaType(e.Header),
		Body:                   io.NopCloser(bytes.NewReader(e.Body)),
		Options:                input.Options,
	})
}

// withMediaType gives the filter the media type that the document has: whether
// the answer's own is right has been judged to the letter before.
func withMediaType(header http.Header) http.Header {
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", mediaType)
	return header
}
