package sqldb

import "context"

// Spoil adds a point to a balance behind the ledger's back.
func Spoil(s *Store, number string) error {
	return s.do(context.Background(), func(c conn) error {
		_, err := c.exec("UPDATE card SET balance = balance + 1 WHERE number = ?", number)
		return err
	})
}

// ReadOnly makes the writer's connection refuse to write, as a file system does that turned read-only.
func ReadOnly(s *Store) error {
	return s.do(context.Background(), func(c conn) error {
		_, err := c.exec("PRAGMA query_only = ON")
		return err
	})
}
