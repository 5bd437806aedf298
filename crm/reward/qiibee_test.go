package reward_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	simqiibee "koshelek-adapter/conformance/sim/qiibee"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/qiibee"
	"koshelek-adapter/crm/bridge/wire"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/reward"
)

// qiibeeHouse is a bridge to a simulated qiibee, with the references that the
// outbox would know.
type qiibeeHouse struct {
	vendor *simqiibee.Simulator
	bridge *reward.Qiibee
	known  []string
	now    time.Time
}

func newQiibeeHouse(t *testing.T) *qiibeeHouse {
	h := &qiibeeHouse{vendor: simqiibee.New(simqiibee.Options{Settings: sim.Settings{Seed: 1}}), now: time.Now()}
	server := httptest.NewServer(h.vendor.Handler())
	t.Cleanup(func() { h.vendor.Close(); server.Close() })
	client, err := qiibee.New(qiibee.Config{BaseURL: server.URL + "/api/admin", APIKey: wire.NewSecret("key")})
	require.NoError(t, err)
	h.bridge = reward.NewQiibee(client, reward.QiibeeOptions{
		SettleAfter: time.Second, AbsentAfter: time.Minute, Clock: func() time.Time { return h.now },
		Known: func(context.Context, string, []string) ([]string, error) { return h.known, nil },
	})
	return h
}

// asked asks until the vendor's effect is there.
func (h *qiibeeHouse) asked(t *testing.T, j bridge.Job, wanted crm.DeliveryState) bridge.Outcome {
	var out bridge.Outcome
	require.Eventually(t, func() bool {
		out = h.bridge.Ask(t.Context(), j)
		return out.State == wanted
	}, time.Minute, 10*time.Millisecond, "%+v", out)
	return out
}

func TestQiibeeCreditIsAcceptedThenListed(t *testing.T) {
	h := newQiibeeHouse(t)
	j := job(t, h.bridge, "credit", `{"token_id":12}`, 100)
	out := h.bridge.Deliver(t.Context(), j)
	require.Equal(t, crm.DeliveryPending, out.State, out.Reason)
	j.State = crm.DeliveryPending
	done := h.asked(t, j, crm.DeliveryDone)
	assert.Equal(t, int64(100), done.Booked)
	assert.NotEmpty(t, done.VendorRef)
	// A twin must not take the same transaction for its own.
	h.known = []string{done.VendorRef}
	j.ID, j.State = "twin", crm.DeliveryUnknown
	assert.Equal(t, crm.DeliveryUnknown, h.bridge.Ask(t.Context(), j).State)
}

func TestQiibeeLostAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		after time.Duration
		want  crm.DeliveryState
	}{
		"made":          {sim.LostAnswer, 0, crm.DeliveryDone},
		"not made":      {sim.Status500, 2 * time.Minute, crm.DeliveryRetry},
		"not made, yet": {sim.Status500, 0, crm.DeliveryUnknown},
		"made and 500":  {sim.Status500After, 2 * time.Minute, crm.DeliveryDone},
		"cut before":    {sim.CutBefore, 2 * time.Minute, crm.DeliveryRetry},
	} {
		t.Run(name, func(t *testing.T) {
			h := newQiibeeHouse(t)
			j := job(t, h.bridge, "credit", `{"token_id":12}`, 100)
			_, err := h.vendor.Faults.Add(sim.Next(c.fault, "transactions_create"))
			require.NoError(t, err)
			out := h.bridge.Deliver(t.Context(), j)
			require.Equal(t, crm.DeliveryUnknown, out.State, out.Reason)
			require.Equal(t, time.Second, out.Wait)
			j.State = crm.DeliveryUnknown
			h.now = h.now.Add(c.after)
			h.asked(t, j, c.want)
		})
	}
}

func TestQiibeeOperatorDecides(t *testing.T) {
	h := newQiibeeHouse(t)
	j := job(t, h.bridge, "credit", `{"token_id":12}`, 100)
	for range 2 {
		require.Equal(t, crm.DeliveryPending, h.bridge.Deliver(t.Context(), j).State)
	}
	j.State = crm.DeliveryUnknown
	out := h.bridge.Ask(t.Context(), j)
	assert.Equal(t, crm.DeliveryUnknown, out.State)
	assert.Equal(t, crm.WaitForOperator, out.Wait, "two transactions could be it")
	fresh := job(t, h.bridge, "debit", `{"token_id":12}`, 7)
	fresh.State, fresh.Attempts = crm.DeliveryUnknown, 8
	h.now = h.now.Add(time.Hour)
	assert.Equal(t, crm.WaitForOperator, h.bridge.Ask(t.Context(), fresh).Wait, "sent eight times and never listed")
}

func TestQiibeeRefusals(t *testing.T) {
	h := newQiibeeHouse(t)
	short := job(t, h.bridge, "debit", `{"token_id":12}`, 100)
	assert.Equal(t, crm.DeliveryRejected, h.bridge.Deliver(t.Context(), short).State, "the user has no points")
	nameless := job(t, h.bridge, "credit", `{"token_id":12}`, 100)
	nameless.Recipient.Email, nameless.CustomerID = "", "customer-2"
	out := h.bridge.Deliver(t.Context(), nameless)
	assert.Equal(t, crm.DeliveryRetry, out.State)
	assert.GreaterOrEqual(t, out.Wait, time.Hour, "it waits for an e-mail address")
	_, err := h.vendor.Faults.Add(sim.Next(sim.Status429, "transactions_create"))
	require.NoError(t, err)
	limited := h.bridge.Deliver(t.Context(), job(t, h.bridge, "credit", `{"token_id":12}`, 100))
	assert.Equal(t, crm.DeliveryRetry, limited.State)
	assert.True(t, limited.Down)
}

