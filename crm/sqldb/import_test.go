package sqldb_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
)

// TestImportRowAfterItsCustomerChanged: a row that is stored as it is counts
// all the same when an earlier row of the call changed its customer.
func TestImportRowAfterItsCustomerChanged(t *testing.T) {
	ctx, now := context.Background(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	store, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "i.db"), sqldb.Options{})
	require.NoError(t, err)
	defer store.Close()
	row := func(number, phone, email string) engine.CardRecord {
		return engine.CardRecord{
			CardNumber: crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128},
			State:      crm.CardActive, Holder: crm.Profile{Phone: phone, Email: email}, IssuedAt: now,
		}
	}
	for _, rows := range [][]engine.CardRecord{
		{row("A", "79216668899", "old@example.com")},
		{row("B", "79216668899", "new@example.com"), row("A", "", "old@example.com")},
	} {
		refused, err := store.ImportCards(ctx, rows, now)
		require.NoError(t, err)
		require.Empty(t, refused)
	}
	holder, err := store.Holder(ctx, "A")
	require.NoError(t, err)
	assert.Equal(t, "old@example.com", holder.Email)
}
