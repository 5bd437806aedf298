package main

import (
	"context"
	"errors"

	"koshelek-adapter/server/bench/floor"
	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/report"
)

// rowRaw measures what the machine gives at all, so that figures of different
// machines can be compared: net/http that says hello, and the disk's syncs.
func (b *bench) rowRaw(ctx context.Context) (err error) {
	b.say("raw net/http and raw fdatasync")
	hello, err := b.startFloor(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hello.Stop()) }()
	var rates, syncs []float64
	for range b.o.rounds {
		rate, err := b.hello(ctx, hello)
		if err != nil {
			return err
		}
		perSecond, err := proc.Syncs(b.scratch, b.o.duration/2)
		if err != nil {
			return err
		}
		rates, syncs = append(rates, rate), append(syncs, perSecond)
	}
	b.report.Hello, b.report.Syncs = report.SpreadOf(rates), report.SpreadOf(syncs)
	return nil
}

func (b *bench) hello(ctx context.Context, s *server) (float64, error) {
	run := load.Throughput{}
	if b.wrk != nil {
		var err error
		if run, err = b.wrk.Run(ctx, s.target, `wrk.path = "`+floor.PathHello+`"`, b.o.reads, b.o.duration); err != nil {
			return 0, err
		}
	} else {
		run = load.Closed(ctx, s.target, sayHello, b.o.reads, b.o.duration).Throughput
	}
	if fault := run.Fault(); fault != "" {
		return 0, errors.New("hello: " + fault)
	}
	return run.Rate(), nil
}

func sayHello(int) load.Source {
	return func() load.Request { return load.Request{Method: "GET", Path: floor.PathHello} }
}
