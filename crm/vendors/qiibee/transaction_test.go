package qiibee_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

var credit = qiibee.Transaction{UserID: "a", Type: qiibee.CreditPoints, Points: 100, TokenID: 12}

func TestEveryTypeOfTransaction(t *testing.T) {
	for body, tx := range map[string]qiibee.Transaction{
		`{"user_auth_id":"a","type":"credit_points","amount":"100","token_id":12}`:              credit,
		`{"user_auth_id":"a","type":"debit_points","amount":"100","token_id":9007199254740993}`: {UserID: "a", Type: qiibee.DebitPoints, Points: 100, TokenID: 9007199254740993},
		`{"user_auth_id":"a","type":"points_to_external_rewards","amount":"100","token_id":12,"exchange_provider_implementation_name":"etihad"}`: {
			UserID: "a", Type: qiibee.PointsToExternalRewards, Points: 100, TokenID: 12, Provider: "etihad",
		},
	} {
		v := newVendor(t, reply{status: 202})
		_, err := v.client(t).SendTransaction(background, tx)
		require.NoError(t, err, body)
		assert.Equal(t, []string{`POST /api/admin/transactions {"transaction":` + body + `}`}, v.seen())
	}
}

func TestTransactionsThatAreNotSent(t *testing.T) {
	v := newVendor(t, reply{status: 202})
	c := v.client(t)
	for name, spoil := range map[string]func(*qiibee.Transaction){
		"zero":           func(t *qiibee.Transaction) { t.Points = 0 },
		"negative":       func(t *qiibee.Transaction) { t.Points = -5 },
		"no user":        func(t *qiibee.Transaction) { t.UserID = "" },
		"no type":        func(t *qiibee.Transaction) { t.Type = "" },
		"listed type":    func(t *qiibee.Transaction) { t.Type = qiibee.CodeToPoints },
		"no token":       func(t *qiibee.Transaction) { t.TokenID = 0 },
		"stray provider": func(t *qiibee.Transaction) { t.Provider = "etihad" },
		"no provider":    func(t *qiibee.Transaction) { t.Type = qiibee.PointsToExternalRewards },
		"bad provider":   func(t *qiibee.Transaction) { t.Type, t.Provider = qiibee.PointsToExternalRewards, "a\n" },
	} {
		bad := credit
		spoil(&bad)
		_, err := c.SendTransaction(background, bad)
		require.ErrorIs(t, err, vendorhttp.Invalid, name)
		assert.True(t, vendorhttp.NeverSent(err))
	}
	assert.Empty(t, v.seen())
}

func TestAnswersToATransaction(t *testing.T) {
	for name, tc := range map[string]struct {
		reply reply
		id    string
		kind  vendorhttp.Kind
	}{
		"empty": {reply{status: 202}, "", ""}, "object": {reply{status: 202, body: `{}`}, "", ""}, "text": {reply{status: 202, body: "ok"}, "", ""},
		"HTML with 202": {reply{status: 202, body: "<p>"}, "", ""},
		"id":            {reply{status: 202, body: `{"data":{"transaction":{"id":9007199254740993}}}`}, "9007199254740993", ""},
		"bare id":       {reply{status: 201, body: `{"id":"7"}`}, "7", ""},
		"both":          {reply{status: 202, body: `{"error":"insufficient balance"}`}, "", vendorhttp.Malformed},
		"200 error":     {reply{status: 200, body: `{"error":"insufficient balance"}`}, "", vendorhttp.Malformed},
		"HTML":          {reply{status: 200, body: `<html>`}, "", vendorhttp.Malformed},
		"no balance":    {reply{status: 400, body: `{"error":"Insufficient balance"}`}, "", vendorhttp.Rejected},
		"down":          {reply{status: 500}, "", vendorhttp.Unavailable}, "gateway": {reply{status: 502, body: "<html>"}, "", vendorhttp.Unavailable},
		"lost": {reply{lost: true}, "", vendorhttp.Unavailable}, "slow down": {reply{status: 429}, "", vendorhttp.RateLimited},
		"moved": {reply{status: 307}, "", vendorhttp.Redirected}, "huge": {reply{status: 202, body: strings.Repeat("x", 10<<20)}, "", vendorhttp.Malformed},
	} {
		v := newVendor(t, tc.reply)
		c := v.client(t)
		accepted, err := c.SendTransaction(background, credit)
		assert.Len(t, v.seen(), 1, "%s: never sent twice", name)
		if tc.kind == "" {
			require.NoError(t, err, name)
			assert.Equal(t, tc.id, accepted.ID, name)
			continue
		}
		require.ErrorIs(t, err, tc.kind, name)
		assert.False(t, vendorhttp.NeverSent(err), name)
		assert.Equal(t, tc.kind == vendorhttp.Rejected || tc.kind == vendorhttp.RateLimited, vendorhttp.Refused(err), name)
	}
}

