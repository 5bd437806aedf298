package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func leaseChecks() []Check {
	return []Check{
		check("LeaseNumbers/up-to-count", "LeaseNumbers gives up to Count numbers that are free, with their barcodes; fewer, or none, when there are no more.", leasesCount),
		check("LeaseNumbers/held", "A leased number is given to nobody else before Until.", leasesOnce),
		check("LeaseNumbers/free-again", "A leased number that was not used is free again after Until.", leasesAgain),
		check("LeaseNumbers/used", "A leased number that became a card never comes back.", leasesNoCard),
		check("ReleaseNumbers/frees", "ReleaseNumbers frees numbers that were leased until exactly Until.", releases),
		check("ReleaseNumbers/others", "ReleaseNumbers leaves alone numbers that are leased until another time, used, handed over or unknown.", releasesNoOther),
	}
}

func names(numbers []crm.CardNumber) []string {
	var list []string
	for _, number := range byNumber(numbers) {
		list = append(list, number.Number)
	}
	return list
}

func leasesCount(b *bench) {
	until := b.now.Add(time.Hour)
	same(b, "LeaseNumbers of an empty pool", b.lease(5, until), nil)
	b.pool("free-1", "free-2", "free-3")
	first, second := b.lease(2, until), b.lease(2, until)
	b.holds(len(first) == 2 && len(second) == 1, "added 3 numbers, LeaseNumbers of 2 twice", "2 numbers, then 1", [][]crm.CardNumber{first, second})
	same(b, "added 3 numbers, LeaseNumbers of 2 twice", byNumber(append(first, second...)),
		[]crm.CardNumber{numbered("free-1"), numbered("free-2"), numbered("free-3")})
	same(b, "leased all numbers, then LeaseNumbers", b.lease(2, until), nil)
}

func leasesOnce(b *bench) {
	b.pool("free-1", "free-2")
	until := b.now.Add(time.Hour)
	b.lease(1, until)
	same(b, "LeaseNumbers of 1 of 2, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 1, Reserved: 1})
	b.lease(1, until)
	b.later(time.Hour - time.Millisecond)
	same(b, "leased both numbers, LeaseNumbers a millisecond before the leases end", b.lease(2, b.now.Add(time.Hour)), nil)
}

func leasesAgain(b *bench) {
	b.pool("free-1", "free-2")
	b.lease(1, b.now.Add(time.Hour))
	b.lease(1, b.now.Add(2*time.Hour))
	b.later(time.Hour + time.Millisecond)
	got := b.lease(2, b.now.Add(time.Hour))
	b.holds(len(got) == 1, "leased one number for an hour and one for two, LeaseNumbers of 2 after an hour", "the number whose lease is over", got)
	b.later(2 * time.Hour)
	same(b, "LeaseNumbers after all leases are over", names(b.lease(5, b.now.Add(time.Hour))), []string{"free-1", "free-2"})
}

func leasesNoCard(b *bench) {
	b.pool("free-1", "free-2")
	until := b.now.Add(time.Hour)
	b.lease(2, until)
	b.reserved(fullProfile(1), "free-1")
	b.issue(fullProfile(2), "free-2")
	b.must("ReleaseNumbers of both", b.ReleaseNumbers(b.ctx, []string{"free-1", "free-2"}, until))
	b.later(2 * time.Hour)
	same(b, "leased two numbers, made cards of them, released them, LeaseNumbers after the leases are over",
		b.lease(5, b.now.Add(time.Hour)), nil)
	same(b, "then CountNumbers", b.level(b.now), crm.PoolLevel{})
}

func releases(b *bench) {
	b.pool("free-1", "free-2", "free-3")
	until := b.now.Add(time.Hour)
	b.lease(3, until)
	b.must("ReleaseNumbers of two, one of them named twice", b.ReleaseNumbers(b.ctx, []string{"free-1", "free-3", "free-1"}, until))
	same(b, "leased three numbers, released two, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 2, Reserved: 1})
	same(b, "leased three numbers, released two, then LeaseNumbers", names(b.lease(5, until)), []string{"free-1", "free-3"})
	b.must("ReleaseNumbers of none", b.ReleaseNumbers(b.ctx, nil, until))
}

func releasesNoOther(b *bench) {
	b.poolUntil(crm.Forever, "theirs-1")
	b.pool("leased-1", "used-1")
	until := b.now.Add(time.Hour)
	b.lease(2, until)
	b.reserved(fullProfile(1), "used-1")
	for _, other := range []time.Time{until.Add(time.Millisecond), until.Add(-time.Millisecond), b.now} {
		b.idle("leased until "+text(until)+", ReleaseNumbers until "+text(other), func() error {
			return b.ReleaseNumbers(b.ctx, []string{"leased-1", "theirs-1", "used-1", "unknown-1"}, other)
		})
	}
	b.idle("ReleaseNumbers of a used, a handed-over and an unknown number", func() error {
		return b.ReleaseNumbers(b.ctx, []string{"theirs-1", "used-1", "unknown-1"}, until)
	})
	same(b, "then LeaseNumbers", b.lease(5, until), nil)
}
