package middleware

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// noCode is the code label of a call that went well.
const noCode = "none"

// Metrics count what happens at an API. Every label comes from a closed list:
// patterns of routes, known verbs, statuses, codes of errors.
type Metrics struct {
	requests     *prometheus.CounterVec
	durations    *prometheus.HistogramVec
	inFlight     prometheus.Gauge
	busy         prometheus.Counter
	authFailures prometheus.Counter
}

// NewMetrics makes the metrics of an API, adapter_<api>_…, and registers them. It
// panics when the registry has them already, like prometheus itself.
func NewMetrics(reg prometheus.Registerer, api string) *Metrics {
	name := func(name string) string { return prometheus.BuildFQName("adapter", api, name) }
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: name("requests_total"), Help: "Requests answered, by route, method, status and error code."},
			[]string{"route", "method", "status", "code"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name("request_duration_seconds"), Help: "Time from the end of the headers to the end of the answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: name("requests_in_flight"), Help: "Requests at work now."}),
		busy: prometheus.NewCounter(prometheus.CounterOpts{
			Name: name("busy_total"), Help: "Requests refused because too many were at work."}),
		authFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: name("auth_failures_total"), Help: "Requests without valid credentials."}),
	}
	reg.MustRegister(m.requests, m.durations, m.inFlight, m.busy, m.authFailures)
	return m
}

// route is a row of the router with its handles resolved beforehand, since
// looking labels up costs more than counting.
type route struct {
	pattern  string
	metrics  *Metrics
	duration prometheus.Observer
	good     prometheus.Counter
}

func (m *Metrics) route(verb, pattern string) *route {
	r := &route{pattern: pattern, metrics: m, duration: m.durations.WithLabelValues(pattern)}
	if verb != "" {
		r.good = m.requests.WithLabelValues(pattern, verb, strconv.Itoa(http.StatusOK), noCode)
	}
	return r
}

func (r *route) observe(verb string, status int, refusal *Refusal, took time.Duration) {
	r.duration.Observe(took.Seconds())
	if refusal == nil && status == http.StatusOK && r.good != nil {
		r.good.Inc()
		return
	}
	code := noCode
	if refusal != nil {
		code = refusal.Code
	}
	r.metrics.requests.WithLabelValues(r.pattern, verb, strconv.Itoa(status), code).Inc()
}
