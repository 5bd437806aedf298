package points_test

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/conformance/sim"
	simpoints "koshelek-adapter/conformance/sim/points"
	"koshelek-adapter/crm/vendors/points"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

var background = context.Background()

// stage is the vendor's simulator over HTTP, a client of it, and a partner that
// takes its callbacks.
type stage struct {
	*simpoints.Simulator
	client    *points.Client
	partner   string
	callbacks chan points.Callback
}

func newStage(t *testing.T, change ...func(*setup)) *stage {
	t.Helper()
	clock := sim.NewStandingClock(time.Date(2026, 9, 17, 12, 0, 0, 0, time.UTC))
	s := &stage{callbacks: make(chan points.Callback, 64)}
	s.Simulator = simpoints.New(simpoints.Options{
		Settings: sim.Settings{Seed: 7, Clock: clock},
		Clients:  []simpoints.Client{{ID: "client", Secret: clientSecret, Keys: map[string]*rsa.PublicKey{"key-1": &testKey().PublicKey}}},
	})
	server := httptest.NewServer(s.Handler())
	partner := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if c, err := points.ParseCallback(body); assert.NoError(t, err) {
			s.callbacks <- c
		}
	}))
	t.Cleanup(func() { server.Close(); clock.Close(); s.Close(); partner.Close() })
	s.partner = partner.URL + "/points/unguessable"
	config := setup{points.Settings{
		TokenURL: server.URL + tokenPath, ClientID: "client", ClientSecret: setting.NewSecret(clientSecret),
		EarnURL: server.URL + "/points/v1/earn", RedeemURL: server.URL + "/points/v1/redeem", BalanceURL: server.URL, OrgID: "org",
	}, vendorhttp.Options{Retry: vendorhttp.Retry{Attempts: 3, Delay: time.Millisecond, MaxDelay: 2 * time.Millisecond}, Now: clock.Now}}
	for _, f := range change {
		f(&config)
	}
	s.client = client(t, config)
	return s
}

func (s *stage) send(call, request string, amount int64) (points.Accepted, error) {
	return s.sendWith(background, call, request, amount)
}

func (s *stage) sendWith(ctx context.Context, call, request string, amount int64) (points.Accepted, error) {
	rule := map[string]string{points.Earn: "earn", points.Redeem: "burn"}[call]
	return s.client.Send(ctx, call, points.Transaction{
		UserID: "u-1", RuleID: rule, Points: amount, RequestID: request, CallbackURL: s.partner,
	})
}

func TestTheSimulatorUnderstandsEveryCall(t *testing.T) {
	s := newStage(t)
	_, err := s.send(points.Earn, "r-1", 100)
	require.NoError(t, err)
	s.Clock.Advance(time.Second)
	callback := <-s.callbacks
	assert.Equal(t, "r-1", callback.RequestID)
	assert.True(t, callback.Earned && callback.Succeeded)
	assert.Equal(t, "100", callback.Points.String())

	_, err = s.send(points.Redeem, "r-2", 30)
	require.NoError(t, err)
	s.Clock.Advance(time.Second)
	assert.False(t, (<-s.callbacks).Earned)

	for _, shape := range []string{"balance", "data.balance", "point", "points", "amount", "text"} {
		require.NoError(t, s.Knobs.Set("balance_shape", shape))
		balance, err := s.client.Balance(background, "u-1")
		require.NoError(t, err, shape)
		assert.Equal(t, "70", balance.Points.String(), shape)
	}
	for _, shape := range []string{"two", "none"} {
		require.NoError(t, s.Knobs.Set("balance_shape", shape))
		_, err := s.client.Balance(background, "u-1")
		require.ErrorIs(t, err, vendorhttp.Malformed, shape)
	}
	_, err = s.send(points.Redeem, "r-3", 71)
	require.ErrorIs(t, err, vendorhttp.Rejected)
	assert.Equal(t, "insufficient_balance", failure(t, err).Code)
}

