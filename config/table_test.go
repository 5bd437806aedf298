package config

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/kelseyhightower/envconfig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The names that the table, the suggestions and the rules use are the names that envconfig reads.
func TestNamesAreThoseOfEnvconfig(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, envconfig.Usagef(prefix, &Config{}, &out, "{{range .}}{{usage_key .}} {{usage_default .}}\n{{end}}"))
	var ours strings.Builder
	for _, f := range (Config{}).fields() {
		ours.WriteString(f.name + " " + f.tag.Get("default") + "\n")
	}
	assert.Equal(t, out.String(), ours.String())
}

func TestTableListsEveryField(t *testing.T) {
	rows := strings.Split(Table(), "\n")
	for i, f := range (Config{}).fields() {
		row := rows[i+2]
		assert.True(t, strings.HasPrefix(row, "| `"+f.name+"` |"), row)
		assert.Equal(t, 4, strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"), row)
		assert.NotEmpty(t, f.tag.Get("desc"), f.name)
		assert.Contains(t, row, f.tag.Get("default"))
		assert.Empty(t, f.tag.Get("envconfig"), "it would make envconfig read a name without the prefix")
		if f.hasFile() {
			assert.Contains(t, Table(), "`"+f.name+"`")
			assert.Contains(t, fileNames(), "`"+f.name+"`")
		}
	}
	assert.Contains(t, Table(), "`X_FILE`")
	assert.Contains(t, Table(), "(1m to 168h)")
	assert.Contains(t, Table(), "(error, inactive)")
}

// Installations depend on these names: a field that is renamed by accident fails here.
func TestNamesOfVariables(t *testing.T) {
	want := `LISTEN OPS_LISTEN TLS TLS_CERT TLS_KEY TRUSTED_PROXIES DATA_DIR DATABASE DATABASE_CA DATABASE_CERT DATABASE_KEY CRM DATABASE_CONNECTIONS DATABASE_ALLOW_UNSAFE
		CRM_FRESH CRM_STALE CRM_READ_TIMEOUT CRM_WRITE_TIMEOUT CRM_IN_FLIGHT CRM_BREAKER_DELAY CRM_RECEIPTS
		CRM_HTTP_SECRET CRM_HTTP_SECRET_NEXT CRM_HTTP_TOKEN CRM_HTTP_USER CRM_HTTP_PASSWORD CRM_HTTP_CA CRM_HTTP_CERT CRM_HTTP_KEY CRM_HTTP_ALLOW_HTTP CRM_SQL_READ CRM_SQL_WRITE CRM_MAXMA_KEY CRM_MAXMA_SHOP
		KOSHELEK_VERSION KOSHELEK_USER KOSHELEK_PASSWORD KOSHELEK_USER_NEXT KOSHELEK_PASSWORD_NEXT KOSHELEK_UNAUTHORIZED_STATUS
		KOSHELEK_CONTENT_TYPE_SEMICOLON KOSHELEK_ACCEPT_PUT KOSHELEK_RESERVE_FORMAT KOSHELEK_OFFERS_PATH KOSHELEK_BLOCKED KOSHELEK_EMAIL KOSHELEK_LANGUAGE KOSHELEK_STRICT_FIELDS
		KOSHELEK_NO_BIRTH_DATES KOSHELEK_LENIENT_PATHS
		CARD_TEMPLATE CARD_BARCODE_TYPE CARD_BARCODE_TEMPLATE CARD_FROM_PHONE CARD_CLAIM CARD_CLAIMS_PER_DAY CARD_FAILURES_PER_HOUR CARD_RESERVE_FOR
		EARN_PERCENT EARN_CAP EARN_RECEIPTS_PER_DAY EARN_POINTS_PER_DAY EARN_MAX_AGE EARN_CLOCK_SKEW EARN_TILLS_EAST EARN_TILLS_WEST EARN_PENDING EARN_LIFETIME EARN_WELCOME EARN_PROMO_CODE EARN_UNMARKED_RECEIPTS EARN_REFUNDS
		AWARDS OUTBOX_CONCURRENCY OUTBOX_TIMEOUT OUTBOX_POLL OUTBOX_BACKOFF_FIRST OUTBOX_BACKOFF_MOST OUTBOX_BREAKER_DELAY OUTBOX_ALLOW_HTTP
		POINTS_TOKEN_URL POINTS_EARN_URL POINTS_REDEEM_URL POINTS_BALANCE_URL POINTS_ORG_ID POINTS_BALANCE_PATH POINTS_CLIENT_ID POINTS_CLIENT_SECRET
		POINTS_CALLBACK_URL POINTS_CALLBACK_SECRET POINTS_CALLBACK_WAIT POINTS_SIGN_KEY POINTS_SIGN_KEY_ID POINTS_SIGN_STRIP POINTS_SIGN_BACKDATE POINTS_RATE
		QIIBEE_URL QIIBEE_API_KEY QIIBEE_SETTLE_AFTER QIIBEE_ABSENT_AFTER QIIBEE_WEBHOOK_USER QIIBEE_WEBHOOK_PASSWORD QIIBEE_WEBHOOK_BOOK QIIBEE_WEBHOOK_TOKEN QIIBEE_RATE
		BIGCITY_URL BIGCITY_SECRET BIGCITY_MOBILE_DIGITS BIGCITY_TIME_ZONE BIGCITY_RATE
		MICROSITE_USER MICROSITE_PASSWORD MICROSITE_USER_NEXT MICROSITE_PASSWORD_NEXT MICROSITE_LISTEN MICROSITE_CUSTOMER_ID
		MICROSITE_INVALID_CUSTOMER_STATUS MICROSITE_REPLAY_STATUS MICROSITE_PARTIAL_REVERSAL MICROSITE_RETURNED_DAYS
		MICROSITE_TOKEN_SECRET MICROSITE_TOKEN_LIFETIME MICROSITE_TOKEN_ISSUER MICROSITE_TOKEN_AUDIENCE
		MICROSITE_OTP_LIFETIME MICROSITE_OTP_PER_HOUR MICROSITE_OTP_FAILURES MICROSITE_SMS_URL MICROSITE_SMS_METHOD MICROSITE_SMS_HEADERS
		MICROSITE_SMS_CONTENT_TYPE MICROSITE_SMS_BODY MICROSITE_SMS_TEXT MICROSITE_SMS_SECRET MICROSITE_SMS_EXPECT MICROSITE_SMS_TIMEOUT MICROSITE_SMS_CONSOLE
		TIME_ZONE PHONE_COUNTRY LOG_LEVEL LOG_FORMAT MAX_IN_FLIGHT MAX_CONNECTIONS REQUEST_TIMEOUT HEADER_TIMEOUT BODY_TIMEOUT WRITE_TIMEOUT IDLE_TIMEOUT DRAIN_DELAY DRAIN_TIMEOUT`
	var got []string
	for _, f := range (Config{}).fields() {
		got = append(got, strings.TrimPrefix(f.name, "ADAPTER_"))
	}
	assert.Equal(t, strings.Fields(want), got)
}

// A rule on a variable that does not exist would never be seen.
func TestRulesNameVariables(t *testing.T) {
	names := map[string]bool{}
	for _, f := range (Config{}).fields() {
		names[f.name] = true
	}
	for _, r := range rules {
		for _, name := range append(r.reads, r.on) {
			assert.True(t, names[name], name)
		}
	}
}

func TestPercentText(t *testing.T) {
	for text, want := range map[string]Percent{"0": 0, "1": 100, "2.5": 250, "0.05": 5, "100": 10000, "100.00": 10000, "007.10": 710} {
		var p Percent
		require.NoError(t, p.UnmarshalText([]byte(text)))
		assert.Equal(t, want, p)
		var again Percent
		require.NoError(t, again.UnmarshalText([]byte(p.String())))
		assert.Equal(t, p, again)
	}
	for _, text := range []string{"", ".5", "1.", "1e1", "+1", " 1", "1000", "100.1", "1.005"} {
		var p Percent
		assert.Error(t, p.UnmarshalText([]byte(text)), text)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		d    int
	}{{"", "", 0}, {"a", "", 1}, {"LISTEN", "LISETN", 1}, {"TLS", "TSL", 1}, {"abc", "xyz", 3}} {
		assert.Equal(t, c.d, distance(c.a, c.b))
		assert.Equal(t, c.d, distance(c.b, c.a))
	}
}

// Load gives what envconfig gives for the same variables, which are here those of every field.
func TestReadsLikeEnvconfig(t *testing.T) {
	for _, entry := range os.Environ() { // of whoever runs the tests
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, prefix+"_") {
			t.Setenv(name, value) // put back at the end
			require.NoError(t, os.Unsetenv(name))
		}
	}
	var environ []string
	for _, f := range (Config{}).fields() {
		value := "text"
		switch v := f.value.Interface().(type) {
		case Percent:
			value = "2.5"
		case Zone:
			value = "Asia/Tokyo"
		case Networks:
			value = "10.0.0.0/8, ::1"
		case Secret, DSN:
			value = "sqlite:x.db"
		case bool:
			value = "true"
		default:
			if f.isDuration() {
				value = "90m"
			} else if f.isInteger() {
				value = "7"
			}
			_ = v
		}
		environ = append(environ, f.name+"="+value)
		t.Setenv(f.name, value)
	}
	var want, got Config
	require.NoError(t, envconfig.Process(prefix, &want))
	l := newLoader(environ, fieldsOf(&got))
	for _, f := range l.known {
		l.read(f)
	}
	assert.Empty(t, l.faults)
	assert.Equal(t, want, got)
}
