package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
)

const (
	micrositeUser     = "ADAPTER_MICROSITE_USER=bigcity"
	micrositePassword = "ADAPTER_MICROSITE_PASSWORD=a long password"
	micrositeConsole  = "ADAPTER_MICROSITE_SMS_CONSOLE=true"
)

func TestMicrositeNeedsItsParts(t *testing.T) {
	for _, c := range []struct {
		environ        []string
		variable, says string
	}{
		{[]string{micrositePassword, micrositeConsole}, "ADAPTER_MICROSITE_USER", "missing"},
		{[]string{micrositeUser}, "ADAPTER_MICROSITE_PASSWORD", "missing"},
		{[]string{micrositeUser, micrositePassword}, "ADAPTER_MICROSITE_SMS_URL", "a way to send one-time passwords"},
		{[]string{micrositeUser, micrositePassword, micrositeConsole, "ADAPTER_MICROSITE_SMS_URL=https://sms.example/"}, "ADAPTER_MICROSITE_SMS_URL", "one of the two"},
		{[]string{micrositeUser, micrositePassword, "ADAPTER_MICROSITE_SMS_URL=http://sms.example/{phone}"}, "ADAPTER_MICROSITE_SMS_URL", "https://"},
		{[]string{micrositeUser, "ADAPTER_MICROSITE_PASSWORD=short", micrositeConsole}, "ADAPTER_MICROSITE_PASSWORD", "12 characters"},
		{[]string{"ADAPTER_MICROSITE_USER=a:b", micrositePassword, micrositeConsole}, "ADAPTER_MICROSITE_USER", "colon"},
		{[]string{"ADAPTER_MICROSITE_TOKEN_SECRET=too short"}, "ADAPTER_MICROSITE_TOKEN_SECRET", "32 characters"},
		{[]string{"ADAPTER_MICROSITE_CUSTOMER_ID=shoe"}, "ADAPTER_MICROSITE_CUSTOMER_ID", "card, phone, customer"},
		{[]string{"ADAPTER_MICROSITE_SMS_EXPECT=("}, "ADAPTER_MICROSITE_SMS_EXPECT", "regular expression"},
		{[]string{"ADAPTER_MICROSITE_OTP_LIFETIME=6m"}, "ADAPTER_MICROSITE_OTP_LIFETIME", "1s to 5m"},
		{[]string{"ADAPTER_MICROSITE_LISTEN=nowhere"}, "ADAPTER_MICROSITE_LISTEN", "host:port"},
		{[]string{micrositeUser, micrositePassword, "ADAPTER_MICROSITE_SMS_URL=https://sms.example/{phone}", "ADAPTER_MICROSITE_SMS_TIMEOUT=10s"}, "ADAPTER_MICROSITE_SMS_TIMEOUT", "too long"},
	} {
		all := faults(t, c.environ...)
		require.Len(t, all, 1, "%v: %v", c.environ, all)
		assert.Contains(t, all[c.variable], c.says, "%v", c.environ)
	}
}

func TestMicrosite(t *testing.T) {
	cfg, err := config.Load(nil)
	require.NoError(t, err)
	assert.False(t, cfg.Microsite.Enabled())
	cfg, err = config.Load([]string{
		micrositeUser, micrositePassword, "ADAPTER_MICROSITE_PASSWORD_NEXT=the next password",
		"ADAPTER_MICROSITE_SMS_URL=https://sms.example/send?to={phone}", "ADAPTER_MICROSITE_SMS_HEADERS=A: b|C: d\nE: f\n",
	})
	require.NoError(t, err)
	assert.True(t, cfg.Microsite.Enabled())
	pairs := cfg.Microsite.Pairs()
	require.Len(t, pairs, 2)
	assert.Equal(t, "bigcity", pairs[1].User)
	assert.Equal(t, "the next password", pairs[1].Password.Reveal())
	assert.Equal(t, []string{"A: b", "C: d", "E: f"}, cfg.Microsite.SMS.HeaderLines())
}
