package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// receiptAt is the contract's receipt, dated by the programme's clock.
func receiptAt(at time.Time) string {
	return strings.Replace(fresh, "20260906T1215", at.In(moscow).Format("20060102T1504"), 1)
}

func TestReceiptEarnsOnce(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	first, err := s.SubmitReceipt(t.Context(), crm.CardRef{CardNumber: card.Number}, fresh)
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{Points: 77}, first)
	// The same receipt as the till prints it with seconds, in a URL, with zeros,
	// sent by the phone of the card's holder.
	again := "https://example.com/?" + strings.Replace(strings.Replace(fresh, "T1215", "T121533", 1), "i=12345", "i=0012345", 1)
	second, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: "+7 921 666-88-99"}, again)
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{Repeated: true, Points: 77}, second)
	require.Equal(t, int64(100+77), s.balance(card.Number))
}

func TestReceiptOfAnotherCard(t *testing.T) {
	s := newShop(t)
	s.card(anna)
	s.card(boris)
	_, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, fresh)
	require.NoError(t, err)
	_, err = s.SubmitReceipt(t.Context(), crm.CardRef{Phone: boris}, fresh)
	require.ErrorIs(t, err, crm.ErrReceiptTaken)
	_, err = s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, strings.Replace(fresh, "1543.20", "9543.20", 1))
	require.ErrorIs(t, err, crm.ErrReceiptMismatch)
}

// Only sales earn; the others are kept, so that they cannot come back as sales.
func TestReceiptThatIsNoSale(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	refund := strings.Replace(fresh, "n=1", "n=2", 1)
	got, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, refund)
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{}, got)
	_, err = s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, fresh)
	require.ErrorIs(t, err, crm.ErrReceiptMismatch)
	require.Equal(t, int64(100), s.balance(card.Number))
}

// A till's clock may run ahead, but not further than the rules say.
func TestReceiptFromTheFuture(t *testing.T) {
	s := newShop(t)
	s.card(anna)
	ahead := receiptAt(opening.Add(6 * time.Minute))
	_, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, ahead)
	require.ErrorIs(t, err, crm.ErrReceiptFuture)
	s.clock.forward(time.Minute - time.Millisecond)
	_, err = s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, ahead)
	require.ErrorIs(t, err, crm.ErrReceiptFuture)
	s.clock.forward(time.Millisecond)
	got, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, ahead)
	require.NoError(t, err)
	require.False(t, got.Repeated, "the refusal left nothing behind")
}

// A receipt may be too old, unless it was taken while it was not.
func TestReceiptThatIsTooOld(t *testing.T) {
	s := newShop(t)
	s.card(anna)
	s.card(boris)
	sent, late := receiptAt(opening), strings.Replace(receiptAt(opening), "i=12345", "i=777", 1)
	_, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, sent)
	require.NoError(t, err)
	s.clock.forward(30 * 24 * time.Hour)
	_, err = s.SubmitReceipt(t.Context(), crm.CardRef{Phone: boris}, strings.Replace(late, "777", "778", 1))
	require.NoError(t, err, "just young enough")
	s.clock.forward(time.Millisecond)
	again, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, sent)
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{Repeated: true, Points: 77}, again)
	for _, text := range []string{late, sent} {
		_, err = s.SubmitReceipt(t.Context(), crm.CardRef{Phone: boris}, text)
		require.ErrorIs(t, err, crm.ErrReceiptTooOld)
	}
}

func TestSender(t *testing.T) {
	s := newShop(t)
	card, other := s.card(anna), s.card(boris)
	_, _, err := s.PutCodes(t.Context(), "", []engine.PromoCode{{Code: "SPRING"}})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		from crm.CardRef
		kind crm.Kind
	}{
		"nobody":                                {crm.CardRef{}, crm.ErrNoIdentity},
		"blanks":                                {crm.CardRef{Phone: "  "}, crm.ErrNoIdentity},
		"a bad number":                          {crm.CardRef{CardNumber: "a/b"}, crm.ErrInvalidCardNumber},
		"a bad phone":                           {crm.CardRef{Phone: "12"}, crm.ErrInvalidPhone},
		"unknown number":                        {crm.CardRef{CardNumber: "1"}, crm.ErrCardNotFound},
		"unknown phone":                         {crm.CardRef{Phone: "79050000000"}, crm.ErrCardNotFound},
		"an old receipt's card that is unknown": {crm.CardRef{CardNumber: "2"}, crm.ErrCardNotFound},
	} {
		_, err := s.SubmitReceipt(t.Context(), c.from, fresh)
		assert.Equal(t, c.kind, crm.KindOf(err), name)
		_, err = s.RedeemCode(t.Context(), c.from, "SPRING")
		assert.Equal(t, c.kind, crm.KindOf(err), name)
	}
	// The number counts when both are given.
	_, err = s.SubmitReceipt(t.Context(), crm.CardRef{CardNumber: card.Number, Phone: boris}, fresh)
	require.NoError(t, err)
	require.Equal(t, int64(177), s.balance(card.Number))
	require.Equal(t, int64(100), s.balance(other.Number))

	_, err = s.SubmitReceipt(t.Context(), crm.CardRef{CardNumber: card.Number}, "hello")
	require.ErrorIs(t, err, crm.ErrReceiptMalformed)
}

