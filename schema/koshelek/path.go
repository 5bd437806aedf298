package koshelek

import "slices"

// IsReservedWord reports whether a path segment is a reserved word, letter for
// letter: paths, unlike body keys, tell upper from lower case.
func IsReservedWord(segment string) bool {
	return slices.Contains(ReservedWords(), segment)
}
