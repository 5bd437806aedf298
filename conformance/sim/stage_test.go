package sim_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
)

// shop is a vendor with one endpoint that counts its work.
type shop struct {
	*sim.Stage
	worked atomic.Int64
	url    string
	client *http.Client
}

func newShop(t *testing.T, s sim.Settings) *shop {
	h := &shop{}
	if s.Clock == nil {
		s.Clock = sim.NewStandingClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	}
	h.Stage = sim.NewStage(sim.Vendor{
		Name: "shop", Endpoints: []string{"buy", "look"}, Outgoing: []string{"call"},
		Faults: append(sim.SenderFaults("call"), sim.Fault{Name: "odd", Endpoints: []string{"buy"}}),
		Knobs:  []sim.Knob{sim.Choice("mood", "how", "good", "bad"), sim.Length("wait", "how long", time.Second), sim.Count("many", "how many", 1, 1)},
		Actions: map[string]sim.Action{"greet": {Do: func(a sim.Args) (any, error) {
			if a["name"] == "" {
				return nil, errors.New("nobody")
			}
			return "hello " + a["name"], nil
		}}},
		Refuse: func(_ *sim.Call, status int, message string) sim.Answer {
			return sim.Answer{Status: status, Body: map[string]string{"error": message}}
		},
		State: func() any { return map[string]int64{"worked": h.worked.Load()} },
		Reset: func() { h.worked.Store(0) },
	}, s)
	mux := http.NewServeMux()
	work := func(c *sim.Call) sim.Answer {
		c.Note = string(c.Body)
		h.worked.Add(1)
		return sim.OK(map[string]string{"fine": "<yes>"})
	}
	mux.Handle("/buy", h.Endpoint("buy", work))
	mux.Handle("/look", h.Endpoint("look", work))
	mux.Handle("/", h.NotFound())
	server := httptest.NewServer(h.Handler(mux))
	h.url = server.URL
	h.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() { h.client.CloseIdleConnections(); server.Close(); s.Clock.Close(); h.Close() })
	return h
}

func (h *shop) buy(t *testing.T) (int, string, error) {
	t.Helper()
	answer, err := h.client.Post(h.url+"/buy", "text/plain", strings.NewReader("x"))
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	assert.Contains(t, answer.Header.Get(sim.Header), "test only")
	raw, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(raw), err
}

func TestWireFaults(t *testing.T) {
	const fine = `{"fine":"<yes>"}`
	for name, c := range map[string]struct {
		value  string
		worked int64
		status int
		body   string // contained
		err    error
	}{
		sim.Slow:            {"5ms", 1, 200, fine, nil},
		sim.Status401:       {"", 0, 401, `"error"`, nil},
		sim.Status429:       {"", 0, 429, `"error"`, nil},
		sim.Status500:       {"", 0, 500, `"error"`, nil},
		sim.Redirect301:     {"", 0, 301, "", nil},
		sim.HTML502:         {"", 0, 502, "<html>", nil},
		sim.CutBefore:       {"", 0, 0, "", io.EOF},
		sim.LateAnswer:      {"5ms", 1, 200, fine, nil},
		sim.LostAnswer:      {"", 1, 0, "", io.EOF},
		sim.ResetAnswer:     {"", 1, 0, "", syscall.ECONNRESET},
		sim.Status500After:  {"", 1, 500, `"error"`, nil},
		sim.HTML502After:    {"", 1, 502, "<html>", nil},
		sim.EmptyAnswer:     {"", 1, 200, "", nil},
		sim.TruncatedAnswer: {"", 1, 200, "", io.ErrUnexpectedEOF},
		sim.HugeAnswer:      {"", 1, 200, fine, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := newShop(t, sim.Settings{})
			rule := sim.Next(name, "buy")
			rule.Value = c.value
			_, err := h.Faults.Add(rule)
			require.NoError(t, err)
			status, body, err := h.buy(t)
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, c.status, status)
			assert.Contains(t, body, c.body)
			if name == sim.EmptyAnswer || name == sim.HugeAnswer {
				assert.Equal(t, name == sim.HugeAnswer, len(body) > 10<<20)
			}
			assert.Equal(t, c.worked, h.worked.Load())
			record := h.Calls.Last(1, "buy")[0]
			assert.Equal(t, []string{name}, record.Faults)
			assert.Equal(t, c.worked == 1, record.Worked)
			assert.Equal(t, c.err != nil, record.Lost)

			status, body, err = h.buy(t) // the rule is spent
			require.NoError(t, err)
			assert.Equal(t, 200, status)
			assert.Equal(t, fine, body)
			assert.Empty(t, h.Faults.Rules())
		})
	}
	assert.Len(t, sim.WireFaults(), 15, "every one stands above")
}

