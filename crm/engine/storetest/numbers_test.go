package storetest

import (
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// immense is a text that is beyond every limit of the contract.
var immense = strings.Repeat("x", 70_000)

// wholly makes a call whose last part may be refused: it does all or nothing.
func (b *bench) wholly(call func() error) {
	b.Helper()
	before := b.state()
	if call() != nil {
		b.unchanged(before)
	}
}

func numberChecks() []Check {
	three := []string{"free-1", "free-2", "free-3"}
	return []Check{
		{"AddNumbers/new-ones", "AddNumbers puts numbers into the pool and gives back those that were new, with their barcodes, each once.", func(b *bench) {
			same(b, byNumber(b.pool("free-1", "free-2", "free-1", "free-3")), allNumbered(three...))
			same(b, b.level(b.now), crm.PoolLevel{Free: 3})
			same(b, byNumber(b.lease(3, b.now.Add(time.Hour))), allNumbered(three...))
		}, faults{"numbers lose their barcodes in the pool": asked("AddNumbers", func(r *engine.PoolRequest) {
			for i := range r.Numbers {
				r.Numbers[i].BarcodeNumber = r.Numbers[i].Number
			}
		})}},
		{"AddNumbers/in-pool", "A number that is in the pool stays as it is and is left out of the answer.", func(b *bench) {
			b.pool("free-1")
			b.poolUntil(crm.Forever, "theirs-1")
			repeats(b, nil, b.AddNumbers, engine.PoolRequest{
				Numbers: []crm.CardNumber{{Number: "free-1", BarcodeNumber: "other", BarcodeType: crm.QRCode}}, ReservedUntil: crm.Forever, Now: b.now,
			})
			repeats(b, nil, b.AddNumbers, engine.PoolRequest{Numbers: allNumbered("theirs-1"), Now: b.now})
			same(b, b.pool("free-1", "free-2"), allNumbered("free-2"))
			same(b, byNumber(b.lease(5, b.now.Add(time.Hour))), allNumbered("free-1", "free-2"))
		}, faults{"numbers that are known count as new": after("AddNumbers", func(_ *call, r *engine.PoolRequest, added *[]crm.CardNumber) error {
			*added = r.Numbers
			return nil
		})}},
		{"AddNumbers/is-card", "A number that is a card stays as it is and is left out of the answer.", func(b *bench) {
			b.card(1)
			b.unheld("card-2")
			b.second(fullProfile(3), "card-3")
			repeats(b, nil, b.AddNumbers, engine.PoolRequest{Numbers: allNumbered("card-1", "card-2", "card-3"), Now: b.now})
			same(b, b.free(), nil)
		}, nil},
		{"AddNumbers/reserved", "Numbers that are added as reserved are given to nobody before that time, and are free afterwards.", func(b *bench) {
			until := b.now.Add(time.Hour)
			b.poolUntil(until, "held-1")
			same(b, b.level(b.now), crm.PoolLevel{Reserved: 1})
			same(b, b.lease(5, until), nil)
			b.later(time.Hour - time.Millisecond)
			same(b, b.lease(5, until), nil)
			b.later(2 * time.Millisecond)
			same(b, b.free(), []string{"held-1"})
		}, faults{"a reservation ends a moment early": asked("AddNumbers", func(r *engine.PoolRequest) { r.ReservedUntil = r.ReservedUntil.Add(-2 * time.Millisecond) })}},
		{"AddNumbers/handed-over", "Numbers that were handed over are never leased.", func(b *bench) {
			b.poolUntil(crm.Forever, "theirs-1", "theirs-2")
			b.pool("free-1")
			b.later(50 * 365 * day)
			same(b, b.free(), []string{"free-1"})
		}, faults{"handed-over numbers are leased": asked("AddNumbers", func(r *engine.PoolRequest) { r.ReservedUntil = time.Time{} })}},
		{"AddNumbers/many", "AddNumbers, LeaseNumbers and ReleaseNumbers work with many numbers in one call.", func(b *bench) {
			numbers, until := listed("free", many), b.now.Add(time.Hour)
			same(b, sorted(b.pool(numbers...)), numbers)
			same(b, sorted(b.lease(2*many, until)), numbers)
			ok(b.ReleaseNumbers(b.ctx, numbers, until))
			same(b, b.level(b.now), crm.PoolLevel{Free: many})
		}, faults{"only so many are leased at once": asked("LeaseNumbers", func(r *engine.LeaseRequest) { r.Count = min(r.Count, 1000) })}},
		{"AddNumbers/wholly", "AddNumbers happens wholly or not at all: when one of the numbers cannot be stored, none is.", func(b *bench) {
			b.pool("free-1")
			r := engine.PoolRequest{Now: b.now, Numbers: allNumbered(append(listed("more", many), immense)...)}
			b.wholly(func() error { return errorOf(b.Store.AddNumbers(b.ctx, r)) }) // too many names to look at afterwards
		}, faults{"numbers are stored in parts": around("AddNumbers", func(c *call, r *engine.PoolRequest, _ *any) {
			part := *r
			part.Numbers = r.Numbers[:len(r.Numbers)/2]
			must(c.good.AddNumbers(c.ctx, part))
			c.next()
		})}},
		{"CountNumbers/levels", "CountNumbers tells how many numbers are free, reserved and handed over at a time.", func(b *bench) {
			same(b, b.level(b.now), crm.PoolLevel{})
			b.pool("free-1", "free-2", "free-3", "free-4")
			b.poolUntil(b.now.Add(time.Hour), "held-1", "held-2")
			b.poolUntil(crm.Forever, "theirs-1")
			b.lease(1, b.now.Add(2*time.Hour))
			same(b, b.level(b.now), crm.PoolLevel{Free: 3, Reserved: 3, HandedOver: 1})
			same(b, b.level(b.now.Add(90*time.Minute)), crm.PoolLevel{Free: 5, Reserved: 1, HandedOver: 1})
			same(b, b.level(b.now.Add(3*time.Hour)), crm.PoolLevel{Free: 6, HandedOver: 1})
			b.reserved(fullProfile(1), "theirs-1")
			b.reserved(fullProfile(2), "held-1")
			same(b, b.level(b.now), crm.PoolLevel{Free: 3, Reserved: 2})
		}, faults{"reservations that are over are counted as reserved": asked("CountNumbers", func(now *time.Time) { *now = now.Add(-2 * time.Hour) })}},
		{"LeaseNumbers/up-to-count", "LeaseNumbers gives up to Count numbers that are free, with their barcodes; fewer, or none, when there are no more.", func(b *bench) {
			until := b.now.Add(time.Hour)
			same(b, b.lease(2, until), nil)
			b.pool(three...)
			first, second := b.lease(2, until), b.lease(2, until)
			same(b, []int{len(first), len(second)}, []int{2, 1})
			same(b, byNumber(append(first, second...)), allNumbered(three...))
			same(b, b.lease(2, until), nil)
		}, faults{"more numbers are leased than asked for": asked("LeaseNumbers", func(r *engine.LeaseRequest) { r.Count++ })}},
		{"LeaseNumbers/held", "A leased number is given to nobody else before Until.", func(b *bench) {
			b.pool("free-1", "free-2")
			until := b.now.Add(time.Hour)
			b.lease(1, until)
			same(b, b.level(b.now), crm.PoolLevel{Free: 1, Reserved: 1})
			b.lease(1, until)
			b.later(time.Hour - time.Millisecond)
			same(b, b.free(), nil)
		}, faults{"a number is leased twice": asked("LeaseNumbers", func(r *engine.LeaseRequest) { r.Until = r.Now })}},
		{"LeaseNumbers/free-again", "A leased number that was not used is free again after Until.", func(b *bench) {
			b.pool("free-1", "free-2")
			b.lease(1, b.now.Add(time.Hour))
			b.lease(1, b.now.Add(2*time.Hour))
			b.later(time.Hour + time.Millisecond)
			same(b, len(b.free()), 1)
			b.later(2 * time.Hour)
			same(b, b.free(), []string{"free-1", "free-2"})
		}, faults{"a leased number never comes back": asked("LeaseNumbers", func(r *engine.LeaseRequest) { r.Until = crm.Forever.Add(-time.Hour) })}},
		{"LeaseNumbers/used", "A leased number that became a card never comes back.", func(b *bench) {
			b.pool("free-1", "free-2")
			until := b.now.Add(time.Hour)
			b.lease(2, until)
			b.reserved(fullProfile(1), "free-1")
			b.issue(fullProfile(2), "free-2")
			ok(b.ReleaseNumbers(b.ctx, []string{"free-1", "free-2"}, until))
			b.later(2 * time.Hour)
			same(b, b.free(), nil)
			same(b, b.level(b.now), crm.PoolLevel{})
		}, nil},
		{"ReleaseNumbers/frees", "ReleaseNumbers frees numbers that were leased until exactly Until.", func(b *bench) {
			b.pool(three...)
			until := b.now.Add(time.Hour)
			b.lease(3, until)
			ok(b.ReleaseNumbers(b.ctx, []string{"free-1", "free-3", "free-1"}, until))
			same(b, b.level(b.now), crm.PoolLevel{Free: 2, Reserved: 1})
			same(b, sorted(b.lease(5, until)), []string{"free-1", "free-3"})
			ok(b.ReleaseNumbers(b.ctx, nil, until))
		}, faults{"only one is freed": asked("ReleaseNumbers", func(numbers *[]string) { *numbers = (*numbers)[:min(1, len(*numbers))] })}},
		{"ReleaseNumbers/others", "ReleaseNumbers leaves alone numbers that are leased until another time, used, handed over or unknown.", func(b *bench) {
			b.poolUntil(crm.Forever, "theirs-1")
			b.pool("leased-1", "used-1")
			until := b.now.Add(time.Hour)
			b.lease(2, until)
			b.reserved(fullProfile(1), "used-1")
			for _, other := range []time.Time{until.Add(time.Millisecond), until.Add(-time.Millisecond), b.now} {
				b.idle(func() error {
					return b.ReleaseNumbers(b.ctx, []string{"leased-1", "theirs-1", "used-1", "unknown-1"}, other)
				})
			}
			b.idle(func() error { return b.ReleaseNumbers(b.ctx, []string{"theirs-1", "used-1", "unknown-1"}, until) })
			same(b, b.free(), nil)
		}, faults{"a release looks at the number alone": func(w *wire) {
			w.on("ReleaseNumbers", func(c *call) {
				for _, n := range must(c.good.ListNumbers(c.ctx, "", plenty)) {
					for _, number := range *arg[[]string](c.args) {
						if n.Number == number {
							ok(c.good.ReleaseNumbers(c.ctx, []string{number}, n.ReservedUntil))
						}
					}
				}
			})
		}}},
		{"Race/lease", "No number is leased twice, also when many processes lease at one moment.", func(b *bench) {
			numbers, until := listed("free", 100), b.now.Add(time.Hour)
			b.pool(numbers...)
			results := race(racers, func(int) ([]crm.CardNumber, error) {
				return b.LeaseNumbers(b.ctx, engine.LeaseRequest{Count: 5, Now: b.now, Until: until})
			})
			tally(b, results, all)
			var leased []crm.CardNumber
			for _, some := range winners(results) {
				b.holds(len(some) <= 5, "at most 5 for each", some)
				leased = append(leased, some...)
			}
			leased = append(leased, b.lease(100, until)...) // what was left because others were at it
			same(b, sorted(leased), numbers)
		}, faults{"processes lease from one list": func(w *wire) {
			met := newMeeting(racers)
			around("LeaseNumbers", func(c *call, r *engine.LeaseRequest, leased *[]crm.CardNumber) {
				if met.wait(); r.Count == 5 {
					r.Until = r.Now
				}
				c.next()
			})(w)
		}}},
		{"Race/lease-and-issue", "A number that becomes a card at the moment at which it is leased is nobody else's card.", func(b *bench) {
			numbers := listed("free", racers)
			b.pool(numbers...)
			results := race(2*racers, func(i int) ([]crm.CardNumber, error) {
				if i < racers {
					return nil, errorOf(b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: phone(i)}, numbers[i])))
				}
				return b.LeaseNumbers(b.ctx, engine.LeaseRequest{Count: 1, Now: b.now, Until: b.now.Add(time.Hour)})
			})
			tally(b, results, map[string]int{done: 2 * racers})
			seen := map[string]bool{}
			for _, leased := range winners(results) {
				for _, number := range leased {
					b.holds(!seen[number.Number], "no number leased twice", number)
					seen[number.Number] = true
				}
			}
			for i, number := range numbers {
				same(b, b.holder(number).Phone, phone(i))
			}
			same(b, b.level(b.now), crm.PoolLevel{})
		}, nil},
		{"Race/add-numbers", "Of calls that add the same numbers at one moment each number is new to one.", func(b *bench) {
			numbers := listed("free", 20)
			results := race(racers, func(int) ([]crm.CardNumber, error) {
				return b.AddNumbers(b.ctx, engine.PoolRequest{Numbers: allNumbered(numbers...), Now: b.now})
			})
			tally(b, results, all)
			var added []crm.CardNumber
			for _, some := range winners(results) {
				added = append(added, some...)
			}
			same(b, sorted(added), numbers)
			same(b, b.level(b.now), crm.PoolLevel{Free: 20})
		}, nil},
	}
}
