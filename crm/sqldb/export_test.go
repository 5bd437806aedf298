package sqldb

import "context"

// ReadOnly makes the writer's connection refuse to write, as a file system does that turned read-only.
func ReadOnly(s *Store) error {
	return s.do(context.Background(), func(c conn) error {
		_, err := c.exec("PRAGMA query_only = ON")
		return err
	})
}
