package bigcity_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/conformance/sim"
	simbigcity "koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// stage is the vendor's simulator over HTTP and a client of it.
type stage struct {
	*simbigcity.Simulator
	client *bigcity.Client
}

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := sim.NewStandingClock(time.Date(2026, 9, 17, 12, 0, 0, 0, time.UTC))
	s := &stage{Simulator: simbigcity.New(simbigcity.Options{Settings: sim.Settings{Seed: 7, Clock: clock}, Secrets: []string{secret}})}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { server.Close(); clock.Close(); s.Close() })
	s.client = bigcity.New(bigcity.Settings{URL: server.URL + "/v1", Secret: setting.NewSecret(secret), MobileDigits: 10}, vendorhttp.Options{
		Retry: vendorhttp.Retry{Attempts: 4, Delay: time.Millisecond, MaxDelay: 2 * time.Millisecond}, Now: clock.Now,
	})
	return s
}

func (s *stage) must(t *testing.T, rules ...sim.Rule) {
	t.Helper()
	_, err := s.Faults.Add(rules...)
	require.NoError(t, err)
}

func (s *stage) redeem(ctx context.Context, t *testing.T, id string) (bigcity.Redeemed, error) {
	t.Helper()
	return s.client.Redeem(ctx, anna, bigcity.Order{
		ID: id, At: s.Clock.Now(), Total: decimal.NewFromInt(10), Lines: []bigcity.Line{{SKU: "TEA-100", Qty: 1}},
	})
}

// sent tells how often the simulator had the order, and for how many times it made
// vouchers.
func (s *stage) sent(id string) (times, issues int) {
	for _, o := range s.Orders() {
		if o.OrderID == id {
			return o.Times, o.Issues
		}
	}
	return 0, 0
}

func TestTheSimulatorUnderstandsEveryCall(t *testing.T) {
	s := newStage(t)
	order := bigcity.Order{
		ID: "O-1", At: s.Clock.Now(), Total: decimal.RequireFromString("60.50"),
		Lines: []bigcity.Line{{SKU: "COFFEE-250\tGround", Qty: 1}, {SKU: "TEA-100", Qty: 2}},
	}
	redeemed, err := s.client.Redeem(background, anna, order)
	require.NoError(t, err)
	assert.Len(t, redeemed.Vouchers, 2)
	assert.False(t, redeemed.Vouchers[0].ValidUntil.IsZero())
	for _, shape := range []string{"yii", "map", "mixed"} {
		require.NoError(t, s.Knobs.SetAll(map[string]string{"error_envelope": shape, "duplicate_order": "422"}))
		_, err = s.client.Redeem(background, anna, order)
		require.ErrorIs(t, err, vendorhttp.Rejected, shape)
		assert.Contains(t, failure(t, err).Message, "Validation Failed", shape)
	}
	order = bigcity.Order{ID: "O-2", At: s.Clock.Now(), Lines: []bigcity.Line{{SKU: "UNKNOWN", Qty: 1}}}
	redeemed, err = s.client.Redeem(background, anna, order)
	require.NoError(t, err)
	assert.Empty(t, redeemed.Vouchers, "no reward for these SKUs is no error")
}

func TestOddButGoodAnswersOfTheSimulator(t *testing.T) {
	for i, fault := range []string{"wrapper", "pin_missing", "pin_null", "pin_empty", "url_without_scheme", "html_terms", "validity_past", "optional_fields_missing"} {
		s := newStage(t)
		s.must(t, sim.Next(fault, "redeem"))
		if fault == "wrapper" {
			s.must(t, sim.Next(fault, "company_auth"), sim.Next(fault, "customer_auth"))
		}
		redeemed, err := s.redeem(background, t, fmt.Sprint("odd-", i))
		require.NoError(t, err, fault)
		require.Len(t, redeemed.Vouchers, 1, fault)
		assert.NotEmpty(t, redeemed.Vouchers[0].Code, fault)
		assert.Equal(t, "https://redeem.bigcity.example/redeem", redeemed.RedemptionURL, fault)
		for _, text := range []string{redeemed.Terms, redeemed.HowToAvail} {
			assert.NotContains(t, text, "<", fault)
			assert.NotContains(t, text, "alert", fault)
		}
	}
	for _, expiry := range []string{"naive", "iso"} {
		s := newStage(t)
		require.NoError(t, s.Knobs.SetAll(map[string]string{"token_expiry": expiry, "login_kills_old_token": "yes"}))
		for i := range 4 {
			_, err := s.redeem(background, t, fmt.Sprint(expiry, i))
			require.NoError(t, err)
			s.Clock.Advance(23*time.Hour + 56*time.Minute)
		}
		assert.Equal(t, 4, len(s.Calls.Last(100, "company_auth")), "one login for each day, before the token is over")
		assert.Equal(t, 4, len(s.Calls.Last(100, "redeem")), "no order was refused for its token")
	}
}

