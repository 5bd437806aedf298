package crmtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// batchChecks are about calls that carry many things at once.
func batchChecks() []Check {
	return []Check{
		check("AddNumbers/twice-in-one-call", "A number that stands twice in one call is new once.", addsTwiceAtOnce),
		check("PutPurchases/twice-in-one-call", "A line that stands twice in one call is one line, and the later one replaces the earlier.", purchasesTwiceAtOnce),
		check("PutCodes/twice-in-one-call", "A code that stands twice in one call is one code, and the later one replaces the earlier.", codesTwiceAtOnce),
		check("PutOffers/twice-in-one-call", "An offer that stands twice in one call is one offer, and the later one replaces the earlier.", offersTwiceAtOnce),
		check("AddNumbers/many", "AddNumbers, LeaseNumbers and ReleaseNumbers work with many numbers in one call.", manyNumbers),
		check("ImportCards/many-rows", "ImportCards stores many rows in one call and reports the refused ones by their index in the call.", manyRows),
		check("PutPurchases/many-lines", "PutPurchases stores many lines in one call and reports the refused ones by their index in the call.", manyPurchases),
		check("AddNumbers/wholly", "AddNumbers happens wholly or not at all: when one of the numbers cannot be stored, none is.", addsWholly),
		check("PutCodes/wholly", "PutCodes happens wholly or not at all: when one of the codes cannot be stored, none is.", codesWholly),
		check("PutOffers/wholly", "PutOffers happens wholly or not at all: when one of the offers cannot be stored, none is.", offersWholly),
		check("PutPurchases/wholly", "PutPurchases happens wholly or not at all: when one of the lines cannot be stored, none is.", purchasesWholly),
	}
}

// many is more than fits into one statement of most stores' habits.
const many = 1100

// immense is a text that is beyond every limit of the contract.
var immense = strings.Repeat("x", 70_000)

