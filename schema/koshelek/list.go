package koshelek

import "encoding/json"

// List is an array in an answer. It is written as [] when there is nothing in
// it, also when it is nil, because an answer never holds null. [C]
type List[T any] []T

// MarshalJSON writes the array.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if len(l) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal([]T(l))
}
