package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func findChecks() []Check {
	return []Check{
		check("FindCards/by-phone", "FindCards gives the customer who has the phone, with the cards and the day of birth.", findsByPhone),
		check("FindCards/by-email", "FindCards gives the customer who has the email.", findsByEmail),
		check("FindCards/by-both", "FindCards gives a customer who has both the phone and the email once, and says that both matched.", findsByBoth),
		check("FindCards/two-customers", "FindCards gives every customer who has the phone or the email, and says which of them matched.", findsTwo),
		check("FindCards/all-cards", "FindCards gives each customer with all cards, whatever their state.", findsAllCards),
		check("FindCards/no-match", "No match is an empty list, not an error.", findsNobody),
		check("FindCards/empty-fields", "Empty fields match nobody, also when customers without a phone or an email are stored.", findsNothingByEmpty),
		check("FindCards/whole-text", "A phone or an email is found whole, never by a part of it.", findsWholeText),
		check("Card/as-stored", "Card gives one card: its number, barcode, state, holder and points.", showsCard),
		check("Card/unknown", "Card of an unknown number gives ErrCardNotFound.", showsNoCard),
	}
}

func findsByPhone(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	same(b, "issued card-1 and card-2 to two customers, FindCards by the first one's phone",
		b.find(crm.Identity{Phone: phone(1)}),
		[]crm.Match{{CustomerID: card.CustomerID, ByPhone: true, BirthDate: fullProfile(1).BirthDate, Cards: []crm.Card{card}}})
}

func findsByEmail(b *bench) {
	b.issue(fullProfile(1), "card-1")
	card := b.issue(fullProfile(2), "card-2")
	same(b, "issued card-1 and card-2 to two customers, FindCards by the second one's email",
		b.find(crm.Identity{Email: email(2)}),
		[]crm.Match{{CustomerID: card.CustomerID, ByEmail: true, BirthDate: fullProfile(2).BirthDate, Cards: []crm.Card{card}}})
}

func findsByBoth(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	same(b, "FindCards by phone and email of one customer",
		b.find(crm.Identity{Phone: phone(1), Email: email(1)}),
		[]crm.Match{{CustomerID: card.CustomerID, ByPhone: true, ByEmail: true, BirthDate: fullProfile(1).BirthDate, Cards: []crm.Card{card}}})
	match := b.one("FindCards by the phone of a customer and an email that nobody has", crm.Identity{Phone: phone(1), Email: email(9)})
	b.holds(match.ByPhone && !match.ByEmail, "FindCards by the phone of a customer and an email that nobody has", "a match by phone alone", match)
}

func findsTwo(b *bench) {
	first, second := b.issue(fullProfile(1), "card-1"), b.issue(fullProfile(2), "card-2")
	found := b.find(crm.Identity{Phone: phone(1), Email: email(2)})
	b.holds(len(found) == 2, "FindCards by the phone of one customer and the email of another", "two customers", found)
	for _, match := range found {
		want := crm.Match{CustomerID: first.CustomerID, ByPhone: true, BirthDate: "1990-05-17", Cards: []crm.Card{first}}
		if match.CustomerID != first.CustomerID {
			want = crm.Match{CustomerID: second.CustomerID, ByEmail: true, BirthDate: "1990-05-17", Cards: []crm.Card{second}}
		}
		same(b, "FindCards by the phone of one customer and the email of another", match, want)
	}
	b.holds(first.CustomerID != second.CustomerID, "issued cards to two people", "two customers with different IDs", first.CustomerID)
}

func findsAllCards(b *bench) {
	who := crm.Profile{Phone: phone(1)}
	want := map[string]crm.CardState{"card-1": crm.CardActive, "card-2": crm.CardBlocked, "card-3": crm.CardInactive}
	b.issue(who, "card-1")
	b.second(who, "card-2")
	b.second(who, "card-3")
	b.setState("card-2", crm.CardBlocked)
	b.setState("card-3", crm.CardInactive)
	got := map[string]crm.CardState{}
	for _, card := range b.one("issued three cards to one customer", crm.Identity{Phone: phone(1)}).Cards {
		got[card.Number] = card.State
	}
	same(b, "FindCards of a customer with an active, a blocked and an inactive card", got, want)
}

func findsNobody(b *bench) {
	b.nobody("nothing (the store is empty)", crm.Identity{Phone: phone(1), Email: email(1)})
	b.issue(fullProfile(1), "card-1")
	b.one("issued a card", crm.Identity{Phone: phone(1)})
	b.nobody("issued a card to somebody else", crm.Identity{Phone: phone(2)})
	b.nobody("issued a card to somebody else", crm.Identity{Email: email(2)})
}

func findsNothingByEmpty(b *bench) {
	b.issue(crm.Profile{Phone: phone(1)}, "card-1")
	b.issue(crm.Profile{Email: email(2)}, "card-2")
	b.unheld("card-3")
	b.nobody("issued cards by phone alone and by email alone", crm.Identity{})
	for _, who := range []crm.Identity{{Phone: phone(1)}, {Email: email(2)}} {
		found := b.find(who)
		b.holds(len(found) == 1, fmt.Sprintf("issued cards by phone alone and by email alone, then FindCards of %s", text(who)),
			"one customer: the empty field matches nobody", found)
	}
}

func findsWholeText(b *bench) {
	b.issue(crm.Profile{Phone: "79210000011", Email: "anna@example.com"}, "card-1")
	b.one("issued a card", crm.Identity{Phone: "79210000011", Email: "anna@example.com"})
	for _, part := range []string{"7921000001", "9210000011", "792100000110", "7921000001%", "7921_000011"} {
		b.nobody("issued a card to the phone 79210000011", crm.Identity{Phone: part})
	}
	for _, part := range []string{"anna@example.co", "nna@example.com", "anna@example.com.ru", "%@example.com", "anna_example.com"} {
		b.nobody("issued a card to anna@example.com", crm.Identity{Email: part})
	}
}

func showsCard(b *bench) {
	issued, err := b.Issue(b.ctx, b.request(fullProfile(1), "card-1"))
	b.must("Issue of card-1", err)
	b.holds(issued.Card.CustomerID != "", "Issue of card-1", "a card with the ID of its holder", issued.Card)
	b.grant("card-1", "gift", 70)
	b.take("card-1", "spent", 30)
	same(b, "issued card-1, granted 70 points, took 30, then Card", b.look("card-1"), crm.Card{
		CardNumber: numbered("card-1"), State: crm.CardActive, CustomerID: issued.Card.CustomerID,
		Balance: 40, EarnedTotal: 70, IssuedAt: b.now,
	})
	b.unheld("card-2")
	same(b, "imported card-2 without a holder, then Card", b.look("card-2"), crm.Card{
		CardNumber: numbered("card-2"), State: crm.CardActive, IssuedAt: b.now.Add(-day),
	})
}

func showsNoCard(b *bench) {
	b.pool("free-1")
	b.noCard("nothing (the store is empty)", "card-1")
	b.noCard("added free-1 to the pool", "free-1")
}
