package vendorhttp_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// serve runs a handler over real HTTP.
func serve(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// post is a request that must not be repeated.
func post(url, body string) vendorhttp.Request {
	return vendorhttp.Request{Call: "pay", Method: http.MethodPost, URL: url, Body: []byte(body)}
}

func failure(t testing.TB, err error) *vendorhttp.Error {
	t.Helper()
	var e *vendorhttp.Error
	require.Truef(t, errors.As(err, &e), "%T: %v", err, err)
	return e
}

func do(t testing.TB, c *vendorhttp.Client, r vendorhttp.Request) (*vendorhttp.Answer, error) {
	t.Helper()
	return c.Do(context.Background(), r)
}

// listen opens a raw TCP server that gives every connection to handle.
func listen(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go handle(conn)
		}
	}()
	return "http://" + listener.Addr().String()
}
