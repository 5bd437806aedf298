package token

import (
	lru "github.com/hashicorp/golang-lru/v2"
)

// Keyed holds a token for each of many keys, the most recently used ones. It is
// safe for concurrent use.
type Keyed struct {
	options Options
	caches  *lru.Cache[string, *Cache]
}

// NewKeyed makes a cache of at most size tokens, at least one.
func NewKeyed(size int, options Options) *Keyed {
	caches, err := lru.New[string, *Cache](max(size, 1))
	if err != nil {
		panic("token: an LRU of a positive size cannot fail: " + err.Error())
	}
	return &Keyed{options: options, caches: caches}
}

// For gives the token source of a key. The key's first fetch is kept; it has to
// do the same for everybody who uses that key.
func (k *Keyed) For(key string, fetch Fetch) Source {
	fresh := NewCache(fetch, k.options)
	if held, found, _ := k.caches.PeekOrAdd(key, fresh); found {
		k.caches.Get(key) // counts as used
		return held
	}
	return fresh
}

// Len is how many keys have a cache now.
func (k *Keyed) Len() int { return k.caches.Len() }

var _ Source = (*Cache)(nil)
