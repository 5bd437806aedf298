package journalcrm

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

const phone = "79216668899"

// deed is a call that changes something.
type deed func(t *testing.T, c *CRM)

func ok[A any](t *testing.T, answer A, err error) A {
	t.Helper()
	require.NoError(t, err)
	return answer
}

// deeds make every method leave a line in the journal.
func deeds() []deed {
	return []deed{
		func(t *testing.T, c *CRM) {
			pool := engine.PoolRequest{Now: noon, Numbers: []crm.CardNumber{{Number: "100"}, {Number: "101"}, {Number: "102"}}}
			_, err := c.AddNumbers(t.Context(), pool)
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			_, err := c.LeaseNumbers(t.Context(), engine.LeaseRequest{Count: 2, Now: noon, Until: noon.Add(time.Hour)})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			require.NoError(t, c.ReleaseNumbers(t.Context(), []string{"101"}, noon.Add(time.Hour)))
		},
		func(t *testing.T, c *CRM) {
			_, err := c.Issue(t.Context(), engine.IssueRequest{
				Profile: crm.Profile{Phone: phone, FirstName: "Zoë \u2028 <Ж>"}, Number: crm.CardNumber{Number: "100"}, Now: noon,
				Welcome: crm.Accrual{Points: 50, Kind: crm.PostingWelcome, AvailableFrom: noon, ValidUntil: crm.Forever},
			})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			_, err := c.IssueReserved(t.Context(), engine.IssueRequest{
				Profile: crm.Profile{Email: "second@example.com"}, Number: crm.CardNumber{Number: "101"}, Now: noon,
			})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			rows := []engine.CardRecord{{CardNumber: crm.CardNumber{Number: "200"}, State: crm.CardActive, Balance: 7, IssuedAt: noon}}
			_, err := c.ImportCards(t.Context(), rows, noon)
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			change := engine.StateChange{CardNumber: "200", State: crm.CardInactive, Actor: "operator", Reason: "lost", Now: noon}
			require.NoError(t, c.SetCardState(t.Context(), change))
		},
		func(t *testing.T, c *CRM) {
			update := engine.ProfileUpdate{CardNumber: "100", Profile: crm.Profile{Email: "first@example.com"}, Now: noon}
			require.NoError(t, c.UpdateProfile(t.Context(), update))
		},
		func(t *testing.T, c *CRM) {
			wanted := map[crm.Channel]bool{"sms": true, "call": false, "email": true, "push": false}
			require.NoError(t, c.SetChannels(t.Context(), engine.ChannelsUpdate{CardNumber: "100", Wanted: wanted, Source: "app", Now: noon}))
		},
		func(t *testing.T, c *CRM) {
			_, err := c.Grant(t.Context(), engine.Movement{
				Key: "g", CardNumber: "100", Points: 20, AvailableFrom: noon, ValidUntil: noon.Add(time.Hour), Now: noon,
			})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			_, err := c.Take(t.Context(), engine.Movement{Key: "t", CardNumber: "100", Points: 5, Now: noon})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			booked, err := c.ExpirePoints(t.Context(), noon.Add(2*time.Hour), 10)
			require.NoError(t, err)
			require.Equal(t, 1, booked)
		},
		func(t *testing.T, c *CRM) {
			key := crm.ReceiptKey{FN: "9960440300123456", I: 1, FP: 2}
			_, err := c.SubmitReceipt(t.Context(), engine.ReceiptSubmission{
				CardNumber: "100", Now: noon,
				Receipt:  crm.Receipt{ReceiptKey: key, At: noon.In(time.FixedZone("MSK", 3*3600)), SumKopecks: 100, Kind: crm.ReceiptSale},
				Award:    crm.Accrual{Points: 1, Kind: crm.PostingReceipt, AvailableFrom: noon, ValidUntil: crm.Forever},
				Messages: []outbox.Message{{Key: "1", Cause: key.Cause(), Vendor: "points", Action: "earn", Points: 9, Effect: outbox.EffectBook}},
			})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			claimed, err := c.ClaimDeliveries(t.Context(), outbox.ClaimRequest{
				Vendor: "points", Claim: "w", Limit: 10, Now: noon, Until: noon.Add(time.Minute),
			})
			require.NoError(t, err)
			require.Len(t, claimed, 1)
		},
		func(t *testing.T, c *CRM) {
			list, err := c.ListDeliveries(t.Context(), outbox.Query{Limit: 10})
			require.NoError(t, err)
			_, err = c.SettleDelivery(t.Context(), outbox.Settlement{
				ID: list[0].ID, Claim: "w", State: outbox.StateDone, DueAt: noon, Booked: 9, VendorRef: "tx", Answer: []byte("{}"), Now: noon,
				Credit: crm.Accrual{Points: 9, Kind: crm.PostingReward, AvailableFrom: noon, ValidUntil: crm.Forever},
			})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			require.NoError(t, c.PutCodes(t.Context(), []engine.PromoCode{{Code: "SPRING", Points: 3, EndsAt: crm.Forever}}))
		},
		func(t *testing.T, c *CRM) {
			_, err := c.RedeemCode(t.Context(), engine.CodeSubmission{CardNumber: "100", Code: "SPRING", Now: noon})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			_, _, err := c.PutPurchases(t.Context(), []crm.Purchase{{CardNumber: "100", Ref: "1", Date: "2026-03-10", Item: "Coffee"}})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			require.NoError(t, c.PutOffers(t.Context(), []crm.Offer{{ID: "1", Audience: crm.AudienceAll, Name: "Tea"}}))
		},
		func(t *testing.T, c *CRM) { require.NoError(t, c.SetSegments(t.Context(), "100", []string{"vip"})) },
		func(t *testing.T, c *CRM) {
			_, err := c.EndOffer(t.Context(), "1", "2026-03-10")
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			code := engine.OneTimeCode{
				CustomerID: c.state.Cards["100"].CustomerID, CardNumber: "100", Reference: "r", Hash: "h", Now: noon, ExpiresAt: noon.Add(time.Hour),
				Limits: engine.CodeLimits{MaxAttempts: 1, MaxSends: 1, MaxFailures: 1, Window: time.Hour},
			}
			require.NoError(t, c.PutOneTimeCode(t.Context(), code))
		},
		func(t *testing.T, c *CRM) {
			attempt := engine.CodeAttempt{
				CustomerID: c.state.Cards["100"].CustomerID, CardNumber: "100", Reference: "r", Hash: "wrong", Attempt: "a", Now: noon,
				Limits: engine.CodeLimits{MaxAttempts: 1, MaxSends: 1, MaxFailures: 1, Window: time.Hour},
			}
			require.ErrorIs(t, c.UseOneTimeCode(t.Context(), attempt), crm.ErrCodeWrong, "and it is counted")
		},
		func(t *testing.T, c *CRM) {
			_, err := c.RedeemOrder(t.Context(), engine.OrderRedemption{OrderID: "O", CardNumber: "100", Points: 3, CallID: "c", Now: noon})
			require.NoError(t, err)
		},
		func(t *testing.T, c *CRM) {
			_, err := c.ReverseOrder(t.Context(), engine.OrderReversal{OrderID: "unknown", Points: 3, CallID: "c", Now: noon})
			require.ErrorIs(t, err, crm.ErrOrderUnknown, "and it is remembered")
		},
		func(t *testing.T, c *CRM) {
			_, err := c.ReplaceCard(t.Context(), engine.Replacement{CardNumber: "101", New: crm.CardNumber{Number: "300"}, Now: noon})
			require.NoError(t, err)
		},
	}
}

