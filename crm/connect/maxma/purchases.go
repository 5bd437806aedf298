package maxma

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// purchase is a purchase of a client: at a till, or an order that was confirmed.
type purchase struct {
	Shop struct {
		Name string `json:"name"`
	} `json:"shop"`
	OrderID     string          `json:"orderId"`
	OrderStatus string          `json:"orderStatus"`
	TxID        string          `json:"txid"`
	ExecutedAt  time.Time       `json:"executedAt"`
	TotalAmount decimal.Decimal `json:"totalAmount"`
	PaidAmount  decimal.Decimal `json:"paidAmount"`
	Bonuses     bonuses         `json:"bonuses"`
	Rows        []struct {
		Title      string          `json:"title"`
		SKU        string          `json:"sku"`
		Qty        decimal.Decimal `json:"qty"`
		PaidAmount decimal.Decimal `json:"paidAmount"`
		Bonuses    bonuses         `json:"bonuses"`
	} `json:"rows"`
}

type bonuses struct {
	Applied   int64 `json:"applied"`
	Collected int64 `json:"collected"`
}

// cancelled reports an order that came to nothing. The words are not published.
func (p purchase) cancelled() bool { return strings.Contains(strings.ToLower(p.OrderStatus), "cancel") }

// purchases reads those of a card.
func (c *Connector) purchases(ctx context.Context, ref crm.Ref) ([]purchase, error) {
	if !isCard(ref.Card) {
		return nil, crm.ErrCardNotFound
	}
	all, err := history[purchase](ctx, c, "get-purchase-history", ref.Card)
	return slices.DeleteFunc(all, purchase.cancelled), err
}

// scaled gives an amount in hundredths or thousandths, cut off; a nonsensical one is 0.
func scaled(amount decimal.Decimal, digits int32) int64 {
	if !vendorhttp.Sane(amount) || amount.Abs().GreaterThan(decimal.NewFromInt(crm.MaxPoints)) {
		return 0
	}
	return amount.Shift(digits).IntPart()
}

// lines gives the rows of a purchase, or the whole where it has none.
func (p purchase) lines(card string, zone *time.Location) (lines []crm.Purchase) {
	line := crm.Purchase{CardNumber: card, Date: crm.DateOf(p.ExecutedAt, zone), Location: p.Shop.Name, QuantityMilli: 1000}
	for i, row := range p.Rows {
		line.Ref, line.Item = fmt.Sprintf("%s-%d", p.TxID, i), cmp.Or(row.Title, row.SKU)
		line.AmountKopecks, line.QuantityMilli = scaled(row.PaidAmount, 2), scaled(row.Qty, 3)
		line.BonusPoints = row.Bonuses.Collected - row.Bonuses.Applied
		lines = append(lines, line)
	}
	if lines == nil {
		line.Ref, line.Item = p.TxID, cmp.Or(p.OrderID, p.TxID)
		line.AmountKopecks, line.BonusPoints = scaled(p.PaidAmount, 2), p.Bonuses.Collected-p.Bonuses.Applied
		lines = append(lines, line)
	}
	return lines
}

// Purchases implements [crm.ConnectedPurchases]. The documents do not say how the
// vendor's pages are ordered, so that all of them are read; the cursor is a position.
func (c *Connector) Purchases(ctx context.Context, ref crm.Ref, from, to crm.Date, after string, limit int) ([]crm.Purchase, string, error) {
	all, err := c.purchases(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	var lines []crm.Purchase
	for _, p := range all {
		if day := crm.DateOf(p.ExecutedAt, c.options.Zone); day >= from && day <= to {
			lines = append(lines, p.lines(ref.Card, c.options.Zone)...)
		}
	}
	slices.SortStableFunc(lines, func(a, b crm.Purchase) int { return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(a.Ref, b.Ref)) })
	at, _ := strconv.Atoi(after) // "" is the first page
	end := min(at+limit, len(lines))
	if end == len(lines) {
		return lines[min(at, end):], "", nil
	}
	return lines[at:end], strconv.Itoa(end), nil
}
