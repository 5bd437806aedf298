package openapitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"unicode/utf8"
)

// mediaType is the media type of every answer.
const mediaType = "application/json; charset=utf-8"

// digits is what a number looks like when its quotes are switched off.
var digits = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// wireFaults lists what an answer breaks of the rules that hold for all of them.
// Its elements may be nil.
func wireFaults(e Exchange, s settings) []error {
	return []error{
		statusFault(e),
		mediaTypeFault(e.Header, s),
		bodyFault(e.Body, s),
	}
}

func statusFault(e Exchange) error {
	switch e.Status {
	case http.StatusOK:
		if _, _, ok := e.Request.BasicAuth(); !ok {
			return errors.New("status 200 for a request without Basic credentials")
		}
	case http.StatusUnauthorized, http.StatusUnprocessableEntity:
	default:
		return fmt.Errorf("status %d is none of 200, 401, 422", e.Status)
	}
	return nil
}

func mediaTypeFault(header http.Header, s settings) error {
	want := mediaType
	if s.trailingSemicolon {
		want += ";"
	}
	if got := header.Values("Content-Type"); !slices.Equal(got, []string{want}) {
		return fmt.Errorf("media type is %q and should be %q", got, want)
	}
	return nil
}

func bodyFault(body []byte, s settings) error {
	switch {
	case len(body) == 0:
		return nil
	case !utf8.Valid(body):
		return errors.New("the answer is not valid UTF-8")
	case !json.Valid(body):
		return errors.New("the answer is not one JSON value")
	case s.bareDigits && digits.Match(bytes.TrimSpace(body)):
		return nil // whether a number is due here is for the document to say
	}
	return leafFault(body)
}

// leafFault finds the first leaf of valid JSON that is no string. Tokens are read
// one by one, so that a long list costs no memory.
func leafFault(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token.(type) {
		case json.Delim, string:
		case nil:
			return fmt.Errorf("null before byte %d of the answer", decoder.InputOffset())
		default:
			return fmt.Errorf("a leaf that is no string before byte %d of the answer", decoder.InputOffset())
		}
	}
}
