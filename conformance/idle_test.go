package conformance_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance"
)

// TestConnectionsMayBeClosedWhileIdle: a host may close a connection that was used
// before just as the next call goes out, but it may not do so with every one.
func TestConnectionsMayBeClosedWhileIdle(t *testing.T) {
	for closes, want := range map[int]conformance.Outcome{3: conformance.Pass, 1000: conformance.Fail} {
		var mu sync.Mutex
		used, left := map[string]bool{}, closes
		target := spoilt(t, func(w http.ResponseWriter, r *http.Request, good http.Handler) {
			mu.Lock()
			closing := used[r.RemoteAddr] && left > 0 && r.Method == http.MethodPost
			if used[r.RemoteAddr] = true; closing {
				left--
			}
			mu.Unlock()
			if closing {
				panic(http.ErrAbortHandler)
			}
			good.ServeHTTP(w, r)
		})
		r := run(t, target, conformance.Options{Parallel: 1, Only: []string{"reserve", "answer.arrives"}})
		for _, s := range r.Scenarios {
			for _, c := range s.Checks {
				if c.Rule == "answer.arrives" {
					assert.Equal(t, want, c.Outcome, "%d connections closed: %s", closes, c.Message)
				}
			}
		}
	}
}
