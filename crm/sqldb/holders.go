package sqldb

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Holder implements engine.Store.
func (s *Store) Holder(ctx context.Context, number string) (crm.Profile, error) {
	return read(ctx, s, func(c conn) (crm.Profile, error) {
		holder, err := only(c, customerRow.profile, nil, selectCustomer+"WHERE id = (SELECT customer_id FROM card WHERE number = ?)", number)
		if err != nil || holder != (crm.Profile{}) {
			return holder, err
		}
		_, err = c.card(number, "")
		return holder, err
	})
}

// HoldersOf implements engine.Store.
func (s *Store) HoldersOf(ctx context.Context, numbers []string) (map[string]crm.Profile, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	return scan(ctx, s, func(c conn) (map[string]crm.Profile, error) {
		var rows []struct {
			Number string `db:"number"`
			customerRow
		}
		err := c.in(&rows, `SELECT k.number, c.id, c.phone, c.email, c.surname, c.firstname, c.patronymic, c.sex, c.birth_date,
			c.country_code, c.locality FROM card k JOIN customer c ON c.id = k.customer_id WHERE k.number IN (?)`, numbers)
		profiles := make(map[string]crm.Profile, len(rows))
		for _, row := range rows {
			profiles[row.Number] = row.profile()
		}
		return profiles, err
	})
}

// UpdateProfile implements engine.Store.
func (s *Store) UpdateProfile(ctx context.Context, r engine.ProfileUpdate) error {
	err := s.do(ctx, func(c conn) error { return s.updateProfile(c, r, false) })
	if !claims(err) || !r.Profile.HasIdentity() {
		return err
	}
	_, err = claim(ctx, s, failuresOfProfile(r.Profile), r.Claims.Failures, r.Now, func(c conn) (struct{}, error) {
		return struct{}{}, s.updateProfile(c, r, true)
	})
	return err
}

