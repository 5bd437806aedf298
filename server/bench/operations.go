package main

import (
	"bytes"
	"context"
	"fmt"

	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/scenario"
)

// title is what an operation is called in the report, and must reach.
type title struct {
	text string
	goal map[string]goal // by engine
}

var titles = map[string]title{
	scenario.Find: {"find by phone", map[string]goal{dataset.SQLite: ratioFrom(0.85), dataset.MariaDB: ratioFrom(0.85)}},
	scenario.Card: {"card with balance", map[string]goal{dataset.SQLite: ratioFrom(0.80), dataset.MariaDB: ratioFrom(0.80)}},
	scenario.Issue: {"durable issue (baseline: one transaction a request)",
		map[string]goal{dataset.SQLite: ratioFrom(4), dataset.MariaDB: ratioFrom(1.5)}},
	scenario.Receipt: {"receipt (baseline: one transaction a request)", nil},
}

// operations sets every operation that is wanted beside the baseline.
func (b *bench) operations(ctx context.Context, st *dataset.Store) error {
	if !b.o.wants(scenario.Operations()...) {
		return nil
	}
	return b.pair(ctx, st, func(ours, base *server) error {
		if err := sameBytes(ctx, st, ours, base); err != nil {
			return err
		}
		for _, name := range scenario.Operations() {
			if b.o.wants(name) {
				b.say("%s, %d cards: %s", st.Engine, st.Cards, name)
				if err := b.compare(ctx, st, name, ours, base); err != nil {
					return fmt.Errorf("%s on %s: %w", name, st.Engine, err)
				}
			}
		}
		return nil
	})
}

// compare measures an operation on server and baseline, in turns.
func (b *bench) compare(ctx context.Context, st *dataset.Store, name string, ours, base *server) error {
	var rate, cpu, p99, objects, bytes pairs
	var faults []string
	for round := -1; round < b.o.rounds; round++ { // the first turn warms up
		var a, c turn
		for _, side := range []struct {
			of   *server
			into *turn
		}{{ours, &a}, {base, &c}} {
			t, err := b.take(ctx, st, name, side.of)
			if err != nil {
				return err
			}
			*side.into, faults = t, append(faults, t.faults...)
		}
		if round >= 0 {
			rate.add(a.rate, c.rate)
			cpu.add(a.cpu, c.cpu)
			p99.add(a.p99, c.p99)
			objects.add(a.objects, c.objects)
			bytes.add(a.bytes, c.bytes)
		}
	}
	t := titles[name]
	for _, r := range []row{
		rate.row(t.text, perSecond, t.goal[st.Engine]), cpu.row(t.text+": processor time, database included", micros, goal{}),
		p99.row(t.text+": p99 at the limit", millis, goal{}), objects.row(t.text+": allocations", count, goal{}),
		bytes.row(t.text+": bytes allocated", count, goal{}),
	} {
		r.Engine, r.Cards, r.Faults = st.Engine, st.Cards, faults
		b.add(r)
	}
	return nil
}

// turn is one run of an operation on one server; costs are those of a request,
// cpu in microseconds.
type turn struct {
	rate, p99, cpu, objects, bytes float64
	faults                         []string
}

func (b *bench) take(ctx context.Context, st *dataset.Store, name string, s *server) (turn, error) {
	before, err := s.used(ctx)
	if err != nil {
		return turn{}, err
	}
	run := b.atLimit(ctx, st, name, s, b.o.duration)
	after, err := s.used(ctx)
	n := float64(max(run.good, 1))
	return turn{
		rate: run.rate(), p99: run.millis(99), cpu: float64((after.cpu - before.cpu).Microseconds()) / n,
		objects: (after.objects - before.objects) / n, bytes: (after.bytes - before.bytes) / n, faults: run.faults(s),
	}, err
}

// sameBytes proves that the baseline is one: for the same question both must
// print the same answer.
func sameBytes(ctx context.Context, st *dataset.Store, ours, base *server) error {
	for _, path := range []string{"/v1/card?msisdn=" + st.Phone(1), "/v1/card/" + st.Number(1)} {
		a, err := ours.get(ctx, ours.url+path)
		if err != nil {
			return err
		}
		c, err := base.get(ctx, base.url+path)
		if err != nil {
			return err
		}
		if !bytes.Equal(a, c) {
			return fmt.Errorf("the baseline is none: to %s it answers\n%s\nin place of\n%s", path, c, a)
		}
	}
	return nil
}
