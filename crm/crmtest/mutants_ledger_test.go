package crmtest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// insufficient replaces the answer of Take when there are too few points.
func insufficient(then func(ctx context.Context, good crm.Backend, m crm.Movement) (crm.Posting, error)) func(*hooks) {
	return func(h *hooks) {
		h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
			posting, err := h.Backend.Take(ctx, m)
			if errors.Is(err, crm.ErrInsufficientPoints) {
				return then(ctx, h.Backend, m)
			}
			return posting, err
		}
	}
}

func movementMutants() []mutant {
	return []mutant{
		{"pending points are spent", "Take/pending", insufficient(func(ctx context.Context, good crm.Backend, m crm.Movement) (crm.Posting, error) {
			if card, err := good.Card(ctx, m.CardNumber); err != nil || card.Balance < m.Points {
				return crm.Posting{}, crm.ErrInsufficientPoints
			}
			m.Now = m.Now.Add(36 * time.Hour)
			return good.Take(ctx, m)
		})},
		{"expired points are spent until they are booked", "Take/expired", insufficient(func(ctx context.Context, good crm.Backend, m crm.Movement) (crm.Posting, error) {
			m.Now = m.Now.Add(-time.Hour)
			return good.Take(ctx, m)
		})},
		{"a take of too much takes what is there", "Take/insufficient", insufficient(func(ctx context.Context, good crm.Backend, m crm.Movement) (crm.Posting, error) {
			statement, err := good.Statement(ctx, m.CardNumber, m.Now)
			if err != nil || len(statement.Lots) == 0 {
				return crm.Posting{}, crm.ErrInsufficientPoints
			}
			m.Points = 0
			for _, lot := range statement.Lots {
				m.Points += lot.Remaining
			}
			return good.Take(ctx, m)
		})},
		{"a refused take uses its key up", "Take/inactive", func(h *hooks) {
			spent := map[string]error{}
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				if err := spent[m.Key]; err != nil {
					return crm.Posting{}, err
				}
				posting, err := h.Backend.Take(ctx, m)
				spent[m.Key] = err
				return posting, err
			}
		}},
		{"a take with a known key takes again", "Take/again", func(h *hooks) {
			calls := 0
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				calls++
				m.Key = fmt.Sprint(m.Key, calls)
				return h.Backend.Take(ctx, m)
			}
		}},
		{"the points that end last are spent first", "Take/earliest-first", func(h *hooks) {
			// Every end is kept mirrored, so that the order of the lots is turned.
			mirror := func(t time.Time) time.Time {
				return time.UnixMilli(crm.Forever.UnixMilli() + time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() - t.UnixMilli())
			}
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				m.ValidUntil = mirror(m.ValidUntil)
				return h.Backend.Grant(ctx, m)
			}
			h.statement = func(ctx context.Context, number string, now time.Time) (crm.Statement, error) {
				statement, err := h.Backend.Statement(ctx, number, now)
				slices.Reverse(statement.Lots)
				for i := range statement.Lots {
					statement.Lots[i].ValidUntil = mirror(statement.Lots[i].ValidUntil)
				}
				return statement, err
			}
		}},
		{"what was spent counts as never earned", "Take/posting", func(h *hooks) {
			h.card = func(ctx context.Context, number string) (crm.Card, error) {
				card, err := h.Backend.Card(ctx, number)
				card.EarnedTotal = card.Balance
				return card, err
			}
		}},
		{"a key that was used for something else is not noticed", "Grant/conflict", func(h *hooks) {
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				posting, err := h.Backend.Grant(ctx, m)
				if errors.Is(err, crm.ErrOperationConflict) {
					return posting, nil
				}
				return posting, err
			}
		}},
		{"a repeated grant is a conflict", "Grant/again", func(h *hooks) {
			keys := map[string]bool{}
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				if keys[m.Key] {
					return crm.Posting{}, crm.ErrOperationConflict
				}
				keys[m.Key] = true
				return h.Backend.Grant(ctx, m)
			}
		}},
		{"a blocked card is granted points", "Grant/blocked", func(h *hooks) {
			h.grant = func(ctx context.Context, m crm.Movement) (posting crm.Posting, err error) {
				lockErr := unlocked(ctx, h.Backend, m.CardNumber, func() error {
					posting, err = h.Backend.Grant(ctx, m)
					return nil
				})
				return posting, errors.Join(err, lockErr)
			}
		}},
	}
}

