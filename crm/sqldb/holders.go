package sqldb

import (
	"context"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Holder implements engine.Store.
func (s *Store) Holder(ctx context.Context, number string) (profile crm.Profile, err error) {
	err = s.read(ctx, func(c conn) error {
		profile = crm.Profile{}
		var rows []customerRow
		if err := c.all(&rows, selectCustomer+"WHERE id = (SELECT customer_id FROM card WHERE number = ?)", number); err != nil {
			return err
		}
		if len(rows) > 0 {
			profile = rows[0].profile()
			return nil
		}
		_, err := c.card(number, "")
		return err
	})
	return profile, err
}

// HoldersOf implements engine.Store.
func (s *Store) HoldersOf(ctx context.Context, numbers []string) (map[string]crm.Profile, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var rows []struct {
		Number string `db:"number"`
		customerRow
	}
	err := s.read(ctx, func(c conn) error {
		rows = rows[:0]
		return c.in(&rows, `SELECT k.number, c.id, c.phone, c.email, c.surname, c.firstname, c.patronymic, c.sex, c.birth_date,
			c.country_code, c.locality FROM card k JOIN customer c ON c.id = k.customer_id WHERE k.number IN (?)`, numbers)
	})
	profiles := make(map[string]crm.Profile, len(rows))
	for _, row := range rows {
		profiles[row.Number] = row.profile()
	}
	return profiles, err
}

// UpdateProfile implements engine.Store.
func (s *Store) UpdateProfile(ctx context.Context, r engine.ProfileUpdate) error {
	return repeat(func() error {
		return s.write(ctx, func(c conn) error {
			card, err := c.card(r.CardNumber, c.d.forUpdate)
			switch {
			case err != nil:
				return err
			case card.State == crm.CardBlocked:
				return crm.ErrCardBlocked
			case card.CustomerID == "":
				return s.register(c, card, r)
			}
			taken, err := c.updateCustomer(card.CustomerID, r.Profile, millis(r.Now))
			if taken {
				return c.whyTaken(card.CustomerID, r.Profile)
			}
			return err
		})
	}, errTaken)
}

// whyTaken says which of the two belongs to somebody else, the phone first:
// which key the database names when both do is its own affair.
func (c conn) whyTaken(customer string, p crm.Profile) error {
	owner, err := c.lockCustomerBy("phone", p.Phone)
	if err != nil {
		return err
	}
	if owner != nil && owner.ID != customer {
		return crm.ErrPhoneTaken
	}
	return crm.ErrEmailTaken
}

// register gives a card without a holder to the customer of the profile.
func (s *Store) register(c conn, card crm.Card, r engine.ProfileUpdate) error {
	if !r.Profile.HasIdentity() {
		return crm.ErrNoIdentity
	}
	to, err := s.customer(c, r.Profile, r.Now)
	if err != nil {
		return err
	}
	_, err = c.exec("UPDATE card SET customer_id = ?, updated_at = ? WHERE number = ?", to.id, millis(r.Now), card.Number)
	return err
}

// ListHolders implements engine.Store: the customers of a page, then their cards.
func (s *Store) ListHolders(ctx context.Context, after string, limit int) (list []crm.Holder, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		var rows []customerRow
		if err := c.all(&rows, selectCustomer+`WHERE phone > ? AND EXISTS (SELECT 1 FROM card k
			WHERE k.customer_id = customer.id AND k.state <> 'blocked') ORDER BY phone LIMIT ?`, after, limit); err != nil || len(rows) == 0 {
			return err
		}
		cards, err := c.cardsOfMany(rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			card, _ := crm.PickCard(cards[row.ID])
			list = append(list, crm.Holder{Profile: row.profile(), Card: card})
		}
		return nil
	})
	return list, err
}

// storedCard is a card row by column names.
type storedCard struct {
	Number        string `db:"number"`
	BarcodeNumber string `db:"barcode_number"`
	BarcodeType   string `db:"barcode_type"`
	State         string `db:"state"`
	CustomerID    string `db:"customer_id"`
	Balance       int64  `db:"balance"`
	EarnedTotal   int64  `db:"earned_total"`
	IssuedAt      int64  `db:"issued_at"`
}

func (c conn) cardsOfMany(customers []customerRow) (map[string][]crm.Card, error) {
	ids := make([]string, len(customers))
	for i, row := range customers {
		ids[i] = row.ID
	}
	var rows []storedCard
	if err := c.in(&rows, "SELECT "+cardColumns+" FROM card k WHERE k.customer_id IN (?)", ids); err != nil {
		return nil, err
	}
	cards := map[string][]crm.Card{}
	for _, row := range rows {
		cards[row.CustomerID] = append(cards[row.CustomerID], crm.Card{
			CardNumber: crm.CardNumber{
				Number: row.Number, BarcodeNumber: row.BarcodeNumber, BarcodeType: crm.BarcodeType(row.BarcodeType),
			},
			State: crm.CardState(row.State), CustomerID: row.CustomerID,
			Balance: row.Balance, EarnedTotal: row.EarnedTotal, IssuedAt: fromMillis(row.IssuedAt),
		})
	}
	return cards, nil
}

type consentRow struct {
	Channel string `db:"channel"`
	Allowed int64  `db:"allowed"`
	Source  string `db:"source"`
	At      int64  `db:"at"`
	Seq     int64  `db:"seq"`
}

const selectConsents = "SELECT channel, allowed, source, at, seq FROM consent WHERE customer_id = ? ORDER BY seq"

