package engine

import (
	"crypto/sha256"
	"encoding/hex"
)

// maxCauseBytes is what a cause may take of an errand's key.
const maxCauseBytes = 80

// shortKey is the text itself, or its hash when it is too long for a key.
func shortKey(text string) string { return shortened(text, maxCauseBytes) }

// shortened is the text itself, or its hash when it has more bytes than limit,
// which is not below that of the hash, 71.
func shortened(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return hashed(text)
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}
