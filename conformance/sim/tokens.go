package sim

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Tokens hands out bearer tokens that look like JWTs (HS256) and remembers
// them. Safe for concurrent use.
type Tokens struct {
	mu    sync.Mutex
	clock *Clock
	key   []byte
	last  int
	live  map[string]grant
}

type grant struct {
	subject string
	until   time.Time
}

// NewTokens returns an empty set; the seed makes the tokens of a run the same
// as those of the run before.
func NewTokens(clock *Clock, seed uint64, name string) *Tokens {
	key := sha256.Sum256(fmt.Appendf(nil, "simulator %s %d", name, seed))
	return &Tokens{clock: clock, key: key[:], live: map[string]grant{}}
}

// Issue makes a token for a subject and returns when it ends.
func (t *Tokens) Issue(subject string, ttl time.Duration) (string, time.Time) {
	now := t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.live) >= MaxRecords {
		clear(t.live)
	}
	t.last++
	until := now.Add(ttl)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		Subject: subject, IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(until), ID: strconv.Itoa(t.last),
	}).SignedString(t.key)
	if err != nil {
		panic(err) // plain claims and a key of bytes
	}
	t.live[token] = grant{subject: subject, until: until}
	return token, until
}

// Subject returns whose token it is; false when it is unknown, over or revoked.
func (t *Tokens) Subject(token string) (string, bool) {
	now := t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	g, found := t.live[token]
	return g.subject, found && now.Before(g.until)
}

// Revoke ends one token.
func (t *Tokens) Revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, token)
}

// RevokeAll ends the tokens of a subject; of everybody when it is empty.
func (t *Tokens) RevokeAll(subject string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for token, g := range t.live {
		if subject == "" || g.subject == subject {
			delete(t.live, token)
		}
	}
}
