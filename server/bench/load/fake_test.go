package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// fake is a server on pipes, so that a test's clock may stand still.
type fake struct {
	served atomic.Int64
	// answer gives the n-th request, from 1 on, its status and body; it may sleep.
	answer func(n int64) (status int, body string)
}

func (f *fake) target() Target {
	return Target{Authorization: "Basic x", Dial: func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		go f.serve(server)
		return client, nil
	}}
}

func (f *fake) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		status, body := f.answer(f.served.Add(1))
		if request.Header.Get("Authorization") == "" {
			status = http.StatusUnauthorized
		}
		if _, err := fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nX-Other: 1\r\ncontent-length: %d\r\n\r\n%s", status, len(body), body); err != nil {
			return
		}
	}
}

// same is a workload of one request.
func same(want func([]byte) error) Workload {
	return func(int) Source {
		return func() Request { return Request{Method: http.MethodGet, Path: "/", Want: want} }
	}
}

// pace at the test's own clock.
func pace(rate float64, d time.Duration, connections int) Pace {
	return Pace{Rate: rate, Duration: d, Connections: connections, Sleep: time.Sleep}
}

func within(t *testing.T, what string, got, low, high time.Duration) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s is %v, wanted %v to %v", what, got, low, high)
	}
}
