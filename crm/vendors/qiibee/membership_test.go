package qiibee_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestSetMembership(t *testing.T) {
	v := newVendor(t, reply{status: 503}, reply{status: 201, body: `{"user":{"auth_id":"a"}}`})
	require.NoError(t, v.client(t).SetMembership(background, "a", "etihad", "123"))
	ask := `POST /api/admin/users/a/memberships {"membership":{"exchange_provider_implementation_name":"etihad","membership_number":"123"}}`
	assert.Equal(t, []string{ask, ask}, v.seen(), "it may arrive twice")
}

func TestMembershipsThatAreNotSent(t *testing.T) {
	v := newVendor(t, reply{status: 201})
	for _, m := range [][3]string{{"a", "", "1"}, {"a", "etihad", ""}, {"a", "etihad", "1\n"}, {"..", "etihad", "1"}} {
		require.ErrorIs(t, v.client(t).SetMembership(background, m[0], m[1], m[2]), vendorhttp.Invalid)
	}
	assert.Empty(t, v.seen())
}
