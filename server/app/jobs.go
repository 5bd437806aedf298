package app

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/server/app/importer"
	"koshelek-adapter/server/app/tables"
)

// The sizes of chunks: cards go in bulk, the others row by row or nearly so.
const (
	cardChunk   = 10_000
	recordChunk = 1_000
	workers     = 64 // rows of a chunk that are at work at once and share commits
)

// blamed names the columns that the kinds of refusals speak of; what differs
// for one kind of record comes in pairs.
func blamed(pairs map[crm.Kind]string) map[crm.Kind]string {
	columns := map[crm.Kind]string{
		crm.ErrInvalidPhone: "phone", crm.ErrInvalidEmail: "email", crm.ErrInvalidCardNumber: "card_number",
		crm.ErrCardNotFound: "card_number", crm.ErrCardBlocked: "card_number", crm.ErrCardInactive: "card_number",
		crm.ErrNumberTaken: "card_number", crm.ErrInsufficientPoints: "points", crm.ErrOperationConflict: "key",
	}
	maps.Copy(columns, pairs)
	return columns
}

// conventions are how the programme's people write.
func (s *session) conventions() tables.Conventions {
	return tables.Conventions{
		Zone: s.cfg.TimeZone.Location(), Country: s.country(), Today: crm.DateOf(time.Now(), s.cfg.TimeZone.Location()),
		Barcode: crm.BarcodeRule{Pattern: s.cfg.Card.BarcodeTemplate, Type: crm.BarcodeType(s.cfg.Card.BarcodeType)},
	}
}

func (s *session) cardsJob(table tables.Table[engine.CardRecord], balances engine.Balances) importer.Job[engine.CardRecord] {
	repeats := newRepeats()
	return importer.Job[engine.CardRecord]{
		Warn:  repeats.warnings,
		Table: table, Chunk: cardChunk, Check: s.crm.CheckCard,
		Blame: blamed(map[crm.Kind]string{crm.ErrInvalidAmount: "balance", crm.ErrInvalidDate: "birth_date"}),
		Prepare: func(rows []engine.CardRecord) importer.Store {
			for _, row := range rows {
				repeats.see("card numbers", row.Number, row)
				repeats.see("phones", row.Holder.Phone, row.Holder)
			}
			judged := s.crm.JudgeCards(rows)
			return func(ctx context.Context) (importer.Stored, error) {
				return stored(s.crm.BringCards(ctx, judged, balances, s.actor))
			}
		},
	}
}

func (s *session) purchasesJob() importer.Job[crm.Purchase] {
	repeats := newRepeats()
	return importer.Job[crm.Purchase]{
		Table: tables.Purchases(), Warn: repeats.warnings, Blame: blamed(map[crm.Kind]string{crm.ErrInvalidDate: "date"}), Chunk: recordChunk,
		Store: func(ctx context.Context, rows []crm.Purchase) (importer.Stored, error) {
			for _, row := range rows {
				repeats.see("lines (card_number and ref)", row.CardNumber+" "+row.Ref, row)
			}
			return stored(s.crm.PutPurchases(ctx, s.actor, rows))
		},
	}
}

func (s *session) offersJob() importer.Job[crm.Offer] {
	repeats := newRepeats()
	return importer.Job[crm.Offer]{
		Table: tables.Offers(), Warn: repeats.warnings, Blame: map[crm.Kind]string{crm.ErrCardNotFound: "target"}, Chunk: recordChunk,
		Store: func(ctx context.Context, rows []crm.Offer) (importer.Stored, error) {
			for _, row := range rows {
				repeats.see("ids", row.ID, row)
			}
			return stored(s.putOffers(ctx, rows))
		},
	}
}

func (s *session) codesJob() importer.Job[engine.PromoCode] {
	repeats := newRepeats()
	return importer.Job[engine.PromoCode]{
		Table: tables.Codes(s.cfg.TimeZone.Location()), Warn: repeats.warnings, Chunk: recordChunk,
		Store: func(ctx context.Context, rows []engine.PromoCode) (importer.Stored, error) {
			for _, row := range rows {
				repeats.see("codes", strings.ToUpper(row.Code), row)
			}
			return stored(s.crm.PutCodes(ctx, s.actor, rows))
		},
	}
}

func (s *session) drivesJob() importer.Job[engine.Drive] {
	repeats := newRepeats()
	return importer.Job[engine.Drive]{
		Table: tables.Drives(), Warn: repeats.warnings, Chunk: recordChunk,
		Store: func(ctx context.Context, rows []engine.Drive) (importer.Stored, error) {
			for _, row := range rows {
				repeats.see("drives", row.FN, row)
			}
			return stored(s.crm.PutDrives(ctx, s.actor, rows))
		},
	}
}