// TestTheOutcomeOfARedemption: whatever the fault, an order is not sent twice unless
// its token was refused, an error that says refused or never sent is right, and a
// success is one.
func TestTheOutcomeOfARedemption(t *testing.T) {
	for i, fault := range append(sim.WireFaults(), sim.Fault{Name: "error_in_200"}, sim.Fault{Name: "token_over"}) {
		for _, envelope := range []string{"yii", "map"} {
			s := newStage(t)
			require.NoError(t, s.Knobs.Set("error_envelope", envelope))
			_, err := s.redeem(background, t, "before") // the login, which the fault is not about
			require.NoError(t, err)
			rule := sim.Next(fault.Name, "redeem")
			ctx, cancel := context.WithCancel(background)
			switch fault.Name {
			case sim.Slow:
				rule.Value = "1ms"
			case sim.LateAnswer: // outlasts the caller
				rule.Value = "1h"
				ctx, cancel = context.WithTimeout(background, time.Second)
			}
			s.must(t, rule)
			id := fmt.Sprint("fault-", i)
			redeemed, err := s.redeem(ctx, t, id)
			cancel()
			times, issues := s.sent(id)
			assert.LessOrEqual(t, times, 1, "%s: sent twice", fault.Name)
			switch {
			case err == nil:
				assert.Equal(t, 1, issues, fault.Name)
				assert.Len(t, redeemed.Vouchers, 1, fault.Name)
			case vendorhttp.Refused(err):
				assert.Zero(t, issues, "%s: said to be refused: %v", fault.Name, err)
			default:
				assert.NotErrorIs(t, err, vendorhttp.Rejected, fault.Name)
			}
		}
	}
}

func TestLoginsAreRepeatedThroughFaults(t *testing.T) {
	for _, fault := range []string{sim.Status500, sim.HTML502, sim.CutBefore, sim.LostAnswer, sim.ResetAnswer, sim.Status429, sim.HTML502After, sim.TruncatedAnswer} {
		s := newStage(t)
		s.must(t, sim.Next(fault, "company_auth"), sim.Next(fault, "customer_auth"))
		_, err := s.redeem(background, t, "login-"+fault)
		require.NoError(t, err, fault)
	}
	s := newStage(t)
	s.must(t, sim.Rule{Fault: sim.Status500, Endpoint: "customer_auth"})
	_, err := s.redeem(background, t, "never")
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.True(t, vendorhttp.NeverSent(err), "the order did not leave")
	assert.Empty(t, s.Orders())
}

func TestManyCustomersWhileTokensEnd(t *testing.T) {
	s := newStage(t)
	require.NoError(t, s.Knobs.Set("login_kills_old_token", "yes"))
	s.must(t, sim.Rule{Fault: "token_over", Endpoint: "redeem", Odds: .2}, sim.Rule{Fault: "token_over", Endpoint: "customer_auth", Odds: .2},
		sim.Rule{Fault: sim.LostAnswer, Endpoint: "redeem", Odds: .1})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			customer := bigcity.Customer{Mobile: fmt.Sprintf("98765432%02d", i)}
			for j := range 20 {
				_, _ = s.client.Redeem(background, customer, bigcity.Order{
					ID: fmt.Sprintf("M-%d-%d", i, j), At: s.Clock.Now(), Lines: []bigcity.Line{{SKU: "TEA-100", Qty: 1}},
				})
			}
		})
	}
	all.Wait()
	for _, o := range s.Orders() {
		assert.Equal(t, 1, o.Times, o.OrderID)
		assert.Equal(t, 1, o.Issues, o.OrderID)
	}
}
