package crmtest

import "koshelek-adapter/crm"

func importAgainChecks() []Check {
	return []Check{
		check("ImportCards/twice", "An import may run twice: the second run changes nothing.", importsTwice),
		check("ImportCards/twice-in-one-call", "A row that stands twice in one call is credited once.", importsTwiceAtOnce),
		check("ImportCards/updates", "A card that exists is updated: barcode, state, and its holder's profile where the row is not empty.", importUpdates),
		check("ImportCards/updates-identity", "An import of a held card stores a phone and an email that nobody has for the holder.", importUpdatesIdentity),
		check("ImportCards/names-alone", "An import of a held card with names alone updates the holder; one without a profile leaves the holder as it is.", importNamesAlone),
		check("ImportCards/gives-holder", "A card that exists without a holder gets the holder of the row.", importGivesHolder),
		check("ImportCards/keeps-balance", "The balance of a card that exists is not touched by an import.", importKeepsBalance),
	}
}

func importsTwice(b *bench) {
	rows := []crm.CardRecord{b.row("card-1", fullProfile(1), 100), b.row("card-2", crm.Profile{}, 30)}
	b.imports(rows...)
	b.later(day)
	repeats(b, "ImportCards of the same rows a day later", nil, func() ([]crm.Refusal, error) {
		return b.ImportCards(b.ctx, rows, b.now)
	})
}

func importsTwiceAtOnce(b *bench) {
	row := b.row("card-1", fullProfile(1), 100)
	b.imports(row, row)
	b.balance("ImportCards of a row with 100 points, twice in one call", "card-1", 100)
	b.adds("ImportCards of a row twice in one call", "card-1")
}

func importUpdates(b *bench) {
	b.imports(b.row("card-1", fullProfile(1), 100))
	issuedAt := b.look("card-1").IssuedAt
	row := b.row("card-1", renamed(crm.Profile{Phone: phone(1)}), 100)
	row.State, row.BarcodeNumber, row.BarcodeType, row.IssuedAt = crm.CardInactive, "4006381333931", crm.EAN13, issuedAt
	b.imports(row)
	card := b.look("card-1")
	same(b, "ImportCards of card-1 again with another barcode, then Card", card.CardNumber, row.CardNumber)
	same(b, "ImportCards of card-1 again as inactive, then Card", card.State, crm.CardInactive)
	same(b, "ImportCards of card-1 again with other names, then Holder", b.holder("card-1"), renamed(fullProfile(1)))
	same(b, "ImportCards of card-1 again, its holder", card.CustomerID, b.one("ImportCards twice", crm.Identity{Phone: phone(1)}).CustomerID)
}

func importGivesHolder(b *bench) {
	other := b.issue(fullProfile(2), "card-2")
	b.imports(b.row("card-1", crm.Profile{}, 50), b.row("card-3", crm.Profile{}, 0))
	b.imports(b.row("card-1", fullProfile(1), 50), b.row("card-3", crm.Profile{Phone: phone(2)}, 0))
	same(b, "imported card-1 without a holder, then with one, then Holder", b.holder("card-1"), fullProfile(1))
	same(b, "imported card-3 without a holder, then with the phone of the holder of card-2, its holder",
		b.look("card-3").CustomerID, other.CustomerID)
	b.balance("imported card-1 with 50 points twice", "card-1", 50)
}

func importKeepsBalance(b *bench) {
	b.imports(b.row("card-1", fullProfile(1), 100))
	b.take("card-1", "spent", 70)
	b.imports(b.row("card-1", fullProfile(1), 500))
	b.balance("imported card-1 with 100 points, Take of 70, imported it with 500", "card-1", 30)
	b.imports(b.row("card-1", fullProfile(1), 0))
	b.balance("imported card-1 once more with 0", "card-1", 30)
	b.card(2)
	b.imports(b.row("card-2", crm.Profile{Phone: phone(2)}, 500))
	b.balance("issued card-2, then imported it with 500 points", "card-2", 0)
	b.adds("imported cards that existed", "card-1", "card-2")
}

func importUpdatesIdentity(b *bench) {
	b.imports(b.row("card-1", fullProfile(1), 0))
	before := b.look("card-1").CustomerID
	b.imports(b.row("card-1", crm.Profile{Phone: phone(11)}, 0))
	b.imports(b.row("card-1", crm.Profile{Phone: phone(11), Email: email(11)}, 0))
	want := fullProfile(1)
	want.Phone, want.Email = phone(11), email(11)
	same(b, "imported a card, then again with another phone, then with another email, then Holder", b.holder("card-1"), want)
	same(b, "then the ID of the holder", b.look("card-1").CustomerID, before)
	b.nobody("imported a card again with another phone", crm.Identity{Phone: phone(1)})
}

func importNamesAlone(b *bench) {
	b.imports(b.row("card-1", fullProfile(1), 0))
	b.imports(b.row("card-1", newNames, 0))
	same(b, "imported a card, then again with names alone, then Holder", b.holder("card-1"), renamed(fullProfile(1)))
	repeats(b, "ImportCards of a held card without a profile", nil, func() ([]crm.Refusal, error) {
		return b.ImportCards(b.ctx, []crm.CardRecord{b.row("card-1", crm.Profile{}, 0)}, b.now)
	})
}
