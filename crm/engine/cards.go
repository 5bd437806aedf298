package engine

import (
	"context"
	"errors"

	"koshelek-adapter/crm"
)

var (
	_ crm.Program = (*Engine)(nil)
	_ crm.Ledger  = (*Engine)(nil)
	_ crm.Numbers = (*Engine)(nil)
	_ crm.SignIn  = (*Engine)(nil)
	_ crm.Orders  = (*Engine)(nil)
)

// Find implements [crm.Program].
func (s *Engine) Find(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	return s.backend.FindCards(ctx, by)
}

// Reserve implements [crm.Program]: the number is kept for at least the time of a
// reservation.
func (s *Engine) Reserve(ctx context.Context) (string, error) {
	number, err := s.numbers.take(ctx)
	return number.Number, err
}

// IssueReserved implements [crm.Program].
func (s *Engine) IssueReserved(ctx context.Context, number string, profile crm.Profile) (crm.Card, error) {
	request := s.issueRequest(profile)
	request.Number = crm.CardNumber{Number: number}
	return s.backend.IssueReserved(ctx, request)
}

// Issue implements [crm.Program].
func (s *Engine) Issue(ctx context.Context, profile crm.Profile) (crm.Card, error) {
	return s.issue(ctx, s.issueRequest(profile))
}

// Register gives a customer of an import a card like Issue, the one of a number when
// the customer has none and a number is given; without a welcome it is for those who
// were customers before they came into this programme. Errors: those of
// [crm.Profile].Normalize, ErrNoIdentity, and those of Issue and IssueReserved.
func (s *Engine) Register(ctx context.Context, profile crm.Profile, number crm.CardNumber, welcome bool, actor string) (Outcome, error) {
	outcome, card, err := s.register(ctx, profile, number, welcome)
	if err != nil {
		return outcome, err
	}
	notes := changed{actor: actor, kind: "customer", now: s.now()}
	notes.add(outcome, card.Number)
	return outcome, s.note(ctx, notes)
}

func (s *Engine) register(ctx context.Context, profile crm.Profile, number crm.CardNumber, welcome bool) (_ Outcome, card crm.Card, err error) {
	profile, err = profile.Normalize(s.now(), s.rules.Country)
	if err == nil && number.Number != "" {
		number, err = s.numbered(number)
	}
	if err != nil {
		return "", card, err
	}
	if !profile.HasIdentity() {
		return "", card, crm.ErrNoIdentity
	}
	outcome, err := s.registered(ctx, profile)
	if err != nil || outcome == RowUnchanged {
		return outcome, card, err
	}
	request := s.issueRequest(profile)
	request.Registered = true
	if !welcome {
		request.Welcome = crm.Accrual{}
	}
	if number.Number == "" {
		card, err = s.issue(ctx, request)
		return outcome, card, err
	}
	request.Registered, request.Number = false, number
	issued, err := s.backend.Issue(ctx, request)
	if card = issued.Card; errors.Is(err, crm.ErrNumberTaken) {
		card, err = s.backend.IssueReserved(ctx, request) // a card without a holder
	}
	return outcome, card, err
}

func (s *Engine) issue(ctx context.Context, request IssueRequest) (crm.Card, error) {
	if phone := request.Profile.Phone; s.rules.NumberFromPhone && phone != "" {
		var err error
		if request.Number, err = s.barcode.For(phone); err != nil {
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

func (s *Engine) issueRequest(profile crm.Profile) IssueRequest {
	now := s.now()
	welcome := s.rules.accrual(crm.PostingWelcome, s.rules.Welcome, s.rules.Texts.Welcome, now)
	welcome.AvailableFrom = now
	return IssueRequest{Profile: profile, Email: s.rules.Email, Claims: s.claims(now), Welcome: welcome, Now: now}
}

// Card implements [crm.Program].
func (s *Engine) Card(ctx context.Context, number string) (crm.Statement, error) {
	statement, err := s.backend.Statement(ctx, number, s.now())
	for i := range statement.Lots {
		statement.Lots[i].Description = s.rules.Texts.translate(statement.Lots[i].Description)
	}
	return statement, err
}