// TestEveryFaultEndsInOneEffect: after any fault the same bytes are sent until the
// vendor has them, and the points move once. What was called refused or never sent
// moved nothing.
func TestEveryFaultEndsInOneEffect(t *testing.T) {
	s := newStage(t)
	faults := append(sim.WireFaults(), sim.Fault{Name: "token_over"}, sim.Fault{Name: "callback_before_answer"})
	for i, fault := range faults {
		request := fmt.Sprintf("fault-%d", i)
		rule, ctx, cancel := strike(fault.Name, "earn")
		_, err := s.Faults.Add(rule)
		require.NoError(t, err)
		_, err = s.sendWith(ctx, points.Earn, request, 1)
		cancel()
		if err != nil && vendorhttp.Refused(err) {
			assert.Zero(t, s.Audit.Of(simpoints.Earn, request).Accepted, "%s: said to be refused: %v", fault.Name, err)
		}
		for try := 0; err != nil && try < 3; try++ {
			_, err = s.send(points.Earn, request, 1)
		}
		require.NoError(t, err, fault.Name)
		s.Clock.Advance(time.Minute)
		assert.Equal(t, 1, s.Audit.Of(simpoints.Earn, request).Effects, fault.Name)
	}
	assert.Empty(t, s.Audit.Doubled())
	assert.Equal(t, fmt.Sprint(len(faults)), s.Balance("u-1").String())
}

// strike is a rule for the next call, and a context that a late answer outlasts.
func strike(fault, endpoint string) (sim.Rule, context.Context, context.CancelFunc) {
	rule := sim.Next(fault, endpoint)
	ctx, cancel := context.WithCancel(background)
	switch fault {
	case sim.Slow:
		rule.Value = "1ms"
	case sim.LateAnswer:
		rule.Value = "1h"
		ctx, cancel = context.WithTimeout(background, time.Second)
	}
	return rule, ctx, cancel
}

func TestTokensOfTheSimulator(t *testing.T) {
	s := newStage(t)
	require.NoError(t, s.Knobs.SetAll(map[string]string{"token_ttl": "2s", "login_kills_old_token": "yes"}))
	for i := range 5 {
		_, err := s.send(points.Earn, fmt.Sprint("t-", i), 1)
		require.NoError(t, err)
		s.Clock.Advance(1500 * time.Millisecond)
	}
	s.RevokeTokens()
	_, err := s.send(points.Earn, "t-9", 1)
	require.NoError(t, err)
	_, err = s.Faults.Add(sim.Rule{Fault: sim.Status500, Endpoint: "token"})
	require.NoError(t, err)
	s.RevokeTokens()
	_, err = s.send(points.Earn, "t-10", 1)
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.True(t, vendorhttp.NeverSent(err), "the token was refused, and no other could be had")
}

func TestTheSimulatorVerifiesSignatures(t *testing.T) {
	var clock *sim.Clock
	signed := func(c *setup) {
		c.sign()
		c.EarnURL += "?via=a%2Fb"
	}
	s := newStage(t, signed)
	clock = s.Clock
	require.NoError(t, s.Knobs.SetAll(map[string]string{"signature": "required", "signature_max_age": "1m"}))
	_, err := s.send(points.Earn, "s-1", 1)
	require.NoError(t, err)

	unsigned := newStage(t)
	require.NoError(t, unsigned.Knobs.Set("signature", "required"))
	_, err = unsigned.send(points.Earn, "s-2", 1)
	require.ErrorIs(t, err, vendorhttp.Unauthorized)

	early := newStage(t, func(c *setup) {
		c.sign()
		c.SignBackdate, c.HTTP.Now = 0, func() time.Time { return clock.Now().Add(time.Minute) }
	})
	require.NoError(t, early.Knobs.Set("signature", "optional"))
	_, err = early.send(points.Earn, "s-3", 1)
	require.ErrorIs(t, err, vendorhttp.Unauthorized, "signed in the vendor's future")
}
