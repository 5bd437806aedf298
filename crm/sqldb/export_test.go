package sqldb

import "context"

// Spoil adds a point to a balance behind the ledger's back.
func Spoil(s *Store, number string) error {
	return s.do(context.Background(), func(c conn) error {
		_, err := c.exec("UPDATE card SET balance = balance + 1 WHERE number = ?", number)
		return err
	})
}
