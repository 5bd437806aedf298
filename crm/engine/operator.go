package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// What operators and imports may do. These methods are the same programme's
// rules; only the surface differs.

// SetCardState blocks, unblocks or rests a card. Errors: ErrInvalidCardNumber,
// ErrCardNotFound, ErrInvalidRecord for an unknown state.
func (s *Engine) SetCardState(ctx context.Context, number string, state crm.CardState, actor, reason string) error {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return err
	}
	if !state.Valid() {
		return crm.Fail(crm.ErrInvalidRecord, "unknown state")
	}
	actor, actorErr := crm.CleanText("actor", actor, crm.MaxTextRunes)
	reason, reasonErr := crm.CleanText("reason", reason, crm.MaxTextRunes)
	if err := errors.Join(actorErr, reasonErr); err != nil {
		return err
	}
	return s.backend.SetCardState(ctx, StateChange{CardNumber: number, State: state, Actor: actor, Reason: reason, Now: s.now()})
}

// ImportCards stores cards with their holders and opening balances; a card
// without barcode gets the programme's. Rows that break a rule are refused, the
// others are stored. See [Cards].ImportCards.
func (s *Engine) ImportCards(ctx context.Context, rows []CardRecord) ([]crm.RowError, error) {
	return s.StoreCards(ctx, s.JudgeCards(rows))
}

// JudgedCards are rows of an import that were judged and are not stored yet.
type JudgedCards struct {
	now     time.Time
	good    []CardRecord
	index   []int // of the good rows in what was judged
	refused []crm.RowError
}

// JudgeCards is the first half of ImportCards, which asks no store: a file's
// next rows can be judged while the ones before are stored.
func (s *Engine) JudgeCards(rows []CardRecord) JudgedCards {
	j := JudgedCards{now: s.now()}
	j.good, j.index, j.refused = admit(rows, func(row CardRecord) (CardRecord, error) { return s.cardRecord(row, j.now) })
	return j
}

// StoreCards is the second half of ImportCards.
func (s *Engine) StoreCards(ctx context.Context, j JudgedCards) ([]crm.RowError, error) {
	refused := j.refused
	for start := 0; start < len(j.good); start += cardChunk {
		end := min(start+cardChunk, len(j.good))
		late, err := s.backend.ImportCards(ctx, j.good[start:end], j.now)
		if err != nil {
			return refused, err
		}
		refused = append(refused, relabel(late, j.index[start:end])...)
	}
	return refused, nil
}

// importChunk is how many rows share a transaction: enough to share the wait
// for the disk, few enough to let customers in between.
const importChunk = 500

// cardChunk is how many rows of an import of cards go to the store at once: new
// cards are stored in bulk, and the more of them together, the fewer pages of
// the indexes are written again and again.
const cardChunk = 10_000

// CheckCard gives all that the rules have against a row, joined.
func (s *Engine) CheckCard(row CardRecord) error {
	_, err := s.cardRecord(row, s.now())
	return err
}

func (s *Engine) cardRecord(row CardRecord, now time.Time) (CardRecord, error) {
	var number, holder, state, amount error
	row.CardNumber, number = s.numbered(row.CardNumber)
	row.Holder, holder = row.Holder.Normalize(now, s.rules.Country)
	if row.State == "" {
		row.State = crm.CardActive
	}
	if !row.State.Valid() {
		state = crm.Fail(crm.ErrInvalidRecord, "unknown state")
	}
	if row.Balance < 0 || row.Balance > crm.MaxPoints {
		amount = crm.Fail(crm.ErrInvalidAmount, "opening balance")
	}
	if row.IssuedAt.IsZero() {
		row.IssuedAt = now
	}
	return row, errors.Join(number, holder, state, amount)
}

// numbered checks a number that comes from a file and completes its barcode.
func (s *Engine) numbered(number crm.CardNumber) (crm.CardNumber, error) {
	if _, err := crm.ParseCardNumber(number.Number); err != nil {
		return number, err
	}
	if number.BarcodeNumber == "" && number.BarcodeType == "" {
		return s.barcode.For(number.Number)
	}
	return number, crm.CheckBarcode(number.BarcodeNumber, number.BarcodeType)
}

