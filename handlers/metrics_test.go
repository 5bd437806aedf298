package handlers_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek/openapitest"
)

// metric adds up a metric over the series that have all the labels, given as
// name=value.
func (h *fixture) metric(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	families, err := h.registry.Gather()
	require.NoError(t, err)
	sum := 0.0
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			var has []string
			for _, pair := range m.GetLabel() {
				has = append(has, pair.GetName()+"="+pair.GetValue())
			}
			if assert.ObjectsAreEqual(len(labels), countIn(has, labels)) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func countIn(has, wanted []string) int {
	n := 0
	for _, label := range wanted {
		if strings.Contains("\n"+strings.Join(has, "\n")+"\n", "\n"+label+"\n") {
			n++
		}
	}
	return n
}

func TestMetrics(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		const requests = "adapter_koshelek_requests_total"
		number := h.issue(t, anna)
		h.good(t, get, "/v1/card/"+number, "").card()
		h.good(t, get, "/v1/card/404", "").refused("201")
		h.bad(t, "BREW", "/v1/card/404", "").refused("102")
		h.bad(t, get, "/nowhere/at/all", "").refused("101")
		bad := h.request(get, "/nowhere", "")
		bad.Header.Del("Authorization")
		h.exchange(t, bad, "", openapitest.BadRequest()).error(401, "100")

		assert.InDelta(t, 7, h.metric(t, requests), 0)
		assert.InDelta(t, 1, h.metric(t, requests, "route=/v1/card/{cardNumber}", "method=GET", "status=200", "code=none"), 0)
		assert.InDelta(t, 1, h.metric(t, requests, "route=/v1/card/{cardNumber}", "method=GET", "status=422", "code=201"), 0)
		assert.InDelta(t, 1, h.metric(t, requests, "route=unknown", "method=other", "status=422", "code=102"), 0)
		assert.InDelta(t, 1, h.metric(t, requests, "route=unknown", "method=GET", "status=422", "code=101"), 0)
		assert.InDelta(t, 1, h.metric(t, requests, "route=unknown", "method=GET", "status=401", "code=100"), 0)
		assert.InDelta(t, 1, h.metric(t, "adapter_koshelek_auth_failures_total"), 0)
		assert.InDelta(t, 2, h.metric(t, "adapter_koshelek_request_duration_seconds", "route=/v1/card/{cardNumber}"), 0)

		line := h.logs.line(t, 3)
		assert.Equal(t, "/v1/card/{cardNumber}", line["route"])
		assert.Equal(t, "info", line["level"])
		assert.InDelta(t, 200, line["status"], 0)
		assert.Positive(t, line["bytes"])
		assert.Contains(t, line, "ms")
		assert.NotContains(t, line, "code")
		assert.Equal(t, "unknown", h.logs.line(t, 5)["route"])
		assert.Equal(t, "other", h.logs.line(t, 5)["method"])
	})
}

func TestMetricsRegisterOnce(t *testing.T) {
	registry := prometheus.NewRegistry()
	middleware.NewMetrics(registry, "koshelek")
	assert.Panics(t, func() { middleware.NewMetrics(registry, "koshelek") })
}
