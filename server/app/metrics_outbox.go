package app

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm/outbox"
)

// delivered counts what became of a delivery.
func (m *metrics) delivered(vendor string, state outbox.State, took time.Duration) {
	m.settled.WithLabelValues(vendor, string(state)).Inc()
	m.took.WithLabelValues(vendor).Observe(took.Seconds())
}

// outboxGauges show how much waits in the outbox and for how long. Counting reads
// an index, so the figures are kept for a while.
type outboxGauges struct {
	service desk
	vendors *rewardVendors
	log     zerolog.Logger
	waiting *prometheus.Desc
	oldest  *prometheus.Desc
	down    *prometheus.Desc

	mu     sync.Mutex
	taken  time.Time
	counts []outbox.Count
}

const outboxFreshness = 10 * time.Second

// watchOutbox adds the outbox to the metrics.
func (m *metrics) watchOutbox(service desk, v *rewardVendors, log zerolog.Logger) {
	labels := []string{"vendor", "state"}
	m.registry.MustRegister(&outboxGauges{
		service: service, vendors: v, log: log,
		waiting: prometheus.NewDesc("adapter_outbox_deliveries", "Deliveries that are not final, counted at most every ten seconds.", labels, nil),
		oldest:  prometheus.NewDesc("adapter_outbox_oldest_seconds", "Age of the oldest delivery of a state that is not final.", labels, nil),
		down:    prometheus.NewDesc("adapter_outbox_vendor_down", "1 while a vendor that failed is left alone.", []string{"vendor"}, nil),
	})
}

// Describe implements prometheus.Collector.
func (g *outboxGauges) Describe(out chan<- *prometheus.Desc) {
	out <- g.waiting
	out <- g.oldest
	out <- g.down
}

// Collect implements prometheus.Collector.
func (g *outboxGauges) Collect(out chan<- prometheus.Metric) {
	for _, n := range g.current() {
		out <- prometheus.MustNewConstMetric(g.waiting, prometheus.GaugeValue, float64(n.Count), n.Vendor, string(n.State))
		out <- prometheus.MustNewConstMetric(g.oldest, prometheus.GaugeValue, time.Since(n.Oldest).Seconds(), n.Vendor, string(n.State))
	}
	for name, down := range g.vendors.down() {
		value := 0.0
		if down {
			value = 1
		}
		out <- prometheus.MustNewConstMetric(g.down, prometheus.GaugeValue, value, name)
	}
}

func (g *outboxGauges) current() []outbox.Count {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.taken) < outboxFreshness {
		return g.counts
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := g.service.CountDeliveries(ctx, false)
	if err != nil {
		g.log.Warn().Err(err).Msg("outbox.count_failed")
		return nil
	}
	g.counts, g.taken = counts, time.Now()
	return counts
}
