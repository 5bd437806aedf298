package qiibee_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/qiibee"
)

func TestMembershipsAndMiles(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	set := func(name, number string) int {
		status, _ := h.call("POST", "/users/u/memberships", fmt.Sprintf(`{"membership":{"exchange_provider_implementation_name":%q,"membership_number":%q}}`, name, number))
		return status
	}
	assert.Equal(t, 201, set("etihad", "123456789012"))
	assert.Equal(t, 201, set("etihad", "123456789013"), "again is a change")
	assert.Equal(t, 400, set("etihad", "12345"))
	assert.Equal(t, 400, set("nobody", "123456789012"))
	assert.Equal(t, 400, set("miles_and_more", "992000000000004"), "check digit")
	assert.Equal(t, 201, set("miles_and_more", "992000000000000"))
	_, body := h.call("GET", "/users/u/memberships/", "")
	assert.JSONEq(t, `{"data":[{"membership_number":"123456789013","exchange_provider":{"name":"Etihad","implementation_name":"etihad"}},
		{"membership_number":"992000000000000","exchange_provider":{"name":"Miles and More","implementation_name":"miles_and_more"}}]}`, body)
	_, body = h.call("GET", "/users/u/memberships/etihad", "")
	assert.Contains(t, body, "123456789013")

	h.Grant("u", 12, 100)
	status, _ := h.transact("u", qiibee.ToExternal, "7", `,"exchange_provider_implementation_name":"etihad"`)
	assert.Equal(t, 202, status)
	status, _ = h.transact("u", qiibee.ToExternal, "7", `,"exchange_provider_implementation_name":"etihad","exchange_rate_override":"80"`)
	assert.Equal(t, 202, status)
	status, _ = h.call("POST", "/transactions", `{"transaction":{"user_auth_id":"u","type":"exchange","amount":10,"brandA_token_id":12,"brandB_token_id":14}}`)
	assert.Equal(t, 202, status)
	h.Clock.Advance(time.Second)
	all := h.Transactions()
	assert.EqualValues(t, "70", all[0]["received"])
	assert.EqualValues(t, "560", all[1]["received"])
	have, _ := h.Balance("u", 12)
	other, _ := h.Balance("u", 14)
	assert.Equal(t, []int64{76, 6}, []int64{have, other}, "ten thirds of two, rounded down")

	status, _ = h.call("DELETE", "/users/u/memberships/etihad", "")
	assert.Equal(t, 204, status)
	status, body = h.call("DELETE", "/users/u/memberships/etihad", "")
	assert.Equal(t, 404, status)
	assert.Equal(t, "{}", body)
	status, _ = h.call("DELETE", "/users/u/memberships/nobody", "")
	assert.Equal(t, 400, status)
	status, body = h.call("GET", "/users/u/memberships/etihad", "")
	assert.Equal(t, 404, status)
	assert.Equal(t, "{}", body)
}

func TestCodes(t *testing.T) {
	h := newFixture(t, qiibee.Options{Campaigns: []int{1, 2}})
	h.user("u")
	make := func(campaign int, more string) (int, string) {
		return h.call("POST", "/codes", fmt.Sprintf(`{"code":{"value":"100","campaign_id":%d%s}}`, campaign, more))
	}
	status, body := make(1, `,"reference_id":"o-1","length":12,"language":"en"`)
	assert.Equal(t, 201, status)
	assert.Regexp(t, `^\{"data":\{"code":"[0-9]{12}","value":"100","campaign_id":1,"reference_id":"o-1"\}\}$`, body)
	status, _ = make(2, `,"reference_id":"o-1"`)
	assert.Equal(t, 409, status)
	require.NoError(t, h.Knobs.Set("reference_scope", "campaign"))
	status, _ = make(2, `,"reference_id":"o-1"`)
	assert.Equal(t, 201, status)
	for _, bad := range []string{`,"length":8`, `,"length":"9"`, `,"reference_id":7`} {
		status, _ = make(1, bad)
		assert.Equal(t, 400, status, bad)
	}
	status, _ = make(3, "")
	assert.Equal(t, 400, status)
	h.must(sim.Next(sim.LostAnswer, "codes"))
	status, _ = make(1, `,"reference_id":"o-2"`)
	assert.Equal(t, 0, status)
	status, _ = make(1, `,"reference_id":"o-2"`)
	assert.Equal(t, 409, status, "it was made, and cannot be fetched again")
}

func TestCodesOfUsers(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	status, _ := h.call("POST", "/codes", `{"code":{"value":"150","campaign_id":1}}`)
	require.Equal(t, 201, status)
	require.NoError(t, h.RedeemCode("u", h.Codes()[0], 12))
	require.Error(t, h.RedeemCode("u", h.Codes()[0], 12))
	h.Clock.Advance(time.Second)
	status, _ = h.transact("u", qiibee.ToRewards, "100", `,"reward_type_id":10`)
	require.Equal(t, 202, status)
	h.Clock.Advance(time.Second)
	have, _ := h.Balance("u", 12)
	assert.EqualValues(t, 50, have)
}

func TestWebhooks(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	h.answer = 503
	h.transact("u", qiibee.Credit, "5")
	h.Clock.Advance(3500 * time.Millisecond) // at 0.02, 1.02 and 3.02 seconds
	assert.Len(t, h.heard(), 3)
	h.Clock.Advance(100 * time.Hour)
	assert.Len(t, h.heard(), 11, "fourteen in all")

	h.answer = 200
	hash := h.Transactions()[0]["tx_hash"].(string)
	require.NoError(t, h.Resend(hash))
	heard := h.heard()
	require.Len(t, heard, 1)
	for _, want := range []string{`"amount":5`, `"auth_id":"u"`, `"token_name":"Sample Points"`, `"token_symbol":"SMP"`, `"transaction_type":"credit_points"`, hash} {
		assert.Contains(t, heard[0], want)
	}
	require.NoError(t, h.Revert(hash))
	require.Error(t, h.Revert(hash))
	h.Clock.Advance(time.Second)
	heard = h.heard()
	require.Len(t, heard, 1)
	assert.Contains(t, heard[0], `"tx_hash_reverted":"`+hash)
	assert.Contains(t, heard[0], `"amount":-5`)
	have, _ := h.Balance("u", 12)
	assert.Zero(t, have)

	h.must(sim.Next("duplicate", "webhook"), sim.Next("without_auth", "webhook"), sim.Next("wrong_auth", "webhook"), sim.Next("garbled", "webhook"))
	h.transact("u", qiibee.Credit, "6")
	h.Clock.Advance(time.Second)
	assert.Equal(t, "webhook:webhook somebody:else : webhook:webhook webhook:webhook", strings.Join(h.auths, " "))
}

// One balance, many debits: what is reserved is never spent twice.
func TestConcurrentDebits(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	h.Grant("u", 12, 100)
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for range 20 {
		all.Go(func() {
			status, _ := h.transact("u", qiibee.Debit, "30")
			mu.Lock()
			defer mu.Unlock()
			seen[status]++
		})
	}
	all.Wait()
	assert.Equal(t, map[int]int{202: 3, 400: 17}, seen)
	h.Clock.Advance(time.Second)
	have, reserved := h.Balance("u", 12)
	assert.Equal(t, []int64{10, 0}, []int64{have, reserved})
}
