package sim_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
)

func TestStandingClock(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := sim.NewStandingClock(start)
	defer c.Close()
	var seen []string
	note := func(what string) func() {
		return func() { seen = append(seen, what+c.Now().Sub(start).String()) }
	}
	c.After(2*time.Second, note("b "))
	c.After(time.Second, func() {
		note("a ")()
		c.After(500*time.Millisecond, note("c "))
		c.Go(func(context.Context) { c.After(0, note("d ")) })
	})
	c.After(time.Hour, note("e "))
	c.Advance(time.Minute)
	assert.Equal(t, []string{"a 1s", "d 1s", "c 1.5s", "b 2s"}, seen)
	assert.Equal(t, start.Add(time.Minute), c.Now())
	c.Set(start)
	assert.Equal(t, start, c.Now())
	assert.Len(t, seen, 4)
}

func TestRunningClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sim.NewClock()
		var mu sync.Mutex
		var seen []string
		note := func(what string) func() {
			return func() { mu.Lock(); defer mu.Unlock(); seen = append(seen, what) }
		}
		c.After(time.Hour, note("late"))
		c.After(time.Second, note("soon"))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		mu.Lock()
		assert.Equal(t, []string{"soon"}, seen)
		mu.Unlock()
		c.Advance(2 * time.Hour)
		assert.Equal(t, []string{"soon", "late"}, seen)
		c.After(time.Hour, note("never"))
		c.Close()
		time.Sleep(2 * time.Hour)
		assert.Len(t, seen, 2)
	})
}

func TestResetDropsWhatIsDue(t *testing.T) {
	h := newShop(t, sim.Settings{})
	h.After(time.Second, func() { h.worked.Add(1) })
	h.Reset()
	h.Clock.Advance(time.Minute)
	assert.Zero(t, h.worked.Load())
}

func TestTokens(t *testing.T) {
	c := sim.NewStandingClock(time.Unix(1_800_000_000, 0))
	tokens := sim.NewTokens(c, 1, "x")
	a, until := tokens.Issue("ann", time.Minute)
	b, _ := tokens.Issue("ann", time.Minute)
	other, _ := tokens.Issue("bob", time.Hour)
	assert.NotEqual(t, a, b)
	assert.Equal(t, c.Now().Add(time.Minute), until)
	who, live := tokens.Subject(a)
	assert.True(t, live)
	assert.Equal(t, "ann", who)
	tokens.Revoke(a)
	_, live = tokens.Subject(a)
	assert.False(t, live)
	tokens.RevokeAll("bob")
	_, live = tokens.Subject(other)
	assert.False(t, live)
	c.Advance(time.Minute)
	_, live = tokens.Subject(b)
	assert.False(t, live, "over")
}

func TestSenderKeepsToItsHosts(t *testing.T) {
	h := newShop(t, sim.Settings{})
	loopback := &sim.Sender{Stage: h.Stage, Endpoint: "call"}
	listed := &sim.Sender{Stage: h.Stage, Endpoint: "call", Hosts: []string{"shop.test", "other.test:8443"}}
	for address, want := range map[string][2]bool{
		"http://127.0.0.1:80/x": {true, false}, "http://localhost/": {true, false}, "https://[::1]:1/": {true, false},
		"https://shop.test:99/": {false, true}, "https://other.test:8443/": {false, true}, "https://other.test/": {false, false},
		"http://user@127.0.0.1/": {false, false}, "ftp://127.0.0.1/": {false, false}, "127.0.0.1/x": {false, false}, "http://10.0.0.1/": {false, false},
	} {
		assert.Equal(t, want, [2]bool{loopback.Allows(address), listed.Allows(address)}, address)
	}
	called := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			called = true
		}
		http.Redirect(w, r, "/away", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	loopback.Send(sim.Request{ID: "1", URL: server.URL})
	listed.Send(sim.Request{ID: "2", URL: server.URL})
	h.Clock.Advance(time.Second)
	assert.False(t, called, "redirects are not followed")
	require.Equal(t, []int{307}, loopback.Deliveries()[0].Statuses)
	require.Equal(t, []int{0}, listed.Deliveries()[0].Statuses)
}
