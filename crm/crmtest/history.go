package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func historyChecks() []Check {
	return []Check{
		check("Purchases/days", "Purchases gives the lines of the card between two days, both included.", historyDays),
		check("Purchases/newest-first", "Purchases gives the newest day first, and in one stable order.", historyOrder),
		check("Purchases/pages", "Purchases gives up to Limit lines, beginning after a cursor; pages skip and repeat none, also when many lines have one day.", historyPages),
		check("Purchases/unknown", "Purchases of an unknown card gives ErrCardNotFound.", historyUnknown),
	}
}

func refs(lines []crm.Purchase) []string {
	var list []string
	for _, line := range lines {
		list = append(list, line.Ref)
	}
	return list
}

func historyDays(b *bench) {
	b.card(1)
	b.card(2)
	same(b, "issued a card, then Purchases", b.history("card-1", firstDay, lastDay), nil)
	for _, on := range []crm.Date{"2025-12-31", "2026-01-01", yesterday, today, tomorrow} {
		b.putPurchases(line("card-1", string(on), on), line("card-2", string(on), on))
	}
	for _, step := range []struct {
		from, to crm.Date
		want     []string
	}{
		{yesterday, tomorrow, []string{string(tomorrow), string(today), string(yesterday)}},
		{today, today, []string{string(today)}},
		{"2025-12-31", "2026-01-01", []string{"2026-01-01", "2025-12-31"}},
		{"2026-01-02", "2026-03-08", nil},
	} {
		did := fmt.Sprintf("lines on five days, Purchases from %s to %s", step.from, step.to)
		lines := b.history("card-1", step.from, step.to)
		same(b, did, refs(lines), step.want)
		for _, line := range lines {
			same(b, did+", the card of a line", line.CardNumber, "card-1")
		}
	}
}

// manyLines stores lines of which many have one day, and gives their number.
func (b *bench) manyLines() int {
	b.Helper()
	b.card(1)
	days := []crm.Date{today, yesterday, today, tomorrow, today, today, yesterday, today, today}
	var lines []crm.Purchase
	for i, on := range days {
		lines = append(lines, line("card-1", fmt.Sprintf("%c-%d", "bBaA"[i%4], i), on))
	}
	b.putPurchases(lines...)
	return len(days)
}

func historyOrder(b *bench) {
	n := b.manyLines()
	all := b.history("card-1", firstDay, lastDay)
	same(b, "PutPurchases of lines of three days, the length of Purchases", len(all), n)
	for i := 1; i < len(all); i++ {
		b.holds(all[i].Date <= all[i-1].Date, "PutPurchases of lines of three days, then Purchases", "the newest day first", refs(all))
	}
	same(b, "Purchases again", refs(b.history("card-1", firstDay, lastDay)), refs(all))
	of := func(on crm.Date) (some []string) {
		for _, line := range all {
			if line.Date == on {
				some = append(some, line.Ref)
			}
		}
		return some
	}
	same(b, "Purchases of one day, in the order in which the whole gives them", refs(b.history("card-1", today, today)), of(today))
}

func historyPages(b *bench) {
	b.manyLines()
	all := b.history("card-1", firstDay, lastDay)
	for _, limit := range []int{1, 2, 4} {
		var got []crm.Purchase
		q := crm.PurchaseQuery{CardNumber: "card-1", From: firstDay, To: lastDay, Limit: limit}
		for len(got) < len(all)+3 {
			page, err := b.Purchases(b.ctx, q)
			b.must("Purchases after "+text(q.After), err)
			b.holds(len(page) <= limit, fmt.Sprintf("Purchases with limit %d", limit), "no more lines than the limit", refs(page))
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
			q.After = &page[len(page)-1]
		}
		same(b, fmt.Sprintf("nine lines, six of one day, Purchases page by page with limit %d, each after the last line", limit), refs(got), refs(all))
	}
}

func historyUnknown(b *bench) {
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		_, err := b.Purchases(b.ctx, crm.PurchaseQuery{CardNumber: number, From: firstDay, To: lastDay, Limit: 10})
		b.fails("Purchases of "+number+", which is no card", err, crm.ErrCardNotFound)
	}
}
