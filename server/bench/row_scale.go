package main

import (
	"context"
	"errors"
	"fmt"

	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// rowScale finds cards in the largest store and in the small one.
func (b *bench) rowScale(ctx context.Context, large *stock.Store) error {
	if !b.o.wants("scale") || large.Cards == b.o.small {
		return nil
	}
	return b.with(ctx, large.Engine, b.o.small, func(ctx context.Context, small *stock.Store) error {
		name := fmt.Sprintf("find at %d cards ÷ find at %d", large.Cards, small.Cards)
		return b.versus(ctx, name, report.Goal{Relation: report.AtLeast, Bound: 0.9}, contender{store: large}, contender{store: small})
	})
}

// rowTLS finds cards over TLS and without.
func (b *bench) rowTLS(ctx context.Context, st *stock.Store) error {
	if !b.o.wants("tls") {
		return nil
	}
	return b.versus(ctx, "find by phone over TLS ÷ without TLS", report.Goal{},
		contender{store: st, setting: "ADAPTER_TLS=self-signed"}, contender{store: st})
}

// contender is the program over a store with a setting of its own.
type contender struct {
	store   *stock.Store
	setting string
}

// versus compares two running programs by the rate at which they find cards.
func (b *bench) versus(ctx context.Context, name string, goal report.Goal, pair ...contender) (err error) {
	b.say("%s: %s", pair[0].store.Engine, name)
	find, _ := workload.ByName("find")
	var servers []*server
	defer func() { err = errors.Join(err, stopAll(servers...)) }()
	for _, c := range pair {
		s, err := b.startAdapter(ctx, c.store, settings(c.setting)...)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		b.warmUp(ctx, c.store, find, s)
	}
	f := report.Figure{Name: name, Engine: pair[0].store.Engine, Cards: pair[0].store.Cards, Unit: report.Ratio, Goal: goal}
	var ratios []float64
	for range b.o.turns(find) {
		var rates []float64
		for i, c := range pair {
			t, err := b.take(ctx, c.store, find, servers[i])
			if err != nil {
				return err
			}
			rates, f.Faults = append(rates, t.rate), append(f.Faults, t.faults...)
		}
		ratios = append(ratios, quotient(rates[0], rates[1]))
	}
	f.Value = report.SpreadOf(ratios)
	b.figure(f)
	return nil
}

func settings(one string) []string {
	if one == "" {
		return nil
	}
	return []string{one}
}
