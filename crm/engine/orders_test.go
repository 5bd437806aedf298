package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func orderOf(id string, points int64) crm.VendorOrder {
	return crm.VendorOrder{ID: id, Points: points, At: opening.Add(-time.Minute)}
}

func TestOrderLife(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Rules.KeepReturned = 14 * 24 * time.Hour })
	card := s.card(anna) // with a welcome of 100
	who := known(t, crm.ByPhone, anna)
	done, err := s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 60))
	require.NoError(t, err)
	assert.False(t, done.Repeated)
	done, err = s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 60))
	require.NoError(t, err)
	assert.True(t, done.Repeated)
	_, err = s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 61))
	assert.ErrorIs(t, err, crm.ErrOperationConflict)
	_, err = s.RedeemOrder(t.Context(), known(t, crm.ByCard, card.Number), orderOf("ORD-1", 60))
	assert.ErrorIs(t, err, crm.ErrOperationConflict, "it was named in another way")
	_, err = s.RedeemOrder(t.Context(), who, orderOf("ORD-2", 41))
	assert.ErrorIs(t, err, crm.ErrInsufficientPoints)
	account, err := s.Account(t.Context(), who)
	require.NoError(t, err)
	assert.Equal(t, []int64{40, 100}, []int64{account.Available, account.Card.EarnedTotal})

	require.NoError(t, s.SetCardState(t.Context(), card.Number, crm.CardInactive, "test", ""))
	_, err = s.RedeemOrder(t.Context(), who, orderOf("ORD-3", 1))
	assert.ErrorIs(t, err, crm.ErrCustomerNotFound)
	_, err = s.ReverseOrder(t.Context(), who, orderOf("ORD-1", 59), "")
	assert.ErrorIs(t, err, crm.ErrOrderMismatch)
	order, err := s.ReverseOrder(t.Context(), who, orderOf("ORD-1", 60), "out\nof stock \xff"+strings.Repeat("я", 300))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(order.Reason, "out of stock"), order.Reason)
	assert.Len(t, []rune(order.Reason), crm.MaxTextRunes)
	account, err = s.Account(t.Context(), who)
	require.NoError(t, err, "an inactive customer's points are shown")
	assert.Equal(t, []int64{100, 100}, []int64{account.Available, account.Card.EarnedTotal})
	_, err = s.ReverseOrder(t.Context(), who, orderOf("ORD-1", 60), "")
	assert.ErrorIs(t, err, crm.ErrOrderReversed)
	_, err = s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 60))
	assert.ErrorIs(t, err, crm.ErrOrderReversed)
	postings, err := s.Postings(t.Context(), card.Number, "", 10)
	require.NoError(t, err)
	assert.Equal(t, "Returned order ORD-1", postings[0].Description)
	assert.Equal(t, "Order ORD-1", postings[1].Description)
}

func TestReturnedPointsLive(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Rules.KeepReturned = 3 * 24 * time.Hour })
	card := s.card(anna)
	who := known(t, crm.ByCard, card.Number)
	_, err := s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 60))
	require.NoError(t, err)
	s.clock.forward(500 * 24 * time.Hour) // the welcome is long over
	_, err = s.ExpirePoints(t.Context())
	require.NoError(t, err)
	_, err = s.ReverseOrder(t.Context(), who, orderOf("ORD-1", 60), "")
	require.NoError(t, err)
	for _, want := range []int64{60, 60, 60, 60, 0} {
		account, err := s.Account(t.Context(), who)
		require.NoError(t, err)
		assert.Equal(t, want, account.Available)
		s.clock.forward(24 * time.Hour)
	}
}

func TestPartialReversalIsSwitched(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Rules.PartialReversal = true })
	s.card(anna)
	who := known(t, crm.ByPhone, anna)
	_, err := s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 60))
	require.NoError(t, err)
	order, err := s.ReverseOrder(t.Context(), who, orderOf("ORD-1", 10), "")
	require.NoError(t, err)
	assert.Equal(t, int64(10), order.Returned)
}

func TestOrdersOfReplacedCard(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	who := known(t, crm.ByCard, card.Number)
	_, err := s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 60))
	require.NoError(t, err)
	replacement, err := s.ReplaceCard(t.Context(), card.Number, "new-1", "test", "")
	require.NoError(t, err)
	done, err := s.RedeemOrder(t.Context(), who, orderOf("ORD-1", 60))
	require.NoError(t, err, "the number is nobody's any more, the order is known")
	assert.True(t, done.Repeated)
	_, err = s.RedeemOrder(t.Context(), who, orderOf("ORD-2", 1))
	assert.ErrorIs(t, err, crm.ErrCustomerNotFound)
	_, err = s.ReverseOrder(t.Context(), who, orderOf("ORD-1", 60), "")
	require.NoError(t, err)
	assert.Equal(t, int64(100), s.balance(replacement.Number))
}

func TestOrdersThatCannotBe(t *testing.T) {
	s := newShop(t)
	s.card(anna)
	who := known(t, crm.ByPhone, anna)
	for _, points := range []int64{0, -1, crm.MaxPoints + 1} {
		_, err := s.RedeemOrder(t.Context(), who, orderOf("ORD-1", points))
		require.ErrorIs(t, err, crm.ErrInvalidAmount)
		_, err = s.ReverseOrder(t.Context(), who, orderOf("ORD-1", points), "")
		require.ErrorIs(t, err, crm.ErrInvalidAmount)
	}
	for _, id := range []string{"", "a\x00b", "\xff", strings.Repeat("x", crm.MaxOrderIDBytes+1)} {
		_, err := s.RedeemOrder(t.Context(), who, orderOf(id, 1))
		require.ErrorIs(t, err, crm.ErrInvalidRecord)
		_, err = s.ReverseOrder(t.Context(), who, orderOf(id, 1), "")
		require.ErrorIs(t, err, crm.ErrInvalidRecord)
		_, err = s.Order(t.Context(), id)
		require.ErrorIs(t, err, crm.ErrInvalidRecord)
	}
	_, err := s.Order(t.Context(), "ORD-1")
	require.ErrorIs(t, err, crm.ErrOrderUnknown, "nothing of it was remembered")
	assert.Equal(t, int64(100), s.balance(s.card(anna).Number))
}
