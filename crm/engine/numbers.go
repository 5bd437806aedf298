package engine

import (
	"context"
	"io"
	"time"

	"koshelek-adapter/crm"
)

const (
	leaseWindow    = 5 * time.Minute // how long a block is handed out from
	minBlock       = 8
	maxBlock       = 512
	quickBlock     = 2 * time.Second // a block that is gone sooner is doubled
	templateRounds = 64              // draws of a block before a template counts as used up
)

// numberSource hands out card numbers from a block that it leased in one
// operation, since a transaction for each number is what makes reservations
// slow. A number that is handed out needs no further write: its whole block is
// held until the window in which it may be handed out plus the time for which
// a reservation lasts. What a crash leaves over becomes free by itself.
type numberSource struct {
	backend  Numbers
	template *crm.NumberTemplate
	hold     time.Duration
	clock    func() time.Time
	random   io.Reader

	gate     chan struct{} // holds a token while the fields below are in use
	free     []crm.CardNumber
	until    time.Time
	filledAt time.Time
	size     int
}

// leasedNumber is a number with the end of its block's lease.
type leasedNumber struct {
	crm.CardNumber
	until time.Time
}

func newNumberSource(backend Numbers, o Options) *numberSource {
	return &numberSource{
		backend: backend, template: o.Template, hold: o.ReserveFor, clock: o.Clock, random: o.Random,
		gate: make(chan struct{}, 1), size: minBlock,
	}
}

// take gives a number that nobody else is given for the time of a reservation.
func (n *numberSource) take(ctx context.Context) (leasedNumber, error) {
	select {
	case n.gate <- struct{}{}:
	case <-ctx.Done():
		return leasedNumber{}, crm.Wrap(crm.ErrUnavailable, ctx.Err())
	}
	defer func() { <-n.gate }()
	now := n.clock().UTC().Truncate(time.Millisecond)
	if len(n.free) > 0 && now.After(n.filledAt.Add(leaseWindow)) {
		n.release(ctx)
	}
	if len(n.free) == 0 {
		if err := n.fill(ctx, now); err != nil {
			return leasedNumber{}, err
		}
	}
	number := n.free[len(n.free)-1]
	n.free = n.free[:len(n.free)-1]
	return leasedNumber{number, n.until}, nil
}

// putBack returns a number that certainly was not used. One of an older block
// is left to the end of its lease: too little of it may remain.
func (n *numberSource) putBack(number leasedNumber) {
	n.gate <- struct{}{}
	defer func() { <-n.gate }()
	if number.until.Equal(n.until) {
		n.free = append(n.free, number.CardNumber)
	}
}

func (n *numberSource) fill(ctx context.Context, now time.Time) error {
	n.resize(now)
	until := now.Add(leaseWindow + n.hold)
	block, err := n.backend.LeaseNumbers(ctx, LeaseRequest{Count: n.size, Now: now, Until: until})
	for round := 0; err == nil && len(block) == 0 && n.template != nil && round < templateRounds; round++ {
		block, err = n.make(ctx, now, until)
	}
	if err != nil {
		return err
	}
	if len(block) == 0 {
		return crm.ErrPoolEmpty
	}
	n.free, n.until, n.filledAt = block, until, now
	return nil
}

// resize follows the demand, so that an idle process does not sit on numbers
// that another one lacks.
func (n *numberSource) resize(now time.Time) {
	if now.Sub(n.filledAt) < quickBlock {
		n.size = min(2*n.size, maxBlock)
		return
	}
	n.size = max(n.size/2, minBlock)
}

func (n *numberSource) make(ctx context.Context, now, until time.Time) ([]crm.CardNumber, error) {
	drawn := make([]crm.CardNumber, 0, n.size)
	seen := make(map[string]bool, n.size)
	for range n.size {
		number, err := n.template.Random(n.random)
		if err != nil {
			return nil, err
		}
		if !seen[number.Number] {
			seen[number.Number] = true
			drawn = append(drawn, number)
		}
	}
	return n.backend.AddNumbers(ctx, PoolRequest{Numbers: drawn, ReservedUntil: until, Now: now})
}

// release gives the rest of a block back; when that fails, the numbers become
// free with the end of their lease.
func (n *numberSource) release(ctx context.Context) {
	_ = n.giveBack(ctx)
	n.free = nil
}

func (n *numberSource) giveBack(ctx context.Context) error {
	if len(n.free) == 0 {
		return nil
	}
	numbers := make([]string, len(n.free))
	for i, number := range n.free {
		numbers[i] = number.Number
	}
	return n.backend.ReleaseNumbers(ctx, numbers, n.until)
}

func (n *numberSource) close(ctx context.Context) error {
	select {
	case n.gate <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-n.gate }()
	err := n.giveBack(ctx)
	n.free = nil
	return err
}
