package storetest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// another makes one more card of a number for the profile of a request.
func another(c *call, r *engine.IssueRequest) (crm.Card, error) {
	must(c.good.AddNumbers(c.ctx, engine.PoolRequest{Numbers: []crm.CardNumber{r.Number}, Now: r.Now}))
	return c.good.IssueReserved(c.ctx, *r)
}

// cardsOf are those of a phone.
func cardsOf(c *call, phone string) []crm.Card {
	if found := must(c.good.FindCards(c.ctx, crm.Identity{Phone: phone})); len(found) > 0 {
		return found[0].Cards
	}
	return nil
}

// welcomesAgain credits the welcome of a call as if it had not been before.
func welcomesAgain(c *call, r *engine.IssueRequest, number string) error {
	if r.Welcome.Points == 0 {
		return nil
	}
	return credit(c, "welcome "+r.Number.Number, number, r.Welcome.Points, r.Now)
}

func issueChecks() []Check {
	who := crm.Profile{Phone: phone(1)}
	return []Check{
		{"Issue/new-customer", "Issue makes a customer when none matches, and Number becomes the card.", func(b *bench) {
			issued := must(b.Issue(b.ctx, b.request(fullProfile(1), "card-1")))
			b.holds(issued.Created && issued.Card.CustomerID != "", "Created, and the ID of the new customer", issued)
			same(b, issued.Card, crm.Card{CardNumber: numbered("card-1"), State: crm.CardActive, CustomerID: issued.Card.CustomerID, IssuedAt: b.now})
			same(b, b.look("card-1"), issued.Card)
			same(b, b.holder("card-1"), fullProfile(1))
		}, faults{"nobody is told that the card is new": told("Issue", func(issued *engine.Issued) { issued.Created = false })}},
		{"Issue/by-email-alone", "Issue gives the customer of the email a card when no phone is given.", func(b *bench) {
			who := crm.Profile{Email: email(1), FirstName: "Анна"}
			card := b.issue(who, "card-1")
			same(b, b.holder("card-1"), who)
			same(b, must(b.Issue(b.ctx, b.request(who, "card-2"))), engine.Issued{Card: card})
			other := b.issue(crm.Profile{Email: email(2)}, "card-3")
			b.holds(other.CustomerID != card.CustomerID, "another customer", other)
		}, faults{"customers without a phone are one": around("Issue", func(c *call, r *engine.IssueRequest, _ *any) {
			if r.Profile.Phone == "" {
				r.Profile.Phone = phone(0)
			}
			c.next()
		})}},
		{"Issue/number-leaves-pool", "The Number that becomes a card leaves the pool if it was there.", func(b *bench) {
			b.pool("free-1", "free-2")
			b.issue(who, "free-1")
			same(b, b.level(b.now), crm.PoolLevel{Free: 1})
			same(b, b.lease(5, b.now.Add(time.Hour)), allNumbered("free-2"))
		}, faults{"an issued number stays in the pool": func(w *wire) {
			stay := int64(0)
			after("Issue", func(*call, *engine.IssueRequest, *any) error { stay++; return nil })(w)
			told("CountNumbers", func(level *crm.PoolLevel) { level.Free += stay })(w)
		}}},
		{"Issue/keeps-card", "A customer who has cards keeps them: Issue answers with the card, and Number stays unused.", func(b *bench) {
			first := b.issue(who, "card-1")
			b.pool("free-2")
			b.later(time.Hour)
			same(b, must(b.Issue(b.ctx, b.request(who, "free-2"))), engine.Issued{Card: first})
			b.noCard("free-2")
			same(b, b.level(b.now), crm.PoolLevel{Free: 1})
			same(b, b.one(crm.Identity{Phone: phone(1)}).Cards, []crm.Card{first})
		}, faults{"a repeated issue makes a second card": after("Issue", func(c *call, r *engine.IssueRequest, issued *engine.Issued) (err error) {
			if issued.Card.Number != r.Number.Number {
				issued.Card, err = another(c, r)
			}
			return err
		})}},
		{"Issue/picked-card", "Of several cards Issue answers with the one that PickCard picks.", func(b *bench) {
			b.issue(who, "card-1")
			for _, number := range []string{"card-2", "card-3", "card-4"} {
				b.later(time.Hour)
				b.second(who, number)
			}
			b.setState("card-3", crm.CardInactive)
			b.setState("card-4", crm.CardBlocked)
			want, _ := crm.PickCard(b.one(crm.Identity{Phone: phone(1)}).Cards)
			same(b, want.Number, "card-2") // the newest active one
			same(b, must(b.Issue(b.ctx, b.request(who, "card-5"))), engine.Issued{Card: want})
		}, faults{"an issue answers with any card of the customer": after("Issue", func(c *call, r *engine.IssueRequest, issued *engine.Issued) error {
			if !issued.Created {
				issued.Card = cardsOf(c, r.Profile.Phone)[0]
			}
			return nil
		})}},
		{"Issue/inactive-card", "A customer whose only card is inactive keeps it: Issue answers with it.", func(b *bench) {
			b.card(1)
			b.setState("card-1", crm.CardInactive)
			same(b, must(b.Issue(b.ctx, b.request(who, "card-2"))), engine.Issued{Card: b.look("card-1")})
		}, faults{"an inactive card is as bad as a blocked one": after("Issue", func(_ *call, _ *engine.IssueRequest, issued *engine.Issued) error {
			if issued.Card.State == crm.CardInactive {
				return crm.ErrCardBlocked
			}
			return nil
		})}},
		{"Issue/attach-by-email", "Issue with the email of a customer answers with that customer's card and makes no second customer.", func(b *bench) {
			card := b.issue(crm.Profile{Phone: phone(1), Email: email(1)}, "card-1")
			for i, who := range []crm.Profile{{Email: email(1)}, {Phone: phone(2), Email: email(1)}} {
				same(b, must(b.Issue(b.ctx, b.request(who, cardName(2+i)))), engine.Issued{Card: card})
			}
			b.one(crm.Identity{Email: email(1)})
		}, faults{"only the phone finds a customer": asked("Issue", func(r *engine.IssueRequest) {
			if r.Profile.Phone != "" && r.Number.Number != "card-1" {
				r.Profile.Email = ""
			}
		})}},
		{"Issue/ambiguous", "Issue with phone and email of two customers gives ErrAmbiguous and changes nothing.", func(b *bench) {
			b.person(1)
			b.person(2)
			b.pool("free-3")
			refuses(b, crm.ErrAmbiguous, b.Issue, b.request(crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}, "free-3"))
		}, faults{"phone and email of two customers are settled by the phone": unless("Issue", crm.ErrAmbiguous, func(c *call, r *engine.IssueRequest, issued *engine.Issued) {
			r.Profile.Email = ""
			*issued, c.err = c.good.Issue(c.ctx, *r)
		})}},
		{"Issue/all-blocked", "Issue for a customer whose cards are all blocked gives ErrCardBlocked and changes nothing.", func(b *bench) {
			b.issue(who, "card-1")
			b.second(who, "card-2")
			b.setState("card-1", crm.CardBlocked)
			b.setState("card-2", crm.CardBlocked)
			b.pool("free-3")
			refuses(b, crm.ErrCardBlocked, b.Issue, b.request(crm.Profile{Phone: phone(1), Surname: "Новая"}, "free-3"))
		}, faults{"a blocked card is issued again": forgives("Issue", crm.ErrCardBlocked)}},
		{"Issue/number-taken", "Issue with a Number that is a card already gives ErrNumberTaken and changes nothing.", func(b *bench) {
			b.card(1)
			b.unheld("card-2")
			for _, number := range []string{"card-1", "card-2"} {
				refuses(b, crm.ErrNumberTaken, b.Issue, b.request(fullProfile(3), number))
			}
		}, faults{"an issue that fails leaves the new profile": unless("Issue", crm.ErrNumberTaken, func(c *call, r *engine.IssueRequest, _ *any) {
			r.Number.Number += "-left-over"
			must(c.good.Issue(c.ctx, *r))
			c.err = crm.ErrNumberTaken
		})}},
		{"Issue/no-number", "Issue without a Number gives ErrPoolEmpty and changes nothing when a card would have to be made; a customer who has a card is answered with it.", func(b *bench) {
			card := b.person(1)
			b.pool("free-2") // a number of the pool is not Issue's to take
			without := engine.IssueRequest{Profile: fullProfile(2), Welcome: b.award(crm.PostingWelcome, 50), Now: b.now}
			refuses(b, crm.ErrPoolEmpty, b.Issue, without)
			without.Profile = fullProfile(1)
			repeats(b, engine.Issued{Card: card}, b.Issue, without)
		}, faults{"an issue without a number takes one of the pool": unless("Issue", crm.ErrPoolEmpty, func(c *call, r *engine.IssueRequest, issued *engine.Issued) {
			r.Number = must(c.good.LeaseNumbers(c.ctx, engine.LeaseRequest{Count: 1, Now: r.Now, Until: r.Now.Add(time.Hour)}))[0]
			*issued, c.err = c.good.Issue(c.ctx, *r)
		})}},
		{"Issue/taken-but-unused", "Number stays unused for a customer who has a card, so it does not matter whether it is taken.", func(b *bench) {
			b.card(1)
			b.card(2)
			repeats(b, engine.Issued{Card: b.look("card-1")}, b.Issue, b.request(who, "card-2"))
		}, faults{"a number that is taken is refused at once": around("Issue", func(c *call, r *engine.IssueRequest, _ *any) {
			if _, err := c.good.Card(c.ctx, r.Number.Number); err == nil {
				c.err = crm.ErrNumberTaken
				return
			}
			c.next()
		})}},
		{"Issue/stores-fields", "The fields of the profile that are not empty are stored with an issue to a customer who has a card; empty ones stay.", func(b *bench) {
			b.person(1)
			b.issue(renamed(who), "card-2")
			same(b, b.holder("card-1"), renamed(fullProfile(1)))
		}, faults{"an issue to a known customer stores no fields": around("Issue", func(c *call, r *engine.IssueRequest, _ *any) {
			if len(cardsOf(c, r.Profile.Phone)) > 0 {
				r.Profile = crm.Profile{Phone: r.Profile.Phone}
			}
			c.next()
		})}},
		{"Issue/new-email", "Issue by phone stores an email that nobody has.", func(b *bench) {
			card := b.issue(crm.Profile{Phone: phone(1), Email: email(1)}, "card-1")
			b.issue(crm.Profile{Phone: phone(1), Email: email(9)}, "card-2")
			same(b, b.one(crm.Identity{Email: email(9)}).CustomerID, card.CustomerID)
			b.nobody(crm.Identity{Email: email(1)})
		}, nil},
		{"Issue/keeps-phone", "A customer who was found by email keeps the phone that is stored, since the call proves only its own.", func(b *bench) {
			b.person(1)
			b.issue(renamed(crm.Profile{Phone: phone(2), Email: email(1)}), "card-2")
			same(b, b.holder("card-1"), renamed(fullProfile(1)))
			b.nobody(crm.Identity{Phone: phone(2)})
			b.one(crm.Identity{Phone: phone(1)})
		}, faults{"an issue by email overwrites the phone": after("Issue", func(c *call, r *engine.IssueRequest, issued *engine.Issued) error {
			return c.good.UpdateProfile(c.ctx, engine.ProfileUpdate{CardNumber: issued.Card.Number, Profile: crm.Profile{Phone: r.Profile.Phone}, Now: r.Now})
		})}},
		{"Issue/first-phone", "A customer who was found by email and has no phone gets the phone of the call.", func(b *bench) {
			card := b.issue(crm.Profile{Email: email(1)}, "card-1")
			b.issue(crm.Profile{Phone: phone(1), Email: email(1)}, "card-2")
			same(b, b.holder("card-1"), crm.Profile{Phone: phone(1), Email: email(1)})
			same(b, b.one(crm.Identity{Phone: phone(1)}).CustomerID, card.CustomerID)
		}, nil},
		{"Race/issue-one-phone", "Issue never makes a second customer or card for a phone, also when the call races its twin; the welcome is credited once.", raceIssuePhone, faults{
			"a phone is looked up before a card is made": crowded("Issue", func(met *meeting, c *call, r *engine.IssueRequest, issued *engine.Issued) {
				found := cardsOf(c, r.Profile.Phone)
				met.wait()
				if c.next(); c.err == nil && len(found) == 0 && issued.Card.Number != r.Number.Number {
					issued.Card, c.err = another(c, r)
					issued.Created = true
				}
			}),
		}},
		{"Race/issue-phone-and-email", "Issue never makes a second customer for a phone or an email when calls with one, the other and both race.", raceIssueCrossing, nil},
		{"Race/issue-one-number", "Of calls of Issue for one number one wins; the others get ErrNumberTaken and leave nothing.", func(b *bench) {
			b.pool("free-1")
			tally(b, race(racers, func(i int) (engine.Issued, error) { return b.Issue(b.ctx, b.request(fullProfile(i), "free-1")) }), onlyOne(crm.ErrNumberTaken))
			b.oneHolder("free-1")
		}, nil},
	}
}

