package qiibee

import (
	"context"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Reward is for example a coupon, with the transaction that gave it to a user.
type Reward struct {
	Code string
	Used bool
	// UsedAt is zero when unknown.
	UsedAt time.Time
	// UserID is "" while nobody has it.
	UserID string
	Type   RewardType
	// Transaction is nil while nobody has it.
	Transaction *Entry
}

// RewardType is what a reward is good for.
type RewardType struct {
	ID, Name, Website string
	Value             decimal.Decimal
	// ValidUntil is zero when unknown.
	ValidUntil time.Time
	Locations  []Location
}

// Location is where a reward can be used.
type Location struct {
	ID, Street, City, Country, ZIP, Geolocation string
}

type rewardIn struct {
	Code   vendorhttp.Text `json:"code"`
	Used   vendorhttp.Flag `json:"used"`
	UsedAt vendorhttp.Text `json:"used_at"`
	UserID vendorhttp.Text `json:"user_id"`
	Type   struct {
		ID         vendorhttp.Text             `json:"id"`
		Name       vendorhttp.Text             `json:"name"`
		Value      vendorhttp.Text             `json:"value"`
		Website    vendorhttp.Text             `json:"website"`
		ValidUntil vendorhttp.Text             `json:"valid_until"`
		Locations  vendorhttp.List[locationIn] `json:"locations"`
	} `json:"reward_type"`
	Transaction *entryIn `json:"transaction"`
}

type locationIn struct {
	ID          vendorhttp.Text `json:"id"`
	Street      vendorhttp.Text `json:"street"`
	City        vendorhttp.Text `json:"city"`
	Country     vendorhttp.Text `json:"country"`
	ZIP         vendorhttp.Text `json:"zip"`
	Geolocation vendorhttp.Text `json:"geolocation"`
}

func (in rewardIn) reward() Reward {
	out := Reward{Code: in.Code.String(), Used: bool(in.Used), UserID: in.UserID.String()}
	out.UsedAt, _ = in.UsedAt.Time(nil)
	out.Type = RewardType{ID: in.Type.ID.String(), Name: in.Type.Name.String(), Website: in.Type.Website.String()}
	out.Type.Value, _ = in.Type.Value.Decimal()
	out.Type.ValidUntil, _ = in.Type.ValidUntil.Time(nil)
	for _, l := range in.Type.Locations {
		out.Type.Locations = append(out.Type.Locations, Location{
			l.ID.String(), l.Street.String(), l.City.String(), l.Country.String(), l.ZIP.String(), l.Geolocation.String(),
		})
	}
	if in.Transaction != nil {
		entry := in.Transaction.entry()
		out.Transaction = &entry
	}
	return out
}

func readReward(answer *vendorhttp.Answer) (Reward, error) {
	var in rewardIn
	if err := readObject(answer, "reward", &in); err != nil {
		return Reward{}, err
	}
	if in.Code.String() == "" {
		return Reward{}, answer.Malformed("the answer holds no reward")
	}
	return in.reward(), nil
}

// Reward gives a reward by its code.
func (c *Client) Reward(ctx context.Context, code string) (Reward, error) {
	r, err := c.rewardRequest("get-reward", http.MethodGet, code, nil)
	if err != nil {
		return Reward{}, err
	}
	return freely(ctx, c, r, readReward)
}

// UseReward marks a reward as used; one that was used is a Conflict. It is sent
// once: after a repetition a Conflict would not tell who used it.
func (c *Client) UseReward(ctx context.Context, code string) error {
	r, err := c.rewardRequest("use-reward", http.MethodPut, code, map[string]map[string]bool{"reward": {"used": true}})
	if err != nil {
		return err
	}
	_, err = once(ctx, c, r, nothing)
	return err
}

func (c *Client) rewardRequest(call, method, code string, body any) (vendorhttp.Request, error) {
	segment, ok := vendorhttp.Segment(code)
	if !ok {
		return vendorhttp.Request{}, refuse(call, "the reward's code cannot stand in a path")
	}
	r := c.request(call, method, "/rewards/"+segment, body)
	r.Hide = []string{code}
	return r, nil
}
