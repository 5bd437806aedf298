package crm

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What operators and imports may do. These methods are the same programme's
// rules; only the surface differs.

// SetCardState blocks, unblocks or rests a card. Errors: ErrInvalidCardNumber,
// ErrCardNotFound, ErrInvalidRecord for an unknown state.
func (s *Service) SetCardState(ctx context.Context, number string, state CardState, actor, reason string) error {
	number, err := ParseCardNumber(number)
	if err != nil {
		return err
	}
	if !state.Valid() {
		return Fail(ErrInvalidRecord, "unknown state")
	}
	actor, actorErr := cleanText("actor", actor, MaxTextRunes)
	reason, reasonErr := cleanText("reason", reason, MaxTextRunes)
	if err := errors.Join(actorErr, reasonErr); err != nil {
		return err
	}
	return s.backend.SetCardState(ctx, StateChange{CardNumber: number, State: state, Actor: actor, Reason: reason, Now: s.now()})
}

// ImportCards stores cards with their holders and opening balances; a card
// without barcode gets the programme's. Rows that break a rule are refused, the
// others are stored. See [Cards].ImportCards.
func (s *Service) ImportCards(ctx context.Context, rows []CardRecord) ([]Refusal, error) {
	now := s.now()
	good, index, refused := admit(rows, func(row CardRecord) (CardRecord, error) { return s.cardRecord(row, now) })
	for start := 0; start < len(good); start += cardChunk {
		end := min(start+cardChunk, len(good))
		late, err := s.backend.ImportCards(ctx, good[start:end], now)
		if err != nil {
			return refused, err
		}
		refused = append(refused, relabel(late, index[start:end])...)
	}
	return refused, nil
}

// importChunk is how many rows share a transaction: enough to share the wait
// for the disk, few enough to let customers in between.
const importChunk = 500

// cardChunk is how many rows of an import of cards go to the store at once: new
// cards are stored in bulk, and the more of them together, the fewer pages of
// the indexes are written again and again.
const cardChunk = 5_000

func (s *Service) cardRecord(row CardRecord, now time.Time) (CardRecord, error) {
	var err error
	if row.CardNumber, err = s.numbered(row.CardNumber); err != nil {
		return row, err
	}
	if row.Holder, err = row.Holder.Normalize(now); err != nil {
		return row, err
	}
	if row.State == "" {
		row.State = CardActive
	}
	if !row.State.Valid() {
		return row, Fail(ErrInvalidRecord, "unknown state")
	}
	if row.Balance < 0 || row.Balance > MaxPoints {
		return row, Fail(ErrInvalidAmount, "opening balance")
	}
	if row.IssuedAt.IsZero() {
		row.IssuedAt = now
	}
	return row, nil
}

// numbered checks a number that comes from a file and completes its barcode.
func (s *Service) numbered(number CardNumber) (CardNumber, error) {
	if _, err := ParseCardNumber(number.Number); err != nil {
		return number, err
	}
	if number.BarcodeNumber == "" && number.BarcodeType == "" {
		return s.barcode.For(number.Number)
	}
	return number, CheckBarcode(number.BarcodeNumber, number.BarcodeType)
}

// AddNumbers puts numbers into the pool and tells how many were new. With
// handedOver they belong to Koshelek, which issues them without asking, and are
// never given out here.
func (s *Service) AddNumbers(ctx context.Context, numbers []CardNumber, handedOver bool) (int, []Refusal, error) {
	good, _, refused := admit(numbers, s.numbered)
	added := 0
	for chunk := range slices.Chunk(good, importChunk) {
		request := PoolRequest{Numbers: chunk, Now: s.now()}
		if handedOver {
			request.ReservedUntil = Forever
		}
		fresh, err := s.backend.AddNumbers(ctx, request)
		added += len(fresh)
		if err != nil {
			return added, refused, err
		}
	}
	return added, refused, nil
}

