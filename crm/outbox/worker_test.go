package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestDeliversAndSettles(t *testing.T) {
	h := newFixture(t, "")
	card := h.card(1)
	h.order(card, outbox.Message{Key: "a", Points: 7, Effect: outbox.EffectBook})
	h.vendor.deliver = func(job outbox.Request) outbox.Outcome {
		assert.Equal(t, "79210000001", job.Recipient.Phone)
		assert.Equal(t, outbox.StateSending, job.State)
		return outbox.Outcome{State: outbox.StateDone, Booked: 5, VendorRef: "tx-1", Answer: []byte("answer")}
	}
	h.run(outbox.Options{}, h.settled(outbox.StateDone))
	d := h.all()["a"]
	assert.Equal(t, int64(5), d.Booked, "what the vendor booked, not what was asked for")
	assert.Equal(t, "tx-1", d.VendorRef)
	assert.Equal(t, "answer", string(d.Answer))
	assert.Equal(t, int64(1000-1+5), h.balance(card))
}

// TestProfileIsReadOnDemand: personal data goes to those vendors alone that want it.
func TestProfileIsReadOnDemand(t *testing.T) {
	h := newFixture(t, "")
	h.order(h.card(1), outbox.Message{Key: "a", Action: "anonymous"}, outbox.Message{Key: "b", Action: "by name"})
	h.run(outbox.Options{}, h.settled(outbox.StateDone))
	for _, job := range h.vendor.sent {
		assert.Equal(t, job.Action == "by name", job.Recipient.Phone != "", job.Action)
	}
	assert.Len(t, h.vendor.sent, 2)
}

// TestProfilesAreReadTogether: once for all deliveries of a claim, and anew for who
// had to wait longer than a customer should have to be forgotten.
func TestProfilesAreReadTogether(t *testing.T) {
	for name, c := range map[string]struct {
		fresh time.Duration
		looks int64
		last  string
	}{"fresh": {time.Hour, 1, "79210000003"}, "old": {time.Nanosecond, 4, ""}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFixture(t, "")
			for n := 1; n <= 3; n++ {
				h.order(h.card(n), outbox.Message{Key: fmt.Sprint(n)})
			}
			h.vendor.deliver = func(job outbox.Request) outbox.Outcome {
				if job.Key == "1" {
					_, err := h.store.Erase(context.Background(), engine.EraseRequest{Phone: "79210000003", Actor: "test", Now: time.Now()})
					assert.NoError(t, err)
				}
				return outcome(outbox.StateDone, 1)
			}
			h.run(outbox.Options{Concurrency: 1, ProfileFor: c.fresh}, h.settled(outbox.StateDone))
			require.Len(t, h.vendor.sent, 3)
			assert.Equal(t, "79210000002", h.vendor.sent[1].Recipient.Phone)
			assert.Equal(t, c.last, h.vendor.sent[2].Recipient.Phone)
			assert.Equal(t, c.looks, h.looks.recipients.Load())
		})
	}
}

// TestRecipientOfAReplacedCard: a delivery whose card is replaced while it waits for
// a hand goes to the customer, who has another card by now.
func TestRecipientOfAReplacedCard(t *testing.T) {
	h := newFixture(t, "")
	h.order(h.card(1), outbox.Message{Key: "1"})
	h.order(h.card(2), outbox.Message{Key: "2"})
	h.vendor.deliver = func(job outbox.Request) outbox.Outcome {
		if job.Key == "1" {
			_, err := h.store.ReplaceCard(context.Background(), engine.Replacement{
				CardNumber: "card-2", New: crm.CardNumber{Number: "card-3"}, Actor: "test", Reason: "lost", Now: time.Now(),
			})
			assert.NoError(t, err)
		}
		return outcome(outbox.StateDone, 1)
	}
	h.run(outbox.Options{Concurrency: 1, ProfileFor: time.Nanosecond}, h.settled(outbox.StateDone))
	require.Len(t, h.vendor.sent, 2)
	assert.Equal(t, "79210000002", h.vendor.sent[1].Recipient.Phone)
}

