package sqldb_test

import (
	"context"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// order is an order with the parts of lots that paid for it.
type order struct {
	crm.Order
	Taken []crm.Lot
}

// Order implements engine.Store.
func (s *model) Order(_ context.Context, id string) (crm.Order, error) {
	known := s.orders[id]
	if known == nil {
		return crm.Order{}, crm.ErrOrderUnknown
	}
	return known.Order, nil
}

// RedeemOrder implements engine.Store.
func (s *model) RedeemOrder(_ context.Context, r engine.OrderRedemption) (none crm.Redeemed, _ error) {
	if known := s.orders[r.OrderID]; known != nil {
		before, err := engine.Again(known.Order, r)
		if err != nil {
			return none, err
		}
		return before, nil
	}
	card, err := s.card(r.CardNumber)
	if err != nil {
		return none, err
	}
	if err := card.State.Usable(); err != nil {
		return none, err
	}
	if card.available(r.Now) < r.Points {
		return none, crm.ErrInsufficientPoints
	}
	taken := card.spend(r.Points, r.Now)
	posting := s.post(card, crm.PostingOrder, -r.Points, r.Description, r.Now)
	made := s.newOrder(crm.Order{
		ID: r.OrderID, State: crm.OrderDeducted, CardNumber: r.CardNumber, Customer: r.Customer, Points: r.Points,
		PostingID: posting.ID, At: r.At, RedeemCall: r.CallID, CreatedAt: r.Now, UpdatedAt: r.Now,
	})
	made.Taken = taken
	s.order(card, r.Messages, r.Now)
	return crm.Redeemed{Order: made.Order}, nil
}

// forgetBuyer takes what may tell of a person out of a card's orders.
func (s *model) forgetBuyer(number string) {
	for _, order := range s.orders {
		if order.CardNumber == number {
			order.Customer, order.Reason = "", ""
		}
	}
}

func (s *model) newOrder(o crm.Order) *order {
	s.orders[o.ID] = &order{Order: o}
	return s.orders[o.ID]
}

// ReverseOrder implements engine.Store.
func (s *model) ReverseOrder(_ context.Context, r engine.OrderReversal) (none crm.Order, _ error) {
	known := s.orders[r.OrderID]
	if known == nil {
		s.newOrder(crm.Order{ID: r.OrderID, State: crm.OrderVoided, At: r.Now, CreatedAt: r.Now, UpdatedAt: r.Now})
		return none, crm.ErrOrderUnknown
	}
	done, err := engine.Reversible(known.Order, r)
	if err != nil {
		return none, err
	}
	if done {
		return known.Order, nil
	}
	card, err := s.card(known.CardNumber)
	if err != nil {
		return none, err
	}
	posting := s.post(card, crm.PostingReturn, r.Points, r.Description, r.Now)
	for _, lot := range engine.GiveBack(known.Taken, r.Points, r.KeepUntil) {
		card.open(lot)
	}
	known.State, known.Returned, known.Reason = crm.OrderReversed, r.Points, r.Reason
	known.ReversalID, known.ReverseCall, known.UpdatedAt = posting.ID, r.CallID, r.Now
	s.undo(card, r.Cause, r.Now)
	return known.Order, nil
}
