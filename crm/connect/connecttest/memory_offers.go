package connecttest

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"time"

	"koshelek-adapter/crm"
)

var _ interface {
	crm.Connector
	crm.ConnectedBalances
	crm.ConnectedConsents
	crm.ConnectedPurchases
	crm.ConnectedOffers
	crm.ConnectedDirectory
	crm.ConnectedReceipts
	crm.ConnectedCodes
	crm.ConnectedPoints
	crm.ConnectedLookup
	crm.ConnectedErasure
} = (*Memory)(nil)

// Balance implements crm.ConnectedBalances.
func (m *Memory) Balance(ctx context.Context, ref crm.Ref) (crm.PointsBalance, error) {
	return answer(ctx, m, "balance", func() (crm.PointsBalance, error) {
		a, _ := m.card(ref.Card)
		if a == nil {
			return crm.PointsBalance{}, crm.ErrCardNotFound
		}
		return crm.PointsBalance{Total: a.balance, Available: a.balance}, nil
	})
}

// SetChannels implements crm.ConnectedConsents.
func (m *Memory) SetChannels(ctx context.Context, key string, ref crm.Ref, wanted map[crm.Channel]bool) error {
	_, err := answer(ctx, m, "channels", func() (done, error) {
		return m.keyed(crm.WriteChannels, key, fmt.Sprint(ref, wanted), func() done {
			a, _ := m.card(ref.Card)
			if a == nil {
				return done{err: crm.ErrCardNotFound}
			}
			maps.Copy(a.wanted, wanted)
			return done{}
		})
	})
	return err
}

// Purchases implements crm.ConnectedPurchases.
func (m *Memory) Purchases(ctx context.Context, ref crm.Ref, from, to crm.Date, after string, limit int) ([]crm.Purchase, string, error) {
	type lines struct {
		list []crm.Purchase
		next string
	}
	got, err := answer(ctx, m, "purchases", func() (l lines, err error) {
		if a, _ := m.card(ref.Card); a == nil {
			return l, crm.ErrCardNotFound
		}
		var all []crm.Purchase
		for _, line := range m.purchases[ref.Card] {
			if line.Date >= from && line.Date <= to {
				all = append(all, line)
			}
		}
		l.list, l.next = page(all, after, limit)
		return l, nil
	})
	return got.list, got.next, err
}

// page cuts a list; the cursor is a position.
func page[T any](all []T, after string, limit int) ([]T, string) {
	at, _ := strconv.Atoi(after)
	at = min(at, len(all))
	end := min(at+limit, len(all))
	if end == len(all) {
		return all[at:], ""
	}
	return all[at:end], strconv.Itoa(end)
}

// Offers implements crm.ConnectedOffers.
func (m *Memory) Offers(ctx context.Context, ref crm.Ref) ([]crm.Offer, error) {
	return answer(ctx, m, "offers", func() ([]crm.Offer, error) {
		if a, _ := m.card(ref.Card); a == nil {
			return nil, crm.ErrCardNotFound
		}
		return m.offers, nil
	})
}

// Members implements crm.ConnectedDirectory.
func (m *Memory) Members(ctx context.Context, after string, limit int) ([]crm.Member, string, error) {
	type members struct {
		list []crm.Member
		next string
	}
	got, err := answer(ctx, m, "members", func() (l members, err error) {
		var all []crm.Member
		for _, a := range m.customers {
			for _, card := range a.cards {
				card.Profile = a.profile
				all = append(all, card)
			}
		}
		l.list, l.next = page(all, after, limit)
		return l, nil
	})
	return got.list, got.next, err
}

// Receipt implements crm.ConnectedReceipts: a rouble is a point.
func (m *Memory) Receipt(ctx context.Context, key string, ref crm.Ref, r crm.Receipt) (crm.Applied, error) {
	return m.book(ctx, crm.WriteReceipt, key, ref, r.Fingerprint(), r.SumKopecks/100)
}

// Redeem implements crm.ConnectedCodes.
func (m *Memory) Redeem(ctx context.Context, key string, ref crm.Ref, code string) (crm.Applied, error) {
	var points int64
	known := false
	m.locked(func() { points, known = m.codes[code] })
	if !known {
		return answer(ctx, m, string(crm.WriteCode), func() (crm.Applied, error) { return crm.Applied{}, crm.ErrCodeUnknown })
	}
	return m.book(ctx, crm.WriteCode, key, ref, code, points)
}

// Move implements crm.ConnectedPoints.
func (m *Memory) Move(ctx context.Context, key string, ref crm.Ref, move crm.PointsMove) (crm.Applied, error) {
	return m.book(ctx, crm.WritePoints, key, ref, fmt.Sprint(move), move.Points)
}

func (m *Memory) book(ctx context.Context, w crm.Write, key string, ref crm.Ref, content string, points int64) (crm.Applied, error) {
	return answer(ctx, m, string(w), func() (crm.Applied, error) {
		d, err := m.keyed(w, key, fmt.Sprint(ref, content), func() done {
			a, i := m.card(ref.Card)
			switch {
			case a == nil:
				return done{err: crm.ErrCardNotFound}
			case a.cards[i].State.Usable() != nil:
				return done{err: a.cards[i].State.Usable()}
			case a.balance+points < 0:
				return done{err: crm.ErrInsufficientPoints}
			}
			a.balance += points
			m.bookings++
			return done{applied: crm.Applied{Points: points, Ref: fmt.Sprintf("B%06d", m.bookings)}}
		})
		return d.applied, err
	})
}

// Operation implements crm.ConnectedLookup.
func (m *Memory) Operation(ctx context.Context, key string, _ crm.Ref, _ time.Time) (crm.Applied, bool, error) {
	type found struct {
		applied crm.Applied
		done    bool
	}
	got, err := answer(ctx, m, "lookup", func() (found, error) {
		d, known := m.keys[key]
		return found{d.applied, known}, nil
	})
	return got.applied, got.done, err
}

// Erase implements crm.ConnectedErasure.
func (m *Memory) Erase(ctx context.Context, ref crm.Ref) error {
	_, err := answer(ctx, m, "erase", func() (struct{}, error) {
		if a := m.by(func(a *account) bool { return a.id == ref.ID }); a != nil {
			a.profile, a.cards, a.wanted = crm.Profile{}, nil, map[crm.Channel]bool{}
		}
		return struct{}{}, nil
	})
	return err
}
