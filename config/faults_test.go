package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
)

// Every row is one setting that is wrong by itself, and a part of what must be said about it.
var wrongSettings = []struct{ setting, says string }{
	{"LISTEN=8443", `"8443" is not host:port; allowed are such as :8443`},
	{"LISTEN=:http", "is not host:port"},
	{"LISTEN=:70000", "is not host:port"},
	{"LISTEN=a b:80", "is not host:port"},
	{"LISTEN=off", "is not host:port"},
	{"OPS_LISTEN=no", "or off"},
	{"OPS_LISTEN=:8443", "takes the port of ADAPTER_LISTEN"},
	{"OPS_LISTEN=127.0.0.1:8443", "takes the port of ADAPTER_LISTEN"},
	{"TLS=self", "allowed: self-signed, files, off"},
	{"TLS_CERT=/x", "allowed with ADAPTER_TLS=files only"},
	{"TLS_KEY=/x", "allowed with ADAPTER_TLS=files only"},
	{"DATABASE=data/adapter.db", "the scheme is missing; allowed: sqlite:PATH, mysql:USER:PASSWORD@tcp(HOST:3306)/NAME"},
	{"DATA_DIR=/data?x", "the path of the embedded store cannot have"},
	{"DATABASE=sqlite:", "the path of the file is missing"},
	{"DATABASE=sqlite:?mode=ro", "the path of the file is missing"},
	{"DATABASE=sqlite3:x.db", "did you mean sqlite?"},
	{"DATABASE=postgres:x", "the scheme is unknown; allowed:"},
	{"DATABASE=mysql:", "the name of the database is missing"},
	{"DATABASE=mysql:u:p@tcp(h:1)/", "the name of the database is missing"},
	{"DATABASE=mysql:tcp(h:1)/x", "the user is missing"},
	{"DATABASE=mysql::p@tcp(h:1)/x", "the user is missing"},
	{"DATABASE=mysql:u:p@h:1/x", "the server is not written as tcp(HOST:PORT)"},
	{"DATABASE=mysql:u:p@udp(h:1)/x", "the server is not written as tcp(HOST:PORT)"},
	{"DATABASE=mysql:u:p@tcp()/x", "the host is missing"},
	{"DATABASE=mysql://u:p@h:1/x", "is written as a URL"},
	{"DATABASE=sqlite:a\nb", "control character"},
	{"DATABASE=mysql:u:p@tcp(h:1)/x?tls=custom", "custom with ADAPTER_DATABASE_CA"},
	{"DATABASE=mysql:u:p@tcp(h:1)/x?tls=%zz", "badly escaped"},
	{"DATABASE_CA=/x", "is no mysql address"},
	{"DATABASE_KEY=/x", "is no mysql address"},
	{"DATABASE_CONNECTIONS=0", "0 is out of range; allowed: 1 to 512"},
	{"DATABASE_CONNECTIONS=513", "allowed: 1 to 512"},
	{"DATABASE_CONNECTIONS=010", "is not a whole number; allowed: 1 to 512"},
	{"DATABASE_CONNECTIONS=many", "is not a whole number"},
	{"DATABASE_CONNECTIONS=99999999999999999999", "is not a whole number"},
	{"DATABASE_ALLOW_UNSAFE=maybe", "allowed: true, false"},
	{"KOSHELEK_VERSION=1.4.0", "allowed: 1.0.0, 1.1.0, 1.2.0, 1.3.0"},
	{"KOSHELEK_USER=a:b", "holds a colon or a control character"},
	{"KOSHELEK_USER=a\tb", "holds a colon or a control character"},
	{"KOSHELEK_USER=\xff", "any other UTF-8 text"},
	{"KOSHELEK_PASSWORD=elevenchars", "12 characters or more"},
	{"KOSHELEK_PASSWORD=паролькотор", "12 characters or more"},
	{"KOSHELEK_PASSWORD=twelve chars\a", "control character"},
	{"KOSHELEK_PASSWORD_NEXT=shrt", "12 characters or more"},
	{"KOSHELEK_USER_NEXT=next", "set without ADAPTER_KOSHELEK_PASSWORD_NEXT"},
	{"KOSHELEK_USER_NEXT=a:b", "holds a colon"},
	{"KOSHELEK_UNAUTHORIZED_STATUS=403", "403\" is not allowed; allowed: 401, 422"},
	{"KOSHELEK_UNAUTHORIZED_STATUS=x", "allowed: 401, 422"},
	{"KOSHELEK_CONTENT_TYPE_SEMICOLON=on", "allowed: true, false"},
	{"KOSHELEK_ACCEPT_PUT=2", "allowed: true, false"},
	{"KOSHELEK_RESERVE_FORMAT=number", "allowed: string, digits"},
	{"KOSHELEK_OFFERS_PATH=a/b", "one path segment"},
	{"KOSHELEK_OFFERS_PATH=Purchases", "not purchases or communication"},
	{"KOSHELEK_OFFERS_PATH=communication", "not purchases or communication"},
	{"KOSHELEK_BLOCKED=hide", "allowed: error, inactive"},
	{"KOSHELEK_LANGUAGE=de", "allowed: ru, en"},
	{"CARD_TEMPLATE= ", "a template is needed"},
	{"CARD_BARCODE_TYPE=EAN13", "allowed: EAN_8, EAN_13, CODE_128, UPC_A, QR_CODE"},
	{"CARD_BARCODE_TEMPLATE= ", "a template is needed"},
	{"CARD_FROM_PHONE=y", "allowed: true, false"},
	{"CARD_RESERVE_FOR=59s", "59s is out of range; allowed: 1m to 168h"},
	{"CARD_RESERVE_FOR=169h", "allowed: 1m to 168h"},
	{"EARN_PERCENT=100.01", "0 to 100"},
	{"EARN_PERCENT=1.234", "two decimals at most"},
	{"EARN_PERCENT=-1", "0 to 100"},
	{"EARN_PERCENT=1,5", "with a point"},
	{"EARN_CAP=-1", "allowed: 0 or more"},
	{"EARN_MAX_AGE=0s", "allowed: more than 0s"},
	{"EARN_CLOCK_SKEW=-1s", "allowed: 0s or more"},
	{"EARN_PENDING=-1s", "allowed: 0s or more"},
	{"EARN_PENDING=8760h", "less than ADAPTER_EARN_LIFETIME"},
	{"EARN_LIFETIME=-1s", "allowed: 0s or more"},
	{"EARN_WELCOME=-1", "allowed: 0 or more"},
	{"EARN_PROMO_CODE=1.5", "is not a whole number"},
	{"EARN_UNMARKED_RECEIPTS=ja", "allowed: true, false"},
	{"TIME_ZONE=Moscow", "is not a known time zone"},
	{"TIME_ZONE=Local", "is not a known time zone"},
	{"LOG_LEVEL=trace", "allowed: debug, info, warn, error"},
	{"LOG_FORMAT=text", "allowed: json, console"},
	{"TRUSTED_PROXIES=10.0.0.0/33", "is no list of IP addresses and networks"},
	{"TRUSTED_PROXIES=10.0.0.1,", "is no list of IP addresses and networks"},
	{"TRUSTED_PROXIES=proxy.example.com", "is no list of IP addresses and networks"},
	{"MAX_IN_FLIGHT=10001", "allowed: 1 to 10000"},
	{"REQUEST_TIMEOUT=0s", "allowed: more than 0s"},
	{"REQUEST_TIMEOUT=10", "such as 500ms, 10s or 24h"},
	{"HEADER_TIMEOUT=-5s", "allowed: more than 0s"},
	{"BODY_TIMEOUT=0s", "allowed: more than 0s"},
	{"WRITE_TIMEOUT=0s", "allowed: more than 0s"},
	{"WRITE_TIMEOUT=10s", "more than ADAPTER_REQUEST_TIMEOUT"},
	{"IDLE_TIMEOUT=0s", "allowed: more than 0s"},
	{"DRAIN_DELAY=-1s", "allowed: 0s or more"},
	{"DRAIN_TIMEOUT=0s", "allowed: more than 0s"},
	{"LOG_LEVEL=in\x00fo", "NUL byte"},
	{"LISEN=:1", "did you mean ADAPTER_LISTEN?"},
	{"KOSHELEK_PASSWROD=x", "did you mean ADAPTER_KOSHELEK_PASSWORD?"},
	{"KOSHELEK_PASSWORD_FIEL=x", "did you mean ADAPTER_KOSHELEK_PASSWORD_FILE?"},
	{"LISTEN_FILE=x", "ADAPTER_LISTEN cannot be given as a file"},
	{"SOMETHING_ELSE=x", "the table of settings lists the names"},
	{"PORT=8443", "unknown"},
	{strings.Repeat("X", 1<<16) + "=x", "unknown"},
}

