package qiibee

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/wire"
)

// The exchange providers of the manual.
const (
	Etihad       = "etihad"
	MilesAndMore = "miles_and_more"
)

// Membership is a user's number at an exchange provider, one for each provider.
type Membership struct {
	// Provider is the provider's implementation name, for example Etihad.
	Provider string
	// BrandID names the provider in its place where the vendor keys memberships by
	// brand; 0 when it does not.
	BrandID int64
	// Number is the membership number.
	Number string
	// ProviderName is for people; it is read and never sent.
	ProviderName string
}

type membershipOut struct {
	Provider string `json:"exchange_provider_implementation_name,omitempty"`
	BrandID  int64  `json:"brand_id,omitempty"`
	Number   string `json:"membership_number"`
}

type membershipIn struct {
	Number   lenient.Text `json:"membership_number"`
	BrandID  lenient.Text `json:"brand_id"`
	Provider struct {
		Name           lenient.Text `json:"name"`
		Implementation lenient.Text `json:"implementation_name"`
	} `json:"exchange_provider"`
}

func (in membershipIn) membership() Membership {
	brand, _ := strconv.ParseInt(in.BrandID.String(), 10, 64)
	return Membership{
		Provider: in.Provider.Implementation.String(), ProviderName: in.Provider.Name.String(),
		BrandID: brand, Number: in.Number.String(),
	}
}

// SetMembership stores a user's membership; storing it again changes it, so it is
// repeated freely. A number or provider that the vendor refuses is Rejected, an
// unknown user NotFound.
func (c *Client) SetMembership(ctx context.Context, authID string, m Membership) error {
	const call = "set-membership"
	path := userPath(authID)
	switch {
	case path == "":
		return refuse(call, badAuthID)
	case !wire.Plain(m.Number, maxID):
		return refuse(call, "membership_number is empty, too long or has control characters")
	case m.BrandID < 0 || m.BrandID == 0 && !wire.Plain(m.Provider, maxID):
		return refuse(call, "neither provider nor brand_id is given")
	case c.config.CheckMemberships && !PossibleMembership(m.Provider, m.Number):
		return refuse(call, "membership_number cannot be right")
	}
	out := membershipOut{Provider: m.Provider, Number: m.Number}
	if m.BrandID > 0 {
		out = membershipOut{BrandID: m.BrandID, Number: m.Number}
	}
	r, err := c.request(call, http.MethodPost, path+"/memberships", map[string]membershipOut{"membership": out})
	if err != nil {
		return err
	}
	_, err = freely(ctx, c, r, func(*wire.Answer) (struct{}, error) { return struct{}{}, nil })
	return err
}

// Memberships gives all of a user's memberships, none when there are none.
func (c *Client) Memberships(ctx context.Context, authID string) ([]Membership, error) {
	const call = "list-memberships"
	path := userPath(authID)
	if path == "" {
		return nil, refuse(call, badAuthID)
	}
	r, err := c.request(call, http.MethodGet, path+"/memberships", nil)
	if err != nil {
		return nil, err
	}
	return freely(ctx, c, r, func(answer *wire.Answer) ([]Membership, error) {
		in, err := readList[membershipIn](answer, "memberships", "membership")
		out := make([]Membership, len(in))
		for i := range in {
			out[i] = in[i].membership()
		}
		return out, err
	})
}

// Membership gives a user's membership at a provider, which is named by its
// implementation name, or by its brand id where the vendor keys by that. It is
// NotFound when there is no user or no membership.
func (c *Client) Membership(ctx context.Context, authID, provider string) (Membership, error) {
	const call = "get-membership"
	r, err := c.membershipRequest(call, http.MethodGet, authID, provider)
	if err != nil {
		return Membership{}, err
	}
	return freely(ctx, c, r, func(answer *wire.Answer) (Membership, error) {
		var in membershipIn
		if err := readObject(answer, "membership", &in); err != nil {
			return Membership{}, err
		}
		if in.Number.String() == "" {
			return Membership{}, answer.Malformed("the answer holds no membership")
		}
		return in.membership(), nil
	})
}

// DeleteMembership removes a membership. One that is not there is NotFound, unless
// an earlier attempt of this call may have removed it. An unknown provider is Rejected.
func (c *Client) DeleteMembership(ctx context.Context, authID, provider string) error {
	const call = "delete-membership"
	r, err := c.membershipRequest(call, http.MethodDelete, authID, provider)
	if err != nil {
		return err
	}
	doubt := false
	_, err = wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) (struct{}, error) {
		_, err := c.http.Do(ctx, r)
		if doubt && errors.Is(err, wire.NotFound) {
			return struct{}{}, nil
		}
		doubt = doubt || !wire.Refused(err)
		return struct{}{}, err
	})
	return err
}

func (c *Client) membershipRequest(call, method, authID, provider string) (wire.Request, error) {
	path := userPath(authID)
	segment, ok := wire.Segment(provider)
	switch {
	case path == "":
		return wire.Request{}, refuse(call, badAuthID)
	case !ok || !wire.Plain(provider, maxID):
		return wire.Request{}, refuse(call, "the provider cannot stand in a path")
	}
	return c.request(call, method, path+"/memberships/"+segment, nil)
}

// PossibleMembership reports whether a number can be one of a provider: Miles &
// More has 15 digits with a Luhn check over all of them, Etihad Guest 12 digits.
// Every number of another provider is possible.
func PossibleMembership(provider, number string) bool {
	switch provider {
	case MilesAndMore:
		return digits(number, 15) && luhn(number)
	case Etihad:
		return digits(number, 12)
	}
	return number != ""
}

func digits(s string, n int) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(s) == n
}

func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0
}
