package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/connect/remote/remotetest"
)

func TestCRMIsJudged(t *testing.T) {
	host := remotetest.New()
	host.Offers = []string{"balance"}
	server := httptest.NewServer(host)
	defer server.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte(remotetest.Secret+"\n"), 0o600))

	code, out, _ := conform(t, "", "crm", "--url", server.URL, "--secret-file", secret, "--seed", "1")
	assert.Equal(t, ExitConformant, code, out)
	assert.Contains(t, out, "✓ enroll.race")
	assert.Contains(t, out, "CRM in memory: CONFORMANT")
	assert.Contains(t, out, "there is no history of purchases")

	code, out, _ = conform(t, "", "crm", "--url", server.URL, "--secret-file", secret, "--only", "find", "--lang", "ru")
	assert.Equal(t, ExitNoVerdict, code, out)
	assert.Contains(t, out, "истории покупок нет")

	host.Fault = "unsigned"
	code, out, _ = conform(t, "", "crm", "--url", server.URL, "--secret", remotetest.Secret, "--only", "caller.unsigned")
	assert.Equal(t, ExitNotConformant, code)
	assert.Contains(t, out, "✕ caller.unsigned")

	for _, args := range [][]string{
		{"--secret", remotetest.Secret}, {"--url", server.URL}, {"--url", server.URL, "--secret", "bad"}, {"--url", "http://127.0.0.1:1", "--secret", remotetest.Secret},
		{"--url", server.URL, "--secret", remotetest.Secret, "--user", "x"}, {"--url", server.URL, "--secret-file", "none"},
	} {
		code, _, told := conform(t, "", append([]string{"crm"}, args...)...)
		assert.Equal(t, ExitCouldNotRun, code, args)
		assert.Contains(t, told, "Error:")
	}
}