func raceIssuePhone(b *bench) {
	results := race(racers, func(i int) (engine.Issued, error) {
		return b.Issue(b.ctx, b.welcomed(fullProfile(1), cardName(i), 50))
	})
	tally(b, results, all)
	cards := b.one(crm.Identity{Phone: phone(1), Email: email(1)}).Cards
	if len(cards) != 1 {
		b.hopeless("one card", text(cards))
	}
	number, created := cards[0].Number, 0
	for _, issued := range winners(results) {
		if issued.Created {
			created++
		}
		same(b, issued.Card.Number, number)
	}
	same(b, created, 1)
	b.balance(number, 50)
	for i := range racers {
		if other := cardName(i); other != number {
			b.noCard(other)
		}
	}
	b.adds(number)
}

func raceIssueCrossing(b *bench) {
	people := []crm.Profile{{Phone: phone(1), Email: email(1)}, {Phone: phone(1)}, {Email: email(1)}, {Phone: phone(1), Email: email(1)}}
	results := race(racers, func(i int) (engine.Issued, error) {
		return b.Issue(b.ctx, b.welcomed(people[i%len(people)], cardName(i), 50))
	})
	onlyFails(b, results, crm.ErrAmbiguous) // phone and email may have become two customers before both came
	created := 0
	for _, issued := range winners(results) {
		if issued.Created {
			created++
		}
	}
	var numbers []string
	found := b.find(crm.Identity{Phone: phone(1), Email: email(1)})
	for _, match := range found {
		for _, card := range match.Cards {
			numbers = append(numbers, card.Number)
		}
	}
	same(b, []int{len(found), len(numbers)}, []int{created, created}) // as many customers and cards as were created
	b.one(crm.Identity{Phone: phone(1)})
	b.one(crm.Identity{Email: email(1)})
	b.adds(numbers...)
}

