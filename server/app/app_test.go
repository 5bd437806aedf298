package app_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/schema/koshelek"
	"koshelek-adapter/server/app"
	"koshelek-adapter/server/app/tlscert"
	"koshelek-adapter/version"
)

func TestFirstStartMakesAPasswordOnce(t *testing.T) {
	t.Parallel()
	env := environment(t, "ADAPTER_KOSHELEK_PASSWORD=", "ADAPTER_TLS=self-signed")
	first := start(t, env)
	file := filepath.Join(first.dir, "koshelek-password")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	password := strings.TrimSpace(string(text))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	assert.Len(t, password, 32)
	assert.Equal(t, 1, strings.Count(first.out.String(), password), "printed once, with a ready curl line")
	assert.Contains(t, first.out.String(), "curl --cacert "+filepath.Join(first.dir, "tls-cert.pem"))
	assert.NotContains(t, first.log.String(), password)

	printed := regexp.MustCompile(`(?m)^ +curl .* https://[^/]+(/\S+)$`).FindStringSubmatch(first.out.String())
	require.Len(t, printed, 2, first.out.String())

	first.trust(filepath.Join(first.dir, "tls-cert.pem"))
	status, body := first.callAs("koshelek", password, "GET", printed[1], "")
	assert.Equal(t, 200, status)
	assert.NotEmpty(t, body, "the printed line answers with something to see")
	status, _ = first.callAs("koshelek", "wrong", "GET", "/v1/card?msisdn=79216668899", "")
	assert.Equal(t, 401, status)
	assert.Equal(t, app.ExitOK, first.end())

	second := start(t, env)
	assert.Empty(t, second.out.String(), "the second start has nothing to print")
	second.trust(filepath.Join(first.dir, "tls-cert.pem"))
	status, _ = second.callAs("koshelek", password, "GET", "/v1/card?msisdn=79216668899", "")
	assert.Equal(t, 200, status)
}

func TestPasswordFileMustBePrivate(t *testing.T) {
	env := environment(t, "ADAPTER_KOSHELEK_PASSWORD=")
	file := filepath.Join(env["ADAPTER_DATA_DIR"], "koshelek-password")
	require.NoError(t, os.WriteFile(file, []byte("a password for everybody\n"), 0o644))
	code, _, log := command(t, env)
	assert.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "chmod 600")
	assert.NotContains(t, log, "everybody")
}

func TestPasswordsRotateWithoutAFailedCall(t *testing.T) {
	r := start(t, environment(t, "ADAPTER_KOSHELEK_PASSWORD_NEXT=the password of tomorrow"))
	for _, password := range []string{testPassword, "the password of tomorrow"} {
		status, _ := r.callAs(testUser, password, "GET", "/v1/card?msisdn=79216668899", "")
		assert.Equal(t, 200, status)
	}
}

func TestEveryFaultIsListed(t *testing.T) {
	env := environment(t, "ADAPTER_LISTEN=nowhere", "ADAPTER_KOSHELEK_VERSION=2.0.0", "ADAPTER_KOSHELEK_PASWORD=secret-in-a-typo",
		"ADAPTER_TLS=files", "ADAPTER_EARN_PERCENT=101")
	code, out, log := command(t, env)
	assert.Equal(t, app.ExitMisused, code)
	assert.Empty(t, out)
	for _, name := range []string{
		"ADAPTER_LISTEN", "ADAPTER_KOSHELEK_VERSION", "ADAPTER_KOSHELEK_PASWORD", "ADAPTER_KOSHELEK_PASSWORD",
		"ADAPTER_TLS_CERT", "ADAPTER_TLS_KEY", "ADAPTER_EARN_PERCENT",
	} {
		assert.Contains(t, log, name)
	}
	assert.NotContains(t, log, "secret-in-a-typo")
}

func TestBadTemplateIsAFaultOfTheSettings(t *testing.T) {
	code, _, log := command(t, environment(t, "ADAPTER_CARD_TEMPLATE=12345"))
	assert.Equal(t, app.ExitMisused, code)
	assert.Contains(t, log, "ADAPTER_CARD_TEMPLATE")
}

func TestCommands(t *testing.T) {
	env := environment(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"version"}, app.ExitOK, "koshelek-adapter " + version.Number},
		{[]string{"migrate"}, app.ExitOK, "up to date"},
		{[]string{"config"}, app.ExitOK, "`ADAPTER_DATABASE`"},
		{[]string{"errors"}, app.ExitOK, "card_blocked"},
		{[]string{"help"}, app.ExitOK, "migrate"},
	} {
		code, out, log := command(t, env, c.args...)
		assert.Equal(t, c.code, code, "%v: %s", c.args, log)
		assert.Contains(t, out, c.want, c.args)
	}
	code, _, log := command(t, env, "bogus")
	assert.Equal(t, app.ExitMisused, code)
	assert.Contains(t, log, "bogus")
}

