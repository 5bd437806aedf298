package qiibee

import (
	"context"
	"net/http"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// SetMembership stores a user's number at an exchange provider, which is named by its
// implementation name, for example miles_and_more. Storing it again changes it, so it
// is repeated freely. A number or provider that the vendor refuses is Rejected, an
// unknown user NotFound.
func (c *Client) SetMembership(ctx context.Context, authID, provider, number string) error {
	const call = "set-membership"
	path := userPath(authID)
	switch {
	case path == "":
		return refuse(call, badAuthID)
	case !vendorhttp.Plain(number, vendorhttp.MaxID), !vendorhttp.Plain(provider, vendorhttp.MaxID):
		return refuse(call, "membership_number or provider is empty, too long or has control characters")
	}
	r := c.request(call, http.MethodPost, path+"/memberships", map[string]map[string]string{"membership": {
		"exchange_provider_implementation_name": provider, "membership_number": number,
	}})
	_, err := freely(ctx, c, r, nothing)
	return err
}
