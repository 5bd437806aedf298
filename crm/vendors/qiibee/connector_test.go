package qiibee_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/conformance/sim"
	simqiibee "koshelek-adapter/conformance/sim/qiibee"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// stand is the vendor with its simulator, and the references that the outbox would
// know.
type stand struct {
	simulator *simqiibee.Simulator
	vendor    *qiibee.Vendor
	known     []string
	now       time.Time
}

func newStand(t *testing.T, change ...func(*qiibee.Settings)) *stand {
	h := &stand{simulator: simqiibee.New(simqiibee.Options{Settings: sim.Settings{Seed: 1}}), now: time.Now()}
	server := httptest.NewServer(h.simulator.Handler())
	t.Cleanup(func() { h.simulator.Close(); server.Close() })
	settings := qiibee.Settings{
		URL: server.URL + "/api/admin", APIKey: setting.NewSecret("key"), SettleAfter: time.Second, AbsentAfter: time.Minute,
		WebhookUser: "qiibee", WebhookPassword: setting.NewSecret("a password of webhooks"), WebhookBook: true,
	}
	for _, f := range change {
		f(&settings)
	}
	v, err := settings.Open(vendorhttp.Options{Now: func() time.Time { return h.now }})
	require.NoError(t, err)
	h.vendor = v.(*qiibee.Vendor)
	return h
}

// request is a delivery as a worker sends it.
func (h *stand) request(t *testing.T, action, params string, points int64) outbox.Request {
	m, err := h.vendor.Message(action, json.RawMessage(params))
	require.NoError(t, err)
	m.Points = points
	return outbox.Request{
		Delivery: outbox.Delivery{
			ID: "01JDZZZZZZZZZZZZZZZZZZZZZZ", Message: m, CardNumber: "card-1", CustomerID: "customer-1", State: outbox.StateSending, Attempts: 1,
			CreatedAt: time.Now(), SentAt: time.Now(),
		},
		Recipient: crm.Profile{Phone: "79216668899", Email: "anna@example.com", FirstName: "Anna"},
		SentBy:    time.Now(),
		Known:     func(context.Context, []string) ([]string, error) { return h.known, nil },
	}
}

// asked asks until the vendor's effect is there.
func (h *stand) asked(t *testing.T, j outbox.Request, wanted outbox.State) outbox.Outcome {
	var out outbox.Outcome
	require.Eventually(t, func() bool {
		out = h.vendor.Ask(t.Context(), j)
		return out.State == wanted
	}, time.Minute, 10*time.Millisecond, "%+v", out)
	return out
}

func TestQiibeeCreditIsAcceptedThenListed(t *testing.T) {
	h := newStand(t)
	j := h.request(t, "credit", `{"token_id":12}`, 100)
	out := h.vendor.Send(t.Context(), j)
	require.Equal(t, outbox.StatePending, out.State, out.Reason)
	j.State = outbox.StatePending
	done := h.asked(t, j, outbox.StateDone)
	assert.Equal(t, int64(100), done.Booked)
	assert.NotEmpty(t, done.VendorRef)
	// A twin must not take the same transaction for its own.
	h.known = []string{done.VendorRef}
	j.ID, j.State = "twin", outbox.StateUnknown
	assert.Equal(t, outbox.StateUnknown, h.vendor.Ask(t.Context(), j).State)
}

func TestQiibeeLostAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		after time.Duration
		want  outbox.State
	}{
		"made":          {sim.LostAnswer, 0, outbox.StateDone},
		"not made":      {sim.Status500, 2 * time.Minute, outbox.StateRetry},
		"not made, yet": {sim.Status500, 0, outbox.StateUnknown},
		"made and 500":  {sim.Status500After, 2 * time.Minute, outbox.StateDone},
		"cut before":    {sim.CutBefore, 2 * time.Minute, outbox.StateRetry},
	} {
		t.Run(name, func(t *testing.T) {
			h := newStand(t)
			j := h.request(t, "credit", `{"token_id":12}`, 100)
			_, err := h.simulator.Faults.Add(sim.Next(c.fault, "transactions_create"))
			require.NoError(t, err)
			out := h.vendor.Send(t.Context(), j)
			require.Equal(t, outbox.StateUnknown, out.State, out.Reason)
			require.Equal(t, time.Second, out.Wait)
			j.State = outbox.StateUnknown
			h.now = h.now.Add(c.after)
			h.asked(t, j, c.want)
		})
	}
}

