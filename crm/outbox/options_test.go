package outbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestHeld: a worker holds no more claims than it can use before they end.
func TestHeld(t *testing.T) {
	for _, c := range []struct {
		name         string
		with         Options
		hands, ahead int
	}{
		{"defaults", Options{}, 8, 32},
		{"a rate that is no limit", Options{Rate: 1000}, 8, 32},
		{"a slow rate", Options{Rate: 0.2}, 8, 10},
		{"many hands and a slow rate", Options{Rate: 1, Concurrency: 128}, 50, 50},
		{"a very slow rate", Options{Rate: 0.001}, 1, 1},
		{"a rate and a short lease", Options{Rate: 10, Timeout: time.Second, Lease: 2500 * time.Millisecond}, 5, 5},
	} {
		o := c.with.withDefaults()
		assert.Equal(t, []int{c.hands, c.ahead}, []int{o.hands(), o.ahead()}, c.name)
	}
}
