package microsite

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRulesAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range Rules() {
		scenario, _, found := strings.Cut(rule.ID, ".")
		assert.True(t, found && titles[scenario] != "" && !seen[rule.ID], rule.ID)
		assert.True(t, strings.HasSuffix(rule.Text, "."), rule.ID)
		seen[rule.ID] = true
	}
	assert.GreaterOrEqual(t, len(seen), 40)
}

func TestRunsThatCannotBegin(t *testing.T) {
	server := httptest.NewServer(newHost(Good, 100, "shopper-1001", "shopper-1002"))
	otp := func(context.Context, string) (string, error) { return "123456", nil }
	good := Options{Customers: [2]string{"shopper-1001", "shopper-1002"}, OTP: otp}
	one, silent, nothing := good, good, good
	one.Customers[1] = "shopper-1001"
	silent.OTP = nil
	nothing.Only = []string{"no.such"}
	for _, options := range []Options{one, silent, nothing} {
		_, err := Run(t.Context(), Target{URL: server.URL, User: hostUser, Password: hostPassword}, options)
		assert.ErrorIs(t, err, ErrOptions)
	}
	server.Close()
	_, err := Run(t.Context(), Target{URL: server.URL, User: hostUser, Password: hostPassword}, good)
	assert.ErrorIs(t, err, ErrUnreachable)
}

func TestSources(t *testing.T) {
	path := filepath.Join(t.TempDir(), "otp-shopper-1001.log")
	require.NoError(t, os.WriteFile(path, []byte("12:00 code 111111 to 79216668899\n12:01 code 222222 sent, 1234567\n"), 0o600))
	got, err := FromFile(strings.ReplaceAll(path, "shopper-1001", "{customer_id}"))(t.Context(), "shopper-1001")
	require.NoError(t, err)
	assert.Equal(t, "222222", got)
	got, err = FromCommand("sh", "-c", `echo "the code of $CUSTOMER_ID: 333333"`)(t.Context(), "shopper-1001")
	require.NoError(t, err)
	assert.Equal(t, "333333", got)
	_, err = FromCommand("sh", "-c", "exit 1")(t.Context(), "shopper-1001")
	assert.Error(t, err)
	_, err = FromCommand("echo", "12345")(t.Context(), "shopper-1001")
	assert.Error(t, err)
	server := httptest.NewServer(newHost(Good, 1, "shopper-1001"))
	defer server.Close()
	_, err = FromURL(server.URL+"/{customer_id}")(t.Context(), "shopper-1001")
	assert.Error(t, err)
	_, err = FromFile("/does/not/exist")(t.Context(), "shopper-1001")
	assert.Error(t, err)
}
