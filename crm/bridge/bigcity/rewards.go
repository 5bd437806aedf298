package bigcity

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/wire"
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
	ID           lenient.Text `json:"id"`
	Denomination lenient.Text `json:"denomination_value"`
	Status       lenient.Flag `json:"status"`
	Quantity     lenient.Text `json:"qty"`
	Trigger      lenient.Text `json:"qty_trigger_limit"`
	SKUs         lenient.Text `json:"skus"`
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
	return wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) ([]Reward, error) {
		return withToken(ctx, c.company, call, func(ctx context.Context, bearer string) ([]Reward, error) {
			answer, err := c.send(ctx, call, http.MethodGet, "/bigcity/rewards", bearer, nil, false)
			if err != nil {
				return nil, err
			}
			return readRewards(answer, "rewards")
		})
	})
}

// readRewards reads a bare list, one in a wrapper, or one below a name.
func readRewards(answer *wire.Answer, name string) ([]Reward, error) {
	var whole json.RawMessage
	if err := answer.Decode(&whole); err != nil {
		return nil, err
	}
	inner := lenient.Unwrap(answer.Body, name)
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
