package sqldb_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func sale(card string, document, sum int64, limit engine.DayLimit) engine.ReceiptSubmission {
	limit.Since = claimed.Truncate(24 * time.Hour)
	return engine.ReceiptSubmission{
		CardNumber: card, PerDay: limit, Now: claimed, Reverse: engine.ReverseReceipt{Possible: true},
		Receipt: crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9960440300123456", I: document, FP: 1}, At: claimed.Add(-time.Hour), SumKopecks: sum, Kind: crm.ReceiptSale},
		Award:   crm.Accrual{Points: sum, Kind: crm.PostingReceipt, AvailableFrom: claimed, ValidUntil: crm.Forever},
	}
}

func refund(card string, document, sum int64) engine.ReceiptSubmission {
	r := sale(card, document, sum, engine.DayLimit{})
	r.Receipt.Kind, r.Receipt.At, r.Award, r.Reverse = crm.ReceiptSaleRefund, claimed.Add(-time.Minute), crm.Accrual{}, engine.ReverseReceipt{Wanted: true}
	return r
}

// TestReceiptsOfADay: a card earns by so many receipts and so many points a day, also
// through two processes at once; what was taken before is the same success.
func TestReceiptsOfADay(t *testing.T) {
	twoStores(t, func(t *testing.T, one, other engine.Store) {
		ctx := t.Context()
		_, err := one.ImportCards(ctx, []engine.CardRecord{{CardNumber: crm.CardNumber{Number: "D1"}, State: crm.CardActive}, {CardNumber: crm.CardNumber{Number: "D2"}, State: crm.CardActive}}, claimed)
		require.NoError(t, err)
		var mu sync.Mutex
		kinds := map[crm.Kind]int{}
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				_, err := []engine.Store{one, other}[i%2].SubmitReceipt(ctx, sale("D1", int64(i+1), 10, engine.DayLimit{Receipts: 5}))
				mu.Lock()
				defer mu.Unlock()
				kinds[crm.KindOf(err)]++
			})
		}
		group.Wait()
		assert.Equal(t, map[crm.Kind]int{"": 5, crm.ErrReceiptLimit: 7}, kinds)
		repeats := 0
		for i := range 12 {
			if done, err := one.SubmitReceipt(ctx, sale("D1", int64(i+1), 10, engine.DayLimit{Receipts: 5})); err == nil {
				assert.True(t, done.Repeated)
				repeats++
			}
		}
		assert.Equal(t, 5, repeats)
		tomorrow := sale("D1", 100, 10, engine.DayLimit{Receipts: 5})
		tomorrow.Now, tomorrow.PerDay.Since = claimed.AddDate(0, 0, 1), tomorrow.PerDay.Since.AddDate(0, 0, 1)
		_, err = one.SubmitReceipt(ctx, tomorrow)
		require.NoError(t, err)

		total := int64(0)
		for i := range 4 {
			done, err := one.SubmitReceipt(ctx, sale("D2", int64(200+i), 40, engine.DayLimit{Points: 100}))
			require.NoError(t, err)
			total += done.Points
			again, err := one.SubmitReceipt(ctx, sale("D2", int64(200+i), 40, engine.DayLimit{Points: 100}))
			require.NoError(t, err)
			assert.Equal(t, done.Points, again.Points)
		}
		assert.EqualValues(t, 100, total)
		card, err := one.Card(ctx, "D2")
		require.NoError(t, err)
		assert.EqualValues(t, 100, card.Balance)
	})
}

