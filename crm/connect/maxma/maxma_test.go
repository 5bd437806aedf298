package maxma

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/maxma"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
)

func house(t *testing.T) (*Connector, *maxma.Simulator) {
	s := maxma.New("key", sim.Settings{Seed: 1})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { server.Close(); s.Close() })
	return New(server.URL, "key", "koshelek", connector.Options{InFlight: 8}), s
}

func enrollment(n int) crm.Enrollment {
	return crm.Enrollment{Key: fmt.Sprint("k", n), Number: crm.CardNumber{Number: fmt.Sprintf("29%011d", n)}, Profile: crm.Profile{
		Phone: fmt.Sprintf("7900%07d", n), Email: fmt.Sprintf("a%d@example.com", n), Surname: "Иванов", FirstName: "Пётр", Sex: "m", BirthDate: "1980-02-29",
	}}
}

func TestEveryCall(t *testing.T) {
	c, s := house(t)
	ctx := t.Context()
	_, err := c.Describe(ctx)
	require.NoError(t, err)
	e := enrollment(1)
	found, err := c.Find(ctx, crm.Identity{Phone: e.Profile.Phone})
	require.NoError(t, err)
	assert.Empty(t, found)
	for range 2 {
		made, err := c.Enroll(ctx, e)
		require.NoError(t, err)
		assert.Equal(t, e.Profile, made.Profile)
		assert.Equal(t, e.Number.Number, made.Card)
	}
	assert.Len(t, s.Stored(), 1)
	ref := crm.Ref{Card: e.Number.Number}
	require.NoError(t, c.Update(ctx, "u", ref, crm.Profile{Surname: "Сидоров"}))
	require.NoError(t, c.SetChannels(ctx, "c", ref, map[crm.Channel]bool{crm.ChannelEmail: false, crm.ChannelSMS: true, crm.ChannelPush: true}))
	stored := s.Stored()[0]
	assert.Equal(t, "Сидоров", stored.Surname)
	assert.Equal(t, "Пётр", stored.Name)
	assert.False(t, *stored.IsEmailSubscribed)
	assert.True(t, *stored.IsPhoneSubscribed)

	for name, c2 := range map[string]struct {
		change func(e *crm.Enrollment)
		kind   crm.Kind
	}{
		"number": {func(e *crm.Enrollment) { e.Number.Number = ref.Card }, crm.ErrNumberTaken},
		"e-mail": {func(e *crm.Enrollment) { e.Profile.Email = "a1@example.com" }, crm.ErrEmailTaken},
		"phone":  {func(e *crm.Enrollment) { e.Profile.Phone = "79000000001" }, crm.ErrPhoneTaken},
		"digits": {func(e *crm.Enrollment) { e.Number.Number = "A1" }, crm.ErrInvalidCardNumber},
	} {
		other := enrollment(2)
		c2.change(&other)
		_, err := c.Enroll(ctx, other)
		assert.Equal(t, c2.kind, crm.KindOf(err), name)
	}
	_, err = c.Member(ctx, crm.Ref{Card: "404"})
	assert.Equal(t, crm.ErrCardNotFound, crm.KindOf(err))

	s.Put(maxma.Record{Client: maxma.Client{PhoneNumber: "+79000000003", Card: "3"}, Pending: 5, Bonuses: []maxma.Bonus{{ExpireAt: "2030-01-01T00:00:00+03:00", Amount: 7}, {Amount: 3}}})
	b, err := c.Balance(ctx, crm.Ref{Card: "3"})
	require.NoError(t, err)
	assert.Equal(t, int64(15), b.Total)
	assert.Equal(t, int64(10), b.Available)
	assert.Len(t, b.Lots, 3)
	assert.True(t, b.Lots[0].ValidUntil.Equal(time.Date(2029, 12, 31, 21, 0, 0, 0, time.UTC)))
	s.Put(maxma.Record{Client: maxma.Client{PhoneNumber: "+79000000004", Card: "4"}, Suspended: true})
	_, err = c.Find(ctx, crm.Identity{Phone: "79000000004"})
	assert.Equal(t, crm.ErrCardBlocked, crm.KindOf(err))
	s.Put(maxma.Record{Client: maxma.Client{PhoneNumber: "+79000000005"}})
	given, err := c.Enroll(ctx, enrollment(5))
	require.NoError(t, err, "a client without a card is given it")
	assert.Equal(t, enrollment(5).Number.Number, given.Card)
}

func TestRacesMakeOneClient(t *testing.T) {
	c, s := house(t)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			made, err := c.Enroll(context.WithoutCancel(t.Context()), enrollment(1))
			assert.NoError(t, err)
			assert.Equal(t, enrollment(1).Number.Number, made.Card)
		})
	}
	wait.Wait()
	assert.Len(t, s.Stored(), 1)
}

