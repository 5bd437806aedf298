package sqldb

import (
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// freePhones gives the cards whose number is one of the phones of an erased customer
// another number, so that the phone is not kept and may be a number again. Cards are
// the customer's; what comes back has the new numbers in their place.
func (s *Store) freePhones(c conn, phones, cards []string, now time.Time) ([]string, error) {
	for _, phone := range phones {
		if phone == "" {
			continue
		}
		card, err := c.card(phone, c.d.forUpdate)
		switch {
		case crm.KindOf(err) == crm.ErrCardNotFound:
			continue
		case err != nil:
			return nil, err
		case card.CustomerID != "": // another one's, whatever its number looks like
			continue
		}
		number := "erased-" + s.ids.next(now)
		if err := c.renumber(phone, number, millis(now)); err != nil {
			return nil, err
		}
		if at := slices.Index(cards, phone); at >= 0 {
			cards[at] = number
		} else {
			cards = append(cards, number)
		}
	}
	return cards, nil
}

// renumbered move what stands under a card's number to another one, and renumberedKeys
// write it into the keys that begin with a word and end with the number. What has
// been issued or replaced under the old number is forgotten.
var (
	renumbered = []string{
		"UPDATE posting SET card_number = ? WHERE card_number = ?",
		"UPDATE lot SET card_number = ? WHERE card_number = ?",
		"UPDATE receipt SET card_number = ? WHERE card_number = ?",
		"UPDATE promo_use SET card_number = ? WHERE card_number = ?",
		"UPDATE purchase SET card_number = ? WHERE card_number = ?",
		"UPDATE card_segment SET card_number = ? WHERE card_number = ?",
		"UPDATE consent SET card_number = ? WHERE card_number = ?",
		"UPDATE reward_order SET card_number = ? WHERE card_number = ?",
		"UPDATE audit SET subject = ? WHERE subject = ?",
	}
	renumberedKeys = []string{"welcome:", "import:", "replace-out:", "replace-in:"}
	forgottenKeys  = []string{"issue:", "registered:", "replace:", "import:", "welcome:"}
)

// renumber gives a card without a holder another number, with a barcode of its own.
func (c conn) renumber(from, to string, now int64) error {
	if _, err := c.exec(`INSERT INTO card (number, barcode_number, barcode_type, state, customer_id, balance, earned_total, issued_at, updated_at, shown_from)
		SELECT ?, ?, 'CODE_128', state, customer_id, balance, earned_total, issued_at, ?, shown_from FROM card WHERE number = ?`, to, to, now, from); err != nil {
		return err
	}
	for _, query := range renumbered {
		if _, err := c.exec(query, to, from); err != nil {
			return err
		}
	}
	if _, err := c.exec(`UPDATE outbox SET errand_key = REPLACE(errand_key, ?, ?), cause = REPLACE(cause, ?, ?), line = REPLACE(line, ?, ?), card_number = ?
		WHERE card_number = ?`, from, to, from, to, from, to, to, from); err != nil {
		return err
	}
	for _, word := range renumberedKeys {
		if _, err := c.exec("UPDATE posting SET op_key = ? WHERE op_key = ?", word+to, word+from); err != nil {
			return err
		}
	}
	for _, word := range forgottenKeys {
		if _, err := c.exec("DELETE FROM operation WHERE op_key = ?", word+from); err != nil {
			return err
		}
	}
	if err := c.renumberNeighbours(from, to); err != nil {
		return err
	}
	_, err := c.exec("DELETE FROM card WHERE number = ?", from)
	return err
}

// renumberNeighbours writes the new number where the cards that replaced this one, or
// that it replaced, name it.
func (c conn) renumberNeighbours(from, to string) error {
	neighbours, err := inColumn[string](c, "SELECT detail FROM audit WHERE subject = ? AND action IN ('card replaced', 'card replaces')", to)
	if err != nil {
		return err
	}
	for _, detail := range neighbours { // "by 2900000000018: lost"
		other, _, _ := strings.Cut(strings.TrimPrefix(detail, "by "), ":")
		if _, err := c.exec("UPDATE posting SET description = ? WHERE description = ? AND kind = 'transfer' AND card_number = ?", to, from, other); err != nil {
			return err
		}
		if _, err := c.exec("UPDATE audit SET detail = REPLACE(detail, ?, ?) WHERE subject = ?", from, to, other); err != nil {
			return err
		}
		if _, err := c.exec("UPDATE operation SET fingerprint = ? WHERE op_key = ? AND fingerprint = ?", to, "replace:"+other, from); err != nil {
			return err
		}
	}
	return nil
}
