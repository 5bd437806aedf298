package engine

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"koshelek-adapter/crm"
)

// RedeemOrder implements [crm.Orders]. See [Orders].RedeemOrder.
func (s *Engine) RedeemOrder(ctx context.Context, who crm.Identifier, o crm.VendorOrder) (crm.Redeemed, error) {
	if err := checkOrder(o); err != nil {
		return crm.Redeemed{}, err
	}
	call, err := s.nonce()
	if err != nil {
		return crm.Redeemed{}, err
	}
	r := OrderRedemption{
		OrderID: o.ID, Customer: who.Fingerprint(), Points: o.Points, At: o.At.UTC().Truncate(time.Millisecond),
		Description: s.rules.Texts.Order + " " + o.ID, CallID: call, Now: s.now(),
	}
	account, err := s.resolve(ctx, who)
	if errors.Is(err, crm.ErrCustomerNotFound) {
		return s.redeemedBefore(ctx, r)
	}
	if err != nil {
		return crm.Redeemed{}, err
	}
	r.CardNumber, r.Messages = account.Card.Number, s.rules.forOrder(o.ID, o.Points)
	done, err := s.backend.RedeemOrder(ctx, r)
	s.ordered(err, vendorsOf(r.Messages)...)
	if errors.Is(err, crm.ErrCardInactive) || errors.Is(err, crm.ErrCardBlocked) {
		err = crm.Wrap(crm.ErrCustomerNotFound, err)
	}
	return done, err
}

// redeemedBefore answers for a customer who is not known any more: by a number
// that was replaced since, or by an old phone, an order may still be repeated.
func (s *Engine) redeemedBefore(ctx context.Context, r OrderRedemption) (crm.Redeemed, error) {
	order, err := s.backend.Order(ctx, r.OrderID)
	switch {
	case errors.Is(err, crm.ErrOrderUnknown):
		return crm.Redeemed{}, crm.ErrCustomerNotFound
	case err != nil:
		return crm.Redeemed{}, err
	}
	return Again(order, r)
}

// ReverseOrder implements [crm.Orders]. The reason is kept as far as it is
// legible: points must not stay away for the sake of a text. See
// [Orders].ReverseOrder.
func (s *Engine) ReverseOrder(ctx context.Context, who crm.Identifier, o crm.VendorOrder, reason string) (crm.Order, error) {
	if err := checkOrder(o); err != nil {
		return crm.Order{}, err
	}
	call, err := s.nonce()
	if err != nil {
		return crm.Order{}, err
	}
	now := s.now()
	order, err := s.backend.ReverseOrder(ctx, OrderReversal{
		OrderID: o.ID, Customer: who.Fingerprint(), Points: o.Points, Partial: s.rules.PartialReversal,
		Description: s.rules.Texts.Returned + " " + o.ID, Reason: legible(reason),
		KeepUntil: s.keepReturned(now), CallID: call, Cause: orderCause(o.ID), Now: now,
	})
	if len(s.rules.Awards) > 0 {
		s.ordered(err, anyVendor)
	}
	return order, err
}

// keepReturned is the end of the day until which returned points are good at
// least.
func (s *Engine) keepReturned(now time.Time) time.Time {
	return crm.DateOf(now.Add(s.rules.KeepReturned), s.rules.Zone).End(s.rules.Zone).UTC()
}

// Order gives what is known of an order; for operators. ErrOrderUnknown.
func (s *Engine) Order(ctx context.Context, id string) (crm.Order, error) {
	if err := crm.CheckKey("order", id, crm.MaxOrderIDBytes); err != nil {
		return crm.Order{}, err
	}
	return s.backend.Order(ctx, id)
}

// legible makes any text one line that can be stored.
func legible(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	runes := []rune(strings.TrimSpace(clean))
	return strings.TrimSpace(string(runes[:min(len(runes), crm.MaxTextRunes)]))
}

func checkOrder(o crm.VendorOrder) error {
	if o.Points <= 0 || o.Points > crm.MaxPoints {
		return crm.Fail(crm.ErrInvalidAmount, "points must be positive")
	}
	return crm.CheckKey("order", o.ID, crm.MaxOrderIDBytes)
}
