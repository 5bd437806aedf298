package crmtest

import (
	"fmt"
	"slices"
	"strings"

	"koshelek-adapter/crm"
)

func listingChecks() []Check {
	return []Check{
		check("ListCards/all", "ListCards gives every card with its holder, blocked and unheld ones too, ordered by number.", listsCards),
		check("ListCustomers/all", "ListCustomers gives every customer who holds a card once, with the card that PickCard picks, ordered by ID.", listsCustomers),
		check("ListPurchases/all", "ListPurchases gives the lines of all cards, ordered by card and Ref.", listsPurchases),
		check("ListPostings/all", "ListPostings gives the postings of all cards, ordered by ID.", listsPostings),
		check("ListCodes/all", "ListCodes gives every code with its count of uses, ordered by code.", listsCodes),
		check("ListOffers/all", "ListOffers gives every offer, open or not, ordered by ID.", listsOffers),
		check("ListNumbers/all", "ListNumbers gives the numbers of the pool with the end of their reservation, ordered by number.", listsNumbers),
		check("EndOffer/ends", "EndOffer makes a day the last one of an offer that would last longer, and leaves others as they are.", endsOffers),
		check("AuditLog/lines", "AuditLog gives the last lines about a subject, oldest first: states, movements with an actor, and erasures.", auditLines),
	}
}

// pages reads a listing in pages of several sizes, each of which has to give
// the same as one large page.
func pages[T any](b *bench, did string, page func(after *T, limit int) ([]T, error)) []T {
	b.Helper()
	all, err := page(nil, plenty)
	b.must(did, err)
	for _, size := range []int{1, 2, 3} {
		var list []T
		for after := (*T)(nil); ; {
			next, err := page(after, size)
			b.must(did, err)
			list = append(list, next...)
			if len(next) < size || len(list) > len(all) {
				break
			}
			after = &next[len(next)-1]
		}
		same(b, fmt.Sprintf("%s in pages of %d", did, size), list, all)
	}
	return all
}

func (b *bench) listCards() []crm.Holder {
	b.Helper()
	return pages(b, "ListCards", func(after *crm.Holder, limit int) ([]crm.Holder, error) {
		return b.ListCards(b.ctx, place(after, func(h crm.Holder) string { return h.Card.Number }), limit)
	})
}

// place is the key after which a page begins.
func place[T any](after *T, key func(T) string) string {
	if after == nil {
		return ""
	}
	return key(*after)
}

func listsCards(b *bench) {
	b.life()
	b.unheld("Card-0")
	b.card(3)
	b.setState("card-3", crm.CardBlocked)
	var want []crm.Holder
	for _, number := range []string{"Card-0", "card-1", "card-2", "card-3"} {
		want = append(want, crm.Holder{Profile: b.holder(number), Card: b.look(number)})
	}
	same(b, "ListCards", b.listCards(), want)
}

func listsCustomers(b *bench) {
	b.life()
	b.unheld("card-0")
	b.imports(b.row("card-4", crm.Profile{Email: email(4)}, 0))
	b.card(3)
	b.setState("card-3", crm.CardBlocked)
	b.issue(fullProfile(5), "card-5")
	b.erase(phone(5))
	list := pages(b, "ListCustomers", func(after *crm.Holder, limit int) ([]crm.Holder, error) {
		return b.ListCustomers(b.ctx, place(after, func(h crm.Holder) string { return h.Card.CustomerID }), limit)
	})
	var ids []string
	found := map[string]crm.Card{}
	for _, h := range list {
		ids = append(ids, h.Card.CustomerID)
		found[h.Profile.Phone+h.Profile.Email] = h.Card
	}
	b.holds(slices.IsSorted(ids), "ListCustomers", "ordered by ID", ids)
	picked, _ := crm.PickCard([]crm.Card{b.look("card-1"), b.look("card-2")})
	same(b, "ListCustomers", found, map[string]crm.Card{
		marked.Phone + marked.Email: picked, email(4): b.look("card-4"), phone(3): b.look("card-3"),
	})
}

func listsPurchases(b *bench) {
	b.card(1)
	b.card(2)
	lines := []crm.Purchase{line("card-1", "A", today), line("card-1", "b", yesterday), line("card-2", "A", today), line("card-2", "c", today)}
	b.putPurchases(lines[3], lines[1], lines[0], lines[2])
	same(b, "ListPurchases", pages(b, "ListPurchases", func(after *crm.Purchase, limit int) ([]crm.Purchase, error) {
		if after == nil {
			after = &crm.Purchase{}
		}
		return b.ListPurchases(b.ctx, after.CardNumber, after.Ref, limit)
	}), lines)
}

func listsPostings(b *bench) {
	b.life()
	b.card(3)
	b.grant("card-3", "third", 5)
	list := pages(b, "ListPostings", func(after *crm.Posting, limit int) ([]crm.Posting, error) {
		return b.ListPostings(b.ctx, place(after, func(p crm.Posting) string { return p.ID }), limit)
	})
	want := slices.Concat(b.postings("card-1"), b.postings("card-2"), b.postings("card-3"))
	slices.SortFunc(want, func(a, b crm.Posting) int { return strings.Compare(a.ID, b.ID) })
	same(b, "ListPostings", list, want)
}

