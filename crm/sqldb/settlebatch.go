package sqldb

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// settleBatch stores what became of several deliveries in one transaction with a
// statement for each step, where the round trips are what a settlement costs; on
// SQLite the one writer shares its commits anyway.
//
// Only what leaves the ledger and the audit log alone is stored together, and
// only what nobody else has locked, so that nobody waits for another's card. The
// rest goes its own way, and so does the whole batch when one of it cannot be
// stored.
type settleBatch struct {
	store   *Store
	waiting *queue[*settling]
	ended   sync.WaitGroup
}

// settling is one waiting call and its answer.
type settling struct {
	request outbox.Settlement
	settled outbox.Delivery
	// alone says that no batch has stored it.
	alone bool
}

const (
	// settleTime bounds a batch; the callers' own times are for their waiting.
	settleTime = 10 * time.Second
	// settleMost bounds a batch, whose rows may be large.
	settleMost = 64
)

func newSettleBatch(store *Store) *settleBatch {
	b := &settleBatch{store: store, waiting: newQueue[*settling]()}
	// One worker: what comes while it waits for the disk makes the next batch.
	b.ended.Go(func() { b.waiting.each(b.run) })
	return b
}

func (b *settleBatch) do(ctx context.Context, r outbox.Settlement) (outbox.Delivery, error) {
	call := &settling{request: r, alone: true}
	if isPlain(r) {
		if err := b.waiting.do(ctx, call); err != nil || !call.alone {
			return call.settled, b.store.translate(err)
		}
	}
	return write(ctx, b.store, func(c conn) (outbox.Delivery, error) { return b.store.settle(c, r) })
}

func (b *settleBatch) close() {
	b.waiting.close()
	b.ended.Wait()
}

func (b *settleBatch) run(batch []*item[*settling]) {
	for part := range slices.Chunk(batch, settleMost) {
		b.part(part)
	}
}

func (b *settleBatch) part(batch []*item[*settling]) {
	ctx, cancel := context.WithTimeout(context.Background(), settleTime)
	defer cancel()
	if err := b.store.do(ctx, func(c conn) error { return c.settleTogether(batch) }); err == nil {
		return
	}
	for _, i := range batch {
		i.work.alone, i.err = true, nil
	}
}

// settleTogether stores what it can lock of a batch; the others stay alone.
func (c conn) settleTogether(batch []*item[*settling]) error {
	ids := make([]string, 0, len(batch))
	for _, i := range batch {
		i.work.alone, i.err = true, nil
		ids = append(ids, i.work.request.ID)
	}
	slices.Sort(ids)
	before, err := c.deliveriesIn("WHERE o.id IN (?)"+c.d.skipLocked, slices.Compact(ids))
	if err != nil {
		return err
	}
	after := map[string]outbox.Delivery{}
	for _, d := range before {
		after[d.ID] = d
	}
	offers := settleEach(batch, after)
	return c.storeTogether(before, after, offers)
}

// isPlain reports a settlement that touches neither ledger nor audit log.
func isPlain(r outbox.Settlement) bool { return r.Actor == "" && r.Credit.Points == 0 && r.Debit == 0 }

// settleEach answers the calls of a batch one after another, as two of them may
// be for one delivery: the word of the worker and that of the vendor. It keeps
// what becomes of the deliveries in after and gives the offers they bring.
func settleEach(batch []*item[*settling], after map[string]outbox.Delivery) (offers []crm.Offer) {
	for _, i := range batch {
		r := i.work.request
		d, found := after[r.ID]
		if !found {
			continue
		}
		repeated, err := judge(d, r)
		if !repeated && err == nil {
			d = settledBy(d, r)
			after[r.ID] = d
			if d.State.Final() {
				offers = append(offers, offersFor(d, r)...)
			}
		}
		i.work.alone, i.work.settled, i.err = false, d, err
	}
	return offers
}

func (c conn) storeTogether(before []outbox.Delivery, after map[string]outbox.Delivery, offers []crm.Offer) error {
	var (
		changed []outbox.Delivery
		freed   []outbox.Delivery
	)
	for _, was := range before {
		is := after[was.ID]
		if reflect.DeepEqual(was, is) {
			continue
		}
		changed = append(changed, is)
		if blocking(was) && !blocking(is) {
			freed = append(freed, is)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if err := c.storeSettlements(changed); err != nil {
		return err
	}
	if err := c.unpark(freed...); err != nil {
		return err
	}
	return c.putOffers(offers)
}

// storeSettlements is storeSettlement for many.
func (c conn) storeSettlements(list []outbox.Delivery) error {
	var args []any
	for _, d := range list {
		args = append(args, d.ID, string(d.State), millis(d.DueAt), bit(blocking(d)), d.Attempts, orNull(d.VendorRef), d.Booked,
			d.Reason, string(d.Answer), millis(d.UpdatedAt))
	}
	matched, err := c.execBuilt(c.d.settleMany(len(list)), args...)
	if err == nil && matched != int64(len(list)) {
		return errAgain
	}
	return err
}
