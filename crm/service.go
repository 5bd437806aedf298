package crm

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"
)

// Service is what the surfaces call: it reads what came over the wire, asks the
// [Program], and decides what of the answer may be shown. It keeps nothing and is
// safe for concurrent use.
type Service struct {
	program Program
	options Options
}

// Options shape a Service.
type Options struct {
	// Zone is where the programme's days begin and its tills' clocks are read.
	Zone *time.Location
	// ShowBlocked shows a blocked card as inactive instead of refusing it.
	ShowBlocked bool
	// Email is what an e-mail proves beside a phone that nobody has.
	Email EmailTrust
	// Fields says how phones, e-mails and the other fields of a person are read.
	Fields Fields
	// Clock is injected by tests; nil for the real one.
	Clock func() time.Time
}

// NewService makes a Service over a programme. It fails without a Zone.
func NewService(program Program, o Options) (*Service, error) {
	if o.Zone == nil {
		return nil, errors.New("the programme needs a time zone")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Service{program: program, options: o}, nil
}

// Ping reports whether the programme can be used now.
func (s *Service) Ping(ctx context.Context) error { return s.program.Ping(ctx) }

// Search is what Koshelek knows of a person when it looks for a card.
type Search struct {
	Phone, Email, BirthDate string
}

// FindCard looks for the card of a person (contract: GET /v1/card). Phone and
// email combine with OR. Phone and email of two customers give ErrAmbiguous,
// unless the birth date speaks for the phone's customer and not for the other:
// Koshelek has confirmed the phone, so only that side may win a tie; Options.Email
// says what an email beside a phone that nobody has is worth. It reports
// false when nothing matches. Errors: ErrNoIdentity, ErrInvalidPhone,
// ErrInvalidEmail, ErrInvalidDate, ErrCardBlocked.
func (s *Service) FindCard(ctx context.Context, q Search) (Card, bool, error) {
	who, err := s.options.Fields.Normalize(Profile{Phone: q.Phone, Email: q.Email, BirthDate: Date(q.BirthDate)}, s.options.Clock())
	if err != nil {
		return Card{}, false, err
	}
	if !who.HasIdentity() {
		return Card{}, false, ErrNoIdentity
	}
	matches, err := s.program.Find(ctx, Identity{Phone: who.Phone, Email: who.Email})
	if err != nil {
		return Card{}, false, err
	}
	match, found, err := s.settle(matches, who)
	if !found || err != nil {
		return Card{}, false, err
	}
	card, has := PickCard(match.Cards)
	if !has {
		return Card{}, false, nil
	}
	card, err = s.present(card)
	return card, err == nil, err
}

// settle picks the customer who was meant, of those who were found.
func (s *Service) settle(matches []Match, who Profile) (Match, bool, error) {
	birth := who.BirthDate
	switch len(matches) {
	case 0:
		return Match{}, false, nil
	case 1:
		return s.settleOne(matches[0], who)
	}
	var byPhone []Match
	for _, m := range matches {
		if m.ByPhone && birth != "" && m.BirthDate == birth {
			byPhone = append(byPhone, m)
		} else if m.BirthDate == birth {
			return Match{}, false, ErrAmbiguous
		}
	}
	if len(byPhone) != 1 {
		return Match{}, false, ErrAmbiguous
	}
	return byPhone[0], true, nil
}

// settleOne decides about a customer who was found alone. An e-mail beside a phone
// that nobody has is typed by anybody (contract: "Identity").
func (s *Service) settleOne(m Match, who Profile) (Match, bool, error) {
	contradicts := m.HasPhone || who.BirthDate != "" && m.BirthDate != "" && who.BirthDate != m.BirthDate
	switch {
	case m.ByPhone || who.Phone == "" || s.options.Email == EmailIdentifies || !contradicts:
		return m, true, nil
	case s.options.Email == EmailConflicts && m.HasPhone:
		return Match{}, false, ErrAmbiguous
	}
	return Match{}, false, nil
}

// present hides a blocked card, or shows it as inactive where the settings say so.
func (s *Service) present(card Card) (Card, error) {
	if card.State != CardBlocked {
		return card, nil
	}
	if !s.options.ShowBlocked {
		return Card{}, ErrCardBlocked
	}
	card.State = CardInactive
	return card, nil
}

// Reserve gives a number that is kept for a while (contract: GET
// /v1/card/anonymous). See [Program].Reserve.
func (s *Service) Reserve(ctx context.Context) (string, error) { return s.program.Reserve(ctx) }

// Issue gives a customer a card with a number of our choice, or the card that the
// customer has (contract: POST /v1/card/anonymous). Errors: those of
// [Profile].Normalize, ErrNoIdentity, and those of [Program].Issue.
func (s *Service) Issue(ctx context.Context, profile Profile) (Card, error) {
	profile, err := s.identified(profile)
	if err != nil {
		return Card{}, err
	}
	return s.program.Issue(ctx, profile)
}

// IssueReserved makes a card of a number that was reserved or handed over
// (contract: POST /v1/card/anonymous/{cardNumber}). Errors: ErrInvalidCardNumber,
// those of [Fields].Normalize, ErrNoIdentity, and those of
// [Program].IssueReserved.
func (s *Service) IssueReserved(ctx context.Context, number string, profile Profile) (Card, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return Card{}, err
	}
	if profile, err = s.identified(profile); err != nil {
		return Card{}, err
	}
	return s.program.IssueReserved(ctx, number, profile)
}