func TestQiibeeFailedEffect(t *testing.T) {
	h := newQiibeeHouse(t)
	_, err := h.vendor.Faults.Add(sim.Next("effect_fails", "effect"))
	require.NoError(t, err)
	j := job(t, h.bridge, "credit", `{"token_id":12}`, 100)
	require.Equal(t, crm.DeliveryPending, h.bridge.Deliver(t.Context(), j).State)
	j.State = crm.DeliveryPending
	assert.NotEmpty(t, h.asked(t, j, crm.DeliveryRejected).VendorRef, "it keeps its transaction from being taken for a twin's")
}

func TestQiibeeMiles(t *testing.T) {
	h := newQiibeeHouse(t)
	profile := crm.Profile{Email: "anna@example.com"}
	require.Error(t, h.bridge.SetMembership(t.Context(), "customer-1", profile, "miles_and_more", "1"))
	require.NoError(t, h.bridge.SetMembership(t.Context(), "customer-1", profile, "etihad", "123456789012"))
	h.vendor.Grant("customer-1", 12, 500)
	j := job(t, h.bridge, "miles", `{"token_id":12,"provider":"etihad"}`, 200)
	require.Equal(t, crm.DeliveryPending, h.bridge.Deliver(t.Context(), j).State)
	j.State = crm.DeliveryPending
	h.asked(t, j, crm.DeliveryDone)
	for action, params := range map[string]string{"miles": `{"token_id":12}`, "credit": `{"token_id":12,"provider":"etihad"}`, "debit": `{}`, "gift": `{"token_id":12}`} {
		_, err := h.bridge.Errand(action, json.RawMessage(params))
		assert.Error(t, err, "%s %s", action, params)
	}
}

// books is a programme as a webhook sees it.
type books struct {
	known  []string
	open   []crm.Delivery
	booked []string
}

func (b *books) KnownReferences(context.Context, string, []string) ([]string, error) {
	return b.known, nil
}

func (b *books) Deliveries(context.Context, crm.DeliveryQuery) ([]crm.Delivery, error) {
	return b.open, nil
}

func (b *books) Account(_ context.Context, who crm.Identifier) (crm.Account, error) {
	if who.ID != "customer-1" {
		return crm.Account{}, crm.ErrCustomerNotFound
	}
	return crm.Account{CustomerID: who.ID, Card: crm.Card{CardNumber: crm.CardNumber{Number: "card-1"}}}, nil
}

func (b *books) Mirror(_ context.Context, d engine.Direction, m engine.Movement) (crm.Posting, error) {
	b.booked = append(b.booked, fmt.Sprintf("%d %s %d %s", d, m.CardNumber, m.Points, m.Key))
	return crm.Posting{}, nil
}

func TestQiibeeWebhook(t *testing.T) {
	h := newQiibeeHouse(t)
	call := func(b *books, book bool, kind, amount, more string) error {
		return h.bridge.Webhook(t.Context(), b, book, []byte(`{"auth_id":"customer-1","amount":"`+amount+`","transaction_type":"`+kind+`","tx_hash":"0x1"`+more+`}`))
	}
	b := &books{}
	require.NoError(t, call(b, false, "credit_points", "5", ""))
	assert.Empty(t, b.booked, "off")
	require.NoError(t, call(b, true, "credit_points", "5", ""))
	require.NoError(t, call(b, true, "debit_points", "5", ""))
	require.NoError(t, call(b, true, "something_new", "-5", ""))
	require.NoError(t, call(b, true, "debit_points", "5", `,"tx_hash_reverted":"0x2"`))
	assert.Equal(t, []string{"0 card-1 5 qiibee:0x1", "1 card-1 5 qiibee:0x1", "1 card-1 5 qiibee:0x1", "0 card-1 5 qiibee:0x1"}, b.booked)
	ours := &books{known: []string{"0x1"}}
	require.NoError(t, call(ours, true, "credit_points", "5", ""))
	assert.Empty(t, ours.booked)
	perhaps := &books{open: []crm.Delivery{{Errand: crm.Errand{Action: "credit", Points: 5}}}}
	require.ErrorIs(t, call(perhaps, true, "credit_points", "5", ""), crm.ErrBusy)
	require.NoError(t, call(perhaps, true, "credit_points", "6", ""))
	for _, amount := range []string{"0", "1.5", "1e30"} {
		require.ErrorIs(t, call(&books{}, true, "credit_points", amount, ""), crm.ErrInvalidRecord, amount)
	}
	require.ErrorIs(t, h.bridge.Webhook(t.Context(), b, true, []byte("<html>")), crm.ErrInvalidRecord)
	require.ErrorIs(t, h.bridge.Webhook(t.Context(), b, true, []byte(`{"auth_id":"x","amount":1,"transaction_type":"t","tx_hash":"h"}`)), crm.ErrCustomerNotFound)
}
