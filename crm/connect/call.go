package connect

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"golang.org/x/time/rate"

	"koshelek-adapter/crm"
)

// The breaker opens when half of ten calls or more within breakerWindow failed, or
// rowOfFailures one after the other.
const (
	breakerWindow = 30 * time.Second
	breakerShare  = 0.5
	breakerCalls  = 10
	rowOfFailures = 5
	// turnWait is how long a call waits for its turn where the CRM limits calls.
	turnWait = time.Second
)

// gate is what every call of the CRM passes.
type gate struct {
	breaker  circuitbreaker.CircuitBreaker[any]
	room     bulkhead.Bulkhead[any]
	rate     atomic.Pointer[rate.Limiter]
	failures atomic.Int64
}

func newGate(o Options) *gate {
	g := &gate{
		breaker: circuitbreaker.NewBuilder[any]().WithFailureRateThreshold(breakerShare, breakerCalls, breakerWindow).WithDelay(o.BreakerDelay).Build(),
		room:    bulkhead.New[any](o.InFlight),
	}
	g.limit(0)
	return g
}

// limit sets the calls a second; 0 for no limit.
func (g *gate) limit(perSecond float64) {
	if perSecond <= 0 {
		g.rate.Store(rate.NewLimiter(rate.Inf, 1))
		return
	}
	g.rate.Store(rate.NewLimiter(rate.Limit(perSecond), 1))
}

// enter waits for a turn. Without one the CRM is not asked: crm.ErrBusy, or
// crm.ErrUnavailable while the breaker is open.
func (g *gate) enter(ctx context.Context) error {
	if !g.room.TryAcquirePermit() {
		return crm.Fail(crm.ErrBusy, "too many calls of the CRM")
	}
	turn := g.rate.Load().Reserve()
	if delay := turn.Delay(); delay > 0 {
		if err := waitTurn(ctx, turn, delay); err != nil {
			g.room.ReleasePermit()
			return err
		}
	}
	if !g.breaker.TryAcquirePermit() {
		g.room.ReleasePermit()
		return crm.Wrap(crm.ErrUnavailable, notDone{errors.New("the CRM is left alone for a while")})
	}
	return nil
}

func waitTurn(ctx context.Context, turn *rate.Reservation, delay time.Duration) error {
	if delay > turnWait {
		turn.Cancel()
		return crm.Fail(crm.ErrBusy, "the CRM's limit of calls")
	}
	select {
	case <-time.After(delay):
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return crm.Wrap(crm.ErrUnavailable, notDone{ctx.Err()})
	}
}

// leave tells the breaker how a call ended. One that its caller gave up says
// nothing of the CRM, unless it was the probe of an open breaker.
func (g *gate) leave(err error, givenUp bool) {
	defer g.room.ReleasePermit()
	switch failed := crm.KindOf(err) == crm.ErrUnavailable; {
	case failed && givenUp && g.breaker.IsClosed():
	case failed:
		g.breaker.RecordFailure()
		if g.failures.Add(1) >= rowOfFailures {
			g.failures.Store(0)
			g.breaker.Open()
		}
	default:
		g.failures.Store(0)
		g.breaker.RecordSuccess()
	}
}

// notDone marks the cause of an ErrUnavailable after which surely nothing was done.
type notDone struct{ error }

func (n notDone) Unwrap() []error { return []error{n.error, crm.ErrNotDone} }

// surelyNotDone reports an error after which the same write may be sent anew.
func surelyNotDone(err error) bool {
	return errors.Is(err, crm.ErrNotDone) || crm.KindOf(err) == crm.ErrBusy
}

// unknown reports an error that leaves open whether the CRM did what it was told.
func unknown(err error) bool {
	return crm.KindOf(err) == crm.ErrUnavailable && !surelyNotDone(err)
}

// translate gives a connector's error as programmes speak: a refusal passes, all
// else is ErrUnavailable.
func translate(err error) error {
	switch kind := crm.KindOf(err); kind {
	case "":
		return nil
	case crm.ErrNotDone, crm.ErrInternal, crm.ErrUnavailable:
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	if errors.Is(err, crm.ErrNotDone) {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	return err
}

// The names of reads; those of writes are [crm.Write].
const (
	readDescribe  = "describe"
	readFind      = "find"
	readMember    = "member"
	readBalance   = "balance"
	readPurchases = "purchases"
	readOffers    = "offers"
	readMembers   = "members"
	readLookup    = "lookup"
	writeErase    = "erase"
)

// ask reads from the CRM within the time for reads, and once more when the first
// try failed early enough.
func ask[T any](ctx context.Context, p *Program, operation string, do func(context.Context) (T, error)) (T, error) {
	limited, cancel := context.WithTimeout(ctx, p.options.ReadTimeout)
	defer cancel()
	answer, err := call(limited, ctx, p, operation, do)
	if crm.KindOf(err) != crm.ErrUnavailable || limited.Err() != nil || !p.gate.breaker.IsClosed() {
		return answer, err
	}
	select {
	case <-p.options.After(100*time.Millisecond + rand.N(200*time.Millisecond)):
	case <-limited.Done():
		return answer, err
	}
	return call(limited, ctx, p, operation, do)
}

// tell writes to the CRM, once, within the time for writes.
func tell[T any](ctx context.Context, p *Program, operation string, do func(context.Context) (T, error)) (T, error) {
	limited, cancel := context.WithTimeout(ctx, p.options.WriteTimeout)
	defer cancel()
	return call(limited, ctx, p, operation, do)
}

func call[T any](limited, ctx context.Context, p *Program, operation string, do func(context.Context) (T, error)) (answer T, err error) {
	begun := time.Now()
	defer func() { p.options.Observe(operation, outcome(err), time.Since(begun)) }()
	if err := limited.Err(); err != nil {
		return answer, crm.Wrap(crm.ErrUnavailable, notDone{err})
	}
	if err := p.gate.enter(limited); err != nil {
		return answer, err
	}
	err = crm.ErrUnavailable // for a panic
	defer func() {
		if fault := recover(); fault != nil {
			err = crm.Wrap(crm.ErrUnavailable, fmt.Errorf("the connector panicked: %v", fault))
		}
		p.gate.leave(err, errors.Is(ctx.Err(), context.Canceled))
		if crm.KindOf(err) == crm.ErrUnavailable {
			p.options.Log.Warn().Str("operation", operation).Err(err).Msg("crm.failed")
		}
	}()
	answer, err = do(limited)
	err = translate(err)
	return answer, err
}

// outcome names how a call ended, for metrics: "ok", "not_done", "unknown", "busy", or
// "refused".
func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case crm.KindOf(err) == crm.ErrBusy:
		return "busy"
	case surelyNotDone(err):
		return "not_done"
	case crm.KindOf(err) == crm.ErrUnavailable:
		return "unknown"
	}
	return "refused"
}
