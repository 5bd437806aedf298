package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// maxStatements bounds the cache; the package's own statements are far fewer.
const maxStatements = 256

// statements is a querier that prepares each statement once.
type statements struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)
	mu      sync.RWMutex
	known   map[string]kept
}

// kept is a statement that lives as long as its cache, which closes it.
type kept struct{ stmt *sql.Stmt }

func newStatements(prepare func(ctx context.Context, query string) (*sql.Stmt, error)) *statements {
	return &statements{prepare: prepare, known: map[string]kept{}}
}

// ExecContext implements querier.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	k, err := s.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return k.stmt.ExecContext(ctx, args...)
}

// QueryContext implements querier.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	k, err := s.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return k.stmt.QueryContext(ctx, args...)
}

func (s *statements) get(ctx context.Context, query string) (kept, error) {
	s.mu.RLock()
	k, found := s.known[query]
	s.mu.RUnlock()
	if found {
		return k, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, found := s.known[query]; found {
		return k, nil
	}
	if len(s.known) >= maxStatements {
		return kept{}, fmt.Errorf("sqldb: more than %d statements; is one built from data?", maxStatements)
	}
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return kept{}, err
	}
	s.known[query] = kept{stmt}
	return s.known[query], nil
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.known {
		_ = k.stmt.Close()
	}
	clear(s.known)
}
