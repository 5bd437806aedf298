package sqldb

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// KnownCards implements engine.KnownCards.
func (s *Store) KnownCards(ctx context.Context, numbers []string) (map[string]engine.KnownCard, error) {
	return read(ctx, s, func(c conn) (map[string]engine.KnownCard, error) {
		known := map[string]engine.KnownCard{}
		for chunk := range slices.Chunk(numbers, statementChunk) {
			holders := map[string]crm.Holder{}
			if err := c.storedCards(holders, chunk); err != nil {
				return nil, err
			}
			var keys []string
			for number, holder := range holders {
				known[number] = engine.KnownCard{Holder: holder}
				keys = append(keys, importKey(number))
			}
			if len(keys) == 0 {
				continue
			}
			err := c.eachIn(func(rows *sql.Rows) error {
				var key string
				var points int64
				err := rows.Scan(&key, &points)
				card := known[strings.TrimPrefix(key, importKey(""))]
				card.Opening = points
				known[strings.TrimPrefix(key, importKey(""))] = card
				return err
			}, "SELECT op_key, points FROM posting WHERE op_key IN (?)", keys)
			if err != nil {
				return nil, err
			}
		}
		return known, nil
	})
}

// Note implements engine.Notes.
func (s *Store) Note(ctx context.Context, lines []engine.AuditLine) error {
	return s.do(ctx, func(c conn) error {
		for chunk := range slices.Chunk(lines, bulkRows) {
			args := make([]any, 0, 6*len(chunk))
			for _, line := range chunk {
				args = append(args, s.ids.next(line.At), millis(line.At), line.Actor, line.Action, line.Subject, line.Detail)
			}
			if _, err := c.execBuilt("INSERT INTO audit (id, at, actor, action, subject, detail) VALUES "+values(len(chunk), 6), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// bringing counts what becomes of records of a kind and notes who brought them.
type bringing struct {
	c      conn
	ids    *idSource
	by     engine.By
	kind   string
	counts engine.Counts
}

func (s *Store) bringing(c conn, kind string, by engine.By) bringing {
	return bringing{c: c, ids: s.ids, by: by, kind: kind, counts: engine.Counts{}}
}

func (b bringing) done(outcome engine.Outcome, subject, detail string) error {
	b.counts[outcome]++
	if outcome == engine.RowUnchanged || b.by.Actor == "" {
		return nil
	}
	return b.c.audit(b.ids.next(b.by.Now), millis(b.by.Now), b.by.Actor, b.kind+" "+string(outcome), subject, detail)
}

// put stores a row unless it is there: what stands there is what a query gives, nil
// for nothing. Update and insert take the same arguments.
func put[T comparable](c conn, stored []T, wanted T, update, insert string, args []any) (engine.Outcome, error) {
	if len(stored) > 0 && stored[0] == wanted {
		return engine.RowUnchanged, nil
	}
	if len(stored) == 0 {
		taken, err := c.insert(insert, args...)
		if taken {
			err = errAgain // inserted by another process in this moment
		}
		return engine.RowNew, err
	}
	matched, err := c.exec(update, args...)
	if err == nil && matched == 0 {
		err = errAgain // removed in this moment
	}
	return engine.RowUpdated, err
}

// registeredKey is the operation by which an import of customers made a card: its
// number is the programme's, and the shop's own may come with an import of cards.
func registeredKey(number string) string { return "registered:" + number }

// leaveRegistered removes the card that an import of customers made for a customer
// whose own number comes now, so that nobody has two. One that was used stays, and
// the row is refused.
func (c conn) leaveRegistered(customer string) error {
	if customer == "" {
		return nil
	}
	cards, err := c.cardsOf(customer)
	if err != nil {
		return err
	}
	for _, card := range cards {
		matched, err := c.exec("DELETE FROM operation WHERE op_key = ?", registeredKey(card.Number))
		if err != nil {
			return err
		}
		if matched == 0 {
			continue
		}
		var used int
		if err := c.one(`SELECT (SELECT COUNT(*) FROM posting WHERE card_number = ?) + (SELECT COUNT(*) FROM receipt WHERE card_number = ?)
			+ (SELECT COUNT(*) FROM purchase WHERE card_number = ?) + (SELECT COUNT(*) FROM reward_order WHERE card_number = ?)`,
			[]any{card.Number, card.Number, card.Number, card.Number}, &used); err != nil {
			return err
		}
		if used > 0 {
			return crm.Fail(crm.ErrNumberTaken, "an import of customers gave this customer a card, which is used already; 'card replace' gives it the shop's number")
		}
		for _, statement := range []string{"DELETE FROM card_segment WHERE card_number = ?", "DELETE FROM card WHERE number = ?"} {
			if _, err := c.exec(statement, card.Number); err != nil {
				return err
			}
		}
	}
	return nil
}