func (s *session) numbersJob(table tables.Table[engine.PooledNumber], handedOver bool) importer.Job[engine.PooledNumber] {
	return importer.Job[engine.PooledNumber]{
		Table: table, Blame: blamed(nil), Chunk: recordChunk,
		Store: func(ctx context.Context, rows []engine.PooledNumber) (importer.Stored, error) {
			for i := range rows {
				if handedOver {
					rows[i].ReservedUntil = crm.Forever
				}
			}
			return stored(s.crm.BringNumbers(ctx, rows, s.actor))
		},
	}
}

// customersJob gives everybody who has no card one; who has one is updated.
func (s *session) customersJob(welcome bool) importer.Job[crm.Holder] {
	repeats := newRepeats()
	return importer.Job[crm.Holder]{
		Warn:  repeats.warnings,
		Table: tables.Customers(s.conventions()), Blame: blamed(map[crm.Kind]string{crm.ErrInvalidDate: "birth_date"}), Chunk: recordChunk,
		Check: func(r crm.Holder) error {
			_, err := r.Profile.Normalize(time.Now(), s.country())
			return err
		},
		Store: func(ctx context.Context, rows []crm.Holder) (importer.Stored, error) {
			for _, row := range rows {
				repeats.see("phones", row.Profile.Phone, row.Profile)
			}
			return stored(each(ctx, rows, func(r crm.Holder) []string {
				return []string{"p" + r.Profile.Phone, "e" + r.Profile.Email, "n" + r.Card.Number}
			},
				func(ctx context.Context, r crm.Holder) (engine.Outcome, error) {
					return s.crm.Register(ctx, r.Profile, r.Card.CardNumber, welcome, s.actor)
				}))
		},
	}
}

// pointsJob grants and takes points, and restores the lines of another store's ledger.
func (s *session) pointsJob() importer.Job[tables.Movement] {
	repeats := newRepeats()
	return importer.Job[tables.Movement]{
		Warn:  repeats.warnings,
		Table: tables.Points(s.cfg.TimeZone.Location()), Blame: blamed(map[crm.Kind]string{crm.ErrInvalidAmount: "points"}), Chunk: recordChunk,
		Store: func(ctx context.Context, rows []tables.Movement) (importer.Stored, error) {
			var lines []engine.LedgerLine
			var moves []tables.Movement
			var lineAt, moveAt []int
			for i, row := range rows {
				var lot engine.LedgerLot
				if row.Lot != nil {
					lot = *row.Lot
				}
				repeats.see("keys", row.Key, row.Posting, lot)
				if row.ID != "" {
					lines, lineAt = append(lines, row.LedgerLine), append(lineAt, i)
					continue
				}
				moves, moveAt = append(moves, row), append(moveAt, i)
			}
			counts, refused, err := s.crm.RestoreLines(ctx, lines, s.actor)
			if err != nil {
				return importer.Stored{}, err
			}
			moved, late, err := each(ctx, moves, func(r tables.Movement) []string { return []string{"c" + r.CardNumber, "k" + r.Key} }, s.move)
			for outcome, n := range moved {
				counts[outcome] += n
			}
			return stored(counts, append(placed(refused, lineAt), placed(late, moveAt)...), err)
		},
	}
}

// placed gives refusals of some rows the places of these among all.
func placed(refused []crm.RowError, at []int) []crm.RowError {
	for i := range refused {
		refused[i].Index = at[refused[i].Index]
	}
	return refused
}

// putOffers refuses offers for cards that nobody knows.
func (s *session) putOffers(ctx context.Context, offers []crm.Offer) (counts engine.Counts, refused []crm.RowError, err error) {
	var good []crm.Offer
	var index []int
	for i, o := range offers {
		if o.Audience == crm.AudienceCard {
			_, err := s.programme.Program.Card(ctx, o.Target)
			switch {
			case errors.Is(err, crm.ErrCardNotFound):
				refused = append(refused, crm.RowError{Index: i, Err: err})
				continue
			case err != nil:
				return nil, nil, err
			}
		}
		good, index = append(good, o), append(index, i)
	}
	counts, late, err := s.crm.PutOffers(ctx, s.actor, good)
	return counts, append(refused, placed(late, index)...), err
}

