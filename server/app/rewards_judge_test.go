package app_test

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim/points"
	"koshelek-adapter/conformance/sim/qiibee"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/sqldb"
)

// open gives the store of the run.
func (p *proof) open() *sqldb.Store {
	store, err := sqldb.Open(context.Background(), p.database, sqldb.Options{})
	require.NoError(p.t, err)
	return store
}

// quiet waits until nothing is left to do but for operators.
func (p *proof) quiet() {
	store := p.open()
	defer store.Close()
	require.Eventually(p.t, func() bool {
		for _, state := range []outbox.State{
			outbox.StateNew, outbox.StateSending, outbox.StateRetry, outbox.StatePending, outbox.StateUnknown,
		} {
			list, err := store.ListDeliveries(context.Background(), outbox.Query{State: state, Limit: 1_000_000})
			require.NoError(p.t, err)
			for _, d := range list {
				if state != outbox.StateUnknown || !d.DueAt.Equal(crm.Forever) {
					return false
				}
			}
		}
		return true
	}, 10*time.Minute, 250*time.Millisecond, "the outbox does not come to rest")
}

// tally counts what became of one vendor's deliveries.
type tally map[outbox.State]int

// judge compares the outbox with what the vendors did.
func (p *proof) judge(cards []string, perCustomer, kills int, took time.Duration) {
	store := p.open()
	defer store.Close()
	list, err := store.ListDeliveries(context.Background(), outbox.Query{Limit: 1_000_000})
	require.NoError(p.t, err)
	awards := len(cards) * perCustomer
	require.Len(p.t, list, 3*awards, "every acknowledged receipt has ordered what it had to, once")
	tallies := map[string]tally{"points": {}, "qiibee": {}, "bigcity": {}}
	for _, d := range list {
		tallies[d.Vendor][d.State]++
		require.Contains(p.t, []outbox.State{outbox.StateDone, outbox.StateRejected, outbox.StateUnknown}, d.State)
		if d.State != outbox.StateDone {
			assert.NotEmpty(p.t, d.Reason, "%s %s: a cause is named", d.Vendor, d.ID)
		}
	}
	p.judgePoints(store, list)
	p.judgeQiibee(list)
	p.judgeBigCity(store, list)
	p.judgeLedger(store)
	p.t.Logf("%d awards for each bridge, %d kills, %s: points %v, qiibee %v, bigcity %v: nothing lost, nothing doubled",
		awards, kills, took.Round(time.Second), tallies["points"], tallies["qiibee"], tallies["bigcity"])
}

// judgePoints: done is one effect, rejected none, and what was booked is what the
// vendor has.
func (p *proof) judgePoints(store *sqldb.Store, list []outbox.Delivery) {
	ours, missing := map[string]int64{}, map[string]int64{}
	for _, d := range list {
		if d.Vendor != "points" {
			continue
		}
		did := p.vendors.points.Audit.Of(points.Earn, d.ID)
		switch d.State {
		case outbox.StateDone:
			assert.Equal(p.t, 1, did.Effects, "points %s", d.ID)
			ours[d.CustomerID] += d.Booked
		case outbox.StateRejected:
			assert.Zero(p.t, did.Effects, "points %s", d.ID)
		default:
			assert.LessOrEqual(p.t, did.Effects, 1, "points %s", d.ID)
			missing[d.CustomerID] += int64(did.Effects) * d.Points
		}
	}
	for customer, theirs := range p.vendors.points.Balances() {
		assert.Equal(p.t, theirs.String(), points.Amount(whole(ours[customer]+missing[customer])).String(), "balance of a customer")
	}
	p.judgeCards(store, list, ours)
}

// whole is points as the simulator counts them.
func whole(n int64) points.Amount {
	amount, err := points.ParseAmount(fmt.Sprint(n))
	if err != nil {
		panic(err)
	}
	return amount
}

// judgeCards: our ledger has what the vendor booked.
func (p *proof) judgeCards(store *sqldb.Store, list []outbox.Delivery, booked map[string]int64) {
	seen := map[string]bool{}
	for _, d := range list {
		if seen[d.CardNumber] {
			continue
		}
		seen[d.CardNumber] = true
		card, err := store.Card(context.Background(), d.CardNumber)
		require.NoError(p.t, err)
		assert.Equal(p.t, booked[d.CustomerID], card.Balance, "ours agrees with the vendor's")
	}
}

// judgeQiibee: of transactions that look alike there are as many as were done,
// and nothing is unknown.
func (p *proof) judgeQiibee(list []outbox.Delivery) {
	wanted := map[string]int{}
	for _, d := range list {
		if d.Vendor != "qiibee" {
			continue
		}
		assert.NotEqual(p.t, outbox.StateUnknown, d.State, "the vendor can be asked: %s", d.Reason)
		key := qiibee.Key(d.CustomerID, qiibee.Credit, fmt.Sprint(d.Points), proofToken)
		wanted[key] += 0
		if d.State == outbox.StateDone {
			wanted[key]++
		}
	}
	for key, n := range wanted {
		assert.Equal(p.t, n, p.vendors.qiibee.Audit.Of("transaction", key).Effects, key)
	}
}

// judgeBigCity: an order that is done was done once, and its voucher is an offer
// of the card.
func (p *proof) judgeBigCity(store *sqldb.Store, list []outbox.Delivery) {
	for _, d := range list {
		if d.Vendor != "bigcity" {
			continue
		}
		did := p.vendors.bigcity.Audit.Of("order", d.ID)
		switch d.State {
		case outbox.StateDone:
			assert.Equal(p.t, 1, did.Effects, "bigcity %s", d.ID)
			offers, err := store.ListOffers(context.Background(), "voucher-"+d.ID, 1)
			require.NoError(p.t, err)
			if assert.Len(p.t, offers, 1) {
				assert.Equal(p.t, "voucher-"+d.ID+"-1", offers[0].ID)
				assert.Equal(p.t, d.CardNumber, offers[0].Target)
			}
		case outbox.StateRejected:
			assert.Zero(p.t, did.Effects, "bigcity %s", d.ID)
		default:
			assert.LessOrEqual(p.t, did.Effects, 1, "bigcity %s", d.ID)
		}
	}
	assert.Empty(p.t, p.vendors.bigcity.Audit.Doubled())
	assert.Empty(p.t, p.vendors.points.Audit.Doubled())
}

// judgeLedger recomputes every balance.
func (p *proof) judgeLedger(store *sqldb.Store) {
	for after, more := "", true; more; more = after != "" {
		bad, next, err := store.Verify(context.Background(), after, 500)
		require.NoError(p.t, err)
		assert.Empty(p.t, bad)
		after = next
	}
}
