package bigcity

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Reward is a row of the list of rewards, or a product of the microsite.
type Reward struct {
	ID string
	// Denomination is the value, on the microsite in points; zero when it cannot be
	// read.
	Denomination decimal.Decimal
	Active       bool
	// Quantity is 0 on most active rows, which does not mean sold out.
	Quantity, QuantityTrigger decimal.Decimal
	// SKUs is as the vendor writes it, perhaps with a tab inside. Orders have to
	// name a SKU exactly so.
	SKUs string
}

type rewardIn struct {
	ID           vendorhttp.Text `json:"id"`
	Denomination vendorhttp.Text `json:"denomination_value"`
	Status       vendorhttp.Flag `json:"status"`
	Quantity     vendorhttp.Text `json:"qty"`
	Trigger      vendorhttp.Text `json:"qty_trigger_limit"`
	SKUs         vendorhttp.Text `json:"skus"`
}

func (in rewardIn) reward() Reward {
	out := Reward{ID: in.ID.String(), Active: bool(in.Status), SKUs: string(in.SKUs)}
	out.Denomination, _ = in.Denomination.Decimal()
	out.Quantity, _ = in.Quantity.Decimal()
	out.QuantityTrigger, _ = in.Trigger.Decimal()
	return out
}

// Rewards lists the rewards in the vendor's order, which is none.
func (c *Client) Rewards(ctx context.Context) ([]Reward, error) {
	const call = "rewards"
	return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) ([]Reward, error) {
		return vendorhttp.WithToken(ctx, c.company, call, func(ctx context.Context, bearer string) ([]Reward, error) {
			answer, err := c.send(ctx, call, http.MethodGet, "/bigcity/rewards", bearer, nil)
			if err != nil {
				return nil, err
			}
			return readRewards(answer, "rewards")
		})
	})
}

// readRewards reads a bare list, one in a wrapper, or one below a name.
func readRewards(answer *vendorhttp.Answer, name string) ([]Reward, error) {
	var whole json.RawMessage
	if err := answer.Decode(&whole); err != nil {
		return nil, err
	}
	inner := answer.Inside(name)
	var fields map[string]json.RawMessage
	if json.Unmarshal(inner, &fields) == nil && fields[name] != nil {
		inner = fields[name]
	}
	var rows []rewardIn
	if json.Unmarshal(inner, &rows) != nil || rows == nil {
		return nil, answer.Malformed("the answer holds no list of " + name)
	}
	out := make([]Reward, len(rows))
	for i, row := range rows {
		out[i] = row.reward()
	}
	return out, nil
}
