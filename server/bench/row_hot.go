package main

import (
	"context"
	"errors"
	"fmt"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// hotClients work on one card at the same time.
const hotClients = 16

// tally compares what was acknowledged with what the card's ledger holds.
type tally struct {
	acknowledged, booked int
	// surplus is the balance beyond what the acknowledged operations add up to.
	surplus   int64
	perSecond float64
	faults    []string
}

func (t tally) lost() int    { return max(0, t.acknowledged-t.booked) }
func (t tally) doubled() int { return max(0, t.booked-t.acknowledged) }

// rowHot lets many clients work on one card and looks for what was lost or
// doubled: redeeming and earning inside the process, and receipts over HTTP, in
// both cases with calls that are repeated at the same moment.
func (b *bench) rowHot(ctx context.Context, st *stock.Store) error {
	if !b.o.wants("hot") {
		return nil
	}
	b.say("%s: one hot card", st.Engine)
	moves, err := b.hotMoves(ctx, st, st.Number(0))
	if err != nil {
		return fmt.Errorf("hot card: %w", err)
	}
	receipts, err := b.hotReceipts(ctx, st, st.Number(1))
	if err != nil {
		return fmt.Errorf("hot card over HTTP: %w", err)
	}
	bad, err := st.Verify(ctx)
	if err != nil {
		return err
	}
	b.hotFigure(st, "one hot card, 16 clients redeeming and earning: lost or doubled", moves, bad)
	b.hotFigure(st, "one hot card, 16 clients sending receipts over HTTP: lost or doubled", receipts, bad)
	return nil
}

func (b *bench) hotFigure(st *stock.Store, name string, t tally, bad int) {
	f := report.Figure{
		Name: name, Engine: st.Engine, Cards: st.Cards, Faults: t.faults,
		Value: report.Exact(float64(t.lost() + t.doubled())), Goal: report.Goal{Relation: report.Exactly},
		Note: fmt.Sprintf("%d lost, %d doubled of %d at %.0f/s, the sum is off by %d points, verify finds %d cards that differ",
			t.lost(), t.doubled(), t.acknowledged, t.perSecond, t.surplus, bad),
	}
	if t.surplus != 0 || bad != 0 {
		f.Faults = append(f.Faults, f.Note)
	}
	b.figure(f)
}

// hotReceipts sends every receipt twice at about the same moment, over HTTP.
func (b *bench) hotReceipts(ctx context.Context, st *stock.Store, number string) (t tally, err error) {
	s, err := b.startAdapter(ctx, st)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	before, err := s.points(ctx, number)
	if err != nil {
		return t, err
	}
	w, sent := workload.Receipts(number, st.Fresh(workload.Counters(hotClients)), hotClients)
	run := load.Closed(ctx, s.target, w, hotClients, b.o.duration)
	if fault := run.Fault(); fault != "" {
		t.faults = append(t.faults, fault)
	}
	after, err := s.points(ctx, number)
	for i := 0; i < hotClients; i += 2 {
		t.acknowledged += max(sent[i], sent[i+1])
	}
	earned := after - before
	t.booked, t.surplus = int(earned/workload.ReceiptPoints), earned-int64(t.acknowledged)*workload.ReceiptPoints
	t.perSecond = float64(t.acknowledged) / run.Elapsed.Seconds()
	return t, err
}

// points is a card's total as a customer sees it.
func (s *server) points(ctx context.Context, number string) (int64, error) {
	body, err := s.ask(ctx, "/v1/card/"+number)
	if err != nil {
		return 0, err
	}
	return workload.Total(body)
}
