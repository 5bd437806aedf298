package koshelek

// maxDepth bounds nesting. Every request of the API is two levels deep; the rest
// is room for unknown keys.
const maxDepth = 32

// scan follows the brackets of a document outside its strings, without
// allocating. It returns the index behind the bracket that closes the first one,
// or the length when nothing does, and false when the document is too deep. It
// does not check syntax otherwise.
func scan(body []byte) (end int, ok bool) {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = skipString(body, i+1)
		case '{', '[':
			if depth++; depth > maxDepth {
				return i, false
			}
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1, true
			}
		}
	}
	return len(body), true
}

// skipString returns the index of the quote that ends the string whose first
// byte is at i, or the length when it does not end.
func skipString(body []byte, i int) int {
	for i < len(body) && body[i] != '"' {
		if body[i] == '\\' {
			i++
		}
		i++
	}
	return i
}
