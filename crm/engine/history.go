package engine

import (
	"context"
	"iter"
	"strings"

	"koshelek-adapter/crm"
)

// historyPage is how many lines are read in one query.
const historyPage = 500

// Purchases walks through the lines of a card between two days, both included,
// newest first, a page of memory at a time (contract: GET …/purchases). The
// end may be empty: today. The first error ends the walk: ErrInvalidCardNumber,
// ErrInvalidDate (also for an end before the start), ErrCardNotFound,
// ErrCardBlocked.
func (s *Engine) Purchases(ctx context.Context, number, from, to string) iter.Seq2[crm.Purchase, error] {
	query, err := s.purchaseQuery(ctx, number, from, to)
	return func(yield func(crm.Purchase, error) bool) {
		if err != nil {
			yield(crm.Purchase{}, err)
			return
		}
		for q := query; ; {
			page, err := s.backend.Purchases(ctx, q)
			if err != nil {
				yield(crm.Purchase{}, err)
				return
			}
			for _, line := range page {
				if !yield(line, nil) {
					return
				}
			}
			if len(page) < q.Limit {
				return
			}
			q.After = &page[len(page)-1]
		}
	}
}

func (s *Engine) purchaseQuery(ctx context.Context, number, from, to string) (PurchaseQuery, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return PurchaseQuery{}, err
	}
	first, err := crm.ParseDate(strings.TrimSpace(from))
	if err != nil {
		return PurchaseQuery{}, err
	}
	last := crm.DateOf(s.now(), s.rules.Zone)
	if text := strings.TrimSpace(to); text != "" {
		if last, err = crm.ParseDate(text); err != nil {
			return PurchaseQuery{}, err
		}
		if last < first {
			return PurchaseQuery{}, crm.Fail(crm.ErrInvalidDate, "the end lies before the start")
		}
	}
	return PurchaseQuery{CardNumber: number, From: first, To: last, Limit: historyPage}, s.visible(ctx, number)
}

// Offers gives what is open to the card today (contract: GET …/campaigns).
// Errors: ErrInvalidCardNumber, ErrCardNotFound, ErrCardBlocked.
func (s *Engine) Offers(ctx context.Context, number string) ([]crm.Offer, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return nil, err
	}
	if err := s.visible(ctx, number); err != nil {
		return nil, err
	}
	return s.backend.Offers(ctx, number, crm.DateOf(s.now(), s.rules.Zone))
}

// visible gives the error with which a card's details are refused.
func (s *Engine) visible(ctx context.Context, number string) error {
	card, err := s.backend.Card(ctx, number)
	if err != nil {
		return err
	}
	_, err = s.present(card)
	return err
}
