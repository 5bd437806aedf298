package sqldb_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// reverse takes back the sale that a refund names, and gives the points that
// went, zero or negative.
func (s *model) reverse(c *card, r engine.ReceiptSubmission) int64 {
	key, found := s.saleOf(r)
	if !found {
		return 0
	}
	sale := s.receipts[key]
	sale.ReversedBy = r.Receipt.Cause()
	s.receipts[key] = sale
	s.undo(c, sale.Receipt.Cause(), r.Now)
	return -s.takeBack(c, sale.Award, sale.Points, r.Reverse.Description, r.Now)
}

// saleOf finds the newest sale of the card with the refund's total.
func (s *model) saleOf(r engine.ReceiptSubmission) (string, bool) {
	fits := func(key string) bool {
		sale := s.receipts[key]
		kind := sale.Receipt.Kind
		return sale.CardNumber == r.CardNumber && sale.ReversedBy == "" && sale.Receipt.SumKopecks == r.Receipt.SumKopecks &&
			(kind == crm.ReceiptSale || kind == crm.ReceiptUnmarked) && !sale.Receipt.At.After(r.Receipt.At)
	}
	keys := slices.DeleteFunc(sorted(s.receipts), func(key string) bool { return !fits(key) })
	if len(keys) == 0 {
		return "", false
	}
	return slices.MinFunc(keys, func(a, b string) int {
		x, y := s.receipts[a], s.receipts[b]
		return cmp.Or(y.Receipt.At.Compare(x.Receipt.At), y.CreatedAt.Compare(x.CreatedAt), strings.Compare(x.Receipt.FN, y.Receipt.FN),
			cmp.Compare(x.Receipt.I, y.Receipt.I), cmp.Compare(x.Receipt.FP, y.Receipt.FP))
	}), true
}

// takeBack takes points as far as they are there: those of the award first, then
// what may be spent, then what is pending. It gives the points that it took.
func (s *model) takeBack(c *card, award crm.Accrual, points int64, text string, now time.Time) (taken int64) {
	own := func(lot crm.Lot) bool {
		return award.Points > 0 && lot.Description == award.Description &&
			lot.AvailableFrom.Equal(award.AvailableFrom) && lot.ValidUntil.Equal(award.ValidUntil)
	}
	rank := func(lot crm.Lot) int {
		switch {
		case own(lot):
			return 0
		case !lot.AvailableFrom.After(now):
			return 1
		}
		return 2
	}
	order := make([]int, len(c.Lots))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(c.Lots[a]) - rank(c.Lots[b]) })
	for _, i := range order {
		if lot := &c.Lots[i]; lot.ValidUntil.After(now) {
			part := min(points-taken, lot.Remaining)
			lot.Remaining -= part
			taken += part
		}
	}
	c.Lots = slices.DeleteFunc(c.Lots, func(lot crm.Lot) bool { return lot.Remaining == 0 })
	if taken > 0 {
		s.post(c, crm.PostingReversal, -taken, text, now)
	}
	return taken
}
