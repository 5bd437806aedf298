package crm

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PutCodes stores promo codes; codes that break a rule are refused, the others
// are stored.
func (s *Service) PutCodes(ctx context.Context, codes []PromoCode) ([]Refusal, error) {
	good, _, refused := admit(codes, promoCode)
	return refused, s.backend.PutCodes(ctx, good)
}

func promoCode(c PromoCode) (PromoCode, error) {
	var err error
	if c.Code, err = NormalizeCode(c.Code); err != nil {
		return c, Fail(ErrInvalidRecord, "not a code")
	}
	if c.EndsAt.IsZero() {
		c.EndsAt = Forever
	}
	if c.Points < 0 || c.Points > MaxPoints || c.MaxUses < 0 || !c.EndsAt.After(c.StartsAt) {
		return c, Fail(ErrInvalidRecord, "points, uses or window")
	}
	c.Description, err = cleanText("description", c.Description, MaxTextRunes)
	return c, err
}

// Code gives a promo code with its count of uses. ErrCodeUnknown.
func (s *Service) Code(ctx context.Context, code string) (PromoCode, error) {
	code, err := NormalizeCode(code)
	if err != nil {
		return PromoCode{}, err
	}
	return s.backend.Code(ctx, code)
}

// PutPurchases stores lines of history, tells how many were new, and refuses
// those that break a rule or name an unknown card.
func (s *Service) PutPurchases(ctx context.Context, lines []Purchase) (int, []Refusal, error) {
	good, index, refused := admit(lines, purchase)
	added, late, err := s.backend.PutPurchases(ctx, good)
	return added, append(refused, relabel(late, index)...), err
}

func purchase(p Purchase) (Purchase, error) {
	_, numberErr := ParseCardNumber(p.CardNumber)
	_, dateErr := ParseDate(string(p.Date))
	var itemErr, placeErr error
	p.Item, itemErr = cleanText("item", p.Item, MaxTextRunes)
	p.Location, placeErr = cleanText("location", p.Location, MaxTextRunes)
	if err := errors.Join(numberErr, dateErr, itemErr, placeErr); err != nil {
		return p, err
	}
	return p, identifier("reference", p.Ref, MaxKeyBytes)
}

// PutOffers stores offers; those that break a rule are refused.
func (s *Service) PutOffers(ctx context.Context, offers []Offer) ([]Refusal, error) {
	good, _, refused := admit(offers, offer)
	return refused, s.backend.PutOffers(ctx, good)
}

func offer(o Offer) (Offer, error) {
	if err := identifier("id", o.ID, MaxCardNumberBytes); err != nil {
		return o, err
	}
	switch o.Audience {
	case AudienceAll:
		o.Target = ""
	case AudienceSegment, AudienceCard:
		if err := identifier("target", o.Target, MaxCardNumberBytes); err != nil {
			return o, err
		}
	default:
		return o, Fail(ErrInvalidRecord, "unknown audience")
	}
	if o.EndDate != "" && o.EndDate < o.StartDate {
		return o, Fail(ErrInvalidDate, "the end lies before the start")
	}
	for _, day := range []Date{o.StartDate, o.EndDate} {
		if _, err := ParseDate(string(day)); day != "" && err != nil {
			return o, err
		}
	}
	return cleanOffer(o)
}

// maxOfferText limits the long text of an offer, in characters.
const maxOfferText = 4000

func cleanOffer(o Offer) (Offer, error) {
	var name, text, image, discount error
	o.Name, name = cleanText("name", o.Name, MaxTextRunes)
	o.Description, text = cleanText("description", strings.ReplaceAll(o.Description, "\n", " "), maxOfferText)
	o.ImageURL, image = cleanText("image", o.ImageURL, MaxTextRunes)
	o.Discount, discount = cleanText("discount", o.Discount, MaxTextRunes)
	return o, errors.Join(name, text, image, discount)
}

// identifier checks a key of an operator's own making: kept byte by byte, so it
// must be UTF-8 without control characters and not too long. The error is
// ErrInvalidRecord.
func identifier(name, text string, maxBytes int) error {
	if text == "" || len(text) > maxBytes {
		return Fail(ErrInvalidRecord, name+" is empty or too long")
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return Fail(ErrInvalidRecord, name+" is not UTF-8 or has control characters")
	}
	return nil
}

// admit splits rows into those that pass a rule, with their places, and the
// refused ones.
func admit[T any](rows []T, rule func(T) (T, error)) (good []T, index []int, refused []Refusal) {
	for i, row := range rows {
		clean, err := rule(row)
		if err != nil {
			refused = append(refused, Refusal{Index: i, Err: err})
			continue
		}
		good, index = append(good, clean), append(index, i)
	}
	return good, index, refused
}

// relabel turns indices of the admitted rows into those of the caller's rows.
func relabel(refused []Refusal, index []int) []Refusal {
	for i := range refused {
		refused[i].Index = index[refused[i].Index]
	}
	return refused
}
