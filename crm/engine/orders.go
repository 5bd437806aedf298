package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// Orders takes points for what a vendor sells, and gives them back when the
// vendor cannot deliver. An order's ID makes each step happen once:
//
//	(none)   -- redeem, enough --> deducted
//	(none)   -- redeem, short ---> (none)    ErrInsufficientPoints
//	(none)   -- reverse ---------> voided    ErrOrderUnknown
//	deducted -- reverse ---------> reversed
//
// and whatever else comes changes nothing. Each step is one transaction on the
// same ledger as everything else.
type Orders interface {
	// RedeemOrder takes the points of an order from a card, earliest expiry
	// first, as one posting. The same order again, with the same customer and
	// points, takes nothing more and is answered with Repeated; the same CallID
	// again is answered as it was the first time. Messages are stored with the
	// order, once.
	// Errors, with which nothing is taken: ErrOperationConflict (the order is
	// known with another customer or other points), ErrOrderReversed,
	// ErrOrderVoided, and, for an order that is not known, ErrInsufficientPoints
	// (and the order stays unknown), ErrCardNotFound, ErrCardBlocked,
	// ErrCardInactive.
	RedeemOrder(ctx context.Context, r OrderRedemption) (crm.Redeemed, error)

	// ReverseOrder gives the points of an order back to the card from which they
	// were taken, or to the one that has replaced it, whatever its state: as one
	// posting, and as lots with the description and validity of those that were
	// taken, though none ends before KeepUntil. What was earned in total does not
	// grow by it. Of several lots those with the latest expiry come back first
	// when Points are fewer. The same CallID again is the same success. What the
	// order's errands said is taken back, once, where they say how.
	// Errors, with which nothing is given: ErrOrderUnknown (the order is
	// remembered, so that a redemption which comes late gives ErrOrderVoided),
	// ErrOrderReversed, ErrOrderMismatch (another customer, more points than were
	// taken, or fewer without Partial).
	ReverseOrder(ctx context.Context, r OrderReversal) (crm.Order, error)

	// Order gives what is known of an order. ErrOrderUnknown.
	Order(ctx context.Context, id string) (crm.Order, error)
}

// OrderRedemption asks for the points of an order.
type OrderRedemption struct {
	OrderID    string
	CardNumber string
	// Customer stands for whom the vendor named, as a hash: a repetition or a
	// reversal must name the same.
	Customer string
	// Points are positive.
	Points      int64
	Description string
	// At is the vendor's date of the order.
	At time.Time
	// CallID is random and unique: a store that lost its connection in the commit
	// knows by it that the points were taken for this very call.
	CallID string
	// Messages are stored with the order.
	Messages []outbox.Message
	Now      time.Time
}

// OrderReversal asks for the points of an order to be given back.
type OrderReversal struct {
	OrderID  string
	Customer string
	// Points must be those of the order, or fewer with Partial.
	Points      int64
	Partial     bool
	Description string
	// Reason is the vendor's, for operators.
	Reason string
	// KeepUntil is how long points are good at least that are given back.
	KeepUntil time.Time
	CallID    string
	// Cause names the errands that came with the order.
	Cause string
	Now   time.Time
}

// Again judges a redemption of an order that is known. A [Store] asks it.
func Again(o crm.Order, r OrderRedemption) (crm.Redeemed, error) {
	switch {
	case o.State == crm.OrderVoided:
		return crm.Redeemed{}, crm.ErrOrderVoided
	case o.RedeemCall == r.CallID:
		return crm.Redeemed{Order: o}, nil
	case o.State == crm.OrderReversed:
		return crm.Redeemed{}, crm.ErrOrderReversed
	case o.Customer != r.Customer || o.Points != r.Points:
		return crm.Redeemed{}, crm.ErrOperationConflict
	}
	return crm.Redeemed{Order: o, Repeated: true}, nil
}

// Reversible judges a reversal of an order that is known: done tells that this
// very call was carried out before. A [Store] asks it.
func Reversible(o crm.Order, r OrderReversal) (done bool, err error) {
	switch {
	case o.State == crm.OrderVoided:
		return false, crm.ErrOrderUnknown
	case o.State == crm.OrderReversed && o.ReverseCall == r.CallID:
		return true, nil
	case o.State == crm.OrderReversed:
		return false, crm.ErrOrderReversed
	case o.Customer != "" && o.Customer != r.Customer:
		return false, crm.Fail(crm.ErrOrderMismatch, "another customer")
	case r.Points > o.Points || r.Points < o.Points && !r.Partial:
		return false, crm.Fail(crm.ErrOrderMismatch, "other points")
	}
	return false, nil
}

// GiveBack makes the lots of a reversal out of the parts of lots that were
// taken, of which Remaining is what was taken. Those with the latest expiry come
// back first, and none ends before keepUntil. A [Store] asks it.
func GiveBack(taken []crm.Lot, points int64, keepUntil time.Time) []crm.Lot {
	latest := slices.Clone(taken)
	slices.SortStableFunc(latest, func(a, b crm.Lot) int {
		return cmp.Or(b.ValidUntil.Compare(a.ValidUntil), b.AvailableFrom.Compare(a.AvailableFrom))
	})
	var back []crm.Lot
	for _, lot := range latest {
		if lot.Remaining = min(lot.Remaining, points); lot.Remaining == 0 {
			break
		}
		points -= lot.Remaining
		if lot.ValidUntil.Before(keepUntil) {
			lot.ValidUntil = keepUntil
		}
		back = append(back, lot)
	}
	slices.Reverse(back) // oldest first, as they were
	return back
}
