package handlers

import (
	"net/url"
	"strings"
)

// parameter is a query parameter that a method knows, and where it goes.
type parameter struct {
	name string
	into *string
	// plus tells that a plus which nobody escaped is meant, and no space: in an
	// e-mail, and before the country code of a phone.
	plus bool
	seen bool
}

// readQuery fills in the parameters that are known. Others are ignored. A broken
// escape anywhere refuses the query, and so does a parameter that comes again with
// another value, since then nobody knows what was meant. [C]
func readQuery(raw string, known ...parameter) error {
	for pair := range strings.SplitSeq(raw, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		if nameErr != nil || valueErr != nil {
			return faultQueryMalformed
		}
		for i := range known {
			if known[i].name != name {
				continue
			}
			if known[i].plus {
				value = withPlus(rawValue, value)
			}
			if known[i].seen && *known[i].into != value {
				return faultQueryMalformed
			}
			*known[i].into, known[i].seen = value, true
		}
	}
	return nil
}

// withPlus gives the value of a parameter in which a plus may be meant: a phone
// keeps the one in front, an e-mail all that are not at its ends.
func withPlus(raw, value string) string {
	if !strings.Contains(raw, "+") {
		return value
	}
	if mail, err := url.PathUnescape(strings.Trim(raw, "+")); err == nil && strings.Contains(mail, "@") {
		return mail
	}
	if strings.HasPrefix(raw, "+") {
		return "+" + strings.TrimSpace(value)
	}
	return value
}
