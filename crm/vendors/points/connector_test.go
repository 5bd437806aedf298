package points_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/conformance/sim"
	simpoints "koshelek-adapter/conformance/sim/points"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/points"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// started is the vendor, and its simulator.
func started(t *testing.T) (*simpoints.Simulator, *points.Vendor) {
	simulator := simpoints.New(simpoints.Options{Settings: sim.Settings{Seed: 1}})
	server := httptest.NewServer(simulator.Handler())
	t.Cleanup(func() { simulator.Close(); server.Close() })
	v, err := points.Settings{
		TokenURL: server.URL + tokenPath, ClientID: "client", ClientSecret: setting.NewSecret("secret"),
		EarnURL: server.URL + "/points/v1/earn", RedeemURL: server.URL + "/points/v1/redeem",
		CallbackURL: "http://127.0.0.1:1/callbacks/points/", CallbackSecret: setting.NewSecret("a secret of callbacks"), CallbackWait: time.Hour,
	}.Open(vendorhttp.Options{})
	require.NoError(t, err)
	return simulator, v.(*points.Vendor)
}

// request is a delivery as a worker sends it.
func request(t *testing.T, v outbox.Vendor, action, params string, points int64) outbox.Request {
	m, err := v.Message(action, json.RawMessage(params))
	require.NoError(t, err)
	m.Points = points
	return outbox.Request{Delivery: outbox.Delivery{
		ID: "01JDZZZZZZZZZZZZZZZZZZZZZZ", Message: m, CardNumber: "card-1", CustomerID: "customer-1", State: outbox.StateSending, Attempts: 1,
		CreatedAt: time.Now(), SentAt: time.Now(),
	}}
}

// books are those of a callback: the deliveries that there are, and what was settled.
type books struct {
	outbox.Books
	deliveries map[string]outbox.Delivery
	settled    []outbox.Outcome
}

func (b *books) Delivery(_ context.Context, id string) (outbox.Delivery, error) {
	d, found := b.deliveries[id]
	if !found {
		return d, crm.ErrDeliveryNotFound
	}
	return d, nil
}

func (b *books) Settle(_ context.Context, _ outbox.Delivery, o outbox.Outcome) error {
	b.settled = append(b.settled, o)
	return nil
}

// call posts a callback as the vendor does.
func call(v *points.Vendor, b *books, id, token, body string) error {
	r := httptest.NewRequest("POST", "/callbacks/points/"+id+"/"+token, nil)
	r.SetPathValue("id", id)
	r.SetPathValue("token", token)
	return v.Callbacks(b)[0].Take(r, []byte(body))
}

func TestPointsDeliver(t *testing.T) {
	vendor, b := started(t)
	j := request(t, b, "earn", `{"rule_id":"earn"}`, 100)
	out := b.Send(t.Context(), j)
	assert.Equal(t, outbox.StatePending, out.State, out.Reason)
	assert.Equal(t, time.Hour, out.Wait)
	_, err := vendor.Faults.Add(sim.Next(sim.LostAnswer, "earn"))
	require.NoError(t, err)
	again := b.Send(t.Context(), j)
	assert.Equal(t, outbox.StateRetry, again.State, "a lost answer: the same requestId may be sent again")
	assert.True(t, again.Down)
	assert.Equal(t, outbox.StatePending, b.Send(t.Context(), j).State, "409 says that it is known")
	require.Eventually(t, func() bool { return vendor.Audit.Of(simpoints.Earn, j.ID).Effects == 1 }, time.Minute, 5*time.Millisecond)
	refused := request(t, b, "earn", `{"rule_id":"nobody"}`, 100)
	refused.ID = "01JDZZZZZZZZZZZZZZZZZZZZZY"
	assert.Equal(t, outbox.StateRejected, b.Send(t.Context(), refused).State)
	j.CustomerID = ""
	assert.Equal(t, outbox.StateRejected, b.Send(t.Context(), j).State)
	assert.Equal(t, outbox.WaitForOperator, b.Ask(t.Context(), j).Wait)
}

func TestPointsRules(t *testing.T) {
	_, b := started(t)
	e, err := b.Message("earn", json.RawMessage(`{"rule_id":"a","undo_rule_id":"b"}`))
	require.NoError(t, err)
	assert.Equal(t, outbox.Undo{Action: "redeem", Payload: json.RawMessage(`{"rule_id":"b"}`)}, e.Undo)
	assert.False(t, e.AtMostOnce)
	for action, params := range map[string]string{"earn": `{}`, "burn": `{"rule_id":"a"}`, "redeem": `{"rule_id":"a","typo":1}`} {
		_, err := b.Message(action, json.RawMessage(params))
		assert.Error(t, err, "%s %s", action, params)
	}
}

