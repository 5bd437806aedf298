package qiibee

import (
	"regexp"
	"strings"
)

var hexHash = regexp.MustCompile(`^(?:0[xX])?([0-9a-fA-F]{1,128})$`)

// canonicalHash writes a tx_hash in the one way in which it is kept, 0x and lower
// case, since a vendor writes the same one in several. ok is false for what is no
// hash.
func canonicalHash(text string) (hash string, ok bool) {
	digits := hexHash.FindStringSubmatch(text)
	if digits == nil {
		return "", false
	}
	return "0x" + strings.ToLower(digits[1]), true
}
