package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
)

// told collects what is said.
type told struct{ lines []string }

func (l *told) say(format string, args ...any) {
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func TestKeysArePossible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := Keys{rapid.IntRange(2, 2_000_000).Draw(t, "cards")}
		i := rapid.IntRange(0, k.Cards-1).Draw(t, "index")
		j := rapid.IntRange(0, k.Cards-1).Draw(t, "other index")
		counter := rapid.IntRange(0, 10*freshSpace).Draw(t, "counter")
		for _, phone := range []string{k.Phone(i), FreshPhone(counter)} {
			if normal, err := crm.DefaultCountry.Phone(phone); err != nil || normal != phone {
				t.Fatalf("%s: %v", phone, err)
			}
		}
		for _, number := range []string{k.Number(i), EAN("28", i)} {
			if err := crm.CheckBarcode(number, crm.EAN13); err != nil {
				t.Fatalf("%s: %v", number, err)
			}
		}
		if (k.Phone(i) == k.Phone(j)) != (i == j) || (k.Number(i) == k.Number(j)) != (i == j) {
			t.Fatalf("%d and %d are not told apart", i, j)
		}
		if k.NumberOf(k.Phone(i)) != k.Number(i) {
			t.Fatalf("the card of customer %d is not found", i)
		}
		if FreshPhone(counter) == k.Phone(i) || FreshPhone(counter) == FreshPhone(counter+1) {
			t.Fatalf("the phone of counter %d has an owner", counter)
		}
	})
}

func options(t *testing.T, l *told) Options {
	t.Helper()
	return Options{Dir: t.TempDir(), Engine: SQLite, Say: l.say}
}

func opened(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o, 700)
	require.NoError(t, err)
	return s
}

// The programme itself finds nothing wrong with what was filled in.
func TestDatasetIsConsistent(t *testing.T) {
	s := opened(t, options(t, &told{}))
	defer s.Close()
	bad, err := s.Verify(t.Context())
	require.NoError(t, err)
	assert.Zero(t, bad)
	backend, err := sqldb.Open(t.Context(), s.URL, sqldb.Options{})
	require.NoError(t, err)
	defer backend.Close()
	for _, i := range []int{0, 1, 499, 500, 699} {
		statement, err := backend.Statement(t.Context(), s.Number(i), time.Now())
		require.NoError(t, err)
		require.Len(t, statement.Lots, 1)
		assert.Equal(t, balance(i), statement.Card.Balance)
		assert.Equal(t, balance(i), statement.Lots[0].Remaining)
		found, err := backend.FindCards(t.Context(), crm.Identity{Phone: s.Phone(i)})
		require.NoError(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, s.Number(i), found[0].Cards[0].Number)
	}
	lines, err := backend.Purchases(t.Context(), engine.PurchaseQuery{CardNumber: s.Number(698), From: "2026-01-01", To: "2026-12-31", Limit: 10})
	require.NoError(t, err)
	assert.Len(t, lines, 2)
}

// A damaged balance must be seen, or the check above says nothing.
func TestVerifySeesADifference(t *testing.T) {
	s := opened(t, options(t, &told{}))
	defer s.Close()
	_, err := s.db.ExecContext(t.Context(), "UPDATE card SET balance = balance + 1 WHERE number = ?", s.Number(650))
	require.NoError(t, err)
	bad, err := s.Verify(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, bad)
}

// A store is filled once; what a run writes is gone in the next one.
func TestDatasetIsKeptAndCopied(t *testing.T) {
	l := &told{}
	o := options(t, l)
	for range 2 {
		s := opened(t, o)
		var lines int
		require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM purchase").Scan(&lines))
		assert.Equal(t, 700, lines)
		_, err := s.db.ExecContext(t.Context(), "DELETE FROM purchase")
		require.NoError(t, err)
		require.NoError(t, s.Close())
	}
	assert.Len(t, l.lines, 1, "filled once: %v", l.lines)
	left, err := os.ReadDir(filepath.Join(o.Dir, "run"))
	require.NoError(t, err)
	assert.Empty(t, left, "the copies go")
	other, err := Open(t.Context(), o, 701)
	require.NoError(t, err)
	require.NoError(t, other.Close())
	assert.Len(t, l.lines, 2, "another size is another store")
}

// What an import is measured beside is consistent too.
func TestInsertIsConsistent(t *testing.T) {
	s, err := Empty(t.Context(), options(t, &told{}))
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Insert(t.Context(), 600))
	bad, err := s.Verify(t.Context())
	require.NoError(t, err)
	assert.Zero(t, bad)
	var cards int
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM card").Scan(&cards))
	assert.Equal(t, 600, cards)
}

func TestOddOptionsAreRefused(t *testing.T) {
	for cards, dbms := range map[int]string{1: SQLite, 10: "oracle"} {
		_, err := Open(t.Context(), Options{Dir: t.TempDir(), Engine: dbms, Say: (&told{}).say}, cards)
		assert.Error(t, err)
	}
}
