package middleware

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var slashes = regexp.MustCompile(`/{2,}`)

// meant is the request with the path that is meant by one with a slash too many:
// addresses are joined from parts, each of which may bring its own. A write whose
// parameter may have been left out has two readings and is not touched: POST
// /v1/card/anonymous/ is a number that is missing, and no order for a new card.
func (r *Router) meant(req *http.Request) *http.Request {
	path := req.URL.EscapedPath()
	clean := slashes.ReplaceAllLiteralString(path, "/")
	if len(clean) > 1 {
		clean = strings.TrimSuffix(clean, "/")
	}
	leftOut := func(pattern *regexp.Regexp) bool { return pattern.MatchString(path) }
	if clean == path || slices.ContainsFunc(r.omitted[req.Method], leftOut) {
		return req
	}
	plain, err := url.PathUnescape(clean)
	if err != nil {
		return req
	}
	address := *req.URL
	address.Path, address.RawPath = plain, clean
	other := *req
	other.URL = &address
	return &other
}

// omitted matches a pattern's paths whose parameters are empty.
func omitted(pattern string) *regexp.Regexp {
	var text strings.Builder
	for segment := range strings.SplitSeq(strings.TrimPrefix(pattern, "/"), "/") {
		text.WriteString("/+")
		if !strings.HasPrefix(segment, "{") {
			text.WriteString(regexp.QuoteMeta(segment))
		}
	}
	return regexp.MustCompile("^" + text.String() + "/*$")
}
