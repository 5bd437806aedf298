package sqldb

import (
	"context"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// ReplaceCard implements engine.Store. The operation's key is claimed first and
// decides between twins; the loser looks at what the winner did.
func (s *Store) ReplaceCard(ctx context.Context, r engine.Replacement) (crm.Card, error) {
	key := "replace:" + r.CardNumber
	return write(ctx, s, func(c conn) (crm.Card, error) {
		fresh, err := c.operation(key, r.New.Number, "", millis(r.Now))
		if err != nil {
			return crm.Card{}, err
		}
		if !fresh && r.Drawn {
			return c.successorOf(key)
		}
		if !fresh {
			return c.doneBefore(key, r.New.Number, r.New.Number, func(by string) error { return crm.Fail(crm.ErrOperationConflict, "the card was replaced by "+by) })
		}
		return s.replaceCard(c, r)
	})
}

func (s *Store) replaceCard(c conn, r engine.Replacement) (crm.Card, error) {
	old, err := c.card(r.CardNumber, c.d.forUpdate)
	if err != nil {
		return crm.Card{}, err
	}
	if old.State == crm.CardBlocked && old.CustomerID == "" {
		return crm.Card{}, crm.ErrCardBlocked
	}
	card, err := c.successor(old, r)
	if err != nil {
		return crm.Card{}, err
	}
	if err := s.transfer(c, old, card, r); err != nil {
		return crm.Card{}, err
	}
	// Who repeats the call that issued the old number finds a blocked card.
	if _, err := c.exec("DELETE FROM operation WHERE op_key = ?", "issue:"+old.Number); err != nil {
		return crm.Card{}, err
	}
	for _, query := range moveCard {
		if _, err := c.exec(query, card.Number, old.Number); err != nil {
			return crm.Card{}, err
		}
	}
	if err := c.moveDeliveries(old.Number, card.Number); err != nil {
		return crm.Card{}, err
	}
	return card, s.auditReplacement(c, r)
}

// successorOf gives the card that has replaced another one.
func (c conn) successorOf(key string) (crm.Card, error) {
	var number string
	if err := c.one("SELECT fingerprint FROM operation WHERE op_key = ?", []any{key}, &number); err != nil {
		if isNoRows(err) {
			err = errAgain // the replacement beside this one was undone in this moment
		}
		return crm.Card{}, err
	}
	return c.card(number, "")
}

// moveCard moves what is stored under a card's number to another number.
var moveCard = []string{
	"UPDATE lot SET card_number = ? WHERE card_number = ? AND is_open = 1",
	"UPDATE purchase SET card_number = ? WHERE card_number = ?",
	"UPDATE receipt SET card_number = ? WHERE card_number = ?",
	"UPDATE promo_use SET card_number = ? WHERE card_number = ?",
	"UPDATE card_segment SET card_number = ? WHERE card_number = ?",
	"UPDATE reward_order SET card_number = ? WHERE card_number = ?",
	"UPDATE offer SET target = ? WHERE audience = 'card' AND target = ?",
}

// successor makes the new card with the holder and the balance of the old one.
func (c conn) successor(old crm.Card, r engine.Replacement) (crm.Card, error) {
	number, err := c.poolNumber(r.New.Number)
	if isNoRows(err) {
		number, err = r.New, nil
	}
	if err != nil {
		return crm.Card{}, err
	}
	if _, err := c.exec("DELETE FROM card_pool WHERE number = ?", number.Number); err != nil {
		return crm.Card{}, err
	}
	card := crm.Card{
		CardNumber: number, State: crm.CardActive, CustomerID: old.CustomerID,
		Balance: old.Balance, EarnedTotal: old.Balance, IssuedAt: r.Now,
	}
	if old.State == crm.CardInactive {
		card.State = crm.CardInactive
	}
	if err := c.insertCard(card, millis(r.Now)); err != nil {
		return crm.Card{}, err
	}
	var shown string
	if err := c.one("SELECT shown_from FROM card WHERE number = ?", []any{old.Number}, &shown); err != nil || shown == "" {
		return card, err
	}
	_, err = c.exec("UPDATE card SET shown_from = ? WHERE number = ?", shown, card.Number)
	return card, err
}

// transfer empties the old card and writes both ledgers.
func (s *Store) transfer(c conn, old, card crm.Card, r engine.Replacement) error {
	matched, err := c.exec("UPDATE card SET balance = 0, state = 'blocked', customer_id = NULL, updated_at = ? WHERE number = ? AND balance = ?",
		millis(r.Now), old.Number, old.Balance)
	if err != nil {
		return err
	}
	if matched == 0 {
		return errAgain
	}
	if old.Balance == 0 {
		return nil
	}
	if err := c.post(s.ids.next(r.Now), old.Number, "replace-out:"+old.Number, crm.PostingTransfer, -old.Balance, card.Number, r.Now); err != nil {
		return err
	}
	return c.post(s.ids.next(r.Now), card.Number, "replace-in:"+old.Number, crm.PostingTransfer, old.Balance, old.Number, r.Now)
}

func (s *Store) auditReplacement(c conn, r engine.Replacement) error {
	for _, line := range []struct{ action, card, other string }{
		{"card replaced", r.CardNumber, "by " + r.New.Number}, {"card replaces", r.New.Number, r.CardNumber},
	} {
		detail := line.other
		if r.Reason != "" {
			detail += ": " + r.Reason
		}
		if err := c.audit(s.ids.next(r.Now), millis(r.Now), r.Actor, line.action, line.card, detail); err != nil {
			return err
		}
	}
	return nil
}