// Whatever the case in which a code is stored or typed, it is one code.
func TestCodesFoldCase(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	_, refused, err := s.PutCodes(t.Context(), "", []engine.PromoCode{{Code: " весна-26 ", Points: 30}})
	require.NoError(t, err)
	require.Empty(t, refused)
	first, err := s.RedeemCode(t.Context(), crm.CardRef{Phone: anna}, "Весна-26")
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{Points: 30}, first)
	again, err := s.RedeemCode(t.Context(), crm.CardRef{CardNumber: card.Number}, " ВЕСНА-26\n")
	require.NoError(t, err)
	require.Equal(t, crm.Submitted{Repeated: true, Points: 30}, again)
	code, err := s.Code(t.Context(), "веснА-26")
	require.NoError(t, err)
	require.Equal(t, engine.PromoCode{Code: "ВЕСНА-26", Points: 30, EndsAt: crm.Forever, Used: 1}, code)
	require.Equal(t, int64(130), s.balance(card.Number))
}

func TestCodes(t *testing.T) {
	s := newShop(t)
	s.card(anna)
	s.card(boris)
	_, refused, err := s.PutCodes(t.Context(), "", []engine.PromoCode{
		{Code: "USUAL"}, {Code: "ONCE", MaxUses: 1}, {Code: "OVER", EndsAt: opening}, {Code: "SOON", StartsAt: opening.Add(time.Millisecond)},
		{Code: "LAST", EndsAt: opening.Add(time.Millisecond)},
	})
	require.NoError(t, err)
	require.Empty(t, refused)
	redeem := func(phone, code string) (crm.Submitted, error) {
		return s.RedeemCode(t.Context(), crm.CardRef{Phone: phone}, code)
	}
	got, err := redeem(anna, "usual")
	require.NoError(t, err)
	require.Equal(t, int64(50), got.Points, "the programme's value")
	_, err = redeem(anna, "once")
	require.NoError(t, err)
	for code, kind := range map[string]crm.Kind{
		"once": crm.ErrCodeUsedUp, "over": crm.ErrCodeExpired, "soon": crm.ErrCodeNotStarted, "none": crm.ErrCodeUnknown,
		"": crm.ErrCodeUnknown, " ": crm.ErrCodeUnknown, "a\nb": crm.ErrCodeUnknown, strings.Repeat("x", crm.MaxPromoCodeBytes+1): crm.ErrCodeUnknown,
	} {
		_, err := redeem(boris, code)
		require.ErrorIs(t, err, kind, code)
	}
	got, err = redeem(anna, "once")
	require.NoError(t, err)
	require.True(t, got.Repeated)
	_, err = redeem(anna, "last")
	require.NoError(t, err)
}

func TestPutCodesRefusesByTheCallersIndex(t *testing.T) {
	s := newShop(t)
	_, refused, err := s.PutCodes(t.Context(), "", []engine.PromoCode{
		{Code: ""}, {Code: "A"}, {Code: "B", Points: -1}, {Code: "C", Points: crm.MaxPoints + 1}, {Code: "D"}, {Code: "E", MaxUses: -1},
		{Code: "F", StartsAt: opening, EndsAt: opening}, {Code: "G", Description: "a\x00b"},
	})
	require.NoError(t, err)
	require.Equal(t, []int{0, 2, 3, 5, 6, 7}, indices(refused))
	for _, code := range []string{"A", "D"} {
		_, err := s.Code(t.Context(), code)
		require.NoError(t, err)
	}
	_, err = s.Code(t.Context(), "B")
	require.ErrorIs(t, err, crm.ErrCodeUnknown)
}

func indices(refused []crm.RowError) (list []int) {
	for _, r := range refused {
		list = append(list, r.Index)
	}
	return list
}

// Points come in the order of their expiry, and those that a customer could not
// tell apart are one line.
func TestCardShowsItsPoints(t *testing.T) {
	s := newShop(t, func(o *engine.Options) { o.Rules.Pending = 24 * time.Hour })
	card := s.card(anna)
	for i := range 3 {
		_, err := s.SubmitReceipt(t.Context(), crm.CardRef{Phone: anna}, strings.Replace(fresh, "i=12345", fmt.Sprintf("i=%d", i), 1))
		require.NoError(t, err)
	}
	until := opening.Add(time.Hour)
	_, err := s.Credit(t.Context(), crm.Transaction{Key: "1", CardNumber: card.Number, Points: 5, Description: "Gift", ValidUntil: until})
	require.NoError(t, err)
	_, bonus, err := s.Card(t.Context(), card.Number)
	require.NoError(t, err)
	require.Equal(t, int64(5+100+3*77), bonus.Total)
	require.Equal(t, int64(5+100), bonus.Available, "receipts are pending, the welcome is not")
	var lines []string
	for _, lot := range bonus.Lots {
		lines = append(lines, fmt.Sprintf("%s %d", lot.Description, lot.Remaining))
	}
	require.Equal(t, []string{"Gift 5", "Welcome bonus 100", "Cash receipt 231"}, lines)

	s.clock.forward(24 * time.Hour)
	_, bonus, err = s.Card(t.Context(), card.Number)
	require.NoError(t, err)
	require.Equal(t, int64(331), bonus.Available)
	require.Equal(t, int64(331), bonus.Total, "the gift is over")
}
