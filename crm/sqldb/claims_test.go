package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// twoStores runs a test over two stores of one database, as two processes have it.
func twoStores(t *testing.T, run func(t *testing.T, one, other engine.Store)) {
	t.Helper()
	t.Parallel()
	for name, driver := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := sqldbtest.Open(t, driver)
			other, err := sqldb.Open(context.Background(), one.URL, sqldb.Options{})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, other.Close()) })
			run(t, one, other)
		})
	}
}

var claimed = time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)

// plastic imports cards without a holder.
func plastic(t *testing.T, store engine.Store, numbers ...string) {
	t.Helper()
	for _, number := range numbers {
		_, err := store.ImportCards(t.Context(), []engine.CardRecord{{CardNumber: crm.CardNumber{Number: number}, State: crm.CardActive, Balance: 70, IssuedAt: claimed}}, claimed)
		require.NoError(t, err)
	}
}

func claimUpdate(number, phone string, limits engine.Claims) engine.ProfileUpdate {
	limits.Day = crm.DateOf(claimed, time.UTC)
	return engine.ProfileUpdate{CardNumber: number, Profile: crm.Profile{Phone: phone}, Claims: limits, Now: claimed}
}

func claimIssue(number, phone string, limits engine.Claims) engine.IssueRequest {
	limits.Day = crm.DateOf(claimed, time.UTC)
	return engine.IssueRequest{Number: crm.CardNumber{Number: number}, Profile: crm.Profile{Phone: phone}, Claims: limits, Now: claimed}
}

// TestClaimShowsNoEarlierPurchases: who registers a plastic card sees nothing of what
// was bought with it before, by either way, also of lines that come late; the points
// stay, and so does what is bought from then on, also when the card is replaced.
func TestClaimShowsNoEarlierPurchases(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		plastic(t, store, "P1", "P2")
		buy := func(number, ref string, day crm.Date) {
			t.Helper()
			_, refused, err := store.PutPurchases(ctx, []crm.Purchase{{CardNumber: number, Ref: ref, Date: day, Item: "x"}})
			require.NoError(t, err)
			require.Empty(t, refused)
		}
		shown := func(number string) (refs []string) {
			t.Helper()
			lines, err := store.Purchases(ctx, engine.PurchaseQuery{CardNumber: number, From: "2026-01-01", To: "2026-12-31", Limit: 50})
			require.NoError(t, err)
			for _, line := range lines {
				refs = append(refs, line.Ref)
			}
			return refs
		}
		for _, number := range []string{"P1", "P2"} {
			buy(number, "old", "2026-05-01")
			buy(number, "this morning", "2026-09-07")
			require.Len(t, shown(number), 2)
		}
		require.NoError(t, store.UpdateProfile(ctx, claimUpdate("P1", "79260000001", engine.Claims{})))
		card, err := store.IssueReserved(ctx, claimIssue("P2", "79260000002", engine.Claims{}))
		require.NoError(t, err)
		assert.EqualValues(t, 70, card.Balance, "the points are the card's")
		for _, number := range []string{"P1", "P2"} {
			assert.Empty(t, shown(number))
			buy(number, "late", "2026-09-06")
			buy(number, "old", "2026-05-01") // the same line again
			assert.Empty(t, shown(number))
			buy(number, "evening", "2026-09-07")
			buy(number, "next day", "2026-09-08")
			assert.Equal(t, []string{"next day", "evening"}, shown(number))
		}
		_, err = store.ReplaceCard(ctx, engine.Replacement{CardNumber: "P1", New: crm.CardNumber{Number: "P3"}, Actor: "x", Now: claimed})
		require.NoError(t, err)
		buy("P3", "very late", "2026-09-01")
		assert.Equal(t, []string{"next day", "evening"}, shown("P3"))
	})
}

