package vendorhttp

import (
	"context"
	"errors"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"koshelek-adapter/config/setting"
)

// Token is an access token with its end. It prints as *** in every way.
type Token struct {
	setting.Secret
	issued, expires time.Time
}

// NewToken makes a token that was issued at one moment and ends at another.
func NewToken(value string, issued, expires time.Time) Token {
	return Token{setting.NewSecret(value), issued, expires}
}

// fresh reports whether the token need not be renewed yet: until margin before its
// end, or half-way for a token that lives shorter than two margins.
func (t Token) fresh(now time.Time, margin time.Duration) bool {
	return t.IsSet() && now.Before(t.expires.Add(-min(margin, t.expires.Sub(t.issued)/2)))
}

// Fetch gets a new token from the vendor.
type Fetch func(context.Context) (Token, error)

// fetchPatience bounds one fetch, which goes on when the caller that began it gives
// up, since others may wait for it too.
const fetchPatience = 30 * time.Second

// Tokens keeps one token: fetched once for all who wait, renewed before its end,
// dropped when the vendor refuses it. It is safe for concurrent use.
type Tokens struct {
	client *Client
	margin time.Duration
	fetch  Fetch
	flight singleflight.Group

	mu      sync.Mutex
	current Token
}

// NewTokens makes a source that fills itself by fetch and renews a token a margin
// before its end.
func NewTokens(c *Client, margin time.Duration, fetch Fetch) *Tokens {
	return &Tokens{client: c, margin: margin, fetch: fetch}
}

// Get returns a token that is fresh, fetching one when there is none. When a
// token that is about to end cannot be renewed, it is given out until its end.
func (t *Tokens) Get(ctx context.Context) (Token, error) {
	now, held := t.client.Now(), t.held()
	if held.fresh(now, t.margin) {
		return held, nil
	}
	fetched, err := t.renew(ctx, held)
	if err != nil && held.IsSet() && now.Before(held.expires) && t.held().Reveal() == held.Reveal() {
		return held, nil
	}
	return fetched, err
}

// drop forgets a token that the vendor refused. A newer one that somebody has
// fetched meanwhile stays.
func (t *Tokens) drop(refused Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Reveal() == refused.Reveal() {
		t.current = Token{}
	}
}

func (t *Tokens) held() Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

// renew fetches a token in place of the old one, or joins who does so already.
func (t *Tokens) renew(ctx context.Context, old Token) (Token, error) {
	if err := ctx.Err(); err != nil {
		return Token{}, err
	}
	result := t.flight.DoChan("", func() (any, error) {
		if held := t.held(); held.IsSet() && held.Reveal() != old.Reveal() {
			return held, nil // another flight landed between the look and this one
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchPatience)
		defer cancel()
		fetched, err := t.fetch(ctx)
		if err != nil {
			return Token{}, err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.current = fetched
		return fetched, nil
	})
	select {
	case <-ctx.Done():
		return Token{}, ctx.Err()
	case r := <-result:
		fetched, _ := r.Val.(Token)
		return fetched, r.Err
	}
}

// WithToken makes a call with a token as the value of Authorization. When the
// vendor refuses the token, it is dropped and the call is made once more with a new
// one, never a third time. An error of getting a token says that the call itself
// was never made.
func WithToken[T any](ctx context.Context, t *Tokens, call string, do func(ctx context.Context, bearer string) (T, error)) (result T, err error) {
	for try := 1; ; try++ {
		token, err := t.Get(ctx)
		if err != nil {
			return result, Before(t.client.vendor, call, err)
		}
		result, err = do(ctx, "Bearer "+token.Reveal())
		if try == 2 || !errors.Is(err, Unauthorized) || NeverSent(err) {
			return result, err
		}
		t.drop(token)
	}
}

// KeyedTokens keeps a token for each of many keys, the most recently used ones. It
// is safe for concurrent use.
type KeyedTokens struct {
	client  *Client
	margin  time.Duration
	sources *lru.Cache[string, *Tokens]
}

// NewKeyedTokens keeps at most size tokens, at least one.
func NewKeyedTokens(c *Client, margin time.Duration, size int) *KeyedTokens {
	sources, err := lru.New[string, *Tokens](max(size, 1))
	if err != nil {
		panic("vendorhttp: an LRU of a positive size cannot fail: " + err.Error())
	}
	return &KeyedTokens{c, margin, sources}
}

// For gives the token source of a key. The key's first fetch is kept; it has to
// do the same for everybody who uses that key.
func (k *KeyedTokens) For(key string, fetch Fetch) *Tokens {
	made := NewTokens(k.client, k.margin, fetch)
	if held, found, _ := k.sources.PeekOrAdd(key, made); found {
		k.sources.Get(key) // counts as used
		return held
	}
	return made
}