// oneHolder looks that one of the racers holds the card, and that nothing is
// left of the others.
func (b *bench) oneHolder(number string) {
	b.Helper()
	holder := b.holder(number)
	for i := range racers {
		found := b.find(crm.Identity{Phone: phone(i), Email: email(i)})
		if holder.Phone == phone(i) {
			b.holds(len(found) == 1 && len(found[0].Cards) == 1, "one customer with one card", found)
			continue
		}
		same(b, found, nil)
	}
}

func welcomeChecks() []Check {
	who := crm.Profile{Phone: phone(1)}
	issued := func(b *bench, who crm.Profile, number string) { must(b.Issue(b.ctx, b.welcomed(who, number, 50))) }
	reserved := func(b *bench, who crm.Profile, number string) {
		b.pool(number)
		must(b.IssueReserved(b.ctx, b.welcomed(who, number, 50)))
	}
	once := []string{"welcome +50"}
	return []Check{
		{"Issue/welcome", "Welcome is credited as one lot with the first card that is made for a phone.", func(b *bench) {
			r := b.welcomed(who, "card-1", 50)
			r.Welcome.AvailableFrom = b.now.Add(day)
			same(b, must(b.Issue(b.ctx, r)).Card.Balance, 50)
			b.points("card-1", 50, 50)
			same(b, b.lots("card-1"), []crm.Lot{lotOf(r.Welcome)})
			same(b, b.kinds("card-1"), once)
			b.adds("card-1")
		}, faults{"a welcome may be spent at once": asked("Issue", func(r *engine.IssueRequest) { r.Welcome.AvailableFrom = r.Now })}},
		{"Issue/welcome-zero", "A Welcome of zero points credits nothing.", func(b *bench) {
			must(b.Issue(b.ctx, b.welcomed(who, "card-1", 0)))
			same(b, b.postings("card-1"), nil)
			same(b, b.lots("card-1"), nil)
		}, faults{"nobody goes away empty-handed": asked("Issue", func(r *engine.IssueRequest) { r.Welcome.Points++ })}},
		{"Issue/welcome-once", "Welcome is never credited again for a phone, by Issue or by IssueReserved.", func(b *bench) {
			issued(b, who, "card-1")
			issued(b, who, "card-2")
			same(b, b.kinds("card-1"), once)
			reserved(b, who, "card-3")
			same(b, b.kinds("card-3"), nil)
			b.adds("card-1", "card-3")
		}, faults{"a welcome for each issue": after("Issue", func(c *call, r *engine.IssueRequest, issued *engine.Issued) error {
			if issued.Created {
				return nil
			}
			return welcomesAgain(c, r, issued.Card.Number)
		})}},
		{"Issue/welcome-new-holder", "Welcome is never credited again for a phone, whoever holds it.", func(b *bench) {
			issued(b, who, "card-1")
			b.update("card-1", crm.Profile{Phone: phone(2)})
			issued(b, who, "card-2")
			same(b, b.kinds("card-2"), nil)
			b.balance("card-2", 0)
		}, faults{"a welcome for each holder of a phone": after("Issue", func(c *call, r *engine.IssueRequest, issued *engine.Issued) error {
			if !issued.Created || issued.Card.Balance > 0 {
				return nil
			}
			return welcomesAgain(c, r, issued.Card.Number)
		})}},
		{"Issue/welcome-needs-phone", "Welcome is for a phone: a customer without one gets none, and gets it with the first card that is made after the phone came.", func(b *bench) {
			issued(b, crm.Profile{Email: email(1)}, "card-1")
			same(b, b.kinds("card-1"), nil)
			reserved(b, crm.Profile{Phone: phone(1), Email: email(1)}, "card-2")
			same(b, b.kinds("card-2"), once)
			same(b, b.kinds("card-1"), nil)
		}, faults{"an email is welcome too": after("Issue", func(c *call, r *engine.IssueRequest, issued *engine.Issued) error {
			return welcomesAgain(c, r, issued.Card.Number)
		})}},
		{"IssueReserved/welcome-by-email", "A card for a customer who was found by email and keeps their phone is made for that phone: no second welcome, and the call's phone still has its own.", func(b *bench) {
			issued(b, crm.Profile{Phone: phone(1), Email: email(1)}, "card-1")
			reserved(b, crm.Profile{Phone: phone(2), Email: email(1)}, "card-2")
			same(b, b.kinds("card-2"), nil)
			issued(b, crm.Profile{Phone: phone(2)}, "card-3")
			same(b, b.kinds("card-3"), once)
		}, faults{"a welcome goes by the phone of the call": after("IssueReserved", func(c *call, r *engine.IssueRequest, card *crm.Card) error {
			if must(c.good.Holder(c.ctx, card.Number)).Phone == r.Profile.Phone {
				return nil
			}
			return welcomesAgain(c, r, card.Number)
		})}},
		{"IssueReserved/welcome", "IssueReserved credits Welcome with the first card that is made for a phone, and never again.", func(b *bench) {
			b.pool("card-1")
			same(b, must(b.IssueReserved(b.ctx, b.welcomed(who, "card-1", 50))).Balance, 50)
			same(b, b.kinds("card-1"), once)
			reserved(b, who, "card-2")
			same(b, b.kinds("card-2"), nil)
			issued(b, who, "card-3")
			same(b, []int64{b.look("card-1").Balance, b.look("card-2").Balance}, []int64{50, 0})
		}, faults{"IssueReserved welcomes nobody": asked("IssueReserved", func(r *engine.IssueRequest) { r.Welcome.Points = 0 })}},
	}
}

