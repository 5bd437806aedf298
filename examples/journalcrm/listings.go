package journalcrm

import (
	"context"
	"slices"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// page gives up to limit entries of a map in the order of their keys, beginning
// after one; see gives the record of an entry, or false to pass it over.
func page[V, R any](m map[string]V, after string, limit int, see func(V) (R, bool)) (list []R) {
	for _, key := range sorted(m, after) {
		if len(list) >= limit {
			break
		}
		if record, wanted := see(m[key]); wanted {
			list = append(list, record)
		}
	}
	return list
}

// ListCards implements engine.Listings.
func (c *CRM) ListCards(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return look(ctx, c, func(s *state) ([]crm.Holder, error) {
		return page(s.Cards, after, limit, func(card *card) (crm.Holder, bool) {
			holder := crm.Holder{Card: card.Card}
			if owner := s.Customers[card.CustomerID]; owner != nil {
				holder.Profile = owner.Profile
			}
			return holder, true
		}), nil
	})
}

// ListCustomers implements engine.Listings.
func (c *CRM) ListCustomers(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return look(ctx, c, func(s *state) ([]crm.Holder, error) {
		return page(s.Customers, after, limit, func(owner *customer) (crm.Holder, bool) {
			card, has := crm.PickCard(s.cardsOf(owner))
			return crm.Holder{Profile: owner.Profile, Card: card}, has
		}), nil
	})
}

// ListPurchases implements engine.Listings.
func (c *CRM) ListPurchases(ctx context.Context, card, ref string, limit int) ([]crm.Purchase, error) {
	return look(ctx, c, func(s *state) (list []crm.Purchase, _ error) {
		if first := s.Cards[card]; first != nil {
			list = page(first.Purchases, ref, limit, all)
		}
		for _, number := range sorted(s.Cards, card) {
			if len(list) >= limit {
				break
			}
			list = append(list, page(s.Cards[number].Purchases, "", limit-len(list), all)...)
		}
		return list, nil
	})
}

func all[R any](record R) (R, bool) { return record, true }

// ListPostings implements engine.Listings.
func (c *CRM) ListPostings(ctx context.Context, after string, limit int) ([]crm.Posting, error) {
	return look(ctx, c, func(s *state) (list []crm.Posting, _ error) {
		for _, card := range s.Cards {
			for _, posting := range card.Postings {
				if posting.ID > after {
					list = append(list, posting)
				}
			}
		}
		slices.SortFunc(list, func(a, b crm.Posting) int { return strings.Compare(a.ID, b.ID) })
		return list[:min(len(list), limit)], nil
	})
}

// ListCodes implements engine.Listings.
func (c *CRM) ListCodes(ctx context.Context, after string, limit int) ([]engine.PromoCode, error) {
	return look(ctx, c, func(s *state) ([]engine.PromoCode, error) {
		return page(s.Codes, after, limit, func(code *engine.PromoCode) (engine.PromoCode, bool) { return *code, true }), nil
	})
}

// ListOffers implements engine.Listings.
func (c *CRM) ListOffers(ctx context.Context, after string, limit int) ([]crm.Offer, error) {
	return look(ctx, c, func(s *state) ([]crm.Offer, error) { return page(s.Offers, after, limit, all), nil })
}

// ListNumbers implements engine.Listings.
func (c *CRM) ListNumbers(ctx context.Context, after string, limit int) ([]engine.PooledNumber, error) {
	return look(ctx, c, func(s *state) ([]engine.PooledNumber, error) {
		return page(s.Pool, after, limit, func(p *poolNumber) (engine.PooledNumber, bool) {
			return engine.PooledNumber{CardNumber: p.CardNumber, ReservedUntil: p.ReservedUntil}, true
		}), nil
	})
}

// AuditLog implements engine.Listings.
func (c *CRM) AuditLog(ctx context.Context, subject string, limit int) ([]engine.AuditLine, error) {
	return look(ctx, c, func(s *state) (list []engine.AuditLine, _ error) {
		for _, line := range s.Audit {
			if line.Subject == subject {
				list = append(list, line)
			}
		}
		return list[max(0, len(list)-limit):], nil
	})
}
