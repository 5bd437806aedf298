package crmtest

import (
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

func postingChecks() []Check {
	return []Check{
		check("Postings/newest-first", "Postings gives the postings of the card alone, newest first.", postingsNewestFirst),
		check("Postings/pages", "Postings gives up to limit postings, beginning before the posting with the given ID; pages skip and repeat none.", postingsPages),
		check("Postings/ids", "The ID of a posting is unique, over all cards.", postingIDs),
		check("Postings/unknown", "Postings of an unknown card gives ErrCardNotFound.", postingsUnknown),
		check("Ledger/adds-up", "A card's postings add up to its balance, whatever the points came from and went to.", ledgerAddsUp),
	}
}

func verifyChecks() []Check {
	return []Check{
		check("Verify/sound", "Verify finds nothing in a sound store.", verifiesSound),
		check("Verify/pages", "Verify looks at up to limit cards in the order of their numbers, tells the last number that it looked at, and \"\" when there are no more.", verifiesPages),
		check("Verify/finds", "Verify gives the cards whose balance is not what their postings add up to.", verifiesSpoilt),
	}
}

func postingsNewestFirst(b *bench) {
	b.card(1)
	b.card(2)
	same(b, "issued a card, then Postings", b.postings("card-1"), nil)
	for i := range 4 {
		b.later(time.Minute)
		b.grant("card-1", fmt.Sprintf("gift-%d", i), int64(10+i))
		b.grant("card-2", fmt.Sprintf("other-%d", i), 5)
	}
	b.later(time.Minute)
	b.take("card-1", "spent", 1)
	same(b, "four grants a minute apart and a Take, then Postings",
		b.kinds("card-1"), []string{"take -1", "grant +13", "grant +12", "grant +11", "grant +10"})
}

func postingsPages(b *bench) {
	b.card(1)
	b.card(2)
	for i := range 7 { // several in one moment, since points often come together
		b.grant("card-1", fmt.Sprintf("gift-%d", i), int64(10+i))
		b.grant("card-2", fmt.Sprintf("other-%d", i), 5)
		b.later(time.Duration(i%2) * time.Minute)
	}
	all := b.postings("card-1")
	b.holds(len(all) == 7, "seven grants, then Postings", "seven postings", all)
	var got []crm.Posting
	for before := ""; len(got) < 10; {
		page, err := b.Postings(b.ctx, "card-1", before, 3)
		b.must("Postings before "+before, err)
		b.holds(len(page) <= 3, "Postings with limit 3", "at most three postings", page)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		before = page[len(page)-1].ID
	}
	same(b, "Postings page by page with limit 3, each before the last ID", got, all)
}

func postingIDs(b *bench) {
	seen := map[string]crm.Posting{}
	for i := range 3 {
		number := b.card(i)
		for k := range 3 {
			b.grant(number, fmt.Sprintf("gift-%d-%d", i, k), 10)
		}
		for _, posting := range b.postings(number) {
			if twin, known := seen[posting.ID]; known {
				b.broken("nine grants to three cards", "an ID for each posting", text([]crm.Posting{twin, posting}))
			}
			seen[posting.ID] = posting
		}
	}
}

func postingsUnknown(b *bench) {
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		_, err := b.Postings(b.ctx, number, "", 10)
		b.fails("Postings of "+number+", which is no card", err, crm.ErrCardNotFound)
	}
}

func ledgerAddsUp(b *bench) {
	b.issueWelcomed(fullProfile(1), "card-1", 50)
	b.imports(b.row("card-2", fullProfile(2), 100))
	b.putCodes(b.promo("SPRING"))
	for i, number := range []string{"card-1", "card-2"} {
		b.grantLot(number, "gift-"+number, 30, b.now, b.now.Add(time.Hour))
		b.grantLot(number, "pending-"+number, 20, b.now.Add(30*day), b.now.Add(60*day))
		b.submit(b.submission(number, int64(i), 15))
		b.redeem(number, "SPRING")
		b.take(number, "spent-"+number, 33)
	}
	b.adds("points from everywhere and a Take", "card-1", "card-2")
	b.later(day)
	b.expire("a lot of each card is over, of which the Take has used 30", plenty, 0)
	b.later(59 * day)
	b.expire("the pending lots of both cards are over", plenty, 2)
	b.adds("points from everywhere, a Take and ExpirePoints", "card-1", "card-2")
	same(b, "welcome 50, gifts 30 and 20, receipt 15, code 25, Take of 33, 20 expired: the balances",
		[]int64{b.look("card-1").Balance, b.look("card-2").Balance}, []int64{87, 137})
}

func verifiesSound(b *bench) {
	bad, last, err := b.Verify(b.ctx, "", 10)
	b.must("Verify of an empty store", err)
	same(b, "Verify of an empty store", []any{bad, last}, []any{[]crm.Discrepancy{}, ""})
	ledgerAddsUp(b)
	bad, _, err = b.Verify(b.ctx, "", 10)
	b.must("Verify of a sound store", err)
	same(b, "Verify of a store with points of every kind", bad, nil)
}

func verifiesPages(b *bench) {
	var want []string
	for _, number := range []string{"b-1", "a-2", "C-3", "10", "9"} {
		b.unheld(number)
		want = append(want, number)
	}
	slices.Sort(want)
	var visited []string
	after := ""
	for step := 0; step < len(want)+1; step++ {
		bad, last, err := b.Verify(b.ctx, after, 1)
		b.must("Verify after "+after, err)
		same(b, "Verify of a sound store", bad, nil)
		if last == "" {
			break
		}
		visited, after = append(visited, last), last
	}
	// The last card may be reported with "" at once, since there are no more.
	if len(visited) == len(want)-1 {
		visited = append(visited, want[len(want)-1])
	}
	same(b, "five cards, Verify with limit 1 from each last number on: the numbers that it looked at", visited, want)
	_, last, err := b.Verify(b.ctx, want[len(want)-1], 10)
	b.must("Verify after the last card", err)
	same(b, "Verify after the last card", last, "")
}

func verifiesSpoilt(b *bench) {
	if b.store.Spoil == nil {
		b.Logf("not judged: the store has no Spoil, so there is nothing for Verify to find")
		return
	}
	for i := range 3 {
		b.grant(b.card(i), fmt.Sprintf("gift-%d", i), 10)
	}
	b.store.Spoil(b.TB, "card-1")
	same(b, "added a point to the balance of card-1 behind the ledger's back, then Card", b.look("card-1").Balance, int64(11))
	bad, _, err := b.Verify(b.ctx, "", 10)
	b.must("Verify", err)
	same(b, "added a point to the balance of card-1 behind the ledger's back, then Verify",
		bad, []crm.Discrepancy{{CardNumber: "card-1", Balance: 11, Postings: 10, Lots: 10}})
}
