package handlers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/handlers"
	"koshelek-adapter/handlers/middleware"
)

func TestBadOptions(t *testing.T) {
	good := handlers.Options{Options: middleware.Options{Credentials: []middleware.Credential{{User: "u", Password: "p"}}}, Zone: time.UTC}
	_, err := handlers.New(nil, good)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*handlers.Options){
		"no credentials":   func(o *handlers.Options) { o.Credentials = nil },
		"empty password":   func(o *handlers.Options) { o.Credentials = []middleware.Credential{{User: "u"}} },
		"empty user":       func(o *handlers.Options) { o.Credentials = []middleware.Credential{{Password: "p"}} },
		"colon in user":    func(o *handlers.Options) { o.Credentials[0].User = "a:b" },
		"not UTF-8":        func(o *handlers.Options) { o.Credentials[0].Password = "\xff" },
		"status":           func(o *handlers.Options) { o.UnauthorizedStatus = 403 },
		"version":          func(o *handlers.Options) { o.Version = 9 },
		"language":         func(o *handlers.Options) { o.Language = "de" },
		"no zone":          func(o *handlers.Options) { o.Zone = nil },
		"path of another":  func(o *handlers.Options) { o.OffersPath = "purchases" },
		"path with slash":  func(o *handlers.Options) { o.OffersPath = "a/b" },
		"path with colon":  func(o *handlers.Options) { o.OffersPath = ":x" },
		"negative limit":   func(o *handlers.Options) { o.MaxInFlight = -1 },
		"negative body":    func(o *handlers.Options) { o.MaxBody = -1 },
		"negative timeout": func(o *handlers.Options) { o.RequestTimeout = -1 },
	} {
		bad := good
		bad.Credentials = append([]middleware.Credential(nil), good.Credentials...)
		spoil(&bad)
		_, err := handlers.New(nil, bad)
		assert.Error(t, err, name)
	}
}
