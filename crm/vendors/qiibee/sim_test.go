package qiibee_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/conformance/sim"
	simqiibee "koshelek-adapter/conformance/sim/qiibee"
	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// stage is the vendor's simulator over HTTP and a client of it.
type stage struct {
	*simqiibee.Simulator
	client *qiibee.Client
}

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := sim.NewStandingClock(time.Date(2026, 9, 17, 12, 0, 0, 0, time.UTC))
	s := &stage{Simulator: simqiibee.New(simqiibee.Options{
		Settings: sim.Settings{Seed: 7, Clock: clock}, APIKeys: []string{apiKey},
	})}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { server.Close(); clock.Close(); s.Close() })
	s.client = qiibee.New(qiibee.Settings{URL: server.URL + "/api/admin", APIKey: setting.NewSecret(apiKey)}, vendorhttp.Options{
		Retry: vendorhttp.Retry{Attempts: 4, Delay: time.Millisecond, MaxDelay: 2 * time.Millisecond}, Now: clock.Now,
	})
	return s
}

func (s *stage) send(ctx context.Context, t *testing.T, tx qiibee.Transaction) error {
	t.Helper()
	_, err := s.client.SendTransaction(ctx, tx)
	return err
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

func creditOf(user string, amount int64) qiibee.Transaction {
	return qiibee.Transaction{UserID: user, Type: qiibee.CreditPoints, Points: amount, TokenID: 12}
}

func TestTheSimulatorUnderstandsEveryCall(t *testing.T) {
	s := newStage(t)
	c := s.client
	require.NoError(t, c.EnsureUser(background, anna))
	require.ErrorIs(t, c.CreateUser(background, anna), vendorhttp.Rejected)
	require.ErrorIs(t, c.FindUser(background, "nobody"), vendorhttp.NotFound)
	require.NoError(t, c.EnsureUser(background, qiibee.User{AuthID: "a/b ?#ё", Email: "odd@example.test"}))
	require.NoError(t, c.FindUser(background, "a/b ?#ё"))
	require.NoError(t, c.SetMembership(background, "a-1", "miles_and_more", "000079927398713"))
	require.ErrorIs(t, c.SetMembership(background, "a-1", "miles_and_more", "1"), vendorhttp.Rejected)

	since := s.Clock.Now()
	require.NoError(t, s.send(background, t, creditOf("a-1", 1000)))
	s.Clock.Advance(time.Second)
	debit := qiibee.Transaction{UserID: "a-1", Type: qiibee.DebitPoints, Points: 100, TokenID: 12}
	require.NoError(t, s.send(background, t, debit))
	miles := debit
	miles.Type, miles.Provider = qiibee.PointsToExternalRewards, "miles_and_more"
	require.NoError(t, s.send(background, t, miles))
	debit.Points = 801
	err := s.send(background, t, debit)
	require.ErrorIs(t, err, vendorhttp.Rejected)
	assert.Equal(t, "Insufficient balance", failure(t, err).Message)
	s.Clock.Advance(time.Second)
	list, err := c.TransactionsSince(background, qiibee.Filter{UserID: "a-1", Type: qiibee.PointsToExternalRewards, TokenID: 12}, since)
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.True(t, list[0].Final())
	assert.Equal(t, []string{"100", "12", "a-1"}, []string{list[0].Amount.String(), list[0].TokenID, list[0].UserID})
}

func TestTheErrorsOfTheSimulatorAreReadInEveryShape(t *testing.T) {
	s := newStage(t)
	for _, shape := range []string{"error", "message", "errors", "errors.detail", "detail", "text"} {
		require.NoError(t, s.Knobs.Set("error_shape", shape))
		err := s.client.FindUser(background, "nobody")
		require.ErrorIs(t, err, vendorhttp.NotFound, shape)
		assert.Contains(t, failure(t, err).Message, "User not found", shape)
	}
}

// TestTheOutcomeOfATransactionIsKnownOrFoundOut: whatever the fault, an error that
// says refused or never sent is right, and every other one can be cleared up by the
// list, which shows exactly what the vendor did.
func TestTheOutcomeOfATransactionIsKnownOrFoundOut(t *testing.T) {
	s := newStage(t)
	require.NoError(t, s.client.EnsureUser(background, anna))
	unknown := 0
	for i, fault := range sim.WireFaults() {
		amount := int64(1000 + i)
		rule, ctx, cancel := strike(fault.Name, "transactions_create")
		_, err := s.Faults.Add(rule)
		require.NoError(t, err)
		since := s.Clock.Now()
		outcome := s.send(ctx, t, creditOf("a-1", amount))
		cancel()
		s.Clock.Advance(time.Minute)
		done := s.Audit.Of("transaction", simqiibee.Key("a-1", qiibee.CreditPoints, fmt.Sprint(amount), 12))
		switch {
		case outcome == nil:
			assert.Equal(t, 1, done.Effects, fault.Name)
		case vendorhttp.Refused(outcome):
			assert.Zero(t, done.Accepted, "%s: said to be refused: %v", fault.Name, outcome)
		default:
			unknown++
			assert.Equal(t, done.Accepted, matches(t, s, since, amount), "%s: the list tells what was done", fault.Name)
		}
		assert.LessOrEqual(t, done.Accepted, 1, "%s: never twice", fault.Name)
	}
	assert.Greater(t, unknown, 5)
	assert.Empty(t, s.Audit.Doubled())
}

// matches counts the credits of that amount since then.
func matches(t *testing.T, s *stage, since time.Time, amount int64) int {
	t.Helper()
	list, err := s.client.TransactionsSince(background, qiibee.Filter{UserID: "a-1", Type: qiibee.CreditPoints, TokenID: 12}, since)
	require.NoError(t, err)
	n := 0
	for _, e := range list {
		if e.HasAmount && e.Amount.Equal(decimal.NewFromInt(amount)) {
			n++
		}
	}
	return n
}

// TestManyUsersUnderFaults: reads are repeated through faults, users are made once,
// and no transaction is done twice.
func TestManyUsersUnderFaults(t *testing.T) {
	s := newStage(t)
	for _, fault := range []string{sim.Status500, sim.HTML502After, sim.LostAnswer, sim.ResetAnswer, sim.CutBefore} {
		_, err := s.Faults.Add(sim.Rule{Fault: fault, Odds: .05})
		require.NoError(t, err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 20 {
				user := qiibee.User{AuthID: fmt.Sprint("u-", rand.IntN(10)), Email: "u@example.test"}
				_ = s.client.EnsureUser(background, user)
				_, _ = s.client.SendTransaction(background, creditOf(user.AuthID, int64(i*100+j+1)))
			}
		})
	}
	all.Wait()
	s.Clock.Advance(time.Minute)
	assert.Empty(t, s.Audit.Doubled())
	assert.NotEmpty(t, s.Transactions())
}
