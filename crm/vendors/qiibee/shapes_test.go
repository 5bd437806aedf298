package qiibee

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// TestShapes reads the same things at every depth, with a byte order mark and
// without one.
func TestShapes(t *testing.T) {
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
	t.Cleanup(server.Close)
	transport := vendorhttp.New(Name, vendorhttp.Options{})
	answer := func(text string) *vendorhttp.Answer {
		body = text
		a, err := transport.Do(t.Context(), vendorhttp.Request{Call: "x", Method: http.MethodGet, URL: server.URL})
		require.NoError(t, err)
		return a
	}
	for _, mark := range []string{"", "\xef\xbb\xbf", " \n"} {
		for _, text := range []string{`{"auth_id":"u"}`, `{"user":{"auth_id":"u"}}`, `{"data":{"auth_id":"u"}}`, `{"data":{"user":{"auth_id":"u"}}}`} {
			user, err := readUser(answer(mark + text))
			require.NoError(t, err, text)
			assert.Equal(t, "u", user.AuthID.String())
		}
		for text, total := range map[string]int{
			`[{"id":7}]`: -1, `{"transactions":[{"transaction":{"id":7}}]}`: -1, `{"data":[{"id":7}],"total_tx_count":3}`: 3,
			`{"data":{"transactions":[{"id":7}],"total_tx_count":"3"}}`: 3, `{"total_tx_count":3,"transactions":{"data":[{"id":7}]}}`: 3,
			`{"transactions":{"transactions":[{"id":7}],"total_tx_count":-3}}`: -1,
		} {
			entries, err := readEntries(answer(mark + text))
			require.NoError(t, err, text)
			require.Len(t, entries.entries, 1, text)
			assert.Equal(t, "7", entries.entries[0].ID)
			assert.Equal(t, total, entries.total, text)
		}
	}
	for _, text := range []string{`{}`, `null`, `7`, `{"transactions":null}`, `{"data":{"data":{"data":[]}}}`, `[null]`, `[{"id":1},3]`, `[[]]`} {
		_, err := readEntries(answer(text))
		require.ErrorIs(t, err, vendorhttp.Malformed, text)
	}
}
