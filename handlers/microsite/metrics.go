package microsite

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
)

// Metrics count what happens at the surface. Every label comes from a closed
// list: paths, known verbs, statuses, names of errors.
type Metrics struct {
	requests     *prometheus.CounterVec
	durations    *prometheus.HistogramVec
	inFlight     prometheus.Gauge
	authFailures prometheus.Counter
}

// NewMetrics makes the metrics and registers them. It panics when the registry
// has them already, like prometheus itself.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	name := func(name string) string { return prometheus.BuildFQName("adapter", "microsite", name) }
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: name("requests_total"), Help: "Requests of the rewards microsite, by route, method, status and error.",
		}, []string{"route", "method", "status", "error"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name("request_duration_seconds"), Help: "Time of a request of the rewards microsite.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: name("requests_in_flight"), Help: "Requests of the rewards microsite at work now.",
		}),
		authFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: name("auth_failures_total"), Help: "Requests of the rewards microsite without valid credentials or token.",
		}),
	}
	reg.MustRegister(m.requests, m.durations, m.inFlight, m.authFailures)
	return m
}

func (m *Metrics) observe(k *call, verb string, status int, took time.Duration) {
	m.durations.WithLabelValues(k.route).Observe(took.Seconds())
	m.requests.WithLabelValues(k.route, verb, strconv.Itoa(status), cmp.Or(k.fault, "none")).Inc()
}

// level ranks a line by who has to act: nobody, the operator soon, the operator
// now.
func level(status int, fault string) zerolog.Level {
	switch {
	case fault == string(crm.ErrInternal):
		return zerolog.ErrorLevel
	case status >= http.StatusInternalServerError:
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
}
