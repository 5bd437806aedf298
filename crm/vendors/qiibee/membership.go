package qiibee

import (
	"context"
	"errors"
	"net/http"

	"koshelek-adapter/crm/vendors/vendorhttp"
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
	// Number is the membership number.
	Number string
	// ProviderName is for people; it is read and never sent.
	ProviderName string
}

type membershipIn struct {
	Number   vendorhttp.Text `json:"membership_number"`
	Provider struct {
		Name           vendorhttp.Text `json:"name"`
		Implementation vendorhttp.Text `json:"implementation_name"`
	} `json:"exchange_provider"`
}

func (in membershipIn) membership() Membership {
	return Membership{Provider: in.Provider.Implementation.String(), ProviderName: in.Provider.Name.String(), Number: in.Number.String()}
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
	case !vendorhttp.Plain(m.Number, vendorhttp.MaxID), !vendorhttp.Plain(m.Provider, vendorhttp.MaxID):
		return refuse(call, "membership_number or provider is empty, too long or has control characters")
	}
	r := c.request(call, http.MethodPost, path+"/memberships", map[string]map[string]string{"membership": {
		"exchange_provider_implementation_name": m.Provider, "membership_number": m.Number,
	}})
	_, err := freely(ctx, c, r, nothing)
	return err
}

// Memberships gives all of a user's memberships, none when there are none.
func (c *Client) Memberships(ctx context.Context, authID string) ([]Membership, error) {
	const call = "list-memberships"
	path := userPath(authID)
	if path == "" {
		return nil, refuse(call, badAuthID)
	}
	r := c.request(call, http.MethodGet, path+"/memberships", nil)
	return freely(ctx, c, r, func(answer *vendorhttp.Answer) ([]Membership, error) {
		in, err := readList[membershipIn](answer, "memberships", "membership")
		out := make([]Membership, len(in))
		for i := range in {
			out[i] = in[i].membership()
		}
		return out, err
	})
}

// Membership gives a user's membership at a provider, which is named by its
// implementation name. It is NotFound when there is no user or no membership.
func (c *Client) Membership(ctx context.Context, authID, provider string) (Membership, error) {
	const call = "get-membership"
	r, err := c.membershipRequest(call, http.MethodGet, authID, provider)
	if err != nil {
		return Membership{}, err
	}
	return freely(ctx, c, r, func(answer *vendorhttp.Answer) (Membership, error) {
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
	_, err = vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (struct{}, error) {
		_, err := c.http.Do(ctx, r)
		if doubt && errors.Is(err, vendorhttp.NotFound) {
			return struct{}{}, nil
		}
		doubt = doubt || !vendorhttp.Refused(err)
		return struct{}{}, err
	})
	return err
}

func (c *Client) membershipRequest(call, method, authID, provider string) (vendorhttp.Request, error) {
	path := userPath(authID)
	segment, ok := vendorhttp.Segment(provider)
	switch {
	case path == "":
		return vendorhttp.Request{}, refuse(call, badAuthID)
	case !ok:
		return vendorhttp.Request{}, refuse(call, "the provider cannot stand in a path")
	}
	return c.request(call, method, path+"/memberships/"+segment, nil), nil
}