func listsCodes(b *bench) {
	b.card(1)
	b.putCodes(b.promo("SPRING"), b.promo("AUTUMN"), b.promo("SUMMER"), b.promo("WINTER"))
	b.redeem("card-1", "SPRING")
	same(b, "ListCodes", pages(b, "ListCodes", func(after *crm.PromoCode, limit int) ([]crm.PromoCode, error) {
		return b.ListCodes(b.ctx, place(after, func(c crm.PromoCode) string { return c.Code }), limit)
	}), []crm.PromoCode{b.storedCode("AUTUMN"), b.storedCode("SPRING"), b.storedCode("SUMMER"), b.storedCode("WINTER")})
}

func (b *bench) listOffers() []crm.Offer {
	b.Helper()
	return pages(b, "ListOffers", func(after *crm.Offer, limit int) ([]crm.Offer, error) {
		return b.ListOffers(b.ctx, place(after, func(o crm.Offer) string { return o.ID }), limit)
	})
}

func listsOffers(b *bench) {
	past := offerFor("c", crm.AudienceCard, "card-9")
	past.StartDate, past.EndDate = "2020-01-01", "2020-01-31"
	offers := []crm.Offer{offerFor("B", crm.AudienceSegment, "gold"), offerFor("a", crm.AudienceAll, ""), past}
	b.putOffers(offers[2], offers[0], offers[1])
	same(b, "ListOffers", b.listOffers(), offers)
}

func endsOffers(b *bench) {
	open, soon, long := offerFor("open", crm.AudienceAll, ""), offerFor("soon", crm.AudienceAll, ""), offerFor("long", crm.AudienceAll, "")
	open.EndDate, soon.EndDate, long.EndDate = "", yesterday, "2999-01-01"
	b.putOffers(open, soon, long)
	for _, id := range []string{"open", "soon", "long"} {
		found, err := b.EndOffer(b.ctx, id, today)
		b.must("EndOffer of "+id, err)
		b.holds(found, "EndOffer of "+id, "that it was found", found)
	}
	ends := map[string]crm.Date{}
	for _, o := range b.listOffers() {
		ends[o.ID] = o.EndDate
	}
	same(b, "EndOffer with today, the ends", ends, map[string]crm.Date{"open": today, "soon": yesterday, "long": today})
	found, err := b.EndOffer(b.ctx, "unknown", today)
	b.must("EndOffer of an unknown offer", err)
	b.holds(!found, "EndOffer of an unknown offer", "that there is none", found)
}

func listsNumbers(b *bench) {
	until := b.now.Add(day)
	b.poolUntil(until, "free-2")
	b.pool("free-3", "Free-1")
	b.poolUntil(crm.Forever, "free-4")
	list := pages(b, "ListNumbers", func(after *crm.PooledNumber, limit int) ([]crm.PooledNumber, error) {
		return b.ListNumbers(b.ctx, place(after, func(n crm.PooledNumber) string { return n.Number }), limit)
	})
	var told []string
	for _, n := range list {
		state := "free"
		switch {
		case n.ReservedUntil.Equal(crm.Forever):
			state = "handed over"
		case n.ReservedUntil.Equal(until):
			state = "reserved"
		case n.ReservedUntil.After(b.now):
			state = n.ReservedUntil.String()
		}
		told = append(told, n.Number+" "+n.BarcodeNumber+" "+state)
	}
	same(b, "ListNumbers", told, []string{"Free-1 BFree-1 free", "free-2 Bfree-2 reserved", "free-3 Bfree-3 free", "free-4 Bfree-4 handed over"})
}

func (b *bench) audit(subject string) []crm.AuditLine {
	b.Helper()
	lines, err := b.AuditLog(b.ctx, subject, plenty)
	b.must("AuditLog of "+subject, err)
	return lines
}

func auditLines(b *bench) {
	card := b.issue(marked, "card-1")
	b.card(2)
	b.setState("card-1", crm.CardInactive)
	b.later(day)
	b.setState("card-1", crm.CardActive)
	b.grant("card-1", "gift", 70)
	b.take("card-1", "spent", 30)
	silent := b.movement("card-1", "till", 5)
	silent.Actor = ""
	_, err := b.Grant(b.ctx, silent)
	b.must("Grant without an actor", err)
	all := b.audit("card-1")
	b.holds(len(all) == 4, "two states, a grant and a take with an actor, a grant without one, then AuditLog", "four lines", all)
	b.holds(len(all) == 4 && all[0].At.Equal(noon) && all[0].Actor == "operator" && all[0].Subject == "card-1" && all[0].Detail == "check",
		"SetCardState, then AuditLog, the oldest line", "its time, actor, subject and reason", all)
	lines, err := b.AuditLog(b.ctx, "card-1", 2)
	b.must("AuditLog of two lines", err)
	same(b, "AuditLog of two lines", lines, all[max(0, len(all)-2):])
	same(b, "AuditLog of another card", b.audit("card-2"), nil)
	b.erase(marked.Phone)
	b.holds(len(b.audit(card.CustomerID)) == 1, "Erase, then AuditLog of the customer", "one line", b.audit(card.CustomerID))
}
