package sqldb

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

// TestTLSToTheDatabase: an authority of one's own is trusted when it is given, by
// each form of the address, and nothing else is.
func TestTLSToTheDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755)) // mariadbd reads it as another user
	roots := ownCertificate(t, dir)
	server := mariadbtest.Start(t, "--ssl-cert="+filepath.Join(dir, "cert.pem"), "--ssl-key="+filepath.Join(dir, "key.pem"))
	config, err := mysql.ParseDSN(server.Database(t))
	require.NoError(t, err)
	address := func(hosts, params string) string {
		return "mysql:" + config.User + ":" + config.Passwd + "@tcp(" + hosts + ")/" + config.DBName + params
	}
	cipher := func(dsn string, encrypted *tls.Config) (string, error) {
		store, err := Open(context.Background(), dsn, Options{TLS: encrypted})
		if err != nil {
			return "", err
		}
		defer func() { _ = store.Close() }()
		var name, value string
		err = store.engine.(*mysqlEngine).db.QueryRow("SHOW STATUS LIKE 'Ssl_cipher'").Scan(&name, &value)
		return value, err
	}
	trusting := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	for _, dsn := range []string{
		address(config.Addr, ""), address(config.Addr, "?tls=custom"), address(config.Addr, "?timeout=5s&tls=custom"),
		address("127.0.0.1:1,"+config.Addr, ""), address("127.0.0.1:1,"+config.Addr, "?tls=custom&timeout=5s"),
	} {
		used, err := cipher(dsn, trusting)
		if assert.NoError(t, err, dsn) {
			assert.NotEmpty(t, used)
		}
	}
	for name, wrong := range map[string]*tls.Config{
		"another authority": {RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12},
		"another name":      {RootCAs: roots, ServerName: "db.example", MinVersion: tls.VersionTLS12},
	} {
		_, err := cipher(address(config.Addr, ""), wrong)
		assert.Error(t, err, name)
	}
	stranger := relay(t, "127.0.0.2:0", config.Addr) // the same server by an address that is not certified
	_, err = cipher(address(stranger+",127.0.0.3:1", ""), trusting)
	assert.ErrorContains(t, err, "127.0.0.2", "no node has the name that is certified")
	_, err = cipher(address(config.Addr+",127.0.0.3:1", ""), &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12})
	assert.Error(t, err, "another authority")
	_, err = cipher(address(config.Addr, "?tls=true"), nil)
	assert.Error(t, err, "the machine's authorities do not know it")
}

// relay listens on an address and passes everything to another one.
func relay(t *testing.T, from, to string) string {
	l, err := net.Listen("tcp", from)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				behind, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer func() { _ = behind.Close() }()
				go func() { _, _ = io.Copy(behind, c) }()
				_, _ = io.Copy(c, behind)
			}()
		}
	}()
	return l.Addr().String()
}

// ownCertificate puts a certificate for 127.0.0.1 and its key into the folder, and
// gives who trusts it.
func ownCertificate(t *testing.T, dir string) *x509.CertPool {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	secret, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cert.pem"), certificate, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), 0o644))
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(certificate))
	return roots
}
