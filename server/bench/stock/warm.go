package stock

import (
	"context"
	"fmt"
)

// warmReads read what finds read, once each: rows in the order of their keys and
// the indexes that lead to them.
var warmReads = []string{
	"SELECT COUNT(*) FROM customer WHERE surname <> firstname",
	"SELECT COUNT(*) FROM customer WHERE phone > ''",
	"SELECT SUM(balance) FROM card",
	"SELECT COUNT(*) FROM card WHERE customer_id > ''",
}

// Warm reads the customers and their cards, so that what is measured is a
// database that has run for a while and not one that was just started.
func (s *Store) Warm(ctx context.Context) error {
	for _, query := range warmReads {
		var n int64
		if err := s.db.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return fmt.Errorf("stock: warm up: %w", err)
		}
	}
	return nil
}
