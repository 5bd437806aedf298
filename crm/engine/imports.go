package engine

import (
	"context"
	"fmt"
	"maps"
	"time"

	"koshelek-adapter/crm"
)

// Outcome is what became of a row of an import that was not refused.
type Outcome string

// The outcomes.
const (
	RowNew       Outcome = "new"
	RowUpdated   Outcome = "updated"
	RowUnchanged Outcome = "unchanged"
)

// Counts are how many rows of an import had each outcome.
type Counts map[Outcome]int64

// Balances says what an import does with a balance that a card has not.
type Balances string

// What may be done with it.
const (
	BalancesRefuse  Balances = "refuse"  // the row is refused
	BalancesCorrect Balances = "correct" // the difference is booked
	BalancesKeep    Balances = "keep"    // the card keeps what it has
)

// KnownCard is a card as an import finds it.
type KnownCard struct {
	crm.Holder
	// Opening is the balance with which an import once made the card.
	Opening int64
}

// KnownCards is a Store that finds many cards at once. Without it an import of cards
// does not tell new ones from others, and leaves balances alone.
type KnownCards interface {
	// KnownCards gives the cards that exist by their numbers.
	KnownCards(ctx context.Context, numbers []string) (map[string]KnownCard, error)
}

// By says who brings records, "" for nobody who stands in the audit log, and when.
type By struct {
	Actor string
	Now   time.Time
}

// Bringer is a Store that stores records like Put… does, and counts what became of
// them. Each that is new or was changed leaves a line in the audit log when there is
// an actor, in the same transaction.
type Bringer interface {
	// BringPurchases is PutPurchases.
	BringPurchases(ctx context.Context, lines []crm.Purchase, by By) (Counts, []crm.RowError, error)
	// BringOffers is PutOffers.
	BringOffers(ctx context.Context, offers []crm.Offer, by By) (Counts, error)
	// BringCodes is PutCodes.
	BringCodes(ctx context.Context, codes []PromoCode, by By) (Counts, error)
}

// Notes is a Store whose audit log takes lines of commands.
type Notes interface {
	// Note appends lines, in which nothing of a person may stand.
	Note(ctx context.Context, lines []AuditLine) error
}

// Note appends a line to the audit log where the store can.
func (s *Engine) Note(ctx context.Context, actor, action, subject, detail string) error {
	notes, can := s.backend.(Notes)
	if !can {
		return nil
	}
	return notes.Note(ctx, []AuditLine{{At: s.now(), Actor: actor, Action: action, Subject: subject, Detail: detail}})
}

// changed are the lines of the audit log for records of a kind, by their subjects.
type changed struct {
	actor, kind string
	now         time.Time
	lines       []AuditLine
}

func (c *changed) add(outcome Outcome, subject string) {
	if outcome != RowUnchanged && c.actor != "" {
		c.lines = append(c.lines, AuditLine{At: c.now, Actor: c.actor, Action: c.kind + " " + string(outcome), Subject: subject})
	}
}

func (s *Engine) note(ctx context.Context, c changed) error {
	notes, can := s.backend.(Notes)
	if !can || len(c.lines) == 0 {
		return nil
	}
	return notes.Note(ctx, c.lines)
}

// BringCards is StoreCards for operators: it counts what became of the rows, and looks
// at balances that differ from those of cards that exist and from those that an
// import gave them.
func (s *Engine) BringCards(ctx context.Context, j JudgedCards, balances Balances, actor string) (Counts, []crm.RowError, error) {
	finder, can := s.backend.(KnownCards)
	if !can {
		refused, err := s.StoreCards(ctx, j)
		return nil, refused, err
	}
	numbers := make([]string, len(j.good))
	for i, row := range j.good {
		numbers[i] = row.Number
	}
	known, err := finder.KnownCards(ctx, numbers)
	if err != nil {
		return nil, nil, err
	}
	var wrong []crm.RowError
	kept := JudgedCards{now: j.now, refused: j.refused}
	before := maps.Clone(known)
	for i, row := range j.good {
		card, exists := before[row.Number]
		if !exists {
			before[row.Number] = row.known()
		}
		if exists && balances == BalancesRefuse && differs(row, card) {
			wrong = append(wrong, crm.RowError{Index: j.index[i], Err: crm.Fail(crm.ErrInvalidAmount,
				fmt.Sprintf("the card has %d, the file %d; --balances correct books the difference, --balances keep leaves the card's", card.Card.Balance, row.Balance))})
			continue
		}
		kept.good, kept.index = append(kept.good, row), append(kept.index, j.index[i])
	}
	refused, err := s.StoreCards(ctx, kept)
	if err != nil {
		return nil, nil, err
	}
	not := map[int]bool{}
	for _, r := range refused {
		not[r.Index] = true
	}
	counts, notes := Counts{}, changed{actor: actor, kind: "card", now: j.now}
	for i, row := range kept.good {
		if not[kept.index[i]] {
			continue
		}
		card, exists := known[row.Number]
		outcome := row.outcome(card, exists)
		if exists && balances == BalancesCorrect && differs(row, card) {
			outcome = RowUpdated
			if err := s.correct(ctx, row, card, actor); err != nil {
				refused = append(refused, crm.RowError{Index: kept.index[i], Err: err})
				continue
			}
		}
		counts[outcome]++
		notes.add(outcome, row.Number)
		after := row.known()
		if exists && outcome != RowNew {
			after.Profile = merged(row.Holder, card.Profile)
			after.Card.Balance, after.Card.EarnedTotal, after.Opening = card.Card.Balance, card.Card.EarnedTotal, card.Opening
			if balances == BalancesCorrect && row.Stated {
				after.Card.Balance = row.Balance
			}
		}
		known[row.Number] = after
	}
	return counts, append(refused, wrong...), s.note(ctx, notes)
}

