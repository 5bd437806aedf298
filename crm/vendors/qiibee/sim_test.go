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
		NFTs: []simqiibee.NFT{{ID: "86", UserAuthID: "a-1", TokenID: 13, Status: "pending"}},
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
	return qiibee.Transaction{UserID: user, Type: qiibee.CreditPoints, Amount: decimal.NewFromInt(amount), TokenID: 12}
}

func TestTheSimulatorUnderstandsUsersAndMemberships(t *testing.T) {
	c := newStage(t).client
	user, err := c.EnsureUser(background, anna)
	require.NoError(t, err)
	assert.Equal(t, anna, user)
	_, err = c.CreateUser(background, anna)
	require.ErrorIs(t, err, vendorhttp.Rejected)
	user, err = c.UpdateUser(background, qiibee.User{AuthID: "a-1", Language: "it"})
	require.NoError(t, err)
	assert.Equal(t, "it", user.Language)
	assert.Equal(t, "Anna", user.FirstName)
	_, err = c.UpdateUser(background, anna)
	require.NoError(t, err)
	_, err = c.User(background, "nobody")
	require.ErrorIs(t, err, vendorhttp.NotFound)
	odd, err := c.EnsureUser(background, qiibee.User{AuthID: "a/b ?#ё", Email: "odd@example.test"})
	require.NoError(t, err)
	assert.Equal(t, "a/b ?#ё", odd.AuthID)
	users, err := c.Users(background, qiibee.Page{Limit: 1, Offset: 1})
	require.NoError(t, err)
	assert.Equal(t, []qiibee.User{odd}, users)

	miles := qiibee.Membership{Provider: qiibee.MilesAndMore, Number: "000079927398713"}
	require.NoError(t, c.SetMembership(background, "a-1", miles))
	require.NoError(t, c.SetMembership(background, "a-1", qiibee.Membership{Provider: qiibee.Etihad, Number: "123456789012"}))
	all, err := c.Memberships(background, "a-1")
	require.NoError(t, err)
	assert.Len(t, all, 2)
	one, err := c.Membership(background, "a-1", qiibee.MilesAndMore)
	require.NoError(t, err)
	assert.Equal(t, miles.Number, one.Number)
	require.NoError(t, c.DeleteMembership(background, "a-1", qiibee.Etihad))
	_, err = c.Membership(background, "a-1", qiibee.Etihad)
	require.ErrorIs(t, err, vendorhttp.NotFound)
	require.ErrorIs(t, c.DeleteMembership(background, "a-1", "nobody"), vendorhttp.Rejected)
}

func TestTheSimulatorUnderstandsEveryTransaction(t *testing.T) {
	s := newStage(t)
	c := s.client
	_, err := c.EnsureUser(background, anna)
	require.NoError(t, err)
	hundred := decimal.NewFromInt(100)
	require.NoError(t, s.send(background, t, creditOf("a-1", 1000)))
	s.Clock.Advance(time.Second)
	for _, tx := range []qiibee.Transaction{
		{UserID: "a-1", Type: qiibee.DebitPoints, Amount: hundred, TokenID: 12},
		{UserID: "a-1", Type: qiibee.PointsToRewards, Amount: hundred, TokenID: 12, RewardTypeID: 10},
		{UserID: "a-1", Type: qiibee.PointsToExternalRewards, Amount: hundred, TokenID: 12, Provider: qiibee.Etihad, MembershipNumber: "123456789012", ExchangeRate: 3},
		{UserID: "a-1", Type: qiibee.Exchange, Amount: hundred, BrandATokenID: 12, BrandBTokenID: 14},
	} {
		require.NoError(t, s.send(background, t, tx), tx.Type)
	}
	err = s.send(background, t, qiibee.Transaction{UserID: "a-1", Type: qiibee.DebitPoints, Amount: decimal.NewFromInt(601), TokenID: 12})
	require.ErrorIs(t, err, vendorhttp.Rejected)
	assert.Equal(t, "Insufficient balance", failure(t, err).Message)
	s.Clock.Advance(time.Second)

	for _, shape := range []string{"single", "ids", "list"} {
		require.NoError(t, s.Knobs.Set("nft_shape", shape))
		balances, err := c.Balances(background, "a-1")
		require.NoError(t, err)
		require.Len(t, balances, 3, shape)
		assert.Equal(t, "600", balances[0].Amount.String())
		assert.Equal(t, "12", balances[0].Token.ID)
		assert.Equal(t, "66", balances[1].Amount.String(), "rounded down")
		assert.Len(t, balances[2].NFTs, 1, shape)
	}
	list, err := c.Transactions(background, qiibee.Filter{UserID: "a-1", Types: []string{qiibee.PointsToRewards}})
	require.NoError(t, err)
	require.Len(t, list.Entries, 1)
	assert.Equal(t, 1, list.Total)
	bought := list.Entries[0]
	assert.True(t, bought.Final())
	reward, err := c.Reward(background, bought.RewardID)
	require.NoError(t, err)
	assert.False(t, reward.Used)
	require.NoError(t, c.UseReward(background, reward.Code))
	require.ErrorIs(t, c.UseReward(background, reward.Code), vendorhttp.Conflict)
	reward, err = c.Reward(background, reward.Code)
	require.NoError(t, err)
	assert.True(t, reward.Used)
	assert.False(t, reward.UsedAt.IsZero())

	code, err := c.CreateCode(background, qiibee.NewCode{Value: hundred, CampaignID: 1, ReferenceID: "order 1"})
	require.NoError(t, err)
	assert.Len(t, code.Code, 9)
	_, err = c.CreateCode(background, qiibee.NewCode{Value: hundred, CampaignID: 1, ReferenceID: "order 1"})
	require.ErrorIs(t, err, vendorhttp.Conflict)

	nfts, err := c.NFTs(background, "a-1")
	require.NoError(t, err)
	require.Len(t, nfts, 1)
	require.NoError(t, c.DecideNFT(background, nfts[0].ID, qiibee.Approved))
}

func TestTheErrorsOfTheSimulatorAreReadInEveryShape(t *testing.T) {
	s := newStage(t)
	for _, shape := range []string{"error", "message", "errors", "errors.detail", "detail", "text"} {
		require.NoError(t, s.Knobs.Set("error_shape", shape))
		_, err := s.client.User(background, "nobody")
		require.ErrorIs(t, err, vendorhttp.NotFound, shape)
		assert.Contains(t, failure(t, err).Message, "User not found", shape)
	}
}

// TestTheOutcomeOfATransactionIsKnownOrFoundOut: whatever the fault, an error that
// says refused or never sent is right, and every other one can be cleared up by the
// list, which shows exactly what the vendor did.
func TestTheOutcomeOfATransactionIsKnownOrFoundOut(t *testing.T) {
	s := newStage(t)
	_, err := s.client.EnsureUser(background, anna)
	require.NoError(t, err)
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
	list, err := s.client.TransactionsSince(background, qiibee.Filter{UserID: "a-1", Types: []string{qiibee.CreditPoints}, TokenID: 12}, since)
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
				_, _ = s.client.EnsureUser(background, user)
				_, _ = s.client.SendTransaction(background, creditOf(user.AuthID, int64(i*100+j+1)))
			}
		})
	}
	all.Wait()
	s.Clock.Advance(time.Minute)
	assert.Empty(t, s.Audit.Doubled())
	s.Faults.Clear()
	users, err := s.client.Users(background, qiibee.Page{})
	require.NoError(t, err)
	assert.NotEmpty(t, users)
}
