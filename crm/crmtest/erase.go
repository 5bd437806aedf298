package crmtest

import (
	"strings"
	"time"

	"koshelek-adapter/crm"
)

func eraseChecks() []Check {
	return []Check{
		check("Erase/leaves-nothing", "Erase removes the personal data of the phone's customer everywhere: no reading method shows any of it.", eraseLeavesNothing),
		check("Erase/answer", "Erase tells which fields held something, which cards lost their holder, and how many consents stay and purchases go.", eraseAnswers),
		check("Erase/cards", "Erased cards stay without a holder and blocked, so that nobody inherits them.", eraseBlocksCards),
		check("Erase/no-heir", "Nobody gets an erased card: not by the same or another profile, an update, an import or the pool.", eraseNoHeir),
		check("Erase/records", "Purchases of an erased customer go, postings and points stay.", eraseKeepsPostings),
		check("Erase/offers", "Offers for a card of an erased customer go, those for everybody stay.", eraseOffers),
		check("Erase/consents", "Consents of an erased customer stay as evidence that no longer names anybody: no card and no later customer shows them.", eraseConsents),
		check("Erase/new-start", "A person who was erased may register again and starts anew.", eraseNewStart),
		check("Erase/others", "Erase leaves other customers alone.", eraseLeavesOthers),
		check("Erase/nobody", "Erase of a phone that no customer has gives ErrCustomerNotFound and changes nothing, the second time too.", erasesNobody),
	}
}

// marked is a profile whose every field can be recognised in any text.
var marked = crm.Profile{
	Phone: "79995550001", Email: "marked-mail@example.com", Surname: "MarkedSurname", FirstName: "MarkedFirst",
	Patronymic: "MarkedPatronymic", Sex: "f", BirthDate: "1977-07-07", CountryCode: "MarkedCountry", Locality: "MarkedPlace",
}

func (b *bench) erase(phone string) crm.Erasure {
	b.Helper()
	erasure, err := b.Erase(b.ctx, crm.EraseRequest{Phone: phone, Actor: "operator", Now: b.now})
	b.must("Erase of "+phone, err)
	return erasure
}

// life gives the marked customer two cards and something of everything.
func (b *bench) life() crm.Card {
	b.Helper()
	card := b.issue(marked, "card-1")
	b.second(marked, "card-2")
	b.grant("card-1", "gift", 70)
	b.take("card-1", "spent", 30)
	b.submit(b.submission("card-1", 1, 15))
	b.channels("card-1", map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: true})
	b.later(time.Hour)
	b.channels("card-1", wants(crm.ChannelSMS, false))
	b.putPurchases(line("card-1", "a", yesterday), line("card-1", "b", today), line("card-2", "a", today))
	return card
}

func eraseLeavesNothing(b *bench) {
	b.life()
	b.update("card-1", crm.Profile{Surname: "MarkedMarried"})
	b.erase(marked.Phone)
	for _, fact := range b.state() {
		for _, word := range []string{marked.Phone, "arked", "1977-07-07"} {
			if strings.Contains(fact.answer, word) {
				b.broken("erased a customer whose every field is marked, then "+fact.about, "none of the personal data", fact.answer)
			}
		}
	}
	b.nobody("Erase", crm.Identity{Phone: marked.Phone})
	b.nobody("Erase", crm.Identity{Email: marked.Email})
	same(b, "Erase, then ListHolders", b.list("", 10), nil)
	for _, number := range []string{"card-1", "card-2"} {
		same(b, "Erase, then Holder of "+number, b.holder(number), crm.Profile{})
	}
}

func eraseAnswers(b *bench) {
	card := b.life()
	b.issue(crm.Profile{Phone: phone(3), FirstName: "Анна"}, "card-3")
	erasure := b.erase(marked.Phone)
	same(b, "the ID of the customer in the answer to Erase", erasure.CustomerID, card.CustomerID)
	b.holds(len(erasure.Fields) == 9, "Erase of a customer with nine fields", "the names of nine fields", erasure.Fields)
	b.holds(!strings.Contains(text(erasure), "arked") && !strings.Contains(text(erasure), marked.Phone),
		"Erase", "an answer with names of fields, not with what they held", erasure)
	cards := map[string]bool{}
	for _, number := range erasure.Cards {
		cards[number] = true
	}
	same(b, "Erase of a customer with two cards, the cards in the answer", cards, map[string]bool{"card-1": true, "card-2": true})
	same(b, "Erase of a customer with three lines of consents and three purchases, the counts in the answer",
		[]int{erasure.Consents, erasure.Purchases}, []int{3, 3})
	few := b.erase(phone(3))
	b.holds(len(few.Fields) == 2 && len(few.Cards) == 1 && few.Consents == 0 && few.Purchases == 0,
		"Erase of a customer with phone, first name and one card", "two fields, one card, no consents and purchases", few)
}

func eraseBlocksCards(b *bench) {
	b.life()
	b.erase(marked.Phone)
	for _, number := range []string{"card-1", "card-2"} {
		card := b.look(number)
		b.holds(card.State == crm.CardBlocked && card.CustomerID == "", "Erase, then Card of "+number, "a blocked card without a holder", card)
	}
}