func TestEveryFault(t *testing.T) {
	for _, c := range wrongSettings {
		name, value, _ := strings.Cut("ADAPTER_"+c.setting, "=")
		all := faults(t, "ADAPTER_"+c.setting)
		require.Len(t, all, 1, "%.80s", c.setting)
		assert.Contains(t, all[name], c.says, "%.80s", c.setting)
		assert.NotContains(t, all[name], "\n")
		if strings.Contains(name, "PASS") && len(value) > 1 {
			assert.NotContains(t, all[name], value)
		}
	}
}

// A long value is cut: the log is not the place for it.
func TestLongValueIsCut(t *testing.T) {
	all := faults(t, "ADAPTER_LOG_LEVEL="+strings.Repeat("ы", 1000))
	assert.Less(t, len(all["ADAPTER_LOG_LEVEL"]), 250)
}

// A rule over two variables says nothing when one of them is wrong already.
func TestNoFaultFollowsFromAnother(t *testing.T) {
	for _, environ := range [][]string{
		{"ADAPTER_TLS=flies", "ADAPTER_TLS_CERT=/x"},
		{"ADAPTER_REQUEST_TIMEOUT=x", "ADAPTER_WRITE_TIMEOUT=5s"},
		{"ADAPTER_LISTEN=9090", "ADAPTER_OPS_LISTEN=:8443"},
		{"ADAPTER_KOSHELEK_USER_NEXT=u", "ADAPTER_KOSHELEK_PASSWORD_NEXT_FILE=/does/not/exist"},
	} {
		assert.Len(t, faults(t, environ...), 1, "%v", environ)
	}
}

