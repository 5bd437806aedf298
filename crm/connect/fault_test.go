package connect_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// The sizes of the storm; make exactly-once-crm runs the long one.
var (
	stormCustomers = flag.Int("storm.customers", 60, "customers with a card, a receipt and a change each, for every guarantee")
	stormKills     = flag.Int("storm.kills", 6, "how often the server is killed meanwhile")
)

// TestNothingIsLostOrDoubled: cards, receipts and changes of names go through a CRM
// that fails in every way, and through servers that are killed. In the end each
// customer has one card, each acknowledged change is there, and no receipt counts
// twice; what is unknown is so only where the CRM promises nothing.
func TestNothingIsLostOrDoubled(t *testing.T) {
	customers, kills := *stormCustomers, *stormKills
	for _, g := range []crm.Guarantee{crm.GuaranteeKeyed, crm.GuaranteeSearchable, crm.GuaranteeNone} {
		t.Run(string(g), func(t *testing.T) {
			s := newStorm(t, g)
			for kill := range kills {
				s.serve(kill*customers/kills, (kill+1)*customers/kills)
			}
			s.end(customers)
		})
	}
}

// storm is a CRM with faults, a store, and what was acknowledged.
type storm struct {
	t      *testing.T
	url    string
	crm    *connecttest.Memory
	clock  *clock
	g      crm.Guarantee
	points sync.Map // by phone: those that were acknowledged
	names  sync.Map
	calls  atomic.Int64
}

func newStorm(t *testing.T, g crm.Guarantee) *storm {
	s := &storm{t: t, url: sqldbtest.SQLite(t), crm: connecttest.NewMemory(), clock: &clock{now: opening}, g: g}
	s.crm.Promise(g)
	return s
}

// fails gives one call in five a fault.
func (s *storm) fails(string) connecttest.Fault {
	if rand.N(5) > 0 {
		return connecttest.Fine
	}
	return []connecttest.Fault{connecttest.Refused, connecttest.CutBefore, connecttest.CutAfter}[rand.N(3)]
}

// serve runs a server for some customers and kills it in the middle: from then on it
// reaches neither store nor CRM, so that every write ends where it stands.
func (s *storm) serve(from, to int) {
	dead := &atomic.Bool{}
	h := mortalNeighbour(s.t, s.url, s.crm, s.clock, dead, func(o *connect.Options) { o.BreakerDelay = time.Nanosecond })
	s.crm.Fail(func(operation string) connecttest.Fault {
		if dead.Load() {
			return connecttest.Refused
		}
		return s.fails(operation)
	})
	ctx, cancel := context.WithCancel(s.t.Context())
	kill := func() { dead.Store(true); cancel() }
	var running sync.WaitGroup
	var done atomic.Int64
	for i := from; i < to; i++ {
		running.Go(func() {
			s.customer(ctx, h, i)
			if done.Add(1) == int64(to-from)*2/3 {
				kill()
			}
		})
	}
	running.Wait()
	kill()
	// What the dead server had claimed is free when its time is over.
	s.clock.forward(time.Hour)
	h = neighbour(s.t, s.url, s.crm, s.clock, func(o *connect.Options) { o.BreakerDelay = time.Nanosecond })
	s.crm.Fail(s.fails)
	for range 5 {
		_, err := h.FinishDue(s.t.Context())
		assert.NoError(s.t, err)
	}
}

func (s *storm) phone(i int) string { return fmt.Sprint(79210000000 + i) }

func receiptOf(i int) crm.Receipt {
	return crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9999078900004312", I: int64(i), FP: 7}, At: opening, SumKopecks: 100_00, Kind: crm.ReceiptSale}
}

// customer gets a card, sends a receipt and changes a name.
func (s *storm) customer(ctx context.Context, h *house, i int) {
	drive(ctx, h.Program, s.phone(i), receiptOf(i), func(what string) {
		switch what {
		case askedPoints:
			s.points.Store(s.phone(i), true)
		case askedName:
			s.names.Store(s.phone(i), true)
		}
	}, &s.calls)
}

// What a wallet is told of.
const (
	askedPoints = "points"
	askedName   = "name"
)

// drive is a customer who gets a card, sends a receipt and changes a name, with a wallet
// that repeats what has failed a few times, and tells what was acknowledged.
func drive(ctx context.Context, p *connect.Program, phone string, receipt crm.Receipt, acknowledged func(what string), calls *atomic.Int64) {
	var card crm.Card
	repeat := func(do func() error) bool {
		for range 4 {
			calls.Add(1)
			if do() == nil {
				return true
			}
		}
		return false
	}
	if !repeat(func() (err error) { card, err = p.Issue(ctx, crm.Profile{Phone: phone}); return err }) {
		return
	}
	if repeat(func() error { _, err := p.SubmitReceipt(ctx, card.Number, receipt); return err }) {
		acknowledged(askedPoints)
	}
	if repeat(func() error { return p.UpdateProfile(ctx, card.Number, crm.Profile{Surname: "Иванова"}) }) {
		acknowledged(askedName)
	}
}

// end lets the CRM work again, finishes what is open, and counts.
func (s *storm) end(customers int) {
	t := s.t
	s.crm.Fail(nil)
	h := neighbour(t, s.url, s.crm, s.clock)
	for range 10 * customers {
		s.clock.forward(time.Hour)
		took, err := h.FinishDue(t.Context())
		require.NoError(t, err)
		if !took {
			break
		}
	}
	counted, err := h.store.CountIntents(t.Context())
	require.NoError(t, err)
	require.Zero(t, counted[connect.StateOpen].Count, "everything is finished or unknown")
	if s.g != crm.GuaranteeNone {
		require.Zero(t, counted[connect.StateUnknown].Count)
	}
	for i := range customers { // the wallet's last repetition
		card, err := h.Issue(t.Context(), crm.Profile{Phone: s.phone(i)})
		if err == nil {
			_, err = h.SubmitReceipt(t.Context(), card.Number, receiptOf(i))
		}
		if s.g == crm.GuaranteeNone && err != nil {
			require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
			continue
		}
		require.NoError(t, err)
	}
	phones := []string{}
	for _, m := range s.crm.Stored() {
		phones = append(phones, m.Profile.Phone)
		acknowledged, _ := s.points.Load(m.Profile.Phone)
		most, least := int64(100), int64(0)
		if s.g != crm.GuaranteeNone || acknowledged != nil {
			least = 100
		}
		require.LessOrEqual(t, m.Balance.Total, most, "a receipt counted twice")
		require.GreaterOrEqual(t, m.Balance.Total, least, "a receipt was lost")
		if _, named := s.names.Load(m.Profile.Phone); named {
			require.Equal(t, "Иванова", m.Profile.Surname, "a name was lost")
		}
	}
	slices.Sort(phones)
	require.Len(t, slices.Compact(slices.Clone(phones)), len(phones), "second cards")
	if s.g != crm.GuaranteeNone {
		require.Len(t, phones, customers)
	}
	t.Logf("%d calls of the wallet, %d cards, %d unknown, enrollments sent %d", s.calls.Load(), len(phones), counted[connect.StateUnknown].Count, s.crm.Calls("enroll"))
}
