package bigcity

import "koshelek-adapter/conformance/sim"

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

// Options configure a simulator; the zero value knows the secret "secret".
type Options struct {
	sim.Settings
	Secrets []string // of companies
	Partner Partner  // without a URL, orders of the microsite move no points
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
