package engine

import (
	"context"
	"errors"

	"koshelek-adapter/crm"
)

// ReplaceCard gives what belongs to a card to a new number, for a card that was
// lost. Without a number the programme takes the next free one; a card that was
// replaced before is then answered with its successor. A reason has at most
// maxReason characters. Errors: ErrInvalidCardNumber, ErrInvalidProfile (actor or
// reason), and those of [Cards].ReplaceCard.
func (s *Engine) ReplaceCard(ctx context.Context, old, number, actor, reason string) (crm.Card, error) {
	old, err := crm.ParseCardNumber(old)
	if err != nil {
		return crm.Card{}, err
	}
	actor, actorErr := crm.CleanText("actor", actor, crm.MaxTextRunes)
	reason, reasonErr := crm.CleanText("reason", reason, maxReason)
	if err := errors.Join(actorErr, reasonErr); err != nil {
		return crm.Card{}, err
	}
	request := Replacement{CardNumber: old, Actor: actor, Reason: reason, Now: s.now()}
	if number == "" {
		return s.replaceByNext(ctx, request)
	}
	if request.New, err = s.numbered(crm.CardNumber{Number: number}); err != nil {
		return crm.Card{}, err
	}
	return s.backend.ReplaceCard(ctx, request)
}

// replaceByNext draws a number; when the card is not replaced, it goes back.
func (s *Engine) replaceByNext(ctx context.Context, request Replacement) (crm.Card, error) {
	drawn, err := s.numbers.take(ctx)
	if err != nil {
		return crm.Card{}, err
	}
	request.New, request.Drawn = drawn.CardNumber, true
	card, err := s.backend.ReplaceCard(ctx, request)
	switch kind := crm.KindOf(err); {
	case kind == crm.ErrCardNotFound, kind == crm.ErrOperationConflict, kind == crm.ErrCardBlocked,
		err == nil && card.Number != drawn.Number: // replaced before
		s.numbers.putBack(drawn)
	}
	return card, err
}

// maxReason leaves room for a card's number in the line of the log.
const maxReason = crm.MaxTextRunes - crm.MaxCardNumberBytes - 8

// EndOffer makes a day the last one of an offer and tells whether there is such
// an offer. Errors: ErrInvalidDate.
func (s *Engine) EndOffer(ctx context.Context, actor, id string, last crm.Date) (bool, error) {
	if _, err := crm.ParseDate(string(last)); err != nil {
		return false, err
	}
	found, err := s.backend.EndOffer(ctx, id, last)
	if err != nil || !found {
		return found, err
	}
	return true, s.Note(ctx, actor, "offer ended", id, string(last))
}
