package faultyhost

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Odd is what a partner agreed with Koshelek beside the contract: other names,
// other words, more fields. It stands before a host and translates, and so knows
// nothing of how the suite reads profiles.
type Odd struct {
	// Names are the partner's names of keys in bodies and answers, Query those of
	// parameters, by the contract's.
	Names, Query map[string]string
	// Values are the partner's words for texts in answers, by the host's.
	Values map[string]string
	// Extra adds fields to every object of every answer, at every depth.
	Extra bool
	// Closes ends the connection after each answer.
	Closes bool
	// OneRefusal refuses everything with one code and one text.
	OneRefusal bool
	// NoOffers has no offers of cards.
	NoOffers bool
	// Absent are beginnings of "VERB path" that the partner does not offer, with
	// the status that says so.
	Absent map[string]int
}

// Wrap puts the oddities before a host.
func (o Odd) Wrap(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.Closes {
			w.Header().Set("Connection", "close")
		}
		answer, request, absent := &kept{header: w.Header(), status: http.StatusOK}, o.request(r), o.absent(r)
		if absent > 0 {
			request.URL.Path = "/v1/nothing"
		}
		inner.ServeHTTP(answer, request)
		if absent > 0 && answer.status == http.StatusUnprocessableEntity {
			answer.status = absent
		}
		body := answer.body.Bytes()
		if o.OneRefusal && answer.status == http.StatusUnprocessableEntity {
			body = []byte(`{"code":"1","description":"no"}`)
		}
		body = o.answer(body)
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.status)
		_, _ = w.Write(body) // a caller who is gone needs no answer
	})
}

func (o Odd) absent(r *http.Request) int {
	if o.NoOffers && strings.HasSuffix(r.URL.Path, "/campaigns") {
		return http.StatusNotFound
	}
	for begin, status := range o.Absent {
		if strings.HasPrefix(r.Method+" "+r.URL.Path+" ", begin) {
			return status
		}
	}
	return 0
}

// kept is an answer that is not sent yet.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header                { return k.header }
func (k *kept) WriteHeader(status int)             { k.status = status }
func (k *kept) Write(text []byte) (n int, e error) { return k.body.Write(text) }

// request writes a call with the contract's names. A key that has the contract's
// name where the partner has another is one that nobody knows.
func (o Odd) request(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	query := r.URL.RawQuery
	for _, name := range slices.Sorted(maps.Keys(o.Query)) {
		query = parameter(name).ReplaceAllString(query, "${1}unknown-"+name+"=")
		query = parameter(url.QueryEscape(o.Query[name])).ReplaceAllString(query, "${1}"+name+"=")
	}
	r.URL.RawQuery = query
	r.Body = &renaming{from: r.Body, rename: func(body []byte) []byte {
		for _, name := range slices.Sorted(maps.Keys(o.Names)) {
			body = key(name).ReplaceAll(body, []byte(`"unknown-`+name+`"$1`))
			body = key(o.Names[name]).ReplaceAll(body, []byte(`"`+name+`"$1`))
		}
		return body
	}}
	r.ContentLength = -1
	return r
}

func parameter(name string) *regexp.Regexp {
	return regexp.MustCompile(`(^|&)` + regexp.QuoteMeta(name) + `=`)
}

func key(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)"` + regexp.QuoteMeta(name) + `"(\s*:)`)
}

// renaming is a body that is read whole and renamed when it is first asked for.
type renaming struct {
	from interface {
		Read([]byte) (int, error)
		Close() error
	}
	rename func([]byte) []byte
	whole  *bytes.Reader
	err    error
}

func (b *renaming) Read(into []byte) (int, error) {
	if b.whole == nil {
		var text bytes.Buffer
		_, b.err = text.ReadFrom(b.from)
		b.whole = bytes.NewReader(b.rename(text.Bytes()))
	}
	if n, err := b.whole.Read(into); err == nil || b.err == nil {
		return n, err
	}
	return 0, b.err
}

func (b *renaming) Close() error { return b.from.Close() }

// answer writes an answer as the partner does.
func (o Odd) answer(body []byte) []byte {
	for _, name := range slices.Sorted(maps.Keys(o.Names)) {
		body = regexp.MustCompile(`"`+name+`"(\s*:)`).ReplaceAll(body, []byte(`"`+o.Names[name]+`"$1`))
	}
	for _, word := range slices.Sorted(maps.Keys(o.Values)) {
		body = regexp.MustCompile(`(:\s*)"`+regexp.QuoteMeta(word)+`"`).ReplaceAll(body, []byte(`$1"`+o.Values[word]+`"`))
	}
	if !o.Extra {
		return body
	}
	var out bytes.Buffer
	inText := false
	for i, c := range body {
		out.WriteByte(c)
		switch {
		case c == '"' && !escaped(body[:i]):
			inText = !inText
		case c == '{' && !inText:
			out.WriteString(`"extra":{"name":"x","steps":[{"address":"y","bonus":"5"}]},`)
		}
	}
	return out.Bytes()
}

// escaped reports whether a text ends with an odd number of backslashes.
func escaped(text []byte) bool {
	n := len(text) - len(bytes.TrimRight(text, `\`))
	return n%2 == 1
}