func eraseNoHeir(b *bench) {
	b.life()
	b.erase(marked.Phone)
	heirs := map[string]func() error{
		"IssueReserved to another person":   func() error { _, err := b.IssueReserved(b.ctx, b.request(fullProfile(1), "card-2")); return err },
		"IssueReserved to the same person":  func() error { _, err := b.IssueReserved(b.ctx, b.request(marked, "card-2")); return err },
		"Issue with the number of the card": func() error { _, err := b.Issue(b.ctx, b.request(fullProfile(2), "card-1")); return err },
		"UpdateProfile with another person": func() error {
			return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Profile: fullProfile(3), Now: b.now})
		},
	}
	for did, call := range heirs {
		b.holds(call() != nil, "Erase, then "+did, "an error", nil)
	}
	same(b, "Erase, then AddNumbers with the number of the card", b.pool("card-1"), nil)
	for _, number := range []string{"card-1", "card-2"} {
		card := b.look(number)
		b.holds(card.State == crm.CardBlocked && card.CustomerID == "", "Erase, then several calls that ask for "+number,
			"a blocked card without a holder", card)
	}
}

func eraseKeepsPostings(b *bench) {
	b.life()
	before, balance := b.postings("card-1"), b.look("card-1").Balance
	b.erase(marked.Phone)
	same(b, "Erase, then Postings", b.postings("card-1"), before)
	b.balance("Erase of a customer with 55 points", "card-1", balance)
	for _, number := range []string{"card-1", "card-2"} {
		same(b, "Erase, then Purchases of "+number, b.history(number, firstDay, lastDay), nil)
	}
	b.adds("Erase", "card-1", "card-2")
}

func eraseOffers(b *bench) {
	b.life()
	b.putOffers(offerFor("own", crm.AudienceCard, "card-1"), offerFor("all", crm.AudienceAll, ""))
	b.erase(marked.Phone)
	same(b, "Erase, then Offers of card-1", b.shown("card-1", today), []string{"all"})
	left := b.listOffers()
	b.holds(len(left) == 1, "Erase, then ListOffers", "the offer for everybody", left)
}

func eraseConsents(b *bench) {
	b.life()
	b.erase(marked.Phone)
	for _, number := range []string{"card-1", "card-2"} {
		same(b, "Erase, then Consents of "+number+", which has no holder", b.consents(number), nil)
	}
	b.issue(marked, "card-3")
	same(b, "Erase, then Issue to the same person, then Consents", b.consents("card-3"), nil)
	b.channels("card-3", wants(crm.ChannelSMS, false))
	b.holds(len(b.consents("card-3")) == 1, "Erase, Issue to the same person, SetChannels", "one line", b.consents("card-3"))
}

func eraseNewStart(b *bench) {
	old := b.life()
	b.erase(marked.Phone)
	who := crm.Profile{Phone: marked.Phone, Email: marked.Email}
	card := b.issue(who, "card-3")
	b.holds(card.CustomerID != old.CustomerID, "Erase, then Issue to the same phone and email", "another customer", card)
	same(b, "Erase, then Issue with phone and email alone, then Holder", b.holder("card-3"), who)
	match := b.one("Erase, then Issue to the same phone", crm.Identity{Phone: marked.Phone})
	same(b, "Erase, then Issue to the same phone, then FindCards", match.Cards, []crm.Card{card})
	same(b, "Erase, then Issue to the same phone, then the points of the new card", card.Balance, int64(0))
	same(b, "Erase, then Issue to the same phone, then Purchases", b.history("card-3", firstDay, lastDay), nil)
}

func eraseLeavesOthers(b *bench) {
	b.issue(fullProfile(3), "card-3")
	b.grant("card-3", "theirs", 10)
	b.channels("card-3", wants(crm.ChannelPush, true))
	b.putPurchases(line("card-3", "a", today))
	before := b.state()
	b.life()
	b.erase(marked.Phone)
	after := b.state()
	for _, was := range before {
		if strings.HasSuffix(was.about, "card-3") || strings.Contains(was.about, phone(3)) || strings.Contains(was.about, email(3)) {
			same(b, "Erase of another customer, then "+was.about, (state{was}).changes(after.of(was.about)), "")
		}
	}
	same(b, "Erase of another customer, then ListHolders", phones(b.list("", 10)), []string{phone(3)})
}

func erasesNobody(b *bench) {
	b.life()
	b.refuses("Erase of a phone that nobody has", func() error {
		_, err := b.Erase(b.ctx, crm.EraseRequest{Phone: phone(9), Actor: "operator", Now: b.now})
		return err
	}, crm.ErrCustomerNotFound)
	b.erase(marked.Phone)
	b.refuses("Erase of the same phone again", func() error {
		_, err := b.Erase(b.ctx, crm.EraseRequest{Phone: marked.Phone, Actor: "operator", Now: b.now})
		return err
	}, crm.ErrCustomerNotFound)
}
