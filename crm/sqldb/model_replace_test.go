package sqldb_test

import (
	"context"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// ReplaceCard implements engine.Store.
func (s *model) ReplaceCard(_ context.Context, r engine.Replacement) (crm.Card, error) {
	old, err := s.card(r.CardNumber)
	if err != nil {
		return crm.Card{}, err
	}
	by, replaced := s.replaced[old.Number]
	switch {
	case replaced && by == r.New.Number:
		return s.cards[by].Card, nil
	case replaced:
		return crm.Card{}, crm.Fail(crm.ErrOperationConflict, "the card was replaced by "+by)
	case old.State == crm.CardBlocked && old.CustomerID == "":
		return crm.Card{}, crm.ErrCardBlocked
	case s.cards[r.New.Number] != nil:
		return crm.Card{}, crm.ErrNumberTaken
	}
	if pooled, found := s.pool[r.New.Number]; found {
		r.New = pooled
	}
	s.succeed(old, s.newCard(r.New, r.Now), r)
	return s.cards[r.New.Number].Card, nil
}

// succeed moves everything from a card to the one that takes its place.
func (s *model) succeed(old, made *card, r engine.Replacement) {
	s.replaced[old.Number] = made.Number
	if old.State == crm.CardInactive {
		made.State = crm.CardInactive
	}
	if owner := s.customers[old.CustomerID]; owner != nil {
		owner.Cards = slices.DeleteFunc(owner.Cards, func(n string) bool { return n == old.Number })
		owner.Cards = append(owner.Cards, made.Number)
	}
	made.CustomerID, old.CustomerID = old.CustomerID, ""
	old.State, old.IssuedTo = crm.CardBlocked, ""
	s.transfer(old, made, r)
	made.Lots, old.Lots = old.Lots, nil
	made.Codes, old.Codes = old.Codes, made.Codes
	s.rename(old.Number, made.Number)
}

// transfer writes the balance out of one ledger and into the other.
func (s *model) transfer(old, made *card, r engine.Replacement) {
	points := old.Balance
	if points == 0 {
		return
	}
	s.post(old, crm.PostingTransfer, -points, made.Number, r.Now)
	s.post(made, crm.PostingTransfer, points, old.Number, r.Now)
	made.EarnedTotal = points
}

// rename moves what names a card from elsewhere.
func (s *model) rename(from, to string) {
	for key, receipt := range s.receipts {
		if receipt.CardNumber == from {
			receipt.CardNumber = to
			s.receipts[key] = receipt
		}
	}
	for _, d := range s.outbox {
		if d.CardNumber == from {
			d.CardNumber = to
		}
	}
	for _, order := range s.orders {
		if order.CardNumber == from {
			order.CardNumber = to
		}
	}
	for id, offer := range s.offers {
		if offer.Audience == crm.AudienceCard && offer.Target == from {
			offer.Target = to
			s.offers[id] = offer
		}
	}
}
