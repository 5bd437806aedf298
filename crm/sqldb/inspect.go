package sqldb

import (
	"context"
	"strconv"
)

// Note is what an operator should know of a database.
type Note struct {
	Name, Value string
	// Advice says what to do, "" when all is well.
	Advice string
	// Unsafe tells that acknowledged data can be lost.
	Unsafe bool
}

// Inspect looks at the database's settings and size; connections is how many a
// server opens.
func (s *Store) Inspect(ctx context.Context, connections int) ([]Note, error) {
	return s.engine.inspect(ctx, connections)
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // what is no number counts as 0
	return n
}
