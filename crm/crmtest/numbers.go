package crmtest

import (
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

func poolChecks() []Check {
	return []Check{
		check("AddNumbers/new-ones", "AddNumbers puts numbers into the pool and gives back those that were new, with their barcodes.", addsNew),
		check("AddNumbers/in-pool", "A number that is in the pool stays as it is and is left out of the answer.", addsKnown),
		check("AddNumbers/is-card", "A number that is a card stays as it is and is left out of the answer.", addsCard),
		check("AddNumbers/reserved", "Numbers that are added as reserved are given to nobody before that time, and are free afterwards.", addsReserved),
		check("AddNumbers/handed-over", "Numbers that were handed over are never leased.", addsHandedOver),
		check("CountNumbers/levels", "CountNumbers tells how many numbers are free, reserved and handed over at a time.", countsLevels),
	}
}

// byNumber sorts numbers, whose order is nobody's promise.
func byNumber(numbers []crm.CardNumber) []crm.CardNumber {
	return slices.SortedFunc(slices.Values(numbers), func(a, b crm.CardNumber) int { return strings.Compare(a.Number, b.Number) })
}

func addsNew(b *bench) {
	added := b.pool("free-1", "free-2", "free-3")
	same(b, "AddNumbers of three new numbers", byNumber(added), []crm.CardNumber{numbered("free-1"), numbered("free-2"), numbered("free-3")})
	same(b, "AddNumbers of three new numbers, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 3})
	same(b, "AddNumbers of three new numbers, then LeaseNumbers",
		byNumber(b.lease(3, b.now.Add(time.Hour))), []crm.CardNumber{numbered("free-1"), numbered("free-2"), numbered("free-3")})
}

func addsKnown(b *bench) {
	b.pool("free-1")
	b.poolUntil(crm.Forever, "theirs-1")
	repeats(b, "AddNumbers of a free number again, as handed over and with another barcode", nil, func() ([]crm.CardNumber, error) {
		return b.AddNumbers(b.ctx, crm.PoolRequest{
			Numbers:       []crm.CardNumber{{Number: "free-1", BarcodeNumber: "other", BarcodeType: crm.QRCode}},
			ReservedUntil: crm.Forever, Now: b.now,
		})
	})
	repeats(b, "AddNumbers of a handed-over number again, as free", nil, func() ([]crm.CardNumber, error) {
		return b.AddNumbers(b.ctx, crm.PoolRequest{Numbers: []crm.CardNumber{numbered("theirs-1")}, Now: b.now})
	})
	same(b, "AddNumbers of a known and a new number", b.pool("free-1", "free-2"), []crm.CardNumber{numbered("free-2")})
	same(b, "AddNumbers of free-1 with another barcode, then LeaseNumbers",
		byNumber(b.lease(5, b.now.Add(time.Hour))), []crm.CardNumber{numbered("free-1"), numbered("free-2")})
}

func addsCard(b *bench) {
	b.card(1)
	b.unheld("card-2")
	b.second(fullProfile(3), "card-3")
	repeats(b, "AddNumbers of numbers that are cards", nil, func() ([]crm.CardNumber, error) {
		return b.AddNumbers(b.ctx, crm.PoolRequest{Numbers: []crm.CardNumber{numbered("card-1"), numbered("card-2"), numbered("card-3")}, Now: b.now})
	})
	same(b, "AddNumbers of numbers that are cards, then LeaseNumbers", b.lease(5, b.now.Add(time.Hour)), nil)
}

func addsReserved(b *bench) {
	until := b.now.Add(time.Hour)
	b.poolUntil(until, "held-1")
	same(b, "added held-1 as reserved for an hour, then CountNumbers", b.level(b.now), crm.PoolLevel{Reserved: 1})
	same(b, "added held-1 as reserved for an hour, then LeaseNumbers at once", b.lease(5, until), nil)
	b.later(time.Hour - time.Millisecond)
	same(b, "added held-1 as reserved, then LeaseNumbers a millisecond before that ends", b.lease(5, until), nil)
	b.later(2 * time.Millisecond)
	same(b, "added held-1 as reserved, then LeaseNumbers after that", b.lease(5, b.now.Add(time.Hour)), []crm.CardNumber{numbered("held-1")})
}

func addsHandedOver(b *bench) {
	b.poolUntil(crm.Forever, "theirs-1", "theirs-2")
	b.pool("free-1")
	b.later(50 * 365 * day)
	same(b, "handed over two numbers and added a free one, LeaseNumbers of 5 fifty years later",
		b.lease(5, b.now.Add(time.Hour)), []crm.CardNumber{numbered("free-1")})
}

func countsLevels(b *bench) {
	same(b, "CountNumbers of an empty pool", b.level(b.now), crm.PoolLevel{})
	b.pool("free-1", "free-2", "free-3", "free-4")
	b.poolUntil(b.now.Add(time.Hour), "held-1", "held-2")
	b.poolUntil(crm.Forever, "theirs-1")
	b.lease(1, b.now.Add(2*time.Hour))
	did := "added 4 free, 2 reserved for an hour, 1 handed over, and leased 1 for two hours, then CountNumbers "
	same(b, did+"at once", b.level(b.now), crm.PoolLevel{Free: 3, Reserved: 3, HandedOver: 1})
	same(b, did+"after 90 minutes", b.level(b.now.Add(90*time.Minute)), crm.PoolLevel{Free: 5, Reserved: 1, HandedOver: 1})
	same(b, did+"after three hours", b.level(b.now.Add(3*time.Hour)), crm.PoolLevel{Free: 6, HandedOver: 1})
	b.reserved(fullProfile(1), "theirs-1")
	b.reserved(fullProfile(2), "held-1")
	same(b, did+"after issuing the handed-over and a reserved one", b.level(b.now), crm.PoolLevel{Free: 3, Reserved: 2})
}
