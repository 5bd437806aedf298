package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/bridge/token"
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

func (i *issuer) fetch(context.Context) (token.Token, error) {
	if i.gate != nil {
		<-i.gate
	}
	n := i.n.Add(1)
	if i.fail.Load() {
		return token.Token{}, errDown
	}
	now := i.clock.Now()
	return token.New(fmt.Sprint("token-", n), now, now.Add(i.life)), nil
}

func setUp(life, margin time.Duration) (*clock, *issuer, *token.Cache) {
	c := newClock()
	i := &issuer{clock: c, life: life}
	return c, i, token.NewCache(i.fetch, token.Options{Margin: margin, Now: c.Now})
}

func get(t *testing.T, c token.Source) string {
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
	old, err := cache.Get(context.Background())
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			cache.Drop(old)
			assert.Equal(t, "token-2", get(t, cache))
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

var errRefused = errors.New("refused")

func use(cache token.Source, call func(token.Token) error) error {
	_, err := token.Use(context.Background(), cache,
		func(err error) bool { return errors.Is(err, errRefused) },
		func(err error) error { return fmt.Errorf("no token: %w", err) },
		func(_ context.Context, tok token.Token) (int, error) { return 0, call(tok) })
	return err
}

func TestUseRenewsOnceAndThenFails(t *testing.T) {
	_, issuer, cache := setUp(time.Hour, time.Minute)
	var seen []string
	err := use(cache, func(tok token.Token) error {
		seen = append(seen, tok.Reveal())
		if tok.Reveal() == "token-1" {
			return errRefused
		}
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"token-1", "token-2"}, seen)

	calls := 0
	require.ErrorIs(t, use(cache, func(token.Token) error { calls++; return errRefused }), errRefused)
	assert.Equal(t, 2, calls)

	calls = 0
	require.ErrorIs(t, use(cache, func(token.Token) error { calls++; return errDown }), errDown)
	assert.Equal(t, 1, calls, "only a refused token is a reason to come again")

	issuer.fail.Store(true)
	calls = 0
	err = use(cache, func(token.Token) error { calls++; return errRefused })
	require.ErrorIs(t, err, errDown)
	assert.ErrorContains(t, err, "no token")
	assert.Equal(t, 1, calls)
}

func TestKeyedKeepsOneTokenForEachKeyWithinItsBounds(t *testing.T) {
	c := newClock()
	issuer := &issuer{clock: c, life: time.Hour}
	keyed := token.NewKeyed(2, token.Options{Now: c.Now})
	assert.Equal(t, "token-1", get(t, keyed.For("a", issuer.fetch)))
	assert.Equal(t, "token-2", get(t, keyed.For("b", issuer.fetch)))
	assert.Equal(t, "token-1", get(t, keyed.For("a", issuer.fetch)))
	assert.Equal(t, "token-3", get(t, keyed.For("c", issuer.fetch))) // b was used longest ago
	assert.Equal(t, "token-1", get(t, keyed.For("a", issuer.fetch)))
	assert.Equal(t, "token-4", get(t, keyed.For("b", issuer.fetch)))
	assert.Equal(t, 2, keyed.Len())
}

func TestKeyedUnderARace(t *testing.T) {
	c := newClock()
	issuer := &issuer{clock: c, life: time.Hour}
	keyed := token.NewKeyed(100, token.Options{Now: c.Now})
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() { get(t, keyed.For(fmt.Sprint(i%4), issuer.fetch)) })
	}
	all.Wait()
	assert.EqualValues(t, 4, issuer.n.Load())
}

func TestTokensPrintAsStars(t *testing.T) {
	tok := token.New("topsecret", time.Time{}, time.Time{})
	holder := struct{ t token.Token }{tok}
	encoded, err := json.Marshal(tok)
	require.NoError(t, err)
	printed := fmt.Sprintf("%v %+v %#v %s %x %v %+v %#v", tok, tok, tok, tok, tok, holder, holder, holder) + string(encoded)
	assert.NotContains(t, printed, "topsecret")
	assert.NotContains(t, printed, fmt.Sprintf("%x", "topsecret"))
}
