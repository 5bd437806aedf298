package crmtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

func outboxListChecks() []Check {
	return []Check{
		check("Delivery/unknown", "Delivery of an unknown ID gives ErrDeliveryNotFound.", deliveryUnknown),
		check("KnownReferences/known", "KnownReferences gives those of a vendor's references that belong to a delivery, and no others.", knowsReferences),
		check("KnownReferences/many", "KnownReferences works with many references in one call, and with none.", knowsManyReferences),
		check("ListDeliveries/pages", "ListDeliveries gives up to Limit deliveries ordered by ID, beginning after one; pages skip and repeat none.", listsDeliveries),
		check("ListDeliveries/filters", "ListDeliveries selects by vendor, card and state, each and together.", filtersDeliveries),
		check("CountDeliveries/counts", "CountDeliveries counts by vendor and state, in their alphabetical order, with the time of the oldest.", countsDeliveries),
	}
}

func deliveryUnknown(b *bench) {
	d := b.orders1(b.card(1), "a")
	same(b, "Delivery of one", b.delivery(d.ID), d)
	for _, id := range []string{"", "unknown", strings.ToLower(d.ID) + "x", d.ID + " "} {
		_, err := b.Delivery(b.ctx, id)
		b.fails(fmt.Sprintf("Delivery of %q", id), err, crm.ErrDeliveryNotFound)
	}
}

// refer settles a new delivery of a vendor with a reference.
func (b *bench) refer(vendor, reference string) {
	b.Helper()
	e := errand(vendor + " " + reference)
	e.Vendor = vendor
	s := b.settlement(b.orders("card-1", e)[0].ID, crm.DeliveryPending)
	s.VendorRef = reference
	b.settle(s)
}

func knowsReferences(b *bench) {
	b.card(1)
	b.refer(acme, "r-1")
	b.refer(acme, "r-2")
	b.refer("other", "r-3")
	b.orders1("card-1", "without a reference")
	known, err := b.KnownReferences(b.ctx, acme, []string{"r-2", "r-9", "", "R-1", "r-1 ", "r-1", "r-3"})
	b.must("KnownReferences", err)
	slices.Sort(known)
	same(b, "KnownReferences of known and unknown ones", known, []string{"r-1", "r-2"})
	known, err = b.KnownReferences(b.ctx, "other", []string{"r-1", "r-3"})
	b.must("KnownReferences of another vendor", err)
	same(b, "KnownReferences of another vendor", known, []string{"r-3"})
}

func knowsManyReferences(b *bench) {
	b.card(1)
	b.refer(acme, "r-7")
	known, err := b.KnownReferences(b.ctx, acme, nil)
	b.must("KnownReferences of none", err)
	same(b, "KnownReferences of none", known, nil)
	var asked []string
	for i := range many {
		asked = append(asked, fmt.Sprintf("r-%d", i))
	}
	known, err = b.KnownReferences(b.ctx, acme, asked)
	b.must(fmt.Sprintf("KnownReferences of %d", many), err)
	same(b, fmt.Sprintf("KnownReferences of %d", many), known, []string{"r-7"})
}

func listsDeliveries(b *bench) {
	same(b, "ListDeliveries of an empty store", b.outbox(), nil)
	b.card(1)
	b.card(2)
	var want []crm.Delivery
	for i := range 7 {
		want = append(want, b.orders1(cardName(1+i%2), fmt.Sprintf("e%d", 9-i)))
		b.later(time.Millisecond)
	}
	slices.SortFunc(want, func(a, b crm.Delivery) int { return strings.Compare(a.ID, b.ID) })
	same(b, "ListDeliveries", pages(b, "ListDeliveries", func(after *crm.Delivery, limit int) ([]crm.Delivery, error) {
		return b.ListDeliveries(b.ctx, crm.DeliveryQuery{After: place(after, func(d crm.Delivery) string { return d.ID }), Limit: limit})
	}), want)
	one := pages(b, "ListDeliveries of a card", func(after *crm.Delivery, limit int) ([]crm.Delivery, error) {
		return b.ListDeliveries(b.ctx, crm.DeliveryQuery{
			CardNumber: "card-1", After: place(after, func(d crm.Delivery) string { return d.ID }), Limit: limit})
	})
	same(b, "ListDeliveries of a card", one, slices.DeleteFunc(want, func(d crm.Delivery) bool { return d.CardNumber != "card-1" }))
}

func filtersDeliveries(b *bench) {
	var all []crm.Delivery
	for i := range 2 {
		number := b.card(i)
		for _, vendor := range []string{acme, "other"} {
			for _, state := range []crm.DeliveryState{crm.DeliveryNew, crm.DeliveryPending, crm.DeliveryDone} {
				e := errand(fmt.Sprintf("%s %s %s", number, vendor, state))
				e.Vendor = vendor
				all = append(all, b.settleTo(b.orders(number, e)[0].ID, state))
			}
		}
	}
	for _, q := range []crm.DeliveryQuery{
		{}, {Vendor: acme}, {CardNumber: "card-1"}, {State: crm.DeliveryPending}, {Vendor: "other", CardNumber: "card-0"},
		{Vendor: acme, CardNumber: "card-1", State: crm.DeliveryDone}, {State: crm.DeliveryRejected}, {Vendor: "ACME"}, {CardNumber: "card-9"},
	} {
		var want []crm.Delivery
		for _, d := range all {
			if (q.Vendor == "" || q.Vendor == d.Vendor) && (q.CardNumber == "" || q.CardNumber == d.CardNumber) && (q.State == "" || q.State == d.State) {
				want = append(want, d)
			}
		}
		q.Limit = plenty
		got, err := b.ListDeliveries(b.ctx, q)
		b.must("ListDeliveries of "+text(q), err)
		same(b, "ListDeliveries of "+text(q), keysOf(got), keysOf(want))
	}
}

func countsDeliveries(b *bench) {
	counts := func(all bool) []crm.DeliveryCount {
		got, err := b.CountDeliveries(b.ctx, all)
		b.must("CountDeliveries", err)
		return got
	}
	same(b, "CountDeliveries of an empty store", counts(true), nil)
	var last crm.DeliveryCount
	b.later(time.Hour)
	oldest := b.now
	for i, key := range []string{"n1", "n2", "done", "pending"} {
		d := b.orders1(b.card(i), key)
		b.later(-time.Minute) // another process whose clock is behind
		if d.Key == "done" || d.Key == "pending" {
			b.settleTo(d.ID, crm.DeliveryState(d.Key))
		}
	}
	e := errand("z")
	e.Vendor = "Zeta"
	last = crm.DeliveryCount{Vendor: "Zeta", State: crm.DeliveryNew, Count: 1, Oldest: b.orders(b.card(9), e)[0].CreatedAt}
	fresh := crm.DeliveryCount{Vendor: acme, State: crm.DeliveryNew, Count: 2, Oldest: oldest.Add(-time.Minute)}
	finished := crm.DeliveryCount{Vendor: acme, State: crm.DeliveryDone, Count: 1, Oldest: oldest.Add(-2 * time.Minute)}
	waiting := crm.DeliveryCount{Vendor: acme, State: crm.DeliveryPending, Count: 1, Oldest: oldest.Add(-3 * time.Minute)}
	same(b, "CountDeliveries of all", counts(true), []crm.DeliveryCount{last, finished, fresh, waiting})
	same(b, "CountDeliveries of those that are not final", counts(false), []crm.DeliveryCount{last, fresh, waiting})
}
