package crmtest

import (
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

func listChecks() []Check {
	return []Check{
		check("ListHolders/profile-and-card", "ListHolders gives each customer with the profile and the card that PickCard picks.", listsHolders),
		check("ListHolders/left-out", "ListHolders leaves out customers without a phone and those whose cards are all blocked.", listsNotAll),
		check("ListHolders/pages", "ListHolders gives up to limit customers in the order of their phones, beginning after the given phone; pages skip and repeat nobody.", listsPages),
		check("ListHolders/after-nobody", "ListHolders may begin after a phone that no customer has.", listsAfterNobody),
	}
}

func (b *bench) list(after string, limit int) []crm.Holder {
	b.Helper()
	holders, err := b.ListHolders(b.ctx, after, limit)
	b.must(fmt.Sprintf("ListHolders after %q", after), err)
	return holders
}

func phones(holders []crm.Holder) []string {
	var list []string
	for _, holder := range holders {
		list = append(list, holder.Profile.Phone)
	}
	return list
}

func listsHolders(b *bench) {
	same(b, "ListHolders of an empty store", b.list("", 10), nil)
	b.issue(fullProfile(1), "card-1")
	for _, number := range []string{"card-2", "card-3", "card-4"} {
		b.later(time.Hour)
		b.second(fullProfile(1), number)
	}
	b.setState("card-3", crm.CardInactive)
	b.setState("card-4", crm.CardBlocked)
	b.issue(crm.Profile{Phone: phone(5)}, "card-5")
	b.setState("card-5", crm.CardInactive)
	same(b, "ListHolders of a customer with two active cards, a newer inactive and a newer blocked one, and one whose card is inactive",
		b.list("", 10), []crm.Holder{
			{Profile: fullProfile(1), Card: b.look("card-2")},
			{Profile: crm.Profile{Phone: phone(5)}, Card: b.look("card-5")},
		})
}

func listsNotAll(b *bench) {
	b.issue(crm.Profile{Email: email(1)}, "card-1")
	b.unheld("plastic-2")
	b.card(3)
	b.setState("card-3", crm.CardBlocked)
	b.card(4)
	same(b, "ListHolders with a customer without a phone, a card without a holder, a blocked card, and an active card of "+phone(4),
		phones(b.list("", 10)), []string{phone(4)})
	same(b, "ListHolders with limit 1", phones(b.list("", 1)), []string{phone(4)})
}

func listsPages(b *bench) {
	var want []string
	for i, p := range []string{"79210000005", "375290000001", "79210000003", "9990000", "79210000004", "79210000001", "10000000"} {
		b.issue(crm.Profile{Phone: p}, cardName(i))
		want = append(want, p)
	}
	slices.Sort(want)
	same(b, "issued cards to seven phones, then ListHolders", phones(b.list("", 100)), want)
	var got []string
	for after := ""; len(got) < len(want)+3; {
		page := phones(b.list(after, 2))
		b.holds(len(page) <= 2, "ListHolders with limit 2", "at most two customers", page)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		after = page[len(page)-1]
	}
	same(b, "ListHolders page by page with limit 2, each beginning after the last phone", got, want)
}

func listsAfterNobody(b *bench) {
	b.card(1)
	b.card(3)
	same(b, "issued cards to "+phone(1)+" and "+phone(3)+", ListHolders after "+phone(2), phones(b.list(phone(2), 10)), []string{phone(3)})
	same(b, "ListHolders after the last phone", b.list(phone(3), 10), nil)
}
