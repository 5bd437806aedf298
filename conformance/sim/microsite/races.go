package microsite

import (
	"context"
	"fmt"
	"sync"

	"koshelek-adapter/conformance/sim/bigcity"
)

// atOnce makes the same call many times at once.
func (d *Driver) atOnce(call func() Answer) []Answer {
	answers := make([]Answer, d.o.AtOnce)
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { <-gate; answers[i] = call() })
	}
	close(gate)
	all.Wait()
	return answers
}

// tally notes answers and returns how many there are of each status.
func (d *Driver) tally(call string, answers []Answer) map[int]int {
	counts := map[int]int{}
	for _, a := range answers {
		d.note(call, a)
		counts[a.Status]++
	}
	return counts
}

func same(a, b map[int]int) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func concurrent(ctx context.Context, d *Driver) error {
	earned, points, err := d.balance(ctx)
	if err != nil {
		return err
	}
	unit := points/int64(max(1, d.o.AtOnce/2)) + 1 // about half of the orders can be paid
	ids := make(chan string, d.o.AtOnce)
	for range d.o.AtOnce {
		ids <- d.next()
	}
	var mu sync.Mutex
	var paid []string
	counts := d.tally("redeem", d.atOnce(func() Answer {
		id := <-ids
		a := d.o.Client.Redeem(ctx, bigcity.Redemption{OrderID: id, CustomerID: d.o.Customer, Points: unit, At: d.o.Site.Clock.Now()})
		if a.Status == 200 {
			mu.Lock()
			paid = append(paid, id)
			mu.Unlock()
		}
		return a
	}))
	want := map[int]int{400: d.o.AtOnce - int(points/unit)}
	if n := int(points / unit); n > 0 {
		want[200] = n
	}
	d.expect("as many orders at once are paid as the balance lasts for", same(counts, want), want, counts)
	if err := d.unchanged(ctx, "the sum of concurrent redeems is exact", earned, points-int64(len(paid))*unit); err != nil {
		return err
	}
	for _, id := range paid {
		d.status("an order is reversed", d.reverse(ctx, id, unit), 200)
	}
	return d.unchanged(ctx, "reversals give the points back", earned, points)
}