// AddNumbers puts numbers into the pool and tells how many were new. With
// handedOver they belong to Koshelek, which issues them without asking, and are
// never given out here.
func (s *Engine) AddNumbers(ctx context.Context, numbers []crm.CardNumber, handedOver bool) (int, []crm.RowError, error) {
	list := make([]PooledNumber, len(numbers))
	for i, number := range numbers {
		list[i].CardNumber = number
		if handedOver {
			list[i].ReservedUntil = crm.Forever
		}
	}
	counts, refused, err := s.BringNumbers(ctx, list, "")
	return int(counts[RowNew]), refused, err
}

// BringNumbers is AddNumbers for numbers that say themselves whether Koshelek has
// them, with a ReservedUntil of Forever.
func (s *Engine) BringNumbers(ctx context.Context, numbers []PooledNumber, actor string) (Counts, []crm.RowError, error) {
	good, _, refused := admit(numbers, func(n PooledNumber) (_ PooledNumber, err error) {
		n.CardNumber, err = s.numbered(n.CardNumber)
		return n, err
	})
	counts, notes := Counts{}, changed{actor: actor, kind: "number", now: s.now()}
	for _, until := range []time.Time{{}, crm.Forever} {
		var list []crm.CardNumber
		for _, number := range good {
			if number.ReservedUntil.Equal(until) {
				list = append(list, number.CardNumber)
			}
		}
		for chunk := range slices.Chunk(list, importChunk) {
			fresh, err := s.backend.AddNumbers(ctx, PoolRequest{Numbers: chunk, ReservedUntil: until, Now: s.now()})
			for _, number := range fresh {
				notes.add(RowNew, number.Number)
			}
			counts[RowNew] += int64(len(fresh))
			counts[RowUnchanged] += int64(len(chunk) - len(fresh))
			if err != nil {
				return counts, refused, err
			}
		}
	}
	return counts, refused, s.note(ctx, notes)
}

// PoolLevel tells how many numbers are free, reserved and handed over.
func (s *Engine) PoolLevel(ctx context.Context) (crm.PoolLevel, error) {
	return s.backend.CountNumbers(ctx, s.now())
}

// SetSegments replaces the segments of a card.
func (s *Engine) SetSegments(ctx context.Context, number string, segments []string, actor string) error {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return err
	}
	for _, segment := range segments {
		if err := crm.CheckKey("segment", segment, crm.MaxCardNumberBytes); err != nil {
			return err
		}
	}
	if err := s.backend.SetSegments(ctx, number, segments); err != nil {
		return err
	}
	return s.Note(ctx, actor, "card segments", number, "")
}

// Erase removes a customer's personal data. Errors: ErrInvalidPhone,
// ErrCustomerNotFound.
func (s *Engine) Erase(ctx context.Context, phone, actor string) (Erasure, error) {
	phone, err := s.rules.Country.Phone(phone)
	if err != nil {
		return Erasure{}, err
	}
	if actor, err = crm.CleanText("actor", actor, crm.MaxTextRunes); err != nil {
		return Erasure{}, err
	}
	return s.backend.Erase(ctx, EraseRequest{Phone: phone, Actor: actor, Now: s.now()})
}

// EraseCustomer removes the personal data of a customer who is named by the ID that the
// store gave. Errors: ErrCustomerNotFound.
func (s *Engine) EraseCustomer(ctx context.Context, id, actor string) (Erasure, error) {
	actor, err := crm.CleanText("actor", actor, crm.MaxTextRunes)
	if err != nil {
		return Erasure{}, err
	}
	return s.backend.Erase(ctx, EraseRequest{CustomerID: id, Actor: actor, Now: s.now()})
}

// Scrubber is a Store that makes an erasure reach what it keeps besides its records.
type Scrubber interface {
	// Scrub does so, and says what was done and what stays for a while.
	Scrub(ctx context.Context) (note string, err error)
}
