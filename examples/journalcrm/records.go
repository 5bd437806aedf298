package journalcrm

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

type purchasesPut struct {
	added   int
	refused []crm.RowError
}

// PutPurchases implements engine.Records.
func (c *CRM) PutPurchases(ctx context.Context, lines []crm.Purchase) (added int, refused []crm.RowError, err error) {
	put, err := change(ctx, c, "PutPurchases", lines, (*state).putPurchases)
	return put.added, put.refused, err
}

func (s *state) putPurchases(lines []crm.Purchase) (put purchasesPut, _ error) {
	for i, line := range lines {
		card, err := s.card(line.CardNumber)
		if err != nil {
			put.refused = append(put.refused, crm.RowError{Index: i, Err: err})
			continue
		}
		if _, known := card.Purchases[line.Ref]; !known {
			put.added++
		}
		card.Purchases[line.Ref] = line
	}
	return put, nil
}

// Purchases implements engine.Records.
func (c *CRM) Purchases(ctx context.Context, q engine.PurchaseQuery) ([]crm.Purchase, error) {
	return look(ctx, c, func(s *state) (page []crm.Purchase, _ error) {
		card, err := s.card(q.CardNumber)
		if err != nil {
			return nil, err
		}
		for _, line := range card.Purchases {
			inside := q.From <= line.Date && line.Date <= q.To && line.Date >= card.ShownFrom && !card.Hidden[line.Ref]
			if inside && (q.After == nil || newestFirst(*q.After, line) < 0) {
				page = append(page, line)
			}
		}
		slices.SortFunc(page, newestFirst)
		return page[:min(len(page), max(q.Limit, 0))], nil
	})
}

// newestFirst orders the lines of a card. No two are equal, so that a page
// can begin after any one of them.
func newestFirst(a, b crm.Purchase) int {
	return cmp.Or(cmp.Compare(b.Date, a.Date), strings.Compare(a.Ref, b.Ref))
}

// PutOffers implements engine.Records.
func (c *CRM) PutOffers(ctx context.Context, offers []crm.Offer) error {
	_, err := change(ctx, c, "PutOffers", offers, (*state).putOffers)
	return err
}

func (s *state) putOffers(offers []crm.Offer) (none struct{}, _ error) {
	for _, offer := range offers {
		s.Offers[offer.ID] = offer
	}
	return none, nil
}

type endRequest struct {
	ID   string
	Last crm.Date
}

// EndOffer implements engine.Records.
func (c *CRM) EndOffer(ctx context.Context, id string, last crm.Date) (bool, error) {
	return change(ctx, c, "EndOffer", endRequest{id, last}, (*state).endOffer)
}

func (s *state) endOffer(r endRequest) (found bool, _ error) {
	offer, found := s.Offers[r.ID]
	if !found || lastDay(offer) <= r.Last {
		return found, errUnchanged
	}
	offer.EndDate = r.Last
	s.Offers[r.ID] = offer
	return true, nil
}

// Offers implements engine.Records.
func (c *CRM) Offers(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
	return look(ctx, c, func(s *state) (offers []crm.Offer, _ error) {
		card, err := s.card(number)
		if err != nil {
			return nil, err
		}
		for _, offer := range s.Offers {
			if card.sees(offer) && offer.StartDate <= day && day <= lastDay(offer) {
				offers = append(offers, offer)
			}
		}
		slices.SortFunc(offers, func(a, b crm.Offer) int {
			return cmp.Or(cmp.Compare(lastDay(a), lastDay(b)), strings.Compare(a.ID, b.ID))
		})
		return offers, nil
	})
}

// lastDay is the end of an offer; an open end comes after every day.
func lastDay(o crm.Offer) crm.Date { return cmp.Or(o.EndDate, "9999-12-31") }

// sees reports whether an offer is for this card.
func (c *card) sees(o crm.Offer) bool {
	switch o.Audience {
	case crm.AudienceSegment:
		return slices.Contains(c.Segments, o.Target)
	case crm.AudienceCard:
		return o.Target == c.Number
	}
	return o.Audience == crm.AudienceAll
}

type segmentsRequest struct {
	Number   string
	Segments []string
}

// SetSegments implements engine.Records.
func (c *CRM) SetSegments(ctx context.Context, number string, segments []string) error {
	_, err := change(ctx, c, "SetSegments", segmentsRequest{number, segments}, (*state).setSegments)
	return err
}

func (s *state) setSegments(r segmentsRequest) (none struct{}, _ error) {
	card, err := s.card(r.Number)
	if err != nil {
		return none, err
	}
	if slices.Equal(card.Segments, r.Segments) {
		return none, errUnchanged
	}
	card.Segments = r.Segments
	return none, nil
}
