package journalcrm

import (
	"context"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Customer implements engine.Customers.
func (c *CRM) Customer(ctx context.Context, id string) (engine.Customer, error) {
	return look(ctx, c, func(s *state) (engine.Customer, error) {
		owner := s.living(id)
		if owner == nil {
			return engine.Customer{}, crm.ErrCustomerNotFound
		}
		return engine.Customer{ID: owner.ID, Profile: owner.Profile, Cards: s.cardsOf(owner)}, nil
	})
}

// living finds a customer whose data was not erased, nil for none: an erased one
// has no phone, no email, and is kept for the consents alone.
func (s *state) living(id string) *customer {
	owner := s.Customers[id]
	if owner == nil || !owner.Profile.HasIdentity() {
		return nil
	}
	return owner
}

// judged is a change that may come with a refusal: what was counted or noted is
// kept, and the caller is refused all the same.
type judged[A any] struct {
	answer  A
	refusal error
}

func (j judged[A]) result(err error) (none A, _ error) {
	if err == nil {
		err = j.refusal
	}
	if err != nil {
		return none, err
	}
	return j.answer, nil
}

// PutOneTimeCode implements engine.OneTimeCodes.
func (c *CRM) PutOneTimeCode(ctx context.Context, r engine.OneTimeCode) error {
	_, err := change(ctx, c, "PutOneTimeCode", r, (*state).putOneTimeCode)
	return err
}

func (s *state) putOneTimeCode(r engine.OneTimeCode) (none struct{}, _ error) {
	owner := s.living(r.CustomerID)
	if owner == nil {
		return none, crm.ErrCustomerNotFound
	}
	after, changed, err := owner.Code.Renew(r)
	if err != nil {
		return none, err
	}
	owner.Code = after
	return none, ifChanged(changed)
}

// UseOneTimeCode implements engine.OneTimeCodes.
func (c *CRM) UseOneTimeCode(ctx context.Context, a engine.CodeAttempt) error {
	_, err := changeJudged(ctx, c, "UseOneTimeCode", a, (*state).useOneTimeCode)
	return err
}

func (s *state) useOneTimeCode(a engine.CodeAttempt) (verdict judged[struct{}], _ error) {
	owner := s.living(a.CustomerID)
	if owner == nil {
		return verdict, crm.ErrCodeWrong
	}
	after, changed, refusal := owner.Code.Judge(a)
	owner.Code, verdict.refusal = after, refusal
	return verdict, ifChanged(changed)
}

// changeJudged is change for calls that keep something and refuse.
func changeJudged[Q, A any](
	ctx context.Context, c *CRM, method string, request Q, apply func(*state, Q) (judged[A], error),
) (A, error) {
	done, err := change(ctx, c, method, request, apply)
	return done.result(err)
}

func ifChanged(changed bool) error {
	if changed {
		return nil
	}
	return errUnchanged
}

// order is an order with the parts of lots that paid for it.
type order struct {
	crm.Order
	Taken []crm.Lot
}

// Order implements engine.Orders.
func (c *CRM) Order(ctx context.Context, id string) (crm.Order, error) {
	return look(ctx, c, func(s *state) (crm.Order, error) {
		known := s.Orders[id]
		if known == nil {
			return crm.Order{}, crm.ErrOrderUnknown
		}
		return known.Order, nil
	})
}

// RedeemOrder implements engine.Orders.
func (c *CRM) RedeemOrder(ctx context.Context, r engine.OrderRedemption) (crm.Redeemed, error) {
	return change(ctx, c, "RedeemOrder", r, (*state).redeemOrder)
}

func (s *state) redeemOrder(r engine.OrderRedemption) (none crm.Redeemed, _ error) {
	if known := s.Orders[r.OrderID]; known != nil {
		before, err := engine.Again(known.Order, r)
		if err != nil {
			return none, err
		}
		return before, errUnchanged
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
func (s *state) forgetBuyer(number string) {
	for _, order := range s.Orders {
		if order.CardNumber == number {
			order.Customer, order.Reason = "", ""
		}
	}
}

func (s *state) newOrder(o crm.Order) *order {
	if s.Orders == nil { // a journal of an earlier version
		s.Orders = map[string]*order{}
	}
	s.Orders[o.ID] = &order{Order: o}
	return s.Orders[o.ID]
}

// ReverseOrder implements engine.Orders.
func (c *CRM) ReverseOrder(ctx context.Context, r engine.OrderReversal) (crm.Order, error) {
	return changeJudged(ctx, c, "ReverseOrder", r, (*state).reverseOrder)
}

func (s *state) reverseOrder(r engine.OrderReversal) (verdict judged[crm.Order], _ error) {
	known := s.Orders[r.OrderID]
	if known == nil {
		s.newOrder(crm.Order{ID: r.OrderID, State: crm.OrderVoided, At: r.Now, CreatedAt: r.Now, UpdatedAt: r.Now})
		return judged[crm.Order]{refusal: crm.ErrOrderUnknown}, nil
	}
	done, err := engine.Reversible(known.Order, r)
	if err != nil {
		return verdict, err
	}
	if done {
		return judged[crm.Order]{answer: known.Order}, errUnchanged
	}
	card, err := s.card(known.CardNumber)
	if err != nil {
		return verdict, err
	}
	posting := s.post(card, crm.PostingReturn, r.Points, r.Description, r.Now)
	for _, lot := range engine.GiveBack(known.Taken, r.Points, r.KeepUntil) {
		card.open(lot)
	}
	known.State, known.Returned, known.Reason = crm.OrderReversed, r.Points, r.Reason
	known.ReversalID, known.ReverseCall, known.UpdatedAt = posting.ID, r.CallID, r.Now
	s.undo(card, r.Cause, r.Now)
	return judged[crm.Order]{answer: known.Order}, nil
}
