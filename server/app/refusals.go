package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// refusalCounter adds what Koshelek was refused to the store's counts of the day, from
// the metrics that count it anyway. A server that is killed loses the last minute.
type refusalCounter struct {
	registry prometheus.Gatherer
	add      func(ctx context.Context, counts map[string]int64) error
	told     map[string]int64 // by code, what was added already
}

// refusalInterval is how often they are added.
const refusalInterval = time.Minute

// run adds until the context ends; the last ones are the caller's to flush, when
// no request is at work.
func (r *refusalCounter) run(ctx context.Context, fail func(error)) {
	ticker := time.NewTicker(refusalInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := r.flush(ctx); err != nil && ctx.Err() == nil {
				fail(err)
			}
		}
	}
}

// flush adds what is new. What could not be added is tried again.
func (r *refusalCounter) flush(ctx context.Context) error {
	now, err := r.counted()
	if err != nil {
		return err
	}
	fresh := map[string]int64{}
	for code, n := range now {
		if n > r.told[code] {
			fresh[code] = n - r.told[code]
		}
	}
	if err := r.add(ctx, fresh); err != nil {
		return err
	}
	r.told = now
	return nil
}

// counted reads the metric of requests.
func (r *refusalCounter) counted() (map[string]int64, error) {
	families, err := r.registry.Gather()
	counts := map[string]int64{}
	for _, family := range families {
		if family.GetName() != "adapter_koshelek_requests_total" {
			continue
		}
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				if label.GetName() == "code" && label.GetValue() != "none" {
					counts[label.GetValue()] += int64(m.GetCounter().GetValue())
				}
			}
		}
	}
	return counts, err
}
