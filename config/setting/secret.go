package setting

import (
	"fmt"
	"io"
)

// Hidden is printed in place of every secret.
const Hidden = "***"

// Secret is a text that prints as *** in every way of printing, logging and encoding, whether it is set or not. The zero value is not set.
// Secrets cannot be compared with ==; compare what Reveal returns, in constant time where it matters.
type Secret struct {
	// A pointer, because fmt cannot call the methods of a Secret in an unexported field of some struct, and prints an address then.
	text *string
}

// NewSecret returns a Secret that holds text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// Reveal returns the text itself, "" when it is not set.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether there is a text and it is not empty.
func (s Secret) IsSet() bool { return s.Reveal() != "" }

// String returns ***.
func (s Secret) String() string { return Hidden }

// GoString returns ***.
func (s Secret) GoString() string { return Hidden }

// Format writes *** for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Hidden) }

// MarshalText returns ***, which encoding/json and others use as well.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Hidden), nil }

// UnmarshalText takes every text and never fails.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