// What is unknown is said to be, and the repetition finds what was done.
func TestFaults(t *testing.T) {
	for fault, want := range map[string]struct {
		kind crm.Kind
		done bool
	}{
		maxma.Busy: {crm.ErrNotDone, false}, sim.Status401: {crm.ErrNotDone, false}, sim.Status429: {crm.ErrNotDone, false}, sim.Status500: {crm.ErrUnavailable, false},
		sim.HTML502: {crm.ErrUnavailable, false}, sim.CutBefore: {crm.ErrUnavailable, false}, sim.Redirect301: {crm.ErrUnavailable, false},
		sim.LostAnswer: {crm.ErrUnavailable, true}, sim.ResetAnswer: {crm.ErrUnavailable, true}, sim.Status500After: {crm.ErrUnavailable, true}, sim.HTML502After: {crm.ErrUnavailable, true},
		sim.EmptyAnswer: {crm.ErrUnavailable, true}, sim.TruncatedAnswer: {crm.ErrUnavailable, true}, sim.HugeAnswer: {crm.ErrUnavailable, true},
	} {
		t.Run(fault, func(t *testing.T) {
			c, s := house(t)
			_, err := s.Faults.Add(sim.Next(fault, "new-client"))
			require.NoError(t, err)
			_, err = c.Enroll(t.Context(), enrollment(1))
			assert.Equal(t, want.kind, crm.KindOf(err))
			assert.Equal(t, want.done, len(s.Stored()) == 1)
			assert.NotContains(t, fmt.Sprint(err), "79000000001")
			_, err = c.Enroll(t.Context(), enrollment(1))
			require.NoError(t, err)
			assert.Len(t, s.Stored(), 1)
			_, err = s.Faults.Add(sim.Next(fault, "get-balance"))
			require.NoError(t, err)
			_, err = c.Find(t.Context(), crm.Identity{Phone: "79000000009"})
			assert.Error(t, err, "nobody is not said without the vendor's word")
		})
	}
}

