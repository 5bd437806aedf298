package connect_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// withPoints is a house whose CRM takes points, and neither receipts nor codes.
func withPoints(t *testing.T, offers ...string) *house { return withPointsOver(t, "", offers...) }

func withPointsOver(t *testing.T, url string, offers ...string) *house {
	h := newHouse(t, url)
	h.crm.Put(crm.Profile{Phone: anna}, annasCard, crm.CardActive, 70)
	h.crm.Offer(append(offers, crm.OffersBalance, crm.OffersPoints)...)
	return h
}

func (h *house) points(number string) int64 {
	b, err := h.crm.Balance(context.Background(), crm.Ref{Card: number})
	require.NoError(h.t, err)
	return b.Total
}

// TestReceiptsByOurRules: a sale earns once what our rules say, within the limits of a
// day, whatever is lost on the way.
func TestReceiptsByOurRules(t *testing.T) {
	for _, fault := range []connecttest.Fault{connecttest.Fine, connecttest.Refused, connecttest.CutBefore, connecttest.CutAfter} {
		h := withPointsOver(t, sqldbtest.MariaDB(t))
		h.crm.Fail(once("points", fault))
		_, err := h.SubmitReceipt(t.Context(), annasCard, receiptOf(1))
		if fault == connecttest.Refused {
			require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
		}
		h.clock.forward(time.Minute)
		for range 2 {
			done, err := h.SubmitReceipt(t.Context(), annasCard, receiptOf(1))
			require.NoError(t, err)
			assert.Equal(t, int64(10), done.Points)
		}
		assert.Equal(t, int64(80), h.points(annasCard))
	}

	h := withPoints(t)
	refund, old, future := receiptOf(2), receiptOf(3), receiptOf(4)
	refund.Kind, old.At, future.At = crm.ReceiptSaleRefund, opening.Add(-2*time.Hour), opening.Add(2*time.Hour)
	done, err := h.SubmitReceipt(t.Context(), annasCard, refund)
	require.NoError(t, err)
	assert.Zero(t, done.Points)
	_, err = h.SubmitReceipt(t.Context(), annasCard, old)
	assert.ErrorIs(t, err, crm.ErrReceiptTooOld)
	_, err = h.SubmitReceipt(t.Context(), annasCard, future)
	assert.ErrorIs(t, err, crm.ErrReceiptFuture)
	for i, want := range []int64{10, 10, 5, 0} { // 25 points a day
		done, err := h.SubmitReceipt(t.Context(), annasCard, receiptOf(10+i))
		require.NoError(t, err)
		assert.Equal(t, want, done.Points)
	}
	assert.Equal(t, int64(95), h.points(annasCard))
	for i := range 2 {
		big := receiptOf(20 + i)
		_, err = h.SubmitReceipt(t.Context(), annasCard, big)
	}
	assert.NoError(t, err, "what earns nothing does not count")
	before := h.crm.Calls("points")
	_, err = h.SubmitReceipt(t.Context(), "4600000000099", receiptOf(30))
	assert.ErrorIs(t, err, crm.ErrCardNotFound)
	assert.Equal(t, before, h.crm.Calls("points"))
}

// TestTillsRecordIsMatchedFirst: what the till has told the CRM earns nothing more.
func TestTillsRecordIsMatchedFirst(t *testing.T) {
	h := withPoints(t, crm.OffersPurchases)
	day := crm.DateOf(opening, time.UTC)
	for i, kopecks := range []int64{50_00, 30_00, 70_00, 99_00} {
		h.crm.PutPurchase(annasCard, crm.Purchase{Ref: string(rune('a' + i)), Date: day, Item: "Tea", AmountKopecks: kopecks, QuantityMilli: 1000})
	}
	done, err := h.SubmitReceipt(t.Context(), annasCard, receiptOf(1)) // 30 and 70 roubles
	require.NoError(t, err)
	assert.Zero(t, done.Points)
	other := receiptOf(2)
	other.SumKopecks = 100_01
	done, err = h.SubmitReceipt(t.Context(), annasCard, other)
	require.NoError(t, err)
	assert.Equal(t, int64(10), done.Points)
	h.crm.Fail(always(connecttest.Refused, "purchases"))
	_, err = h.SubmitReceipt(t.Context(), annasCard, receiptOf(3))
	assert.Equal(t, crm.ErrUnavailable, crm.KindOf(err), "nothing is booked before the till's record was looked at")
}

