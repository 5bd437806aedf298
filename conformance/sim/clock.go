package sim

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// Clock is the time of one or more simulators, with what is due later. It
// either runs with the machine's clock or stands still until it is advanced.
// Safe for concurrent use.
type Clock struct {
	run     sync.Mutex // held while due work runs: one piece at a time, in order
	mu      sync.Mutex
	stands  bool
	at      time.Time     // of a clock that stands
	ahead   time.Duration // of a clock that runs
	due     agenda
	serial  uint64
	timer   *time.Timer
	closed  bool
	flying  int
	landed  *sync.Cond
	context context.Context
	cancel  context.CancelFunc
}

// NewClock returns a clock that runs with the machine's.
func NewClock() *Clock { return newClock(&Clock{}) }

// NewStandingClock returns a clock that shows start until it is advanced or set.
// What becomes due runs within [Clock.Advance] and [Clock.Set].
func NewStandingClock(start time.Time) *Clock { return newClock(&Clock{stands: true, at: start}) }

func newClock(c *Clock) *Clock {
	c.landed = sync.NewCond(&c.mu)
	c.context, c.cancel = context.WithCancel(context.Background())
	return c
}

// Now returns the clock's time in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.stands {
		return c.at.UTC()
	}
	return time.Now().Add(c.ahead).UTC()
}

// After lets work run once d has passed on this clock. Work runs one piece at a
// time in the order of its times and must not advance the clock itself; what
// takes long belongs into [Clock.Go].
func (c *Clock) After(d time.Duration, work func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.serial++
	heap.Push(&c.due, entry{at: c.now().Add(d), serial: c.serial, work: work})
	c.arm()
}

// Go runs work beside the clock. [Clock.Advance] waits for its end. The context
// ends with [Clock.Close].
func (c *Clock) Go(work func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.flying++
	go func() {
		defer func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.flying--
			c.landed.Broadcast()
		}()
		work(c.context)
	}()
}

// Context ends with [Clock.Close].
func (c *Clock) Context() context.Context { return c.context }

// Advance moves the clock forward by d and returns when all that became due on
// the way has run, with the calls that it started. A negative d moves the clock
// back and runs nothing new.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	target := c.now().Add(d)
	if !c.stands {
		c.ahead += d
	}
	c.mu.Unlock()
	c.until(target)
}

// Set moves the clock to t, like [Clock.Advance]; t may lie in the past.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	d := t.Sub(c.now())
	c.mu.Unlock()
	c.Advance(d)
}

// Close drops what is due, ends the calls that are under way and waits for them.
func (c *Clock) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed, c.due = true, nil
	if c.timer != nil {
		c.timer.Stop()
	}
	c.cancel()
	c.land()
}

func (c *Clock) until(target time.Time) {
	c.run.Lock()
	defer c.run.Unlock()
	for c.step(target) {
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stands {
		c.at = target
	}
	c.arm()
}

// step runs the first piece of work that is due until target and waits for the
// calls that it started; it tells whether there was one.
func (c *Clock) step(target time.Time) bool {
	c.mu.Lock()
	if len(c.due) == 0 || c.due[0].at.After(target) {
		c.land()
		if len(c.due) == 0 || c.due[0].at.After(target) {
			c.mu.Unlock()
			return false
		}
	}
	next := heap.Pop(&c.due).(entry)
	if c.stands && next.at.After(c.at) {
		c.at = next.at
	}
	c.mu.Unlock()
	next.work()
	if c.stands {
		c.mu.Lock()
		c.land()
		c.mu.Unlock()
	}
	return true
}

func (c *Clock) land() {
	for c.flying > 0 {
		c.landed.Wait()
	}
}

// arm sets the timer of a running clock to the first piece of work.
func (c *Clock) arm() {
	if c.stands || c.closed || len(c.due) == 0 {
		return
	}
	wait := max(0, c.due[0].at.Sub(c.now()))
	if c.timer == nil {
		c.timer = time.AfterFunc(wait, c.tick)
		return
	}
	c.timer.Reset(wait)
}

// tick runs what a running clock has reached; unlike Advance it does not wait
// for the calls, so that a slow partner does not hold up the others.
func (c *Clock) tick() {
	c.run.Lock()
	defer c.run.Unlock()
	for {
		c.mu.Lock()
		if len(c.due) == 0 || c.due[0].at.After(c.now()) {
			c.arm()
			c.mu.Unlock()
			return
		}
		next := heap.Pop(&c.due).(entry)
		c.mu.Unlock()
		next.work()
	}
}

type entry struct {
	at     time.Time
	serial uint64
	work   func()
}

// agenda is a heap by time, then by age.
type agenda []entry

func (a agenda) Len() int { return len(a) }

func (a agenda) Less(i, j int) bool {
	if a[i].at.Equal(a[j].at) {
		return a[i].serial < a[j].serial
	}
	return a[i].at.Before(a[j].at)
}

func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

func (a *agenda) Push(x any) { *a = append(*a, x.(entry)) }

func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