func (s *Service) identified(profile Profile) (Profile, error) {
	profile, err := s.options.Fields.Normalize(profile, s.options.Clock())
	if err == nil && !profile.HasIdentity() {
		err = ErrNoIdentity
	}
	return profile, err
}

// Card gives one card with its points (contract: GET /v1/card/{cardNumber}).
// Errors: ErrInvalidCardNumber, ErrCardNotFound, ErrCardBlocked.
func (s *Service) Card(ctx context.Context, number string) (Card, Bonus, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return Card{}, Bonus{}, err
	}
	statement, err := s.program.Card(ctx, number)
	if err != nil {
		return Card{}, Bonus{}, err
	}
	card, err := s.present(statement.Card)
	if err != nil {
		return Card{}, Bonus{}, err
	}
	return card, bonusOf(statement.Lots, s.options.Clock()), nil
}

// UpdateProfile stores what is given for the holder of a card; absent and empty
// fields stay (contract: POST /v1/card/{cardNumber}). Errors:
// ErrInvalidCardNumber, those of [Fields].Normalize, and those of
// [Program].UpdateProfile.
func (s *Service) UpdateProfile(ctx context.Context, number string, profile Profile) error {
	number, err := ParseCardNumber(number)
	if err != nil {
		return err
	}
	if profile, err = s.options.Fields.Normalize(profile, s.options.Clock()); err != nil {
		return err
	}
	return s.program.UpdateProfile(ctx, number, profile)
}

// SetChannels allows and denies ways to reach the holder (contract: PUT
// …/communication). Unknown channels are ignored, a channel in both lists is
// denied, one in neither keeps its state. Errors: ErrInvalidCardNumber, and those
// of [Program].SetChannels.
func (s *Service) SetChannels(ctx context.Context, number string, allow, deny []string, source string) error {
	number, err := ParseCardNumber(number)
	if err != nil {
		return err
	}
	wanted := map[Channel]bool{}
	for _, name := range allow {
		if channel := Channel(name); channel.known() {
			wanted[channel] = true
		}
	}
	for _, name := range deny {
		if channel := Channel(name); channel.known() {
			wanted[channel] = false
		}
	}
	return s.program.SetChannels(ctx, number, wanted, source)
}

// Customers walks through every customer with a phone and a card that is not
// blocked (contract: GET /v1/card/getAllUsers). See [Program].Customers.
func (s *Service) Customers(ctx context.Context) iter.Seq2[Holder, error] {
	return s.program.Customers(ctx)
}

// Purchases walks through the lines of a card between two days, both included,
// newest first (contract: GET …/purchases). The end may be empty: today. The first
// error ends the walk: ErrInvalidCardNumber, ErrInvalidDate (also for an end
// before the start), ErrCardNotFound, ErrCardBlocked.
func (s *Service) Purchases(ctx context.Context, number, from, to string) iter.Seq2[Purchase, error] {
	number, first, last, err := s.purchaseQuery(ctx, number, from, to)
	if err != nil {
		return func(yield func(Purchase, error) bool) { yield(Purchase{}, err) }
	}
	return s.program.Purchases(ctx, number, first, last)
}

