package koshelek

import (
	"cmp"
	"errors"
)

// Version is a published version of the API. The zero value is no version.
// Later versions only add methods, and all of them stay under /v1. [C]
type Version int

// The published versions, oldest first.
const (
	V100 Version = iota + 1 // 1.0.0
	V110                    // 1.1.0
	V120                    // 1.2.0
	V130                    // 1.3.0
)

// ErrVersion is returned by [ParseVersion] for anything that is no published version.
var ErrVersion = errors.New("koshelek: version is not one of 1.0.0, 1.1.0, 1.2.0, 1.3.0")

// Versions returns every published version, oldest first.
func Versions() []Version { return []Version{V100, V110, V120, V130} }

// ParseVersion reads a version as it is published, such as "1.2.0".
func ParseVersion(s string) (Version, error) {
	for _, v := range Versions() {
		if v.String() == s {
			return v, nil
		}
	}
	return 0, ErrVersion
}

// String returns the version as it is published, "" for no version.
func (v Version) String() string {
	switch v {
	case V100:
		return "1.0.0"
	case V110:
		return "1.1.0"
	case V120:
		return "1.2.0"
	case V130:
		return "1.3.0"
	}
	return ""
}

// Compare returns -1, 0 or +1 when v is older than, equal to or newer than w.
func (v Version) Compare(w Version) int { return cmp.Compare(v, w) }

// AtLeast reports whether v holds everything that came with since.
func (v Version) AtLeast(since Version) bool { return v >= since }
