package bigcity

import (
	"context"
	"time"

	"koshelek-adapter/conformance/sim"
)

// Reward is a row of the list of rewards. [C]
type Reward struct {
	ID           int    `json:"id"`
	Denomination string `json:"denomination_value"`
	Status       int    `json:"status"` // 1 active, 0 not
	Qty          string `json:"qty"`    // "0" on active rows is normal
	TriggerLimit string `json:"qty_trigger_limit,omitempty"`
	SKUs         string `json:"skus"` // may hold a TAB
}

// Product is a row of the microsite's catalogue. [C]
type Product struct {
	ID           int    `json:"id"`
	Denomination int64  `json:"denomination_value"` // in points
	Status       int    `json:"status"`
	TriggerLimit int    `json:"qty_trigger_limit"`
	Qty          int    `json:"qty"`
	SKUs         string `json:"skus"`
}

// Redemption is what the microsite tells the partner about an order.
type Redemption struct {
	OrderID, CustomerID string
	Points              int64
	At                  time.Time
	Reason              string // of a reversal
}

// ClientSystem is the partner that keeps the points. An error means that the
// points were not deducted, or that nobody knows; the microsite then reverses.
type ClientSystem interface {
	// Redeem deducts the points of an order that was created.
	Redeem(ctx context.Context, r Redemption) error
	// Reverse gives the points of an order back that failed.
	Reverse(ctx context.Context, r Redemption) error
}

// Options configure a simulator; the zero value knows the secret "secret".
type Options struct {
	sim.Settings
	Secrets      []string     // of companies
	ClientSystem ClientSystem // nil: orders of the microsite move no points
}

var rewards = []Reward{
	{ID: 7, Denomination: "50", Status: 1, Qty: "0", TriggerLimit: "0", SKUs: "COFFEE-250\tGround"},
	{ID: 1, Denomination: "10", Status: 1, Qty: "0", SKUs: "TEA-100"},
	{ID: 4, Denomination: "25", Status: 0, Qty: "12", TriggerLimit: "5", SKUs: "CAKE"},
}

var products = []Product{
	{ID: 21, Denomination: 100, Status: 1, Qty: 0, SKUs: "GIFT-100"},
	{ID: 22, Denomination: 250, Status: 1, Qty: 5, TriggerLimit: 1, SKUs: "MUG\tBlue"},
	{ID: 23, Denomination: 500, Status: 0, Qty: 0, SKUs: "LAMP"},
}
