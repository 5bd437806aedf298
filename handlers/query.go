package handlers

import (
	"net/url"
	"strings"
)

// parameter is a query parameter that a method knows, and where it goes.
type parameter struct {
	name string
	into *string
	seen bool
}

// readQuery fills in the parameters that are known. Others are ignored, of
// repeated ones the first counts, and a broken escape anywhere refuses the
// query, since then nobody knows what was meant. [C]
func readQuery(raw string, known ...parameter) error {
	for pair := range strings.SplitSeq(raw, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		if nameErr != nil || valueErr != nil {
			return faultQueryMalformed
		}
		for i := range known {
			if known[i].name == name && !known[i].seen {
				*known[i].into, known[i].seen = value, true
			}
		}
	}
	return nil
}
