package crmtest

import "koshelek-adapter/crm"

func issueProfileChecks() []Check {
	return []Check{
		check("Issue/stores-fields", "The fields of the profile that are not empty are stored with an issue to a customer who has a card; empty ones stay.", issueStoresFields),
		check("Issue/new-email", "Issue by phone stores an email that nobody has.", issueStoresEmail),
		check("Issue/keeps-phone", "A customer who was found by email keeps the phone that is stored, since the call proves only its own.", issueKeepsPhone),
		check("Issue/first-phone", "A customer who was found by email and has no phone gets the phone of the call.", issueFirstPhone),
		check("IssueReserved/stores-fields", "IssueReserved stores the fields that are not empty, like Issue.", reservedStoresFields),
		check("IssueReserved/keeps-phone", "IssueReserved leaves a customer who was found by email the phone that is stored, like Issue.", reservedKeepsPhone),
	}
}

// newNames are other names for the person of fullProfile(1).
var newNames = crm.Profile{Surname: "Смирнова", Locality: "Казань", BirthDate: "1991-01-31"}

func renamed(who crm.Profile) crm.Profile {
	who.Surname, who.Locality, who.BirthDate = newNames.Surname, newNames.Locality, newNames.BirthDate
	return who
}

func issueStoresFields(b *bench) {
	b.issue(fullProfile(1), "card-1")
	call := renamed(crm.Profile{Phone: phone(1)})
	b.issue(call, "card-2")
	same(b, "Issue to the holder of card-1 with "+text(call)+", then Holder", b.holder("card-1"), renamed(fullProfile(1)))
}

func issueStoresEmail(b *bench) {
	card := b.issue(crm.Profile{Phone: phone(1), Email: email(1)}, "card-1")
	b.issue(crm.Profile{Phone: phone(1), Email: email(9)}, "card-2")
	match := b.one("Issue by phone with a new email", crm.Identity{Email: email(9)})
	same(b, "Issue by phone with a new email, then FindCards by it", match.CustomerID, card.CustomerID)
	b.nobody("Issue by phone with a new email in place of the old one", crm.Identity{Email: email(1)})
}

func issueKeepsPhone(b *bench) {
	b.issue(fullProfile(1), "card-1")
	call := renamed(crm.Profile{Phone: phone(2), Email: email(1)})
	b.issue(call, "card-2")
	same(b, "Issue with the email of the holder of card-1 and another phone: "+text(call)+", then Holder",
		b.holder("card-1"), renamed(fullProfile(1)))
	b.nobody("Issue with the email of a customer and another phone", crm.Identity{Phone: phone(2)})
	b.one("Issue with the email of a customer and another phone", crm.Identity{Phone: phone(1)})
}

func issueFirstPhone(b *bench) {
	card := b.issue(crm.Profile{Email: email(1)}, "card-1")
	b.issue(crm.Profile{Phone: phone(1), Email: email(1)}, "card-2")
	same(b, "issued a card by email alone, then Issue with that email and a phone, then Holder",
		b.holder("card-1"), crm.Profile{Phone: phone(1), Email: email(1)})
	match := b.one("issued a card by email alone, then Issue with that email and a phone", crm.Identity{Phone: phone(1)})
	same(b, "then the customer of the phone", match.CustomerID, card.CustomerID)
}

func reservedStoresFields(b *bench) {
	b.issue(fullProfile(1), "card-1")
	call := renamed(crm.Profile{Phone: phone(1)})
	b.second(call, "card-2")
	for _, number := range []string{"card-1", "card-2"} {
		same(b, "IssueReserved of card-2 to the holder of card-1 with "+text(call)+", then Holder of "+number,
			b.holder(number), renamed(fullProfile(1)))
	}
}

func reservedKeepsPhone(b *bench) {
	first := b.issue(fullProfile(1), "card-1")
	call := renamed(crm.Profile{Phone: phone(2), Email: email(1)})
	second := b.second(call, "card-2")
	same(b, "IssueReserved of card-2 with the email of the holder of card-1, its holder", second.CustomerID, first.CustomerID)
	same(b, "IssueReserved with the email of a customer and another phone, then Holder", b.holder("card-2"), renamed(fullProfile(1)))
	b.nobody("IssueReserved with the email of a customer and another phone", crm.Identity{Phone: phone(2)})
}
