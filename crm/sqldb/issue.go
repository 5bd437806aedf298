package sqldb

import (
	"context"
	"errors"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Issue implements engine.Store. The usual customer is new, so the first
// transaction just tries to make one, together with others who wait where that
// pays: the unique keys of phone and email tell when that is wrong, and then a
// second one works with the customer who exists. They are two, since a failed
// insert keeps a shared lock on MySQL that twins would then wait for in a circle.
func (s *Store) Issue(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	issued, err := s.issueFirst(ctx, r)
	if errors.Is(err, errKnown) {
		return write(ctx, s, func(c conn) (engine.Issued, error) { return s.issueKnown(c, r) })
	}
	return issued, err
}

func (s *Store) issueFirst(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	if s.issues != nil && !r.Registered {
		return s.issues.do(ctx, r)
	}
	return s.issueNew(ctx, r)
}

// issueNew takes the customer for a new one; errKnown when that is wrong.
func (s *Store) issueNew(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	return write(ctx, s, func(c conn) (engine.Issued, error) {
		to := owner{id: s.ids.next(r.Now), phone: r.Profile.Phone}
		if err := c.insertCustomer(to.id, r.Profile, millis(r.Now)); err != nil {
			return engine.Issued{}, err
		}
		card, err := s.makeCard(c, r, to)
		return engine.Issued{Card: card, Created: true}, err
	})
}

func (s *Store) issueKnown(c conn, r engine.IssueRequest) (engine.Issued, error) {
	to, err := s.customer(c, r.Profile, r.Email, r.Now)
	if err != nil {
		return engine.Issued{}, err
	}
	cards, err := c.cardsOf(to.id)
	if err != nil {
		return engine.Issued{}, err
	}
	card, has := crm.PickCard(cards)
	if !has {
		card, err = s.makeCard(c, r, to)
	} else if card.State == crm.CardBlocked {
		err = crm.ErrCardBlocked
	}
	// After a lost answer the card may have been made by the run before.
	return engine.Issued{Card: card, Created: card.Number == r.Number.Number}, err
}

// makeCard turns the request's number into a card of the customer.
func (s *Store) makeCard(c conn, r engine.IssueRequest, to owner) (crm.Card, error) {
	if r.Number.Number == "" {
		return crm.Card{}, crm.ErrPoolEmpty
	}
	if _, err := c.exec("DELETE FROM card_pool WHERE number = ?", r.Number.Number); err != nil {
		return crm.Card{}, err
	}
	welcome, err := c.welcome(r, to)
	if err != nil {
		return crm.Card{}, err
	}
	card := crm.Card{
		CardNumber: r.Number, State: crm.CardActive, CustomerID: to.id,
		Balance: welcome.Points, EarnedTotal: welcome.Points, IssuedAt: r.Now,
	}
	if err := c.insertCard(card, millis(r.Now)); err != nil {
		return crm.Card{}, err
	}
	if r.Registered {
		if _, err := c.operation(registeredKey(card.Number), "", to.id, millis(r.Now)); err != nil {
			return crm.Card{}, err
		}
	}
	return card, s.credit(c, card.Number, "welcome:"+card.Number, welcome, r.Now)
}

// welcome gives the request's welcome bonus if the customer's phone never had
// one. The operation's subject lets an erasure find it when the customer has
// another phone by then.
func (c conn) welcome(r engine.IssueRequest, to owner) (crm.Accrual, error) {
	if r.Welcome.Points == 0 || to.phone == "" {
		return crm.Accrual{}, nil
	}
	fresh, err := c.operation("welcome:"+to.phone, "", to.id, millis(r.Now))
	if err != nil || !fresh {
		return crm.Accrual{}, err
	}
	return r.Welcome, nil
}

// operation claims the key of an operation and tells whether it was free.
func (c conn) operation(key, fingerprint, subject string, now int64) (bool, error) {
	taken, err := c.insert(insertOperation+"(?, ?, ?, ?)", key, fingerprint, subject, now)
	return !taken, err
}

// IssueReserved implements engine.Store. The operation's key is claimed first
// and decides between twins; the loser looks at what the winner did.
func (s *Store) IssueReserved(ctx context.Context, r engine.IssueRequest) (crm.Card, error) {
	card, err := write(ctx, s, func(c conn) (crm.Card, error) { return s.issueReserved(c, r, false) })
	if !claims(err) {
		return card, err
	}
	return claim(ctx, s, failuresOfProfile(r.Profile), r.Claims.Failures, r.Now, func(c conn) (crm.Card, error) { return s.issueReserved(c, r, true) })
}

func (s *Store) issueReserved(c conn, r engine.IssueRequest, claimed bool) (crm.Card, error) {
	key, fingerprint := "issue:"+r.Number.Number, r.Profile.Fingerprint()
	fresh, err := c.operation(key, fingerprint, "", millis(r.Now))
	if err != nil {
		return crm.Card{}, err
	}
	if !fresh {
		return c.doneBefore(key, r.Number.Number, fingerprint, func(string) error { return crm.ErrNumberTaken })
	}
	return s.issueNumber(c, r, key, claimed)
}

// doneBefore answers for a card whose operation's key was claimed: the same
// fingerprint is the same success, with another one the call is refused.
func (c conn) doneBefore(key, number, fingerprint string, refusal func(before string) error) (crm.Card, error) {
	var before string
	err := c.one("SELECT fingerprint FROM operation WHERE op_key = ?", []any{key}, &before)
	switch {
	case isNoRows(err):
		return crm.Card{}, errAgain // erased or replaced in this moment: start over
	case err != nil:
		return crm.Card{}, err
	case before != fingerprint:
		return crm.Card{}, refusal(before)
	}
	return c.card(number, "")
}

// issueNumber gives the number to the customer; a card that waits for a holder only
// on the way of claims, else errClaim.
func (s *Store) issueNumber(c conn, r engine.IssueRequest, key string, claimed bool) (crm.Card, error) {
	pooled, err := c.poolNumber(r.Number.Number)
	if err != nil && !isNoRows(err) {
		return crm.Card{}, err
	}
	unheld, err := c.unheldCard(r.Number.Number, err == nil)
	if err != nil {
		return crm.Card{}, err
	}
	if unheld != nil && !claimed {
		return crm.Card{}, errClaim
	}
	to, err := s.customer(c, r.Profile, r.Email, r.Now)
	if err != nil {
		return crm.Card{}, err
	}
	if err := c.notAllBlocked(to.id); err != nil {
		return crm.Card{}, err
	}
	if _, err := c.exec("UPDATE operation SET subject = ? WHERE op_key = ?", to.id, key); err != nil {
		return crm.Card{}, err
	}
	if unheld != nil {
		return s.giveCard(c, *unheld, r, to)
	}
	r.Number = pooled
	return s.makeCard(c, r, to)
}

// poolNumber reads and locks a number of the pool; sql.ErrNoRows when it is
// not there.
func (c conn) poolNumber(number string) (n crm.CardNumber, err error) {
	err = c.one("SELECT number, barcode_number, barcode_type FROM card_pool WHERE number = ?"+c.d.forUpdate,
		[]any{number}, &n.Number, &n.BarcodeNumber, (*string)(&n.BarcodeType))
	return n, err
}

// unheldCard gives the card of a number that is not pooled, if it waits for a
// holder, and otherwise the error that tells why it cannot be issued.
func (c conn) unheldCard(number string, pooled bool) (*crm.Card, error) {
	if pooled {
		return nil, nil
	}
	card, err := c.card(number, c.d.forUpdate)
	switch {
	case errors.Is(err, crm.ErrCardNotFound):
		return nil, crm.ErrNumberUnknown
	case err != nil:
		return nil, err
	case card.CustomerID != "":
		return nil, crm.ErrNumberTaken
	case card.State == crm.CardBlocked:
		return nil, crm.ErrCardBlocked
	}
	return &card, nil
}

// notAllBlocked gives ErrCardBlocked for a customer whose cards are all blocked.
func (c conn) notAllBlocked(customer string) error {
	cards, err := c.cardsOf(customer)
	if err != nil {
		return err
	}
	if card, has := crm.PickCard(cards); has && card.State == crm.CardBlocked {
		return crm.ErrCardBlocked
	}
	return nil
}

// giveCard makes a customer the holder of a card that has none.
func (s *Store) giveCard(c conn, card crm.Card, r engine.IssueRequest, to owner) (crm.Card, error) {
	if err := c.giveTo(card.Number, to, r.Claims, r.Now); err != nil {
		return crm.Card{}, err
	}
	card.CustomerID = to.id
	welcome, err := c.welcome(r, to)
	if err != nil || welcome.Points == 0 {
		return card, err
	}
	if _, err := c.addPoints(card.Number, welcome.Points, "", r.Now); err != nil {
		return crm.Card{}, err
	}
	card.Balance += welcome.Points
	card.EarnedTotal += welcome.Points
	// The card may have welcomed an earlier holder.
	return card, s.credit(c, card.Number, "welcome:"+card.Number+":"+s.ids.next(r.Now), welcome, r.Now)
}
