package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// many is more than fits into one statement of most stores' habits.
const many = 1100

// refusal imports a row that has to be refused, alone and between two good
// ones, the i-th of the check.
func (b *bench) refusal(i int, bad engine.CardRecord, kind crm.Kind) {
	b.Helper()
	before := b.state()
	refused := must(b.ImportCards(b.ctx, []engine.CardRecord{bad}, b.now))
	b.holds(len(refused) == 1 && isAny(refused[0].Err, kind), "one refusal with "+string(kind), refused)
	b.unchanged(before)
	first, last := b.row(fmt.Sprintf("good-%d", 2*i), crm.Profile{}, 10), b.row(fmt.Sprintf("good-%d", 2*i+1), crm.Profile{}, 20)
	refused = must(b.ImportCards(b.ctx, []engine.CardRecord{first, bad, last}, b.now))
	b.holds(len(refused) == 1 && refused[0].Index == 1 && isAny(refused[0].Err, kind), "a refusal of the row with the index 1 with "+string(kind), refused)
	b.balance(first.Number, 10)
	b.balance(last.Number, 20)
}

// indices gives the places of refused rows, in their order.
func indices(refused []crm.RowError) (list []int) {
	for _, refusal := range refused {
		list = append(list, refusal.Index)
	}
	slices.Sort(list)
	return list
}