// known is a row as the card that it makes.
func (row CardRecord) known() KnownCard {
	return KnownCard{
		Holder:  crm.Holder{Card: crm.Card{CardNumber: row.CardNumber, State: row.State, Balance: row.Balance, EarnedTotal: row.Balance}, Profile: row.Holder},
		Opening: row.Balance,
	}
}

func differs(row CardRecord, card KnownCard) bool {
	return row.Stated && row.Balance != card.Card.Balance && row.Balance != card.Opening
}

func (row CardRecord) outcome(card KnownCard, exists bool) Outcome {
	switch {
	case !exists:
		return RowNew
	case row.CardNumber == card.Card.CardNumber && row.State == card.Card.State && adds(row.Holder, card.Profile) == (crm.Profile{}):
		return RowUnchanged
	}
	return RowUpdated
}

// pairs are the fields of two profiles.
func pairs(a, b *crm.Profile) [][2]*string {
	return [][2]*string{
		{&a.Phone, &b.Phone}, {&a.Email, &b.Email}, {&a.Surname, &b.Surname}, {&a.FirstName, &b.FirstName},
		{&a.Patronymic, &b.Patronymic}, {&a.CountryCode, &b.CountryCode}, {&a.Locality, &b.Locality},
		{(*string)(&a.Sex), (*string)(&b.Sex)}, {(*string)(&a.BirthDate), (*string)(&b.BirthDate)},
	}
}

// adds gives the fields that storing a profile changes in another one.
func adds(given, stored crm.Profile) crm.Profile {
	for _, field := range pairs(&given, &stored) {
		if *field[0] == *field[1] {
			*field[0] = ""
		}
	}
	return given
}

// merged is a profile in which another one was stored.
func merged(given, stored crm.Profile) crm.Profile {
	for _, field := range pairs(&given, &stored) {
		if *field[0] == "" {
			*field[0] = *field[1]
		}
	}
	return given
}

// correct books what a card's balance lacks or has too much. The key names both
// balances and all that the card has earned, so that a repetition books nothing.
func (s *Engine) correct(ctx context.Context, row CardRecord, card KnownCard, actor string) error {
	t := crm.Transaction{
		Key:        fmt.Sprintf("correct:%s:%d:%d:%d", row.Number, card.Card.Balance, row.Balance, card.Card.EarnedTotal),
		CardNumber: row.Number, Points: row.Balance - card.Card.Balance, Actor: actor, Mirror: true,
	}
	var err error
	if t.Points > 0 {
		t.ValidUntil = crm.Forever
		_, err = s.Credit(ctx, t)
	} else {
		t.Points = -t.Points
		_, err = s.Debit(ctx, t)
	}
	return err
}

// registered tells what a registration will do.
func (s *Engine) registered(ctx context.Context, profile crm.Profile) (Outcome, error) {
	found, err := s.backend.FindCards(ctx, crm.Identity{Phone: profile.Phone, Email: profile.Email})
	if err != nil || len(found) == 0 || len(found[0].Cards) == 0 {
		return RowNew, err
	}
	stored, err := s.backend.Holder(ctx, found[0].Cards[0].Number)
	if adds(profile, stored) == (crm.Profile{}) {
		return RowUnchanged, err
	}
	return RowUpdated, err
}