func TestRetriesUntilDone(t *testing.T) {
	h := newFixture(t, "")
	h.order(h.card(1), outbox.Message{Key: "a"})
	h.vendor.deliver = func(job outbox.Request) outbox.Outcome {
		if job.Attempts < 4 {
			return outcome(outbox.StateRetry, 0)
		}
		return outcome(outbox.StateDone, 0)
	}
	h.run(outbox.Options{}, h.settled(outbox.StateDone))
	assert.Equal(t, []string{"a", "a", "a", "a"}, h.vendor.keys())
}

// TestUnknownIsAskedNotSent: after a lost answer the vendor is asked until it knows.
func TestUnknownIsAskedNotSent(t *testing.T) {
	h := newFixture(t, "")
	h.order(h.card(1), outbox.Message{Key: "a", AtMostOnce: true, Points: 3})
	h.vendor.deliver = always(outcome(outbox.StateUnknown, 0))
	var asked atomic.Int32
	h.vendor.ask = func(job outbox.Request) outbox.Outcome {
		if asked.Add(1) < 3 {
			return outcome(job.State, 0)
		}
		return outcome(outbox.StateDone, 3)
	}
	h.run(outbox.Options{}, h.settled(outbox.StateDone))
	assert.Equal(t, []string{"a"}, h.vendor.keys(), "sent once")
	assert.Equal(t, int32(3), asked.Load())
}

func TestOrderOfACustomerIsKept(t *testing.T) {
	h := newFixture(t, "")
	var wanted []string
	for n := range 4 {
		card := h.card(n)
		for i := range 25 {
			key := fmt.Sprintf("%d/%02d", n, i)
			h.order(card, outbox.Message{Key: key, AtMostOnce: i%2 == 0, Holds: i%3 == 0})
			if n == 0 {
				wanted = append(wanted, key)
			}
		}
	}
	var failed sync.Map
	h.vendor.deliver = func(job outbox.Request) outbox.Outcome {
		if _, before := failed.LoadOrStore(job.Key, true); !before && len(job.Key)%2 == 0 {
			return outcome(outbox.StateRetry, 0)
		}
		return outcome(outbox.StateDone, 0)
	}
	h.run(outbox.Options{Concurrency: 8}, h.settled(outbox.StateDone))
	var got []string
	for _, key := range h.vendor.keys() {
		if key[0] == '0' && !slices.Contains(got, key) {
			got = append(got, key)
		}
	}
	assert.Equal(t, wanted, got)
}

