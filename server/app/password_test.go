package app_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/crm/sqldb/sqldbtest"
	"koshelek-adapter/server/app"
)

// TestPasswordOfSeveralProcesses: on a database that several may serve nothing is
// made that others do not know.
func TestPasswordOfSeveralProcesses(t *testing.T) {
	database := "ADAPTER_DATABASE=" + sqldbtest.MariaDB(t)
	code, _, log := command(t, environment(t, database, "ADAPTER_KOSHELEK_PASSWORD="), "serve")
	assert.Equal(t, app.ExitMisused, code)
	assert.Contains(t, log, "ADAPTER_KOSHELEK_PASSWORD: missing")
	code, _, log = command(t, environment(t, database, "ADAPTER_MICROSITE_USER=bigcity", "ADAPTER_MICROSITE_PASSWORD="+testPassword,
		"ADAPTER_MICROSITE_SMS_CONSOLE=true"), "serve")
	assert.Equal(t, app.ExitMisused, code)
	assert.Contains(t, log, "ADAPTER_MICROSITE_TOKEN_SECRET: missing")
}

// TestPasswordThatIsNotASCII is served and warned of, without the password.
func TestPasswordThatIsNotASCII(t *testing.T) {
	server := start(t, environment(t, "ADAPTER_KOSHELEK_PASSWORD=пароль из слов"))
	status, _ := server.callAs(testUser, "пароль из слов", http.MethodGet, "/v1/card/404", "")
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	_, page := server.get("/metrics")
	assert.Regexp(t, `adapter_store_wal_bytes [1-9]`, page)
	server.end()
	assert.Contains(t, server.log.String(), "password.not_ascii")
	assert.NotContains(t, server.log.String(), "пароль")
	assert.NotContains(t, start(t, environment(t)).log.String(), "password.not_ascii")
}
