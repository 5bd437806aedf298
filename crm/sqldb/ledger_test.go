package sqldb_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// TestPostingOf finds a booking again by its key, and no other.
func TestPostingOf(t *testing.T) {
	t.Parallel()
	store := sqldbtest.Open(t, "sqlite")
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	_, err := store.Issue(t.Context(), engine.IssueRequest{
		Profile: crm.Profile{Phone: "79216668899"}, Number: crm.CardNumber{Number: "card-1"}, Now: now,
	})
	require.NoError(t, err)
	booked, err := store.Grant(t.Context(), engine.Movement{Key: "qiibee:0xaa", CardNumber: "card-1", Points: 5, Description: "qiibee", ValidUntil: crm.Forever, AvailableFrom: now, Now: now})
	require.NoError(t, err)
	found, is, err := store.PostingOf(t.Context(), "qiibee:0xaa")
	require.NoError(t, err)
	require.True(t, is)
	require.Equal(t, booked, found)
	for _, other := range []string{"qiibee:0xAA", "qiibee:0xab", "", "move:qiibee:0xaa"} {
		_, is, err = store.PostingOf(t.Context(), other)
		require.NoError(t, err)
		require.False(t, is, other)
	}
}
