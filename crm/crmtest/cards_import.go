package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func importChecks() []Check {
	return []Check{
		check("ImportCards/new-cards", "ImportCards stores cards with number, barcode, state, day of issue, holder and opening balance.", importsCards),
		check("ImportCards/opening-balance", "The opening balance of an import is one lot that can be spent at once and that the postings show.", importsBalance),
		check("ImportCards/several-cards", "Rows with one phone make one customer with several cards, and a customer who is there gets the card of the row.", importsToOneHolder),
		check("ImportCards/pool", "A number that is imported as a card is free no longer.", importEmptiesPool),
		check("ImportCards/two-customers", "A row whose phone and email belong to two customers is refused wholly with ErrAmbiguous; the others are stored.", importAmbiguous),
		check("ImportCards/other-holder", "A row with the phone or email of a customer who is not the card's holder is refused wholly with ErrNumberTaken; the others are stored.", importOtherHolder),
		check("ImportCards/no-identity", "A row with a profile without phone and email for a card without a holder is refused wholly with ErrNoIdentity; the others are stored.", importNoIdentity),
	}
}

// row is a record with a holder and points.
func (b *bench) row(number string, holder crm.Profile, balance int64) crm.CardRecord {
	r := b.record(number)
	r.Holder, r.Balance = holder, balance
	return r
}

func importsCards(b *bench) {
	states := map[string]crm.CardState{"card-1": crm.CardActive, "card-2": crm.CardInactive, "card-3": crm.CardBlocked}
	rows := []crm.CardRecord{b.row("card-1", fullProfile(1), 100), b.row("card-2", fullProfile(2), 0), b.row("card-3", crm.Profile{}, 30)}
	for i := range rows {
		rows[i].State, rows[i].IssuedAt = states[rows[i].Number], b.now.Add(-time.Duration(i)*day)
	}
	b.imports(rows...)
	for i, row := range rows {
		card := b.look(row.Number)
		same(b, "ImportCards of "+text(row)+", then Card", card, crm.Card{
			CardNumber: row.CardNumber, State: row.State, CustomerID: card.CustomerID,
			Balance: row.Balance, EarnedTotal: row.Balance, IssuedAt: row.IssuedAt,
		})
		same(b, "ImportCards of "+text(row)+", then Holder", b.holder(row.Number), row.Holder)
		b.holds((card.CustomerID == "") == (i == 2), "ImportCards of "+text(row), "a holder exactly when the row has one", card)
	}
	match := b.one("ImportCards of card-1 with a holder", crm.Identity{Email: email(1)})
	same(b, "ImportCards of card-1, then FindCards by its email", match.Cards, []crm.Card{b.look("card-1")})
	b.adds("ImportCards with opening balances", "card-1", "card-2", "card-3")
}

func importsBalance(b *bench) {
	b.imports(b.row("card-1", fullProfile(1), 100))
	same(b, "ImportCards with a balance of 100, the lots in Statement", b.remaining("card-1", b.now), []int64{100})
	same(b, "ImportCards with a balance of 100, then Postings", b.kinds("card-1"), []string{"grant +100"})
	b.take("card-1", "spent", 60)
	same(b, "ImportCards with a balance of 100, Take of 60, the lots", b.remaining("card-1", b.now), []int64{40})
	b.imports(b.row("card-2", fullProfile(2), 0))
	same(b, "ImportCards without a balance, then Postings", b.postings("card-2"), nil)
}

func importsToOneHolder(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.imports(b.row("card-2", crm.Profile{Phone: phone(1)}, 0), b.row("card-3", crm.Profile{Email: email(1), Locality: "Тверь"}, 0),
		b.row("card-4", crm.Profile{Phone: phone(4)}, 0), b.row("card-5", crm.Profile{Phone: phone(4)}, 0))
	for _, number := range []string{"card-2", "card-3"} {
		same(b, "ImportCards of "+number+" with the phone or email of the holder of card-1, its holder", b.look(number).CustomerID, card.CustomerID)
	}
	same(b, "ImportCards of two rows with one new phone, their holders", b.look("card-4").CustomerID, b.look("card-5").CustomerID)
	want := fullProfile(1)
	want.Locality = "Тверь"
	same(b, "ImportCards of a row with another locality for the holder of card-1, then Holder", b.holder("card-1"), want)
}

func importEmptiesPool(b *bench) {
	b.pool("free-1", "free-2")
	b.imports(b.row("free-1", fullProfile(1), 0))
	same(b, "added free-1 and free-2, imported free-1 as a card, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 1})
	same(b, "added free-1 and free-2, imported free-1 as a card, then LeaseNumbers of 5",
		b.lease(5, b.now.Add(time.Hour)), []crm.CardNumber{numbered("free-2")})
}

// refusal imports a row that has to be refused, alone and between two good
// ones, the i-th of the check.
func (b *bench) refusal(i int, did string, bad crm.CardRecord, kind crm.Kind) {
	b.Helper()
	before := b.state()
	refused, err := b.ImportCards(b.ctx, []crm.CardRecord{bad}, b.now)
	b.must(did+" alone", err)
	b.holds(len(refused) == 1 && isAny(refused[0].Err, []crm.Kind{kind}), did+" alone", "one refusal with "+string(kind), refused)
	b.unchanged(did+" alone (refused)", before)
	rows := []crm.CardRecord{b.row(fmt.Sprintf("good-%d", 2*i), crm.Profile{}, 10), bad, b.row(fmt.Sprintf("good-%d", 2*i+1), crm.Profile{}, 20)}
	refused, err = b.ImportCards(b.ctx, rows, b.now)
	b.must(did+" between two good rows", err)
	b.holds(len(refused) == 1 && refused[0].Index == 1 && isAny(refused[0].Err, []crm.Kind{kind}), did+" between two good rows",
		"a refusal of the row with the index 1 with "+string(kind), refused)
	for _, row := range []crm.CardRecord{rows[0], rows[2]} {
		same(b, did+" between two good rows, then Card of a good one", b.look(row.Number).Balance, row.Balance)
	}
}

func importAmbiguous(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	b.refusal(0, "ImportCards of a row with the phone of one customer and the email of another",
		b.row("card-3", crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}, 100), crm.ErrAmbiguous)
	b.noCard("ImportCards of card-3, which is refused", "card-3")
}

func importOtherHolder(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	for i, who := range []crm.Profile{
		{Phone: phone(2), Surname: "Другая"}, {Email: email(2), Surname: "Другая"}, {Phone: phone(9), Email: email(2), Surname: "Другая"},
	} {
		b.refusal(i, "ImportCards of card-1 with a phone or email of the holder of card-2: "+text(who), b.row("card-1", who, 100), crm.ErrNumberTaken)
	}
	same(b, "ImportCards of card-1 with another holder, then Holder", b.holder("card-1"), fullProfile(1))
	same(b, "ImportCards of card-1 with another holder, then Holder of card-2", b.holder("card-2"), fullProfile(2))
}

func importNoIdentity(b *bench) {
	b.unheld("plastic-1")
	b.refusal(0, "ImportCards of a new card with names alone", b.row("card-1", newNames, 100), crm.ErrNoIdentity)
	b.noCard("ImportCards of card-1, which is refused", "card-1")
	b.refusal(1, "ImportCards of a card without a holder with names alone", b.row("plastic-1", newNames, 100), crm.ErrNoIdentity)
	b.balance("ImportCards of plastic-1, which is refused", "plastic-1", 0)
}
