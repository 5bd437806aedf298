package vendorhttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// clock is a settable one.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// issuer hands out numbered tokens that live for an hour, or fails.
type issuer struct {
	clock *clock
	life  time.Duration
	n     atomic.Int32
	fail  atomic.Bool
	gate  chan struct{}
}

var errDown = errors.New("down")

func (i *issuer) fetch(context.Context) (vendorhttp.Token, error) {
	if i.gate != nil {
		<-i.gate
	}
	n := i.n.Add(1)
	if i.fail.Load() {
		return vendorhttp.Token{}, errDown
	}
	now := i.clock.Now()
	return vendorhttp.NewToken(fmt.Sprint("token-", n), now, now.Add(i.life)), nil
}

func clientAt(c *clock) *vendorhttp.Client {
	return vendorhttp.New("vendor", vendorhttp.Options{Now: c.Now})
}

func setUp(life, margin time.Duration) (*clock, *issuer, *vendorhttp.Tokens) {
	c := newClock()
	i := &issuer{clock: c, life: life}
	return c, i, vendorhttp.NewTokens(clientAt(c), margin, i.fetch)
}

func get(t *testing.T, c *vendorhttp.Tokens) string {
	t.Helper()
	got, err := c.Get(context.Background())
	require.NoError(t, err)
	return got.Reveal()
}

func TestATokenIsKeptAndRenewedEarly(t *testing.T) {
	clock, _, cache := setUp(time.Hour, 5*time.Minute)
	assert.Equal(t, "token-1", get(t, cache))
	clock.pass(54 * time.Minute)
	assert.Equal(t, "token-1", get(t, cache))
	clock.pass(2 * time.Minute)
	assert.Equal(t, "token-2", get(t, cache))
}

func TestAShortLivedTokenIsStillUsed(t *testing.T) {
	clock, issuer, cache := setUp(2*time.Second, 5*time.Minute)
	for range 5 {
		assert.Equal(t, "token-1", get(t, cache))
	}
	clock.pass(1500 * time.Millisecond)
	assert.Equal(t, "token-2", get(t, cache))
	assert.EqualValues(t, 2, issuer.n.Load())
}

func TestATokenThatCannotBeRenewedIsUsedToItsEnd(t *testing.T) {
	clock, issuer, cache := setUp(time.Hour, 5*time.Minute)
	get(t, cache)
	issuer.fail.Store(true)
	clock.pass(57 * time.Minute)
	assert.Equal(t, "token-1", get(t, cache))
	clock.pass(3 * time.Minute)
	_, err := cache.Get(context.Background())
	assert.ErrorIs(t, err, errDown)
}

func TestOneFlightForAll(t *testing.T) {
	_, issuer, cache := setUp(time.Hour, time.Minute)
	issuer.gate = make(chan struct{})
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() { assert.Equal(t, "token-1", get(t, cache)) })
	}
	close(issuer.gate)
	all.Wait()
	assert.EqualValues(t, 1, issuer.n.Load())
}

// Many calls are refused with the same old token at once: one renewal serves all.
func TestManyRefusalsMakeOneRenewal(t *testing.T) {
	_, issuer, cache := setUp(time.Hour, time.Minute)
	get(t, cache)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			assert.NoError(t, use(cache, func(token string) error {
				if token == "token-1" {
					return errRefused
				}
				assert.Equal(t, "token-2", token)
				return nil
			}))
		})
	}
	all.Wait()
	assert.EqualValues(t, 2, issuer.n.Load())
}

func TestACallerWhoGivesUpDoesNotTakeTheOthersAlong(t *testing.T) {
	_, issuer, cache := setUp(time.Hour, time.Minute)
	issuer.gate = make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan error)
	go func() { _, err := cache.Get(ctx); first <- err }()
	cancel()
	require.ErrorIs(t, <-first, context.Canceled)
	close(issuer.gate)
	assert.Contains(t, []string{"token-1", "token-2"}, get(t, cache))
}

func TestAFailureIsNotKept(t *testing.T) {
	_, issuer, cache := setUp(time.Hour, time.Minute)
	issuer.fail.Store(true)
	_, err := cache.Get(context.Background())
	require.ErrorIs(t, err, errDown)
	issuer.fail.Store(false)
	assert.Equal(t, "token-2", get(t, cache))
}

var errRefused = &vendorhttp.Error{Vendor: "vendor", Call: "ask", Kind: vendorhttp.Unauthorized, Status: 401}

// use makes a call; it is told the token by its value.
func use(tokens *vendorhttp.Tokens, call func(token string) error) error {
	_, err := vendorhttp.WithToken(context.Background(), tokens, "ask", func(_ context.Context, bearer string) (int, error) {
		return 0, call(strings.TrimPrefix(bearer, "Bearer "))
	})
	return err
}

func TestUseRenewsOnceAndThenFails(t *testing.T) {
	_, issuer, cache := setUp(time.Hour, time.Minute)
	var seen []string
	err := use(cache, func(token string) error {
		seen = append(seen, token)
		if token == "token-1" {
			return errRefused
		}
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"token-1", "token-2"}, seen)

	calls := 0
	require.ErrorIs(t, use(cache, func(string) error { calls++; return errRefused }), errRefused)
	assert.Equal(t, 2, calls)

	calls = 0
	require.ErrorIs(t, use(cache, func(string) error { calls++; return errDown }), errDown)
	assert.Equal(t, 1, calls, "only a refused token is a reason to come again")

	issuer.fail.Store(true)
	calls = 0
	err = use(cache, func(string) error { calls++; return errRefused })
	require.ErrorIs(t, err, errDown)
	assert.True(t, vendorhttp.NeverSent(err))
	assert.Equal(t, 1, calls)
}

func TestKeyedKeepsOneTokenForEachKeyWithinItsBounds(t *testing.T) {
	c := newClock()
	issuer := &issuer{clock: c, life: time.Hour}
	keyed := vendorhttp.NewKeyedTokens(clientAt(c), time.Minute, 2)
	assert.Equal(t, "token-1", get(t, keyed.For("a", issuer.fetch)))
	assert.Equal(t, "token-2", get(t, keyed.For("b", issuer.fetch)))
	assert.Equal(t, "token-1", get(t, keyed.For("a", issuer.fetch)))
	assert.Equal(t, "token-3", get(t, keyed.For("c", issuer.fetch))) // b was used longest ago
	assert.Equal(t, "token-1", get(t, keyed.For("a", issuer.fetch)))
	assert.Equal(t, "token-4", get(t, keyed.For("b", issuer.fetch)))
}

func TestKeyedUnderARace(t *testing.T) {
	c := newClock()
	issuer := &issuer{clock: c, life: time.Hour}
	keyed := vendorhttp.NewKeyedTokens(clientAt(c), time.Minute, 100)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() { get(t, keyed.For(fmt.Sprint(i%4), issuer.fetch)) })
	}
	all.Wait()
	assert.EqualValues(t, 4, issuer.n.Load())
}

func TestTokensPrintAsStars(t *testing.T) {
	tok := vendorhttp.NewToken("topsecret", time.Time{}, time.Time{})
	holder := struct{ t vendorhttp.Token }{tok}
	encoded, err := json.Marshal(tok)
	require.NoError(t, err)
	printed := fmt.Sprintf("%v %+v %#v %s %x %v %+v %#v", tok, tok, tok, tok, tok, holder, holder, holder) + string(encoded)
	assert.NotContains(t, printed, "topsecret")
	assert.NotContains(t, printed, fmt.Sprintf("%x", "topsecret"))
}