// TestFailedClaimsAreLimited: of many wrong numbers that come at once, by either way
// and through two processes, as many are looked at as may fail, and then right ones
// are refused too, until the window is over; other phones are not concerned.
func TestFailedClaimsAreLimited(t *testing.T) {
	twoStores(t, func(t *testing.T, one, other engine.Store) {
		ctx := t.Context()
		plastic(t, one, "Q1", "Q2")
		_, err := one.Issue(ctx, engine.IssueRequest{Number: crm.CardNumber{Number: "HELD"}, Profile: crm.Profile{Phone: "79260000009"}, Now: claimed})
		require.NoError(t, err)
		limits := engine.Claims{Failures: 5}
		var mu sync.Mutex
		kinds := map[crm.Kind]int{}
		var group sync.WaitGroup
		for i := range 24 {
			group.Go(func() {
				store := []engine.Store{one, other}[i%2]
				var err error
				if i%4 < 2 {
					err = store.UpdateProfile(ctx, claimUpdate(fmt.Sprintf("GUESS%d", i), "79260000003", limits))
				} else {
					number := fmt.Sprintf("GUESS%d", i)
					if i%8 == 3 {
						number = "HELD"
					}
					_, err = store.IssueReserved(ctx, claimIssue(number, "79260000003", limits))
				}
				mu.Lock()
				defer mu.Unlock()
				kinds[crm.KindOf(err)]++
			})
		}
		group.Wait()
		assert.Equal(t, 5, kinds[crm.ErrCardNotFound]+kinds[crm.ErrNumberUnknown]+kinds[crm.ErrNumberTaken], "%v", kinds)
		assert.Equal(t, 19, kinds[crm.ErrTooManyAttempts], "%v", kinds)
		require.ErrorIs(t, other.UpdateProfile(ctx, claimUpdate("Q1", "79260000003", limits)), crm.ErrTooManyAttempts)
		_, err = one.IssueReserved(ctx, claimIssue("Q1", "79260000003", limits))
		require.ErrorIs(t, err, crm.ErrTooManyAttempts)
		require.NoError(t, one.UpdateProfile(ctx, claimUpdate("Q2", "79260000004", limits)))
		later := claimUpdate("Q1", "79260000003", limits)
		later.Now = claimed.Add(engine.FailureWindow)
		require.NoError(t, one.UpdateProfile(ctx, later))
	})
}

// TestClaimsAreLimitedByCustomer: one customer takes so many cards a day, by whatever
// way and whatever phone or e-mail names him; and none where claims are refused.
func TestClaimsAreLimitedByCustomer(t *testing.T) {
	twoStores(t, func(t *testing.T, one, other engine.Store) {
		ctx := t.Context()
		numbers := make([]string, 8)
		for i := range numbers {
			numbers[i] = fmt.Sprintf("R%d", i)
		}
		plastic(t, one, numbers...)
		require.ErrorIs(t, one.UpdateProfile(ctx, claimUpdate("R0", "79260000005", engine.Claims{Refuse: true})), crm.ErrNumberTaken)
		_, err := one.IssueReserved(ctx, claimIssue("R0", "79260000005", engine.Claims{Refuse: true}))
		require.ErrorIs(t, err, crm.ErrNumberTaken)

		var mu sync.Mutex
		done := 0
		var group sync.WaitGroup
		for i, number := range numbers {
			group.Go(func() {
				var err error
				if i%2 == 0 {
					err = one.UpdateProfile(ctx, claimUpdate(number, "79260000005", engine.Claims{PerDay: 3}))
				} else {
					_, err = other.IssueReserved(ctx, claimIssue(number, "79260000005", engine.Claims{PerDay: 3}))
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					done++
				} else {
					assert.ErrorIs(t, err, crm.ErrTooManyAttempts)
				}
			})
		}
		group.Wait()
		assert.Equal(t, 3, done)
	})
}

// TestBlockedCustomerGetsNoCardByItsNumber: whoever is blocked takes no plastic, by
// phone or by e-mail.
func TestBlockedCustomerGetsNoCardByItsNumber(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		plastic(t, store, "B1")
		_, err := store.Issue(ctx, engine.IssueRequest{Number: crm.CardNumber{Number: "B0"}, Profile: crm.Profile{Phone: "79260000006", Email: "b@example.com"}, Now: claimed})
		require.NoError(t, err)
		require.NoError(t, store.SetCardState(ctx, engine.StateChange{CardNumber: "B0", State: crm.CardBlocked, Now: claimed}))
		for _, who := range []crm.Profile{{Phone: "79260000006"}, {Email: "b@example.com"}, {Phone: "79260000006", Email: "b@example.com"}} {
			request := claimIssue("B1", "", engine.Claims{Failures: 20, PerDay: 3})
			request.Profile = who
			_, err = store.IssueReserved(ctx, request)
			require.ErrorIs(t, err, crm.ErrCardBlocked)
			update := claimUpdate("B1", "", engine.Claims{Failures: 20, PerDay: 3})
			update.Profile = who
			require.ErrorIs(t, store.UpdateProfile(ctx, update), crm.ErrCardBlocked)
		}
		card, err := store.Card(ctx, "B1")
		require.NoError(t, err)
		assert.Empty(t, card.CustomerID)
	})
}

