package sqldb

import (
	"database/sql"
	"encoding/json"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// deliveryRow is a delivery as it is stored.
type deliveryRow struct {
	Seq        int64          `db:"seq"`
	ID         string         `db:"id"`
	Key        string         `db:"errand_key"`
	Cause      string         `db:"cause"`
	Rule       string         `db:"rule_id"`
	Vendor     string         `db:"vendor"`
	Action     string         `db:"action"`
	Points     int64          `db:"points"`
	Payload    string         `db:"payload"`
	Once       bool           `db:"once"`
	Holds      bool           `db:"holds"`
	Effect     string         `db:"effect"`
	Undo       string         `db:"undo_with"`
	CardNumber string         `db:"card_number"`
	CustomerID string         `db:"customer_id"`
	Reverses   string         `db:"reverses"`
	State      string         `db:"state"`
	Claim      string         `db:"claim"`
	Attempts   int64          `db:"attempts"`
	DueAt      int64          `db:"due_at"`
	SentAt     int64          `db:"sent_at"`
	VendorRef  sql.NullString `db:"vendor_ref"`
	Booked     int64          `db:"booked"`
	Reason     string         `db:"reason"`
	Answer     string         `db:"answer"`
	CreatedAt  int64          `db:"created_at"`
	UpdatedAt  int64          `db:"updated_at"`
}

const selectDelivery = `SELECT o.seq, o.id, o.errand_key, o.cause, o.rule_id, o.vendor, o.action, o.points, o.payload, o.once, o.holds,
	o.effect, o.undo_with, o.card_number, o.customer_id, o.reverses, o.state, o.claim, o.attempts, o.due_at, o.sent_at, o.vendor_ref,
	o.booked, o.reason, o.answer, o.created_at, o.updated_at FROM outbox o `

const insertDelivery = `INSERT INTO outbox (id, errand_key, cause, rule_id, vendor, action, points, payload, once, holds, effect, undo_with,
	card_number, customer_id, line, blocks, reverses, state, claim, attempts, due_at, sent_at, vendor_ref, booked, reason, answer,
	created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, 'new', '', 0, ?, 0, NULL, 0, '', '', ?, ?)`

func (r deliveryRow) delivery() (outbox.Delivery, error) {
	d := outbox.Delivery{
		ID: r.ID,
		Message: outbox.Message{
			Key: r.Key, Cause: r.Cause, Rule: r.Rule, Vendor: r.Vendor, Action: r.Action, Points: r.Points,
			AtMostOnce: r.Once, Holds: r.Holds, Effect: outbox.Effect(r.Effect),
		},
		CardNumber: r.CardNumber, CustomerID: r.CustomerID, Reverses: r.Reverses,
		State: outbox.State(r.State), Claim: r.Claim, Attempts: r.Attempts, DueAt: fromMillis(r.DueAt),
		VendorRef: r.VendorRef.String, Booked: r.Booked, Reason: r.Reason,
		CreatedAt: fromMillis(r.CreatedAt), UpdatedAt: fromMillis(r.UpdatedAt),
	}
	if r.SentAt != 0 {
		d.SentAt = fromMillis(r.SentAt)
	}
	if r.Payload != "" {
		d.Payload = json.RawMessage(r.Payload)
	}
	if r.Answer != "" {
		d.Answer = []byte(r.Answer)
	}
	return d, json.Unmarshal([]byte(r.Undo), &d.Undo)
}

// deliveries reads the rows of a query that begins with selectDelivery.
func (c conn) deliveries(where string, args ...any) ([]outbox.Delivery, error) {
	var rows []deliveryRow
	if err := c.all(&rows, selectDelivery+where, args...); err != nil {
		return nil, err
	}
	return deliveriesOf(rows)
}

// deliveriesIn is deliveries for a condition with a list.
func (c conn) deliveriesIn(where string, args ...any) ([]outbox.Delivery, error) {
	var rows []deliveryRow
	if err := c.in(&rows, selectDelivery+where, args...); err != nil {
		return nil, err
	}
	return deliveriesOf(rows)
}

func deliveriesOf(rows []deliveryRow) ([]outbox.Delivery, error) {
	list := make([]outbox.Delivery, 0, len(rows))
	for _, row := range rows {
		d, err := row.delivery()
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

func (c conn) delivery(id, lock string) (outbox.Delivery, error) {
	list, err := c.deliveries("WHERE o.id = ?"+lock, id)
	if err != nil {
		return outbox.Delivery{}, err
	}
	if len(list) == 0 {
		return outbox.Delivery{}, crm.ErrDeliveryNotFound
	}
	return list[0], nil
}

// order stores errands for a card, whose lock the caller holds: so the order of
// a card's deliveries is that of the changes which ordered them. An errand whose
// key is stored already is left out.
func (s *Store) order(c conn, number string, errands []outbox.Message, now int64) error {
	if len(errands) == 0 {
		return nil
	}
	card, err := c.card(number, "")
	if err != nil {
		return err
	}
	for _, e := range errands {
		if err := s.orderOne(c, card, e, "", now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) orderOne(c conn, card crm.Card, e outbox.Message, reverses string, now int64) error {
	undo, err := undoText(e.Undo)
	if err != nil {
		return err
	}
	line := lineOf(e.Vendor, card.CustomerID)
	if line == "" {
		line = cardLine(e.Vendor, card.Number)
	}
	_, err = c.insert(insertDelivery, s.ids.next(fromMillis(now)), e.Key, e.Cause, e.Rule, e.Vendor, e.Action, e.Points, string(e.Payload),
		bit(e.AtMostOnce), bit(e.Holds), string(e.Effect), undo, card.Number, card.CustomerID, line, reverses, now, now, now)
	return err
}

// lineOf names those whose deliveries wait for each other, "" for nobody.
func lineOf(vendor, customer string) string {
	if customer == "" {
		return ""
	}
	return vendor + ":" + customer
}

// cardLine is in whose order the deliveries of a card without a holder stand.
func cardLine(vendor, number string) string { return vendor + ":card:" + number }

// undoText writes an undo so that it is never longer than its payload and a
// little more.
func undoText(u outbox.Undo) (string, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(u)
	return strings.TrimSuffix(text.String(), "\n"), err
}

// moveDeliveries gives the deliveries of a card to the one that replaces it.
func (c conn) moveDeliveries(from, to string) error {
	vendors, err := inColumn[string](c, "SELECT DISTINCT vendor FROM outbox WHERE card_number = ? AND customer_id = ''", from)
	if err != nil {
		return err
	}
	for _, vendor := range vendors {
		if _, err := c.exec("UPDATE outbox SET line = ?, parked = 0 WHERE line = ?", cardLine(vendor, to), cardLine(vendor, from)); err != nil {
			return err
		}
	}
	_, err = c.exec("UPDATE outbox SET card_number = ? WHERE card_number = ?", to, from)
	return err
}

// undo orders the opposite of what a cause has ordered.
func (s *Store) undo(c conn, number, cause string, now int64) error {
	list, err := c.deliveries("WHERE o.cause = ? ORDER BY o.seq", cause)
	if err != nil || len(list) == 0 {
		return err
	}
	card, err := c.card(number, "")
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.Undo.Action == "" || d.Reverses != "" {
			continue
		}
		e := d.Message
		e.Key, e.Action, e.Payload, e.Effect, e.Undo = "undo:"+d.Key, d.Undo.Action, d.Undo.Payload, d.Undo.Effect, outbox.Undo{}
		if err := s.orderOne(c, card, e, d.ID, now); err != nil {
			return err
		}
	}
	return nil
}
