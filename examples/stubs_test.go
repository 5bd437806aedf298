// Package examples_test runs the examples of a CRM of one's own, in the languages
// that they are written in.
package examples_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/remotecrm"
	"koshelek-adapter/crm/connect/remote"
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
	require.NoError(t, process.Start())
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	t.Cleanup(func() {
		_ = process.Process.Kill() // it may have ended
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