func TestAnswersAboutSomebodyElse(t *testing.T) {
	for name, body := range map[string]string{
		"another": `{"client":{"phoneNumber":"+79000000002","cardString":"2"},"bonuses":[]}`, "no client": `{}`, "HTML": `<html>`, "wrong type": `{"client":[]}`, "unknown code": `{"errorCode":77}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		c := New(server.URL, "key", "koshelek", connector.Options{})
		_, err := c.Find(t.Context(), crm.Identity{Phone: "79000000001"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), name)
		_, err = c.Member(t.Context(), crm.Ref{Card: "1"})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), name)
		server.Close()
	}
}

// sale is a receipt of 1,000 roubles, which earn 100 points.
var sale = crm.Receipt{
	ReceiptKey: crm.ReceiptKey{FN: "9999078900004312", I: 7, FP: 77}, At: time.Date(2026, 9, 1, 12, 30, 0, 0, time.UTC), SumKopecks: 1000_00, Kind: crm.ReceiptSale,
}

// A receipt becomes one order whatever was lost on the way, and none where the till
// has reported the sale.
func TestReceipts(t *testing.T) {
	for _, fault := range []string{"", sim.CutBefore, sim.LostAnswer, sim.Status500After, sim.TruncatedAnswer, sim.HTML502, maxma.Busy, maxma.General, sim.Status429} {
		for _, endpoint := range []string{"get-purchase-history", "v2/set-order", "confirm-order"} {
			c, s := house(t)
			made, err := c.Enroll(t.Context(), enrollment(1))
			require.NoError(t, err)
			if fault != "" {
				_, err = s.Faults.Add(sim.Next(fault, endpoint))
				require.NoError(t, err)
				_, err = c.Receipt(t.Context(), "k", made.Ref, sale)
				require.Error(t, err)
				notDone := crm.KindOf(err) == crm.ErrNotDone
				assert.Equal(t, notDone, endpoint == "get-purchase-history" || endpoint == "v2/set-order" && (fault == maxma.Busy || fault == sim.Status429), "%s %s: %v", fault, endpoint, err)
			}
			for range 2 {
				applied, err := c.Receipt(t.Context(), "k", made.Ref, sale)
				require.NoError(t, err)
				assert.Equal(t, int64(100), applied.Points, "%s %s", fault, endpoint)
			}
			assert.Equal(t, int64(100), s.Stored()[0].Bonuses[0].Amount)
			assert.Len(t, s.Stored()[0].Bonuses, 1)
		}
	}
	c, s := house(t)
	made, err := c.Enroll(t.Context(), enrollment(1))
	require.NoError(t, err)
	s.Change(made.Card, func(r *maxma.Record) {
		r.Bought = []maxma.Purchase{{TxID: "till", ExecutedAt: sale.At.Add(2 * time.Minute), TotalAmount: 1200, PaidAmount: 1000}}
	})
	applied, err := c.Receipt(t.Context(), "k", made.Ref, sale)
	require.NoError(t, err)
	assert.Equal(t, crm.Applied{Repeated: true, Ref: "till"}, applied)
	other := sale
	other.I, other.SumKopecks = 8, 999_00
	applied, err = c.Receipt(t.Context(), "k", made.Ref, other)
	require.NoError(t, err)
	assert.Equal(t, int64(99), applied.Points, "another sum is another sale")
	other.Kind, other.I = crm.ReceiptSaleRefund, 9
	applied, err = c.Receipt(t.Context(), "k", made.Ref, other)
	require.NoError(t, err)
	assert.Zero(t, applied, "tills report refunds")
}

// Points are moved once; a lost answer can be confirmed by the history, which holds the
// key, and is never said to be refused.
func TestPoints(t *testing.T) {
	c, s := house(t)
	ctx := t.Context()
	made, err := c.Enroll(ctx, enrollment(1))
	require.NoError(t, err)
	_, err = c.Move(ctx, "k1", made.Ref, crm.PointsMove{Points: 50, Description: "gift", ValidUntil: time.Now().Add(72 * time.Hour)})
	require.NoError(t, err)
	left, err := time.Parse(time.RFC3339, s.Stored()[0].Bonuses[0].ExpireAt)
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(72*time.Hour), left, time.Hour)
	_, err = c.Move(ctx, "k2", made.Ref, crm.PointsMove{Points: -51})
	assert.Equal(t, crm.ErrInsufficientPoints, crm.KindOf(err))
	_, err = c.Move(ctx, "k3", made.Ref, crm.PointsMove{Points: 1, AvailableFrom: time.Now().Add(time.Hour)})
	assert.Equal(t, crm.ErrNotSupported, crm.KindOf(err))
	for fault, done := range map[string]bool{sim.LostAnswer: true, sim.Status500After: true, sim.CutBefore: false, maxma.General: false} {
		_, err = s.Faults.Add(sim.Next(fault, "adjust-balance"))
		require.NoError(t, err)
		_, err = c.Move(ctx, fault, made.Ref, crm.PointsMove{Points: 5})
		assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
		applied, found, err := c.Operation(ctx, fault, made.Ref, time.Now())
		require.NoError(t, err)
		assert.Equal(t, done, found, fault)
		if done {
			assert.Equal(t, int64(5), applied.Points)
		}
	}
	assert.Equal(t, int64(60), s.Stored()[0].Bonuses[0].Amount+s.Stored()[0].Bonuses[1].Amount+s.Stored()[0].Bonuses[2].Amount)
}

// Purchases are lines of rows, of whole purchases without rows, and not of orders that
// came to nothing; more than one of the vendor's pages is read.
func TestPurchases(t *testing.T) {
	c, s := house(t)
	made, err := c.Enroll(t.Context(), enrollment(1))
	require.NoError(t, err)
	at := time.Date(2026, 9, 1, 22, 30, 0, 0, time.UTC)
	s.Change(made.Card, func(r *maxma.Record) {
		r.Bought = []maxma.Purchase{
			{TxID: "1", ExecutedAt: at, Shop: maxma.Shop{Code: "m", Name: "Мега"}, Rows: []maxma.Row{
				{Title: "Чай", SKU: "7", Qty: 1.5, PaidAmount: 99.9, Bonuses: &maxma.Bonuses{Applied: 4, Collected: 1}}, {SKU: "8", Qty: 1, PaidAmount: 10},
			}},
			{TxID: "2", ExecutedAt: at, PaidAmount: 5, OrderID: "o", Bonuses: &maxma.Bonuses{Collected: 2}}, {TxID: "3", ExecutedAt: at, OrderID: "p", OrderStatus: "CANCELLED"},
		}
		for i := range 250 {
			r.Bought = append(r.Bought, maxma.Purchase{TxID: fmt.Sprintf("x%03d", i), ExecutedAt: at.AddDate(0, -1, 0), PaidAmount: 1})
		}
	})
	lines, next, err := c.Purchases(t.Context(), made.Ref, "2026-09-01", "2026-09-01", "", 10)
	require.NoError(t, err)
	assert.Empty(t, next)
	assert.Equal(t, []crm.Purchase{
		{CardNumber: made.Card, Ref: "1-0", Date: "2026-09-01", Item: "Чай", AmountKopecks: 9990, QuantityMilli: 1500, Location: "Мега", BonusPoints: -3},
		{CardNumber: made.Card, Ref: "1-1", Date: "2026-09-01", Item: "8", AmountKopecks: 1000, QuantityMilli: 1000, Location: "Мега"},
		{CardNumber: made.Card, Ref: "2", Date: "2026-09-01", Item: "o", AmountKopecks: 500, QuantityMilli: 1000, BonusPoints: 2},
	}, lines)
	lines, _, err = c.Purchases(t.Context(), made.Ref, "2026-08-01", "2026-08-31", "", 500)
	require.NoError(t, err)
	assert.Len(t, lines, 250)
}

func TestSettingsOfTheProgramme(t *testing.T) {
	c, s := house(t)
	before, err := c.Describe(t.Context())
	require.NoError(t, err)
	s.VerifyPhones(true)
	about, err := c.Describe(t.Context())
	require.NoError(t, err)
	assert.Len(t, about.Notes, len(before.Notes)+1)
}