// TestCodesAreUsedByCustomers: a customer with several cards uses a code once, also
// at the same moment, and may be wrong so often.
func TestCodesAreUsedByCustomers(t *testing.T) {
	twoStores(t, func(t *testing.T, one, other engine.Store) {
		ctx := t.Context()
		plastic(t, one, "C1", "C2", "C3", "C4")
		for _, number := range []string{"C1", "C2", "C3", "C4"} {
			require.NoError(t, one.UpdateProfile(ctx, claimUpdate(number, "79260000007", engine.Claims{})))
		}
		require.NoError(t, one.PutCodes(ctx, []engine.PromoCode{{Code: "ONCE", StartsAt: claimed.Add(-time.Hour), EndsAt: crm.Forever}}))
		use := func(store engine.Store, card, code string) (crm.Submitted, error) {
			return store.RedeemCode(ctx, engine.CodeSubmission{CardNumber: card, Code: code, Failures: 4, Now: claimed, Award: crm.Accrual{
				Points: 10, Kind: crm.PostingCode, AvailableFrom: claimed, ValidUntil: crm.Forever,
			}})
		}
		var mu sync.Mutex
		first := 0
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				done, err := use([]engine.Store{one, other}[i%2], fmt.Sprintf("C%d", 1+i%4), "ONCE")
				if !assert.NoError(t, err) {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				if !done.Repeated {
					first++
				}
				assert.EqualValues(t, 10, done.Points)
			})
		}
		group.Wait()
		assert.Equal(t, 1, first)
		total := int64(0)
		for _, number := range []string{"C1", "C2", "C3", "C4"} {
			card, err := one.Card(ctx, number)
			require.NoError(t, err)
			total += card.Balance
		}
		assert.EqualValues(t, 4*70+10, total)
		code, err := one.Code(ctx, "ONCE")
		require.NoError(t, err)
		assert.EqualValues(t, 1, code.Used)

		refused := 0
		for i := range 12 {
			group.Go(func() {
				_, err := use([]engine.Store{one, other}[i%2], fmt.Sprintf("C%d", 1+i%4), fmt.Sprintf("GUESS%d", i))
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, crm.ErrTooManyAttempts) {
					refused++
				} else {
					assert.ErrorIs(t, err, crm.ErrCodeUnknown)
				}
			})
		}
		group.Wait()
		assert.Equal(t, 8, refused)
		require.NoError(t, one.PutCodes(ctx, []engine.PromoCode{{Code: "RIGHT", StartsAt: claimed.Add(-time.Hour), EndsAt: crm.Forever}}))
		_, err = use(one, "C2", "RIGHT")
		require.ErrorIs(t, err, crm.ErrTooManyAttempts)
		again, err := use(other, "C3", "ONCE")
		require.NoError(t, err, "what was used before is the same success")
		assert.True(t, again.Repeated)
	})
}

// TestFormerPhones: a phone that a customer loses is kept for support, and forgotten
// after 90 days or with the customer.
func TestFormerPhones(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		keeper := store.(engine.FormerPhones)
		_, err := store.Issue(ctx, engine.IssueRequest{Number: crm.CardNumber{Number: "F1"}, Profile: crm.Profile{Phone: "79260000010"}, Now: claimed})
		require.NoError(t, err)
		require.NoError(t, store.UpdateProfile(ctx, claimUpdate("F1", "79260000010", engine.Claims{})), "the same phone")
		require.NoError(t, store.UpdateProfile(ctx, claimUpdate("F1", "79260000011", engine.Claims{})))
		second := claimUpdate("F1", "79260000012", engine.Claims{})
		second.Now = claimed.Add(time.Hour)
		require.NoError(t, store.UpdateProfile(ctx, second))
		found, err := keeper.FormerPhones(ctx, "F1", claimed)
		require.NoError(t, err)
		require.Len(t, found, 2)
		assert.Equal(t, engine.FormerPhone{Phone: "79260000011", Until: second.Now.Add(engine.FormerPhoneFor)}, found[0])
		card, err := store.Card(ctx, "F1")
		require.NoError(t, err)
		log, err := store.AuditLog(ctx, card.CustomerID, 10)
		require.NoError(t, err)
		assert.Len(t, log, 2)

		require.NoError(t, keeper.Forget(ctx, claimed.Add(engine.FormerPhoneFor)))
		found, err = keeper.FormerPhones(ctx, "F1", claimed)
		require.NoError(t, err)
		require.Len(t, found, 1)
		_, err = store.Erase(ctx, engine.EraseRequest{Phone: "79260000012", Actor: "x", Now: claimed})
		require.NoError(t, err)
		found, err = keeper.FormerPhones(ctx, "F1", claimed)
		require.NoError(t, err)
		assert.Empty(t, found)
	})
}