// TestVendorThatIsDownIsLeftAlone: the breaker opens after five failures, and
// nothing is lost meanwhile.
func TestVendorThatIsDownIsLeftAlone(t *testing.T) {
	h := newFixture(t, "")
	for n := range 40 {
		h.order(h.card(n), outbox.Message{Key: fmt.Sprint(n)})
	}
	var down atomic.Bool
	down.Store(true)
	h.vendor.deliver = func(outbox.Request) outbox.Outcome {
		if down.Load() {
			return outbox.Outcome{State: outbox.StateRetry, Down: true}
		}
		return outcome(outbox.StateDone, 0)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := h.worker(outbox.Options{Concurrency: 2, BreakerDelay: 300 * time.Millisecond})
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	require.Eventually(t, w.Down, time.Minute, time.Millisecond)
	calls := len(h.vendor.keys())
	assert.LessOrEqual(t, calls, 8, "five failures and what was at work beside them")
	down.Store(false)
	require.Eventually(t, h.settled(outbox.StateDone), time.Minute, 5*time.Millisecond)
	cancel()
	running.Wait()
}

// TestStopGivesBackWhatWasNotSent: what is under way is finished, the rest is new
// again and has no attempt.
func TestStopGivesBackWhatWasNotSent(t *testing.T) {
	h := newFixture(t, "")
	for n := range 6 {
		h.order(h.card(n), outbox.Message{Key: fmt.Sprint(n), AtMostOnce: true})
	}
	begun, release := make(chan struct{}, 10), make(chan struct{})
	h.vendor.deliver = func(outbox.Request) outbox.Outcome {
		begun <- struct{}{}
		<-release
		return outcome(outbox.StateDone, 0)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := h.worker(outbox.Options{Concurrency: 2})
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	<-begun
	<-begun
	cancel()
	// Those under way may take long, and a process may be killed before they end.
	require.Eventually(t, func() bool {
		waiting := 0
		for _, d := range h.all() {
			if d.State == outbox.StateNew {
				waiting++
			}
		}
		return waiting == 4
	}, time.Minute, 5*time.Millisecond)
	close(release)
	running.Wait()
	counts := map[outbox.State]int{}
	for _, d := range h.all() {
		counts[d.State]++
		if d.State == outbox.StateNew {
			assert.Zero(t, d.Attempts)
			assert.Empty(t, d.Claim)
		}
	}
	assert.Equal(t, map[outbox.State]int{outbox.StateDone: 2, outbox.StateNew: 4}, counts)
}

// TestRateAndLease: whatever the rate, everything is sent once, and none when its
// claim might end before the vendor's answer has to be there.
func TestRateAndLease(t *testing.T) {
	for name, o := range map[string]outbox.Options{
		"more hands than turns in a claim": {Concurrency: 8, Rate: 20, Timeout: time.Second, Lease: 1500 * time.Millisecond},
		"turns further apart than a claim": {Concurrency: 2, Rate: 1, Timeout: 2 * time.Second, Lease: 2200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, "")
			for n := range 3 {
				h.order(h.card(n), outbox.Message{Key: fmt.Sprint(n), AtMostOnce: true})
			}
			const slow = 400 * time.Millisecond // what a busy machine takes between the look at the claim and the sending
			h.vendor.deliver = func(job outbox.Request) outbox.Outcome {
				assert.Greater(t, time.Until(job.DueAt), o.Timeout-slow, "what is left of the claim of "+job.Key)
				return outcome(outbox.StateDone, 0)
			}
			h.run(o, h.settled(outbox.StateDone))
			assert.Len(t, h.vendor.keys(), 3)
			for _, d := range h.all() {
				assert.Equal(t, int64(1), d.Attempts)
			}
		})
	}
}

// TestLostWorker: a claim that runs out makes a repeatable delivery due again and
// one that must not be repeated unknown.
func TestLostWorker(t *testing.T) {
	h := newFixture(t, "")
	h.order(h.card(1), outbox.Message{Key: "again"})
	h.order(h.card(2), outbox.Message{Key: "once", AtMostOnce: true})
	lost, err := h.service.ClaimDeliveries(t.Context(), "played", "dead", 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, lost, 2)
	h.ahead.Store(int64(2 * time.Minute))
	h.vendor.ask = always(outbox.Outcome{State: outbox.StateUnknown, Wait: outbox.WaitForOperator})
	h.run(outbox.Options{}, func() bool {
		return h.state("again") == outbox.StateDone && h.all()["once"].DueAt.Equal(crm.Forever)
	})
	assert.Equal(t, []string{"again"}, h.vendor.keys())
	assert.Equal(t, outbox.StateUnknown, h.state("once"))
	// The worker that was thought dead comes back with certain news, too late for
	// one delivery and in time for the other.
	_, err = h.service.Settle(t.Context(), lost[0], "dead", outbox.Outcome{State: outbox.StateRetry}, "")
	require.ErrorIs(t, err, crm.ErrOperationConflict)
	_, err = h.service.Settle(t.Context(), h.all()["once"], "", outbox.Outcome{State: outbox.StateDone}, "")
	require.NoError(t, err)
}

