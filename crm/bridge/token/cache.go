package token

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Fetch gets a new token from the vendor.
type Fetch func(context.Context) (Token, error)

// Options of a Cache; the zero value is usable.
type Options struct {
	// Margin is how long before its end a token is renewed; 1 minute when 0.
	Margin time.Duration
	// Timeout bounds one fetch, which goes on when the caller that began it gives
	// up, since others may wait for it too; 30 s when 0.
	Timeout time.Duration
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Margin <= 0 {
		o.Margin = time.Minute
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Cache holds one token. It is safe for concurrent use: however many ask at
// once, the vendor is asked once.
type Cache struct {
	fetch   Fetch
	options Options
	flight  singleflight.Group

	mu      sync.Mutex
	current Token
}

// NewCache makes a cache that fills itself by fetch.
func NewCache(fetch Fetch, options Options) *Cache {
	return &Cache{fetch: fetch, options: options.withDefaults()}
}

// Get returns a token that is fresh, fetching one when there is none. When a
// token that is about to end cannot be renewed, it is given out until its end.
func (c *Cache) Get(ctx context.Context) (Token, error) {
	now := c.options.Now()
	current := c.held()
	if !current.IsZero() && now.Before(current.freshUntil(c.options.Margin)) {
		return current, nil
	}
	fetched, err := c.renew(ctx, current)
	if err != nil && !current.IsZero() && now.Before(current.expires) && c.held().Same(current) {
		return current, nil
	}
	return fetched, err
}

// Drop forgets a token that the vendor refused. A newer one that somebody has
// fetched meanwhile stays.
func (c *Cache) Drop(refused Token) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current.Same(refused) {
		c.current = Token{}
	}
}

func (c *Cache) held() Token {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current
}

// renew fetches a token in place of the old one, or joins who does so already.
func (c *Cache) renew(ctx context.Context, old Token) (Token, error) {
	if err := ctx.Err(); err != nil {
		return Token{}, err
	}
	result := c.flight.DoChan("", func() (any, error) {
		if held := c.held(); !held.IsZero() && !held.Same(old) {
			return held, nil // another flight landed between the look and this one
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.options.Timeout)
		defer cancel()
		fetched, err := c.fetch(ctx)
		if err != nil {
			return Token{}, err
		}
		c.mu.Lock()
		c.current = fetched
		c.mu.Unlock()
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
