package qiibee_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestBalancesInEveryShape(t *testing.T) {
	body := `{"data":[
		{"balance":100,"token":{"address":"0x1","name":"Points","type":"erc20","id":"23421","symbol":"PTS","metadata":{"k":"v"}}},
		{"balance":"9007199254740993","token":{"id":9007199254740993,"type":"miles"}},
		{"status":"pending","personalised_data":{"text":"x"},"token":{"type":"erc721","id":150}},
		{"status":null,"token":{"type":"erc721"}},
		{"nft_ids":["0",1],"token":{"type":"erc721"}},
		{"nfts":[{"user_nft_id":86,"status":"approved","personalised_data":{"k":1}},{"user_nft_id":"87","status":null}],"token":{"type":"erc721"}},
		{"token":{"type":"gift_card"}}
	]}`
	v := newVendor(t, reply{status: 200, body: body})
	got, err := v.client(t).Balances(background, "a-1")
	require.NoError(t, err)
	require.Len(t, got, 7)
	assert.Equal(t, []string{"GET /api/admin/users/a-1/balances"}, v.seen())
	assert.Equal(t, "100", got[0].Amount.String())
	assert.Equal(t, "23421", got[0].Token.ID)
	assert.Equal(t, "PTS", got[0].Token.Symbol)
	assert.Equal(t, "9007199254740993", got[1].Amount.String())
	assert.Equal(t, "9007199254740993", got[1].Token.ID)
	assert.Equal(t, "miles", got[1].Token.Type)
	require.Len(t, got[2].NFTs, 1)
	assert.Equal(t, "pending", got[2].NFTs[0].Status)
	assert.JSONEq(t, `{"text":"x"}`, string(got[2].NFTs[0].PersonalisedData))
	assert.Len(t, got[3].NFTs, 1)
	assert.Equal(t, []qiibee.NFT{{ID: "0"}, {ID: "1"}}, got[4].NFTs)
	require.Len(t, got[5].NFTs, 2)
	assert.Equal(t, "86", got[5].NFTs[0].ID)
	assert.Equal(t, "approved", got[5].NFTs[0].Status)
	assert.Equal(t, "87", got[5].NFTs[1].ID)
	for i, b := range got {
		assert.Equal(t, i < 2, b.HasAmount, i)
	}
	assert.Empty(t, got[6].NFTs)
	_, err = newVendor(t, reply{status: 404, body: `{"error":"not found"}`}).client(t).Balances(background, "a-1")
	require.ErrorIs(t, err, vendorhttp.NotFound)
}

const etihad = `{"membership_number":"123456789012","exchange_provider":{"name":"Etihad","implementation_name":"etihad"}}`

func TestMemberships(t *testing.T) {
	want := qiibee.Membership{Provider: qiibee.Etihad, ProviderName: "Etihad", Number: "123456789012"}
	v := newVendor(t, reply{status: 503}, reply{status: 201, body: `{"user":{"auth_id":"a"}}`},
		reply{status: 200, body: `{"data":[` + etihad + `]}`}, reply{status: 200, body: `{"data":[]}`},
		reply{status: 200, body: `{"data":` + etihad + `}`}, reply{status: 404, body: `{}`},
		reply{status: 204})
	c := v.client(t)
	require.NoError(t, c.SetMembership(background, "a", qiibee.Membership{Provider: qiibee.Etihad, Number: "123"}))
	all, err := c.Memberships(background, "a")
	require.NoError(t, err)
	assert.Equal(t, []qiibee.Membership{want}, all)
	all, err = c.Memberships(background, "a")
	require.NoError(t, err)
	assert.Empty(t, all)
	one, err := c.Membership(background, "a", qiibee.Etihad)
	require.NoError(t, err)
	assert.Equal(t, want, one)
	_, err = c.Membership(background, "a", qiibee.Etihad)
	require.ErrorIs(t, err, vendorhttp.NotFound)
	require.NoError(t, c.DeleteMembership(background, "a", "x/y"))
	post := "POST /api/admin/users/a/memberships "
	byName := post + `{"membership":{"exchange_provider_implementation_name":"etihad","membership_number":"123"}}`
	assert.Equal(t, []string{
		byName, byName,
		"GET /api/admin/users/a/memberships", "GET /api/admin/users/a/memberships",
		"GET /api/admin/users/a/memberships/etihad", "GET /api/admin/users/a/memberships/etihad",
		"DELETE /api/admin/users/a/memberships/x%2Fy",
	}, v.seen())
}

