package har

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/conformance"
)

// Entry is one recorded call.
type Entry struct {
	// Index counts from 1.
	Index int
	// Host is the host's name and port, "" when the address was not recorded.
	Host string
	// Ours tells that the path is one of the Koshelek API.
	Ours bool
	// Exchange is the call; its path begins with /v1, whatever stood before.
	Exchange conformance.Exchange
	// Signed tells that the recorder kept an Authorization header.
	Signed bool
	// Why says why the call cannot be judged, "" when it can.
	Why string
}

// newEntry takes what it finds from an entry.
func newEntry(index int, raw map[string]any) Entry {
	e := Entry{Index: index}
	request, response := object(raw["request"]), object(raw["response"])
	address, err := url.Parse(text(request["url"]))
	if err != nil || text(request["url"]) == "" {
		e.Why = "its address was not recorded"
		return e
	}
	e.Host = address.Host
	path, ours := apiPath(address.EscapedPath())
	if e.Ours = ours; !ours {
		return e
	}
	call := conformance.Request{
		Method: strings.ToUpper(text(request["method"])), Path: path, Query: address.RawQuery, Header: headers(request["headers"]),
	}
	if call.Method == "" {
		e.Why = "its method was not recorded"
		return e
	}
	e.Signed = call.Header.Get("Authorization") != ""
	posted := object(request["postData"])
	if call.Body, err = body(posted); err != nil {
		e.Why = "its body " + err.Error()
		return e
	}
	e.Exchange = conformance.Exchange{Request: call, Took: took(raw["time"])}
	e.answer(response)
	return e
}

func (e *Entry) answer(response map[string]any) {
	status, err := strconv.Atoi(text(response["status"]))
	if err != nil || status < 100 || status > 999 {
		e.Why = "no answer was recorded"
		return
	}
	content := object(response["content"])
	answer := &conformance.Answer{Status: status, Header: headers(response["headers"])}
	if answer.Header.Get("Content-Type") == "" && response["headers"] == nil && text(content["mimeType"]) != "" {
		answer.Header.Set("Content-Type", text(content["mimeType"]))
	}
	if answer.Body, err = body(content); err != nil {
		e.Why = "its answer " + err.Error()
		return
	}
	if size, err := strconv.ParseInt(text(content["size"]), 10, 64); err == nil && size > 0 && content["text"] == nil {
		e.Why = "the body of its answer was not recorded"
		return
	}
	e.Exchange.Answer = answer
	// A call that was let in was signed, even when the recorder dropped the header.
	e.Exchange.Authorized = status != http.StatusUnauthorized
}

// roots are the beginnings of the API's paths.
var roots = []string{"/v1/card", "/v1/promo"}

// apiPath cuts off what a proxy puts before the paths of the API.
func apiPath(path string) (string, bool) {
	for _, root := range roots {
		if at := strings.Index(path, root); at >= 0 {
			if rest := path[at+len(root):]; rest == "" || rest[0] == '/' {
				return path[at:], true
			}
		}
	}
	return "", false
}

// headers reads a list of names and values, or an object.
func headers(raw any) http.Header {
	h := http.Header{}
	add := func(name, value string) {
		if name != "" && !strings.HasPrefix(name, ":") {
			h.Add(name, value)
		}
	}
	switch list := raw.(type) {
	case []any:
		for _, one := range list {
			add(text(object(one)["name"]), text(object(one)["value"]))
		}
	case map[string]any:
		for name, value := range list {
			add(name, text(value))
		}
	}
	return h
}

// body reads the text of a request or an answer.
func body(content map[string]any) ([]byte, error) {
	written := text(content["text"])
	if len(written) > 2*MaxBody {
		return nil, fmt.Errorf("is longer than %d MiB", MaxBody>>20)
	}
	decoded := []byte(written)
	if strings.EqualFold(text(content["encoding"]), "base64") {
		var err error
		if decoded, err = base64.StdEncoding.DecodeString(strings.NewReplacer("\n", "", "\r", "").Replace(written)); err != nil {
			return nil, fmt.Errorf("is not the base64 that it says to be")
		}
	}
	if len(decoded) > MaxBody {
		return nil, fmt.Errorf("is longer than %d MiB", MaxBody>>20)
	}
	return decoded, nil
}

func took(raw any) time.Duration {
	milliseconds, err := strconv.ParseFloat(text(raw), 64)
	if err != nil || !(milliseconds >= 0 && milliseconds < 1e9) {
		return 0
	}
	return time.Duration(milliseconds * float64(time.Millisecond))
}

func object(raw any) map[string]any {
	o, _ := raw.(map[string]any)
	return o
}

// text reads a leaf, whatever kind it has.
func text(raw any) string {
	switch v := raw.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
