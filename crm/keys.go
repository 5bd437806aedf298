package crm

import (
	"crypto/sha256"
	"encoding/hex"
)

// maxCauseBytes is what a cause may take of an errand's key.
const maxCauseBytes = 80

// shortKey is the text itself, or its hash when it is too long for a key.
func shortKey(text string) string {
	if len(text) <= maxCauseBytes {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}
