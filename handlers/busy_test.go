package handlers_test

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestBusy fills every work slot with calls that wait, and asks for one more.
func TestBusy(t *testing.T) {
	const slots = 3
	entered, release := make(chan struct{}), make(chan struct{})
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			h := build(t, e, withHooks(&hooked{find: func(context.Context) error {
				entered <- struct{}{}
				<-release
				return nil
			}}), func(p *plan) { p.handlers.MaxInFlight = slots })
			answers := make(chan reply)
			for range slots {
				go func() { answers <- h.good(t, get, "/v1/card?msisdn=79216668899", "") }()
				<-entered
			}
			h.good(t, get, "/v1/card/123", "").refused("901")
			h.good(t, get, "/v1/card/getAllUsers", "").refused("901")
			h.bad(t, get, "/nowhere", "").refused("101") // needs no slot
			assert.InDelta(t, slots, h.metric(t, "adapter_koshelek_requests_in_flight"), 0)
			assert.InDelta(t, 2, h.metric(t, "adapter_koshelek_busy_total"), 0)
			for range slots {
				release <- struct{}{}
				(<-answers).ok()
			}
			h.good(t, get, "/v1/card/123", "").refused("201")
			assert.InDelta(t, 0, h.metric(t, "adapter_koshelek_requests_in_flight"), 0)
		})
	}
}

func TestPanic(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			var calls atomic.Int32
			h := build(t, e, withHooks(&hooked{find: func(context.Context) error {
				if calls.Add(1) == 1 {
					panic("lost 79216668899 of 'Иванова' anna@example.com")
				}
				return nil
			}}), func(p *plan) { p.handlers.MaxInFlight = 1 })
			reply := h.good(t, get, "/v1/card?msisdn=79216668899", "")
			reply.refused("903")
			assert.JSONEq(t, `{"code":"903","description":"Internal error"}`, string(reply.body))
			line := h.logs.line(t, 1)
			assert.Equal(t, "error", line["level"])
			assert.Contains(t, line["stack"], "hooked")
			assert.Equal(t, "internal: panic: lost *** of '***' ***@***", line["note"])
			reused := false
			trace := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
				GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }})
			h.exchange(t, h.request(get, "/v1/card?msisdn=79216668899", "").WithContext(trace), "").ok() // the slot is free again
			assert.True(t, reused, "the connection is kept")
		})
	}
}
