package storetest

import (
	"errors"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func findChecks() []Check {
	const anna = "anna@example.com"
	matched := func(card crm.Card, byPhone, byEmail bool) []crm.Match {
		return []crm.Match{{CustomerID: card.CustomerID, ByPhone: byPhone, ByEmail: byEmail, HasPhone: true, BirthDate: "1990-05-17", Cards: []crm.Card{card}}}
	}
	return []Check{
		{"FindCards/by-phone", "FindCards gives the customer who has the phone, with the cards and the day of birth, and says whether there is a phone.", func(b *bench) {
			card := b.person(1)
			b.person(2)
			same(b, b.find(crm.Identity{Phone: phone(1)}), matched(card, true, false))
		}, faults{"the day of birth is forgotten": told("FindCards", func(found *[]crm.Match) {
			for i := range *found {
				(*found)[i].BirthDate = ""
			}
		})}},
		{"FindCards/by-email", "FindCards gives the customer who has the email.", func(b *bench) {
			b.person(1)
			card := b.person(2)
			same(b, b.find(crm.Identity{Email: email(2)}), matched(card, false, true))
		}, faults{"nobody is found by email": asked("FindCards", func(by *crm.Identity) { by.Email = "" })}},
		{"FindCards/by-both", "FindCards gives a customer who has both the phone and the email once, and says which matched.", func(b *bench) {
			card := b.person(1)
			same(b, b.find(crm.Identity{Phone: phone(1), Email: email(1)}), matched(card, true, true))
			same(b, b.find(crm.Identity{Phone: phone(1), Email: email(9)}), matched(card, true, false))
		}, faults{"a customer is listed once for the phone and once for the email": around("FindCards", func(c *call, by *crm.Identity, found *[]crm.Match) {
			byPhone, err := c.good.FindCards(c.ctx, crm.Identity{Phone: by.Phone})
			byEmail, err2 := c.good.FindCards(c.ctx, crm.Identity{Email: by.Email})
			*found, c.err = append(byPhone, byEmail...), errors.Join(err, err2)
		})}},
		{"FindCards/two-customers", "FindCards gives every customer who has the phone or the email, and says which of them matched.", func(b *bench) {
			first, second := b.person(1), b.person(2)
			b.holds(first.CustomerID != second.CustomerID, "two customers with different IDs", first.CustomerID)
			found := map[string]crm.Match{}
			for _, match := range b.find(crm.Identity{Phone: phone(1), Email: email(2)}) {
				found[match.CustomerID] = match
			}
			same(b, found, map[string]crm.Match{first.CustomerID: matched(first, true, false)[0], second.CustomerID: matched(second, false, true)[0]})
		}, faults{"the email is looked at only without a phone": asked("FindCards", func(by *crm.Identity) {
			if by.Phone != "" {
				by.Email = ""
			}
		})}},
		{"FindCards/all-cards", "FindCards gives each customer with all cards, whatever their state.", func(b *bench) {
			who := crm.Profile{Phone: phone(1)}
			b.card(1)
			b.second(who, "card-2")
			b.second(who, "card-3")
			b.setState("card-2", crm.CardBlocked)
			b.setState("card-3", crm.CardInactive)
			got := map[string]crm.CardState{}
			for _, card := range b.one(crm.Identity{Phone: phone(1)}).Cards {
				got[card.Number] = card.State
			}
			same(b, got, map[string]crm.CardState{"card-1": crm.CardActive, "card-2": crm.CardBlocked, "card-3": crm.CardInactive})
		}, faults{"blocked cards are hidden": told("FindCards", func(found *[]crm.Match) {
			for i, match := range *found {
				var shown []crm.Card
				for _, card := range match.Cards {
					if card.State != crm.CardBlocked {
						shown = append(shown, card)
					}
				}
				(*found)[i].Cards = shown
			}
		})}},
		{"FindCards/no-match", "No match is an empty list, not an error.", func(b *bench) {
			b.nobody(crm.Identity{Phone: phone(1), Email: email(1)})
			b.person(1)
			b.one(crm.Identity{Phone: phone(1)})
			b.nobody(crm.Identity{Phone: phone(2)})
			b.nobody(crm.Identity{Email: email(2)})
		}, faults{"no match is an error": after("FindCards", func(_ *call, _ *crm.Identity, found *[]crm.Match) error {
			if len(*found) == 0 {
				return crm.ErrCustomerNotFound
			}
			return nil
		})}},
		{"FindCards/empty-fields", "Empty fields match nobody, also when customers without a phone or an email are stored.", func(b *bench) {
			b.card(1)
			b.issue(crm.Profile{Email: email(2)}, "card-2")
			b.unheld("card-3")
			b.nobody(crm.Identity{})
			b.one(crm.Identity{Phone: phone(1)})
			b.one(crm.Identity{Email: email(2)})
		}, faults{"empty fields match somebody": around("FindCards", func(c *call, by *crm.Identity, _ *any) {
			if holders, err := c.good.ListHolders(c.ctx, "", 1); err == nil && *by == (crm.Identity{}) && len(holders) > 0 {
				by.Phone = holders[0].Profile.Phone
			}
			c.next()
		})}},
		{"FindCards/whole-text", "A phone or an email is found whole, never by a part of it.", func(b *bench) {
			b.issue(crm.Profile{Phone: "79210000011", Email: anna}, "card-1")
			b.one(crm.Identity{Phone: "79210000011", Email: anna})
			for _, part := range []string{"7921000001", "9210000011", "792100000110", "7921000001%", "7921_000011"} {
				b.nobody(crm.Identity{Phone: part})
			}
			for _, part := range []string{"anna@example.co", "nna@example.com", "anna@example.com.ru", "%@example.com", "anna_example.com"} {
				b.nobody(crm.Identity{Email: part})
			}
		}, faults{"a phone is found by its beginning": around("FindCards", func(c *call, by *crm.Identity, found *[]crm.Match) {
			holders := must(c.good.ListHolders(c.ctx, "", plenty))
			for _, holder := range holders {
				if by.Phone != "" && strings.HasPrefix(holder.Profile.Phone, by.Phone) {
					by.Phone = holder.Profile.Phone
				}
			}
			c.next()
		})}},
		{"Card/as-stored", "Card gives one card: its number, barcode, state, holder and points.", func(b *bench) {
			holder := b.person(1).CustomerID
			b.holds(holder != "", "a card with the ID of its holder", holder)
			b.grant("card-1", "gift", 70)
			b.take("card-1", "spent", 30)
			same(b, b.look("card-1"), crm.Card{
				CardNumber: numbered("card-1"), State: crm.CardActive, CustomerID: holder, Balance: 40, EarnedTotal: 70, IssuedAt: b.now,
			})
			b.unheld("card-2")
			same(b, b.look("card-2"), crm.Card{CardNumber: numbered("card-2"), State: crm.CardActive, IssuedAt: b.now.Add(-day)})
		}, faults{"what was spent counts as never earned": told("Card", func(card *crm.Card) { card.EarnedTotal = card.Balance })}},
		{"Card/unknown", "Card of an unknown number, also one of the pool, gives ErrCardNotFound.", func(b *bench) {
			b.pool("free-1")
			b.noCard("card-1")
			b.noCard("free-1")
		}, faults{"a number of the pool is shown as a card": unless("Card", crm.ErrCardNotFound, func(c *call, number *string, card *crm.Card) {
			for _, free := range must(c.good.ListNumbers(c.ctx, "", plenty)) {
				if free.Number == *number {
					*card = crm.Card{CardNumber: free.CardNumber, State: crm.CardInactive}
					return
				}
			}
			c.err = crm.ErrCardNotFound
		})}},
		{"Customer/found", "Customer gives the profile and all cards of an ID.", func(b *bench) {
			first, second := b.person(1), b.second(fullProfile(1), "card-2")
			b.card(3)
			found := must(b.Customer(b.ctx, first.CustomerID))
			same(b, []any{found.ID, found.Profile}, []any{first.CustomerID, fullProfile(1)})
			numbers := map[string]bool{}
			for _, card := range found.Cards {
				numbers[card.Number] = true
			}
			same(b, numbers, map[string]bool{first.Number: true, second.Number: true})
		}, faults{"a customer loses all cards but one": told("Customer", func(found *engine.Customer) { found.Cards = found.Cards[:min(len(found.Cards), 1)] })}},
		{"Customer/nobody", "Customer of an ID that nobody has, or whose data was erased, gives ErrCustomerNotFound.", func(b *bench) {
			id := b.issue(marked, "card-1").CustomerID
			b.erase(marked.Phone)
			for _, nobody := range []string{id, "", "card-1", "nobody"} {
				b.fails(errorOf(b.Customer(b.ctx, nobody)), crm.ErrCustomerNotFound)
			}
		}, faults{"nobody is an empty customer": forgives("Customer", crm.ErrCustomerNotFound)}},
	}
}

func stateChecks() []Check {
	states := []crm.CardState{crm.CardActive, crm.CardInactive, crm.CardBlocked}
	return []Check{
		{"SetCardState/every-state", "SetCardState blocks, unblocks and rests a card, and every reading method shows it.", func(b *bench) {
			b.person(1)
			for _, to := range []crm.CardState{crm.CardBlocked, crm.CardInactive, crm.CardActive, crm.CardInactive, crm.CardBlocked, crm.CardActive} {
				b.setState("card-1", to)
				same(b, b.look("card-1").State, to)
				same(b, must(b.Statement(b.ctx, "card-1", b.now)).Card.State, to)
				same(b, b.one(crm.Identity{Phone: phone(1)}).Cards, []crm.Card{b.look("card-1")})
			}
		}, faults{"cards do not rest": asked("SetCardState", func(r *engine.StateChange) {
			if r.State == crm.CardInactive {
				r.State = crm.CardBlocked
			}
		})}},
		{"SetCardState/one-card", "SetCardState changes the one card, not the holder's other cards.", func(b *bench) {
			b.person(1)
			b.second(fullProfile(1), "card-2")
			b.card(3)
			before := []crm.Card{b.look("card-2"), b.look("card-3")}
			b.setState("card-1", crm.CardBlocked)
			same(b, []crm.Card{b.look("card-2"), b.look("card-3")}, before)
		}, faults{"all cards of the holder are blocked": after("SetCardState", func(c *call, r *engine.StateChange, _ *any) error {
			for _, card := range must(c.good.Customer(c.ctx, must(c.good.Card(c.ctx, r.CardNumber)).CustomerID)).Cards {
				r.CardNumber = card.Number
				ok(c.good.SetCardState(c.ctx, *r))
			}
			return nil
		})}},
		{"SetCardState/same-state", "Setting the state that the card has changes nothing.", func(b *bench) {
			b.card(1)
			for _, to := range states {
				b.setState("card-1", to)
				lines := b.audit("card-1")
				repeats(b, nil, quiet(b.SetCardState), b.stateChange("card-1", to))
				same(b, b.audit("card-1"), lines)
			}
		}, faults{"a state that is set again is a change": func(w *wire) {
			last := map[string]crm.CardState{}
			around("SetCardState", func(c *call, r *engine.StateChange, _ *any) {
				if last[r.CardNumber] == r.State {
					other := *r
					other.State = crm.CardInactive
					ok(c.good.SetCardState(c.ctx, other))
				}
				last[r.CardNumber] = r.State
				c.next()
			})(w)
		}}},
		{"Race/card-state", "Calls that set the state of one card at one moment all succeed, and one of the states remains.", func(b *bench) {
			b.card(1)
			tally(b, race(racers, func(i int) (any, error) { return nil, b.SetCardState(b.ctx, b.stateChange("card-1", states[i%3])) }), all)
			b.holds(b.look("card-1").State.Valid(), "one of the states", b.look("card-1"))
		}, nil},
	}
}
