package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func expiryChecks() []Check {
	return []Check{
		check("ExpirePoints/books", "ExpirePoints books what is left of a lot that is over, as a posting of its own, and tells how many lots it booked.", expires),
		check("ExpirePoints/once", "A lot is booked once.", expiresOnce),
		check("ExpirePoints/in-time", "ExpirePoints leaves alone lots that are not over, or spent.", expiresOnlyOver),
		check("ExpirePoints/limit", "ExpirePoints books up to limit lots at a time, until none is left.", expiresUpToLimit),
		check("ExpirePoints/every-card", "ExpirePoints books lots of inactive and blocked cards too: nobody keeps points that are over.", expiresEverywhere),
	}
}

// expire books lots and compares how many there were.
func (b *bench) expire(did string, limit, want int) {
	b.Helper()
	n, err := b.ExpirePoints(b.ctx, b.now, limit)
	b.must(did+", ExpirePoints", err)
	same(b, fmt.Sprintf("%s, ExpirePoints with limit %d", did, limit), n, want)
}

func (b *bench) expireAll() (int, error) { return b.ExpirePoints(b.ctx, b.now, plenty) }

func expires(b *bench) {
	b.card(1)
	b.grantLot("card-1", "ends", 50, b.now, b.now.Add(day))
	b.grantLot("card-1", "stays", 10, b.now, b.now.Add(30*day))
	b.take("card-1", "spent", 20)
	b.later(day)
	b.expire("granted 50 to end now and 10 to stay, spent 20", plenty, 1)
	same(b, "ExpirePoints of the 30 points that were left, then Postings",
		b.kinds("card-1"), []string{"expiry -30", "take -20", "grant +10", "grant +50"})
	posting := b.postings("card-1")[0]
	b.holds(posting.ID != "" && posting.CardNumber == "card-1", "ExpirePoints", "a posting with an ID and the card's number", posting)
	card := b.look("card-1")
	same(b, "ExpirePoints, balance and total earned", []int64{card.Balance, card.EarnedTotal}, []int64{10, 60})
	same(b, "ExpirePoints, the lots in Statement", b.remaining("card-1", b.now), []int64{10})
	b.adds("ExpirePoints", "card-1")
}

func expiresOnce(b *bench) {
	b.card(1)
	b.grantLot("card-1", "ends", 50, b.now, b.now.Add(day))
	b.later(day)
	b.expire("granted 50 to end now", plenty, 1)
	for range 2 {
		repeats(b, "ExpirePoints again", 0, b.expireAll)
		b.later(day)
	}
	b.adds("ExpirePoints three times", "card-1")
}

func expiresOnlyOver(b *bench) {
	b.card(1)
	repeats(b, "ExpirePoints of a store without lots", 0, b.expireAll)
	b.grantLot("card-1", "spent-lot", 50, b.now, b.now.Add(day))
	b.grantLot("card-1", "open-lot", 10, b.now, b.now.Add(2*day))
	b.grantLot("card-1", "for-ever", 5, b.now, crm.Forever)
	b.take("card-1", "spent", 50)
	b.later(2*day - time.Millisecond)
	repeats(b, "ExpirePoints with a lot that is spent and one that ends a millisecond later", 0, b.expireAll)
	b.later(100 * 365 * day)
	b.expire("a century later, with a lot for ever", plenty, 1)
	b.balance("ExpirePoints with a lot for ever", "card-1", 5)
	b.adds("ExpirePoints", "card-1")
}

func expiresUpToLimit(b *bench) {
	for i := range 5 {
		number := b.card(i % 2)
		b.grantLot(number, fmt.Sprintf("lot-%d", i), int64(10+i), b.now, b.now.Add(day))
	}
	b.later(2 * day)
	b.expire("five lots of two cards are over", 2, 2)
	b.expire("three lots are left", 2, 2)
	b.expire("one lot is left", 2, 1)
	b.expire("none is left", 2, 0)
	for _, number := range []string{"card-0", "card-1"} {
		b.balance("all lots booked", number, 0)
	}
	b.adds("ExpirePoints in pieces", "card-0", "card-1")
}

func expiresEverywhere(b *bench) {
	states := []crm.CardState{crm.CardActive, crm.CardInactive, crm.CardBlocked}
	for i, state := range states {
		number := b.card(i)
		b.grantLot(number, fmt.Sprintf("lot-%d", i), 10, b.now, b.now.Add(day))
		b.setState(number, state)
	}
	b.later(day)
	b.expire("an active, an inactive and a blocked card with a lot that is over", plenty, 3)
	for i, state := range states {
		b.balance(fmt.Sprintf("ExpirePoints with a card that is %s", state), cardName(i), 0)
	}
}
