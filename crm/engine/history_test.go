package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// page is how many rows the service reads in one query.
const page = 500

// collect walks to the end or to the first error.
func collect[T any](walk iter.Seq2[T, error]) (all []T, err error) {
	for one, err := range walk {
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

// counted counts the pages that are read, and fails from one on.
type counted struct {
	engine.Store
	pages, failAt int
}

var errStore = crm.Wrap(crm.ErrUnavailable, errors.New("gone"))

func (c *counted) turn() error {
	if c.pages++; c.failAt > 0 && c.pages >= c.failAt {
		return errStore
	}
	return nil
}

func (c *counted) Purchases(ctx context.Context, q engine.PurchaseQuery) ([]crm.Purchase, error) {
	if err := c.turn(); err != nil {
		return nil, err
	}
	return c.Store.Purchases(ctx, q)
}

func (c *counted) ListHolders(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	if err := c.turn(); err != nil {
		return nil, err
	}
	return c.Store.ListHolders(ctx, after, limit)
}

// Every line comes once, whether the last page is full, nearly full or empty,
// also when a day is spread over pages.
func TestPurchasesOverPages(t *testing.T) {
	for lines, pages := range map[int]int{0: 1, 1: 1, page - 1: 1, page: 2, page + 1: 2, 2*page - 1: 2, 2 * page: 3} {
		s := newShop(t)
		card := s.card(anna)
		var put []crm.Purchase
		for i := range lines {
			day := opening.AddDate(0, 0, -i/400)
			put = append(put, crm.Purchase{CardNumber: card.Number, Ref: fmt.Sprintf("%d", i), Date: crm.DateOf(day, moscow)})
		}
		added, refused, err := s.PutPurchases(t.Context(), "", put)
		require.NoError(t, err)
		require.Empty(t, refused)
		require.Equal(t, int64(lines), added[engine.RowNew])

		store := &counted{Store: s.backend}
		got, err := collect(shopOver(t, store).Purchases(t.Context(), card.Number, "2026-01-01", ""))
		require.NoError(t, err)
		require.ElementsMatch(t, put, got)
		require.IsNonDecreasing(t, negated(got), "newest first")
		require.Equal(t, pages, store.pages, "%d lines", lines)
	}
}

// negated gives the days as numbers that grow when days fall.
func negated(lines []crm.Purchase) []int64 {
	days := make([]int64, len(lines))
	for i, line := range lines {
		days[i] = -line.Date.End(moscow).Unix()
	}
	return days
}

func TestPurchasesWithinDays(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	// 22:00 in UTC is the next day in the programme's zone.
	s.clock.forward(10 * time.Hour)
	var put []crm.Purchase
	for _, day := range []crm.Date{"2026-09-05", "2026-09-06", "2026-09-07", "2026-09-08", "2026-09-09"} {
		put = append(put, crm.Purchase{CardNumber: card.Number, Ref: string(day), Date: day})
	}
	_, _, err := s.PutPurchases(t.Context(), "", put)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		from, to string
		want     int
	}{
		"both included":    {"2026-09-06", "2026-09-07", 2},
		"one day":          {"2026-09-06", "2026-09-06", 1},
		"until today":      {"2026-09-06", "", 3},
		"blank is today":   {" 2026-09-08 ", "  ", 1},
		"begins tomorrow":  {"2026-09-09", "", 0},
		"the future, too":  {"2026-09-06", "2026-12-31", 4},
		"before all lines": {"2020-01-01", "2020-12-31", 0},
	} {
		got, err := collect(s.Purchases(t.Context(), card.Number, c.from, c.to))
		require.NoError(t, err, name)
		assert.Len(t, got, c.want, name)
	}
}

func TestPurchasesRefuses(t *testing.T) {
	s := newShop(t)
	card, blocked := s.card(anna), s.card(boris)
	require.NoError(t, s.SetCardState(t.Context(), blocked.Number, crm.CardBlocked, "operator", "lost"))
	for name, c := range map[string]struct {
		number, from, to string
		kind             crm.Kind
	}{
		"bad number":             {"a/b", "2026-09-06", "", crm.ErrInvalidCardNumber},
		"unknown number":         {"1", "2026-09-06", "", crm.ErrCardNotFound},
		"blocked":                {blocked.Number, "2026-09-06", "", crm.ErrCardBlocked},
		"no start":               {card.Number, "", "2026-09-06", crm.ErrInvalidDate},
		"bad start":              {card.Number, "06.09.2026", "", crm.ErrInvalidDate},
		"bad end":                {card.Number, "2026-09-06", "2026-09-31", crm.ErrInvalidDate},
		"the end before a start": {card.Number, "2026-09-06", "2026-09-05", crm.ErrInvalidDate},
	} {
		lines, err := collect(s.Purchases(t.Context(), c.number, c.from, c.to))
		assert.Equal(t, c.kind, crm.KindOf(err), name)
		assert.Empty(t, lines, name)
	}
}

// A walk ends when the reader has enough, and with the first error of the store.
func TestWalksEnd(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	var put []crm.Purchase
	var rows []engine.CardRecord
	for i := range page + 1 {
		put = append(put, crm.Purchase{CardNumber: card.Number, Ref: fmt.Sprint(i), Date: "2026-09-06"})
		rows = append(rows, engine.CardRecord{
			CardNumber: crm.CardNumber{Number: fmt.Sprint(i)}, Holder: crm.Profile{Phone: fmt.Sprintf("7903%07d", i)},
		})
	}
	_, _, err := s.PutPurchases(t.Context(), "", put)
	require.NoError(t, err)
	_, err = s.ImportCards(t.Context(), rows)
	require.NoError(t, err)

	store := &counted{Store: s.backend}
	counting := shopOver(t, store)
	for range counting.Purchases(t.Context(), card.Number, "2026-09-01", "") {
		break
	}
	for range counting.Customers(t.Context()) {
		break
	}
	require.Equal(t, 2, store.pages)

	failing := shopOver(t, &counted{Store: s.backend, failAt: 2})
	lines, err := collect(failing.Purchases(t.Context(), card.Number, "2026-09-01", ""))
	require.ErrorIs(t, err, errStore)
	require.Len(t, lines, page)
	holders, err := collect(shopOver(t, &counted{Store: s.backend, failAt: 2}).Customers(t.Context()))
	require.ErrorIs(t, err, errStore)
	require.Len(t, holders, page)
}

func TestAllHoldersOverPages(t *testing.T) {
	for _, people := range []int{0, 1, page - 1, page, page + 1, 2 * page} {
		s := newShop(t)
		var rows []engine.CardRecord
		for i := range people {
			rows = append(rows, engine.CardRecord{
				CardNumber: crm.CardNumber{Number: fmt.Sprint(i)}, Holder: crm.Profile{Phone: fmt.Sprintf("7903%07d", people-i)},
			})
		}
		refused, err := s.ImportCards(t.Context(), rows)
		require.NoError(t, err)
		require.Empty(t, refused)
		got, err := collect(s.Customers(t.Context()))
		require.NoError(t, err)
		require.Len(t, got, people)
		for i, holder := range got {
			require.Equal(t, fmt.Sprintf("7903%07d", i+1), holder.Profile.Phone)
			require.Equal(t, fmt.Sprint(people-i-1), holder.Card.Number)
		}
	}
}

func TestOffersOfToday(t *testing.T) {
	s := newShop(t)
	card := s.card(anna)
	_, refused, err := s.PutOffers(t.Context(), "", []crm.Offer{
		{ID: "1", Audience: crm.AudienceAll, Target: "is taken away", EndDate: "2026-09-07"},
		{ID: "2", Audience: crm.AudienceAll, StartDate: "2026-09-08"},
		{ID: "3", Audience: crm.AudienceSegment, Target: "vip", Description: "two\nlines"},
		{ID: "4", Audience: crm.AudienceCard, Target: card.Number, EndDate: "2026-09-09"},
	})
	require.NoError(t, err)
	require.Empty(t, refused)
	require.NoError(t, s.SetSegments(t.Context(), card.Number, []string{"vip"}, ""))
	ids := func() (list []string) {
		offers, err := s.Offers(t.Context(), card.Number)
		require.NoError(t, err)
		for _, offer := range offers {
			list = append(list, offer.ID)
		}
		return list
	}
	require.ElementsMatch(t, []string{"1", "3", "4"}, ids())
	s.clock.forward(9 * time.Hour) // midnight in the programme's zone
	require.ElementsMatch(t, []string{"2", "3", "4"}, ids())
}
