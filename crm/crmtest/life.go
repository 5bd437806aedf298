package crmtest

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func lifeChecks() []Check {
	return []Check{
		check("Ping/reachable", "Ping gives no error while the store can be reached.", pings),
		check("Close/keeps", "What was stored is there when the store is opened again after Close.", closeKeeps),
		check("Close/under-way", "Close lets operations under way end first: what was acknowledged is there afterwards, and nothing is half done.", closeWaits),
	}
}

func pings(b *bench) {
	b.idle("Ping, three times", func() error {
		for range 3 {
			b.must("Ping", b.Ping(b.ctx))
		}
		return nil
	})
}

func closeKeeps(b *bench) {
	b.life()
	b.pool("free-1", "free-2")
	b.putCodes(b.promo("SPRING"))
	b.redeem("card-1", "SPRING")
	before := b.state()
	b.must("Close", b.Close())
	b.crash()
	b.unchanged("Close, then opened again", before)
}

func closeWaits(b *bench) {
	b.card(1)
	var (
		acknowledged sync.Map
		count        atomic.Int64
		workers      sync.WaitGroup
		busy         = make(chan struct{})
	)
	for w := range 8 {
		workers.Go(func() {
			defer b.rescue("Grant beside Close")
			for i := range 40 {
				key := fmt.Sprintf("gift-%d-%d", w, i)
				if _, err := b.Grant(b.ctx, b.movement("card-1", key, 1)); err != nil {
					return // the store is closed
				}
				acknowledged.Store(key, true)
				if count.Add(1) == 16 {
					close(busy)
				}
			}
		})
	}
	idle := make(chan struct{})
	go func() { workers.Wait(); close(idle) }()
	select {
	case <-busy:
	case <-idle: // every worker gave up early, which the balance will tell
	}
	b.must("Close while eight callers grant points", b.Close())
	<-idle
	b.crash()
	stored := map[string]bool{}
	for _, posting := range b.postings("card-1") {
		stored[posting.Description] = true
	}
	acknowledged.Range(func(key, _ any) bool {
		b.holds(stored["by "+key.(string)], "Close while eight callers grant points, then opened again", "every grant that was acknowledged", key)
		return true
	})
	b.holds(count.Load() >= 16, "Grant by eight callers before Close", "grants that work until Close", count.Load())
	b.adds("Close while eight callers grant points", "card-1")
}

// rescue turns a panic of a goroutine into a broken promise.
func (b *bench) rescue(did string) {
	if fault := recover(); fault != nil {
		b.broken(did, "no panic", fmt.Sprint(fault))
	}
}
