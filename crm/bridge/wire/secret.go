package wire

import (
	"fmt"
	"io"
)

const hidden = "***"

// Secret is a text that prints as *** in every way of printing, logging and
// encoding. The zero value is not set.
type Secret struct {
	// A pointer, because fmt cannot call the methods of a Secret in an unexported
	// field of some struct, and prints an address then.
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

// String returns ***.
func (s Secret) String() string { return hidden }

// GoString returns ***.
func (s Secret) GoString() string { return hidden }

// Format writes *** for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText returns ***, which encoding/json and others use as well.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