func TestListTransactions(t *testing.T) {
	body := `{"data":{"transactions":[
		{"id":"2","loyalty_event_type":"credit_points","amount":100,"token":{"id":12},"user_auth_id":"a","status":"success","inserted_at":"1627976023"},
		{"id":1,"type":"debit_points","amount":"-5.5","token_id":"12","user":{"auth_id":"a"},"status":"pending","inserted_at":"2021-08-03T07:33:43Z"}
	],"total_tx_count":"2"}}`
	v := newVendor(t, reply{status: 200, body: body})
	got, err := v.client(t).TransactionsSince(background, qiibee.Filter{UserID: "a", TokenID: 12, Type: "credit_points"}, time.Time{})
	require.NoError(t, err)
	assert.Equal(t, []string{"GET /api/admin/transactions?limit=100&offset=0&token_id=12&types%5B%5D=credit_points&user_auth_id=a"}, v.seen())
	require.Len(t, got, 2)
	first, second := got[0], got[1]
	assert.Equal(t, []string{"2", "credit_points", "12", "a", "100"}, []string{first.ID, first.Type, first.TokenID, first.UserID, first.Amount.String()})
	assert.Equal(t, []string{"1", "debit_points", "12", "a", "5.5"}, []string{second.ID, second.Type, second.TokenID, second.UserID, second.Amount.String()})
	assert.True(t, first.Final())
	assert.False(t, second.Final())
	assert.True(t, first.InsertedAt.Equal(second.InsertedAt.Add(-0)))
}

// entries are n transactions with the highest id and time first, from..from-n+1.
func entries(from, n, total int) string {
	var items []string
	for id := from; id > from-n; id-- {
		items = append(items, fmt.Sprintf(`{"id":%d,"inserted_at":"%d"}`, id, 1_600_000_000+id))
	}
	count := ""
	if total >= 0 {
		count = fmt.Sprintf(`,"total_tx_count":%d`, total)
	}
	return `{"data":{"transactions":[` + strings.Join(items, ",") + `]` + count + `}}`
}

func TestTransactionsSince(t *testing.T) {
	since := func(id int) time.Time { return time.Unix(1_600_000_000+int64(id), 999) }
	for name, tc := range map[string]struct {
		replies []reply
		since   int
		found   int
		pages   int
	}{
		"all on the first page":            {[]reply{{status: 200, body: entries(10, 10, 10)}}, 8, 3, 1},
		"none":                             {[]reply{{status: 200, body: entries(0, 0, 0)}}, 8, 0, 1},
		"over the edge of a page":          {[]reply{{status: 200, body: entries(300, 100, 300)}, {status: 200, body: entries(200, 100, 300)}, {status: 200, body: entries(100, 100, 300)}}, 150, 151, 3},
		"new ones push old ones on":        {[]reply{{status: 200, body: entries(300, 100, 300)}, {status: 200, body: entries(205, 100, 305)}, {status: 200, body: entries(105, 100, 305)}}, 150, 151, 3},
		"without a total, short last page": {[]reply{{status: 200, body: entries(130, 100, -1)}, {status: 200, body: entries(30, 30, -1)}}, 0, 130, 2},
		"a failure in between":             {[]reply{{status: 200, body: entries(150, 100, 150)}, {status: 500}, {status: 200, body: entries(50, 50, 150)}}, 0, 150, 3},
	} {
		v := newVendor(t, tc.replies...)
		got, err := v.client(t).TransactionsSince(background, qiibee.Filter{UserID: "a"}, since(tc.since))
		require.NoError(t, err, name)
		assert.Len(t, got, tc.found, name)
		assert.Len(t, v.seen(), tc.pages, name)
	}
	_, err := newVendor(t, reply{status: 200, body: entries(1<<20, 100, 1<<20)}).client(t).TransactionsSince(background, qiibee.Filter{}, since(0))
	require.ErrorIs(t, err, vendorhttp.Malformed, "a list that never ends proves nothing")
	unreadable := `{"data":{"transactions":[{"id":1,"inserted_at":"soon"}],"total_tx_count":1}}`
	got, err := newVendor(t, reply{status: 200, body: unreadable}).client(t).TransactionsSince(background, qiibee.Filter{}, since(99))
	require.NoError(t, err)
	assert.Len(t, got, 1, "what may be new is shown")
}
