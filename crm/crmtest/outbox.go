package crmtest

import (
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// acme is the vendor of checks that need only one.
const acme = "acme"

// lease is how long the claims of a check hold.
const lease = 10 * time.Minute

// errand is what the vendor of a check must hear.
func errand(key string) crm.Errand {
	return crm.Errand{Key: key, Cause: "cause of " + key, Rule: "rule-1", Vendor: acme, Action: "award", Points: 10}
}

// fullErrand has something in every field.
func fullErrand(key string) crm.Errand {
	e := errand(key)
	e.Payload, e.Once, e.Holds, e.Effect = []byte(`{"campaign":"весна","steps":[1,2]}`), true, true, crm.EffectBook
	e.Undo = crm.Undo{Action: "cancel", Payload: []byte(`{"why":"refund"}`), Effect: crm.EffectUnbook}
	return e
}

// orders lets a card send a new receipt that orders errands, and gives their
// deliveries.
func (b *bench) orders(number string, errands ...crm.Errand) []crm.Delivery {
	b.Helper()
	b.calls++
	r := b.submission(number, 1000+b.calls, 0)
	r.Errands = errands
	b.submit(r)
	var list []crm.Delivery
	for _, e := range errands {
		list = append(list, b.byKey("SubmitReceipt with errands", e.Key))
	}
	return list
}

// orders1 orders a single errand of a key.
func (b *bench) orders1(number, key string) crm.Delivery {
	b.Helper()
	return b.orders(number, errand(key))[0]
}

func (b *bench) outbox() []crm.Delivery {
	b.Helper()
	list, err := b.ListDeliveries(b.ctx, crm.DeliveryQuery{Limit: plenty})
	b.must("ListDeliveries", err)
	return list
}

// byKey gives the only delivery of a key.
func (b *bench) byKey(did, key string) crm.Delivery {
	b.Helper()
	var found []crm.Delivery
	for _, d := range b.outbox() {
		if d.Key == key {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		b.hopeless(did+", then ListDeliveries", "one delivery of the errand "+key, text(found))
	}
	return found[0]
}

// keysOf gives the keys of deliveries in alphabetical order.
func keysOf(list []crm.Delivery) []string {
	var keys []string
	for _, d := range list {
		keys = append(keys, d.Key)
	}
	slices.Sort(keys)
	return keys
}

func (b *bench) delivery(id string) crm.Delivery {
	b.Helper()
	d, err := b.Delivery(b.ctx, id)
	b.must("Delivery of "+id, err)
	return d
}

// claimRequest has a claim of its own.
func (b *bench) claimRequest(vendor string, limit int) crm.ClaimRequest {
	b.calls++
	return crm.ClaimRequest{Vendor: vendor, Claim: fmt.Sprintf("claim-%d", b.calls), Limit: limit, Now: b.now, Until: b.now.Add(lease)}
}

func (b *bench) claims(vendor string, limit int) []crm.Delivery {
	b.Helper()
	list, err := b.ClaimDeliveries(b.ctx, b.claimRequest(vendor, limit))
	b.must("ClaimDeliveries of "+vendor, err)
	return list
}

// claimed reports a broken promise unless a claim gives these keys.
func (b *bench) claimed(did string, want ...string) []crm.Delivery {
	b.Helper()
	list := b.claims(acme, plenty)
	same(b, did+", then ClaimDeliveries", keysOf(list), want)
	return list
}

// settlement is news of a delivery from elsewhere: nobody's claim is needed.
func (b *bench) settlement(id string, state crm.DeliveryState) crm.Settlement {
	return crm.Settlement{ID: id, State: state, DueAt: b.now, Now: b.now}
}

func (b *bench) settle(s crm.Settlement) crm.Delivery {
	b.Helper()
	d, err := b.SettleDelivery(b.ctx, s)
	b.must("SettleDelivery to "+string(s.State), err)
	return d
}

func (b *bench) settleTo(id string, state crm.DeliveryState) crm.Delivery {
	b.Helper()
	return b.settle(b.settlement(id, state))
}

// refusesSettling settles a delivery in a way that has to be refused.
func (b *bench) refusesSettling(did string, s crm.Settlement, kind crm.Kind) {
	b.Helper()
	b.refuses(did, func() error {
		_, err := b.SettleDelivery(b.ctx, s)
		return err
	}, kind)
}