func TestDeletingWhatIsGone(t *testing.T) {
	gone := reply{status: 404, body: `{}`}
	require.ErrorIs(t, newVendor(t, gone).client(t).DeleteMembership(background, "a", "etihad"), vendorhttp.NotFound)
	require.NoError(t, newVendor(t, reply{lost: true}, gone).client(t).DeleteMembership(background, "a", "etihad"))
	require.NoError(t, newVendor(t, reply{status: 500}, gone).client(t).DeleteMembership(background, "a", "etihad"))
	require.ErrorIs(t, newVendor(t, reply{status: 429}, gone).client(t).DeleteMembership(background, "a", "etihad"), vendorhttp.NotFound)
	require.ErrorIs(t, newVendor(t, reply{status: 400}).client(t).DeleteMembership(background, "a", "nobody"), vendorhttp.Rejected)
}

func TestMembershipsThatAreNotSent(t *testing.T) {
	v := newVendor(t, reply{status: 201})
	for _, m := range []qiibee.Membership{{Number: "1"}, {Provider: "etihad"}, {Provider: "etihad", Number: "1\n"}} {
		require.ErrorIs(t, v.client(t).SetMembership(background, "a", m), vendorhttp.Invalid)
	}
	assert.Empty(t, v.seen())
}

func TestCodes(t *testing.T) {
	made := reply{status: 201, body: `{"data":{"code":"719026461","value":"100","campaign_id":1,"reference_id":"Order 1"}}`}
	ask := qiibee.NewCode{Value: decimal.NewFromInt(100), CampaignID: 1, Length: 9, ReferenceID: "Order 1"}
	v := newVendor(t, reply{lost: true}, made)
	got, err := v.client(t).CreateCode(background, ask)
	require.NoError(t, err)
	assert.Equal(t, qiibee.Code{Code: "719026461", Value: got.Value, CampaignID: "1", ReferenceID: "Order 1"}, got)
	body := `POST /api/admin/codes {"code":{"value":"100","campaign_id":1,"length":9,"reference_id":"Order 1"}}`
	assert.Equal(t, []string{body, body}, v.seen())

	_, err = newVendor(t, reply{lost: true}, reply{status: 409, body: `{"error":"reference_id used"}`}).client(t).CreateCode(background, ask)
	require.ErrorIs(t, err, vendorhttp.Conflict)

	ask.ReferenceID = ""
	v = newVendor(t, reply{lost: true}, made)
	_, err = v.client(t).CreateCode(background, ask)
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.Len(t, v.seen(), 1, "without a reference it is not sent twice")

	for name, spoil := range map[string]func(*qiibee.NewCode){
		"zero": func(n *qiibee.NewCode) { n.Value = decimal.Zero }, "fraction": func(n *qiibee.NewCode) { n.Value = decimal.RequireFromString("0.5") },
		"campaign": func(n *qiibee.NewCode) { n.CampaignID = 0 }, "short": func(n *qiibee.NewCode) { n.Length = 8 },
		"email": func(n *qiibee.NewCode) { n.Email = "x" }, "reference": func(n *qiibee.NewCode) { n.ReferenceID = "a\n" },
	} {
		bad := ask
		spoil(&bad)
		_, err = v.client(t).CreateCode(background, bad)
		require.ErrorIs(t, err, vendorhttp.Invalid, name)
	}
	c := newVendor(t, reply{status: 201, body: `{"data":{"code":null}}`}).client(t)
	_, err = c.CreateCode(background, ask)
	require.ErrorIs(t, err, vendorhttp.Malformed)
	_, err = newVendor(t, reply{status: 400, body: `{"data":{"code":"719026461"},"error":"x"}`}).client(t).CreateCode(background, ask)
	assert.NotContains(t, failure(t, err).Record.Body, "719026461", "a code is money")
}

const reward = `{"code":"SPECIAL20","used":true,"used_at":"1659515347","user_id":null,"reward_type":{"id":10,"name":"20 EUR","value":"100",
	"website":"www.domain.com","valid_until":"1659515347","locations":[{"id":"2039","street":"Falkenstrasse","city":"Zurich"}]},
	"transaction":{"id":"284798327469","loyalty_event_type":"points_to_rewards","tx_hash":"0x1","points_burned":"100","token":null,
	"status":"success","reward_id":3443,"inserted_at":"1627976023"}}`

