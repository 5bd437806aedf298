package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/bench/stock"
)

// Each client earns more than it redeems, so that no redemption can be refused.
const (
	hotEarn   = 10
	hotRedeem = 7
	// twinEvery operation is made by two callers at once with one key.
	twinEvery = 10
)

// mover is the programme inside this process, with a hot card.
type mover struct {
	svc    *crm.Service
	number string
	fault  atomic.Pointer[error]
}

// hotMoves redeems and earns on one card through the programme itself.
func (b *bench) hotMoves(ctx context.Context, st *stock.Store, number string) (t tally, err error) {
	backend, err := st.Open(ctx)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, backend.Close()) }()
	svc, err := crm.NewService(backend, crm.Options{
		Rules:      crm.Rules{MaxAge: time.Hour, Lifetime: 365 * 24 * time.Hour, Zone: time.UTC, Texts: crm.EnglishTexts},
		ReserveFor: time.Hour,
	})
	if err != nil {
		return t, err
	}
	m := &mover{svc: svc, number: number}
	before, _, err := m.state(ctx)
	if err != nil {
		return t, err
	}
	start := time.Now()
	earned, redeemed := m.race(ctx, b.o.duration)
	t.perSecond = float64(earned+redeemed) / time.Since(start).Seconds()
	if fault := m.fault.Load(); fault != nil {
		t.faults = append(t.faults, (*fault).Error())
	}
	after, booked, err := m.state(ctx)
	t.acknowledged, t.booked = earned+redeemed, booked
	t.surplus = after - before - int64(earned*hotEarn-redeemed*hotRedeem)
	return t, err
}

// race runs the clients for a while and counts what was acknowledged.
func (m *mover) race(ctx context.Context, d time.Duration) (earned, redeemed int) {
	var all sync.WaitGroup
	var earnings, redemptions atomic.Int64
	deadline := time.Now().Add(d)
	for client := range hotClients {
		all.Go(func() {
			for n := 0; time.Now().Before(deadline) && m.fault.Load() == nil; n++ {
				key := fmt.Sprintf("hot-%d-%d", client, n)
				if m.once(ctx, m.svc.Grant, key+"-earn", hotEarn, n) {
					earnings.Add(1)
				}
				if m.once(ctx, m.svc.Take, key+"-redeem", hotRedeem, n) {
					redemptions.Add(1)
				}
			}
		})
	}
	all.Wait()
	return int(earnings.Load()), int(redemptions.Load())
}

// once makes a movement, sometimes by two callers at once, and reports whether
// it was acknowledged.
func (m *mover) once(ctx context.Context, move func(context.Context, crm.Movement) (crm.Posting, error), key string, points int64, n int) bool {
	callers := 1
	if n%twinEvery == 0 {
		callers = 2
	}
	var all sync.WaitGroup
	var failed atomic.Bool
	for range callers {
		all.Go(func() {
			if _, err := move(ctx, crm.Movement{Key: key, CardNumber: m.number, Points: points, Description: "hot"}); err != nil {
				failed.Store(true)
				m.fault.CompareAndSwap(nil, &err)
			}
		})
	}
	all.Wait()
	return !failed.Load()
}

// state gives the card's points and how many of its postings this race made.
func (m *mover) state(ctx context.Context) (total int64, booked int, err error) {
	_, bonus, err := m.svc.Card(ctx, m.number)
	if err != nil {
		return 0, 0, err
	}
	const page = 1000
	for before := ""; ; {
		postings, err := m.svc.Postings(ctx, m.number, before, page)
		if err != nil {
			return 0, 0, err
		}
		for _, p := range postings {
			if p.Description == "hot" {
				booked++
			}
			before = p.ID
		}
		if len(postings) < page {
			return bonus.Total, booked, nil
		}
	}
}
