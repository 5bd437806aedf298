package stock

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
		counter := rapid.IntRange(0, 10*FreshSpace).Draw(t, "counter")
		for _, phone := range []string{k.Phone(i), FreshPhone(counter)} {
			if normal, err := crm.NormalizePhone(phone); err != nil || normal != phone {
				t.Fatalf("%s: %v", phone, err)
			}
		}
		for _, number := range []string{k.Number(i), PoolNumber(i)} {
			if err := crm.CheckBarcode(number, crm.EAN13); err != nil {
				t.Fatalf("%s: %v", number, err)
			}
		}
		if (k.Phone(i) == k.Phone(j)) != (i == j) || (k.Number(i) == k.Number(j)) != (i == j) {
			t.Fatalf("%d and %d are not told apart", i, j)
		}
		if FreshPhone(counter) == k.Phone(i) || FreshPhone(counter) == FreshPhone(counter+1) {
			t.Fatalf("the phone of counter %d has an owner", counter)
		}
	})
}

func options(t *testing.T, l *told) Options {
	t.Helper()
	return Options{Dir: t.TempDir(), Engine: SQLite, Cards: 700, Say: l.say}
}

func opened(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	require.NoError(t, err)
	return s
}

// The programme itself finds nothing wrong with what was filled in.
func TestStockIsConsistent(t *testing.T) {
	s := opened(t, options(t, &told{}))
	defer s.Close()
	bad, err := s.Verify(t.Context())
	require.NoError(t, err)
	assert.Zero(t, bad)
	backend, err := s.Open(t.Context())
	require.NoError(t, err)
	defer backend.Close()
	level, err := backend.CountNumbers(t.Context(), time.Now())
	require.NoError(t, err)
	assert.Zero(t, level)
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
	lines, err := backend.Purchases(t.Context(), crm.PurchaseQuery{CardNumber: s.Number(698), From: "2026-01-01", To: "2026-12-31", Limit: 10})
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
func TestStockIsKeptAndCopied(t *testing.T) {
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
	o.Cards++
	require.NoError(t, opened(t, o).Close())
	assert.Len(t, l.lines, 2, "another size is another store")
}

func TestTopUp(t *testing.T) {
	s := opened(t, options(t, &told{}))
	defer s.Close()
	free := func() (n int) {
		require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM card_pool WHERE reserved_until = 0").Scan(&n))
		return n
	}
	require.NoError(t, s.TopUp(t.Context(), 1300))
	require.NoError(t, s.TopUp(t.Context(), 1000))
	assert.Equal(t, 1300, free(), "full enough")
	_, err := s.db.ExecContext(t.Context(), "UPDATE card_pool SET reserved_until = 1 WHERE number < ?", PoolNumber(800))
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, s.TopUp(t.Context(), 2000))
		assert.Equal(t, 2000, free())
	}
}

func TestFreshCountersAreGivenOnce(t *testing.T) {
	s := &Store{}
	assert.Equal(t, 0, s.Fresh(10))
	assert.Equal(t, 10, s.Fresh(5))
	assert.Equal(t, 15, s.Fresh(1))
}

func TestOddOptionsAreRefused(t *testing.T) {
	for _, o := range []Options{{Engine: SQLite, Cards: 1}, {Engine: "oracle", Cards: 10}} {
		o.Dir, o.Say = t.TempDir(), (&told{}).say
		_, err := Open(t.Context(), o)
		assert.Error(t, err)
	}
}
