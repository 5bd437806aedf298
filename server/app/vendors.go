package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// openVendor is a reward vendor that the settings name, with its calls a second.
type openVendor struct {
	outbox.Vendor
	callsPerSecond int
}

// rewardVendors are the reward vendors that are used, in the order of the registry.
type rewardVendors struct {
	cfg  *config.Config
	open []openVendor

	mu      sync.Mutex
	workers []*outbox.Worker
}

// openVendors opens what the settings name; nothing is called yet.
func openVendors(cfg *config.Config) (*rewardVendors, error) {
	v := &rewardVendors{cfg: cfg}
	o := vendorhttp.Options{
		Timeout: cfg.Outbox.Timeout / 2, MaxConnections: 2 * cfg.Outbox.Concurrency, AllowHTTP: cfg.Outbox.AllowHTTP,
	}
	var faults []error
	for _, entry := range cfg.Registry.All() {
		if !entry.Enabled() {
			continue
		}
		opened, err := entry.Open(o)
		if err != nil {
			faults = append(faults, fmt.Errorf("the vendor %s: %w", entry.Name, err))
			continue
		}
		v.open = append(v.open, openVendor{opened, entry.CallsPerSecond()})
	}
	return v, errors.Join(faults...)
}

// named gives the vendor of that name, nil when it is not used.
func (v *rewardVendors) named(name string) outbox.Vendor {
	for _, o := range v.open {
		if o.Name() == name {
			return o.Vendor
		}
	}
	return nil
}

// capable gives the first vendor that can do what C asks for.
func capable[C any](v *rewardVendors) (c C, found bool) {
	for _, o := range v.open {
		if c, found = o.Vendor.(C); found {
			return c, true
		}
	}
	return c, false
}

// observer is told of every delivery that was settled; it may be nil.
type observer func(vendor string, state outbox.State, took time.Duration)

// start runs a worker for each vendor. What it gives stops them and waits for the
// sendings under way.
func (v *rewardVendors) start(ctx context.Context, programme outbox.Programme, log zerolog.Logger, observe observer) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	o := v.cfg.Outbox
	for _, opened := range v.open {
		w := outbox.New(programme, opened.Vendor, outbox.Options{
			Concurrency: o.Concurrency, Rate: float64(opened.callsPerSecond), Timeout: o.Timeout, Poll: o.Poll,
			BackoffFirst: o.BackoffFirst, BackoffMost: o.BackoffMost, BreakerDelay: o.BreakerDelay,
			NewClaim: newClaim, Observe: observe, Log: log,
		})
		v.mu.Lock()
		v.workers = append(v.workers, w)
		v.mu.Unlock()
		running.Go(func() { w.Run(ctx) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// wake tells the worker of a vendor, or all ("" for the vendor), that there may
// be work.
func (v *rewardVendors) wake(vendor string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, w := range v.workers {
		if vendor == "" || vendor == w.Vendor() {
			w.Wake()
		}
	}
}

// down lists the vendors that are left alone for now.
func (v *rewardVendors) down() map[string]bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	down := map[string]bool{}
	for _, w := range v.workers {
		down[w.Vendor()] = w.Down()
	}
	return down
}

func newClaim() string { return ulid.MustNew(ulid.Now(), rand.Reader).String() }
