package sqldb

import (
	"context"
	"database/sql"
	"errors"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// RedeemOrder implements engine.Store. The card's guarded update comes first, as
// for every change of points; the order's key then decides whether this is the
// first time, and the lots have the last word on what can be spent.
func (s *Store) RedeemOrder(ctx context.Context, r engine.OrderRedemption) (crm.Redeemed, error) {
	order, err := write(ctx, s, func(c conn) (crm.Order, error) { return s.deduct(c, r) })
	if repeated(err) || errors.Is(err, crm.ErrInsufficientPoints) {
		return s.deductedBefore(ctx, r, err)
	}
	return crm.Redeemed{Order: order}, err
}

func (s *Store) deduct(c conn, r engine.OrderRedemption) (crm.Order, error) {
	matched, err := c.exec("UPDATE card SET balance = balance - ?, updated_at = ? WHERE number = ? AND balance >= ?"+ifActive,
		r.Points, millis(r.Now), r.CardNumber, r.Points)
	if err != nil {
		return crm.Order{}, err
	}
	if matched == 0 {
		return crm.Order{}, errGuarded
	}
	order := crm.Order{
		ID: r.OrderID, State: crm.OrderDeducted, CardNumber: r.CardNumber, Customer: r.Customer, Points: r.Points,
		PostingID: s.ids.next(r.Now), At: r.At, RedeemCall: r.CallID, CreatedAt: r.Now, UpdatedAt: r.Now,
	}
	if err := c.insertOrder(order, errRepeated); err != nil {
		return crm.Order{}, err
	}
	if err := c.spendLots(r.CardNumber, order.PostingID, r.Points, millis(r.Now)); err != nil {
		return crm.Order{}, err
	}
	if err := c.post(order.PostingID, r.CardNumber, "order:"+r.OrderID, crm.PostingOrder, -r.Points, r.Description, r.Now); err != nil {
		return crm.Order{}, err
	}
	return order, s.order(c, r.CardNumber, r.Messages, millis(r.Now))
}

// deductedBefore answers for an order whose points were not taken now.
func (s *Store) deductedBefore(ctx context.Context, r engine.OrderRedemption, why error) (crm.Redeemed, error) {
	return read(ctx, s, func(c conn) (crm.Redeemed, error) {
		order, err := c.order(r.OrderID)
		switch {
		case errors.Is(err, crm.ErrOrderUnknown) && errors.Is(why, crm.ErrInsufficientPoints):
			return crm.Redeemed{}, why
		case errors.Is(err, crm.ErrOrderUnknown):
			return crm.Redeemed{}, c.whyGuarded(engine.Movement{CardNumber: r.CardNumber}, crm.PostingOrder)
		case err != nil:
			return crm.Redeemed{}, err
		}
		return engine.Again(order, r)
	})
}

// ReverseOrder implements engine.Store. An order that is not known is stored as
// voided, which is a change too: it is committed, and only then refused.
func (s *Store) ReverseOrder(ctx context.Context, r engine.OrderReversal) (crm.Order, error) {
	order, err := write(ctx, s, func(c conn) (crm.Order, error) {
		order, err := c.order(r.OrderID)
		if errors.Is(err, crm.ErrOrderUnknown) {
			order = crm.Order{ID: r.OrderID, State: crm.OrderVoided, At: r.Now, CreatedAt: r.Now, UpdatedAt: r.Now}
			return crm.Order{}, c.insertOrder(order, errAgain)
		}
		if err != nil {
			return order, err
		}
		if done, err := engine.Reversible(order, r); err != nil || done {
			return order, err
		}
		return s.giveBack(c, order, r)
	})
	if err == nil && order.ID == "" {
		err = crm.ErrOrderUnknown
	}
	return order, err
}

// giveBack takes the card's lock first, as everywhere; of two reversals the
// order's guard lets one through.
func (s *Store) giveBack(c conn, order crm.Order, r engine.OrderReversal) (crm.Order, error) {
	matched, err := c.exec("UPDATE card SET balance = balance + ?, updated_at = ? WHERE number = ?",
		r.Points, millis(r.Now), order.CardNumber)
	if err != nil {
		return order, err
	}
	if matched == 0 {
		return order, errAgain
	}
	order.State, order.Returned, order.Reason = crm.OrderReversed, r.Points, r.Reason
	order.ReversalID, order.ReverseCall, order.UpdatedAt = s.ids.next(r.Now), r.CallID, r.Now
	matched, err = c.exec(`UPDATE reward_order SET state = ?, returned = ?, reason = ?, reversal_id = ?, reverse_call = ?, updated_at = ?
		WHERE id = ? AND state = 'deducted' AND card_number = ?`,
		string(order.State), order.Returned, order.Reason, order.ReversalID, order.ReverseCall, millis(r.Now),
		order.ID, order.CardNumber)
	if err != nil {
		return order, err
	}
	if matched == 0 {
		return order, errAgain // reversed, or moved to another card, in this moment
	}
	if err := s.reopenLots(c, order, r); err != nil {
		return order, err
	}
	if err := c.post(order.ReversalID, order.CardNumber, "reverse:"+order.ID, crm.PostingReturn, r.Points, r.Description, r.Now); err != nil {
		return order, err
	}
	return order, s.undo(c, order.CardNumber, r.Cause, millis(r.Now))
}

// reopenLots stores what is given back as new lots: the old ones may have
// expired and been booked.
func (s *Store) reopenLots(c conn, order crm.Order, r engine.OrderReversal) error {
	taken, err := c.lotsTaken(order.PostingID)
	if err != nil {
		return err
	}
	for _, lot := range engine.GiveBack(taken, r.Points, r.KeepUntil) {
		err := c.openLot(s.ids.next(r.Now), order.CardNumber, crm.Accrual{
			Points: lot.Remaining, Description: lot.Description, AvailableFrom: lot.AvailableFrom, ValidUntil: lot.ValidUntil,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lotsTaken gives the parts of lots that a posting spent, in their order.
func (c conn) lotsTaken(posting string) (taken []crm.Lot, err error) {
	err = c.each(func(rows *sql.Rows) error {
		var lot crm.Lot
		var from, until int64
		if err := rows.Scan(&lot.Description, &lot.Remaining, &from, &until); err != nil {
			return err
		}
		lot.AvailableFrom, lot.ValidUntil = fromMillis(from), fromMillis(until)
		taken = append(taken, lot)
		return nil
	}, `SELECT l.description, u.points, l.available_from, l.valid_until FROM lot_use u JOIN lot l ON l.id = u.lot_id
		WHERE u.posting_id = ? ORDER BY l.valid_until, l.available_from, l.id`, posting)
	return taken, err
}

// Order implements engine.Store.
func (s *Store) Order(ctx context.Context, id string) (crm.Order, error) {
	return read(ctx, s, func(c conn) (crm.Order, error) { return c.order(id) })
}

func (c conn) order(id string) (crm.Order, error) {
	order := crm.Order{ID: id}
	var state string
	var card sql.NullString
	var at, created, updated int64
	err := c.one(`SELECT state, card_number, customer_print, points, returned, posting_id, reversal_id, at, reason,
		redeem_call, reverse_call, created_at, updated_at FROM reward_order WHERE id = ?`, []any{id},
		&state, &card, &order.Customer, &order.Points, &order.Returned, &order.PostingID, &order.ReversalID, &at, &order.Reason,
		&order.RedeemCall, &order.ReverseCall, &created, &updated)
	if isNoRows(err) {
		return crm.Order{}, crm.ErrOrderUnknown
	}
	order.State, order.CardNumber = crm.OrderState(state), card.String
	order.At, order.CreatedAt, order.UpdatedAt = fromMillis(at), fromMillis(created), fromMillis(updated)
	return order, err
}

// insertOrder stores an order that is not known; taken when it is.
func (c conn) insertOrder(o crm.Order, taken error) error {
	known, err := c.insert(`INSERT INTO reward_order (id, state, card_number, customer_print, points, returned, posting_id, reversal_id,
		at, reason, redeem_call, reverse_call, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.ID, string(o.State), orNull(o.CardNumber), o.Customer, o.Points, o.Returned, o.PostingID, o.ReversalID,
		millis(o.At), o.Reason, o.RedeemCall, o.ReverseCall, millis(o.CreatedAt), millis(o.UpdatedAt))
	if known {
		return taken
	}
	return err
}