// memory is the whole state as text.
func memory(t *testing.T, c *CRM) string {
	t.Helper()
	text, err := json.MarshalIndent(c.state, "", " ")
	require.NoError(t, err)
	return string(text)
}

func TestReplayGivesTheSameState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "crm.journal")
	c := openFor(t, path)
	for _, do := range deeds() {
		do(t, c)
	}
	want := memory(t, c)
	require.Len(t, lines(t, path), len(replayers)-1, "each method leaves a line, but for the snapshot")
	require.NoError(t, c.Close())
	c = openFor(t, path)
	require.Equal(t, want, memory(t, c))

	// A state that is read back from a snapshot is the state.
	require.NoError(t, c.journal.rewrite(c.state))
	require.NoError(t, c.Close())
	require.Len(t, lines(t, path), 1)
	require.Equal(t, want, memory(t, openFor(t, path)))
}

func TestTornLineIsCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	c := openFor(t, path)
	all := deeds()
	all[0](t, c)
	before := memory(t, c)
	all[1](t, c)
	after := memory(t, c)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	first := len(lines(t, path)[0])

	for size := first; size <= len(content); size++ {
		torn := filepath.Join(t.TempDir(), "crm.journal")
		require.NoError(t, os.WriteFile(torn, content[:size], 0o600))
		c := openFor(t, torn)
		want := before
		if size == len(content) {
			want = after
		}
		require.Equal(t, want, memory(t, c), "%d bytes", size)
		// What comes after the cut is whole again.
		all[15](t, c)
		want = memory(t, c)
		require.Equal(t, want, memory(t, openFor(t, copyOf(t, torn))), "%d bytes", size)
	}
}

func TestZerosAfterTheLastLineAreCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	c := openFor(t, path)
	deeds()[0](t, c)
	want := memory(t, c)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	torn := append(append(content, make([]byte, 100)...), '\n')
	require.NoError(t, c.Close())
	require.NoError(t, os.WriteFile(path, torn, 0o600))
	require.Equal(t, want, memory(t, openFor(t, path)))
}

func TestDamageInTheMiddleIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.journal")
	for name, content := range map[string]string{
		"not JSON":       "{\"method\":\n" + `{"method":"PutOffers","request":[]}` + "\n",
		"unknown method": `{"method":"Guess","request":[]}` + "\n",
		"refused call":   `{"method":"SetSegments","request":{"Number":"none"}}` + "\n",
		"wrong request":  `{"method":"SetSegments","request":[]}` + "\n",
	} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := Open(t.Context(), path)
		require.ErrorContains(t, err, "line 1", name)
	}
}