func TestHealth(t *testing.T) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := socket.Addr().String()
	require.NoError(t, socket.Close())
	env := environment(t, "ADAPTER_OPS_LISTEN="+address)
	code, _, _ := command(t, env, "health")
	assert.Equal(t, app.ExitFailed, code, "nothing runs yet")
	start(t, env)
	require.Eventually(t, func() bool {
		code, out, _ := command(t, env, "health")
		return code == app.ExitOK && strings.Contains(out, "ready")
	}, time.Minute, 5*time.Millisecond)
}

func TestOperationsSurface(t *testing.T) {
	r := start(t, environment(t))
	r.call("GET", "/v1/card?msisdn=79216668899", "")
	require.Eventually(t, func() bool { status, _ := r.get("/readyz"); return status == 200 }, time.Minute, time.Millisecond)
	status, _ := r.get("/healthz")
	assert.Equal(t, 200, status)
	_, document := r.get("/openapi.yaml")
	assert.Equal(t, string(koshelek.OpenAPI()), document)
	_, metrics := r.get("/metrics")
	for _, name := range []string{
		`adapter_koshelek_requests_total{code="none",method="GET",route="/v1/card",status="200"} 1`,
		"adapter_store_commit_operations_count", `adapter_pool_numbers{state="free"} 0`, "adapter_build_info",
	} {
		assert.True(t, strings.Contains(metrics, name), name)
	}
	assert.False(t, strings.Contains(metrics, "79216668899"), "a phone stands in the metrics")
}

func TestOperationsCanBeOff(t *testing.T) {
	r := start(t, environment(t, "ADAPTER_OPS_LISTEN=off"))
	status, _ := r.call("GET", "/v1/card?msisdn=79216668899", "")
	assert.Equal(t, 200, status)
}

func TestTLS(t *testing.T) {
	r := start(t, environment(t, "ADAPTER_TLS=self-signed"))
	r.trust(filepath.Join(r.dir, "tls-cert.pem"))
	request, err := http.NewRequest("GET", r.url+"/v1/card?msisdn=79216668899", nil)
	require.NoError(t, err)
	request.SetBasicAuth(testUser, testPassword)
	answer, err := r.client.Do(request)
	require.NoError(t, err)
	answer.Body.Close()
	assert.Equal(t, 2, answer.ProtoMajor, "HTTP/2")
	_, err = tls.Dial("tcp", strings.TrimPrefix(r.url, "https://"), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	assert.ErrorContains(t, err, "protocol version")
}

func TestCertificateFilesAreReloaded(t *testing.T) {
	t.Parallel()
	made := func() (string, string) {
		cert, key, err := tlscert.SelfSigned(t.TempDir(), time.Now(), nil)
		require.NoError(t, err)
		return cert, key
	}
	oldCert, oldKey := made()
	newCert, newKey := made()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	install := func(fromCert, fromKey string) {
		for from, to := range map[string]string{fromCert: cert, fromKey: key} {
			text, err := os.ReadFile(from)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(to+".new", text, 0o600))
			require.NoError(t, os.Rename(to+".new", to))
		}
	}
	install(oldCert, oldKey)
	r := start(t, environment(t, "ADAPTER_TLS=files", "ADAPTER_TLS_CERT="+cert, "ADAPTER_TLS_KEY="+key))
	r.trust(oldCert)
	status, _ := r.call("GET", "/v1/card?msisdn=79216668899", "")
	require.Equal(t, 200, status)
	install(newCert, newKey)
	require.Eventually(t, func() bool {
		r.trust(newCert)
		status, _, err := send(r.client, testUser, testPassword, "GET", r.url+"/v1/card?msisdn=79216668899", "")
		return err == nil && status == 200
	}, 15*time.Second, 50*time.Millisecond)
}

// TestDrainLosesNoAnswer stops the program while a request is half sent: it is
// still answered, and only then does the program end.
func TestDrainLosesNoAnswer(t *testing.T) {
	r := start(t, environment(t))
	address := strings.TrimPrefix(r.url, "http://")
	socket, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer socket.Close()
	body := `{"phone":"79216668899"}`
	_, err = fmt.Fprintf(socket, "POST /v1/card/anonymous HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		basic(testUser, testPassword), len(body), body[:5])
	require.NoError(t, err)
	// Connections are accepted in order: once a later one is answered, this one
	// is the server's to finish.
	status, _ := r.call("GET", "/v1/card?msisdn=79216668899", "")
	require.Equal(t, 200, status)
	r.stop()
	require.Eventually(t, func() bool { return strings.Contains(r.log.String(), "draining") }, time.Minute, time.Millisecond)
	status, _ = r.get("/readyz")
	assert.Equal(t, http.StatusServiceUnavailable, status, "not ready while draining")
	_, err = socket.Write([]byte(body[5:]))
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(socket), nil)
	require.NoError(t, err)
	defer answer.Body.Close()
	assert.Equal(t, 200, answer.StatusCode)
	var card koshelek.CardAnswer
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&card))
	assert.Equal(t, app.ExitOK, r.end())

	again := start(t, r.env)
	_, found := again.call("GET", "/v1/card?msisdn=79216668899", "")
	assert.Contains(t, found, card.Card.CardNumber, "what was answered is there")
}