func TestRewards(t *testing.T) {
	for _, body := range []string{reward, `{"data":` + reward + `}`, `{"data":{"reward":` + reward + `}}`} {
		v := newVendor(t, reply{status: 200, body: body})
		got, err := v.client(t).Reward(background, "SPECIAL/20")
		require.NoError(t, err, body)
		assert.Equal(t, []string{"GET /api/admin/rewards/SPECIAL%2F20"}, v.seen())
		assert.True(t, got.Used)
		assert.EqualValues(t, 1659515347, got.UsedAt.Unix())
		assert.Empty(t, got.UserID)
		assert.Equal(t, "10", got.Type.ID)
		assert.Equal(t, "100", got.Type.Value.String())
		assert.EqualValues(t, 1659515347, got.Type.ValidUntil.Unix())
		assert.Equal(t, "Zurich", got.Type.Locations[0].City)
		require.NotNil(t, got.Transaction)
		assert.Equal(t, "284798327469", got.Transaction.ID)
		assert.Equal(t, "100", got.Transaction.Amount.String())
		assert.True(t, got.Transaction.Final())
		assert.Equal(t, "3443", got.Transaction.RewardID)
	}
}

func TestARewardIsUsedOnce(t *testing.T) {
	v := newVendor(t, reply{status: 200, body: reward}, reply{status: 409, body: `{"error":"used"}`}, reply{lost: true})
	c := v.client(t)
	require.NoError(t, c.UseReward(background, "S"))
	require.ErrorIs(t, c.UseReward(background, "S"), vendorhttp.Conflict)
	err := c.UseReward(background, "S")
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.False(t, vendorhttp.NeverSent(err))
	assert.Len(t, v.seen(), 3)
	assert.Equal(t, `PUT /api/admin/rewards/S {"reward":{"used":true}}`, v.seen()[0])
	require.ErrorIs(t, c.UseReward(background, ".."), vendorhttp.Invalid)
}

func TestNFTs(t *testing.T) {
	v := newVendor(t, reply{status: 201, body: "{}"}, reply{status: 200, body: `{"data":[{"user_nft_id":86,"status":"pending","token":{"id":150}}]}`})
	c := v.client(t)
	require.NoError(t, c.DecideNFT(background, "37329", qiibee.Approved))
	got, err := c.NFTs(background, "a b&c")
	require.NoError(t, err)
	assert.Equal(t, "86", got[0].ID)
	assert.Equal(t, "150", got[0].Token.ID)
	assert.Equal(t, []string{
		`POST /api/admin/nfts {"userNFT":{"status":"approved","user_nft_id":"37329"}}`, "GET /api/admin/nfts?user_auth_id=a+b%26c",
	}, v.seen())
	require.ErrorIs(t, c.DecideNFT(background, "1", "maybe"), vendorhttp.Invalid)
	require.ErrorIs(t, c.DecideNFT(background, "", qiibee.Rejected), vendorhttp.Invalid)
	_, err = c.NFTs(background, "")
	require.ErrorIs(t, err, vendorhttp.Invalid)
}

func TestWebhooks(t *testing.T) {
	w, err := qiibee.ParseWebhook([]byte(`{"amount":"100","auth_id":"a","timestamp":1659515347,"token_name":"T","token_symbol":"S","transaction_type":"credit_points","tx_hash":"0x1","tx_hash_reverted":null}`))
	require.NoError(t, err)
	assert.Equal(t, "100", w.Amount.String())
	assert.Equal(t, "0x1", w.TxHash)
	assert.Empty(t, w.Reverts)
	assert.EqualValues(t, 1659515347, w.Timestamp.Unix())
	for _, body := range []string{``, `[]`, `{}`, `{"amount":1,"auth_id":"a","transaction_type":"t"}`, `{"amount":1,"tx_hash":"0x1"}`, `{"amount":"x","auth_id":"a","transaction_type":"t","tx_hash":"0x1"}`} {
		_, err = qiibee.ParseWebhook([]byte(body))
		assert.Error(t, err, body)
	}
}