func TestListenersMayNotMeet(t *testing.T) {
	for _, c := range []struct {
		listen, ops string
		meet        bool
	}{
		{":0", ":0", false}, {"127.0.0.1:1", "127.0.0.2:1", false}, {":1", ":2", false}, {":1", "off", false},
		{"LocalHost:1", "localhost:1", true}, {"0.0.0.0:1", "127.0.0.1:01", true}, {"[::1]:1", "[::]:1", true},
	} {
		all := faults(t, "ADAPTER_LISTEN="+c.listen, "ADAPTER_OPS_LISTEN="+c.ops)
		assert.Equal(t, c.meet, len(all) == 1, "%v: %v", c, all)
	}
}

// What Kubernetes sets for a Service called adapter is nobody's mistake; a part of it alone is.
func TestKubernetesServices(t *testing.T) {
	family := []string{"ADAPTER_SERVICE_HOST=10.0.0.1", "ADAPTER_SERVICE_PORT=8443", "ADAPTER_SERVICE_PORT_HTTPS=8443", "ADAPTER_PORT=tcp://10.0.0.1:8443",
		"ADAPTER_PORT_8443_TCP=tcp://10.0.0.1:8443", "ADAPTER_PORT_8443_TCP_PROTO=tcp", "ADAPTER_PORT_8443_TCP_PORT=8443", "ADAPTER_PORT_8443_TCP_ADDR=10.0.0.1",
		"ADAPTER_OPS_SERVICE_HOST=10.0.0.2", "ADAPTER_OPS_SERVICE_PORT=9090", "ADAPTER_OPS_PORT_9090_TCP=tcp://10.0.0.2:9090"}
	assert.Empty(t, faults(t, family...))
	assert.Len(t, faults(t, family[1:8]...), 7)
	assert.Len(t, faults(t, family[0], family[3]), 2)
	assert.Len(t, faults(t, append(family, "ADAPTER_PORTS=1")...), 1)
}

func TestExtraSchemes(t *testing.T) {
	_, err := config.Load([]string{"ADAPTER_DATABASE=mycrm:"}, "mycrm")
	require.NoError(t, err, "only the backend knows whether it needs anything")
	_, err = config.Load([]string{"ADAPTER_DATABASE=mcrm:x"}, "mycrm")
	assert.ErrorContains(t, err, "did you mean mycrm?; allowed: sqlite:PATH, mysql:USER:PASSWORD@tcp(HOST:3306)/NAME, mycrm:ANYTHING")
	_, err = config.Load([]string{"ADAPTER_DATABASE=mycrm"}, "mycrm")
	assert.ErrorContains(t, err, "the scheme is missing")
}

func TestValidateOfAHandMadeConfig(t *testing.T) {
	var cfg config.Config
	byName := map[string]bool{}
	for _, f := range cfg.Validate() {
		byName[f.Variable] = true
	}
	for _, name := range []string{"ADAPTER_LISTEN", "ADAPTER_TLS", "ADAPTER_DATABASE", "ADAPTER_REQUEST_TIMEOUT", "ADAPTER_CARD_TEMPLATE"} {
		assert.True(t, byName[name], name)
	}
	cfg.Earn.Percent = 100_01
	assert.Contains(t, config.Faults(cfg.Validate()).Error(), "ADAPTER_EARN_PERCENT: 100.01 is out of range")
}
