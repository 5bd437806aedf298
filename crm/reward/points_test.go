package reward_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	simpoints "koshelek-adapter/conformance/sim/points"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/points"
	"koshelek-adapter/crm/bridge/wire"
	"koshelek-adapter/crm/reward"
)

// pointsHouse is a bridge to a simulated Points API.
func pointsHouse(t *testing.T) (*simpoints.Simulator, *reward.Points) {
	vendor := simpoints.New(simpoints.Options{Settings: sim.Settings{Seed: 1}})
	server := httptest.NewServer(vendor.Handler())
	t.Cleanup(func() { vendor.Close(); server.Close() })
	client, err := points.New(points.Config{
		TokenURL: server.URL + "/realms/partner/protocol/openid-connect/token", ClientID: "client", ClientSecret: wire.NewSecret("secret"),
		EarnURL: server.URL + "/points/v1/earn", RedeemURL: server.URL + "/points/v1/redeem",
	})
	require.NoError(t, err)
	return vendor, reward.NewPoints(client, reward.PointsOptions{
		ClientID: "client", CallbackURL: "http://127.0.0.1:1/callbacks/points/", CallbackSecret: "a secret of callbacks", CallbackWait: time.Hour,
	})
}

// job is a delivery as a worker hands it out.
func job(t *testing.T, b bridge.Bridge, action, params string, points int64) bridge.Job {
	e, err := b.Errand(action, json.RawMessage(params))
	require.NoError(t, err)
	e.Points = points
	return bridge.Job{
		Delivery: crm.Delivery{
			ID: "01JDZZZZZZZZZZZZZZZZZZZZZZ", Errand: e, CardNumber: "card-1", CustomerID: "customer-1", State: crm.DeliverySending, Attempts: 1,
			CreatedAt: time.Now(), SentAt: time.Now(),
		},
		Recipient: crm.Profile{Phone: "79216668899", Email: "anna@example.com", FirstName: "Anna"},
	}
}

func TestPointsDeliver(t *testing.T) {
	vendor, b := pointsHouse(t)
	j := job(t, b, "earn", `{"rule_id":"earn"}`, 100)
	out := b.Deliver(t.Context(), j)
	assert.Equal(t, crm.DeliveryPending, out.State, out.Reason)
	assert.Equal(t, time.Hour, out.Wait)
	_, err := vendor.Faults.Add(sim.Next(sim.LostAnswer, "earn"))
	require.NoError(t, err)
	again := b.Deliver(t.Context(), j)
	assert.Equal(t, crm.DeliveryRetry, again.State, "a lost answer: the same requestId may be sent again")
	assert.True(t, again.Down)
	assert.Equal(t, crm.DeliveryPending, b.Deliver(t.Context(), j).State, "409 says that it is known")
	require.Eventually(t, func() bool { return vendor.Audit.Of(simpoints.Earn, j.ID).Effects == 1 }, time.Minute, 5*time.Millisecond)
	refused := job(t, b, "earn", `{"rule_id":"nobody"}`, 100)
	refused.ID = "01JDZZZZZZZZZZZZZZZZZZZZZY"
	assert.Equal(t, crm.DeliveryRejected, b.Deliver(t.Context(), refused).State)
	j.CustomerID = ""
	assert.Equal(t, crm.DeliveryRejected, b.Deliver(t.Context(), j).State)
	assert.Equal(t, crm.WaitForOperator, b.Ask(t.Context(), j).Wait)
}

func TestPointsRules(t *testing.T) {
	_, b := pointsHouse(t)
	e, err := b.Errand("earn", json.RawMessage(`{"rule_id":"a","undo_rule_id":"b"}`))
	require.NoError(t, err)
	assert.Equal(t, crm.Undo{Action: "redeem", Payload: json.RawMessage(`{"rule_id":"b"}`)}, e.Undo)
	assert.False(t, e.Once)
	for action, params := range map[string]string{"earn": `{}`, "burn": `{"rule_id":"a"}`, "redeem": `{"rule_id":"a","typo":1}`} {
		_, err := b.Errand(action, json.RawMessage(params))
		assert.Error(t, err, "%s %s", action, params)
	}
}

// TestPointsCallback: what does not fit is refused, and what was booked counts.
func TestPointsCallback(t *testing.T) {
	_, b := pointsHouse(t)
	j := job(t, b, "earn", `{"rule_id":"earn"}`, 100)
	find := func(_ context.Context, id string) (crm.Delivery, error) {
		if id != j.ID {
			return crm.Delivery{}, crm.ErrDeliveryNotFound
		}
		return j.Delivery, nil
	}
	token := b.TokenForTest(j.ID)
	good := `{"action":"point_earn","clientId":"client","userId":"customer-1","requestId":"` + j.ID + `","ruleId":"earn","timestamp":"2026-11-26T10:00:00Z","status":"success","point":60,"transactionId":"tx-1"}`
	_, out, err := b.Callback(t.Context(), find, j.ID, token, []byte(good))
	require.NoError(t, err)
	assert.Equal(t, crm.Outcome{State: crm.DeliveryDone, Booked: 60, VendorRef: "tx-1"}, out, "the cap is what counts")
	_, out, err = b.Callback(t.Context(), find, j.ID, token, []byte(strings.NewReplacer(`"success","point":60,"transactionId":"tx-1"`, `"failed","errorMessage":"Reaching Earning Limit"`).Replace(good)))
	require.NoError(t, err)
	assert.Equal(t, crm.DeliveryRejected, out.State)
	for name, c := range map[string]struct {
		token, old, new string
		kind            crm.Kind
	}{
		"token":          {"00", "", "", crm.ErrDeliveryNotFound},
		"client":         {token, `"client"`, `"other"`, crm.ErrDeliveryNotFound},
		"user":           {token, "customer-1", "customer-2", crm.ErrDeliveryNotFound},
		"rule":           {token, `"ruleId":"earn"`, `"ruleId":"other"`, crm.ErrDeliveryNotFound},
		"action":         {token, "point_earn", "point_burn", crm.ErrDeliveryNotFound},
		"request":        {token, j.ID, "01JDZZZZZZZZZZZZZZZZZZZZZX", crm.ErrDeliveryNotFound},
		"more than sent": {token, `"point":60`, `"point":101`, crm.ErrInvalidRecord},
		"fraction":       {token, `"point":60`, `"point":60.5`, crm.ErrInvalidRecord},
		"negative":       {token, `"point":60`, `"point":-1`, crm.ErrInvalidRecord},
		"text":           {token, `"point":60`, `"point":"many"`, crm.ErrInvalidRecord},
		"no JSON":        {token, "{", "", crm.ErrInvalidRecord},
	} {
		_, _, err := b.Callback(t.Context(), find, j.ID, c.token, []byte(strings.Replace(good, c.old, c.new, 1)))
		assert.ErrorIs(t, err, c.kind, name)
	}
}
