package crm

import (
	"context"
	"errors"
	"strings"
)

// Search is what Koshelek knows of a person when it looks for a card.
type Search struct {
	Phone, Email, BirthDate string
}

// FindCard looks for the card of a person (contract: GET /v1/card). Phone and
// email combine with OR. Phone and email of two customers give ErrAmbiguous,
// unless the birth date speaks for the phone's customer and not for the other:
// Koshelek has confirmed the phone, so only that side may win a tie. It reports
// false when nothing matches. Errors: ErrNoIdentity, ErrInvalidPhone,
// ErrInvalidEmail, ErrInvalidDate, ErrCardBlocked.
func (s *Service) FindCard(ctx context.Context, q Search) (Card, bool, error) {
	who, err := Profile{Phone: q.Phone, Email: q.Email, BirthDate: Date(strings.TrimSpace(q.BirthDate))}.Normalize(s.now())
	if err != nil {
		return Card{}, false, err
	}
	if !who.HasIdentity() {
		return Card{}, false, ErrNoIdentity
	}
	matches, err := s.backend.FindCards(ctx, Identity{Phone: who.Phone, Email: who.Email})
	if err != nil {
		return Card{}, false, err
	}
	match, found, err := settle(matches, who.BirthDate)
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

func settle(matches []Match, birth Date) (Match, bool, error) {
	switch len(matches) {
	case 0:
		return Match{}, false, nil
	case 1:
		return matches[0], true, nil
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

// present hides a blocked card, or shows it as inactive where the programme
// says so.
func (s *Service) present(card Card) (Card, error) {
	if card.State != CardBlocked {
		return card, nil
	}
	if !s.rules.ShowBlocked {
		return Card{}, ErrCardBlocked
	}
	card.State = CardInactive
	return card, nil
}

// Reserve gives a number that is kept for at least the time of a reservation,
// and then is free again (contract: GET /v1/card/anonymous). Errors:
// ErrPoolEmpty, ErrUnavailable.
func (s *Service) Reserve(ctx context.Context) (string, error) {
	number, err := s.numbers.take(ctx)
	return number.Number, err
}

// IssueReserved makes a card of a reserved number or one of the pool
// (contract: POST /v1/card/anonymous/{cardNumber}). See [Cards].IssueReserved.
func (s *Service) IssueReserved(ctx context.Context, number string, profile Profile) (Card, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return Card{}, err
	}
	request, err := s.issueRequest(profile)
	if err != nil {
		return Card{}, err
	}
	request.Number = CardNumber{Number: number}
	return s.backend.IssueReserved(ctx, request)
}

// Issue gives a customer a card with a number of our choice, or the card that
// the customer has (contract: POST /v1/card/anonymous). See [Cards].Issue.
func (s *Service) Issue(ctx context.Context, profile Profile) (Card, error) {
	return s.issue(ctx, profile, true)
}

func (s *Service) issue(ctx context.Context, profile Profile, welcome bool) (Card, error) {
	request, err := s.issueRequest(profile)
	if err != nil {
		return Card{}, err
	}
	if !welcome {
		request.Welcome = Accrual{}
	}
	if s.rules.NumberFromPhone && request.Profile.Phone != "" {
		if request.Number, err = s.barcode.For(request.Profile.Phone); err != nil {
			return Card{}, err
		}
		issued, err := s.backend.Issue(ctx, request)
		return issued.Card, err
	}
	// A number can be taken by an import in the moment between; the next one is not.
	for attempt := 0; ; attempt++ {
		card, err := s.issueOnce(ctx, request)
		if attempt < 5 && errors.Is(err, ErrNumberTaken) {
			continue
		}
		return card, err
	}
}

func (s *Service) issueOnce(ctx context.Context, request IssueRequest) (Card, error) {
	number, err := s.numbers.take(ctx)
	if err != nil && !errors.Is(err, ErrPoolEmpty) {
		return Card{}, err
	}
	// Without a number those who have a card are still answered with it.
	request.Number = number.CardNumber
	issued, err := s.backend.Issue(ctx, request)
	if number.Number != "" && unused(issued, err) {
		s.numbers.putBack(number)
	}
	return issued.Card, err
}

// unused reports whether a number certainly did not become a card.
func unused(issued Issued, err error) bool {
	switch KindOf(err) {
	case "":
		return !issued.Created
	case ErrAmbiguous, ErrCardBlocked:
		return true
	}
	return false
}

func (s *Service) issueRequest(profile Profile) (IssueRequest, error) {
	now := s.now()
	profile, err := profile.Normalize(now)
	if err != nil {
		return IssueRequest{}, err
	}
	if !profile.HasIdentity() {
		return IssueRequest{}, ErrNoIdentity
	}
	welcome := s.rules.accrual(PostingWelcome, s.rules.Welcome, s.rules.Texts.Welcome, now)
	welcome.AvailableFrom = now
	return IssueRequest{Profile: profile, Welcome: welcome, Now: now}, nil
}

// Bonus is the state of a card's points as the customer sees it.
type Bonus struct {
	// Total counts pending points too, Available does not.
	Total, Available int64
	// Lots are what the total is made of, the earliest expiry first.
	Lots []Lot
}

// Card gives one card with its points (contract: GET /v1/card/{cardNumber}).
// Errors: ErrInvalidCardNumber, ErrCardNotFound, ErrCardBlocked.
func (s *Service) Card(ctx context.Context, number string) (Card, Bonus, error) {
	number, err := ParseCardNumber(number)
	if err != nil {
		return Card{}, Bonus{}, err
	}
	now := s.now()
	statement, err := s.backend.Statement(ctx, number, now)
	if err != nil {
		return Card{}, Bonus{}, err
	}
	card, err := s.present(statement.Card)
	if err != nil {
		return Card{}, Bonus{}, err
	}
	bonus := Bonus{}
	for _, lot := range statement.Lots {
		bonus.Total += lot.Remaining
		if !lot.AvailableFrom.After(now) {
			bonus.Available += lot.Remaining
		}
		bonus.add(lot)
	}
	return card, bonus, nil
}

// add joins a lot to one before when a customer could not tell them apart.
// Lots come in the order of their expiry, so only the last ones can match.
func (b *Bonus) add(lot Lot) {
	for i := len(b.Lots) - 1; i >= 0 && b.Lots[i].ValidUntil.Equal(lot.ValidUntil); i-- {
		if b.Lots[i].Description == lot.Description {
			b.Lots[i].Remaining += lot.Remaining
			return
		}
	}
	b.Lots = append(b.Lots, lot)
}
