package crm

import "time"

// VendorOrder is an order as a vendor names it.
type VendorOrder struct {
	// ID is the vendor's, 1 to MaxOrderIDBytes bytes without control characters.
	ID string
	// Points are positive.
	Points int64
	// At is the vendor's date of the order.
	At time.Time
}

// OrderState is how far an order has come.
type OrderState string

// The states of an order.
const (
	OrderDeducted OrderState = "deducted" // its points were taken
	OrderReversed OrderState = "reversed" // and given back
	OrderVoided   OrderState = "voided"   // reversed before anybody redeemed it
)

// MaxOrderIDBytes limits an order's ID.
const MaxOrderIDBytes = 128

// Order is what is known of an order.
type Order struct {
	ID    string
	State OrderState
	// CardNumber is the card that paid, or the one that has replaced it; empty
	// for a voided order.
	CardNumber string
	// Customer is the hash that came with the redemption; empty for a voided
	// order and once the customer was erased.
	Customer string
	// Points were taken by the posting PostingID, Returned were given back by
	// the posting ReversalID.
	Points, Returned      int64
	PostingID, ReversalID string
	// At is the vendor's date of the order, Reason why it was reversed.
	At     time.Time
	Reason string
	// RedeemCall and ReverseCall are the calls that were carried out.
	RedeemCall, ReverseCall string
	CreatedAt, UpdatedAt    time.Time
}

// Redeemed is the answer to RedeemOrder.
type Redeemed struct {
	Order Order
	// Repeated tells that another call had taken the points before.
	Repeated bool
}