func ledgerMutants() []mutant {
	return []mutant{
		{"balances have 32 bits", "Grant/largest", func(h *hooks) {
			h.card = func(ctx context.Context, number string) (crm.Card, error) {
				card, err := h.Backend.Card(ctx, number)
				card.Balance = int64(int32(card.Balance)) //nolint:gosec // the overflow is the point
				return card, err
			}
		}},
		{"the lots come in the order in which they were granted", "Statement/order", func(h *hooks) {
			h.statement = func(ctx context.Context, number string, now time.Time) (crm.Statement, error) {
				statement, err := h.Backend.Statement(ctx, number, now)
				slices.SortStableFunc(statement.Lots, func(a, b crm.Lot) int { return int(b.Remaining - a.Remaining) })
				return statement, err
			}
		}},
		{"lots of one end come in any order", "Statement/equal-ends", func(h *hooks) {
			h.statement = func(ctx context.Context, number string, now time.Time) (crm.Statement, error) {
				statement, err := h.Backend.Statement(ctx, number, now)
				slices.SortFunc(statement.Lots, func(a, b crm.Lot) int {
					return cmp.Or(a.ValidUntil.Compare(b.ValidUntil), int(b.Remaining-a.Remaining))
				})
				return statement, err
			}
		}},
		{"lots are shown until their end is booked", "Statement/spent-and-expired", func(h *hooks) {
			h.statement = func(ctx context.Context, number string, now time.Time) (crm.Statement, error) {
				return h.Backend.Statement(ctx, number, now.Add(-time.Hour))
			}
		}},
		{"one more lot is told than was booked", "ExpirePoints/books", func(h *hooks) {
			h.expirePoints = func(ctx context.Context, now time.Time, limit int) (int, error) {
				n, err := h.Backend.ExpirePoints(ctx, now, limit)
				return n + 1, err
			}
		}},
		{"the limit of lots is ignored", "ExpirePoints/limit", func(h *hooks) {
			h.expirePoints = func(ctx context.Context, now time.Time, limit int) (int, error) {
				return h.Backend.ExpirePoints(ctx, now, 100*limit)
			}
		}},
		{"lots end a moment early", "ExpirePoints/in-time", func(h *hooks) {
			h.expirePoints = func(ctx context.Context, now time.Time, limit int) (int, error) {
				return h.Backend.ExpirePoints(ctx, now.Add(time.Millisecond), limit)
			}
		}},
		{"a page of postings skips a line", "Postings/pages", func(h *hooks) {
			h.postings = func(ctx context.Context, number, before string, limit int) ([]crm.Posting, error) {
				page, err := h.Backend.Postings(ctx, number, before, limit+1)
				if before != "" && len(page) > 0 {
					page = page[1:]
				}
				return page[:min(limit, len(page))], err
			}
		}},
		{"postings come oldest first", "Postings/newest-first", func(h *hooks) {
			h.postings = func(ctx context.Context, number, before string, limit int) ([]crm.Posting, error) {
				page, err := h.Backend.Postings(ctx, number, before, limit)
				slices.Reverse(page)
				return page, err
			}
		}},
		{"postings of an unknown card are none", "Postings/unknown", func(h *hooks) {
			h.postings = func(ctx context.Context, number, before string, limit int) ([]crm.Posting, error) {
				page, err := h.Backend.Postings(ctx, number, before, limit)
				if errors.Is(err, crm.ErrCardNotFound) {
					return nil, nil
				}
				return page, err
			}
		}},
		{"verify never looks", "Verify/pages", func(h *hooks) {
			h.verify = func(context.Context, string, int) ([]crm.Discrepancy, string, error) { return nil, "", nil }
		}},
		{"verify never finds", "Verify/finds", func(h *hooks) {
			h.verify = func(ctx context.Context, after string, limit int) ([]crm.Discrepancy, string, error) {
				_, last, err := h.Backend.Verify(ctx, after, limit)
				return nil, last, err
			}
		}},
		{"verify always shouts", "Verify/sound", func(h *hooks) {
			h.verify = func(ctx context.Context, after string, limit int) ([]crm.Discrepancy, string, error) {
				bad, last, err := h.Backend.Verify(ctx, after, limit)
				return append(bad, crm.Discrepancy{CardNumber: "card-1", Balance: 1}), last, err
			}
		}},
	}
}
