package openapitest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// witness is a test that only notes what it was told.
type witness struct {
	testing.TB
	said []string
}

func (w *witness) Helper() {}

func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

func TestCheckFailsTheTest(t *testing.T) {
	v, w := New(t), &witness{TB: t}
	e := ask("GET "+cardPath, "").answered(404, `{"code":1}`)
	v.Check(w, e.Request, nil, e.Status, e.Header, e.Body)
	require.Len(t, w.said, 1)
	assert.Contains(t, w.said[0], "status 404")
	assert.Contains(t, w.said[0], "no string")
}

func TestCheckTakesRequestsWhoseBodyIsGone(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", mediaType)
	})
	req := httptest.NewRequest(http.MethodPost, cardPath, strings.NewReader(profile))
	req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	req.SetBasicAuth("koshelek", "secret")
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, req)
	New(t).CheckRecorder(t, req, []byte(profile), rec)
}

func TestCheckTakesWhatAStreamingServerSends(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		for _, part := range []string{"[", `"79216668899"`, `,"375291234567"`, "]\n"} {
			_, _ = io.WriteString(w, part)
			w.(http.Flusher).Flush()
		}
	}))
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/card/getAllUsers", nil)
	require.NoError(t, err)
	req.SetBasicAuth("koshelek", "secret")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	New(t).Check(t, req, nil, resp.StatusCode, resp.Header, body)
}
