package crmtest

import "koshelek-adapter/crm"

func welcomeChecks() []Check {
	return []Check{
		check("Issue/welcome", "Welcome is credited as one lot with the first card that is made for a phone.", welcomes),
		check("Issue/welcome-zero", "A Welcome of zero points credits nothing.", welcomesWithNothing),
		check("Issue/welcome-once", "Welcome is never credited again for a phone, by Issue or by IssueReserved.", welcomesOnce),
		check("Issue/welcome-new-holder", "Welcome is never credited again for a phone, whoever holds it.", welcomesPhoneNotHolder),
		check("Issue/welcome-needs-phone", "Welcome is for a phone: a customer without one gets none, and gets it with the first card that is made after the phone came.", welcomesPhoneOnly),
		check("IssueReserved/welcome-by-email", "A card for a customer who was found by email and keeps their phone is made for that phone: no second welcome, and the call's phone still has its own.", welcomesStoredPhone),
		check("IssueReserved/welcome", "IssueReserved credits Welcome with the first card that is made for a phone, and never again.", welcomesReserved),
	}
}

func (b *bench) welcomed(who crm.Profile, number string, points int64) crm.IssueRequest {
	r := b.request(who, number)
	r.Welcome = b.award(crm.PostingWelcome, points)
	return r
}

func (b *bench) issueWelcomed(who crm.Profile, number string, points int64) crm.Card {
	b.Helper()
	issued, err := b.Issue(b.ctx, b.welcomed(who, number, points))
	b.must("Issue of "+number+" with a welcome", err)
	return issued.Card
}

func welcomes(b *bench) {
	r := b.welcomed(crm.Profile{Phone: phone(1)}, "card-1", 50)
	r.Welcome.AvailableFrom = b.now.Add(day)
	issued, err := b.Issue(b.ctx, r)
	b.must("Issue of card-1 with a welcome of 50", err)
	same(b, "the balance in the answer to Issue with a welcome of 50", issued.Card.Balance, int64(50))
	statement := b.statement("card-1", b.now)
	same(b, "Issue with a welcome of 50, the points in Statement", []int64{statement.Card.Balance, statement.Card.EarnedTotal}, []int64{50, 50})
	same(b, "Issue with a welcome of 50, the lots in Statement", statement.Lots, []crm.Lot{{
		Description: r.Welcome.Description, Remaining: 50, AvailableFrom: r.Welcome.AvailableFrom, ValidUntil: r.Welcome.ValidUntil,
	}})
	same(b, "Issue with a welcome of 50, then Postings", b.kinds("card-1"), []string{"welcome +50"})
	b.adds("Issue with a welcome of 50", "card-1")
}

func welcomesWithNothing(b *bench) {
	b.issueWelcomed(crm.Profile{Phone: phone(1)}, "card-1", 0)
	same(b, "Issue with a welcome of zero, then Postings", b.postings("card-1"), nil)
	same(b, "Issue with a welcome of zero, then the lots", b.remaining("card-1", b.now), nil)
}

func welcomesOnce(b *bench) {
	who := crm.Profile{Phone: phone(1)}
	b.issueWelcomed(who, "card-1", 50)
	b.issueWelcomed(who, "card-2", 50)
	same(b, "Issue twice to one phone, each with a welcome of 50, then Postings", b.kinds("card-1"), []string{"welcome +50"})
	b.pool("card-3")
	_, err := b.IssueReserved(b.ctx, b.welcomed(who, "card-3", 50))
	b.must("IssueReserved of card-3 to the holder of card-1", err)
	same(b, "IssueReserved of a second card to a phone that had its welcome, then Postings", b.kinds("card-3"), nil)
	b.adds("issued cards with a welcome", "card-1", "card-3")
}

func welcomesPhoneNotHolder(b *bench) {
	b.issueWelcomed(crm.Profile{Phone: phone(1)}, "card-1", 50)
	b.update("card-1", crm.Profile{Phone: phone(2)})
	other := b.issueWelcomed(crm.Profile{Phone: phone(1)}, "card-2", 50)
	b.holds(other.Number == "card-2", "the customer of card-1 took another phone, Issue of card-2 to the old phone", "a new card", other)
	same(b, "a phone had its welcome, its customer took another phone, Issue to the old phone: Postings of the new card",
		b.kinds("card-2"), nil)
	same(b, "then the points of the new card", b.look("card-2").Balance, int64(0))
}

func welcomesReserved(b *bench) {
	who := crm.Profile{Phone: phone(1)}
	b.pool("card-1", "card-2")
	card, err := b.IssueReserved(b.ctx, b.welcomed(who, "card-1", 50))
	b.must("IssueReserved of card-1 with a welcome of 50", err)
	same(b, "the balance in the answer to IssueReserved with a welcome of 50", card.Balance, int64(50))
	same(b, "IssueReserved with a welcome of 50, then Postings", b.kinds("card-1"), []string{"welcome +50"})
	_, err = b.IssueReserved(b.ctx, b.welcomed(who, "card-2", 50))
	b.must("IssueReserved of card-2 to the same customer", err)
	same(b, "IssueReserved of a second card to the same phone, then Postings", b.kinds("card-2"), nil)
	b.issueWelcomed(who, "card-3", 50)
	same(b, "Issue to the same phone, then the points of its cards",
		[]int64{b.look("card-1").Balance, b.look("card-2").Balance}, []int64{50, 0})
}

func welcomesStoredPhone(b *bench) {
	b.issueWelcomed(crm.Profile{Phone: phone(1), Email: email(1)}, "card-1", 50)
	b.pool("card-2")
	_, err := b.IssueReserved(b.ctx, b.welcomed(crm.Profile{Phone: phone(2), Email: email(1)}, "card-2", 50))
	b.must("IssueReserved of card-2 with the email of the holder of card-1 and another phone", err)
	did := "a phone had its welcome, IssueReserved with its customer's email, another phone and a welcome"
	same(b, did+", then Postings of the second card", b.kinds("card-2"), nil)
	b.issueWelcomed(crm.Profile{Phone: phone(2)}, "card-3", 50)
	same(b, did+", then Issue to the other phone itself: Postings of its first card", b.kinds("card-3"), []string{"welcome +50"})
}

func welcomesPhoneOnly(b *bench) {
	b.issueWelcomed(crm.Profile{Email: email(1)}, "card-1", 50)
	same(b, "Issue by email alone with a welcome of 50, then Postings", b.kinds("card-1"), nil)
	b.pool("card-2")
	_, err := b.IssueReserved(b.ctx, b.welcomed(crm.Profile{Phone: phone(1), Email: email(1)}, "card-2", 50))
	b.must("IssueReserved of card-2 with the same email and a phone", err)
	same(b, "Issue by email alone, IssueReserved with that email and a phone, then Postings of the second card",
		b.kinds("card-2"), []string{"welcome +50"})
	same(b, "then Postings of the first card", b.kinds("card-1"), nil)
}
