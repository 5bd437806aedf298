package handlers_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/schema/koshelek/openapitest"
)

// parts are what strange paths are made of.
var parts = []string{"v1", "card", "promo", "anonymous", "anonymou", "getAllUsers", "getAllUsersExtended", "getAllUsersExtendedX", "purchases", "campaigns",
	"communication", "qrCode", "code", "2900000000018", "", ".", "..", "%2F", "%2e%2e", ":cardNumber", "*", "{cardNumber}", "a b", "%00", "ы", "\xff"}

// TestAnyPath sends paths that nobody would think of to every verb: whatever
// comes, the answer is one of the contract, and never a fault of the program.
func TestAnyPath(t *testing.T) {
	h := build(t, engines[0])
	random := rand.New(rand.NewPCG(2026, 9))
	for _, path := range append([]string{"*", "", "/", "//", "v1/card"}, strangePaths(random, 1000)...) {
		for _, verb := range []string{get, post, put, http.MethodDelete, http.MethodConnect, http.MethodOptions, "X"} {
			target, err := url.ParseRequestURI(path)
			if err != nil {
				target = &url.URL{Path: path}
			}
			target.Scheme, target.Host = "http", "partner.example"
			req := &http.Request{Method: verb, URL: target, Header: http.Header{}, Body: http.NoBody}
			req.SetBasicAuth(login, password)
			recorder := httptest.NewRecorder()
			h.handler.ServeHTTP(recorder, req)
			assert.NotContains(t, recorder.Body.String(), `"903"`)
			h.validator.CheckRecorder(t, req, nil, recorder, openapitest.BadRequest())
		}
	}
}

// strangePaths are mostly right, since a router goes astray near its routes.
func strangePaths(random *rand.Rand, n int) []string {
	paths := make([]string, n)
	for i := range paths {
		path := []string{"", "v1", "card"}
		for range random.IntN(4) {
			path = append(path, parts[random.IntN(len(parts))])
		}
		if random.IntN(4) == 0 {
			path[1+random.IntN(len(path)-1)] = parts[random.IntN(len(parts))]
		}
		paths[i] = strings.Join(path, "/")
	}
	return paths
}
