package engine

import (
	"context"
	"errors"
	"strings"

	"koshelek-adapter/crm"
)

// PutCodes stores promo codes and counts what became of them; codes that break a rule
// are refused, the others are stored. An actor leaves lines in the audit log, as in
// all that stores records; see [Bringer].
func (s *Engine) PutCodes(ctx context.Context, actor string, codes []PromoCode) (Counts, []crm.RowError, error) {
	good, _, refused := admit(codes, promoCode)
	if bringer, can := s.backend.(Bringer); can {
		counts, err := bringer.BringCodes(ctx, good, By{actor, s.now()})
		return counts, refused, err
	}
	return nil, refused, s.backend.PutCodes(ctx, good)
}

func promoCode(c PromoCode) (PromoCode, error) {
	var err error
	if c.Code, err = crm.NormalizeCode(c.Code); err != nil {
		return c, crm.Fail(crm.ErrInvalidRecord, "not a code")
	}
	if c.EndsAt.IsZero() {
		c.EndsAt = crm.Forever
	}
	if c.Points < 0 || c.Points > crm.MaxPoints || c.MaxUses < 0 || c.Used < 0 || !c.EndsAt.After(c.StartsAt) {
		return c, crm.Fail(crm.ErrInvalidRecord, "points, uses or window")
	}
	c.Description, err = crm.CleanText("description", c.Description, crm.MaxTextRunes)
	return c, err
}

// ChangeCode changes what it is told of a promo code, or makes one of it when there
// is none, which known then says. Errors: ErrCodeUnknown for a text that is no
// code, and ErrInvalidRecord.
func (s *Engine) ChangeCode(ctx context.Context, actor, code string, change func(c *PromoCode, known bool) error) error {
	c, err := s.Code(ctx, code)
	known := err == nil
	if errors.Is(err, crm.ErrCodeUnknown) {
		c, err = PromoCode{Code: code}, nil
	}
	if err != nil {
		return err
	}
	if err := change(&c, known); err != nil {
		return err
	}
	_, refused, err := s.PutCodes(ctx, actor, []PromoCode{c})
	if err == nil && len(refused) > 0 {
		err = refused[0].Err
	}
	return err
}

// Code gives a promo code with its count of uses. ErrCodeUnknown.
func (s *Engine) Code(ctx context.Context, code string) (PromoCode, error) {
	code, err := crm.NormalizeCode(code)
	if err != nil {
		return PromoCode{}, err
	}
	return s.backend.Code(ctx, code)
}

// PutPurchases stores lines of history, counts what became of them, and refuses those
// that break a rule or name an unknown card.
func (s *Engine) PutPurchases(ctx context.Context, actor string, lines []crm.Purchase) (Counts, []crm.RowError, error) {
	good, index, refused := admit(lines, purchase)
	if bringer, can := s.backend.(Bringer); can {
		counts, late, err := bringer.BringPurchases(ctx, good, By{actor, s.now()})
		return counts, append(refused, relabel(late, index)...), err
	}
	_, late, err := s.backend.PutPurchases(ctx, good)
	return nil, append(refused, relabel(late, index)...), err
}

func purchase(p crm.Purchase) (crm.Purchase, error) {
	_, numberErr := crm.ParseCardNumber(p.CardNumber)
	_, dateErr := crm.ParseDate(string(p.Date))
	var itemErr, placeErr error
	p.Item, itemErr = crm.CleanText("item", p.Item, crm.MaxTextRunes)
	p.Location, placeErr = crm.CleanText("location", p.Location, crm.MaxTextRunes)
	if err := errors.Join(numberErr, dateErr, itemErr, placeErr); err != nil {
		return p, err
	}
	return p, crm.CheckKey("reference", p.Ref, crm.MaxKeyBytes)
}

// PutOffers stores offers and counts what became of them; those that break a rule are
// refused.
func (s *Engine) PutOffers(ctx context.Context, actor string, offers []crm.Offer) (Counts, []crm.RowError, error) {
	good, _, refused := admit(offers, offer)
	if bringer, can := s.backend.(Bringer); can {
		counts, err := bringer.BringOffers(ctx, good, By{actor, s.now()})
		return counts, refused, err
	}
	return nil, refused, s.backend.PutOffers(ctx, good)
}

func offer(o crm.Offer) (crm.Offer, error) {
	if err := crm.CheckKey("id", o.ID, crm.MaxCardNumberBytes); err != nil {
		return o, err
	}
	switch o.Audience {
	case crm.AudienceAll:
		o.Target = ""
	case crm.AudienceSegment, crm.AudienceCard:
		if err := crm.CheckKey("target", o.Target, crm.MaxCardNumberBytes); err != nil {
			return o, err
		}
	default:
		return o, crm.Fail(crm.ErrInvalidRecord, "unknown audience")
	}
	if o.EndDate != "" && o.EndDate < o.StartDate {
		return o, crm.Fail(crm.ErrInvalidDate, "the end lies before the start")
	}
	for _, day := range []crm.Date{o.StartDate, o.EndDate} {
		if _, err := crm.ParseDate(string(day)); day != "" && err != nil {
			return o, err
		}
	}
	return cleanOffer(o)
}

// maxOfferText limits the long text of an offer, in characters.
const maxOfferText = 4000

func cleanOffer(o crm.Offer) (crm.Offer, error) {
	var name, text, image, discount error
	o.Name, name = crm.CleanText("name", o.Name, crm.MaxTextRunes)
	o.Description, text = crm.CleanText("description", strings.ReplaceAll(o.Description, "\n", " "), maxOfferText)
	o.ImageURL, image = crm.CleanText("image", o.ImageURL, crm.MaxTextRunes)
	o.Discount, discount = crm.CleanText("discount", o.Discount, crm.MaxTextRunes)
	return o, errors.Join(name, text, image, discount)
}

// admit splits rows into those that pass a rule, with their places, and the
// refused ones.
func admit[T any](rows []T, rule func(T) (T, error)) (good []T, index []int, refused []crm.RowError) {
	for i, row := range rows {
		clean, err := rule(row)
		if err != nil {
			refused = append(refused, crm.RowError{Index: i, Err: err})
			continue
		}
		good, index = append(good, clean), append(index, i)
	}
	return good, index, refused
}

// relabel turns indices of the admitted rows into those of the caller's rows.
func relabel(refused []crm.RowError, index []int) []crm.RowError {
	for i := range refused {
		refused[i].Index = index[refused[i].Index]
	}
	return refused
}
