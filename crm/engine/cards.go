package engine

import (
	"context"
	"errors"
	"strings"

	"koshelek-adapter/crm"
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
func (s *Engine) FindCard(ctx context.Context, q Search) (crm.Card, bool, error) {
	who, err := crm.Profile{Phone: q.Phone, Email: q.Email, BirthDate: crm.Date(strings.TrimSpace(q.BirthDate))}.Normalize(s.now())
	if err != nil {
		return crm.Card{}, false, err
	}
	if !who.HasIdentity() {
		return crm.Card{}, false, crm.ErrNoIdentity
	}
	matches, err := s.backend.FindCards(ctx, crm.Identity{Phone: who.Phone, Email: who.Email})
	if err != nil {
		return crm.Card{}, false, err
	}
	match, found, err := s.rules.settle(matches, who)
	if !found || err != nil {
		return crm.Card{}, false, err
	}
	card, has := crm.PickCard(match.Cards)
	if !has {
		return crm.Card{}, false, nil
	}
	card, err = s.present(card)
	return card, err == nil, err
}

// settle picks the customer who was meant, of those who were found.
func (r Rules) settle(matches []crm.Match, who crm.Profile) (crm.Match, bool, error) {
	birth := who.BirthDate
	switch len(matches) {
	case 0:
		return crm.Match{}, false, nil
	case 1:
		return r.settleOne(matches[0], who)
	}
	var byPhone []crm.Match
	for _, m := range matches {
		if m.ByPhone && birth != "" && m.BirthDate == birth {
			byPhone = append(byPhone, m)
		} else if m.BirthDate == birth {
			return crm.Match{}, false, crm.ErrAmbiguous
		}
	}
	if len(byPhone) != 1 {
		return crm.Match{}, false, crm.ErrAmbiguous
	}
	return byPhone[0], true, nil
}

// settleOne decides about a customer who was found alone. An e-mail beside a phone
// that nobody has is typed by anybody (contract: "Identity").
func (r Rules) settleOne(m crm.Match, who crm.Profile) (crm.Match, bool, error) {
	contradicts := m.HasPhone || who.BirthDate != "" && m.BirthDate != "" && who.BirthDate != m.BirthDate
	switch {
	case m.ByPhone || who.Phone == "" || r.Email == EmailIdentifies || !contradicts:
		return m, true, nil
	case r.Email == EmailConflicts && m.HasPhone:
		return crm.Match{}, false, crm.ErrAmbiguous
	}
	return crm.Match{}, false, nil
}

// present hides a blocked card, or shows it as inactive where the programme
// says so.
func (s *Engine) present(card crm.Card) (crm.Card, error) {
	if card.State != crm.CardBlocked {
		return card, nil
	}
	if !s.rules.ShowBlocked {
		return crm.Card{}, crm.ErrCardBlocked
	}
	card.State = crm.CardInactive
	return card, nil
}

// Reserve gives a number that is kept for at least the time of a reservation,
// and then is free again (contract: GET /v1/card/anonymous). Errors:
// ErrPoolEmpty, ErrUnavailable.
func (s *Engine) Reserve(ctx context.Context) (string, error) {
	number, err := s.numbers.take(ctx)
	return number.Number, err
}

// IssueReserved makes a card of a reserved number or one of the pool
// (contract: POST /v1/card/anonymous/{cardNumber}). See [Cards].IssueReserved.
func (s *Engine) IssueReserved(ctx context.Context, number string, profile crm.Profile) (crm.Card, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return crm.Card{}, err
	}
	request, err := s.issueRequest(profile)
	if err != nil {
		return crm.Card{}, err
	}
	request.Number = crm.CardNumber{Number: number}
	return s.backend.IssueReserved(ctx, request)
}

// Issue gives a customer a card with a number of our choice, or the card that
// the customer has (contract: POST /v1/card/anonymous). See [Cards].Issue.
func (s *Engine) Issue(ctx context.Context, profile crm.Profile) (crm.Card, error) {
	return s.issue(ctx, profile, true)
}

func (s *Engine) issue(ctx context.Context, profile crm.Profile, welcome bool) (crm.Card, error) {
	request, err := s.issueRequest(profile)
	if err != nil {
		return crm.Card{}, err
	}
	if !welcome {
		request.Welcome = crm.Accrual{}
	}
	if s.rules.NumberFromPhone && request.Profile.Phone != "" {
		if request.Number, err = s.barcode.For(request.Profile.Phone); err != nil {
			return crm.Card{}, err
		}
		issued, err := s.backend.Issue(ctx, request)
		return issued.Card, err
	}
	// A number can be taken by an import in the moment between; the next one is not.
	for attempt := 0; ; attempt++ {
		card, err := s.issueOnce(ctx, request)
		if attempt < 5 && errors.Is(err, crm.ErrNumberTaken) {
			continue
		}
		return card, err
	}
}

func (s *Engine) issueOnce(ctx context.Context, request IssueRequest) (crm.Card, error) {
	number, err := s.numbers.take(ctx)
	if err != nil && !errors.Is(err, crm.ErrPoolEmpty) {
		return crm.Card{}, err
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
	switch crm.KindOf(err) {
	case "":
		return !issued.Created
	case crm.ErrAmbiguous, crm.ErrCardBlocked:
		return true
	}
	return false
}

func (s *Engine) issueRequest(profile crm.Profile) (IssueRequest, error) {
	now := s.now()
	profile, err := profile.Normalize(now)
	if err != nil {
		return IssueRequest{}, err
	}
	if !profile.HasIdentity() {
		return IssueRequest{}, crm.ErrNoIdentity
	}
	welcome := s.rules.accrual(crm.PostingWelcome, s.rules.Welcome, s.rules.Texts.Welcome, now)
	welcome.AvailableFrom = now
	return IssueRequest{Profile: profile, Email: s.rules.Email, Welcome: welcome, Now: now}, nil
}

// Bonus is the state of a card's points as the customer sees it.
type Bonus struct {
	// Total counts pending points too, Available does not.
	Total, Available int64
	// Lots are what the total is made of, the earliest expiry first.
	Lots []crm.Lot
}

// Card gives one card with its points (contract: GET /v1/card/{cardNumber}).
// Errors: ErrInvalidCardNumber, ErrCardNotFound, ErrCardBlocked.
func (s *Engine) Card(ctx context.Context, number string) (crm.Card, Bonus, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return crm.Card{}, Bonus{}, err
	}
	now := s.now()
	statement, err := s.backend.Statement(ctx, number, now)
	if err != nil {
		return crm.Card{}, Bonus{}, err
	}
	card, err := s.present(statement.Card)
	if err != nil {
		return crm.Card{}, Bonus{}, err
	}
	bonus := Bonus{}
	for _, lot := range statement.Lots {
		bonus.Total += lot.Remaining
		if !lot.AvailableFrom.After(now) {
			bonus.Available += lot.Remaining
		}
		lot.Description = s.rules.Texts.translate(lot.Description)
		bonus.add(lot)
	}
	return card, bonus, nil
}

// add joins a lot to one before when a customer could not tell them apart.
// Lots come in the order of their expiry, so only the last ones can match.
func (b *Bonus) add(lot crm.Lot) {
	for i := len(b.Lots) - 1; i >= 0 && b.Lots[i].ValidUntil.Equal(lot.ValidUntil); i-- {
		if b.Lots[i].Description == lot.Description {
			b.Lots[i].Remaining += lot.Remaining
			return
		}
	}
	b.Lots = append(b.Lots, lot)
}
