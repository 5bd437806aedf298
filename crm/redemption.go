package crm

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
)

// VendorOrder is an order as a vendor names it.
type VendorOrder struct {
	// ID is the vendor's, 1 to MaxOrderIDBytes bytes without control characters.
	ID string
	// Points are positive.
	Points int64
	// At is the vendor's date of the order.
	At time.Time
}

// RedeemOrder takes the points of an order. See [Orders].RedeemOrder for what
// happens to one that comes twice. Errors: ErrInvalidRecord (the ID),
// ErrInvalidAmount, ErrCustomerNotFound (also for a card that is not active),
// ErrInsufficientPoints, ErrOperationConflict, ErrOrderReversed, ErrOrderVoided.
func (s *Service) RedeemOrder(ctx context.Context, who Identifier, o VendorOrder) (Redeemed, error) {
	if err := o.check(); err != nil {
		return Redeemed{}, err
	}
	call, err := s.nonce()
	if err != nil {
		return Redeemed{}, err
	}
	r := OrderRedemption{
		OrderID: o.ID, Customer: who.print(), Points: o.Points, At: o.At.UTC().Truncate(time.Millisecond),
		Description: s.rules.Texts.Order + " " + o.ID, CallID: call, Now: s.now(),
	}
	account, err := s.resolve(ctx, who)
	if errors.Is(err, ErrCustomerNotFound) {
		return s.redeemedBefore(ctx, r)
	}
	if err != nil {
		return Redeemed{}, err
	}
	r.CardNumber, r.Errands = account.Card.Number, s.rules.forOrder(o.ID, o.Points)
	done, err := s.backend.RedeemOrder(ctx, r)
	s.ordered(err, vendorsOf(r.Errands)...)
	if errors.Is(err, ErrCardInactive) || errors.Is(err, ErrCardBlocked) {
		err = Wrap(ErrCustomerNotFound, err)
	}
	return done, err
}

// redeemedBefore answers for a customer who is not known any more: by a number
// that was replaced since, or by an old phone, an order may still be repeated.
func (s *Service) redeemedBefore(ctx context.Context, r OrderRedemption) (Redeemed, error) {
	order, err := s.backend.Order(ctx, r.OrderID)
	switch {
	case errors.Is(err, ErrOrderUnknown):
		return Redeemed{}, ErrCustomerNotFound
	case err != nil:
		return Redeemed{}, err
	}
	return order.Again(r)
}

// ReverseOrder gives the points of an order back, whatever has become of the
// customer since. The reason is kept as far as it is legible: points must not
// stay away for the sake of a text. See [Orders].ReverseOrder. Errors:
// ErrInvalidRecord (the ID), ErrInvalidAmount, ErrOrderUnknown,
// ErrOrderReversed, ErrOrderMismatch.
func (s *Service) ReverseOrder(ctx context.Context, who Identifier, o VendorOrder, reason string) (Order, error) {
	if err := o.check(); err != nil {
		return Order{}, err
	}
	call, err := s.nonce()
	if err != nil {
		return Order{}, err
	}
	now := s.now()
	order, err := s.backend.ReverseOrder(ctx, OrderReversal{
		OrderID: o.ID, Customer: who.print(), Points: o.Points, Partial: s.rules.PartialReversal,
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
func (s *Service) keepReturned(now time.Time) time.Time {
	return DateOf(now.Add(s.rules.KeepReturned), s.rules.Zone).End(s.rules.Zone).UTC()
}

// Order gives what is known of an order; for operators. ErrOrderUnknown.
func (s *Service) Order(ctx context.Context, id string) (Order, error) {
	if err := identifier("order", id, MaxOrderIDBytes); err != nil {
		return Order{}, err
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
	return strings.TrimSpace(string(runes[:min(len(runes), MaxTextRunes)]))
}

func (o VendorOrder) check() error {
	if o.Points <= 0 || o.Points > MaxPoints {
		return Fail(ErrInvalidAmount, "points must be positive")
	}
	return identifier("order", o.ID, MaxOrderIDBytes)
}