// TestPointsCallback: what does not fit is refused, and what was booked counts.
func TestPointsCallback(t *testing.T) {
	_, v := started(t)
	r := request(t, v, "earn", `{"rule_id":"earn"}`, 100)
	b := &books{deliveries: map[string]outbox.Delivery{r.ID: r.Delivery}}
	token := v.TokenForTest(r.ID)
	good := `{"action":"point_earn","clientId":"client","userId":"customer-1","requestId":"` + r.ID + `","ruleId":"earn","timestamp":"2026-11-26T10:00:00Z","status":"success","point":60,"transactionId":"tx-1"}`
	require.NoError(t, call(v, b, r.ID, token, good))
	assert.Equal(t, []outbox.Outcome{{State: outbox.StateDone, Booked: 60, VendorRef: "tx-1"}}, b.settled, "the cap is what counts")
	b.settled = nil
	failed := strings.NewReplacer(`"success","point":60,"transactionId":"tx-1"`, `"failed","errorMessage":"Reaching Earning Limit"`).Replace(good)
	require.NoError(t, call(v, b, r.ID, token, failed))
	assert.Equal(t, outbox.StateRejected, b.settled[0].State)
	b.settled = nil
	for name, c := range map[string]struct {
		token, old, new string
		kind            crm.Kind
	}{
		"token":           {"00", "", "", crm.ErrDeliveryNotFound},
		"client":          {token, `"client"`, `"other"`, crm.ErrDeliveryNotFound},
		"user":            {token, "customer-1", "customer-2", crm.ErrDeliveryNotFound},
		"rule":            {token, `"ruleId":"earn"`, `"ruleId":"other"`, crm.ErrDeliveryNotFound},
		"action":          {token, "point_earn", "point_burn", crm.ErrDeliveryNotFound},
		"request":         {token, r.ID, "01JDZZZZZZZZZZZZZZZZZZZZZX", crm.ErrDeliveryNotFound},
		"more than sent":  {token, `"point":60`, `"point":101`, crm.ErrInvalidRecord},
		"fraction":        {token, `"point":60`, `"point":60.5`, crm.ErrInvalidRecord},
		"negative":        {token, `"point":60`, `"point":-1`, crm.ErrInvalidRecord},
		"text":            {token, `"point":60`, `"point":"many"`, crm.ErrInvalidRecord},
		"thousands":       {token, `"point":60`, `"point":"1,000"`, crm.ErrInvalidRecord},
		"spaces":          {token, `"point":60`, `"point":"1 000"`, crm.ErrInvalidRecord},
		"a decimal comma": {token, `"point":60`, `"point":"60,0"`, crm.ErrInvalidRecord},
		"nearly one":      {token, `"point":60`, `"point":0.9999999999999999`, crm.ErrInvalidRecord},
		"nearly sixty":    {token, `"point":60`, `"point":59.99999999999999999999999999999999999999999999999999`, crm.ErrInvalidRecord},
		"octal, perhaps":  {token, `"point":60`, `"point":"010"`, crm.ErrInvalidRecord},
		"no JSON":         {token, "{", "", crm.ErrInvalidRecord},
	} {
		assert.ErrorIs(t, call(v, b, r.ID, c.token, strings.Replace(good, c.old, c.new, 1)), c.kind, name)
	}
	assert.Empty(t, b.settled)
}

// TestAnUndoNeverBooksMoreThanItsOriginal: it was ordered for all that the original
// asked for, and the original booked less.
func TestAnUndoNeverBooksMoreThanItsOriginal(t *testing.T) {
	_, v := started(t)
	original := request(t, v, "earn", `{"rule_id":"earn","undo_rule_id":"burn"}`, 100).Delivery
	original.ID, original.State, original.Booked = "01JDZZZZZZZZZZZZZZZZZZZZZA", outbox.StateDone, 60
	undo := request(t, v, "redeem", `{"rule_id":"burn"}`, 100).Delivery
	undo.Reverses = original.ID
	b := &books{deliveries: map[string]outbox.Delivery{undo.ID: undo, original.ID: original}}
	body := func(points string) string {
		return `{"action":"point_burn","clientId":"client","userId":"customer-1","requestId":"` + undo.ID + `","ruleId":"burn","status":"success","point":` + points + `}`
	}
	for _, points := range []string{"61", "100", "1000000"} {
		require.ErrorIs(t, call(v, b, undo.ID, v.TokenForTest(undo.ID), body(points)), crm.ErrInvalidRecord, points)
	}
	assert.Empty(t, b.settled)
	require.NoError(t, call(v, b, undo.ID, v.TokenForTest(undo.ID), body("60")))
	assert.Equal(t, int64(60), b.settled[0].Booked)
}