func TestQiibeeOperatorDecides(t *testing.T) {
	h := newStand(t)
	j := h.request(t, "credit", `{"token_id":12}`, 100)
	for range 2 {
		require.Equal(t, outbox.StatePending, h.vendor.Send(t.Context(), j).State)
	}
	j.State = outbox.StateUnknown
	out := h.vendor.Ask(t.Context(), j)
	assert.Equal(t, outbox.StateUnknown, out.State)
	assert.Equal(t, outbox.WaitForOperator, out.Wait, "two transactions could be it")
	fresh := h.request(t, "debit", `{"token_id":12}`, 7)
	fresh.State, fresh.Attempts = outbox.StateUnknown, 8
	h.now = h.now.Add(time.Hour)
	assert.Equal(t, outbox.WaitForOperator, h.vendor.Ask(t.Context(), fresh).Wait, "sent eight times and never listed")
}

func TestQiibeeRefusals(t *testing.T) {
	h := newStand(t)
	short := h.request(t, "debit", `{"token_id":12}`, 100)
	assert.Equal(t, outbox.StateRejected, h.vendor.Send(t.Context(), short).State, "the user has no points")
	nameless := h.request(t, "credit", `{"token_id":12}`, 100)
	nameless.Recipient.Email, nameless.CustomerID = "", "customer-2"
	out := h.vendor.Send(t.Context(), nameless)
	assert.Equal(t, outbox.StateRetry, out.State)
	assert.GreaterOrEqual(t, out.Wait, time.Hour, "it waits for an e-mail address")
	_, err := h.simulator.Faults.Add(sim.Next(sim.Status429, "transactions_create"))
	require.NoError(t, err)
	limited := h.vendor.Send(t.Context(), h.request(t, "credit", `{"token_id":12}`, 100))
	assert.Equal(t, outbox.StateRetry, limited.State)
	assert.True(t, limited.Down)
}

func TestQiibeeFailedEffect(t *testing.T) {
	h := newStand(t)
	_, err := h.simulator.Faults.Add(sim.Next("effect_fails", "effect"))
	require.NoError(t, err)
	j := h.request(t, "credit", `{"token_id":12}`, 100)
	require.Equal(t, outbox.StatePending, h.vendor.Send(t.Context(), j).State)
	j.State = outbox.StatePending
	assert.NotEmpty(t, h.asked(t, j, outbox.StateRejected).VendorRef, "it keeps its transaction from being taken for a twin's")
}

func TestQiibeeMiles(t *testing.T) {
	h := newStand(t)
	profile := crm.Profile{Email: "anna@example.com"}
	require.Error(t, h.vendor.SetMembership(t.Context(), "customer-1", profile, "miles_and_more", "1"))
	require.NoError(t, h.vendor.SetMembership(t.Context(), "customer-1", profile, "etihad", "123456789012"))
	h.simulator.Grant("customer-1", 12, 500)
	j := h.request(t, "miles", `{"token_id":12,"provider":"etihad"}`, 200)
	require.Equal(t, outbox.StatePending, h.vendor.Send(t.Context(), j).State)
	j.State = outbox.StatePending
	h.asked(t, j, outbox.StateDone)
	for action, params := range map[string]string{"miles": `{"token_id":12}`, "credit": `{"token_id":12,"provider":"etihad"}`, "debit": `{}`, "gift": `{"token_id":12}`} {
		_, err := h.vendor.Message(action, json.RawMessage(params))
		assert.Error(t, err, "%s %s", action, params)
	}
}

// books are what a webhook may look up and change.
type books struct {
	outbox.Books
	known  []string
	open   []outbox.Delivery
	booked []string
	byKey  map[string]outbox.Mirrored
}

func (b *books) KnownReferences(context.Context, string, []string) ([]string, error) {
	return b.known, nil
}

func (b *books) Deliveries(context.Context, outbox.Query) ([]outbox.Delivery, error) {
	return b.open, nil
}

func (b *books) CardOf(_ context.Context, customerID string) (string, error) {
	if customerID != "customer-1" {
		return "", crm.ErrCustomerNotFound
	}
	return "card-1", nil
}

