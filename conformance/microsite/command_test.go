package microsite

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommand(t *testing.T) {
	for fault, want := range map[fault]error{Good: nil, OTPReusable: ErrNotConformant} {
		h := newHost(fault, 1000, "shopper-1001", "shopper-1002")
		server := httptest.NewServer(h)
		codes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, h.OTP(r.URL.Query().Get("id")))
		}))
		folder := filepath.Join(t.TempDir(), "report")
		var out bytes.Buffer
		command := Command()
		command.SetOut(&out)
		command.SetArgs([]string{
			"--url", server.URL, "--user", hostUser, "--password", hostPassword, "--customers", "shopper-1001,shopper-1002",
			"--otp-url", codes.URL + "/?id={customer_id}", "--report", folder, "--seed", "7", "--only", "otp.",
		})
		err := command.ExecuteContext(t.Context())
		assert.Equal(t, want, err)
		assert.Contains(t, out.String(), "otp.once")
		assert.Contains(t, out.String(), "give a way to let the password expire")
		raw, err := os.ReadFile(filepath.Join(folder, "microsite.json"))
		require.NoError(t, err)
		assert.NotContains(t, string(raw)+out.String(), hostPassword)
		server.Close()
		codes.Close()
	}
}

func TestCommandThatCannotRun(t *testing.T) {
	for _, args := range [][]string{{}, {"--url", "http://127.0.0.1:1"}, {
		"--url", "http://127.0.0.1:1", "--user", "u", "--password", "p", "--customers", "a,b", "--otp-command", "echo 123456",
	}, {"--url", "http://127.0.0.1:1", "--user", "u", "--password", "p", "--customers", "a,b"}} {
		command := Command()
		command.SetArgs(args)
		command.SetOut(io.Discard)
		err := command.ExecuteContext(t.Context())
		require.Error(t, err, fmt.Sprint(args))
		assert.NotErrorIs(t, err, ErrNotConformant)
	}
}