func reservedChecks() []Check {
	return []Check{
		{"IssueReserved/free-number", "IssueReserved makes a card of a free number of the pool, with the pool's barcode, and the number leaves the pool.", func(b *bench) {
			b.pool("free-1", "free-2")
			r := b.request(fullProfile(1), "free-1")
			r.Number = crm.CardNumber{Number: "free-1"} // the method reads the number alone
			card := must(b.IssueReserved(b.ctx, r))
			b.holds(card.CustomerID != "", "a card with the ID of its holder", card)
			same(b, card, crm.Card{CardNumber: numbered("free-1"), State: crm.CardActive, CustomerID: card.CustomerID, IssuedAt: b.now})
			same(b, b.look("free-1"), card)
			same(b, b.holder("free-1"), fullProfile(1))
			same(b, b.level(b.now), crm.PoolLevel{Free: 1})
			same(b, b.lease(5, b.now.Add(time.Hour)), allNumbered("free-2"))
		}, faults{"the barcode of the call is believed": after("IssueReserved", func(_ *call, r *engine.IssueRequest, card *crm.Card) error {
			card.CardNumber = r.Number
			return nil
		})}},
		{"IssueReserved/reserved-number", "IssueReserved makes a card of a number that was added as reserved, was leased, or was handed over.", func(b *bench) {
			b.poolUntil(b.now.Add(time.Hour), "held-1")
			b.pool("free-2")
			b.lease(1, b.now.Add(time.Hour))
			b.poolUntil(crm.Forever, "theirs-1", "theirs-2")
			for i, number := range []string{"held-1", "free-2", "theirs-1"} {
				same(b, b.reserved(fullProfile(i), number).CardNumber, numbered(number))
			}
			same(b, b.level(b.now), crm.PoolLevel{HandedOver: 1})
			same(b, b.level(b.now.Add(2*time.Hour)), crm.PoolLevel{HandedOver: 1})
		}, faults{"a number that is not free is refused": around("IssueReserved", func(c *call, r *engine.IssueRequest, _ *any) {
			for _, n := range must(c.good.ListNumbers(c.ctx, "", plenty)) {
				if n.Number == r.Number.Number && n.ReservedUntil.After(r.Now) {
					c.err = crm.ErrNumberTaken
					return
				}
			}
			c.next()
		})}},
		{"IssueReserved/unheld-card", "IssueReserved gives a card without a holder, points included, to the customer.", func(b *bench) {
			b.imports(b.row("plastic-1", crm.Profile{}, 120))
			card := b.reserved(fullProfile(1), "plastic-1")
			same(b, card.CardNumber, numbered("plastic-1"))
			same(b, card.Balance, 120)
			same(b, b.holder("plastic-1"), fullProfile(1))
			same(b, b.one(crm.Identity{Phone: phone(1)}).Cards, []crm.Card{card})
			b.adds("plastic-1")
		}, faults{"the points of an unheld card are lost when it is given": after("IssueReserved", func(c *call, r *engine.IssueRequest, card *crm.Card) error {
			must(c.good.Take(c.ctx, engine.Movement{Key: "lost", CardNumber: card.Number, Points: card.Balance, Now: r.Now}))
			card.Balance = 0
			return nil
		})}},
		{"IssueReserved/several-cards", "IssueReserved gives a customer who has a card another one.", func(b *bench) {
			first, second := b.person(1), b.second(fullProfile(1), "card-2")
			same(b, second.CustomerID, first.CustomerID)
			same(b, len(b.one(crm.Identity{Phone: phone(1)}).Cards), 2)
			b.unheld("plastic-3")
			same(b, b.reserved(fullProfile(1), "plastic-3").CustomerID, first.CustomerID)
		}, faults{"one card for each customer": around("IssueReserved", func(c *call, r *engine.IssueRequest, card *crm.Card) {
			if cards := cardsOf(c, r.Profile.Phone); len(cards) > 0 {
				*card = cards[0]
				return
			}
			c.next()
		})}},
		{"IssueReserved/stores-fields", "IssueReserved stores the fields that are not empty, like Issue.", func(b *bench) {
			b.person(1)
			b.second(renamed(crm.Profile{Phone: phone(1)}), "card-2")
			for _, number := range []string{"card-1", "card-2"} {
				same(b, b.holder(number), renamed(fullProfile(1)))
			}
		}, faults{"IssueReserved stores no names": asked("IssueReserved", func(r *engine.IssueRequest) { r.Profile.Surname = "" })}},
		{"IssueReserved/keeps-phone", "IssueReserved leaves a customer who was found by email the phone that is stored, like Issue.", func(b *bench) {
			first := b.person(1)
			same(b, b.second(renamed(crm.Profile{Phone: phone(2), Email: email(1)}), "card-2").CustomerID, first.CustomerID)
			same(b, b.holder("card-2"), renamed(fullProfile(1)))
			b.nobody(crm.Identity{Phone: phone(2)})
		}, faults{"the phone of the call is stored": after("IssueReserved", func(c *call, r *engine.IssueRequest, card *crm.Card) error {
			return c.good.UpdateProfile(c.ctx, engine.ProfileUpdate{CardNumber: card.Number, Profile: crm.Profile{Phone: r.Profile.Phone}, Now: r.Now})
		})}},
		{"IssueReserved/unknown-number", "IssueReserved of a number that is neither in the pool nor a card gives ErrNumberUnknown and changes nothing.", func(b *bench) {
			b.pool("free-1")
			b.card(1)
			for i := 1; i <= 2; i++ {
				refuses(b, crm.ErrNumberUnknown, b.IssueReserved, b.request(fullProfile(i), "free-9"))
			}
		}, faults{"an unknown number is issued": unless("IssueReserved", crm.ErrNumberUnknown, func(c *call, r *engine.IssueRequest, card *crm.Card) {
			*card, c.err = another(c, r)
		})}},
		{"IssueReserved/taken-number", "IssueReserved of a number that is somebody's card gives ErrNumberTaken and changes nothing.", func(b *bench) {
			b.second(fullProfile(1), "card-1")
			b.card(2)
			for _, number := range []string{"card-1", "card-2"} {
				refuses(b, crm.ErrNumberTaken, b.IssueReserved, b.request(fullProfile(3), number))
			}
		}, faults{"a taken number is answered with the card": forgives("IssueReserved", crm.ErrNumberTaken)}},
		{"IssueReserved/ambiguous", "IssueReserved with phone and email of two customers gives ErrAmbiguous and changes nothing.", func(b *bench) {
			b.person(1)
			b.person(2)
			b.pool("free-3")
			refuses(b, crm.ErrAmbiguous, b.IssueReserved, b.request(crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}, "free-3"))
		}, faults{"the phone settles it": unless("IssueReserved", crm.ErrAmbiguous, func(c *call, r *engine.IssueRequest, card *crm.Card) {
			r.Profile.Email = ""
			*card, c.err = c.good.IssueReserved(c.ctx, *r)
		})}},
		{"IssueReserved/all-blocked", "IssueReserved for a customer whose cards are all blocked gives ErrCardBlocked and changes nothing.", func(b *bench) {
			b.person(1)
			b.setState("card-1", crm.CardBlocked)
			b.pool("free-2")
			refuses(b, crm.ErrCardBlocked, b.IssueReserved, b.request(crm.Profile{Phone: phone(1), Surname: "Новая"}, "free-2"))
		}, faults{"a customer whose cards are blocked gets a new one": around("IssueReserved", func(c *call, r *engine.IssueRequest, card *crm.Card) {
			for _, old := range cardsOf(c, r.Profile.Phone) {
				ok(c.good.SetCardState(c.ctx, engine.StateChange{CardNumber: old.Number, State: crm.CardActive, Now: then}))
			}
			c.next()
		})}},
		{"IssueReserved/blocked-unheld-card", "A blocked card without a holder is given to nobody.", func(b *bench) {
			b.unheld("plastic-1")
			b.setState("plastic-1", crm.CardBlocked)
			b.refused(func() error { return errorOf(b.IssueReserved(b.ctx, b.request(fullProfile(1), "plastic-1"))) }, crm.ErrCardBlocked, crm.ErrNumberTaken)
		}, faults{"it is given all the same": around("IssueReserved", func(c *call, r *engine.IssueRequest, _ *any) {
			ok(c.good.SetCardState(c.ctx, engine.StateChange{CardNumber: r.Number.Number, State: crm.CardActive, Now: then}))
			c.next()
		})}},
		{"IssueReserved/retry", "The same profile for the same number again, which had been free or a card without a holder, is the same success and changes nothing.", func(b *bench) {
			b.pool("free-1")
			b.unheld("plastic-2")
			for i, number := range []string{"free-1", "plastic-2"} {
				r := b.welcomed(fullProfile(i), number, 50)
				first := must(b.IssueReserved(b.ctx, r))
				r.Now = b.now.Add(time.Minute) // the retry comes later
				repeats(b, first, b.IssueReserved, r)
			}
		}, faults{"a retry is refused": around("IssueReserved", func(c *call, r *engine.IssueRequest, _ *any) {
			if card, err := c.good.Card(c.ctx, r.Number.Number); err == nil && card.CustomerID != "" {
				c.err = crm.ErrNumberTaken
				return
			}
			c.next()
		})}},
		{"IssueReserved/retry-after-update", "The same profile for the same number again changes nothing also after the profile was updated.", func(b *bench) {
			b.second(fullProfile(1), "free-1")
			b.update("free-1", renamed(crm.Profile{Phone: phone(2), Email: email(2)}))
			repeats(b, b.look("free-1"), b.IssueReserved, b.request(fullProfile(1), "free-1"))
			b.nobody(crm.Identity{Phone: phone(1)})
		}, faults{"a retry reverts the profile": after("IssueReserved", func(c *call, r *engine.IssueRequest, card *crm.Card) error {
			return c.good.UpdateProfile(c.ctx, engine.ProfileUpdate{CardNumber: card.Number, Profile: r.Profile, Now: r.Now})
		})}},
		{"IssueReserved/other-profile", "Another profile for a number that is issued, also one of the same customer, gives ErrNumberTaken and changes nothing.", func(b *bench) {
			b.second(fullProfile(1), "free-1")
			for _, who := range []crm.Profile{fullProfile(2), renamed(fullProfile(1)), {Phone: phone(1)}} {
				refuses(b, crm.ErrNumberTaken, b.IssueReserved, b.request(who, "free-1"))
			}
		}, faults{"the same customer may send another profile for a number": unless("IssueReserved", crm.ErrNumberTaken, func(c *call, r *engine.IssueRequest, card *crm.Card) {
			if c.err = crm.ErrNumberTaken; must(c.good.Holder(c.ctx, r.Number.Number)).Phone == r.Profile.Phone {
				*card, c.err = c.good.Card(c.ctx, r.Number.Number)
			}
		})}},
		{"Race/reserve-one-number", "Of calls of IssueReserved for one number one wins; the others get ErrNumberTaken and leave nothing.", func(b *bench) {
			b.pool("free-1")
			tally(b, race(racers, func(i int) (crm.Card, error) { return b.IssueReserved(b.ctx, b.welcomed(fullProfile(i), "free-1", 50)) }), onlyOne(crm.ErrNumberTaken))
			b.oneHolder("free-1")
			b.balance("free-1", 50)
			same(b, b.level(b.now), crm.PoolLevel{})
			b.adds("free-1")
		}, faults{"a number is looked up before it is issued": crowded("IssueReserved", func(met *meeting, c *call, r *engine.IssueRequest, card *crm.Card) {
			_, missing := c.good.Card(c.ctx, r.Number.Number)
			met.wait()
			if c.next(); missing != nil && crm.KindOf(c.err) == crm.ErrNumberTaken {
				*card, c.err = c.good.Card(c.ctx, r.Number.Number)
			}
		})}},
		{"Race/reserve-twins", "The same profile for the same number at one moment is the same success for all.", func(b *bench) {
			b.pool("free-1")
			oneAnswer(b, race(racers, func(int) (crm.Card, error) { return b.IssueReserved(b.ctx, b.welcomed(fullProfile(1), "free-1", 50)) }))
			b.balance("free-1", 50)
			b.adds("free-1")
		}, nil},
		{"Race/reserve-one-phone", "Cards that are issued to one phone at one moment belong to one customer, and one welcome is credited.", func(b *bench) {
			numbers := listed("free", racers)
			b.pool(numbers...)
			tally(b, race(racers, func(i int) (crm.Card, error) {
				return b.IssueReserved(b.ctx, b.welcomed(fullProfile(1), numbers[i], 50))
			}), all)
			same(b, len(b.one(crm.Identity{Phone: phone(1), Email: email(1)}).Cards), racers)
			same(b, b.total(numbers), 50)
			b.adds(numbers...)
		}, nil},
	}
}