// TestRefundFromAnotherCardProtectsNothing: whoever sends the refund first from a
// friend's card keeps no points by it, whatever comes first; and a refund that took a
// sale back is the card's that sent it.
func TestRefundFromAnotherCardProtectsNothing(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		document := int64(0)
		for n, order := range [][]string{{"sale", "friend", "own"}, {"friend", "sale", "own"}, {"friend", "own", "sale"}, {"own", "friend", "sale"}, {"own", "sale", "friend"}, {"sale", "own", "friend"}} {
			own, friend := fmt.Sprintf("OWN%d", n), fmt.Sprintf("FRIEND%d", n)
			_, err := store.ImportCards(ctx, []engine.CardRecord{{CardNumber: crm.CardNumber{Number: own}, State: crm.CardActive}, {CardNumber: crm.CardNumber{Number: friend}, State: crm.CardActive}}, claimed)
			require.NoError(t, err)
			document += 2
			for range 2 { // everything comes twice
				for _, step := range order {
					switch step {
					case "sale":
						_, err = store.SubmitReceipt(ctx, sale(own, document, 50, engine.DayLimit{}))
						require.NoError(t, err)
					case "friend":
						_, err = store.SubmitReceipt(ctx, refund(friend, document+1, 50))
					case "own":
						_, err = store.SubmitReceipt(ctx, refund(own, document+1, 50))
					}
					if err != nil {
						require.ErrorIs(t, err, crm.ErrReceiptTaken, "%v", order)
					}
				}
			}
			card, err := store.Card(ctx, own)
			require.NoError(t, err)
			assert.Zero(t, card.Balance, "%v", order)
		}
		bad, _, err := store.Verify(ctx, "", 100)
		require.NoError(t, err)
		assert.Empty(t, bad)
	})
}

// overtaken replaces a customer's card between the look-up by phone and what follows.
type overtaken struct {
	*engine.Engine
	replace func()
}

func (o overtaken) Find(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	found, err := o.Engine.Find(ctx, by)
	o.replace()
	return found, err
}

// TestCardReplacedBetweenLookUpAndBooking: a receipt and a code that name a phone go
// to the card that the customer has when they are booked.
func TestCardReplacedBetweenLookUpAndBooking(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		e := programme(t, store, crm.EmailHints)
		card, err := e.Issue(ctx, crm.Profile{Phone: "79270000001"})
		require.NoError(t, err)
		_, _, err = e.PutCodes(ctx, "", []engine.PromoCode{{Code: "HELLO", Points: 5}})
		require.NoError(t, err)
		current := card.Number
		once := false
		replacing, err := crm.NewService(overtaken{e.Engine, func() {
			if once {
				return
			}
			once = true
			next, err := e.ReplaceCard(ctx, current, "", "x", "")
			require.NoError(t, err)
			current = next.Number
		}}, crm.Options{Zone: time.UTC})
		require.NoError(t, err)
		_, err = replacing.RedeemCode(ctx, crm.CardRef{Phone: "79270000001"}, "hello")
		require.NoError(t, err)
		left, err := store.Card(ctx, current)
		require.NoError(t, err)
		assert.EqualValues(t, 5, left.Balance)
	})
}

// TestDrives: with a list of the tills' fiscal drives, receipts of others earn nothing,
// and a listed zone says when a receipt was printed.
func TestDrives(t *testing.T) {
	bothEngines(t, func(t *testing.T, store engine.Store) {
		ctx := t.Context()
		now := time.Now().UTC().Truncate(time.Minute)
		e := programme(t, store, crm.EmailHints) // receipts are read in UTC and may be an hour old
		card, err := e.Issue(ctx, crm.Profile{Phone: "79270000002"})
		require.NoError(t, err)
		submit := func(fn string, document int, at time.Time) error {
			_, err := e.SubmitReceipt(ctx, crm.CardRef{CardNumber: card.Number}, fmt.Sprintf("t=%s&s=100.00&fn=%s&i=%d&fp=1&n=1", at.Format("20060102T1504"), fn, document))
			return err
		}
		require.NoError(t, submit("9960440300000009", 1, now), "no drive is listed")
		_, refused, err := e.PutDrives(ctx, "", []engine.Drive{{FN: "9960440300000001"}, {FN: "9960440300000002", Zone: "Asia/Vladivostok"}, {FN: "1"}, {FN: "9960440300000003", Zone: "Moscow"}})
		require.NoError(t, err)
		require.Len(t, refused, 2)
		require.ErrorIs(t, submit("9960440300000009", 2, now), crm.ErrReceiptForeign)
		require.NoError(t, submit("9960440300000001", 3, now))
		require.ErrorIs(t, submit("9960440300000001", 4, now.Add(10*time.Hour)), crm.ErrReceiptFuture)
		require.NoError(t, submit("9960440300000002", 5, now.Add(10*time.Hour)), "ten hours east")
		require.ErrorIs(t, submit("9960440300000002", 6, now), crm.ErrReceiptTooOld)
		_, _, err = e.PutDrives(ctx, "", []engine.Drive{{FN: "9960440300000002"}})
		require.NoError(t, err)
		require.NoError(t, submit("9960440300000002", 7, now), "the zone is not known any more")
	})
}
