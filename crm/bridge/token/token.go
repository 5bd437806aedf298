package token

import (
	"fmt"
	"io"
	"time"
)

// Token is an access token with its end. It prints as *** in every way.
type Token struct {
	// A pointer, because fmt cannot call the methods of a Token in an unexported
	// field of some struct, and prints an address then.
	value   *string
	issued  time.Time
	expires time.Time
}

// New makes a token that was issued at one moment and ends at another.
func New(value string, issued, expires time.Time) Token {
	return Token{value: &value, issued: issued, expires: expires}
}

// Reveal returns the token itself, "" for the zero Token.
func (t Token) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// Expires is when the token ends.
func (t Token) Expires() time.Time { return t.expires }

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t.value == nil || *t.value == "" }

// Same reports whether both are the same token.
func (t Token) Same(other Token) bool { return t.Reveal() == other.Reveal() }

// Format writes *** for every verb.
func (t Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }

// MarshalText returns ***, which encoding/json and others use as well.
func (t Token) MarshalText() ([]byte, error) { return []byte("***"), nil }

// freshUntil is when the token is to be renewed: margin before its end, and for
// a token that lives shorter than two margins half-way.
func (t Token) freshUntil(margin time.Duration) time.Time {
	return t.expires.Add(-min(margin, t.expires.Sub(t.issued)/2))
}
