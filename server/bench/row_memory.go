package main

import (
	"context"
	"errors"
	"time"

	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// rowMemory tells what the program holds in memory, before the first call and
// at most while the mixed day runs as fast as it can.
func (b *bench) rowMemory(ctx context.Context, st *stock.Store) (err error) {
	if !b.o.wants("memory") {
		return nil
	}
	b.say("%s: resident memory", st.Engine)
	s, err := b.startAdapter(ctx, st)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	time.Sleep(min(b.o.duration, 2*time.Second)) // what the start left over settles
	idle, _ := proc.Memory(s.PID())
	run := b.closed(ctx, st, workload.MixedDay(), s, 3*b.o.duration)
	_, peak := proc.Memory(s.PID())
	if idle == 0 {
		b.figure(report.Figure{Name: "resident memory", Engine: st.Engine, Cards: st.Cards, Missing: "this system has no /proc"})
		return nil
	}
	b.memoryFigure("resident memory, idle", st.Engine, st.Cards, idle, 40, "")
	b.memoryFigure("resident memory, under load", st.Engine, st.Cards, peak, 120, run.Fault())
	return nil
}

func (b *bench) memoryFigure(name, engine string, cards int, bytes int64, bound float64, fault string) {
	f := report.Figure{
		Name: name, Engine: engine, Cards: cards, Unit: report.Mebibytes,
		Value: report.Exact(float64(bytes) / (1 << 20)), Goal: report.Goal{Relation: report.Below, Bound: bound},
	}
	if fault != "" {
		f.Faults = []string{fault}
	}
	b.figure(f)
}
