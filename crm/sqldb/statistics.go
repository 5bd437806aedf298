package sqldb

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

var _ engine.Statistics = (*Store)(nil)

// Totals implements engine.Statistics.
func (s *Store) Totals(ctx context.Context) (engine.Totals, error) {
	return scan(ctx, s, func(c conn) (engine.Totals, error) {
		t := engine.Totals{Cards: map[crm.CardState]int64{}}
		var states []struct {
			State  string `db:"state"`
			Count  int64  `db:"n"`
			Points int64  `db:"points"`
		}
		err := c.all(&states, "SELECT state, COUNT(*) AS n, SUM(balance) AS points FROM card GROUP BY state")
		for _, state := range states {
			t.Cards[crm.CardState(state.State)] = state.Count
			t.Points += state.Points
		}
		if err != nil {
			return t, err
		}
		return t, c.one("SELECT (SELECT COUNT(*) FROM customer), (SELECT COUNT(*) FROM receipt), (SELECT COUNT(*) FROM promo_use)", nil,
			&t.Customers, &t.Receipts, &t.CodeUses)
	})
}

type activityRow struct {
	Quarter int64  `db:"quarter"`
	What    string `db:"what"`
	Count   int64  `db:"n"`
	Points  int64  `db:"points"`
}

func (r activityRow) activity() engine.Activity {
	return engine.Activity{From: fromMillis(r.Quarter), What: r.What, Count: r.Count, Points: max(r.Points, -r.Points)}
}

// Activity implements engine.Statistics.
func (s *Store) Activity(ctx context.Context, since time.Time) ([]engine.Activity, error) {
	from := millis(since)
	var first ulid.ULID // of a posting of that time: the ID is the only index that knows times
	if err := first.SetTime(uint64(max(from, 0))); err != nil {
		return nil, err
	}
	return page(ctx, s, activityRow.activity, `
		SELECT issued_at - issued_at % 900000 AS quarter, 'cards' AS what, COUNT(*) AS n, 0 AS points
			FROM card WHERE issued_at >= ? GROUP BY quarter
		UNION ALL SELECT created_at - created_at % 900000 AS quarter, 'receipts', COUNT(*), 0
			FROM receipt WHERE created_at >= ? GROUP BY quarter
		UNION ALL SELECT created_at - created_at % 900000 AS quarter, 'codes', COUNT(*), 0
			FROM promo_use WHERE created_at >= ? GROUP BY quarter
		UNION ALL SELECT at - at % 900000 AS quarter, 'credited', COUNT(*), SUM(points)
			FROM posting WHERE id >= ? AND points > 0 AND kind <> 'transfer' GROUP BY quarter
		UNION ALL SELECT at - at % 900000 AS quarter, 'debited', COUNT(*), SUM(points)
			FROM posting WHERE id >= ? AND points < 0 AND kind <> 'transfer' GROUP BY quarter`,
		from, from, from, first.String(), first.String())
}

// AddRefusals implements engine.Statistics.
func (s *Store) AddRefusals(ctx context.Context, day crm.Date, counts map[string]int64) error {
	_, err := write(ctx, s, func(c conn) (struct{}, error) {
		// One order for all, so that two processes cannot wait for each other.
		for _, code := range slices.Sorted(maps.Keys(counts)) {
			if _, err := c.insert("INSERT INTO refusal_day (day, code, n) VALUES (?, ?, 0)", string(day), code); err != nil {
				return struct{}{}, err
			}
			if _, err := c.exec("UPDATE refusal_day SET n = n + ? WHERE day = ? AND code = ?", counts[code], string(day), code); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

type refusalRow struct {
	Day   string `db:"day"`
	Code  string `db:"code"`
	Count int64  `db:"n"`
}

func (r refusalRow) refusals() engine.RefusalCount {
	return engine.RefusalCount{Day: crm.Date(r.Day), Code: r.Code, Count: r.Count}
}

// Refusals implements engine.Statistics.
func (s *Store) Refusals(ctx context.Context, from crm.Date) ([]engine.RefusalCount, error) {
	return page(ctx, s, refusalRow.refusals, "SELECT day, code, n FROM refusal_day WHERE day >= ? ORDER BY day, code", string(from))
}