// TestCodesByOurRules: a code of ours is used once by a card, and never more often than
// its limit; a use that came to nothing is given back.
func TestCodesByOurRules(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { codesByOurRules(t, withPoints(t)) })
	t.Run("mariadb", func(t *testing.T) { codesByOurRules(t, withPointsOver(t, sqldbtest.MariaDB(t))) })
}

func codesByOurRules(t *testing.T, h *house) {
	h.crm.Put(crm.Profile{Phone: boris}, "4600000000022", crm.CardActive, 0)
	require.NoError(t, h.store.PutCodes(t.Context(), []engine.PromoCode{
		{Code: "ONE", Points: 50, EndsAt: crm.Forever, MaxUses: 1}, {Code: "LATER", Points: 1, StartsAt: opening.Add(time.Hour), EndsAt: crm.Forever},
	}))
	_, err := h.RedeemCode(t.Context(), annasCard, "NONE")
	assert.ErrorIs(t, err, crm.ErrCodeUnknown)
	_, err = h.RedeemCode(t.Context(), annasCard, "LATER")
	assert.ErrorIs(t, err, crm.ErrCodeNotStarted)
	h.crm.Fail(once("points", connecttest.Refused))
	_, err = h.RedeemCode(t.Context(), annasCard, "ONE")
	require.Equal(t, crm.ErrUnavailable, crm.KindOf(err))
	code, err := h.store.Code(t.Context(), "ONE")
	require.NoError(t, err)
	assert.Zero(t, code.Used, "a use that came to nothing is given back")
	h.crm.Fail(once("points", connecttest.CutAfter))
	for range 2 {
		done, err := h.RedeemCode(t.Context(), annasCard, "ONE")
		require.NoError(t, err)
		assert.Equal(t, int64(50), done.Points)
	}
	_, err = h.RedeemCode(t.Context(), "4600000000022", "ONE")
	assert.ErrorIs(t, err, crm.ErrCodeUsedUp)
	assert.Equal(t, int64(120), h.points(annasCard))
	code, err = h.store.Code(t.Context(), "ONE")
	require.NoError(t, err)
	assert.EqualValues(t, 1, code.Used)
}

// TestPointsByHand: a key moves points once, and a CRM without points refuses it.
func TestPointsByHand(t *testing.T) {
	h := withPoints(t)
	grant := crm.Transaction{Key: "gift", CardNumber: annasCard, Points: 30, Description: "Gift"}
	first, err := h.Credit(t.Context(), grant)
	require.NoError(t, err)
	h.clock.forward(time.Minute)
	again, err := h.Credit(t.Context(), grant)
	require.NoError(t, err)
	assert.Equal(t, first, again)
	other := grant
	other.Points = 31
	_, err = h.Credit(t.Context(), other)
	assert.ErrorIs(t, err, crm.ErrOperationConflict)
	_, err = h.Debit(t.Context(), crm.Transaction{Key: "too much", CardNumber: annasCard, Points: 101})
	assert.ErrorIs(t, err, crm.ErrInsufficientPoints)
	taken, err := h.Debit(t.Context(), crm.Transaction{Key: "all", CardNumber: annasCard, Points: 100})
	require.NoError(t, err)
	assert.Equal(t, int64(-100), taken.Points)
	assert.Zero(t, h.points(annasCard))
	h.crm.Offer(crm.OffersBalance)
	over, err := connect.New(h.crm, h.store, h.numbers, connect.Options{})
	require.NoError(t, err)
	_, err = over.Credit(t.Context(), crm.Transaction{Key: "k", CardNumber: annasCard, Points: 1})
	assert.ErrorIs(t, err, crm.ErrNotSupported)
}