func (b *books) Mirror(_ context.Context, m outbox.Mirrored) error {
	if before, found := b.byKey[m.Key]; found {
		if before != m {
			return crm.ErrOperationConflict
		}
		return nil
	}
	if b.byKey == nil {
		b.byKey = map[string]outbox.Mirrored{}
	}
	b.byKey[m.Key] = m
	b.booked = append(b.booked, fmt.Sprintf("%s %d %s", m.CardNumber, m.Points, m.Key))
	return nil
}

func (b *books) Mirrored(_ context.Context, key string) (outbox.Mirrored, bool, error) {
	m, found := b.byKey[key]
	return m, found, nil
}

// post gives the vendor's webhook a body.
func (h *stand) post(b *books, body string) error {
	return h.vendor.Callbacks(b)[0].Take(httptest.NewRequest("POST", "/webhooks/qiibee", nil), []byte(body))
}

func TestQiibeeWebhook(t *testing.T) {
	h := newStand(t)
	call := func(b *books, kind, amount, more string) error {
		return h.post(b, `{"auth_id":"customer-1","amount":"`+amount+`","transaction_type":"`+kind+`","tx_hash":"0x1"`+more+`}`)
	}
	b := &books{}
	require.NoError(t, newStand(t, func(s *qiibee.Settings) { s.WebhookBook = false }).post(b, `{"auth_id":"customer-1","amount":"5","transaction_type":"credit_points","tx_hash":"0x1"}`))
	assert.Empty(t, b.booked, "off")
	require.NoError(t, call(b, "credit_points", "5", ""))
	require.NoError(t, call(b, "credit_points", "5", ""), "up to fourteen times")
	require.ErrorIs(t, call(b, "credit_points", "6", ""), crm.ErrOperationConflict, "and always the same")
	require.ErrorIs(t, call(b, "debit_points", "5", ""), crm.ErrOperationConflict)
	assert.Equal(t, []string{"card-1 5 qiibee:0x1"}, b.booked)
	ours := &books{known: []string{"0x1"}}
	require.NoError(t, call(ours, "credit_points", "5", ""))
	assert.Empty(t, ours.booked)
	perhaps := &books{open: []outbox.Delivery{{Message: outbox.Message{Action: "credit", Points: 5}}}}
	require.ErrorIs(t, call(perhaps, "credit_points", "5", ""), crm.ErrBusy)
	require.NoError(t, call(perhaps, "credit_points", "6", ""))
	for _, amount := range []string{"0", "1.5", "1e30", "1,000", "1 000", "0.9999999999999999", "99.9999999999999999999999999999999999999999999999999999999999", "010", "5 PTS", "true"} {
		b := &books{}
		require.ErrorIs(t, call(b, "credit_points", amount, ""), crm.ErrInvalidRecord, amount)
		assert.Empty(t, b.booked)
	}
	require.ErrorIs(t, h.post(b, "<html>"), crm.ErrInvalidRecord)
	require.ErrorIs(t, h.post(b, `{"auth_id":"x","amount":1,"transaction_type":"credit_points","tx_hash":"0x1"}`), crm.ErrCustomerNotFound)
	assert.Empty(t, newStand(t, func(s *qiibee.Settings) { s.WebhookPassword = setting.Secret{} }).vendor.Callbacks(b), "without a password nothing is served")
}

// TestAUserWhoIsGoneIsMadeAgain: the vendor has lost a user whom we remember.
func TestAUserWhoIsGoneIsMadeAgain(t *testing.T) {
	for _, gone := range []reply{{status: 404, body: `{}`}, {status: 400, body: `{"error":"Unknown user"}`}, {status: 400, body: `{"message":"user_auth_id: user does not exist"}`}} {
		missing, user, accepted := reply{status: 404, body: `{}`}, reply{status: 201, body: annaBody}, reply{status: 202}
		fake := newVendor(t, missing, user, accepted, gone, missing, user, accepted, gone, missing, user, gone)
		v, err := qiibee.Settings{URL: fake.server.URL + "/api/admin", APIKey: setting.NewSecret(apiKey)}.Open(vendorhttp.Options{})
		require.NoError(t, err)
		r := newStand(t).request(t, "credit", `{"token_id":12}`, 100)
		assert.True(t, v.WantsRecipient(r.Delivery))
		assert.Equal(t, outbox.StatePending, v.Send(t.Context(), r).State)
		assert.False(t, v.WantsRecipient(r.Delivery), "the user is remembered")
		assert.Equal(t, outbox.StateRetry, v.Send(t.Context(), r).State, "%s: certainly not done", gone.body)
		assert.True(t, v.WantsRecipient(r.Delivery), "and forgotten when the vendor says so")
		assert.Equal(t, outbox.StatePending, v.Send(t.Context(), r).State)
		assert.Equal(t, outbox.StateRetry, v.Send(t.Context(), r).State)
		assert.Equal(t, outbox.StateRejected, v.Send(t.Context(), r).State, "a user who was made a moment ago is not the fault")
	}
}