func replaceChecks() []Check {
	return []Check{
		{"ReplaceCard/moves", "ReplaceCard gives holder, balance, lots, segments, offers and purchases of a card to the new number.", func(b *bench) {
			b.life()
			b.segments("card-1", "gold")
			b.putOffers(toSegment("gold"), toCard("own", "card-1"))
			before, lots, history := b.look("card-1"), b.lots("card-1"), b.history("card-1", firstDay, lastDay)
			b.later(day)
			card := b.replace("card-1", "new-1")
			same(b, b.look("new-1"), card)
			same(b, card, crm.Card{
				CardNumber: numbered("new-1"), State: crm.CardActive, CustomerID: before.CustomerID,
				Balance: before.Balance, EarnedTotal: before.Balance, IssuedAt: b.now,
			})
			same(b, must(b.Statement(b.ctx, "new-1", b.now.Add(-day))).Lots, lots)
			same(b, b.holder("new-1").Phone, marked.Phone)
			same(b, b.shown("new-1"), []string{"gold", "own"})
			same(b, len(b.history("new-1", firstDay, lastDay)), len(history))
			b.take("new-1", "spent-after", before.Balance)
			b.balance("new-1", 0)
		}, nil},
		{"ReplaceCard/old-card", "The replaced card stays blocked, empty and without a holder, and both ledgers add up.", func(b *bench) {
			b.life()
			b.segments("card-1", "gold")
			b.putOffers(toCard("own", "card-1"))
			b.replace("card-1", "new-1")
			old := b.look("card-1")
			b.holds(old.State == crm.CardBlocked && old.CustomerID == "" && old.Balance == 0, "blocked, without a holder and points", old)
			same(b, b.lots("card-1"), nil)
			same(b, b.history("card-1", firstDay, lastDay), nil)
			same(b, b.shown("card-1"), nil)
			same(b, b.kinds("card-1")[0], "transfer -55")
			same(b, b.kinds("new-1"), []string{"transfer +55"})
			b.adds("card-1", "card-2", "new-1")
			same(b, len(b.one(crm.Identity{Phone: marked.Phone}).Cards), 2)
		}, faults{"the replaced card stays usable": after("ReplaceCard", func(c *call, r *engine.Replacement, _ *crm.Card) error {
			return c.good.SetCardState(c.ctx, engine.StateChange{CardNumber: r.CardNumber, State: crm.CardActive, Actor: r.Actor, Now: r.Now})
		})}},
		{"ReplaceCard/not-twice", "Receipts and codes that the old card has used do not count again on the new one.", func(b *bench) {
			b.card(1)
			b.putCodes(b.promo("SPRING"))
			b.redeem("card-1", "SPRING")
			receipt := b.submission("card-1", 1, 15)
			b.submit(receipt)
			b.replace("card-1", "new-1")
			receipt.CardNumber = "new-1"
			repeats(b, crm.Submitted{Repeated: true, Points: 15}, b.SubmitReceipt, receipt)
			repeats(b, crm.Submitted{Repeated: true, Points: 25}, b.RedeemCode, b.entry("new-1", "SPRING"))
		}, nil},
		{"ReplaceCard/again", "The same replacement again is the same success and changes nothing.", func(b *bench) {
			b.life()
			first := b.replace("card-1", "new-1")
			b.later(day)
			repeats(b, first, b.ReplaceCard, b.replacement("card-1", "new-1"))
		}, faults{"a replacement repeated is an error": func(w *wire) {
			seen := map[string]bool{}
			around("ReplaceCard", func(c *call, r *engine.Replacement, _ *crm.Card) {
				if c.err = crm.ErrNumberTaken; !seen[r.CardNumber] {
					c.next()
				}
				seen[r.CardNumber] = true
			})(w)
		}}},
		{"ReplaceCard/other-number", "A card that was replaced by one number is not replaced by another: ErrOperationConflict.", func(b *bench) {
			b.life()
			b.replace("card-1", "new-1")
			refuses(b, crm.ErrOperationConflict, b.ReplaceCard, b.replacement("card-1", "new-2"))
			b.replace("new-1", "new-2")
			b.adds("card-1", "new-1", "new-2")
		}, faults{"a replaced card can be replaced again": unless("ReplaceCard", crm.ErrOperationConflict, func(c *call, r *engine.Replacement, card *crm.Card) {
			r.CardNumber = "new-1"
			*card, c.err = c.good.ReplaceCard(c.ctx, *r)
		})}},
		{"ReplaceCard/refused", "ReplaceCard refuses a number that is a card, also when the old card is unknown, and a blocked card without a holder.", func(b *bench) {
			b.life()
			b.card(3)
			refuses(b, crm.ErrCardNotFound, b.ReplaceCard, b.replacement("card-9", "card-3"))
			refuses(b, crm.ErrNumberTaken, b.ReplaceCard, b.replacement("card-1", "card-3"))
			b.erase(marked.Phone)
			refuses(b, crm.ErrCardBlocked, b.ReplaceCard, b.replacement("card-1", "new-1"))
		}, faults{"erased cards have heirs": serves("ReplaceCard")}},
		{"ReplaceCard/old-number", "The replaced number is issued to nobody while it is blocked, also not to the person who had it: ErrCardBlocked.", func(b *bench) {
			b.pool("free-1")
			r := b.request(fullProfile(1), "free-1")
			must(b.IssueReserved(b.ctx, r))
			b.replace("free-1", "new-1")
			refuses(b, crm.ErrCardBlocked, b.IssueReserved, r)
			refuses(b, crm.ErrCardBlocked, b.IssueReserved, b.request(fullProfile(2), "free-1"))
		}, faults{"a replaced number is still its person's": forgives("IssueReserved", crm.ErrCardBlocked)}},
		{"ReplaceCard/old-number-again", "A replaced card that an operator unblocks is as good as new: it can be issued, welcomes its holder, and takes codes.", func(b *bench) {
			b.pool("free-1")
			b.putCodes(b.promo("SPRING"))
			must(b.IssueReserved(b.ctx, b.welcomed(fullProfile(1), "free-1", 10)))
			b.redeem("free-1", "SPRING")
			b.replace("free-1", "new-1")
			b.setState("free-1", crm.CardActive)
			same(b, must(b.IssueReserved(b.ctx, b.welcomed(fullProfile(2), "free-1", 10))).Balance, 10)
			same(b, b.redeem("free-1", "SPRING"), crm.Submitted{Points: 25})
			b.balance("free-1", 35)
			b.adds("free-1", "new-1")
		}, faults{"a replaced card never gets another holder": func(w *wire) {
			replaced := map[string]bool{}
			after("ReplaceCard", func(_ *call, r *engine.Replacement, _ *any) error { replaced[r.CardNumber] = true; return nil })(w)
			around("IssueReserved", func(c *call, r *engine.IssueRequest, _ *any) {
				if c.err = crm.ErrBusy; !replaced[r.Number.Number] {
					c.next()
				}
			})(w)
		}}},
		{"ReplaceCard/states", "The new card is active, and inactive when the old one was.", func(b *bench) {
			for i, state := range [][2]crm.CardState{{crm.CardActive, crm.CardActive}, {crm.CardInactive, crm.CardInactive}, {crm.CardBlocked, crm.CardActive}} {
				number := b.card(i)
				b.setState(number, state[0])
				same(b, b.replace(number, "new-"+number).State, state[1])
			}
		}, faults{"a new card is always active": told("ReplaceCard", func(card *crm.Card) { card.State = crm.CardActive })}},
		{"ReplaceCard/pool", "The new number leaves the pool and keeps the barcode that it has there.", func(b *bench) {
			b.card(1)
			b.pool("free-1", "free-2")
			r := b.replacement("card-1", "free-1")
			r.New.BarcodeNumber, r.New.BarcodeType = "other", crm.QRCode
			same(b, must(b.ReplaceCard(b.ctx, r)).CardNumber, numbered("free-1"))
			same(b, b.level(b.now), crm.PoolLevel{Free: 1})
		}, faults{"the new card has a barcode of its own choice": after("ReplaceCard", func(_ *call, r *engine.Replacement, card *crm.Card) error {
			card.CardNumber = r.New
			return nil
		})}},
		{"ReplaceCard/audit", "ReplaceCard leaves a line in the audit log of both cards.", func(b *bench) {
			b.card(1)
			b.replace("card-1", "new-1")
			for _, number := range []string{"card-1", "new-1"} {
				lines := b.audit(number)
				b.holds(len(lines) == 1 && lines[0].Actor == "operator" && lines[0].At.Equal(b.now), "one line with the actor and the time", lines)
			}
		}, faults{"nobody is named": asked("ReplaceCard", func(r *engine.Replacement) { r.Actor = "" })}},
		{"Race/replace", "Of many replacements of one card at once one number wins, and no point is lost or doubled.", func(b *bench) {
			b.rich(1, 70)
			results := race(racers, func(i int) (crm.Card, error) {
				return b.ReplaceCard(b.ctx, b.replacement("card-1", fmt.Sprintf("new-%d", i%2)))
			})
			onlyFails(b, results, crm.ErrOperationConflict, crm.ErrBusy)
			won := map[string]bool{}
			for _, card := range winners(results) {
				won[card.Number] = true
			}
			same(b, len(won), 1)
			for number := range won {
				b.balance(number, 70)
				b.adds("card-1", number)
			}
		}, nil},
	}
}
