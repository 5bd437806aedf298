package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// rowDay lets one process live through the mixed day.
func (b *bench) rowDay(ctx context.Context, st *stock.Store) (err error) {
	if !b.o.wants("day") {
		return nil
	}
	b.say("%s: the mixed day, %v at %g/s", st.Engine, b.o.day, b.o.dayRate)
	s, err := b.startAdapter(ctx, st)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	op := workload.MixedDay()
	b.atRate(ctx, st, op, s, b.o.dayRate, min(b.o.duration, b.o.day)) // warms up
	run := b.atRate(ctx, st, op, s, b.o.dayRate, b.o.day)
	day := report.Day{
		Paced: *pacedOf(b.o.dayRate, run), Engine: st.Engine, Cards: st.Cards, Duration: b.o.day,
		Requests: run.Requests, Fault: run.Fault(), Curve: curve(run.Latencies),
	}
	b.report.Days = append(b.report.Days, day)
	b.figure(dayFigure(day))
	return nil
}

func dayFigure(d report.Day) report.Figure {
	f := report.Figure{
		Name: fmt.Sprintf("p99 of the mixed day at %g requests/s", d.Rate), Engine: d.Engine, Cards: d.Cards,
		Unit: report.Millis, Value: report.Exact(inMillis(d.P99)), Goal: report.Goal{Relation: report.Below, Bound: 10},
		Note: fmt.Sprintf("p50 %.2f, p99.9 %.2f, longest %.1f ms", inMillis(d.P50), inMillis(d.P999), inMillis(d.Max)),
	}
	if d.Fault != "" {
		f.Faults = []string{d.Fault}
	}
	return f
}

func inMillis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// curve samples the latencies more and more densely towards the longest.
func curve(l load.Latencies) []report.Point {
	if len(l) == 0 {
		return nil
	}
	var points []report.Point
	for beyond := 1.0; beyond > 1/float64(len(l)); beyond *= 0.9 {
		points = append(points, report.Point{Share: 1 - beyond, Latency: l.At(1 - beyond)})
	}
	return append(points, report.Point{Share: 1, Latency: l.At(1)})
}
