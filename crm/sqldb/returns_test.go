package sqldb_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// TestRefundsInAnyOrder: however sales and refunds of a card arrive, and however
// often, the balance in the end is the same, and it is what the most refunds leave
// that can each be given a sale not after it.
func TestRefundsInAnyOrder(t *testing.T) {
	t.Parallel()
	store := sqldbtest.Open(t, "sqlite")
	noon := time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
	cards, document := 0, 0
	// play sends receipts to a new card and gives its balance.
	play := func(rt *rapid.T, receipts []crm.Receipt, order []int) int64 {
		cards++
		number := fmt.Sprintf("card-%d", cards)
		_, err := store.ImportCards(t.Context(), []engine.CardRecord{{CardNumber: crm.CardNumber{Number: number}, State: crm.CardActive}}, noon)
		require.NoError(rt, err)
		first := document
		document += len(receipts)
		for _, n := range order {
			receipt := receipts[n]
			receipt.FN, receipt.I = "9960440300123456", int64(first+n+1)
			sale := receipt.Kind == crm.ReceiptSale
			r := engine.ReceiptSubmission{CardNumber: number, Receipt: receipt, Now: noon, Reverse: engine.ReverseReceipt{Wanted: !sale, Possible: sale}}
			if sale {
				r.Award = crm.Accrual{Points: receipt.SumKopecks, Kind: crm.PostingReceipt, AvailableFrom: noon, ValidUntil: crm.Forever}
			}
			done, err := store.SubmitReceipt(t.Context(), r)
			require.NoError(rt, err)
			again, err := store.SubmitReceipt(t.Context(), r)
			require.NoError(rt, err)
			require.True(rt, again.Repeated)
			require.Equal(rt, done.Points, again.Points)
		}
		card, err := store.Card(t.Context(), number)
		require.NoError(rt, err)
		return card.Balance
	}
	rapid.Check(t, func(rt *rapid.T) {
		receipts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) crm.Receipt {
			return crm.Receipt{
				At:         noon.Add(-time.Duration(rapid.IntRange(1, 5).Draw(rt, "hours")) * time.Hour),
				SumKopecks: rapid.SampledFrom([]int64{100, 300}).Draw(rt, "sum"),
				Kind:       rapid.SampledFrom([]crm.ReceiptKind{crm.ReceiptSale, crm.ReceiptSaleRefund}).Draw(rt, "kind"),
			}
		}), 1, 7).Draw(rt, "receipts")
		places := make([]int, len(receipts))
		for i := range places {
			places[i] = i
		}
		want := left(receipts)
		for range 3 {
			require.Equal(rt, want, play(rt, receipts, rapid.Permutation(places).Draw(rt, "order")))
		}
	})
}

// left is what remains of the sales: each refund, the latest first, is given the
// newest sale that is not after it.
func left(receipts []crm.Receipt) (points int64) {
	taken := make([]bool, len(receipts))
	for hour := 1; hour <= 5; hour++ { // of the past, so the latest first
		for _, refund := range receipts {
			if refund.Kind != crm.ReceiptSaleRefund || refund.At.Hour() != 12-hour {
				continue
			}
			best := -1
			for i, sale := range receipts {
				if sale.Kind == crm.ReceiptSale && !taken[i] && sale.SumKopecks == refund.SumKopecks && !sale.At.After(refund.At) &&
					(best < 0 || sale.At.After(receipts[best].At)) {
					best = i
				}
			}
			if best >= 0 {
				taken[best] = true
			}
		}
	}
	for i, receipt := range receipts {
		if receipt.Kind == crm.ReceiptSale && !taken[i] {
			points += receipt.SumKopecks
		}
	}
	return points
}
