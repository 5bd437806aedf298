package crm

import (
	"context"
	"errors"
)

// ReplaceCard gives what belongs to a card to a new number, for a card that was
// lost. Without a number the programme takes the next free one. Errors:
// ErrInvalidCardNumber, and those of [Cards].ReplaceCard.
func (s *Service) ReplaceCard(ctx context.Context, old, number, actor, reason string) (Card, error) {
	old, err := ParseCardNumber(old)
	if err != nil {
		return Card{}, err
	}
	actor, actorErr := cleanText("actor", actor, MaxTextRunes)
	reason, reasonErr := cleanText("reason", reason, MaxTextRunes)
	if err := errors.Join(actorErr, reasonErr); err != nil {
		return Card{}, err
	}
	request := Replacement{CardNumber: old, Actor: actor, Reason: reason, Now: s.now()}
	if number == "" {
		return s.replaceByNext(ctx, request)
	}
	if request.New, err = s.numbered(CardNumber{Number: number}); err != nil {
		return Card{}, err
	}
	return s.backend.ReplaceCard(ctx, request)
}

// replaceByNext draws a number; when the card is not replaced, it goes back.
func (s *Service) replaceByNext(ctx context.Context, request Replacement) (Card, error) {
	drawn, err := s.numbers.take(ctx)
	if err != nil {
		return Card{}, err
	}
	request.New = drawn.CardNumber
	card, err := s.backend.ReplaceCard(ctx, request)
	switch KindOf(err) {
	case ErrCardNotFound, ErrOperationConflict, ErrCardBlocked:
		s.numbers.putBack(drawn)
	}
	return card, err
}

// EndOffer makes a day the last one of an offer and tells whether there is such
// an offer. Errors: ErrInvalidDate.
func (s *Service) EndOffer(ctx context.Context, id string, last Date) (bool, error) {
	if _, err := ParseDate(string(last)); err != nil {
		return false, err
	}
	return s.backend.EndOffer(ctx, id, last)
}

// Register gives a customer a card like Issue, but without a welcome: for those
// who were customers before they came into this programme.
func (s *Service) Register(ctx context.Context, profile Profile) (Card, error) {
	return s.issue(ctx, profile, false)
}
