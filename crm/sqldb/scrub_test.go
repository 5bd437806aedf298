package sqldb_test

import (
	"bytes"
	"database/sql"
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

// TestOlderDeletionsAreGoneFromTheFile: a version that did not overwrite what it
// deleted has left people in free pages; the first erasure writes the file anew.
func TestOlderDeletionsAreGoneFromTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "adapter.db")
	store, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	older, err := sql.Open("sqlite", path+"?_pragma=secure_delete(OFF)")
	require.NoError(t, err)
	for _, statement := range []string{
		`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
			INSERT INTO customer (id, phone, email, surname, firstname, patronymic, sex, birth_date, country_code, locality, created_at, updated_at)
			SELECT 'C' || i, '7999' || i, NULL, 'Zzolder' || i, '', '', '', '', '', '', 0, 0 FROM n`,
		"DELETE FROM customer", "PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		_, err = older.Exec(statement)
		require.NoError(t, err)
	}
	require.NoError(t, older.Close())
	holds := func() bool {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		return bytes.Contains(raw, []byte("Zzolder"))
	}
	require.True(t, holds(), "or the test proves nothing")
	_, err = store.Scrub(t.Context())
	require.NoError(t, err)
	assert.False(t, holds())
	before, err := os.Stat(path)
	require.NoError(t, err)
	_, err = store.Scrub(t.Context())
	require.NoError(t, err)
	after, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, before.ModTime(), after.ModTime(), "once is enough")
}

// TestErasedPhoneIsNoNumber: a phone that was the number of the card, or of the card
// that it replaced, is kept nowhere, and can be a number again; points stay right.
func TestErasedPhoneIsNoNumber(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		const phone = "79281230000"
		person := crm.Profile{Phone: phone, Email: "zz@example.com"}
		issue := func() engine.Issued {
			issued, err := store.Issue(t.Context(), engine.IssueRequest{
				Number: crm.CardNumber{Number: phone, BarcodeNumber: phone, BarcodeType: crm.Code128}, Profile: person, Now: claimed,
				Welcome: crm.Accrual{Points: 50, Kind: crm.PostingGrant, Description: "hello", ValidUntil: claimed.AddDate(1, 0, 0)},
			})
			require.NoError(t, err)
			require.Equal(t, phone, issued.Card.Number)
			return issued
		}
		issued := issue()
		_, err := store.ReplaceCard(t.Context(), engine.Replacement{CardNumber: phone, New: crm.CardNumber{Number: "N1", BarcodeNumber: "N1", BarcodeType: crm.Code128}, Actor: "a", Reason: "lost", Now: claimed})
		require.NoError(t, err)
		e, err := store.Erase(t.Context(), engine.EraseRequest{CustomerID: issued.Card.CustomerID, Now: claimed, Actor: "a"})
		require.NoError(t, err)
		require.Len(t, e.Cards, 2)
		assert.NotContains(t, e.Cards, phone)
		_, err = store.Card(t.Context(), phone)
		require.ErrorIs(t, err, crm.ErrCardNotFound)
		postings, err := store.ListPostings(t.Context(), "", 100)
		require.NoError(t, err)
		require.Len(t, postings, 3)
		sums := map[string]int64{}
		for _, p := range postings {
			sums[p.CardNumber] += p.Points
			assert.NotContains(t, p.CardNumber+p.Description, phone)
		}
		for number, sum := range sums {
			card, err := store.Card(t.Context(), number)
			require.NoError(t, err)
			assert.Equal(t, card.Balance, sum)
		}
		lines, err := store.AuditLog(t.Context(), "", 100)
		require.NoError(t, err)
		for _, line := range lines {
			assert.NotContains(t, line.Subject+line.Detail, phone)
		}
		issue() // the phone's owner comes again
	})
}