// TestUndoWaitsForItsOriginal: as much is undone as was done, and nothing when
// nothing was.
func TestUndo(t *testing.T) {
	for name, c := range map[string]struct {
		original outbox.Outcome
		undone   int64
		sent     int
	}{
		"a part":  {outcome(outbox.StateDone, 6), 6, 2},
		"nothing": {outcome(outbox.StateRejected, 0), 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			rule := engine.AwardRule{ID: "r", On: engine.OnReceipt, Fixed: 10, Message: outbox.Message{
				Vendor: "played", Action: "earn", Effect: outbox.EffectBook, Undo: outbox.Undo{Action: "redeem", Effect: outbox.EffectUnbook},
			}}
			h := newFixture(t, "", rule)
			card := h.card(1)
			at := time.Now().UTC().Format("20060102T1504")
			h.refunded(card, at)
			h.vendor.deliver = func(job outbox.Request) outbox.Outcome {
				if job.Action == "redeem" {
					assert.Equal(t, c.undone, job.Points)
					return outcome(outbox.StateDone, job.Points)
				}
				return c.original
			}
			h.run(outbox.Options{}, h.settled(outbox.StateDone, outbox.StateRejected))
			assert.Len(t, h.vendor.keys(), c.sent)
			assert.Equal(t, int64(1000), h.balance(card))
		})
	}
}

// refunded submits a sale and its refund.
func (h *fixture) refunded(card, at string) {
	programme, err := engine.New(h.store, engine.Options{
		Rules:      engine.Rules{MaxAge: time.Hour, Zone: time.UTC, Texts: engine.EnglishTexts, Refunds: true, Awards: h.service.Awards()},
		ReserveFor: time.Hour, Barcode: crm.BarcodeRule{Type: crm.Code128},
	})
	require.NoError(h.t, err)
	service, err := crm.NewService(programme, crm.Options{Zone: time.UTC})
	require.NoError(h.t, err)
	for i, kind := range []int{1, 2} {
		_, err := service.SubmitReceipt(h.t.Context(), crm.CardRef{CardNumber: card},
			fmt.Sprintf("t=%s&s=100.00&fn=9960440300123456&i=%d&fp=1&n=%d", at, i+1, kind))
		require.NoError(h.t, err)
	}
}

func TestPanicIsTheMostCarefulOutcome(t *testing.T) {
	h := newFixture(t, "")
	h.order(h.card(1), outbox.Message{Key: "once", AtMostOnce: true}, outbox.Message{Key: "early", AtMostOnce: true, Action: "breaks"})
	h.vendor.deliver = func(outbox.Request) outbox.Outcome { panic("bug") }
	h.run(outbox.Options{}, h.settled(outbox.StateUnknown))
	assert.Equal(t, []string{"once"}, h.vendor.keys())
}

// TestManyWorkersSendOnce: workers of two stores on one database, as two
// processes have them, send everything once and in order.
func TestManyWorkersSendOnce(t *testing.T) {
	h := newFixture(t, sqldbtest.MariaDB(t))
	const customers, each = 12, 8
	for n := range customers {
		card := h.card(n)
		for i := range each {
			h.order(card, outbox.Message{Key: fmt.Sprintf("%02d/%02d", n, i), AtMostOnce: true, Points: 1, Effect: outbox.EffectBook})
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range 3 {
		w := h.worker(outbox.Options{Concurrency: 4})
		running.Go(func() { w.Run(ctx) })
	}
	require.Eventually(t, h.settled(outbox.StateDone), time.Minute, 20*time.Millisecond)
	cancel()
	running.Wait()
	keys := h.vendor.keys()
	require.Len(t, keys, customers*each, "nothing twice")
	last := map[string]string{}
	for _, key := range keys {
		require.Less(t, last[key[:2]], key, "order")
		last[key[:2]] = key
	}
	for n := range customers {
		assert.Equal(t, int64(1000), h.balance(fmt.Sprintf("card-%d", n)))
	}
}