// hook is a webhook's body; more are further fields.
func hook(kind, amount, hash, more string) string {
	return `{"auth_id":"customer-1","amount":` + amount + `,"transaction_type":"` + kind + `","tx_hash":"` + hash + `"` + more + `}`
}

// TestWordsThatAreNotKnownAreNeverCredited: types, tokens, signs and fields that could
// be read in two ways.
func TestWordsThatAreNotKnownAreNeverCredited(t *testing.T) {
	h := newStand(t)
	ours := newStand(t, func(s *qiibee.Settings) { s.WebhookToken = "PTS" })
	for name, c := range map[string]struct {
		stand *stand
		body  string
		fails error
	}{
		"a new type":                {h, hook("bonus_points", "5", "0x1", ""), crm.ErrInvalidRecord},
		"a type in capitals":        {h, hook("CREDIT_POINTS", "5", "0x1", ""), crm.ErrInvalidRecord},
		"an exchange of two tokens": {h, hook("exchange", "5", "0x1", ""), crm.ErrInvalidRecord},
		"a code for miles":          {h, hook("code_to_external_rewards", "5", "0x1", ""), nil},
		"an NFT":                    {h, hook("code_to_nft", "1", "0x1", ""), nil},
		"a credit that takes":       {h, hook("credit_points", "-5", "0x1", ""), crm.ErrInvalidRecord},
		"some token":                {h, hook("credit_points", "5", "0x1", `,"token_symbol":"OTHER"`), crm.ErrInvalidRecord},
		"some token's name":         {h, hook("credit_points", "5", "0x1", `,"token_name":"Other"`), crm.ErrInvalidRecord},
		"another token":             {ours, hook("credit_points", "5", "0x1", `,"token_symbol":"OTHER","token_name":"Other"`), crm.ErrInvalidRecord},
		"no token":                  {ours, hook("credit_points", "5", "0x1", ""), crm.ErrInvalidRecord},
		"two amounts":               {h, hook("credit_points", "5", "0x1", `,"amount":5000`), crm.ErrInvalidRecord},
		"two spellings":             {h, hook("credit_points", "5", "0x1", `,"Amount":5000`), crm.ErrInvalidRecord},
		"something behind it":       {h, hook("credit_points", "5", "0x1", "") + `{}`, crm.ErrInvalidRecord},
		"no hash":                   {h, hook("credit_points", "5", "hash", ""), crm.ErrInvalidRecord},
		"a reverted non-hash":       {h, hook("credit_points", "5", "0x1", `,"tx_hash_reverted":"hash"`), crm.ErrInvalidRecord},
	} {
		b := &books{}
		err := c.stand.post(b, c.body)
		assert.ErrorIs(t, err, c.fails, name)
		assert.Empty(t, b.booked, name)
	}
	b := &books{}
	require.NoError(t, ours.post(b, hook("credit_points", "5", "0x1", `,"token_symbol":"PTS"`)))
	require.NoError(t, ours.post(b, hook("debit_points", "-3", "0x2", `,"token_symbol":"PTS"`)), "a sign that agrees")
	assert.Equal(t, []string{"card-1 5 qiibee:0x1", "card-1 -3 qiibee:0x2"}, b.booked)
}

// TestHashesAreCanonical: one transaction in four spellings is one.
func TestHashesAreCanonical(t *testing.T) {
	h := newStand(t)
	b := &books{}
	for _, hash := range []string{"0xAB12", "0xab12", "AB12", "0XAb12"} {
		require.NoError(t, h.post(b, hook("credit_points", "5", hash, "")), hash)
	}
	assert.Equal(t, []string{"card-1 5 qiibee:0xab12"}, b.booked)
	former := &books{byKey: map[string]outbox.Mirrored{"qiibee:0xAB12": {Key: "qiibee:0xAB12", CardNumber: "card-1", Points: 5, Description: "qiibee"}}}
	require.NoError(t, h.post(former, hook("credit_points", "5", "0xAB12", "")))
	assert.Empty(t, former.booked, "it was booked before hashes were canonical")
}

