package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func raceNumberChecks() []Check {
	return []Check{
		check("Race/lease", "No number is leased twice, also when many processes lease at one moment.", raceLease),
		check("Race/lease-and-issue", "A number that becomes a card at the moment at which it is leased is nobody else's card.", raceLeaseIssue),
		check("Race/add-numbers", "Of calls that add the same numbers at one moment each number is new to one.", raceAdd),
		check("Race/purchases", "Of calls that store the same lines at one moment each line is new to one.", racePurchases),
	}
}

// freeNumbers puts n numbers into the pool.
func (b *bench) freeNumbers(n int) []string {
	b.Helper()
	var numbers []string
	for i := range n {
		numbers = append(numbers, fmt.Sprintf("free-%03d", i))
	}
	b.pool(numbers...)
	return numbers
}

func raceLease(b *bench) {
	numbers := b.freeNumbers(100)
	until := b.now.Add(time.Hour)
	lease := crm.LeaseRequest{Count: 5, Now: b.now, Until: until}
	results := race(racers, func(int) ([]crm.CardNumber, error) { return b.LeaseNumbers(b.ctx, lease) })
	did := "100 free numbers, 32 processes lease 5 each at once"
	tally(b, did, results, all)
	var leased []crm.CardNumber
	for _, some := range winners(results) {
		b.holds(len(some) <= 5, did, "at most 5 for each", some)
		leased = append(leased, some...)
	}
	leased = append(leased, b.lease(100, until)...) // what was left because others were at it
	same(b, did+", then one leases the rest: each number once", names(leased), numbers)
}

func raceLeaseIssue(b *bench) {
	numbers := b.freeNumbers(racers)
	until := b.now.Add(time.Hour)
	results := race(2*racers, func(i int) ([]crm.CardNumber, error) {
		if i < racers {
			_, err := b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: phone(i)}, numbers[i]))
			return nil, err
		}
		return b.LeaseNumbers(b.ctx, crm.LeaseRequest{Count: 1, Now: b.now, Until: until})
	})
	did := "32 free numbers, each issued by IssueReserved while 32 processes lease one each"
	tally(b, did, results, map[string]int{done: 2 * racers})
	seen := map[string]bool{}
	for _, leased := range winners(results) {
		for _, number := range leased {
			b.holds(!seen[number.Number], did, "no number leased twice", number)
			seen[number.Number] = true
		}
	}
	for i, number := range numbers {
		same(b, did+", then Holder of "+number, b.holder(number).Phone, phone(i))
	}
	same(b, did+", then CountNumbers", b.level(b.now), crm.PoolLevel{})
}

func raceAdd(b *bench) {
	r := crm.PoolRequest{Now: b.now}
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprintf("free-%03d", i))
		r.Numbers = append(r.Numbers, numbered(want[i]))
	}
	results := race(racers, func(int) ([]crm.CardNumber, error) { return b.AddNumbers(b.ctx, r) })
	did := "32 calls of AddNumbers with the same 20 numbers at once"
	tally(b, did, results, all)
	var added []crm.CardNumber
	for _, some := range winners(results) {
		added = append(added, some...)
	}
	same(b, did+", the new numbers of all answers together", names(added), want)
	same(b, did+", then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 20})
}

func racePurchases(b *bench) {
	b.card(1)
	var lines []crm.Purchase
	for i := range 10 {
		lines = append(lines, line("card-1", fmt.Sprintf("line-%d", i), today))
	}
	results := race(racers, func(int) (int, error) {
		added, _, err := b.PutPurchases(b.ctx, lines)
		return added, err
	})
	did := "32 calls of PutPurchases with the same 10 lines at once"
	tally(b, did, results, all)
	sum := 0
	for _, added := range winners(results) {
		sum += added
	}
	same(b, did+", the counts of new lines together", sum, 10)
	same(b, did+", then the length of Purchases", len(b.history("card-1", today, today)), 10)
}