func importChecks() []Check {
	return []Check{
		{"ImportCards/new-cards", "ImportCards stores cards with number, barcode, state, day of issue, holder and opening balance.", func(b *bench) {
			rows := []engine.CardRecord{b.row("card-1", fullProfile(1), 100), b.row("card-2", fullProfile(2), 0), b.row("card-3", crm.Profile{}, 30)}
			for i, state := range []crm.CardState{crm.CardActive, crm.CardInactive, crm.CardBlocked} {
				rows[i].State, rows[i].IssuedAt = state, b.now.Add(-time.Duration(i)*day)
			}
			b.imports(rows...)
			for i, row := range rows {
				card := b.look(row.Number)
				same(b, card, crm.Card{
					CardNumber: row.CardNumber, State: row.State, CustomerID: card.CustomerID,
					Balance: row.Balance, EarnedTotal: row.Balance, IssuedAt: row.IssuedAt,
				})
				same(b, b.holder(row.Number), row.Holder)
				b.holds((card.CustomerID == "") == (i == 2), "a holder exactly when the row has one", card)
			}
			same(b, b.one(crm.Identity{Email: email(1)}).Cards, []crm.Card{b.look("card-1")})
			b.adds("card-1", "card-2", "card-3")
		}, faults{"every card is imported as active": asked("ImportCards", func(rows *[]engine.CardRecord) {
			for i := range *rows {
				(*rows)[i].State = crm.CardActive
			}
		})}},
		{"ImportCards/opening-balance", "The opening balance of an import is one lot that can be spent at once and that the postings show.", func(b *bench) {
			b.imports(b.row("card-1", fullProfile(1), 100), b.row("card-2", fullProfile(2), 0))
			same(b, b.remaining("card-1", b.now), []int64{100})
			same(b, b.kinds("card-1"), []string{"grant +100"})
			b.take("card-1", "spent", 60)
			same(b, b.remaining("card-1", b.now), []int64{40})
			same(b, b.postings("card-2"), nil)
		}, faults{"an imported card has no opening balance": asked("ImportCards", func(rows *[]engine.CardRecord) {
			for i := range *rows {
				(*rows)[i].Balance = 0
			}
		})}},
		{"ImportCards/several-cards", "Rows with one phone make one customer with several cards, and a customer who is there gets the card of the row.", func(b *bench) {
			card := b.person(1)
			b.imports(b.row("card-2", crm.Profile{Phone: phone(1)}, 0), b.row("card-3", crm.Profile{Email: email(1), Locality: "Тверь"}, 0),
				b.row("card-4", crm.Profile{Phone: phone(4)}, 0), b.row("card-5", crm.Profile{Phone: phone(4)}, 0))
			same(b, []string{b.look("card-2").CustomerID, b.look("card-3").CustomerID}, []string{card.CustomerID, card.CustomerID})
			same(b, b.look("card-4").CustomerID, b.look("card-5").CustomerID)
			want := fullProfile(1)
			want.Locality = "Тверь"
			same(b, b.holder("card-1"), want)
		}, nil},
		{"ImportCards/pool", "A number that is imported as a card is free no longer.", func(b *bench) {
			b.pool("free-1", "free-2")
			b.imports(b.row("free-1", fullProfile(1), 0))
			same(b, b.level(b.now), crm.PoolLevel{Free: 1})
			same(b, b.lease(5, b.now.Add(time.Hour)), allNumbered("free-2"))
		}, nil},
		{"ImportCards/two-customers", "A row whose phone and email belong to two customers is refused wholly with ErrAmbiguous; the others are stored.", func(b *bench) {
			b.person(1)
			b.person(2)
			b.refusal(0, b.row("card-3", crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}, 100), crm.ErrAmbiguous)
			b.noCard("card-3")
		}, faults{"one refused row refuses the import": around("ImportCards", func(c *call, rows *[]engine.CardRecord, refused *[]crm.RowError) {
			for i, row := range *rows {
				if len(must(c.good.FindCards(c.ctx, crm.Identity{Phone: row.Holder.Phone, Email: row.Holder.Email}))) > 1 {
					*refused = []crm.RowError{{Index: i, Err: crm.ErrAmbiguous}}
					return
				}
			}
			c.next()
		})}},
		{"ImportCards/other-holder", "A row with the phone or email of a customer who is not the card's holder is refused wholly with ErrNumberTaken; the others are stored.", func(b *bench) {
			b.person(1)
			b.person(2)
			for i, who := range []crm.Profile{{Phone: phone(2)}, {Email: email(2)}, {Phone: phone(9), Email: email(2)}} {
				who.Surname = "Другая"
				b.refusal(i, b.row("card-1", who, 100), crm.ErrNumberTaken)
			}
			same(b, b.holder("card-1"), fullProfile(1))
			same(b, b.holder("card-2"), fullProfile(2))
		}, faults{"refused rows are counted from one": told("ImportCards", func(refused *[]crm.RowError) {
			for i := range *refused {
				(*refused)[i].Index++
			}
		})}},
		{"ImportCards/no-identity", "A row with a profile without phone and email for a card without a holder is refused wholly with ErrNoIdentity; the others are stored.", func(b *bench) {
			b.unheld("plastic-1")
			b.refusal(0, b.row("card-1", newNames, 100), crm.ErrNoIdentity)
			b.noCard("card-1")
			b.refusal(1, b.row("plastic-1", newNames, 100), crm.ErrNoIdentity)
			b.balance("plastic-1", 0)
		}, faults{"a person without phone and email is nobody": asked("ImportCards", func(rows *[]engine.CardRecord) {
			for i, row := range *rows {
				if row.Holder.Phone+row.Holder.Email == "" {
					(*rows)[i].Holder = crm.Profile{}
				}
			}
		})}},
		{"ImportCards/twice", "An import may run twice: the second run changes nothing, and a row that stands twice in one call is credited once.", func(b *bench) {
			rows := []engine.CardRecord{b.row("card-1", fullProfile(1), 100), b.row("card-2", crm.Profile{}, 30), b.row("card-1", fullProfile(1), 100)}
			b.imports(rows...)
			b.balance("card-1", 100)
			b.adds("card-1")
			b.later(day)
			b.idle(func() error { b.imports(rows...); return nil })
		}, faults{"an import that runs twice credits twice": func(w *wire) {
			runs := 0
			around("ImportCards", func(c *call, rows *[]engine.CardRecord, _ *any) {
				runs++
				for i, row := range *rows {
					if _, err := c.good.Card(c.ctx, row.Number); err == nil && row.Balance > 0 {
						ok(credit(c, fmt.Sprint("import ", runs, i), row.Number, row.Balance, row.IssuedAt))
					}
				}
				c.next()
			})(w)
		}}},
		{"ImportCards/updates", "A card that exists is updated: barcode, state, and its holder's profile where the row is not empty.", func(b *bench) {
			b.imports(b.row("card-1", fullProfile(1), 100))
			before := b.look("card-1")
			row := b.row("card-1", renamed(crm.Profile{Phone: phone(1)}), 100)
			row.State, row.BarcodeNumber, row.BarcodeType = crm.CardInactive, "4006381333931", crm.EAN13
			b.imports(row)
			before.CardNumber, before.State = row.CardNumber, crm.CardInactive
			same(b, b.look("card-1"), before)
			same(b, b.holder("card-1"), renamed(fullProfile(1)))
			b.one(crm.Identity{Phone: phone(1)})
		}, faults{"cards that exist are skipped by an import": around("ImportCards", func(c *call, rows *[]engine.CardRecord, _ *any) {
			*rows = slices.DeleteFunc(*rows, func(row engine.CardRecord) bool {
				_, err := c.good.Card(c.ctx, row.Number)
				return err == nil
			})
			c.next()
		})}},
		{"ImportCards/updates-identity", "An import of a held card stores a phone and an email that nobody has for the holder.", func(b *bench) {
			b.imports(b.row("card-1", fullProfile(1), 0))
			before := b.look("card-1").CustomerID
			b.imports(b.row("card-1", crm.Profile{Phone: phone(11)}, 0))
			b.imports(b.row("card-1", crm.Profile{Phone: phone(11), Email: email(11)}, 0))
			want := fullProfile(1)
			want.Phone, want.Email = phone(11), email(11)
			same(b, b.holder("card-1"), want)
			same(b, b.look("card-1").CustomerID, before)
			b.nobody(crm.Identity{Phone: phone(1)})
		}, nil},
		{"ImportCards/names-alone", "An import of a held card with names alone updates the holder; one without a profile leaves the holder as it is.", func(b *bench) {
			b.imports(b.row("card-1", fullProfile(1), 0))
			b.imports(b.row("card-1", newNames, 0))
			same(b, b.holder("card-1"), renamed(fullProfile(1)))
			b.idle(func() error { b.imports(b.row("card-1", crm.Profile{}, 0)); return nil })
		}, nil},
		{"ImportCards/gives-holder", "A card that exists without a holder gets the holder of the row.", func(b *bench) {
			other := b.person(2)
			b.imports(b.row("card-1", crm.Profile{}, 50), b.row("card-3", crm.Profile{}, 0))
			b.imports(b.row("card-1", fullProfile(1), 50), b.row("card-3", crm.Profile{Phone: phone(2)}, 0))
			same(b, b.holder("card-1"), fullProfile(1))
			same(b, b.look("card-3").CustomerID, other.CustomerID)
			b.balance("card-1", 50)
		}, nil},
		{"ImportCards/keeps-balance", "The balance of a card that exists is not touched by an import.", func(b *bench) {
			b.imports(b.row("card-1", fullProfile(1), 100))
			b.take("card-1", "spent", 70)
			for _, points := range []int64{500, 0} {
				b.imports(b.row("card-1", fullProfile(1), points))
				b.balance("card-1", 30)
			}
			b.card(2)
			b.imports(b.row("card-2", crm.Profile{Phone: phone(2)}, 500))
			b.balance("card-2", 0)
			b.adds("card-1", "card-2")
		}, faults{"an issued card has its opening balance still to come": after("ImportCards", func(c *call, rows *[]engine.CardRecord, _ *any) error {
			for _, row := range *rows {
				if card := must(c.good.Card(c.ctx, row.Number)); card.EarnedTotal == 0 && row.Balance > 0 {
					return credit(c, "opening", row.Number, row.Balance, row.IssuedAt)
				}
			}
			return nil
		})}},
		{"ImportCards/many-rows", "ImportCards stores many rows in one call and reports the refused ones by their index in the call.", func(b *bench) {
			b.person(1)
			b.person(2)
			var rows []engine.CardRecord
			for _, number := range listed("plastic", many) {
				rows = append(rows, b.row(number, crm.Profile{}, 0))
			}
			bad := []int{3, many / 2, many - 1}
			for _, i := range bad {
				rows[i].Holder = crm.Profile{Phone: phone(1), Email: email(2)}
			}
			same(b, indices(must(b.ImportCards(b.ctx, rows, b.now))), bad)
			for _, i := range []int{0, many/2 + 1, many - 2} {
				same(b, b.look(rows[i].Number).CardNumber, rows[i].CardNumber)
			}
			b.noCard(rows[many-1].Number)
		}, faults{"refused rows are counted within a part of the import": func(w *wire) {
			w.on("ImportCards", func(c *call) {
				rows, refused := *arg[[]engine.CardRecord](c.args), arg[[]crm.RowError](c.results)
				for part := range slices.Chunk(rows, 500) {
					some, err := c.good.ImportCards(c.ctx, part, *arg[time.Time](c.args))
					*refused, c.err = append(*refused, some...), errors.Join(c.err, err)
				}
			})
		}}},
		{"Race/import-twins", "The same import at one moment credits each opening balance once.", func(b *bench) {
			rows := []engine.CardRecord{b.row("card-1", fullProfile(1), 100), b.row("card-2", fullProfile(1), 10), b.row("card-3", crm.Profile{}, 1)}
			results := race(8, func(int) ([]crm.RowError, error) { return b.ImportCards(b.ctx, rows, b.now) })
			tally(b, results, map[string]int{done: 8})
			for _, refused := range winners(results) {
				same(b, refused, nil)
			}
			for _, row := range rows {
				b.balance(row.Number, row.Balance)
			}
			same(b, len(b.one(crm.Identity{Phone: phone(1), Email: email(1)}).Cards), 2)
			b.adds("card-1", "card-2", "card-3")
		}, nil},
		{"Race/import-and-issue", "A phone that is imported and issued at one moment belongs to one customer.", func(b *bench) {
			who := crm.Profile{Phone: phone(1)}
			tally(b, race(racers, func(i int) (any, error) {
				if i%2 == 0 {
					return nil, errorOf(b.Issue(b.ctx, b.request(who, cardName(i))))
				}
				return nil, importOne(b, b.row(fmt.Sprintf("plastic-%d", i), who, 0))
			}), all)
			cards := b.one(crm.Identity{Phone: phone(1)}).Cards
			issued := 0
			for _, card := range cards {
				if card.Number[0] == 'c' {
					issued++
				}
			}
			b.holds(issued <= 1 && len(cards)-issued == racers/2, "one customer with 16 imported cards and at most one issued", cards)
		}, nil},
	}
}

// importOne gives the error with which a row was refused, too.
func importOne(b *bench, row engine.CardRecord) error {
	refused, err := b.ImportCards(b.ctx, []engine.CardRecord{row}, b.now)
	if err == nil && len(refused) > 0 {
		return refused[0].Err
	}
	return err
}