func (s *Service) purchaseQuery(ctx context.Context, number, from, to string) (_ string, first, last Date, err error) {
	if number, err = ParseCardNumber(number); err != nil {
		return "", "", "", err
	}
	if first, err = ParseDate(strings.TrimSpace(from)); err != nil {
		return "", "", "", err
	}
	last = DateOf(s.options.Clock(), s.options.Zone)
	if text := strings.TrimSpace(to); text != "" {
		if last, err = ParseDate(text); err != nil {
			return "", "", "", err
		}
		if last < first {
			return "", "", "", Fail(ErrInvalidDate, "the end lies before the start")
		}
	}
	return number, first, last, s.visible(ctx, number)
}

// Offers gives what is open to the card today (contract: GET …/campaigns). Errors:
// ErrInvalidCardNumber, ErrCardNotFound, ErrCardBlocked.
func (s *Service) Offers(ctx context.Context, number string) ([]Offer, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return nil, err
	}
	if err := s.visible(ctx, number); err != nil {
		return nil, err
	}
	return s.program.Offers(ctx, number)
}

// visible gives the error with which a card's details are refused.
func (s *Service) visible(ctx context.Context, number string) error {
	statement, err := s.program.Card(ctx, number)
	if err != nil {
		return err
	}
	_, err = s.present(statement.Card)
	return err
}

// CardRef says which card a receipt or a code is for: by its number, or by the
// phone of its holder. The number counts when both are given.
type CardRef struct {
	CardNumber, Phone string
}

// SubmitReceipt takes the text of a receipt's QR code for a card (contract: POST
// /v1/promo/qrCode). Errors: ErrNoIdentity, those of the number and the phone,
// ErrReceiptMalformed, and those of [Program].SubmitReceipt.
func (s *Service) SubmitReceipt(ctx context.Context, to CardRef, text string) (Submitted, error) {
	return s.submit(ctx, to, func(number string) (Submitted, error) {
		receipt, err := ParseReceipt(text, s.options.Zone)
		if err != nil {
			return Submitted{}, err
		}
		return s.program.SubmitReceipt(ctx, number, receipt)
	})
}

// submit does something with the card that is meant. One that was looked up by phone
// may be replaced in this moment: then the phone leads to its successor.
func (s *Service) submit(ctx context.Context, to CardRef, do func(number string) (Submitted, error)) (Submitted, error) {
	number, err := s.cardNumber(ctx, to)
	if err != nil {
		return Submitted{}, err
	}
	done, err := do(number)
	if kind := KindOf(err); to.CardNumber != "" || kind != ErrCardBlocked && kind != ErrCardNotFound {
		return done, err
	}
	if next, lost := s.cardNumber(ctx, to); lost == nil && next != number {
		return do(next)
	}
	return done, err
}

// RedeemCode takes a promo code that a person typed (contract: POST
// /v1/promo/code); case and spaces around it do not matter. Errors:
// ErrNoIdentity, those of the number and the phone, and those of
// [Program].RedeemCode.
func (s *Service) RedeemCode(ctx context.Context, to CardRef, code string) (Submitted, error) {
	return s.submit(ctx, to, func(number string) (Submitted, error) {
		code, err := NormalizeCode(code)
		if err != nil {
			return Submitted{}, err
		}
		return s.program.RedeemCode(ctx, number, code)
	})
}

func (s *Service) cardNumber(ctx context.Context, ref CardRef) (string, error) {
	if ref.CardNumber != "" {
		return ParseCardNumber(ref.CardNumber)
	}
	if strings.TrimSpace(ref.Phone) == "" {
		return "", ErrNoIdentity
	}
	phone, err := s.options.Fields.Country.Phone(ref.Phone)
	if err != nil {
		return "", err
	}
	matches, err := s.program.Find(ctx, Identity{Phone: phone})
	if err != nil {
		return "", err
	}
	for _, match := range matches {
		if card, found := PickCard(match.Cards); found {
			return card.Number, nil
		}
	}
	return "", ErrCardNotFound
}