func addsTwiceAtOnce(b *bench) {
	added, err := b.AddNumbers(b.ctx, crm.PoolRequest{Numbers: []crm.CardNumber{numbered("free-1"), numbered("free-2"), numbered("free-1")}, Now: b.now})
	b.must("AddNumbers of free-1, free-2 and free-1", err)
	same(b, "AddNumbers of free-1, free-2 and free-1", names(added), []string{"free-1", "free-2"})
	same(b, "AddNumbers of free-1, free-2 and free-1, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 2})
}

func purchasesTwiceAtOnce(b *bench) {
	b.card(1)
	later := line("card-1", "a", yesterday)
	later.Item = "Чай"
	same(b, "PutPurchases of two lines with one Ref, the count of new ones", b.putPurchases(line("card-1", "a", today), later), 1)
	same(b, "PutPurchases of two lines with one Ref, then Purchases", b.history("card-1", firstDay, lastDay), []crm.Purchase{later})
}

func codesTwiceAtOnce(b *bench) {
	later := b.promo("SPRING")
	later.Points = 99
	b.putCodes(b.promo("SPRING"), later)
	same(b, "PutCodes of one code twice, then Code", b.storedCode("SPRING"), later)
}

func offersTwiceAtOnce(b *bench) {
	b.card(1)
	later := offerFor("a", crm.AudienceAll, "")
	later.Name = "Новое имя"
	b.putOffers(offerFor("a", crm.AudienceAll, ""), later)
	got, err := b.Offers(b.ctx, "card-1", today)
	b.must("Offers", err)
	same(b, "PutOffers of one offer twice, then Offers", got, []crm.Offer{later})
}

func manyNumbers(b *bench) {
	var numbers []crm.CardNumber
	for i := range many {
		numbers = append(numbers, numbered(fmt.Sprintf("free-%04d", i)))
	}
	until := b.now.Add(time.Hour)
	added, err := b.AddNumbers(b.ctx, crm.PoolRequest{Numbers: numbers, Now: b.now})
	b.must(fmt.Sprintf("AddNumbers of %d numbers", many), err)
	same(b, fmt.Sprintf("AddNumbers of %d numbers", many), byNumber(added), numbers)
	leased := b.lease(2*many, until)
	same(b, fmt.Sprintf("added %d numbers, LeaseNumbers of all", many), byNumber(leased), numbers)
	b.must("ReleaseNumbers of all", b.ReleaseNumbers(b.ctx, names(leased), until))
	same(b, "leased and released all numbers, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: many})
}

func manyRows(b *bench) {
	b.issue(fullProfile(1), "taken-1")
	b.issue(fullProfile(2), "taken-2")
	var rows []crm.CardRecord
	for i := range many {
		rows = append(rows, b.record(fmt.Sprintf("card-%04d", i)))
	}
	bad := []int{3, many / 2, many - 1}
	for _, i := range bad {
		rows[i].Holder = crm.Profile{Phone: phone(1), Email: email(2)}
	}
	refused, err := b.ImportCards(b.ctx, rows, b.now)
	b.must(fmt.Sprintf("ImportCards of %d rows", many), err)
	same(b, fmt.Sprintf("ImportCards of %d rows of which those with the indices %v are ambiguous, the refused ones", many, bad), indices(refused), bad)
	for _, i := range []int{0, many/2 + 1, many - 2} {
		same(b, "then Card of a good row", b.look(rows[i].Number).CardNumber, rows[i].CardNumber)
	}
	b.noCard("ImportCards with a refused row", rows[many-1].Number)
}

// indices gives the places of refused rows, in their order.
func indices(refused []crm.Refusal) []int {
	var list []int
	for _, refusal := range refused {
		list = append(list, refusal.Index)
	}
	slices.Sort(list)
	return list
}

func manyPurchases(b *bench) {
	b.card(1)
	var lines []crm.Purchase
	for i := range many {
		lines = append(lines, line("card-1", fmt.Sprintf("%04d", i), today))
	}
	bad := []int{3, many / 2, many - 1}
	for _, i := range bad {
		lines[i].CardNumber = "card-9"
	}
	added, refused, err := b.PutPurchases(b.ctx, lines)
	b.must(fmt.Sprintf("PutPurchases of %d lines", many), err)
	did := fmt.Sprintf("PutPurchases of %d lines of which those with the indices %v are of an unknown card", many, bad)
	same(b, did+", the refused ones", indices(refused), bad)
	same(b, did+", the count of new ones", added, many-len(bad))
	all, err := b.Purchases(b.ctx, crm.PurchaseQuery{CardNumber: "card-1", From: today, To: today, Limit: 2 * many})
	b.must("Purchases", err)
	same(b, did+", the length of Purchases", len(all), many-len(bad))
}

// wholly looks that a call whose last part may be refused either did all or
// nothing.
func (b *bench) wholly(did string, err error, before state) {
	b.Helper()
	if err != nil {
		b.unchanged(did+" (refused)", before)
	}
}

func addsWholly(b *bench) {
	b.pool("free-1")
	r := crm.PoolRequest{Now: b.now}
	for i := range many {
		r.Numbers = append(r.Numbers, numbered(fmt.Sprintf("more-%04d", i)))
	}
	r.Numbers = append(r.Numbers, numbered(immense))
	before := b.state()
	_, err := b.spy.Backend.AddNumbers(b.ctx, r) // past the spy: too many names to look at
	b.wholly(fmt.Sprintf("AddNumbers of %d numbers and one of %d bytes", many, len(immense)), err, before)
}

func codesWholly(b *bench) {
	b.putCodes(b.promo("SPRING"))
	changed := b.promo("SPRING")
	changed.Points = 99
	before := b.state()
	err := b.PutCodes(b.ctx, []crm.PromoCode{changed, b.promo("SUMMER"), b.promo(immense)})
	b.wholly(fmt.Sprintf("PutCodes of a known code, a new one, and one of %d bytes", len(immense)), err, before)
}

func offersWholly(b *bench) {
	b.card(1)
	b.putOffers(offerFor("a", crm.AudienceAll, ""))
	before := b.state()
	err := b.PutOffers(b.ctx, []crm.Offer{offerFor("a", crm.AudienceCard, "card-9"), offerFor("b", crm.AudienceAll, ""), offerFor(immense, crm.AudienceAll, "")})
	b.wholly(fmt.Sprintf("PutOffers of a known offer, a new one, and one whose ID has %d bytes", len(immense)), err, before)
}

func purchasesWholly(b *bench) {
	b.card(1)
	b.putPurchases(line("card-1", "a", today))
	lines := []crm.Purchase{line("card-1", "a", yesterday)}
	for i := range many {
		lines = append(lines, line("card-1", fmt.Sprintf("more-%04d", i), today))
	}
	before := b.state()
	_, _, err := b.PutPurchases(b.ctx, append(lines, line("card-1", immense, today)))
	b.wholly(fmt.Sprintf("PutPurchases of a known line, %d new ones, and one whose Ref has %d bytes", many, len(immense)), err, before)
}
