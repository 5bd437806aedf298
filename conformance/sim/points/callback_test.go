package points_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/points"
)

// ids returns the requestId of each callback.
func ids(heard []string) []string {
	found := []string{}
	for _, body := range heard {
		_, rest, _ := strings.Cut(body, `"requestId":"`)
		id, _, _ := strings.Cut(rest, `"`)
		found = append(found, id)
	}
	return found
}

func TestCallbackFaults(t *testing.T) {
	for name, c := range map[string]struct {
		rule sim.Rule
		soon []string // requestIds within a second
		late []string // and within an hour
	}{
		"duplicate": {sim.Rule{Fault: "duplicate", Times: 1, Value: "2"}, []string{"r-1", "r-1", "r-1", "r-2"}, nil},
		"delayed":   {sim.Rule{Fault: "delayed", Times: 1, Value: "10m"}, []string{"r-2"}, []string{"r-1"}},
		"reordered": {sim.Rule{Fault: "reordered", Times: 1}, []string{"r-2", "r-1"}, nil},
		"alone":     {sim.Rule{Fault: "reordered", After: 1, Times: 1}, []string{"r-1"}, []string{"r-2"}},
		"dropped":   {sim.Rule{Fault: "dropped", Times: 1}, []string{"r-2"}, nil},
		"late":      {sim.Rule{Fault: "settles_late", Times: 1}, []string{"r-2"}, []string{"r-1"}},
		"forged":    {sim.Rule{Fault: "forged", Times: 1, Value: "request"}, []string{"never-sent", "r-1", "r-2"}, nil},
		"corrupt":   {sim.Rule{Fault: "corrupt", Times: 1, Value: "empty"}, []string{"", "r-2"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, points.Options{})
			h.must(c.rule)
			require.Equal(t, 202, h.earn("r-1", "1"))
			require.Equal(t, 202, h.earn("r-2", "1"))
			h.Clock.Advance(time.Second)
			assert.Equal(t, c.soon, ids(h.heard()))
			h.Clock.Advance(time.Hour)
			assert.ElementsMatch(t, c.late, ids(h.heard()))
			assert.Equal(t, "2", h.Balance("u-1").String(), "callbacks do not change what was done")
		})
	}
}

func TestCallbackBeforeTheAnswer(t *testing.T) {
	h := newFixture(t, points.Options{})
	h.must(sim.Next("callback_before_answer", "earn"), sim.Next("lost_answer", "earn"))
	assert.Equal(t, 0, h.earn("r-1", "1"), "no answer")
	assert.Equal(t, []string{"r-1"}, ids(h.heard()))
	assert.Equal(t, 409, h.earn("r-1", "1"))
	assert.Equal(t, "1", h.Balance("u-1").String())
}

func TestContradictionAndFailure(t *testing.T) {
	h := newFixture(t, points.Options{})
	h.must(sim.Next("contradict", "callback"))
	h.earn("r-1", "1")
	h.Clock.Advance(time.Second)
	heard := h.heard()
	require.Len(t, heard, 2)
	assert.Contains(t, heard[0], `"status":"success"`)
	assert.Contains(t, heard[1], `"status":"failed"`)
	h.must(sim.Rule{Fault: "settlement_fails", Value: "Redemption limit", Times: 1})
	h.earn("r-2", "1")
	h.Clock.Advance(time.Second)
	assert.Contains(t, h.heard()[0], `"errorMessage":"Redemption limit"`)
	assert.Zero(t, h.Audit.Of(points.Earn, "r-2").Effects)
}

func TestCallbackIsTriedAgain(t *testing.T) {
	h := newFixture(t, points.Options{})
	require.NoError(t, h.Knobs.SetAll(map[string]string{"callback_attempts": "3", "callback_retry_after": "1m"}))
	h.answer = http.StatusServiceUnavailable
	h.earn("r-1", "1")
	h.Clock.Advance(90 * time.Second)
	assert.Len(t, h.heard(), 2)
	h.answer = http.StatusNoContent
	h.Clock.Advance(time.Hour)
	assert.Len(t, h.heard(), 1)
	d := h.Deliveries()[0]
	assert.Equal(t, []int{503, 503, 204}, d.Statuses)
	assert.True(t, d.Done)

	require.NoError(t, h.Resend("r-1"))
	assert.Equal(t, []string{"r-1"}, ids(h.heard()))
	require.NoError(t, h.Forge("r-1", map[string]any{"clientId": "x"}))
	assert.Contains(t, h.heard()[0], `"clientId":"x"`)
	assert.Error(t, h.Resend("r-9"))
}
