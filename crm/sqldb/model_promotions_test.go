package sqldb_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// receipt is a receipt that a card has sent.
type receipt struct {
	CardNumber  string
	Fingerprint string
	Points      int64
	// Receipt and Award are kept for a refund to find.
	Receipt crm.Receipt
	Award   crm.Accrual
	// ReversedBy is the cause that took it back, "" for none.
	ReversedBy string
	CreatedAt  time.Time
}

// SubmitReceipt implements engine.Store.
func (s *model) SubmitReceipt(_ context.Context, r engine.ReceiptSubmission) (crm.Submitted, error) {
	key := fmt.Sprintf("%s/%d", r.Receipt.FN, r.Receipt.I)
	sent, found := s.receipts[key]
	ours := found && sent.CardNumber == r.CardNumber
	if ours && sent.Fingerprint == r.Receipt.Fingerprint() {
		return crm.Submitted{Repeated: true, Points: sent.Points}, nil
	}
	if r.TooOld {
		return crm.Submitted{}, crm.ErrReceiptTooOld
	}
	card, err := s.usable(r.CardNumber)
	switch {
	case err != nil:
		return crm.Submitted{}, err
	case ours:
		return crm.Submitted{}, crm.ErrReceiptMismatch
	case found:
		return crm.Submitted{}, crm.ErrReceiptTaken
	}
	points := r.Award.Points
	if r.Reverse.Wanted {
		points = s.reverse(card, r)
	}
	s.receipts[key] = receipt{
		CardNumber: r.CardNumber, Fingerprint: r.Receipt.Fingerprint(), Points: points,
		Receipt: r.Receipt, Award: r.Award, CreatedAt: r.Now,
	}
	s.credit(card, r.Award, r.Now)
	s.order(card, r.Messages, r.Now)
	return crm.Submitted{Points: points}, nil
}

// usable finds a card that may earn.
func (s *model) usable(number string) (*card, error) {
	card, err := s.card(number)
	if err != nil {
		return nil, err
	}
	return card, card.State.Usable()
}

// RedeemCode implements engine.Store.
func (s *model) RedeemCode(_ context.Context, r engine.CodeSubmission) (crm.Submitted, error) {
	card, err := s.usable(r.CardNumber)
	if points, used := s.usedBefore(card, r.Code); used {
		return crm.Submitted{Repeated: true, Points: points}, nil
	}
	if err != nil {
		return crm.Submitted{}, err
	}
	code := s.codes[r.Code]
	if err := open(code, r.Now); err != nil {
		return crm.Submitted{}, err
	}
	if code.Points > 0 {
		r.Award.Points = code.Points
	}
	code.Used++
	card.Codes[r.Code] = r.Award.Points
	s.credit(card, r.Award, r.Now)
	s.order(card, r.Messages, r.Now)
	return crm.Submitted{Points: r.Award.Points}, nil
}

// usedBefore tells what a code gave to a card, which may be nil, or to another one of
// its holder.
func (s *model) usedBefore(c *card, code string) (points int64, used bool) {
	if c == nil {
		return 0, false
	}
	if points, used = c.Codes[code]; used || c.CustomerID == "" {
		return points, used
	}
	for _, number := range s.customers[c.CustomerID].Cards {
		if points, used = s.cards[number].Codes[code]; used {
			return points, used
		}
	}
	return 0, false
}

// open gives the error with which a code is refused at a time.
func open(code *engine.PromoCode, now time.Time) error {
	switch {
	case code == nil:
		return crm.ErrCodeUnknown
	case now.Before(code.StartsAt):
		return crm.ErrCodeNotStarted
	case !now.Before(code.EndsAt):
		return crm.ErrCodeExpired
	case code.MaxUses > 0 && code.Used >= code.MaxUses:
		return crm.ErrCodeUsedUp
	}
	return nil
}

// PutCodes implements engine.Store.
func (s *model) PutCodes(_ context.Context, codes []engine.PromoCode) error {
	for _, code := range codes {
		code.Used = 0
		if known := s.codes[code.Code]; known != nil {
			code.Used = known.Used
		}
		s.codes[code.Code] = &code
	}
	return nil
}

// Offers implements engine.Store.
func (s *model) Offers(_ context.Context, number string, day crm.Date) (offers []crm.Offer, _ error) {
	card, err := s.card(number)
	if err != nil {
		return nil, err
	}
	for _, offer := range s.offers {
		if offer.Audience == crm.AudienceCard && offer.Target == card.Number && offer.StartDate <= day && day <= lastDay(offer) {
			offers = append(offers, offer)
		}
	}
	slices.SortFunc(offers, func(a, b crm.Offer) int {
		return cmp.Or(cmp.Compare(lastDay(a), lastDay(b)), strings.Compare(a.ID, b.ID))
	})
	return offers, nil
}

// lastDay is the end of an offer; an open end comes after every day.
func lastDay(o crm.Offer) crm.Date { return cmp.Or(o.EndDate, "9999-12-31") }
