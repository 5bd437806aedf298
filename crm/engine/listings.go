package engine

import (
	"context"
	"iter"

	"koshelek-adapter/crm"
)

// listPage is how many records of an export are read in one query.
const listPage = 1000

// walk goes through a listing a page of memory at a time; key gives the place
// after which the next page begins. It ends with the first error.
func walk[T, K any](start K, limit int, page func(after K, limit int) ([]T, error), key func(T) K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := start; ; {
			list, err := page(after, limit)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, record := range list {
				if !yield(record, nil) {
					return
				}
			}
			if len(list) < limit {
				return
			}
			after = key(list[len(list)-1])
		}
	}
}

// AllCards walks through every card with its holder, in the order of numbers.
func (s *Engine) AllCards(ctx context.Context) iter.Seq2[crm.Holder, error] {
	return walk("", listPage, func(after string, limit int) ([]crm.Holder, error) {
		return s.backend.ListCards(ctx, after, limit)
	}, func(h crm.Holder) string { return h.Card.Number })
}

// AllCustomers walks through every customer who holds a card, with the card
// that stands for them.
func (s *Engine) AllCustomers(ctx context.Context) iter.Seq2[crm.Holder, error] {
	return walk("", listPage, func(after string, limit int) ([]crm.Holder, error) {
		return s.backend.ListCustomers(ctx, after, limit)
	}, func(h crm.Holder) string { return h.Card.CustomerID })
}

// AllPurchases walks through the history of all cards.
func (s *Engine) AllPurchases(ctx context.Context) iter.Seq2[crm.Purchase, error] {
	return walk(crm.Purchase{}, listPage, func(after crm.Purchase, limit int) ([]crm.Purchase, error) {
		return s.backend.ListPurchases(ctx, after.CardNumber, after.Ref, limit)
	}, func(p crm.Purchase) crm.Purchase { return p })
}

// AllCodes walks through every promo code.
func (s *Engine) AllCodes(ctx context.Context) iter.Seq2[PromoCode, error] {
	return walk("", listPage, func(after string, limit int) ([]PromoCode, error) {
		return s.backend.ListCodes(ctx, after, limit)
	}, func(c PromoCode) string { return c.Code })
}

// AllOffers walks through every offer, open or not.
func (s *Engine) AllOffers(ctx context.Context) iter.Seq2[crm.Offer, error] {
	return walk("", listPage, func(after string, limit int) ([]crm.Offer, error) {
		return s.backend.ListOffers(ctx, after, limit)
	}, func(o crm.Offer) string { return o.ID })
}

// AllNumbers walks through the pool.
func (s *Engine) AllNumbers(ctx context.Context) iter.Seq2[PooledNumber, error] {
	return walk("", listPage, func(after string, limit int) ([]PooledNumber, error) {
		return s.backend.ListNumbers(ctx, after, limit)
	}, func(n PooledNumber) string { return n.Number })
}

// AuditLog gives the last lines, limit at most, of what operators did to a card
// or a customer, or of everything for "", oldest first.
func (s *Engine) AuditLog(ctx context.Context, subject string, limit int) ([]AuditLine, error) {
	return s.backend.AuditLog(ctx, subject, limit)
}
