package sqldb_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
)

// TestBulkStoreKeepsItsRules: the connection of bulk rows leaves out checks that
// were made before, and every row that would need one is still judged.
func TestBulkStoreKeepsItsRules(t *testing.T) {
	t.Parallel()
	ctx, now := context.Background(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	store, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "bulk.db"), sqldb.Options{Bulk: true})
	require.NoError(t, err)
	defer store.Close()
	row := func(i int) engine.CardRecord {
		number := fmt.Sprintf("N%04d", i)
		return engine.CardRecord{
			CardNumber: crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128}, State: crm.CardActive,
			Holder: crm.Profile{Phone: fmt.Sprintf("7921%07d", i)}, Balance: int64(i), IssuedAt: now,
		}
	}
	var rows []engine.CardRecord
	for i := range 250 {
		rows = append(rows, row(i))
	}
	imported := func(rows ...engine.CardRecord) []crm.RowError {
		refused, err := store.ImportCards(ctx, rows, now)
		require.NoError(t, err)
		return refused
	}
	assert.Empty(t, imported(rows...), "all new")
	assert.Empty(t, imported(rows...), "all as they are stored")

	long, negative, stranger := row(900), row(901), row(902)
	long.Holder.Surname = strings.Repeat("ж", 256)
	negative.Balance = -1
	stranger.Holder = crm.Profile{FirstName: "Nobody"}
	refused := imported(row(903), long, negative, stranger, row(904))
	var indices []int
	for _, f := range refused {
		indices = append(indices, f.Index)
	}
	assert.Equal(t, []int{1, 2, 3}, indices)

	// New rows beside a known phone, after a call that knew nothing.
	assert.Empty(t, imported(row(905), row(906)))
	second := row(907)
	second.Holder.Phone = row(905).Holder.Phone
	assert.Empty(t, imported(row(908), second, row(909)))
	found, err := store.FindCards(ctx, crm.Identity{Phone: second.Holder.Phone})
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Len(t, found[0].Cards, 2)
	count := 0
	for i := range 910 {
		card, err := store.Card(ctx, row(i).Number)
		if err == nil {
			count++
			assert.Equal(t, int64(i), card.Balance)
		}
	}
	assert.Equal(t, 250+7, count)
}
