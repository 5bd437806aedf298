package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func purchaseChecks() []Check {
	return []Check{
		check("PutPurchases/as-stored", "PutPurchases stores lines wholly and tells how many were new.", purchasesStored),
		check("PutPurchases/again", "The same lines again are the same lines: none is new and nothing changes.", purchasesAgain),
		check("PutPurchases/replaces", "A line with the same card and Ref is the same line and is replaced.", purchasesReplaced),
		check("PutPurchases/ref-of-card", "The same Ref on another card is another line.", purchasesOfCards),
		check("PutPurchases/unknown-card", "Lines of an unknown card are refused by their index; the others are stored.", purchasesRefused),
	}
}

func purchasesStored(b *bench) {
	b.card(1)
	want := []crm.Purchase{line("card-1", "b", today), line("card-1", "a", yesterday)}
	want[1].BonusPoints, want[1].Location, want[1].QuantityMilli, want[1].AmountKopecks = -15, "", -1000, -99_999_999_999
	want[0].AmountKopecks, want[0].QuantityMilli, want[0].BonusPoints = 99_999_999_999, 5_000_000_000, crm.MaxPoints
	same(b, "PutPurchases of two lines, the count of new ones", b.putPurchases(want[1], want[0]), 2)
	same(b, "PutPurchases of two lines, then Purchases", b.history("card-1", firstDay, lastDay), want)
	same(b, "PutPurchases of no lines", b.putPurchases(), 0)
}

func purchasesAgain(b *bench) {
	b.card(1)
	lines := []crm.Purchase{line("card-1", "a", today), line("card-1", "b", today)}
	b.putPurchases(lines...)
	repeats(b, "PutPurchases of the same lines again", 0, func() (int, error) {
		added, _, err := b.PutPurchases(b.ctx, lines)
		return added, err
	})
	same(b, "PutPurchases of two known and one new line", b.putPurchases(append(lines, line("card-1", "c", today))...), 1)
}

func purchasesReplaced(b *bench) {
	b.card(1)
	b.putPurchases(line("card-1", "a", today), line("card-1", "b", yesterday))
	other := crm.Purchase{CardNumber: "card-1", Ref: "a", Date: tomorrow, Item: "Чай", AmountKopecks: 1, QuantityMilli: 2, Location: "там", BonusPoints: 3}
	same(b, "PutPurchases of a line with a known Ref, the count of new ones", b.putPurchases(other), 0)
	same(b, "PutPurchases of a line with a known Ref and other content, then Purchases",
		b.history("card-1", firstDay, lastDay), []crm.Purchase{other, line("card-1", "b", yesterday)})
}

func purchasesOfCards(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(fullProfile(1), "card-2")
	b.putPurchases(line("card-1", "a", today))
	same(b, "PutPurchases with the same Ref for two cards, the count of new ones", b.putPurchases(line("card-2", "a", yesterday)), 1)
	for number, on := range map[string]crm.Date{"card-1": today, "card-2": yesterday} {
		same(b, "PutPurchases with the same Ref for two cards, then Purchases of "+number,
			b.history(number, firstDay, lastDay), []crm.Purchase{line(number, "a", on)})
	}
}

func purchasesRefused(b *bench) {
	b.card(1)
	b.pool("free-2")
	lines := []crm.Purchase{line("card-9", "a", today), line("card-1", "b", today), line("free-2", "c", today), line("card-1", "d", yesterday)}
	added, refused, err := b.PutPurchases(b.ctx, lines)
	b.must("PutPurchases of lines of known and unknown cards", err)
	same(b, "PutPurchases of four lines, the first and third of unknown cards: the count of new ones", added, 2)
	var indices []int
	for _, refusal := range refused {
		indices = append(indices, refusal.Index)
		b.holds(refusal.Err != nil, fmt.Sprintf("the refusal of line %d", refusal.Index), "an error", refusal)
	}
	same(b, "PutPurchases of four lines, the first and third of unknown cards: the refused ones", indices, []int{0, 2})
	same(b, "then Purchases", b.history("card-1", firstDay, lastDay), []crm.Purchase{lines[1], lines[3]})
	b.noCard("PutPurchases of lines of card-9", "card-9")
}
