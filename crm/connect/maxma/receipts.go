package maxma

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
)

// tillsClock is how far the moment on a receipt may be from that of the till's record.
const tillsClock = 5 * time.Minute

// Receipt implements [crm.ConnectedReceipts]. What the till has reported is not booked
// again. Else the receipt becomes an order whose ID it is, so that a repetition finds
// it. Only sales earn.
func (c *Connector) Receipt(ctx context.Context, _ string, ref crm.Ref, r crm.Receipt) (crm.Applied, error) {
	known, err := c.purchases(ctx, ref)
	if err != nil {
		return crm.Applied{}, notDone(err)
	}
	order := fmt.Sprintf("%s-%d-%d", r.FN, r.I, r.FP)
	for _, p := range known {
		if p.OrderID == order {
			return crm.Applied{Points: p.Bonuses.Collected, Repeated: true, Ref: p.TxID}, nil
		}
		if p.of(r) {
			return crm.Applied{Repeated: true, Ref: p.TxID}, nil
		}
	}
	if r.Kind != crm.ReceiptSale {
		return crm.Applied{}, nil
	}
	if c.options.Admit != nil {
		if err := c.options.Admit(ctx, r); err != nil {
			return crm.Applied{}, notDone(err)
		}
	}
	for try := 1; ; try++ {
		done, err := c.order(ctx, order, ref, r)
		switch {
		case crm.KindOf(err) != crm.ErrOrderUnknown:
			return done, err
		case try == 2:
			return done, crm.Wrap(crm.ErrUnavailable, err)
		}
	}
}

// of reports whether a till has reported the sale of a receipt.
func (p purchase) of(r crm.Receipt) bool {
	near := p.ExecutedAt.Sub(r.At).Abs() <= tillsClock
	return near && p.OrderID == "" && (scaled(p.PaidAmount, 2) == r.SumKopecks || scaled(p.TotalAmount, 2) == r.SumKopecks)
}

// order makes an order of a receipt, or changes it to the same, and confirms it. One
// that is closed was confirmed before: nobody cancels ours.
func (c *Connector) order(ctx context.Context, id string, ref crm.Ref, r crm.Receipt) (crm.Applied, error) {
	at := r.At.In(c.options.Zone).Format(time.RFC3339)
	shop := map[string]string{"code": c.shop, "name": c.shop}
	price := decimal.New(r.SumKopecks, -2).String()
	err := c.say(ctx, "v2/set-order", map[string]any{"orderId": id, "calculationQuery": map[string]any{
		"client": who{Card: ref.Card}, "shop": shop, "executedAt": at,
		"rows": []any{map[string]any{"product": map[string]any{"sku": c.shop, "title": c.shop, "blackPrice": json.Number(price)}, "qty": 1}},
	}}, &struct{}{})
	if crm.KindOf(err) == crm.ErrOrderReversed {
		return crm.Applied{Repeated: true, Ref: id}, nil
	}
	if err != nil {
		return crm.Applied{}, err
	}
	var confirmed struct {
		Result *struct {
			Collected int64 `json:"collectedBonuses"`
		} `json:"operationResult"`
	}
	err = c.say(ctx, "confirm-order", map[string]any{"orderId": id, "executedAt": at}, &confirmed)
	switch {
	case crm.KindOf(err) == crm.ErrOrderReversed:
		return crm.Applied{Repeated: true, Ref: id}, nil
	case err != nil:
		// The order is there by now, so that nothing is surely undone.
		if crm.KindOf(err) == crm.ErrNotDone {
			err = crm.Wrap(crm.ErrUnavailable, fmt.Errorf("the order is not confirmed: %s", err))
		}
		return crm.Applied{}, err
	case confirmed.Result == nil:
		return crm.Applied{}, crm.Fail(crm.ErrUnavailable, "MAXMA's answer holds no result")
	}
	return crm.Applied{Points: confirmed.Result.Collected, Ref: id}, nil
}
