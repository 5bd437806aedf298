package outbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestAhead: a worker holds no more claims than it can use before they end.
func TestAhead(t *testing.T) {
	for _, c := range []struct {
		name string
		with Options
		want int
	}{
		{"defaults", Options{}, 32},
		{"a rate that is no limit", Options{Rate: 1000}, 32},
		{"a slow rate", Options{Rate: 0.2}, 9},
		{"a very slow rate", Options{Rate: 0.001}, 1},
		{"a rate and a short lease", Options{Rate: 10, Timeout: time.Second, Lease: 3 * time.Second}, 10},
	} {
		assert.Equal(t, c.want, c.with.withDefaults().ahead(), c.name)
	}
}
