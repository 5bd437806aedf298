package qiibee_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/qiibee"
)

func TestWebhooks(t *testing.T) {
	w, err := qiibee.ParseWebhook([]byte(`{"amount":"100","auth_id":"a","timestamp":1659515347,"token_name":"T","token_symbol":"S","transaction_type":"credit_points","tx_hash":"0x1","tx_hash_reverted":null}`))
	require.NoError(t, err)
	assert.Equal(t, "100", w.Amount.String())
	assert.Equal(t, "0x1", w.TxHash)
	assert.Empty(t, w.Reverts)
	for _, body := range []string{``, `[]`, `{}`, `{"amount":1,"auth_id":"a","transaction_type":"t"}`, `{"amount":1,"tx_hash":"0x1"}`, `{"amount":"x","auth_id":"a","transaction_type":"t","tx_hash":"0x1"}`} {
		_, err = qiibee.ParseWebhook([]byte(body))
		assert.Error(t, err, body)
	}
}
