package tlscert_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app/tlscert"
)

const day = 24 * time.Hour

// handshake connects a client that trusts roots and expects name, and returns what the server showed.
func handshake(t *testing.T, server, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		conn, err := listener.Accept()
		if err == nil {
			_ = conn.(*tls.Conn).Handshake()
			_ = conn.Close()
		}
	})
	defer serving.Wait()
	defer func() { _ = listener.Close() }()
	conn, err := tls.Dial("tcp", listener.Addr().String(), client)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	return conn.ConnectionState(), conn.Close()
}

func trust(t *testing.T, certFile string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(certFile)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	return pool
}

func leaf(t *testing.T, certFile, keyFile string) *x509.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	require.NoError(t, err)
	return pair.Leaf
}

func TestSelfSignedServes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	cert, key, err := tlscert.SelfSigned(dir, time.Now(), []string{"", "0.0.0.0", "::", "wallet.example.org", "192.0.2.7", "localhost"})
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "tls-cert.pem"), cert)
	assert.Equal(t, filepath.Join(dir, "tls-key.pem"), key)
	for path, mode := range map[string]os.FileMode{dir: 0o700, key: 0o600, cert: 0o644} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), path)
	}
	reloader, err := tlscert.NewReloader(cert, key, nil)
	require.NoError(t, err)
	names := []string{"localhost", "127.0.0.1", "::1", "wallet.example.org", "192.0.2.7"}
	if machine, err := os.Hostname(); err == nil {
		names = append(names, machine)
	}
	for _, name := range names {
		state, err := handshake(t, tlscert.Config(reloader.GetCertificate), &tls.Config{RootCAs: trust(t, cert), ServerName: name, NextProtos: []string{"h2"}})
		require.NoError(t, err, name)
		assert.Equal(t, "h2", state.NegotiatedProtocol)
	}
	_, err = handshake(t, tlscert.Config(reloader.GetCertificate), &tls.Config{RootCAs: trust(t, cert), ServerName: "other.example.org"})
	assert.Error(t, err)
	_, err = handshake(t, tlscert.Config(reloader.GetCertificate), &tls.Config{RootCAs: trust(t, cert), ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	assert.ErrorContains(t, err, "protocol version", "TLS 1.2 is the least")
	c := leaf(t, cert, key)
	assert.Equal(t, 397*day, c.NotAfter.Sub(c.NotBefore))
	assert.False(t, c.IsCA, "who has the key must not sign for others")
	assert.Len(t, c.IPAddresses, 3)
}

func TestSelfSignedIsKeptAndRenewed(t *testing.T) {
	dir, start := t.TempDir(), time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC)
	serve := func(now time.Time, hosts ...string) string {
		t.Helper()
		cert, key, err := tlscert.SelfSigned(dir, now, hosts)
		require.NoError(t, err)
		return leaf(t, cert, key).SerialNumber.String()
	}
	key := filepath.Join(dir, "tls-key.pem")
	first := serve(start)
	require.NoError(t, os.Chmod(key, 0o644))
	assert.Equal(t, first, serve(start.Add(366*day)), "more than 30 days are left")
	info, err := os.Stat(key)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "a key that lies open is closed")

	second := serve(start.Add(367 * day))
	assert.NotEqual(t, first, second, "30 days or less are left")
	third := serve(start)
	assert.NotEqual(t, second, third, "not valid yet")
	fourth := serve(start, "wallet.example.org")
	assert.NotEqual(t, third, fourth, "a host is missing")
	assert.Equal(t, fourth, serve(start, "localhost", "0.0.0.0"))

	foreign, _, err := tlscert.SelfSigned(t.TempDir(), start, nil)
	require.NoError(t, err)
	text, err := os.ReadFile(foreign)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls-cert.pem"), text, 0o600))
	fifth := serve(start)
	assert.NotEqual(t, fourth, fifth, "the pair does not fit together")
	require.NoError(t, os.WriteFile(key, []byte("half a k"), 0o600))
	sixth := serve(start)
	assert.NotEqual(t, fifth, sixth, "the key is broken")
	require.NoError(t, os.Remove(key))
	assert.NotEqual(t, sixth, serve(start), "the key is gone")
}

func TestSelfSignedFails(t *testing.T) {
	for _, host := range []string{"two words", "пример.рф", "a/b", "-x", "host:443"} {
		_, _, err := tlscert.SelfSigned(t.TempDir(), time.Now(), []string{host})
		assert.ErrorContains(t, err, "neither the name nor the IP address", host)
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, _, err := tlscert.SelfSigned(file, time.Now(), nil)
	assert.ErrorContains(t, err, "directory of the certificate")
	for _, name := range []string{".tls.lock", "tls-key.pem", "tls-cert.pem"} {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name, "in the way"), 0o700))
		_, _, err = tlscert.SelfSigned(dir, time.Now(), nil)
		assert.Error(t, err, name)
		left, err := filepath.Glob(filepath.Join(dir, ".tls-*"))
		require.NoError(t, err)
		assert.Empty(t, left, "nothing half-written stays")
	}
}

// helperDir tells a copy of the test program to be one of many servers that start at once.
const helperDir = "TLSCERT_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		cert, key, err := tlscert.SelfSigned(dir, time.Now(), nil)
		if err == nil {
			_, err = tls.LoadX509KeyPair(cert, key)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestProcessesThatStartAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			program := exec.Command(os.Args[0])
			program.Env = append(os.Environ(), helperDir+"="+dir)
			out, err := program.CombinedOutput()
			assert.NoError(t, err, "%s", out)
		})
	}
	wg.Wait()
}

func TestCallsAtOnceShareOnePair(t *testing.T) {
	for range 5 {
		dir := t.TempDir()
		serials := make(chan string, 8)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				cert, key, err := tlscert.SelfSigned(dir, time.Now(), nil)
				if assert.NoError(t, err) {
					pair, err := tls.LoadX509KeyPair(cert, key)
					if assert.NoError(t, err) {
						serials <- pair.Leaf.SerialNumber.String()
					}
				}
			})
		}
		wg.Wait()
		close(serials)
		first := <-serials
		for other := range serials {
			assert.Equal(t, first, other)
		}
	}
}
