package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/server/app"
)

// certificatePair writes a certificate that ends after so much time, and its key.
func certificatePair(t *testing.T, left time.Duration) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "adapter.example"}, DNSNames: []string{"adapter.example"},
		NotBefore: time.Now().Add(-90 * 24 * time.Hour), NotAfter: time.Now().Add(left),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{
		certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret},
	} {
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	}
	return certificate, key
}

// diagnosed gives the line of 'doctor' about something.
func (d *desk) diagnosed(what string) (code int, verdict, text string) {
	d.t.Helper()
	code, out, log := d.try("doctor")
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[1] == what {
			return code, fields[0], line
		}
	}
	d.t.Fatalf("doctor says nothing of %s: %s%s", what, out, log)
	return 0, "", ""
}

func TestDoctorLooksAtTheCertificate(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		left          time.Duration
		verdict, says string
		code          int
	}{
		"long":  {300*day + time.Hour, "ok", "valid for 300 days", app.ExitOK},
		"short": {13*day + time.Hour, "advice", "renew it soon", app.ExitOK},
		"over":  {-time.Hour, "FAULT", "it is over", app.ExitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			certificate, key := certificatePair(t, c.left)
			d := newDesk(t, "", "ADAPTER_TLS=files", "ADAPTER_TLS_CERT="+certificate, "ADAPTER_TLS_KEY="+key)
			code, verdict, line := d.diagnosed("certificate")
			assert.Equal(t, c.code, code)
			assert.Equal(t, c.verdict, verdict)
			assert.Contains(t, line, c.says)
		})
	}
}

func TestDoctorLooksForCertificates(t *testing.T) {
	d := newDesk(t, "", "ADAPTER_TLS=self-signed")
	code, verdict, line := d.diagnosed("certificate")
	assert.Equal(t, app.ExitOK, code)
	assert.Equal(t, "ok", verdict)
	assert.Contains(t, line, "first start")

	// What stands where the certificate should be is looked at.
	file := filepath.Join(d.env["ADAPTER_DATA_DIR"], "tls-cert.pem")
	for _, content := range []string{"no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		code, verdict, line = d.diagnosed("certificate")
		assert.Equal(t, app.ExitFailed, code)
		assert.Equal(t, "FAULT", verdict)
		assert.Contains(t, line, "cannot be read")
	}
}

func TestDoctorNamesUnsafeSettings(t *testing.T) {
	server := mariadbtest.Start(t, "--innodb-flush-log-at-trx-commit=2")
	d := newDesk(t, "mysql:"+server.Database(t), "ADAPTER_DATABASE_ALLOW_UNSAFE=true")
	code, verdict, line := d.diagnosed("setting")
	assert.Equal(t, app.ExitFailed, code)
	assert.Equal(t, "FAULT", verdict)
	assert.Contains(t, line, "innodb_flush_log_at_trx_commit is 2, must be 1")
}

func TestDoctorWithoutADatabase(t *testing.T) {
	d := &desk{t: t, env: environment(t), dir: t.TempDir()}
	code, verdict, _ := d.diagnosed("database")
	assert.Equal(t, app.ExitFailed, code)
	assert.Equal(t, "FAULT", verdict)
	require.NoError(t, os.WriteFile(strings.TrimPrefix(d.env["ADAPTER_DATABASE"], "sqlite:"), []byte(strings.Repeat("no database ", 100)), 0o600))
	code, verdict, line := d.diagnosed("database")
	assert.Equal(t, app.ExitFailed, code)
	assert.Equal(t, "FAULT", verdict)
	assert.Contains(t, line, "cannot be opened")
}

// TestVerifyFindsWhatDiffers: a balance that was changed behind the programme's
// back is listed, and the exit code tells scripts.
func TestVerifyFindsWhatDiffers(t *testing.T) {
	d := newDesk(t, "", anyBarcode)
	d.must("import", "cards", d.cardsFile("cards.csv", 3))
	db, err := sql.Open("sqlite", strings.TrimPrefix(d.env["ADAPTER_DATABASE"], "sqlite:"))
	require.NoError(t, err)
	defer db.Close()
	var number string
	require.NoError(t, db.QueryRow("SELECT number FROM card ORDER BY number LIMIT 1").Scan(&number))
	_, err = db.Exec("UPDATE card SET balance = balance + 7 WHERE number = ?", number)
	require.NoError(t, err)

	code, out, log := d.try("verify")
	assert.Equal(t, app.ExitIncomplete, code)
	assert.Contains(t, out, number)
	assert.Contains(t, log, "1 cards differ")
	code, out, _ = d.try("verify", "--json")
	assert.Equal(t, app.ExitIncomplete, code)
	assert.Contains(t, out, `"differences": 1`)
	_, err = db.Exec("UPDATE card SET balance = balance - 7 WHERE number = ?", number)
	require.NoError(t, err)
	d.must("verify")
}

func TestSegmentsDecideOnOffers(t *testing.T) {
	onBoth(t, func(d *desk) {
		d.must("import", "cards", samples+"cards.csv")
		number := strings.Split(strings.Split(d.must("export", "cards"), "\n")[1], ",")[0]
		d.must("offers", "add", "o-1", "--audience", "segment", "--target", "students", "--name", "Ten percent")
		server := start(d.t, d.env)
		offers := func() string {
			status, body := server.call("GET", "/v1/card/"+number+"/campaigns", "")
			require.Equal(d.t, 200, status, body)
			return body
		}
		assert.NotContains(d.t, offers(), "o-1")
		assert.Contains(d.t, d.must("card", "segments", number, "students", "moscow", "students"), "moscow, students")
		assert.Contains(d.t, offers(), "o-1")
		d.must("card", "segments", number, "moscow")
		assert.NotContains(d.t, offers(), "o-1")
		d.must("card", "segments", number, "students")
		assert.Equal(d.t, []any{}, answer[map[string]any](d, "card", "segments", number, "--none")["segments"])
		assert.NotContains(d.t, offers(), "o-1")
		for _, args := range [][]string{{number}, {number, "a", "--none"}, {}} {
			code, _, _ := d.try(append([]string{"card", "segments"}, args...)...)
			assert.Equal(d.t, app.ExitMisused, code, "%v", args)
		}
		code, _, _ := d.try("card", "segments", "404", "students")
		assert.Equal(d.t, app.ExitFailed, code)
		code, _, _ = d.try("card", "segments", number, "a\nb")
		assert.Equal(d.t, app.ExitFailed, code)
	})
}
