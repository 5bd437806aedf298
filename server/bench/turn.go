package main

import (
	"context"
	"time"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// turn is one run of an operation on one server.
type turn struct {
	// rate is answers a second by the chosen generator, own by ours.
	rate, own float64
	cost      cost
	requests  int
	faults    []string
}

// ownShare is how much shorter the run of our own generator is, when wrk has
// made the figures and it only has to check every answer.
const ownShare = 3

// take measures one turn. The chosen generator is wrk when it is there; our own
// one, which looks at every answer, runs always.
func (b *bench) take(ctx context.Context, st *stock.Store, op workload.Operation, s *server) (turn, error) {
	if err := b.topUp(ctx, st, op); err != nil {
		return turn{}, err
	}
	before, err := s.usage(ctx)
	if err != nil {
		return turn{}, err
	}
	first, err := b.chosen(ctx, st, op, s)
	if err != nil {
		return turn{}, err
	}
	after, err := s.usage(ctx)
	t := turn{rate: first.Rate(), own: first.Rate(), cost: after.per(before, first.Requests), requests: first.Requests}
	t.fault(s, first)
	if err == nil && b.wrk != nil {
		own := b.closed(ctx, st, op, s, b.o.duration/ownShare)
		t.own, t.requests = own.Rate(), t.requests+own.Requests
		t.fault(s, own.Throughput)
	}
	return t, err
}

func (t *turn) fault(s *server, run load.Throughput) {
	if text := run.Fault(); text != "" {
		t.faults = append(t.faults, s.name+": "+text)
	}
}

// chosen runs the generator that the figures come from.
func (b *bench) chosen(ctx context.Context, st *stock.Store, op workload.Operation, s *server) (load.Throughput, error) {
	if b.wrk == nil {
		return b.closed(ctx, st, op, s, b.o.duration).Throughput, nil
	}
	script := op.Lua(st.Keys, st.Fresh(workload.LuaCounters(b.wrk.Threads)), s.target.Authorization)
	return b.wrk.Run(ctx, s.target, script, b.connections(op), b.o.duration)
}

// closed runs our own generator at the limit.
func (b *bench) closed(ctx context.Context, st *stock.Store, op workload.Operation, s *server, d time.Duration) load.Result {
	n := b.connections(op)
	return load.Closed(ctx, s.target, op.Load(st.Keys, st.Fresh(workload.Counters(n))), n, d)
}

// paced runs our own generator at a fixed rate.
func (b *bench) atRate(ctx context.Context, st *stock.Store, op workload.Operation, s *server, rate float64, d time.Duration) load.Result {
	n := b.connections(op)
	return load.Open(ctx, s.target, op.Load(st.Keys, st.Fresh(workload.Counters(n))), load.Pace{Rate: rate, Duration: d, Connections: n})
}

// topUp gives reservations a full pool, so that both sides draw from one of the
// same depth.
func (b *bench) topUp(ctx context.Context, st *stock.Store, op workload.Operation) error {
	if op.Name != "reserve" {
		return nil
	}
	return st.TopUp(ctx, b.o.pool)
}

// generator names the one that the figures come from.
func (b *bench) generator() string {
	if b.wrk == nil {
		return "own"
	}
	return "wrk"
}

// warmUp lets a server fill its caches.
func (b *bench) warmUp(ctx context.Context, st *stock.Store, op workload.Operation, servers ...*server) {
	for _, s := range servers {
		b.closed(ctx, st, op, s, min(b.o.duration/2, time.Second))
	}
}
