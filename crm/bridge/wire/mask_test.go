package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzMasks: the quick look never lets a text through that the pattern would have
// hidden.
func FuzzMasks(f *testing.F) {
	for _, s := range []string{
		"eyJhbGciOi.eyJzdWIi.sig", "Bearer opaque", "basic\tcXE=", "bob@example.test", "+7 921 666-88-99", "9876543210", "ORD-001234", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range masks {
			if m.pattern.MatchString(s) {
				assert.True(t, m.possible(s), "%s in %q", m.pattern, s)
			}
		}
	})
}
