package sqldb

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

var parkedAt = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// onBothWithLine runs a test on a store whose outbox holds three deliveries of
// one line.
func onBothWithLine(t *testing.T, test func(t *testing.T, url string, s *Store)) {
	t.Parallel()
	for dbms, url := range map[string]func() string{
		"sqlite":  func() string { return "sqlite:" + filepath.Join(t.TempDir(), "park.db") },
		"mariadb": func() string { return "mysql:" + mariadbtest.DSN(t) },
	} {
		t.Run(dbms, func(t *testing.T) {
			ctx, at := context.Background(), url()
			s, err := Open(ctx, at, Options{})
			require.NoError(t, err)
			t.Cleanup(func() { _ = s.Close() })
			number := crm.CardNumber{Number: "card-1", BarcodeNumber: "card-1", BarcodeType: crm.Code128}
			_, err = s.Issue(ctx, engine.IssueRequest{Profile: crm.Profile{Phone: "79210000001"}, Number: number, Now: parkedAt})
			require.NoError(t, err)
			for i := range 3 {
				key := fmt.Sprint("errand ", i)
				_, err := s.SubmitReceipt(ctx, engine.ReceiptSubmission{
					CardNumber: "card-1", Receipt: crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: int64(i), FP: 1}, At: parkedAt},
					Messages: []outbox.Message{{Key: key, Cause: key, Vendor: "acme", Action: "award", Points: 1}}, Now: parkedAt,
				})
				require.NoError(t, err)
			}
			test(t, at, s)
		})
	}
}

func claimed(t *testing.T, s *Store, claim string) []outbox.Delivery {
	t.Helper()
	list, err := s.ClaimDeliveries(context.Background(), outbox.ClaimRequest{
		Vendor: "acme", Claim: claim, Limit: 5, Now: parkedAt, Until: parkedAt.Add(time.Minute),
	})
	require.NoError(t, err)
	return list
}

// What waited for the delivery that was looked at, and does not wait any more
// when it is to be parked, stays worth a look.
func TestNothingIsParkedBehindWhatIsDone(t *testing.T) {
	onBothWithLine(t, func(t *testing.T, _ string, s *Store) {
		ctx := context.Background()
		due, err := s.look(ctx, outbox.ClaimRequest{Vendor: "acme", Limit: 5, Now: parkedAt}, 5)
		require.NoError(t, err)
		waiting := slices.DeleteFunc(due, func(d candidate) bool { return !d.waits() })
		require.Len(t, waiting, 2)
		first := claimed(t, s, "one")
		require.Len(t, first, 1)
		_, err = s.SettleDelivery(ctx, outbox.Settlement{ID: first[0].ID, Claim: "one", State: outbox.StateDone, Now: parkedAt})
		require.NoError(t, err)

		parked, err := s.park(ctx, waiting)
		require.NoError(t, err)
		require.Zero(t, parked)
		second := claimed(t, s, "two")
		require.Len(t, second, 1)
		require.Equal(t, "errand 1", second[0].Key)
	})
}

// What another node or an older build left parked is found by the sweep.
func TestSweepFindsWhatWasLeftParked(t *testing.T) {
	onBothWithLine(t, func(t *testing.T, url string, s *Store) {
		ctx := context.Background()
		require.NoError(t, s.do(ctx, func(c conn) error {
			_, err := c.exec("UPDATE outbox SET parked = 1")
			return err
		}))
		another, err := Open(ctx, url, Options{}) // it has not swept yet
		require.NoError(t, err)
		t.Cleanup(func() { _ = another.Close() })
		first := claimed(t, another, "one")
		require.Len(t, first, 1)
		require.Equal(t, "errand 0", first[0].Key)
		require.Empty(t, claimed(t, another, "two"), "the others still wait for it")
	})
}
