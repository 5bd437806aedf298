package journalcrm

import (
	"context"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// ReplaceCard implements engine.Cards.
func (c *CRM) ReplaceCard(ctx context.Context, r engine.Replacement) (crm.Card, error) {
	return change(ctx, c, "ReplaceCard", r, (*state).replaceCard)
}

func (s *state) replaceCard(r engine.Replacement) (crm.Card, error) {
	old, err := s.card(r.CardNumber)
	if err != nil {
		return crm.Card{}, err
	}
	by, replaced := s.Replaced[old.Number]
	switch {
	case replaced && by == r.New.Number:
		return s.Cards[by].Card, errUnchanged
	case replaced:
		return crm.Card{}, crm.Fail(crm.ErrOperationConflict, "the card was replaced by "+by)
	case old.State == crm.CardBlocked && old.CustomerID == "":
		return crm.Card{}, crm.ErrCardBlocked
	case s.Cards[r.New.Number] != nil:
		return crm.Card{}, crm.ErrNumberTaken
	}
	if pooled := s.Pool[r.New.Number]; pooled != nil {
		r.New = pooled.CardNumber
	}
	s.succeed(old, s.newCard(r.New, r.Now), r)
	return s.Cards[r.New.Number].Card, nil
}

// succeed moves everything from a card to the one that takes its place.
func (s *state) succeed(old, made *card, r engine.Replacement) {
	if s.Replaced == nil { // a journal of an earlier version
		s.Replaced = map[string]string{}
	}
	s.Replaced[old.Number] = made.Number
	if old.State == crm.CardInactive {
		made.State = crm.CardInactive
	}
	if owner := s.Customers[old.CustomerID]; owner != nil {
		owner.Cards = slices.DeleteFunc(owner.Cards, func(n string) bool { return n == old.Number })
		owner.Cards = append(owner.Cards, made.Number)
	}
	made.CustomerID, old.CustomerID = old.CustomerID, ""
	old.State, old.IssuedTo = crm.CardBlocked, ""
	s.transfer(old, made, r)
	made.Lots, old.Lots = old.Lots, nil
	made.Segments, old.Segments = old.Segments, nil
	made.Codes, old.Codes = old.Codes, made.Codes
	made.Purchases, old.Purchases = old.Purchases, made.Purchases
	made.ShownFrom, made.Hidden = old.ShownFrom, old.Hidden
	for ref, line := range made.Purchases {
		line.CardNumber = made.Number
		made.Purchases[ref] = line
	}
	s.rename(old.Number, made.Number)
	s.note(r.Now, r.Actor, "card replaced", old.Number, r.Reason)
	s.note(r.Now, r.Actor, "card replaces", made.Number, old.Number)
}

// transfer writes the balance out of one ledger and into the other.
func (s *state) transfer(old, made *card, r engine.Replacement) {
	points := old.Balance
	if points == 0 {
		return
	}
	s.post(old, crm.PostingTransfer, -points, made.Number, r.Now)
	s.post(made, crm.PostingTransfer, points, old.Number, r.Now)
	made.EarnedTotal = points
}

// rename moves what names a card from elsewhere.
func (s *state) rename(from, to string) {
	for key, receipt := range s.Receipts {
		if receipt.CardNumber == from {
			receipt.CardNumber = to
			s.Receipts[key] = receipt
		}
	}
	for _, d := range s.Outbox {
		if d.CardNumber == from {
			d.CardNumber = to
		}
	}
	for _, order := range s.Orders {
		if order.CardNumber == from {
			order.CardNumber = to
		}
	}
	for id, offer := range s.Offers {
		if offer.Audience == crm.AudienceCard && offer.Target == from {
			offer.Target = to
			s.Offers[id] = offer
		}
	}
}
