package app

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/wire"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/reward"
)

// vendors are the reward vendors that the settings name.
type vendors struct {
	cfg     *config.Config
	points  *reward.Points // nil when not configured
	qiibee  *reward.Qiibee
	bigcity *reward.BigCity

	mu      sync.Mutex
	workers []*outbox.Worker
}

// openVendors makes the vendors' bridges; nothing is called yet.
func openVendors(cfg *config.Config) (*vendors, error) {
	v := &vendors{cfg: cfg}
	var faults []error
	note := func(err error) { faults = append(faults, err) }
	var err error
	if cfg.Points.Enabled() {
		v.points, err = openPoints(cfg)
		note(err)
	}
	if cfg.Qiibee.Enabled() {
		v.qiibee, err = openQiibee(cfg)
		note(err)
	}
	if cfg.Bigcity.Enabled() {
		v.bigcity, err = openBigCity(cfg)
		note(err)
	}
	return v, errors.Join(faults...)
}

// bridges are those of the configured vendors, by name.
func (v *vendors) bridges() map[string]bridge.Bridge {
	known := map[string]bridge.Bridge{}
	for _, b := range v.list() {
		known[b.bridge.Vendor()] = b.bridge
	}
	return known
}

// paced is a bridge with its calls a second.
type paced struct {
	bridge bridge.Bridge
	rate   int
}

func (v *vendors) list() (all []paced) {
	if v.points != nil {
		all = append(all, paced{v.points, v.cfg.Points.Rate})
	}
	if v.qiibee != nil {
		all = append(all, paced{v.qiibee, v.cfg.Qiibee.Rate})
	}
	if v.bigcity != nil {
		all = append(all, paced{v.bigcity, v.cfg.Bigcity.Rate})
	}
	return all
}

// observer is told of every delivery that was settled; it may be nil.
type observer func(vendor string, state crm.DeliveryState, took time.Duration)

// start runs a worker for each vendor. What it gives stops them and waits for the
// sendings under way.
func (v *vendors) start(ctx context.Context, programme outbox.Programme, log zerolog.Logger, observe observer) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	o := v.cfg.Outbox
	for _, p := range v.list() {
		w := outbox.New(programme, p.bridge, outbox.Options{
			Concurrency: o.Concurrency, Rate: float64(p.rate), Timeout: o.Timeout, Poll: o.Poll,
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
func (v *vendors) wake(vendor string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, w := range v.workers {
		if vendor == "" || vendor == w.Vendor() {
			w.Wake()
		}
	}
}

// down lists the vendors that are left alone for now.
func (v *vendors) down() (names []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, w := range v.workers {
		if w.Down() {
			names = append(names, w.Vendor())
		}
	}
	return names
}

func newClaim() string { return ulid.MustNew(ulid.Now(), rand.Reader).String() }

// wireOptions is how vendors are called.
func wireOptions(cfg *config.Config) wire.Options {
	return wire.Options{Timeout: cfg.Outbox.Timeout / 2, MaxConnections: 2 * cfg.Outbox.Concurrency, AllowHTTP: cfg.Outbox.AllowHTTP}
}

// vendorFault is an error of a client's making as a fault of the settings.
func vendorFault(variable string, err error) error {
	if err == nil {
		return nil
	}
	return config.Faults{{Variable: variable, Message: err.Error()}}
}
