package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
	"time"
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
	token := t.sign(map[string]any{"sub": subject, "iat": now.Unix(), "exp": until.Unix(), "jti": fmt.Sprint(t.last)})
	t.live[token] = grant{subject: subject, until: until}
	return token, until
}

func (t *Tokens) sign(claims map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err) // a map of strings and numbers
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + encode(payload)
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
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
