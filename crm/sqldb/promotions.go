package sqldb

import (
	"cmp"
	"context"
	"errors"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// SubmitReceipt implements engine.Store. The card's guarded update comes first,
// as for every change of points; the receipt's key then decides whether this is
// the first time.
func (s *Store) SubmitReceipt(ctx context.Context, r engine.ReceiptSubmission) (crm.Submitted, error) {
	if r.TooOld {
		return s.submittedBefore(ctx, r)
	}
	done, err := write(ctx, s, func(c conn) (crm.Submitted, error) {
		points, err := s.takeReceipt(c, r)
		return crm.Submitted{Points: points}, err
	})
	if !repeated(err) {
		return done, err
	}
	done, err = s.submittedBefore(ctx, r)
	if errors.Is(err, crm.ErrReceiptTaken) && r.Reverse.Wanted {
		return write(ctx, s, func(c conn) (crm.Submitted, error) {
			points, err := s.adoptRefund(c, r)
			return crm.Submitted{Points: points}, err
		})
	}
	return done, err
}

// takeReceipt gives the points that the receipt moved.
func (s *Store) takeReceipt(c conn, r engine.ReceiptSubmission) (int64, error) {
	if err := c.withinDay(&r); err != nil {
		return 0, err
	}
	fits, err := c.addPoints(r.CardNumber, r.Award.Points, ifActive, r.Now)
	if err != nil {
		return 0, err
	}
	if !fits {
		return 0, errGuarded
	}
	points := r.Award.Points
	if r.Reverse.Wanted {
		points, err = s.reverseByRefund(c, r)
		if err != nil {
			return 0, err
		}
	}
	if err := c.insertReceipt(r, points); err != nil {
		return 0, err
	}
	if err := s.credit(c, r.CardNumber, r.Receipt.Cause(), r.Award, r.Now); err != nil {
		return 0, err
	}
	if err := s.order(c, r.CardNumber, r.Messages, millis(r.Now)); err != nil || !r.Reverse.Possible {
		return points, err
	}
	taken, err := s.reverseByEarlier(c, r)
	if err == nil && taken > 0 {
		// The same call again answers the same.
		points -= taken
		_, err = c.exec("UPDATE receipt SET points = ? WHERE fn = ? AND i = ?", points, r.Receipt.FN, r.Receipt.I)
	}
	return points, err
}

// withinDay cuts an award to what the card may still earn today. It takes the card's
// lock.
func (c conn) withinDay(r *engine.ReceiptSubmission) error {
	if r.Award.Points == 0 || r.PerDay.Receipts == 0 && r.PerDay.Points == 0 {
		return nil
	}
	if _, err := c.card(r.CardNumber, c.d.forUpdate); err != nil {
		return err
	}
	var known, sent, earned int64
	if err := c.one("SELECT COUNT(*) FROM receipt WHERE fn = ? AND i = ?", []any{r.Receipt.FN, r.Receipt.I}, &known); err != nil || known > 0 {
		return err // a repetition, or refused for another reason
	}
	if err := c.one("SELECT COUNT(*), COALESCE(SUM(points), 0) FROM receipt WHERE card_number = ? AND created_at >= ? AND kind IN (0, 1)",
		[]any{r.CardNumber, millis(r.PerDay.Since)}, &sent, &earned); err != nil {
		return err
	}
	if r.PerDay.Receipts > 0 && sent >= r.PerDay.Receipts {
		return cmp.Or(c.usable(r.CardNumber), error(crm.ErrReceiptLimit))
	}
	if r.PerDay.Points > 0 {
		r.Award.Points = min(r.Award.Points, max(0, r.PerDay.Points-earned))
	}
	return nil
}

func (c conn) insertReceipt(r engine.ReceiptSubmission, points int64) error {
	receipt := r.Receipt
	taken, err := c.insert(`INSERT INTO receipt (fn, i, fp, card_number, fingerprint, sum_kopecks, at, kind, points, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		receipt.FN, receipt.I, receipt.FP, r.CardNumber, receipt.Fingerprint(), receipt.SumKopecks, millis(receipt.At),
		int64(receipt.Kind), points, millis(r.Now))
	if err != nil {
		return err
	}
	if taken {
		return errRepeated
	}
	return nil
}

// submittedBefore answers for a receipt that was not taken now.
func (s *Store) submittedBefore(ctx context.Context, r engine.ReceiptSubmission) (crm.Submitted, error) {
	return read(ctx, s, func(c conn) (done crm.Submitted, err error) {
		var card, print string
		var points int64
		err = c.one("SELECT card_number, fingerprint, points FROM receipt WHERE fn = ? AND i = ?",
			[]any{r.Receipt.FN, r.Receipt.I}, &card, &print, &points)
		switch {
		case err != nil && !isNoRows(err):
			return done, err
		case card == r.CardNumber && print == r.Receipt.Fingerprint():
			return crm.Submitted{Repeated: true, Points: points}, nil
		case r.TooOld:
			return done, crm.ErrReceiptTooOld
		}
		return done, c.whyNoReceipt(r.CardNumber, card)
	})
}

// whyNoReceipt says why a card could not send a receipt that taker, "" for
// nobody, has sent before.
func (c conn) whyNoReceipt(number, taker string) error {
	if err := c.usable(number); err != nil {
		return err
	}
	switch taker {
	case "":
		return errChanged
	case number:
		return crm.ErrReceiptMismatch
	}
	return crm.ErrReceiptTaken
}

// usable gives the reason why a card does not pass ifActive, nil when it does.
func (c conn) usable(number string) error {
	card, err := c.card(number, "")
	if err != nil {
		return err
	}
	return card.State.Usable()
}

// RedeemCode implements engine.Store. The rows of the card and of its holder are
// locked, so that a customer uses a code once, by whatever card, and may be wrong so
// often, and no more, also at the same moment; the guarded count decides about the
// code's limit. The code's row, which many cards may want, is locked last and so for
// the shortest time.
func (s *Store) RedeemCode(ctx context.Context, r engine.CodeSubmission) (crm.Submitted, error) {
	type outcome struct {
		done    crm.Submitted
		refused error
	}
	ended, err := write(ctx, s, func(c conn) (o outcome, err error) {
		card, err := c.card(r.CardNumber, c.d.forUpdate)
		if err != nil {
			return o, err
		}
		who, err := c.failuresOfCard(card)
		if err != nil {
			return o, err
		}
		if o.done, err = c.usedBefore(card, r.Code); err != nil || o.done.Repeated {
			return o, err
		}
		if err := card.State.Usable(); err != nil {
			return o, err
		}
		if o.refused, err = c.mayTry(who, r); err != nil || o.refused != nil {
			return o, err
		}
		o.done, err = s.takeCode(c, card, r)
		return o, err
	})
	return ended.done, cmp.Or(err, ended.refused)
}

// failuresOfCard locks the card's holder and gives whose failures are counted.
func (c conn) failuresOfCard(card crm.Card) (string, error) {
	if card.CustomerID == "" {
		return failuresOf("", card.Number), nil
	}
	holder, err := only(c, customerRow.profile, errAgain, selectCustomer+"WHERE id = ?"+c.d.forUpdate, card.CustomerID)
	return failuresOfProfile(holder), err
}

// usedBefore answers for a code that the card or another one of its holder has used.
func (c conn) usedBefore(card crm.Card, code string) (crm.Submitted, error) {
	done := crm.Submitted{Repeated: true}
	err := c.one(`SELECT u.points FROM promo_use u WHERE u.code = ? AND (u.card_number = ? OR u.card_number IN
		(SELECT number FROM card WHERE customer_id = ?))`, []any{code, card.Number, orNull(card.CustomerID)}, &done.Points)
	if isNoRows(err) {
		return crm.Submitted{}, nil
	}
	return done, err
}

// mayTry gives the reason why a code is not looked at: too many were wrong, or it is
// one more that is. The failure is counted when the transaction ends well.
func (c conn) mayTry(who string, r engine.CodeSubmission) (refused, err error) {
	if r.Failures > 0 {
		var tried int64
		err := c.one("SELECT tried FROM attempt WHERE subject = ? AND since > ?", []any{who, millis(r.Now.Add(-engine.FailureWindow))}, &tried)
		if err != nil && !isNoRows(err) {
			return nil, err
		}
		if tried >= r.Failures {
			return crm.ErrTooManyAttempts, nil
		}
	}
	_, err = c.promoCode(r.Code)
	if !errors.Is(err, crm.ErrCodeUnknown) || r.Failures == 0 {
		return nil, err
	}
	if _, err := c.attempts(who, r.Now, engine.FailureWindow); err != nil {
		return nil, err
	}
	return err, c.attempted(who)
}

func (s *Store) takeCode(c conn, card crm.Card, r engine.CodeSubmission) (crm.Submitted, error) {
	code, err := c.promoCode(r.Code)
	if err != nil {
		return crm.Submitted{}, err
	}
	award := r.Award
	if code.Points > 0 {
		award.Points = code.Points
	}
	fits, err := c.addPoints(card.Number, award.Points, ifActive, r.Now)
	if err != nil {
		return crm.Submitted{}, err
	}
	if !fits {
		return crm.Submitted{}, errAgain
	}
	if err := c.useCode(r, award.Points); err != nil {
		return crm.Submitted{}, err
	}
	// Whether it is a repetition is decided: a card that was replaced, and took its
	// uses along, may use a code that its ledger knows already.
	if err := s.credit(c, card.Number, "code:"+s.ids.next(r.Now), award, r.Now); err != nil {
		return crm.Submitted{}, err
	}
	return crm.Submitted{Points: award.Points}, s.order(c, card.Number, r.Messages, millis(r.Now))
}

func (c conn) useCode(r engine.CodeSubmission, points int64) error {
	taken, err := c.insert("INSERT INTO promo_use (code, card_number, points, created_at) VALUES (?, ?, ?, ?)",
		r.Code, r.CardNumber, points, millis(r.Now))
	if err != nil {
		return err
	}
	if taken {
		return errAgain
	}
	return c.countUse(r.Code, r.Now)
}

// countUse counts one use of a code, as far as its limit and its days allow.
func (c conn) countUse(name string, now time.Time) error {
	matched, err := c.exec(`UPDATE promo_code SET used = used + 1 WHERE code = ?
		AND (max_uses = 0 OR used < max_uses) AND starts_at <= ? AND ends_at > ?`, name, millis(now), millis(now))
	if err != nil || matched == 1 {
		return err
	}
	code, err := c.promoCode(name)
	switch {
	case err != nil:
		return err
	case now.Before(code.StartsAt):
		return crm.ErrCodeNotStarted
	case !now.Before(code.EndsAt):
		return crm.ErrCodeExpired
	}
	return crm.ErrCodeUsedUp
}

type codeRow struct {
	Code        string `db:"code"`
	Points      int64  `db:"points"`
	StartsAt    int64  `db:"starts_at"`
	EndsAt      int64  `db:"ends_at"`
	MaxUses     int64  `db:"max_uses"`
	Used        int64  `db:"used"`
	Description string `db:"description"`
}

const selectCode = "SELECT code, points, starts_at, ends_at, max_uses, used, description FROM promo_code "

func (r codeRow) code() engine.PromoCode {
	return engine.PromoCode{
		Code: r.Code, Points: r.Points, StartsAt: fromMillis(r.StartsAt), EndsAt: fromMillis(r.EndsAt),
		MaxUses: r.MaxUses, Used: r.Used, Description: r.Description,
	}
}

func (c conn) promoCode(code string) (engine.PromoCode, error) {
	return only(c, codeRow.code, crm.ErrCodeUnknown, selectCode+"WHERE code = ?", code)
}

// Code implements engine.Store.
func (s *Store) Code(ctx context.Context, code string) (engine.PromoCode, error) {
	return read(ctx, s, func(c conn) (engine.PromoCode, error) { return c.promoCode(code) })
}

// PutCodes implements engine.Store.
func (s *Store) PutCodes(ctx context.Context, codes []engine.PromoCode) error {
	_, err := s.BringCodes(ctx, codes, engine.By{})
	return err
}

// BringCodes implements engine.Bringer.
func (s *Store) BringCodes(ctx context.Context, codes []engine.PromoCode, by engine.By) (engine.Counts, error) {
	return write(ctx, s, func(c conn) (engine.Counts, error) {
		b := s.bringing(c, "code", by)
		for _, code := range codes {
			outcome, err := c.putPromoCode(code)
			if err != nil {
				return nil, err
			}
			if err := b.done(outcome, code.Code, ""); err != nil {
				return nil, err
			}
		}
		return b.counts, nil
	})
}

func (c conn) putPromoCode(code engine.PromoCode) (engine.Outcome, error) {
	stored, err := list(c, codeRow.code, selectCode+"WHERE code = ?", code.Code)
	if err != nil {
		return "", err
	}
	if len(stored) > 0 {
		code.Used = stored[0].Used
	}
	code.StartsAt, code.EndsAt = fromMillis(millis(code.StartsAt)), fromMillis(millis(code.EndsAt))
	return put(c, stored, code, "UPDATE promo_code SET points = ?, starts_at = ?, ends_at = ?, max_uses = ?, description = ? WHERE ? >= 0 AND code = ?",
		`INSERT INTO promo_code (points, starts_at, ends_at, max_uses, description, used, code) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		[]any{code.Points, millis(code.StartsAt), millis(code.EndsAt), code.MaxUses, code.Description, code.Used, code.Code})
}

// put updates a row or, when there is none, inserts it; both statements take
// the same arguments.
func (c conn) put(update, insert string, args []any) error {
	matched, err := c.exec(update, args...)
	if err != nil || matched > 0 {
		return err
	}
	taken, err := c.insert(insert, args...)
	if taken {
		return errAgain // inserted by another process in this moment
	}
	return err
}