func stored(counts engine.Counts, refused []crm.RowError, err error) (importer.Stored, error) {
	return importer.Stored{Refused: refused, Counted: counts != nil, New: counts[engine.RowNew], Updated: counts[engine.RowUpdated], Unchanged: counts[engine.RowUnchanged]}, err
}

// repeats finds what stands in a file more than once with different content, by the
// hashes of both.
type repeats struct {
	seen  map[uint64]uint64
	found map[string]int
}

// maxSeen bounds the memory: what comes after so many records is not looked at.
const maxSeen = 1 << 20

func newRepeats() *repeats { return &repeats{seen: map[uint64]uint64{}, found: map[string]int{}} }

func (r *repeats) see(kind, key string, content ...any) {
	if key == "" {
		return
	}
	name, sum := hashOf(kind, key), hashOf(content...)
	before, seen := r.seen[name]
	switch {
	case seen && before != sum:
		r.found[kind]++
		r.seen[name] = sum
	case !seen && len(r.seen) < maxSeen:
		r.seen[name] = sum
	}
}

func hashOf(content ...any) uint64 {
	hash := fnv.New64a()
	fmt.Fprint(hash, content...)
	return hash.Sum64()
}

func (r *repeats) warnings() (list []string) {
	for _, kind := range slices.Sorted(maps.Keys(r.found)) {
		list = append(list, fmt.Sprintf("%d times one of the %s stands in the file again with different content; the last row counts", r.found[kind], kind))
	}
	return list
}

func (s *session) move(ctx context.Context, r tables.Movement) (engine.Outcome, error) {
	m := crm.Transaction{Key: r.Key, CardNumber: r.CardNumber, Points: r.Points, Description: r.Description, Actor: s.actor}
	if r.Lot != nil {
		m.AvailableFrom, m.ValidUntil = r.Lot.AvailableFrom, r.Lot.ValidUntil
	}
	_, before, err := s.crm.Mirrored(ctx, r.Key)
	if err != nil {
		return "", err
	}
	if m.Points < 0 {
		m.Points = -m.Points
		_, err = s.crm.Debit(ctx, m)
	} else {
		_, err = s.crm.Credit(ctx, m)
	}
	if before {
		return engine.RowUnchanged, err
	}
	return engine.RowNew, err
}

// each does something for every row, many at once so that they share commits, and
// counts what became of them; rows that share one of their keys are done one after
// the other, in their order. Refusals are those errors that speak of the row; the
// first of another kind ends it all.
func each[R any](ctx context.Context, rows []R, keys func(R) []string, do func(context.Context, R) (engine.Outcome, error)) (engine.Counts, []crm.RowError, error) {
	outcomes, failures := make([]engine.Outcome, len(rows)), make([]error, len(rows))
	turns := make(chan []int)
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for turn := range turns {
				for _, i := range turn {
					if ctx.Err() == nil {
						outcomes[i], failures[i] = do(ctx, rows[i])
					}
				}
			}
		})
	}
	for _, turn := range related(rows, keys) {
		turns <- turn
	}
	close(turns)
	done.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	counts := engine.Counts{}
	var refused []crm.RowError
	for i, err := range failures {
		switch {
		case err == nil:
			counts[outcomes[i]]++
		case fatal(err):
			return nil, nil, err
		default:
			refused = append(refused, crm.RowError{Index: i, Err: err})
		}
	}
	return counts, refused, nil
}

// related gives the indices of rows in groups that share no key.
func related[R any](rows []R, keys func(R) []string) [][]int {
	first, of := map[string]int{}, make([]int, len(rows)) // of each row the group's first one, or one on the way to it
	root := func(i int) int {
		for of[i] != i {
			i = of[i]
		}
		return i
	}
	for i, r := range rows {
		of[i] = i
		for _, key := range keys(r) {
			if len(key) < 2 { // the mark of its kind alone
				continue
			}
			if other, seen := first[key]; seen {
				a, b := root(other), root(i)
				of[max(a, b)] = min(a, b)
			} else {
				first[key] = i
			}
		}
	}
	groups := make(map[int][]int, len(rows))
	for i := range rows {
		groups[root(i)] = append(groups[root(i)], i)
	}
	return slices.Collect(maps.Values(groups))
}

// fatal reports an error that speaks of the store or of all rows.
func fatal(err error) bool {
	for _, kind := range []crm.Kind{crm.ErrUnavailable, crm.ErrInternal, crm.ErrBusy, crm.ErrPoolEmpty} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return crm.KindOf(err) == crm.ErrInternal
}
