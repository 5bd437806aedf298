package handlers_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSlowSenders proves that a body on its way holds no work slot: with one
// slot, another call is served while a body is awaited.
func TestSlowSenders(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		body := newGatedBody(`{"firstname":"Аня"}`)
		slow := h.request(post, "/v1/card/"+number, "")
		slow.Body, slow.ContentLength = body, -1
		answers := make(chan reply)
		go func() { answers <- h.exchange(t, slow, `{"firstname":"Аня"}`) }()
		<-body.asked
		assert.Equal(t, number, h.good(t, get, "/v1/card?msisdn=79216668899", "").card().CardNumber)
		close(body.release)
		(<-answers).ok()
	}, func(p *plan) { p.handlers.MaxInFlight = 1 })
}

// TestBodyCutOff breaks the connection in the middle of a body.
func TestBodyCutOff(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		before, lines := h.state(t), h.logs.count()
		body := newGatedBody(`{}`)
		slow := h.request(post, "/v1/card/"+number, "")
		ctx, cancel := context.WithCancel(context.Background())
		slow = slow.WithContext(ctx)
		slow.Body, slow.ContentLength = body, 100
		done := make(chan error)
		go func() {
			_, err := h.server.Client().Do(slow)
			done <- err
		}()
		<-body.asked
		cancel()
		close(body.release)
		require.Error(t, <-done)
		line := h.logs.line(t, lines+1)
		assert.Contains(t, []any{"body_incomplete", "client_gone"}, line["error"])
		assert.Equal(t, before, h.state(t))
	})
}

// gatedBody tells when it is asked for its text and gives it when it may.
type gatedBody struct {
	asked   chan struct{}
	release chan struct{}
	text    *strings.Reader
	first   bool
}

func newGatedBody(text string) *gatedBody {
	return &gatedBody{asked: make(chan struct{}), release: make(chan struct{}), text: strings.NewReader(text)}
}

func (b *gatedBody) Read(p []byte) (int, error) {
	if !b.first {
		b.first = true
		close(b.asked)
	}
	<-b.release
	return b.text.Read(p)
}

func (*gatedBody) Close() error { return nil }
