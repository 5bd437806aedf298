package engine

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// LedgerLine is a posting with all that another store needs to keep it as it was.
type LedgerLine struct {
	crm.Posting
	// Key is the operation of the posting, which happens once.
	Key string
	// Lot is what the posting credited; nil for one that credited none.
	Lot *LedgerLot
}

// LedgerLot is points of one posting.
type LedgerLot struct {
	// CardNumber is where they are now: another card's than the posting's when that
	// was replaced.
	CardNumber string
	// Remaining is what is left, 0 when all is spent or over.
	Remaining                 int64
	AvailableFrom, ValidUntil time.Time
}

// Archive is a Store whose ledger can be carried to another one.
type Archive interface {
	// Lines completes postings that the store has, in their order.
	Lines(ctx context.Context, postings []crm.Posting) ([]LedgerLine, error)

	// Restore stores lines as they are, in their order, each wholly or not at all, and
	// counts what became of those that were not refused. New ones stand in the audit
	// log. A line that the store has
	// changes nothing. The opening balance that an import gave a card stands for older
	// lines: it goes when the first of them comes and nothing of it was spent. Errors
	// of lines: ErrCardNotFound, ErrOperationConflict (the ID, the key, or an opening
	// balance that was spent), ErrInsufficientPoints (lines before are missing).
	Restore(ctx context.Context, lines []LedgerLine, by By) (Counts, []crm.RowError, error)
}

// AllLines walks through the ledger of all cards, oldest first.
func (s *Engine) AllLines(ctx context.Context) iter.Seq2[LedgerLine, error] {
	return walk("", listPage, func(after string, limit int) ([]LedgerLine, error) {
		archive, can := s.backend.(Archive)
		postings, err := s.backend.ListPostings(ctx, after, limit)
		if err == nil && !can {
			err = crm.Fail(crm.ErrNotSupported, "the store has no archive of its ledger")
		}
		if err != nil {
			return nil, err
		}
		return archive.Lines(ctx, postings)
	}, func(l LedgerLine) string { return l.ID })
}

// maxOperationBytes limits the key of an operation.
const maxOperationBytes = 160

// RestoreLines stores lines of another store's ledger; see [Archive]. Lines that can be
// none are refused.
func (s *Engine) RestoreLines(ctx context.Context, lines []LedgerLine, actor string) (Counts, []crm.RowError, error) {
	archive, can := s.backend.(Archive)
	if !can {
		return nil, nil, crm.Fail(crm.ErrNotSupported, "the store keeps no ledger of another one")
	}
	good, index, refused := admit(lines, ledgerLine)
	counts, late, err := archive.Restore(ctx, good, By{actor, s.now()})
	return counts, append(refused, relabel(late, index)...), err
}

func ledgerLine(l LedgerLine) (LedgerLine, error) {
	_, numberErr := crm.ParseCardNumber(l.CardNumber)
	keyErr := crm.CheckKey("key", l.Key, maxOperationBytes)
	description, textErr := crm.CleanText("description", l.Description, crm.MaxTextRunes)
	l.Description = description
	if err := errors.Join(numberErr, keyErr, textErr); err != nil {
		return l, err
	}
	switch {
	case len(l.ID) != 26 || strings.Trim(l.ID, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "":
		return l, crm.Fail(crm.ErrInvalidRecord, "posting is not the ID of one")
	case !l.Kind.Valid():
		return l, crm.Fail(crm.ErrInvalidRecord, "unknown kind of posting")
	case l.At.IsZero():
		return l, crm.Fail(crm.ErrInvalidRecord, "at, the time of the posting, is missing")
	case l.Points == 0 || l.Points > crm.MaxPoints || l.Points < -crm.MaxPoints:
		return l, crm.Fail(crm.ErrInvalidAmount, "a posting moves points")
	case l.Lot == nil:
		return l, nil
	case l.Points < 0 || l.Lot.Remaining < 0 || l.Lot.Remaining > l.Points:
		return l, crm.Fail(crm.ErrInvalidAmount, "more is left than was credited")
	}
	_, err := crm.ParseCardNumber(l.Lot.CardNumber)
	return l, err
}
