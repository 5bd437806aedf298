package sqldb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
)

// TestErasedIsGoneFromTheFiles: nothing of an erased person is left in the raw files,
// also of what was changed before, while another process reads.
func TestErasedIsGoneFromTheFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "adapter.db")
	store, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	beside, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, beside.Close()) })
	person := crm.Profile{Email: "zzsecret@example.com", Surname: "Zzsurname", Locality: "Zzlocality"}
	issued, err := store.Issue(t.Context(), engine.IssueRequest{Number: crm.CardNumber{Number: "E1"}, Profile: person, Now: claimed})
	require.NoError(t, err)
	require.NoError(t, store.UpdateProfile(t.Context(), claimUpdate("E1", "79281234567", engine.Claims{})))
	require.NoError(t, store.UpdateProfile(t.Context(), claimUpdate("E1", "79287654321", engine.Claims{})))
	_, _, err = store.PutPurchases(t.Context(), []crm.Purchase{{CardNumber: "E1", Ref: "1", Date: "2026-09-07", Item: "Zzitem"}})
	require.NoError(t, err)
	_, err = beside.Card(t.Context(), "E1")
	require.NoError(t, err)
	secrets := []string{"zzsecret", "Zzsurname", "Zzlocality", "Zzitem", "79281234567", "79287654321"}
	left := func() (found []string) {
		for _, suffix := range []string{"", "-wal"} {
			raw, err := os.ReadFile(path + suffix)
			require.NoError(t, err)
			for _, secret := range secrets {
				if bytes.Contains(raw, []byte(secret)) {
					found = append(found, secret+" in "+suffix)
				}
			}
		}
		return found
	}
	require.NotEmpty(t, left())
	_, err = store.Erase(t.Context(), engine.EraseRequest{CustomerID: issued.Card.CustomerID, Now: claimed})
	require.NoError(t, err)
	note, err := store.Scrub(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, note)
	assert.Empty(t, left())
}