func (s *Store) updateProfile(c conn, r engine.ProfileUpdate, claimed bool) error {
	card, err := c.card(r.CardNumber, c.d.forUpdate)
	switch {
	case err != nil:
		return err
	case card.State == crm.CardBlocked:
		return crm.ErrCardBlocked
	case card.CustomerID == "":
		return s.register(c, card, r, claimed)
	}
	if err := s.keepPhone(c, card.CustomerID, r.Profile.Phone, r.Now); err != nil {
		return err
	}
	taken, err := c.updateCustomer(card.CustomerID, r.Profile, millis(r.Now))
	if taken {
		return c.whyTaken(card.CustomerID, r.Profile)
	}
	return err
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

// register gives a card without a holder to the customer of the profile, on the way
// of claims, else errClaim.
func (s *Store) register(c conn, card crm.Card, r engine.ProfileUpdate, claimed bool) error {
	switch {
	case !r.Profile.HasIdentity():
		return crm.ErrNoIdentity
	case !claimed:
		return errClaim
	}
	to, err := s.customer(c, r.Profile, r.Email, r.Now)
	if err != nil {
		return err
	}
	return c.giveTo(card.Number, to, r.Claims, r.Now)
}

// ListHolders implements engine.Store: the customers of a page, then their cards.
func (s *Store) ListHolders(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return s.holders(ctx, `WHERE phone > ? AND EXISTS (SELECT 1 FROM card k
		WHERE k.customer_id = customer.id AND k.state <> 'blocked') ORDER BY phone LIMIT ?`, after, limit)
}

// holders gives customers, each with the card that stands for all.
func (s *Store) holders(ctx context.Context, where string, args ...any) ([]crm.Holder, error) {
	return scan(ctx, s, func(c conn) (list []crm.Holder, err error) {
		var rows []customerRow
		if err := c.all(&rows, selectCustomer+where, args...); err != nil || len(rows) == 0 {
			return nil, err
		}
		cards, err := c.cardsOfMany(rows)
		for _, row := range rows {
			card, _ := crm.PickCard(cards[row.ID])
			card.CustomerID = row.ID // the place of the next page, also if the card left in this moment
			list = append(list, crm.Holder{Profile: row.profile(), Card: card})
		}
		return list, err
	})
}

func (c conn) cardsOfMany(customers []customerRow) (map[string][]crm.Card, error) {
	ids := make([]string, len(customers))
	for i, row := range customers {
		ids[i] = row.ID
	}
	cards := map[string][]crm.Card{}
	err := c.eachIn(func(rows *sql.Rows) error {
		var row cardRow
		err := rows.Scan(row.dest()...)
		cards[row.customer.String] = append(cards[row.customer.String], row.card())
		return err
	}, "SELECT "+cardColumns+" FROM card k WHERE k.customer_id IN (?)", ids)
	return cards, err
}

type consentRow struct {
	Channel string `db:"channel"`
	Allowed int64  `db:"allowed"`
	Source  string `db:"source"`
	At      int64  `db:"at"`
	Seq     int64  `db:"seq"`
}

func (r consentRow) consent() engine.Consent {
	return engine.Consent{Channel: crm.Channel(r.Channel), Allowed: r.Allowed == 1, Source: r.Source, At: fromMillis(r.At)}
}

const selectConsents = "SELECT channel, allowed, source, at, seq FROM consent WHERE customer_id = ? ORDER BY seq"

// SetChannels implements engine.Store. The customer's lock orders twins, so that
// the second one sees what the first one appended.
func (s *Store) SetChannels(ctx context.Context, r engine.ChannelsUpdate) error {
	return s.do(ctx, func(c conn) error {
		card, err := c.card(r.CardNumber, "")
		if err != nil {
			return err
		}
		if card.CustomerID == "" {
			return crm.ErrCustomerNotFound
		}
		if err := c.lockCustomerID(card.CustomerID, errAgain); err != nil { // erased in this moment
			return err
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
	for _, channel := range slices.Sorted(maps.Keys(r.Wanted)) {
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

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Consents implements engine.Store.
func (s *Store) Consents(ctx context.Context, number string) ([]engine.Consent, error) {
	return read(ctx, s, func(c conn) ([]engine.Consent, error) {
		card, err := c.card(number, "")
		if err != nil || card.CustomerID == "" {
			return nil, err
		}
		return list(c, consentRow.consent, selectConsents, card.CustomerID)
	})
}

// Erase implements engine.Store.
func (s *Store) Erase(ctx context.Context, r engine.EraseRequest) (engine.Erasure, error) {
	return write(ctx, s, func(c conn) (e engine.Erasure, err error) {
		row, err := c.lockCustomerBy("phone", r.Phone)
		if r.CustomerID != "" {
			row, err = c.lockCustomerBy("id", r.CustomerID)
		}
		if err != nil {
			return e, err
		}
		if row == nil {
			return e, crm.ErrCustomerNotFound
		}
		e = engine.Erasure{CustomerID: row.ID, Fields: row.filled()}
		phones, err := inColumn[string](c, "SELECT phone FROM former_phone WHERE customer_id = ?", row.ID)
		if err != nil {
			return e, err
		}
		if e.Cards, e.Purchases, err = c.eraseCards(row.ID, r.Now); err != nil {
			return e, err
		}
		if e.Cards, err = s.freePhones(c, append(phones, row.Phone.String), e.Cards, r.Now); err != nil {
			return e, err
		}
		if _, err := c.execIn("DELETE FROM attempt WHERE subject IN (?)", row.attempts(phones)); err != nil {
			return e, err
		}
		if err := c.one("SELECT COUNT(*) FROM consent WHERE customer_id = ?", []any{row.ID}, &e.Consents); err != nil {
			return e, err
		}
		for _, query := range eraseCustomer {
			if _, err := c.exec(query, row.ID); err != nil {
				return e, err
			}
		}
		return e, c.audit(s.ids.next(r.Now), millis(r.Now), r.Actor, "erase", row.ID, "")
	})
}

// eraseCustomer and eraseCard remove what is stored under a customer or a card
// and tells of a person.
var (
	eraseCustomer = []string{
		"DELETE FROM operation WHERE subject = ?", // its keys hold phones and fingerprints
		"DELETE FROM one_time_code WHERE customer_id = ?",
		"DELETE FROM former_phone WHERE customer_id = ?",
		"DELETE FROM customer WHERE id = ?",
	}
	eraseCard = []string{
		"DELETE FROM card_segment WHERE card_number = ?",
		// A phone may be behind the hash, a name in the reason.
		"UPDATE reward_order SET customer_print = '', reason = '' WHERE card_number = ?",
		"DELETE FROM offer WHERE audience = 'card' AND target = ?",
	}
)

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
		for _, query := range eraseCard {
			if _, err := c.exec(query, card.Number); err != nil {
				return nil, 0, err
			}
		}
	}
	_, err = c.exec("UPDATE card SET customer_id = NULL, state = 'blocked', updated_at = ? WHERE customer_id = ?",
		millis(now), customer)
	return numbers, purchases, err
}

// attempts are the subjects under which a customer's attempts are counted.
func (r customerRow) attempts(phones []string) []string {
	subjects := []string{"claimed:" + r.ID, failuresOf(r.Phone.String, ""), failuresOf("", r.Email.String)}
	for _, phone := range phones {
		subjects = append(subjects, failuresOf(phone, ""))
	}
	return subjects
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
