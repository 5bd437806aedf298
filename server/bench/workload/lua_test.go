package workload

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/bench/load"
)

// recorder keeps what it is sent.
type recorder struct {
	mu    sync.Mutex
	auth  string
	calls []load.Request
}

func (r *recorder) ServeHTTP(_ http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.auth = request.Header.Get("Authorization")
	r.calls = append(r.calls, load.Request{Method: request.Method, Path: request.RequestURI, Body: body})
}

// TestScriptsSayTheSame runs every script and looks whether its requests are of
// the kind and about the cards that our own generator's are.
func TestScriptsSayTheSame(t *testing.T) {
	wrk, err := load.FindWrk("wrk", 2)
	if err != nil {
		t.Skip("wrk is not installed")
	}
	if testing.Short() {
		t.Skip("takes a second for each operation")
	}
	phones, numbers := map[string]bool{}, map[string]bool{}
	for i := range keys.Cards {
		phones[keys.Phone(i)], numbers[keys.Number(i)] = true, true
	}
	for _, op := range Operations() {
		t.Run(op.Name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{}
			server := httptest.NewServer(seen)
			defer server.Close()
			target, err := load.NewTarget(server.URL, "user", "password")
			require.NoError(t, err)
			run, err := wrk.Run(t.Context(), target, op.Lua(keys, 1_000_000, target.Authorization), 4, time.Second)
			require.NoError(t, err)
			server.Close() // what wrk sent last has been recorded
			require.Empty(t, run.Fault())
			assert.Equal(t, target.Authorization, seen.auth)
			bodies := map[string]bool{}
			for _, r := range seen.calls {
				require.Equal(t, op.Name, kind(r))
				if phone, found := strings.CutPrefix(r.Path, "/v1/card?msisdn="); found {
					require.True(t, phones[phone], phone)
				}
				if number, found := strings.CutPrefix(r.Path, "/v1/card/29"); found {
					require.True(t, numbers["29"+number], number)
				}
				if len(r.Body) == 0 {
					continue
				}
				var leaves map[string]string
				require.NoError(t, json.Unmarshal(r.Body, &leaves), "%s", r.Body)
				require.False(t, bodies[string(r.Body)], "%s again", r.Body)
				bodies[string(r.Body)] = true
				require.False(t, phones[leaves["phone"]], "not a new phone")
				if number := leaves["cardNumber"]; number != "" {
					require.True(t, numbers[number], number)
				}
			}
		})
	}
}
