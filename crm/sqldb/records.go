package sqldb

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// PutPurchases implements engine.Store.
func (s *Store) PutPurchases(ctx context.Context, lines []crm.Purchase) (added int, refused []crm.RowError, err error) {
	counts, refused, err := s.BringPurchases(ctx, lines, engine.By{})
	return int(counts[engine.RowNew]), refused, err
}

// BringPurchases implements engine.Bringer.
func (s *Store) BringPurchases(ctx context.Context, lines []crm.Purchase, by engine.By) (counts engine.Counts, refused []crm.RowError, err error) {
	err = s.do(ctx, func(c conn) error {
		b := s.bringing(c, "purchase", by)
		counts, refused = b.counts, nil
		known, err := c.knownCards(lines)
		if err != nil {
			return err
		}
		for i, line := range lines {
			if !known[line.CardNumber] {
				refused = append(refused, crm.RowError{Index: i, Err: crm.ErrCardNotFound})
				continue
			}
			outcome, err := c.putPurchase(line)
			if err != nil {
				return err
			}
			if err := b.done(outcome, line.CardNumber, line.Ref); err != nil {
				return err
			}
		}
		return nil
	})
	return counts, refused, err
}

func (c conn) putPurchase(p crm.Purchase) (engine.Outcome, error) {
	stored, err := list(c, purchaseRow.purchase, selectPurchase+"WHERE card_number = ? AND ref = ?", p.CardNumber, p.Ref)
	if err != nil {
		return "", err
	}
	return put(c, stored, p, `UPDATE purchase SET day = ?, item = ?, amount_kopecks = ?, quantity_milli = ?, location = ?,
		bonus_points = ? WHERE card_number = ? AND ref = ?`, `INSERT INTO purchase (day, item, amount_kopecks, quantity_milli, location, bonus_points,
		card_number, ref) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		[]any{string(p.Date), p.Item, p.AmountKopecks, p.QuantityMilli, p.Location, p.BonusPoints, p.CardNumber, p.Ref})
}

// knownCards tells which of the lines' cards exist.
func (c conn) knownCards(lines []crm.Purchase) (map[string]bool, error) {
	asked, known := []string{}, map[string]bool{}
	for _, line := range lines {
		if _, seen := known[line.CardNumber]; !seen {
			known[line.CardNumber] = false
			asked = append(asked, line.CardNumber)
		}
	}
	for chunk := range slices.Chunk(asked, statementChunk) {
		found, err := inColumn[string](c, "SELECT number FROM card WHERE number IN (?)", chunk)
		if err != nil {
			return nil, err
		}
		for _, number := range found {
			known[number] = true
		}
	}
	return known, nil
}

type purchaseRow struct {
	CardNumber    string `db:"card_number"`
	Ref           string `db:"ref"`
	Day           string `db:"day"`
	Item          string `db:"item"`
	AmountKopecks int64  `db:"amount_kopecks"`
	QuantityMilli int64  `db:"quantity_milli"`
	Location      string `db:"location"`
	BonusPoints   int64  `db:"bonus_points"`
}

const selectPurchase = "SELECT card_number, ref, day, item, amount_kopecks, quantity_milli, location, bonus_points FROM purchase "

func (r purchaseRow) purchase() crm.Purchase {
	return crm.Purchase{
		CardNumber: r.CardNumber, Ref: r.Ref, Date: crm.Date(r.Day), Item: r.Item, AmountKopecks: r.AmountKopecks,
		QuantityMilli: r.QuantityMilli, Location: r.Location, BonusPoints: r.BonusPoints,
	}
}

// Purchases implements engine.Store.
func (s *Store) Purchases(ctx context.Context, q engine.PurchaseQuery) ([]crm.Purchase, error) {
	query := selectPurchase + "WHERE card_number = ? AND day >= ? AND day <= ? AND hidden = 0" +
		" AND day >= (SELECT shown_from FROM card WHERE number = purchase.card_number)"
	args := []any{q.CardNumber, string(q.From), string(q.To)}
	if q.After != nil {
		query += " AND (day < ? OR day = ? AND ref < ?)"
		args = append(args, string(q.After.Date), string(q.After.Date), q.After.Ref)
	}
	query += " ORDER BY day DESC, ref DESC LIMIT ?"
	return read(ctx, s, func(c conn) ([]crm.Purchase, error) {
		found, err := list(c, purchaseRow.purchase, query, append(args, q.Limit)...)
		if err == nil && len(found) == 0 && q.After == nil {
			_, err = c.card(q.CardNumber, "")
		}
		return found, err
	})
}

type offerRow struct {
	ID          string `db:"id"`
	Audience    string `db:"audience"`
	Target      string `db:"target"`
	Name        string `db:"name"`
	Description string `db:"description"`
	StartDate   string `db:"start_date"`
	EndDate     string `db:"end_date"`
	ImageURL    string `db:"image_url"`
	Discount    string `db:"discount"`
}

const selectOffer = "SELECT o.id, o.audience, o.target, o.name, o.description, o.start_date, o.end_date, o.image_url, o.discount FROM offer o "

func (r offerRow) offer() crm.Offer {
	return crm.Offer{
		ID: r.ID, Audience: crm.Audience(r.Audience), Target: r.Target, Name: r.Name, Description: r.Description,
		StartDate: crm.Date(r.StartDate), EndDate: crm.Date(r.EndDate), ImageURL: r.ImageURL, Discount: r.Discount,
	}
}

// EndOffer implements engine.Store.
func (s *Store) EndOffer(ctx context.Context, id string, last crm.Date) (bool, error) {
	return write(ctx, s, func(c conn) (bool, error) {
		matched, err := c.exec("UPDATE offer SET end_date = CASE WHEN end_date = '' OR end_date > ? THEN ? ELSE end_date END WHERE id = ?",
			string(last), string(last), id)
		return matched > 0, err
	})
}

// PutOffers implements engine.Store.
func (s *Store) PutOffers(ctx context.Context, offers []crm.Offer) error {
	_, err := s.BringOffers(ctx, offers, engine.By{})
	return err
}

// BringOffers implements engine.Bringer.
func (s *Store) BringOffers(ctx context.Context, offers []crm.Offer, by engine.By) (engine.Counts, error) {
	return write(ctx, s, func(c conn) (engine.Counts, error) {
		b := s.bringing(c, "offer", by)
		for _, o := range offers {
			outcome, err := c.putOffer(o)
			if err != nil {
				return nil, err
			}
			if err := b.done(outcome, o.ID, ""); err != nil {
				return nil, err
			}
		}
		return b.counts, nil
	})
}

func (c conn) putOffers(offers []crm.Offer) error {
	for _, o := range offers {
		if _, err := c.putOffer(o); err != nil {
			return err
		}
	}
	return nil
}

func (c conn) putOffer(o crm.Offer) (engine.Outcome, error) {
	stored, err := list(c, offerRow.offer, selectOffer+"WHERE o.id = ?", o.ID)
	if err != nil {
		return "", err
	}
	return put(c, stored, o, `UPDATE offer SET audience = ?, target = ?, name = ?, description = ?, start_date = ?, end_date = ?,
		image_url = ?, discount = ? WHERE id = ?`,
		"INSERT INTO offer (audience, target, name, description, start_date, end_date, image_url, discount, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		[]any{string(o.Audience), o.Target, o.Name, o.Description, string(o.StartDate), string(o.EndDate), o.ImageURL, o.Discount, o.ID})
}

// Offers implements engine.Store. Three look-ups by the audience's key are one
// statement, so that a programme with many personal offers reads few rows.
func (s *Store) Offers(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
	return read(ctx, s, func(c conn) ([]crm.Offer, error) {
		if _, err := c.card(number, ""); err != nil {
			return nil, err
		}
		return c.openOffers(number, day)
	})
}

func (c conn) openOffers(number string, day crm.Date) ([]crm.Offer, error) {
	const open = " AND o.start_date <= ? AND (o.end_date = '' OR o.end_date >= ?)"
	found, err := list(c, offerRow.offer, selectOffer+"WHERE o.audience = 'all'"+open+
		" UNION ALL "+selectOffer+"WHERE o.audience = 'card' AND o.target = ?"+open+
		" UNION ALL "+selectOffer+"JOIN card_segment s ON s.segment = o.target WHERE o.audience = 'segment' AND s.card_number = ?"+open,
		string(day), string(day), number, string(day), string(day), number, string(day), string(day))
	slices.SortFunc(found, byEnd)
	return found, err
}

// byEnd orders offers by their end, open ends last, and then by ID.
func byEnd(a, b crm.Offer) int {
	if (a.EndDate == "") != (b.EndDate == "") {
		return strings.Compare(string(b.EndDate), string(a.EndDate))
	}
	return cmp.Or(strings.Compare(string(a.EndDate), string(b.EndDate)), strings.Compare(a.ID, b.ID))
}

// SetSegments implements engine.Store.
func (s *Store) SetSegments(ctx context.Context, number string, segments []string) error {
	return s.do(ctx, func(c conn) error {
		if _, err := c.card(number, c.d.forUpdate); err != nil {
			return err
		}
		if _, err := c.exec("DELETE FROM card_segment WHERE card_number = ?", number); err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, segment := range segments {
			if seen[segment] {
				continue
			}
			seen[segment] = true
			if _, err := c.exec("INSERT INTO card_segment (card_number, segment) VALUES (?, ?)", number, segment); err != nil {
				return err
			}
		}
		return nil
	})
}