func basic(user, password string) string {
	request := &http.Request{Header: http.Header{}}
	request.SetBasicAuth(user, password)
	return request.Header.Get("Authorization")
}

// TestDatabaseGoneInMidFlight: calls are answered inside the contract while the
// database is away, and again as before once it is back, without a restart.
func TestDatabaseGoneInMidFlight(t *testing.T) {
	t.Parallel()
	server := mariadbtest.Start(t)
	r := start(t, environment(t, "ADAPTER_DATABASE=mysql:"+server.Database(t)))
	status, issued := r.call("POST", "/v1/card/anonymous", `{"phone":"79216668899"}`)
	require.Equal(t, 200, status, issued)
	require.NoError(t, server.Kill())
	for _, call := range [][3]string{
		{"GET", "/v1/card?msisdn=79216668899", ""},
		{"POST", "/v1/card/anonymous", `{"phone":"79210000001"}`},
		{"POST", "/v1/promo/code", `{"msisdn":"79216668899","code":"X"}`},
	} {
		status, body := r.call(call[0], call[1], call[2])
		assert.Equal(t, 422, status, call)
		var e koshelek.Error
		require.NoError(t, json.Unmarshal([]byte(body), &e))
		assert.Equal(t, "902", e.Code, body)
		assert.NotContains(t, body, "127.0.0.1")
	}
	status, reason := r.get("/readyz")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.NotContains(t, reason, "app:")
	require.NoError(t, server.Restart(context.Background()))
	require.Eventually(t, func() bool {
		status, found := r.call("GET", "/v1/card?msisdn=79216668899", "")
		return status == 200 && found == strings.Replace(issued, `,"bonus"`, "", 1)
	}, time.Minute, 20*time.Millisecond)
	status, _ = r.call("POST", "/v1/card/anonymous", `{"phone":"79210000001"}`)
	assert.Equal(t, 200, status)
	status, _ = r.get("/readyz")
	assert.Equal(t, 200, status)
}

func TestUnsafeDatabaseIsRefused(t *testing.T) {
	server := mariadbtest.Start(t, "--innodb-flush-log-at-trx-commit=2")
	env := environment(t, "ADAPTER_DATABASE=mysql:"+server.Database(t), "ADAPTER_DATABASE_ALLOW_UNSAFE=")
	code, _, log := command(t, env)
	assert.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "innodb_flush_log_at_trx_commit is 2, must be 1")
	env["ADAPTER_DATABASE_ALLOW_UNSAFE"] = "true"
	r := start(t, env)
	assert.Contains(t, r.log.String(), "database.unsafe")
}

// TestTwoProcessesOnOneDatabase: twins of one phone that reach two processes
// give one card, on both engines.
func TestTwoProcessesOnOneDatabase(t *testing.T) {
	for dbms, database := range map[string]string{
		"sqlite":  "sqlite:" + filepath.Join(t.TempDir(), "shared.db"),
		"mariadb": "mysql:" + mariadbtest.DSN(t),
	} {
		t.Run(dbms, func(t *testing.T) {
			var nodes []*running
			for range 2 {
				nodes = append(nodes, start(t, environment(t, "ADAPTER_DATABASE="+database, "ADAPTER_EARN_WELCOME=50")))
			}
			answers := make([]string, 16)
			var group sync.WaitGroup
			for i := range answers {
				group.Go(func() { _, answers[i] = nodes[i%2].call("POST", "/v1/card/anonymous", `{"phone":"79216668899"}`) })
			}
			group.Wait()
			for _, answer := range answers {
				assert.Equal(t, answers[0], answer)
			}
			_, phones := nodes[1].call("GET", "/v1/card/getAllUsers", "")
			assert.JSONEq(t, `["79216668899"]`, phones)
		})
	}
}

func TestOwnBackend(t *testing.T) {
	env := environment(t, "ADAPTER_DATABASE=mycrm:somewhere")
	path := filepath.Join(env["ADAPTER_DATA_DIR"], "own.db")
	r := start(t, env, app.WithStore("mycrm", func(ctx context.Context, rest string) (engine.Store, error) {
		assert.Equal(t, "somewhere", rest)
		return sqldb.Open(ctx, "sqlite:"+path, sqldb.Options{})
	}))
	status, _ := r.call("POST", "/v1/card/anonymous", `{"phone":"79216668899"}`)
	assert.Equal(t, 200, status)
	assert.FileExists(t, path)
	code, _, log := command(t, environment(t, "ADAPTER_DATABASE=mycrm:somewhere"))
	assert.Equal(t, app.ExitMisused, code, "a build without it: %s", log)
}

func TestPortTakenIsAClearError(t *testing.T) {
	r := start(t, environment(t))
	code, _, log := command(t, environment(t, "ADAPTER_LISTEN="+strings.TrimPrefix(r.url, "http://")))
	assert.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "address already in use")
}
