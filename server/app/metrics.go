package app

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/version"
)

// metrics is everything that /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	batches  prometheus.Histogram
	retries  prometheus.Counter
	settled  *prometheus.CounterVec
	took     *prometheus.HistogramVec
	leftOut  *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "adapter_store_commit_operations", Help: "Operations that shared one commit (SQLite).",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256},
		}),
		retries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "adapter_store_retries_total", Help: "Transactions that the database asked to run again.",
		}),
		settled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "adapter_outbox_outcomes_total", Help: "What workers found out about deliveries to reward vendors, by the state that followed.",
		}, []string{"vendor", "state"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "adapter_outbox_duration_seconds", Help: "Time for a delivery or a question, from the moment it is taken up to storage.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 30},
		}, []string{"vendor"}),
		leftOut: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "adapter_fields_left_out_total", Help: "Optional fields of calls that could not be used and were left out, by name.",
		}, []string{"field"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "adapter_build_info", Help: "Always 1; the label names the build.",
		ConstLabels: prometheus.Labels{"version": version.Number},
	})
	build.Set(1)
	m.registry.MustRegister(build, m.batches, m.retries, m.settled, m.took, m.leftOut,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// watchLog adds the size of a SQLite database's log, which long reads let grow.
func (m *metrics) watchLog(database config.DSN) {
	if database.Scheme() != config.SchemeSQLite {
		return
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "adapter_store_wal_bytes", Help: "Size of the write-ahead log of a SQLite database.",
	}, func() float64 {
		info, err := os.Stat(database.Rest() + "-wal")
		if err != nil {
			return 0
		}
		return float64(info.Size())
	}))
}

func (m *metrics) batch(operations int) { m.batches.Observe(float64(operations)) }

func (m *metrics) fieldLeftOut(field string) { m.leftOut.WithLabelValues(field).Inc() }

func (m *metrics) retry() { m.retries.Inc() }

// poolGauge shows the level of the number pool. Counting reads the whole pool,
// so the figure is kept for a while.
type poolGauge struct {
	pool crm.Numbers
	log  zerolog.Logger
	desc *prometheus.Desc

	mu    sync.Mutex
	taken time.Time
	level crm.PoolLevel
	known bool
}

const poolFreshness = time.Minute

// watchPool adds the pool's level to the metrics.
func (m *metrics) watchPool(pool crm.Numbers, log zerolog.Logger) {
	m.registry.MustRegister(&poolGauge{pool: pool, log: log, desc: prometheus.NewDesc(
		"adapter_pool_numbers", "Card numbers in the pool, counted at most once a minute.", []string{"state"}, nil)})
}

// Describe implements prometheus.Collector.
func (g *poolGauge) Describe(out chan<- *prometheus.Desc) { out <- g.desc }

// Collect implements prometheus.Collector.
func (g *poolGauge) Collect(out chan<- prometheus.Metric) {
	level, known := g.current()
	if !known {
		return
	}
	for state, count := range map[string]int64{"free": level.Free, "reserved": level.Reserved, "handed_over": level.HandedOver} {
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(count), state)
	}
}

func (g *poolGauge) current() (crm.PoolLevel, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.taken) < poolFreshness {
		return g.level, g.known
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	level, err := g.pool.PoolLevel(ctx)
	if err != nil {
		g.log.Warn().Err(err).Msg("pool.count_failed")
		return g.level, false
	}
	g.level, g.taken, g.known = level, time.Now(), true
	return level, true
}
