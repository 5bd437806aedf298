package engine

import (
	"context"
	"iter"

	"koshelek-adapter/crm"
)

// historyPage is how many lines are read in one query.
const historyPage = 500

// Purchases implements [crm.Program], a page of memory at a time.
func (s *Engine) Purchases(ctx context.Context, number string, from, to crm.Date) iter.Seq2[crm.Purchase, error] {
	query := PurchaseQuery{CardNumber: number, From: from, To: to, Limit: historyPage}
	return walk(query, historyPage, func(q PurchaseQuery, _ int) ([]crm.Purchase, error) {
		return s.backend.Purchases(ctx, q)
	}, func(last crm.Purchase) PurchaseQuery {
		next := query
		next.After = &last
		return next
	})
}

// Offers implements [crm.Program].
func (s *Engine) Offers(ctx context.Context, number string) ([]crm.Offer, error) {
	return s.backend.Offers(ctx, number, crm.DateOf(s.now(), s.rules.Zone))
}