// PoolLevel tells how many numbers are free, reserved and handed over.
func (s *Service) PoolLevel(ctx context.Context) (PoolLevel, error) {
	return s.backend.CountNumbers(ctx, s.now())
}

// Grant credits points; the key makes it happen once. A zero lifetime means the
// programme's. Errors: ErrInvalidAmount, ErrInvalidRecord (no key), and those
// of [Ledger].Grant.
func (s *Service) Grant(ctx context.Context, m Movement) (Posting, error) {
	m, err := s.movement(m)
	if err != nil {
		return Posting{}, err
	}
	if m.AvailableFrom.IsZero() {
		m.AvailableFrom = m.Now
	}
	if m.ValidUntil.IsZero() {
		m.ValidUntil = s.rules.validUntil(m.Now)
	}
	return s.backend.Grant(ctx, m)
}

// Take spends points; the key makes it happen once. Errors: ErrInvalidAmount,
// ErrInvalidRecord (no key), and those of [Ledger].Take.
func (s *Service) Take(ctx context.Context, m Movement) (Posting, error) {
	m, err := s.movement(m)
	if err != nil {
		return Posting{}, err
	}
	return s.backend.Take(ctx, m)
}

// MaxKeyBytes limits the key of a movement.
const MaxKeyBytes = 128

func (s *Service) movement(m Movement) (Movement, error) {
	var err error
	if _, err = ParseCardNumber(m.CardNumber); err != nil {
		return m, err
	}
	if m.Points <= 0 || m.Points > MaxPoints {
		return m, Fail(ErrInvalidAmount, "points must be positive")
	}
	if err := identifier("key", m.Key, MaxKeyBytes); err != nil {
		return m, err
	}
	if m.Description, err = cleanText("description", m.Description, MaxTextRunes); err != nil {
		return m, err
	}
	m.Now = s.now()
	return m, nil
}

// Postings gives a page of a card's ledger, newest first.
func (s *Service) Postings(ctx context.Context, number, before string, limit int) ([]Posting, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return nil, err
	}
	return s.backend.Postings(ctx, number, before, limit)
}

// expiryBatch is how many lots are booked in one transaction.
const expiryBatch = 200

// ExpirePoints books every lot that is over and tells how many there were.
func (s *Service) ExpirePoints(ctx context.Context) (int, error) {
	for total := 0; ; {
		n, err := s.backend.ExpirePoints(ctx, s.now(), expiryBatch)
		total += n
		if err != nil || n < expiryBatch {
			return total, err
		}
	}
}

// Verify recomputes every balance and calls report for each card that differs.
// It gives the number of cards that differ.
func (s *Service) Verify(ctx context.Context, report func(Discrepancy)) (int, error) {
	count := 0
	for after := ""; ; {
		bad, last, err := s.backend.Verify(ctx, after, 1000)
		if err != nil {
			return count, err
		}
		for _, d := range bad {
			count++
			report(d)
		}
		if last == "" {
			return count, nil
		}
		after = last
	}
}

// Erase removes a customer's personal data. Errors: ErrInvalidPhone,
// ErrCustomerNotFound.
func (s *Service) Erase(ctx context.Context, phone, actor string) (Erasure, error) {
	phone, err := NormalizePhone(phone)
	if err != nil {
		return Erasure{}, err
	}
	if actor, err = cleanText("actor", actor, MaxTextRunes); err != nil {
		return Erasure{}, err
	}
	return s.backend.Erase(ctx, EraseRequest{Phone: phone, Actor: actor, Now: s.now()})
}

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

// SetSegments replaces the segments of a card.
func (s *Service) SetSegments(ctx context.Context, number string, segments []string) error {
	number, err := ParseCardNumber(number)
	if err != nil {
		return err
	}
	for _, segment := range segments {
		if err := identifier("segment", segment, MaxCardNumberBytes); err != nil {
			return err
		}
	}
	return s.backend.SetSegments(ctx, number, segments)
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
