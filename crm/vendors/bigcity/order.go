package bigcity

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

const (
	maxOrderID = 64
	maxSKU     = 255
	maxLines   = 100
	maxQty     = 10_000
)

// Order asks for vouchers.
type Order struct {
	// ID is ours, and the only key that both sides have: never use it twice.
	ID string
	// At is when the order was made.
	At time.Time
	// Total is what the customer paid.
	Total decimal.Decimal
	Lines []Line
}

// Line is one SKU of an order.
type Line struct {
	// SKU is sent exactly as it is, tabs included.
	SKU string
	Qty int
}

type orderOut struct {
	Timestamp string      `json:"order_timestamp"`
	Total     json.Number `json:"order_total"`
	Items     int         `json:"order_items"`
	Lines     []lineOut   `json:"line_items"`
}

type lineOut struct {
	OrderID string `json:"order_id"`
	SKU     string `json:"SKU"`
	Qty     int    `json:"qty"`
}

// marshal checks an order and writes it. The error is of kind Invalid.
func (o Order) marshal() ([]byte, error) {
	switch {
	case !vendorhttp.Plain(o.ID, maxOrderID) || strings.TrimSpace(o.ID) != o.ID:
		return nil, refuse(redeem, "order_id is empty, too long or has foreign characters")
	case o.At.IsZero() || o.At.Year() < 2000 || o.At.Year() > 9999:
		return nil, refuse(redeem, "order_timestamp is missing")
	case !vendorhttp.Sane(o.Total) || o.Total.IsNegative() || !o.Total.Equal(o.Total.Truncate(2)):
		return nil, refuse(redeem, "order_total is negative or finer than a hundredth")
	case len(o.Lines) == 0 || len(o.Lines) > maxLines:
		return nil, refuse(redeem, "there are no line_items or too many")
	}
	out := orderOut{
		Timestamp: o.At.Format(time.RFC3339), Total: json.Number(o.Total.String()), Items: len(o.Lines),
		Lines: make([]lineOut, len(o.Lines)),
	}
	for i, line := range o.Lines {
		if !possibleSKU(line.SKU) || line.Qty <= 0 || line.Qty > maxQty {
			return nil, refuse(redeem, "a line has no SKU or an impossible qty")
		}
		out.Lines[i] = lineOut{o.ID, line.SKU, line.Qty}
	}
	return vendorhttp.Marshal(out), nil
}

// possibleSKU permits tabs, which some of the vendor's SKUs have.
func possibleSKU(sku string) bool {
	return strings.TrimSpace(sku) != "" && utf8.ValidString(sku) && vendorhttp.Plain(strings.ReplaceAll(sku, "\t", " "), maxSKU)
}