func TestRetryAfter(t *testing.T) {
	h := newShop(t, sim.Settings{})
	for value, want := range map[string]string{"": "", "3": "3", "date": "Fri, 02 Jan 2026 03:04:07 GMT"} {
		_, err := h.Faults.Add(sim.Rule{Fault: sim.Status429, Value: value, Times: 1})
		require.NoError(t, err)
		answer, err := h.client.Post(h.url+"/buy", "", nil)
		require.NoError(t, err)
		_ = answer.Body.Close()
		assert.Equal(t, want, answer.Header.Get("Retry-After"))
	}
}

func TestWhoFollowsARedirectIsSeen(t *testing.T) {
	h := newShop(t, sim.Settings{})
	_, err := h.Faults.Add(sim.Next(sim.Redirect301, "buy"))
	require.NoError(t, err)
	answer, err := http.Post(h.url+"/buy", "", nil)
	require.NoError(t, err)
	_ = answer.Body.Close()
	assert.Equal(t, 404, answer.StatusCode)
	assert.Equal(t, 1, h.Calls.Followed())
}

func TestFaultsByOddsAreSeeded(t *testing.T) {
	run := func(seed uint64, with ...sim.Rule) []bool {
		h := newShop(t, sim.Settings{Seed: seed})
		_, err := h.Faults.Add(append([]sim.Rule{{Fault: "odd", Odds: 0.3}}, with...)...)
		require.NoError(t, err)
		var struck []bool
		for range 400 {
			struck = append(struck, h.Faults.Draw("buy").Has("odd"))
		}
		return struck
	}
	first := run(1)
	n := 0
	for _, s := range first {
		if s {
			n++
		}
	}
	assert.InDelta(t, 120, n, 50)
	assert.Equal(t, first, run(1))
	assert.Equal(t, first, run(1, sim.Rule{Fault: sim.Slow, Odds: 0.5}), "rules do not disturb each other")
	assert.NotEqual(t, first, run(2))
}

func TestRulesCountAndFit(t *testing.T) {
	h := newShop(t, sim.Settings{})
	rules, err := h.Faults.Add(sim.Rule{Fault: "odd", After: 2, Times: 2}, sim.Rule{Fault: "dropped"})
	require.NoError(t, err)
	var struck []bool
	for range 6 {
		struck = append(struck, h.Faults.Draw("buy").Has("odd"))
	}
	assert.Equal(t, []bool{false, false, true, true, false, false}, struck)
	assert.Empty(t, h.Faults.Draw("look"))
	assert.True(t, h.Faults.Draw("call").Has("dropped"))
	assert.True(t, h.Faults.Remove(rules[1].ID))
	assert.False(t, h.Faults.Remove(rules[1].ID))
	for _, bad := range []sim.Rule{
		{Fault: "none"}, {Fault: "odd", Endpoint: "none"}, {Fault: "odd", Endpoint: "look"}, {Fault: "odd", Odds: 1.1}, {Fault: "odd", Odds: -1},
		{Fault: "odd", Times: -1}, {Fault: "odd", After: -1}, {Fault: "odd", Value: "x"}, {Fault: sim.Slow, Value: "x"}, {Fault: sim.Slow, Endpoint: "call"},
	} {
		_, err := h.Faults.Add(sim.Rule{Fault: "odd"}, bad)
		assert.Error(t, err, "%+v", bad)
	}
	assert.Empty(t, h.Faults.Rules(), "none is added when one is refused")
}
