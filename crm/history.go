package crm

import (
	"context"
	"iter"
	"strings"
)

// historyPage is how many lines are read in one query.
const historyPage = 500

// Purchases walks through the lines of a card between two days, both included,
// newest first, a page of memory at a time (contract: GET …/purchases). The
// end may be empty: today. The first error ends the walk: ErrInvalidCardNumber,
// ErrInvalidDate (also for an end before the start), ErrCardNotFound,
// ErrCardBlocked.
func (s *Service) Purchases(ctx context.Context, number, from, to string) iter.Seq2[Purchase, error] {
	query, err := s.purchaseQuery(ctx, number, from, to)
	return func(yield func(Purchase, error) bool) {
		if err != nil {
			yield(Purchase{}, err)
			return
		}
		for q := query; ; {
			page, err := s.backend.Purchases(ctx, q)
			if err != nil {
				yield(Purchase{}, err)
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

func (s *Service) purchaseQuery(ctx context.Context, number, from, to string) (PurchaseQuery, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return PurchaseQuery{}, err
	}
	first, err := ParseDate(strings.TrimSpace(from))
	if err != nil {
		return PurchaseQuery{}, err
	}
	last := DateOf(s.now(), s.rules.Zone)
	if text := strings.TrimSpace(to); text != "" {
		if last, err = ParseDate(text); err != nil {
			return PurchaseQuery{}, err
		}
		if last < first {
			return PurchaseQuery{}, Fail(ErrInvalidDate, "the end lies before the start")
		}
	}
	return PurchaseQuery{CardNumber: number, From: first, To: last, Limit: historyPage}, s.visible(ctx, number)
}

// Offers gives what is open to the card today (contract: GET …/campaigns).
// Errors: ErrInvalidCardNumber, ErrCardNotFound, ErrCardBlocked.
func (s *Service) Offers(ctx context.Context, number string) ([]Offer, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return nil, err
	}
	if err := s.visible(ctx, number); err != nil {
		return nil, err
	}
	return s.backend.Offers(ctx, number, DateOf(s.now(), s.rules.Zone))
}

// visible gives the error with which a card's details are refused.
func (s *Service) visible(ctx context.Context, number string) error {
	card, err := s.backend.Card(ctx, number)
	if err != nil {
		return err
	}
	_, err = s.present(card)
	return err
}
