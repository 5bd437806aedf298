package points_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/points"
)

const success = `{"action":"point_earn","clientId":"c","userId":"u","requestId":"q","ruleId":"r","point":80,"transactionId":"t","timestamp":"2024-04-12T07:41:26.633135053Z","status":"success"}`

func TestCallbacksAreRead(t *testing.T) {
	c, err := points.ParseCallback([]byte(success))
	require.NoError(t, err)
	assert.True(t, c.Earned)
	assert.True(t, c.Succeeded)
	assert.Equal(t, "80", c.Points.String())
	assert.Equal(t, []string{"c", "u", "q", "r", "t"}, []string{c.ClientID, c.UserID, c.RequestID, c.RuleID, c.TransactionID})

	for message, reason := range map[string]string{
		"Reaching Earning Limit": points.ReasonLimit, "redemption limit": points.ReasonLimit,
		"Insufficient balance": points.ReasonBalance, "unexpected error": points.ReasonOther, "": points.ReasonOther,
	} {
		c, err = points.ParseCallback([]byte(`{"action":"point_burn","requestId":7,"status":"FAILED","errorMessage":"` + message + `"}`))
		require.NoError(t, err)
		assert.False(t, c.Earned)
		assert.False(t, c.Succeeded)
		assert.Equal(t, "7", c.RequestID)
		assert.Equal(t, reason, c.Reason(), message)
	}
}

func TestCallbacksThatAreNone(t *testing.T) {
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"action":"steal","requestId":"q","status":"success","point":1}`,
		`{"action":"point_earn","requestId":"q","status":"maybe"}`, `{"action":"point_earn","status":"failed"}`,
		`{"action":"point_earn","requestId":"q","status":"success"}`,
		`{"action":"point_earn","requestId":"q","status":"success","point":-1}`,
		`{"action":"point_earn","requestId":"q","status":"success","point":"many"}`,
	} {
		_, err := points.ParseCallback([]byte(body))
		assert.Error(t, err, body)
	}
}

func FuzzParseCallback(f *testing.F) {
	f.Add([]byte(success))
	f.Add([]byte(`{"action":"point_burn","requestId":1e5,"status":"failed"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := points.ParseCallback(raw)
		if err == nil && (c.RequestID == "" || c.Succeeded && c.Points.IsNegative()) {
			t.Fatalf("%q became %+v", raw, c)
		}
	})
}
