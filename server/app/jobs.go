package app

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
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
		Zone: s.cfg.TimeZone.Location(), Country: s.country(),
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
				counts, refused, err := s.crm.BringCards(ctx, judged, balances, s.actor)
				return stored(counts, refused), err
			}
		},
	}
}

func (s *session) purchasesJob() importer.Job[crm.Purchase] {
	return importer.Job[crm.Purchase]{
		Table: tables.Purchases(), Blame: blamed(map[crm.Kind]string{crm.ErrInvalidDate: "date"}), Chunk: recordChunk,
		Store: func(ctx context.Context, rows []crm.Purchase) (importer.Stored, error) {
			_, refused, err := s.crm.PutPurchases(ctx, rows)
			return importer.Stored{Refused: refused}, err
		},
	}
}

func (s *session) offersJob() importer.Job[crm.Offer] {
	return importer.Job[crm.Offer]{Table: tables.Offers(), Store: uncounted(s.putOffers), Blame: map[crm.Kind]string{crm.ErrCardNotFound: "target"}, Chunk: recordChunk}
}

func (s *session) codesJob() importer.Job[engine.PromoCode] {
	return importer.Job[engine.PromoCode]{Table: tables.Codes(s.cfg.TimeZone.Location()), Store: uncounted(s.crm.PutCodes), Chunk: recordChunk}
}

func (s *session) drivesJob() importer.Job[engine.Drive] {
	return importer.Job[engine.Drive]{Table: tables.Drives(), Store: uncounted(s.crm.PutDrives), Chunk: recordChunk}
}

func (s *session) numbersJob(table tables.Table[engine.PooledNumber], handedOver bool) importer.Job[engine.PooledNumber] {
	return importer.Job[engine.PooledNumber]{
		Table: table, Blame: blamed(nil), Chunk: recordChunk,
		Store: func(ctx context.Context, rows []engine.PooledNumber) (importer.Stored, error) {
			numbers := make([]crm.CardNumber, len(rows))
			for i, row := range rows {
				numbers[i] = row.CardNumber
			}
			added, refused, err := s.crm.AddNumbers(ctx, numbers, handedOver)
			known := len(rows) - len(refused) - added
			return stored(engine.Counts{engine.RowNew: int64(added), engine.RowUnchanged: int64(known)}, refused), err
		},
	}
}

// customersJob gives everybody who has no card one; who has one is updated.
func (s *session) customersJob(welcome bool) importer.Job[crm.Holder] {
	repeats := newRepeats()
	return importer.Job[crm.Holder]{
		Warn:  repeats.warnings,
		Table: tables.Customers(s.country()), Blame: blamed(map[crm.Kind]string{crm.ErrInvalidDate: "birth_date"}), Chunk: recordChunk,
		Check: func(r crm.Holder) error {
			_, err := r.Profile.Normalize(time.Now(), s.country())
			return err
		},
		Store: func(ctx context.Context, rows []crm.Holder) (importer.Stored, error) {
			for _, row := range rows {
				repeats.see("phones", row.Profile.Phone, row.Profile)
			}
			var mu sync.Mutex
			counts := engine.Counts{}
			refused, err := each(ctx, rows, func(r crm.Holder) string { return r.Profile.Phone + r.Profile.Email },
				func(ctx context.Context, r crm.Holder) error {
					outcome, err := s.crm.Register(ctx, r.Profile, welcome)
					if err == nil {
						mu.Lock()
						defer mu.Unlock()
						counts[outcome]++
					}
					return err
				})
			return stored(counts, refused), err
		},
	}
}

// pointsJob grants and takes points.
func (s *session) pointsJob() importer.Job[tables.Movement] {
	return importer.Job[tables.Movement]{
		Table: tables.Points(s.cfg.TimeZone.Location()), Blame: blamed(map[crm.Kind]string{crm.ErrInvalidAmount: "points"}), Chunk: recordChunk,
		Store: uncounted(func(ctx context.Context, rows []tables.Movement) ([]crm.RowError, error) {
			return each(ctx, rows, func(r tables.Movement) string { return r.CardNumber }, s.move)
		}),
	}
}

// putOffers refuses offers for cards that nobody knows.
func (s *session) putOffers(ctx context.Context, offers []crm.Offer) (refused []crm.RowError, err error) {
	var good []crm.Offer
	var index []int
	for i, o := range offers {
		if o.Audience == crm.AudienceCard {
			_, err := s.store.Card(ctx, o.Target)
			switch {
			case errors.Is(err, crm.ErrCardNotFound):
				refused = append(refused, crm.RowError{Index: i, Err: err})
				continue
			case err != nil:
				return nil, err
			}
		}
		good, index = append(good, o), append(index, i)
	}
	late, err := s.crm.PutOffers(ctx, good)
	for _, r := range late {
		refused = append(refused, crm.RowError{Index: index[r.Index], Err: r.Err})
	}
	return refused, err
}

func stored(counts engine.Counts, refused []crm.RowError) importer.Stored {
	return importer.Stored{Refused: refused, Counted: counts != nil, New: counts[engine.RowNew], Updated: counts[engine.RowUpdated], Unchanged: counts[engine.RowUnchanged]}
}

// uncounted is a Store that does not tell new records from others.
func uncounted[R any](put func(context.Context, []R) ([]crm.RowError, error)) func(context.Context, []R) (importer.Stored, error) {
	return func(ctx context.Context, rows []R) (importer.Stored, error) {
		refused, err := put(ctx, rows)
		return importer.Stored{Refused: refused}, err
	}
}

// repeats finds what stands in a file more than once with different content.
type repeats struct {
	seen  map[string]uint64
	found map[string]int
}

func newRepeats() *repeats { return &repeats{seen: map[string]uint64{}, found: map[string]int{}} }

func (r *repeats) see(kind, key string, content any) {
	if key == "" {
		return
	}
	hash := fnv.New64a()
	fmt.Fprint(hash, content)
	before, seen := r.seen[kind+key]
	if sum := hash.Sum64(); !seen || before != sum {
		r.seen[kind+key] = sum
	}
	if seen && before != r.seen[kind+key] {
		r.found[kind]++
	}
}

func (r *repeats) warnings() (list []string) {
	for _, kind := range slices.Sorted(maps.Keys(r.found)) {
		list = append(list, fmt.Sprintf("%d times one of the %s stands in the file again with different content; the last row counts", r.found[kind], kind))
	}
	return list
}

func (s *session) move(ctx context.Context, r tables.Movement) error {
	m := r.Transaction
	m.Actor = s.actor
	if m.Points < 0 {
		m.Points = -m.Points
		_, err := s.crm.Debit(ctx, m)
		return err
	}
	_, err := s.crm.Credit(ctx, m)
	return err
}

// each does something for every row, many at once so that they share commits;
// rows of one key are done one after the other. Refusals are those errors that
// speak of the row; the first of another kind ends it all.
func each[R any](ctx context.Context, rows []R, key func(R) string, do func(context.Context, R) error) ([]crm.RowError, error) {
	failures := make([]error, len(rows))
	var done sync.WaitGroup
	for worker := range uint32(workers) {
		done.Go(func() {
			for i, r := range rows {
				if shard(key(r)) == worker && ctx.Err() == nil {
					failures[i] = do(ctx, r)
				}
			}
		})
	}
	done.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var refused []crm.RowError
	for i, err := range failures {
		switch {
		case err == nil:
		case fatal(err):
			return nil, err
		default:
			refused = append(refused, crm.RowError{Index: i, Err: err})
		}
	}
	return refused, nil
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

func shard(key string) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(key)) // never fails
	return hash.Sum32() % workers
}
