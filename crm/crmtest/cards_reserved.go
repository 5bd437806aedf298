package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func reservedChecks() []Check {
	return []Check{
		check("IssueReserved/free-number", "IssueReserved makes a card of a free number of the pool, with the pool's barcode, and the number leaves the pool.", reservesFree),
		check("IssueReserved/reserved-number", "IssueReserved makes a card of a number that was added as reserved or was leased.", reservesReserved),
		check("IssueReserved/handed-over-number", "IssueReserved makes a card of a number that was handed over.", reservesHandedOver),
		check("IssueReserved/unheld-card", "IssueReserved gives a card without a holder, points included, to the customer.", reservesUnheld),
		check("IssueReserved/several-cards", "IssueReserved gives a customer who has a card another one.", reservesSecond),
		check("IssueReserved/unknown-number", "IssueReserved of a number that is neither in the pool nor a card gives ErrNumberUnknown and changes nothing.", reservedUnknown),
		check("IssueReserved/taken-number", "IssueReserved of a number that is somebody's card gives ErrNumberTaken and changes nothing.", reservedTaken),
		check("IssueReserved/ambiguous", "IssueReserved with phone and email of two customers gives ErrAmbiguous and changes nothing.", reservedAmbiguous),
		check("IssueReserved/all-blocked", "IssueReserved for a customer whose cards are all blocked gives ErrCardBlocked and changes nothing.", reservedBlocked),
		check("IssueReserved/blocked-unheld-card", "A blocked card without a holder is given to nobody.", reservedBlockedUnheld),
	}
}

func reservesFree(b *bench) {
	b.pool("free-1", "free-2")
	r := b.request(fullProfile(1), "free-1")
	r.Number = crm.CardNumber{Number: "free-1"} // the method reads the number alone
	card, err := b.IssueReserved(b.ctx, r)
	b.must("IssueReserved of free-1", err)
	same(b, "added free-1 with a barcode, then IssueReserved of free-1", card, crm.Card{
		CardNumber: numbered("free-1"), State: crm.CardActive, CustomerID: card.CustomerID, IssuedAt: b.now,
	})
	b.holds(card.CustomerID != "", "IssueReserved of free-1", "a card with the ID of its holder", card)
	same(b, "IssueReserved of free-1, then Card", b.look("free-1"), card)
	same(b, "IssueReserved of free-1, then Holder", b.holder("free-1"), fullProfile(1))
	same(b, "added two numbers, IssueReserved of one, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 1})
	same(b, "added two numbers, IssueReserved of one, then LeaseNumbers of 5",
		b.lease(5, b.now.Add(time.Hour)), []crm.CardNumber{numbered("free-2")})
}

func reservesReserved(b *bench) {
	b.poolUntil(b.now.Add(time.Hour), "held-1")
	b.pool("free-2")
	b.lease(1, b.now.Add(time.Hour))
	for i, number := range []string{"held-1", "free-2"} {
		card := b.reserved(fullProfile(i), number)
		same(b, "IssueReserved of "+number+", which was reserved", card.CardNumber, numbered(number))
	}
	same(b, "IssueReserved of both numbers of the pool, then CountNumbers", b.level(b.now), crm.PoolLevel{})
	same(b, "IssueReserved of both, then CountNumbers after the reservation", b.level(b.now.Add(2*time.Hour)), crm.PoolLevel{})
}

func reservesHandedOver(b *bench) {
	b.poolUntil(crm.Forever, "theirs-1", "theirs-2")
	card := b.reserved(fullProfile(1), "theirs-1")
	same(b, "IssueReserved of theirs-1, which was handed over", card.CardNumber, numbered("theirs-1"))
	same(b, "IssueReserved of one of two handed-over numbers, then CountNumbers", b.level(b.now), crm.PoolLevel{HandedOver: 1})
}

func reservesUnheld(b *bench) {
	row := b.record("plastic-1")
	row.Balance = 120
	b.imports(row)
	card := b.reserved(fullProfile(1), "plastic-1")
	same(b, "imported plastic-1 without a holder and with 120 points, IssueReserved of it: number and barcode", card.CardNumber, numbered("plastic-1"))
	same(b, "its points", card.Balance, int64(120))
	same(b, "then Holder", b.holder("plastic-1"), fullProfile(1))
	match := b.one("IssueReserved of an unheld card", crm.Identity{Phone: phone(1)})
	same(b, "IssueReserved of an unheld card, then FindCards by its phone", match.Cards, []crm.Card{card})
	b.adds("IssueReserved of an unheld card with points", "plastic-1")
}

func reservesSecond(b *bench) {
	first := b.issue(fullProfile(1), "card-1")
	second := b.second(fullProfile(1), "card-2")
	same(b, "IssueReserved of card-2 to the holder of card-1, its holder", second.CustomerID, first.CustomerID)
	match := b.one("IssueReserved of card-2 to the holder of card-1", crm.Identity{Phone: phone(1)})
	b.holds(len(match.Cards) == 2, "IssueReserved of card-2 to the holder of card-1, then FindCards", "one customer with both cards", match)
	b.unheld("plastic-3")
	third := b.reserved(fullProfile(1), "plastic-3")
	same(b, "IssueReserved of an unheld card to the same customer, its holder", third.CustomerID, first.CustomerID)
}

func reservedUnknown(b *bench) {
	b.pool("free-1")
	b.card(1)
	for _, who := range []crm.Profile{fullProfile(1), fullProfile(2)} {
		b.refuses("IssueReserved of a number that nobody added to "+text(who), func() error {
			_, err := b.IssueReserved(b.ctx, b.request(who, "free-9"))
			return err
		}, crm.ErrNumberUnknown)
	}
}

func reservedTaken(b *bench) {
	b.second(fullProfile(1), "card-1")
	b.card(2)
	for _, number := range []string{"card-1", "card-2"} {
		b.refuses("IssueReserved of "+number+", another customer's card", func() error {
			_, err := b.IssueReserved(b.ctx, b.request(fullProfile(3), number))
			return err
		}, crm.ErrNumberTaken)
	}
}

func reservedAmbiguous(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	b.pool("free-3")
	b.refuses("IssueReserved with the phone of one customer and the email of another", func() error {
		_, err := b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}, "free-3"))
		return err
	}, crm.ErrAmbiguous)
}

func reservedBlocked(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.setState("card-1", crm.CardBlocked)
	b.pool("free-2")
	b.refuses("IssueReserved of a free number to a customer whose card is blocked", func() error {
		_, err := b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: phone(1), Surname: "Новая"}, "free-2"))
		return err
	}, crm.ErrCardBlocked)
}

func reservedBlockedUnheld(b *bench) {
	b.unheld("plastic-1")
	b.setState("plastic-1", crm.CardBlocked)
	b.refuses("IssueReserved of a card without a holder that is blocked", func() error {
		_, err := b.IssueReserved(b.ctx, b.request(fullProfile(1), "plastic-1"))
		return err
	}, crm.ErrCardBlocked, crm.ErrNumberTaken)
}
