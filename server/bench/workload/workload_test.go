package workload

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/stock"
)

var keys = stock.Keys{Cards: 1000}

// drawn are requests of two connections.
func drawn(op Operation, each int) []load.Request {
	w := op.Load(keys, 5_000_000)
	var all []load.Request
	for connection := range 2 {
		source := w(connection)
		for range each {
			r := source()
			r.Body = append([]byte(nil), r.Body...) // the source uses it again
			all = append(all, r)
		}
	}
	return all
}

func TestOperationsHaveNames(t *testing.T) {
	for _, op := range append(Operations(), MixedDay()) {
		found, known := ByName(op.Name)
		assert.True(t, known)
		assert.Equal(t, op.Title, found.Title)
		assert.NotEmpty(t, op.Title)
	}
	_, known := ByName("nonsense")
	assert.False(t, known)
}

// No two calls that write may be the same, whoever makes them.
func TestWritesAreNeverRepeated(t *testing.T) {
	for _, name := range []string{"issue", "receipt", "profile"} {
		op, _ := ByName(name)
		seen := map[string]bool{}
		for _, r := range drawn(op, 500) {
			require.True(t, json.Valid(r.Body), "%s", r.Body)
			require.False(t, seen[string(r.Body)], "%s again", r.Body)
			seen[string(r.Body)] = true
		}
	}
}

func TestIssuesAreForNewCustomers(t *testing.T) {
	op, _ := ByName("issue")
	known := map[string]bool{}
	for i := range keys.Cards {
		known[keys.Phone(i)] = true
	}
	for _, r := range drawn(op, 500) {
		var user struct{ Phone, Email, BirthDate, Sex string }
		require.NoError(t, json.Unmarshal(r.Body, &user))
		profile, err := crm.Profile{
			Phone: user.Phone, Email: user.Email, BirthDate: crm.Date(user.BirthDate), Sex: crm.Sex(user.Sex),
		}.Normalize(time.Now())
		require.NoError(t, err)
		assert.Equal(t, user.Phone, profile.Phone)
		assert.False(t, known[user.Phone])
	}
}

func TestReceiptsEarnWhatIsExpected(t *testing.T) {
	op, _ := ByName("receipt")
	for _, r := range drawn(op, 20) {
		var body struct{ CardNumber, QRCode string }
		require.NoError(t, json.Unmarshal(r.Body, &body))
		_, err := crm.ParseCardNumber(body.CardNumber)
		require.NoError(t, err)
		receipt, err := crm.ParseReceipt(body.QRCode, moscow)
		require.NoError(t, err)
		assert.EqualValues(t, ReceiptPoints, receipt.SumKopecks/10_000)
		assert.Equal(t, crm.ReceiptSale, receipt.Kind)
		assert.WithinDuration(t, time.Now().Add(-time.Hour), receipt.At, 2*time.Minute)
	}
}

// The day has the shares that the issue asks for, give or take chance.
func TestTheDayIsMixed(t *testing.T) {
	shares := map[string]float64{}
	all := drawn(MixedDay(), 20_000)
	for _, r := range all {
		shares[kind(r)] += 100 / float64(len(all))
	}
	for kind, want := range map[string]float64{
		"find": 60, "card": 25, "history": 5, "issue": 4, "receipt": 3, "profile": 0.75, "reserve": 0.75, "channels": 0.75, "offers": 0.75,
	} {
		assert.InDelta(t, want, shares[kind], 1, kind)
	}
	assert.Len(t, shares, 9)
}

func kind(r load.Request) string {
	path, query, _ := strings.Cut(r.Path, "?")
	switch {
	case r.Method == http.MethodPut:
		return "channels"
	case strings.HasPrefix(query, "msisdn="):
		return "find"
	case strings.HasSuffix(path, "/purchases"):
		return "history"
	case strings.HasSuffix(path, "/campaigns"):
		return "offers"
	case path == "/v1/promo/qrCode":
		return "receipt"
	case path == "/v1/card/anonymous" && r.Method == http.MethodPost:
		return "issue"
	case path == "/v1/card/anonymous":
		return "reserve"
	case r.Method == http.MethodPost:
		return "profile"
	}
	return "card"
}

// The connections of a pair send the same receipts, others send others.
func TestPairsSendTheSameReceipts(t *testing.T) {
	w, sent := Receipts("2900000000018", 0, 4)
	first, twin, other := w(0), w(1), w(2)
	for range 3 {
		body := string(first().Body)
		assert.Equal(t, body, string(twin().Body))
		assert.NotEqual(t, body, string(other().Body))
	}
	assert.Equal(t, []int{3, 3, 3, 0}, sent)
}

func TestTotals(t *testing.T) {
	total, err := Total([]byte(`{"card":{"cardNumber":"1","bonus":{"total":"1234","available":"5"}}}`))
	require.NoError(t, err)
	assert.EqualValues(t, 1234, total)
	for _, odd := range []string{"", "{}", `"bonus":{"total":"x"`} {
		_, err := Total([]byte(odd))
		assert.Error(t, err)
	}
}

func TestJudges(t *testing.T) {
	for name, c := range map[string]struct {
		judge     judge
		good, bad string
	}{
		"begins":  {begins("ab"), "abc", "a"},
		"holds":   {holds("b"), "abc", "ac"},
		"both":    {both(begins("a"), holds("c")), "abc", "ab"},
		"empty":   {empty, "", " "},
		"number":  {quotedNumber, `"2900000000018"`, `"29000000000x8"`},
		"number2": {quotedNumber, `"2800000000011"`, `2800000000011`},
	} {
		assert.NoError(t, c.judge([]byte(c.good)), name)
		assert.Error(t, c.judge([]byte(c.bad)), name)
	}
}
