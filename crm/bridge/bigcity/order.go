package bigcity

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/wire"
)

const (
	maxOrderID = 64
	maxSKU     = 255
	maxLines   = 100
	maxQty     = 10_000
)

// Order asks for vouchers, or on the microsite for products.
type Order struct {
	// ID is ours, and the only key that both sides have: never use it twice.
	ID string
	// At is when the order was made.
	At time.Time
	// Total is what the customer paid, on the microsite in points.
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

// prepare checks an order and marshals it once.
func prepare(call string, o Order) (wire.Prepared, error) {
	switch {
	case !wire.Plain(o.ID, maxOrderID) || strings.TrimSpace(o.ID) != o.ID:
		return wire.Prepared{}, refuse(call, "order_id is empty, too long or has foreign characters")
	case o.At.IsZero() || o.At.Year() < 2000 || o.At.Year() > 9999:
		return wire.Prepared{}, refuse(call, "order_timestamp is missing")
	case !lenient.Sane(o.Total) || o.Total.IsNegative() || !o.Total.Equal(o.Total.Truncate(2)):
		return wire.Prepared{}, refuse(call, "order_total is negative or finer than a hundredth")
	case len(o.Lines) == 0 || len(o.Lines) > maxLines:
		return wire.Prepared{}, refuse(call, "there are no line_items or too many")
	}
	out := orderOut{
		Timestamp: o.At.Format(time.RFC3339), Total: json.Number(o.Total.String()), Items: len(o.Lines),
		Lines: make([]lineOut, len(o.Lines)),
	}
	for i, line := range o.Lines {
		if !possibleSKU(line.SKU) || line.Qty <= 0 || line.Qty > maxQty {
			return wire.Prepared{}, refuse(call, "a line has no SKU or an impossible qty")
		}
		out.Lines[i] = lineOut{o.ID, line.SKU, line.Qty}
	}
	body, err := wire.Marshal(out)
	if err != nil {
		return wire.Prepared{}, refuse(call, "the order cannot be written as JSON")
	}
	return wire.Prepared{Call: call, Body: body}, nil
}

// possibleSKU permits tabs, which some of the vendor's SKUs have.
func possibleSKU(sku string) bool {
	return strings.TrimSpace(sku) != "" && utf8.ValidString(sku) && wire.Plain(strings.ReplaceAll(sku, "\t", " "), maxSKU)
}

// orderIDOf is the order_id of prepared bytes, "" when they are none.
func orderIDOf(p wire.Prepared) string {
	var in struct {
		Lines []struct {
			OrderID string `json:"order_id"`
		} `json:"line_items"`
	}
	if json.Unmarshal(p.Body, &in) != nil || len(in.Lines) == 0 {
		return ""
	}
	return in.Lines[0].OrderID
}
