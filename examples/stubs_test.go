// Package examples_test runs the examples of a CRM of one's own, in the languages
// that they are written in.
package examples_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/remotecrm"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/server/app"
)

var all = flag.Bool("stubs.all", false, "run the examples of every language, not Python's alone")

// stub is an example, its tools and how it is started with a port and a file.
type stub struct {
	name  string
	tools []string
	start func(port, file string) []string
}

func stubs() []stub {
	return []stub{
		{"crm-python", []string{"python3"}, func(port, file string) []string { return []string{"python3", "crm-python/crm.py", port, file} }},
		{"crm-node", []string{"node"}, func(port, file string) []string { return []string{"node", "crm-node/crm.js", port, file} }},
		{"crm-php", []string{"php"}, func(port, file string) []string {
			return []string{"env", "CRM_DSN=sqlite:" + file, "PHP_CLI_SERVER_WORKERS=8", "php", "-S", "127.0.0.1:" + port, "crm-php/crm.php"}
		}},
	}
}

// TestStubs: each example keeps the contract, the races included.
func TestStubs(t *testing.T) {
	for _, s := range stubs() {
		t.Run(s.name, func(t *testing.T) {
			if s.name != "crm-python" && !*all {
				t.Skip("-stubs.all runs it")
			}
			options := remote.Options{Secrets: []string{newSecret()}}
			options.URL = serve(t, s, options.Secrets[0])
			report, err := remotecrm.Run(context.Background(), remotecrm.Options{Remote: options}, func(r remotecrm.Result) {
				assert.Contains(t, []conformance.Outcome{conformance.Pass, conformance.Disabled}, r.Outcome, "%s: %s", r.Rule, r.Message)
			})
			require.NoError(t, err)
			assert.Equal(t, conformance.Conformant, report.Verdict)
			assert.NotContains(t, report.Losses, "balance")
		})
	}
}

// TestAdapterBeforeStubs: the conformance suite finds nothing wrong with the adapter
// in front of an example, but for what the example does not offer.
func TestAdapterBeforeStubs(t *testing.T) {
	if !*all {
		t.Skip("-stubs.all runs it")
	}
	for _, s := range stubs() {
		t.Run(s.name, func(t *testing.T) {
			secret := newSecret()
			target := adapter(t, serve(t, s, secret), secret)
			profile, err := conformance.ParseProfile([]byte(`{"name": "without receipts and codes", "off": ["submitQRCode", "submitPromoCode"]}`))
			require.NoError(t, err)
			report, err := conformance.Run(context.Background(), target, conformance.Options{Profile: profile})
			require.NoError(t, err)
			for _, check := range report.Checks(conformance.Fail, conformance.Error) {
				t.Errorf("%s: %s", check.Rule, check.Message)
			}
		})
	}
}

// adapter serves Koshelek's API in front of a CRM.
func adapter(t *testing.T, crm, secret string) conformance.Target {
	t.Helper()
	const user, password = "koshelek", "correct horse battery"
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	address := make(chan string, 1)
	ended := make(chan int, 1)
	reader, writer := io.Pipe()
	go func() {
		ended <- app.Main(ctx, []string{}, []string{
			"ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=127.0.0.1:0", "ADAPTER_DATA_DIR=" + dir, "ADAPTER_DATABASE=sqlite:" + filepath.Join(dir, "a.db"),
			"ADAPTER_DATABASE_ALLOW_UNSAFE=true", "ADAPTER_KOSHELEK_USER=" + user, "ADAPTER_KOSHELEK_PASSWORD=" + password,
			"ADAPTER_CRM=http:" + crm, "ADAPTER_CRM_HTTP_SECRET=" + secret,
		}, io.Discard, app.WithLogOutput(writer))
		_ = writer.Close() // a pipe does not fail
	}()
	go func() {
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			var line struct{ Message, URL string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "serving" {
				address <- line.URL
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	select {
	case url := <-address:
		ca, err := os.ReadFile(filepath.Join(dir, "tls-cert.pem"))
		require.NoError(t, err)
		return conformance.Target{URL: url, User: user, Password: password, CA: ca}
	case code := <-ended:
		ended <- code
		t.Fatalf("the adapter has ended with %d", code)
	}
	return conformance.Target{}
}

// TestStubsAreShort: an example is read before it is used.
func TestStubsAreShort(t *testing.T) {
	files, err := filepath.Glob("crm-*/crm.*")
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(files), len(stubs()))
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.LessOrEqual(t, strings.Count(string(text), "\n"), 250, file)
	}
}

func newSecret() string {
	var key [24]byte
	_, _ = rand.Read(key[:]) // it never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(key[:])
}

// serve starts an example and gives its address once it listens. It knows another
// secret besides, as while a secret is changed.
func serve(t *testing.T, s stub, secret string) string {
	t.Helper()
	need(t, s.tools)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	_, port, _ := strings.Cut(address, ":")
	args := s.start(port, filepath.Join(t.TempDir(), "crm.data"))
	process := exec.Command(args[0], args[1:]...)
	process.Env = append(os.Environ(), "CRM_SECRET="+newSecret()+" "+secret)
	var said strings.Builder
	process.Stdout, process.Stderr = &said, &said
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // PHP has workers
	require.NoError(t, process.Start())
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-process.Process.Pid, syscall.SIGKILL) // it may have ended
		<-ended
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			require.NoError(t, connection.Close())
			return "http://" + address + "/koshelek"
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s has ended: %v\n%s", s.name, err, said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func need(t *testing.T, tools []string) {
	t.Helper()
	out, err := exec.Command("../scripts/need", tools...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