// SetChannels implements engine.Store. The customer's lock orders twins, so that
// the second one sees what the first one appended.
func (s *Store) SetChannels(ctx context.Context, r engine.ChannelsUpdate) error {
	return s.write(ctx, func(c conn) error {
		card, err := c.card(r.CardNumber, "")
		if err != nil {
			return err
		}
		if card.CustomerID == "" {
			return crm.ErrCustomerNotFound
		}
		var locked []customerRow
		if err := c.all(&locked, selectCustomer+"WHERE id = ?"+c.d.forUpdate, card.CustomerID); err != nil {
			return err
		}
		if len(locked) == 0 {
			return errAgain // erased in this moment
		}
		var log []consentRow
		if err := c.all(&log, selectConsents, card.CustomerID); err != nil {
			return err
		}
		return c.appendConsents(card, r, log)
	})
}

func (c conn) appendConsents(card crm.Card, r engine.ChannelsUpdate, log []consentRow) error {
	state, seq := map[crm.Channel]bool{}, int64(0)
	for _, line := range log {
		state[crm.Channel(line.Channel)], seq = line.Allowed == 1, line.Seq
	}
	for _, channel := range sortedChannels(r.Wanted) {
		allowed := r.Wanted[channel]
		if before, known := state[channel]; known && before == allowed {
			continue
		}
		seq++
		if _, err := c.exec(`INSERT INTO consent (customer_id, seq, card_number, channel, allowed, source, at)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			card.CustomerID, seq, card.Number, string(channel), bit(allowed), r.Source, millis(r.Now)); err != nil {
			return err
		}
	}
	return nil
}

func sortedChannels(wanted map[crm.Channel]bool) []crm.Channel {
	channels := make([]crm.Channel, 0, len(wanted))
	for channel := range wanted {
		channels = append(channels, channel)
	}
	slices.Sort(channels)
	return channels
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Consents implements engine.Store.
func (s *Store) Consents(ctx context.Context, number string) (list []engine.Consent, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		card, err := c.card(number, "")
		if err != nil || card.CustomerID == "" {
			return err
		}
		var rows []consentRow
		if err := c.all(&rows, selectConsents, card.CustomerID); err != nil {
			return err
		}
		for _, row := range rows {
			list = append(list, engine.Consent{
				Channel: crm.Channel(row.Channel), Allowed: row.Allowed == 1, Source: row.Source, At: fromMillis(row.At),
			})
		}
		return nil
	})
	return list, err
}

// Erase implements engine.Store.
func (s *Store) Erase(ctx context.Context, r engine.EraseRequest) (e engine.Erasure, err error) {
	err = s.write(ctx, func(c conn) error {
		row, err := c.lockCustomerBy("phone", r.Phone)
		if err != nil {
			return err
		}
		if row == nil {
			return crm.ErrCustomerNotFound
		}
		e = engine.Erasure{CustomerID: row.ID, Fields: row.filled()}
		if e.Cards, e.Purchases, err = c.eraseCards(row.ID, r.Now); err != nil {
			return err
		}
		if err := c.one("SELECT COUNT(*) FROM consent WHERE customer_id = ?", []any{row.ID}, &e.Consents); err != nil {
			return err
		}
		// The keys of operations hold the phones and fingerprints of the customer.
		if _, err := c.exec("DELETE FROM operation WHERE subject = ?", row.ID); err != nil {
			return err
		}
		if _, err := c.exec("DELETE FROM one_time_code WHERE customer_id = ?", row.ID); err != nil {
			return err
		}
		if _, err := c.exec("DELETE FROM customer WHERE id = ?", row.ID); err != nil {
			return err
		}
		return c.audit(s.ids.next(r.Now), millis(r.Now), r.Actor, "erase", row.ID, "")
	})
	return e, err
}

// eraseCards takes the holder from the customer's cards and removes what the
// cards tell of a person.
func (c conn) eraseCards(customer string, now time.Time) (numbers []string, purchases int, err error) {
	cards, err := c.cardsOf(customer)
	if err != nil {
		return nil, 0, err
	}
	for _, card := range cards {
		numbers = append(numbers, card.Number)
		removed, err := c.exec("DELETE FROM purchase WHERE card_number = ?", card.Number)
		if err != nil {
			return nil, 0, err
		}
		purchases += int(removed)
		if _, err := c.exec("DELETE FROM card_segment WHERE card_number = ?", card.Number); err != nil {
			return nil, 0, err
		}
		// A phone may be behind the hash, a name in the reason.
		if _, err := c.exec("UPDATE reward_order SET customer_print = '', reason = '' WHERE card_number = ?", card.Number); err != nil {
			return nil, 0, err
		}
		if _, err := c.exec("DELETE FROM offer WHERE audience = 'card' AND target = ?", card.Number); err != nil {
			return nil, 0, err
		}
	}
	_, err = c.exec("UPDATE card SET customer_id = NULL, state = 'blocked', updated_at = ? WHERE customer_id = ?",
		millis(now), customer)
	return numbers, purchases, err
}

// filled names the fields that hold something.
func (r customerRow) filled() []string {
	var names []string
	for _, field := range []struct{ name, value string }{
		{"phone", r.Phone.String}, {"email", r.Email.String}, {"surname", r.Surname}, {"firstname", r.FirstName},
		{"patronymic", r.Patronymic}, {"sex", r.Sex}, {"birthDate", r.BirthDate},
		{"countryCode", r.CountryCode}, {"locality", r.Locality},
	} {
		if field.value != "" {
			names = append(names, field.name)
		}
	}
	return names
}
