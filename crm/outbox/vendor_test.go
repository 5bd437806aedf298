package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// vendor is one that a test plays.
type vendor struct {
	mu      sync.Mutex
	sent    []outbox.Request
	deliver func(job outbox.Request) outbox.Outcome
	ask     func(job outbox.Request) outbox.Outcome
}

func (v *vendor) Name() string { return "played" }

func (v *vendor) Message(action string, _ json.RawMessage) (outbox.Message, error) {
	return outbox.Message{Vendor: "played", Action: action}, nil
}

func (v *vendor) Send(_ context.Context, job outbox.Request) outbox.Outcome {
	v.mu.Lock()
	v.sent = append(v.sent, job)
	v.mu.Unlock()
	return v.deliver(job)
}

func (v *vendor) WantsRecipient(d outbox.Delivery) bool {
	if d.Action == "breaks" {
		panic("a fault of a vendor's connector")
	}
	return d.Action != "anonymous"
}

func (v *vendor) Ask(_ context.Context, job outbox.Request) outbox.Outcome { return v.ask(job) }

// keys are those of what was sent, in order.
func (v *vendor) keys() (keys []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, job := range v.sent {
		keys = append(keys, job.Key)
	}
	return keys
}

func outcome(state outbox.State, booked int64) outbox.Outcome {
	return outbox.Outcome{State: state, Booked: booked}
}

// always does the same with every job.
func always(out outbox.Outcome) func(outbox.Request) outbox.Outcome {
	return func(outbox.Request) outbox.Outcome { return out }
}

// fixture is a programme over a real store with a vendor.
type fixture struct {
	t       *testing.T
	store   *sqldb.Store
	service *engine.Engine
	vendor  *vendor
	// ahead is how far the programme's clock runs before the real one.
	ahead atomic.Int64
	moves int
	looks lookedAt
}

// lookedAt is a programme that counts how often profiles are read.
type lookedAt struct {
	*engine.Engine
	recipients atomic.Int64
}

func (l *lookedAt) Recipients(ctx context.Context, list ...outbox.Delivery) (map[string]crm.Profile, error) {
	l.recipients.Add(1)
	return l.Engine.Recipients(ctx, list...)
}

func newFixture(t *testing.T, url string, rules ...engine.AwardRule) *fixture {
	if url == "" {
		url = sqldbtest.SQLite(t)
	}
	store, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	h := &fixture{t: t, store: store, vendor: &vendor{deliver: always(outcome(outbox.StateDone, 1))}}
	h.service, err = engine.New(store, engine.Options{
		Rules: engine.Rules{MaxAge: time.Hour, Zone: time.UTC, Texts: engine.EnglishTexts, Awards: rules}, ReserveFor: time.Hour,
		Barcode: crm.BarcodeRule{Type: crm.Code128},
		Clock:   func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) },
	})
	require.NoError(t, err)
	h.looks.Engine = h.service
	return h
}

// card makes a card with points and a holder.
func (h *fixture) card(n int) string {
	number := fmt.Sprintf("card-%d", n)
	_, err := h.store.Issue(h.t.Context(), engine.IssueRequest{
		Profile: crm.Profile{Phone: fmt.Sprintf("7921000%04d", n)}, Number: crm.CardNumber{Number: number}, Now: time.Now(),
		Welcome: crm.Accrual{Points: 1000, Kind: crm.PostingWelcome, AvailableFrom: time.Now(), ValidUntil: crm.Forever},
	})
	require.NoError(h.t, err)
	return number
}

// order takes a point from the card, which orders the messages.
func (h *fixture) order(card string, messages ...outbox.Message) {
	h.moves++
	for i := range messages {
		messages[i].Vendor = "played"
		if messages[i].Cause == "" {
			messages[i].Cause = messages[i].Key
		}
	}
	_, err := h.store.Take(h.t.Context(), engine.Movement{
		Key: fmt.Sprint("move ", h.moves), CardNumber: card, Points: 1, Messages: messages, Now: time.Now(),
	})
	require.NoError(h.t, err)
}

var claims atomic.Int64

func (h *fixture) worker(o outbox.Options) *outbox.Worker {
	o.NewClaim = func() string { return fmt.Sprint("claim ", claims.Add(1)) }
	if o.Poll == 0 {
		o.Poll = 5 * time.Millisecond
	}
	if o.BackoffFirst == 0 {
		o.BackoffFirst, o.BackoffMost = time.Millisecond, 5*time.Millisecond
	}
	return outbox.New(&h.looks, h.vendor, o)
}

// run runs a worker until what is asked for holds.
func (h *fixture) run(o outbox.Options, until func() bool) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	var running sync.WaitGroup
	w := h.worker(o)
	running.Go(func() { w.Run(ctx) })
	require.Eventually(h.t, until, time.Minute, 2*time.Millisecond)
	cancel()
	running.Wait()
}

// all gives the outbox by the keys of its messages.
func (h *fixture) all() map[string]outbox.Delivery {
	list, err := h.service.Deliveries(context.Background(), outbox.Query{Limit: 100_000})
	require.NoError(h.t, err)
	found := map[string]outbox.Delivery{}
	for _, d := range list {
		found[d.Key] = d
	}
	return found
}

func (h *fixture) state(key string) outbox.State { return h.all()[key].State }

// settled reports that every delivery is in one of the states.
func (h *fixture) settled(states ...outbox.State) func() bool {
	return func() bool {
		for _, d := range h.all() {
			if !slices.Contains(states, d.State) {
				return false
			}
		}
		return true
	}
}

func (h *fixture) balance(card string) int64 {
	c, err := h.store.Card(h.t.Context(), card)
	require.NoError(h.t, err)
	return c.Balance
}