// TestOneRevertPerOriginal: none of what was never seen, never more than the original,
// and in any order.
func TestOneRevertPerOriginal(t *testing.T) {
	h := newStand(t)
	b := &books{}
	back := func(hash, amount, original string) error {
		return h.post(b, hook("credit_points", amount, hash, `,"tx_hash_reverted":"`+original+`"`))
	}
	require.ErrorIs(t, back("0x9", "-100", "0xAA"), crm.ErrOperationConflict, "the original was never seen")
	assert.Empty(t, b.booked)
	require.NoError(t, h.post(b, hook("credit_points", "100", "0xaa", "")))
	require.ErrorIs(t, back("0x9", "-101", "0xAA"), crm.ErrInvalidRecord, "more than the original")
	require.NoError(t, back("0x9", "-100", "0xAA"), "the vendor comes again, and the original is there")
	require.NoError(t, back("0x9", "-100", "0xaa"))
	require.NoError(t, back("0x10", "100", "0xaa"), "a second revert of the same changes nothing")
	require.ErrorIs(t, back("0x11", "-50", "0xaa"), crm.ErrOperationConflict)
	require.ErrorIs(t, back("0x12", "100", "0x9"), crm.ErrOperationConflict, "a revert of a revert")
	assert.Equal(t, []string{"card-1 100 qiibee:0xaa", "card-1 -100 qiibee:revert:0xaa"}, b.booked)
	require.NoError(t, h.post(b, hook("debit_points", "-7", "0xbb", "")))
	require.NoError(t, h.post(b, hook("debit_points", "7", "0xcc", `,"tx_hash_reverted":"0xBB"`)))
	assert.Equal(t, []string{"card-1 -7 qiibee:0xbb", "card-1 7 qiibee:revert:0xbb"}, b.booked[2:])
	other := &books{byKey: map[string]outbox.Mirrored{"qiibee:0xdd": {Key: "qiibee:0xdd", CardNumber: "card-2", Points: 5}}}
	require.ErrorIs(t, h.post(other, hook("credit_points", "-5", "0xee", `,"tx_hash_reverted":"0xdd"`)), crm.ErrOperationConflict, "another card's")
	ordered := &books{known: []string{"0xdd"}}
	require.ErrorIs(t, h.post(ordered, hook("credit_points", "-5", "0xee", `,"tx_hash_reverted":"0xdd"`)), crm.ErrOperationConflict, "what we ordered is for an operator")
}

// TestAListedAmountThatCannotBeRead is for an operator, and another token is another
// transaction.
func TestAListedAmountThatCannotBeRead(t *testing.T) {
	for entry, want := range map[string]outbox.State{
		`"amount":"1,000"`:               outbox.StateUnknown,
		`"amount":"100,0"`:               outbox.StateUnknown,
		`"amount":null`:                  outbox.StateUnknown,
		`"amount":"99.9999999999999999"`: outbox.StateRetry,
		`"amount":100,"token_id":13`:     outbox.StateRetry,
		`"amount":100,"token_id":"12"`:   outbox.StateDone,
		`"amount":100`:                   outbox.StateDone,
	} {
		fake := newVendor(t, reply{status: 200, body: `{"data":{"transactions":[{"id":1,"tx_hash":"0xAA","status":"success","loyalty_event_type":"credit_points",` + entry + `}],"total_tx_count":1}}`})
		v, err := qiibee.Settings{URL: fake.server.URL + "/api/admin", APIKey: setting.NewSecret(apiKey)}.Open(vendorhttp.Options{})
		require.NoError(t, err)
		r := newStand(t).request(t, "credit", `{"token_id":12}`, 100)
		r.State = outbox.StateUnknown
		out := v.Ask(t.Context(), r)
		assert.Equal(t, want, out.State, entry)
		if want == outbox.StateUnknown {
			assert.Equal(t, outbox.WaitForOperator, out.Wait, entry)
		}
		if want == outbox.StateDone {
			assert.Equal(t, "0xaa", out.VendorRef)
		}
	}
}
