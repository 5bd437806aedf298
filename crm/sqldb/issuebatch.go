package sqldb

import (
	"context"
	"sync"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// issueBatch makes the cards of many new customers in one transaction with a
// statement for each table, in place of a transaction with a round trip for
// each row. It serves MySQL, where the round trips are what an issue costs; on
// SQLite the one writer shares its commits anyway.
//
// Only what is plainly new is done together. A call whose phone or email has an
// owner, or stands twice in the batch, is left to its own transaction, and so is
// the whole batch when another process comes in between.
type issueBatch struct {
	store   *Store
	waiting *queue[*issuing]
	ended   sync.WaitGroup
}

// issuing is one waiting call and its answer.
type issuing struct {
	request engine.IssueRequest
	issued  engine.Issued
}

const (
	// issueWorkers is how many batches are under way: one prepares while another
	// waits for the disk.
	issueWorkers = 2
	// issueTime bounds a batch; the callers' own times are for their waiting.
	issueTime = 10 * time.Second
)

func newIssueBatch(store *Store) *issueBatch {
	b := &issueBatch{store: store, waiting: newQueue[*issuing]()}
	for range issueWorkers {
		b.ended.Go(func() { b.waiting.each(b.run) })
	}
	return b
}

// do issues a card to a new customer; errKnown when the customer exists.
func (b *issueBatch) do(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	call := &issuing{request: r}
	err := b.waiting.do(ctx, call)
	return call.issued, b.store.translate(err)
}

func (b *issueBatch) close() {
	b.waiting.close()
	b.ended.Wait()
}

func (b *issueBatch) run(batch []*item[*issuing]) {
	ctx, cancel := context.WithTimeout(context.Background(), issueTime)
	defer cancel()
	if len(batch) > 1 {
		err := b.store.do(ctx, func(c conn) error { return b.together(c, batch) })
		if err == nil {
			return
		}
	}
	var group sync.WaitGroup
	for _, i := range batch {
		group.Go(func() { i.work.issued, i.err = b.store.issueNew(ctx, i.work.request) })
	}
	group.Wait()
}

// together makes all that is new of a batch; the others get errKnown. When what it
// found new was taken in between, it fails with errKnown itself.
func (b *issueBatch) together(c conn, batch []*item[*issuing]) error {
	owned, err := c.ownedIdentities(batch)
	if err != nil {
		return err
	}
	var fresh []*item[*issuing]
	for _, i := range batch {
		i.err, i.work.issued = nil, engine.Issued{}
		p := i.work.request.Profile
		if owned["phone "+p.Phone] || owned["email "+p.Email] || i.work.request.Number.Number == "" {
			i.err = errKnown
			continue
		}
		owned["phone "+p.Phone], owned["email "+p.Email] = p.Phone != "", p.Email != ""
		fresh = append(fresh, i)
	}
	if len(fresh) == 0 {
		return nil
	}
	if err = b.make(c, fresh); c.d.duplicate(err) {
		return errKnown
	}
	return err
}

// ownedIdentities asks which phones and emails of a batch have an owner.
func (c conn) ownedIdentities(batch []*item[*issuing]) (map[string]bool, error) {
	asked := map[string][]string{}
	for _, i := range batch {
		p := i.work.request.Profile
		if p.Phone != "" {
			asked["phone"] = append(asked["phone"], p.Phone)
		}
		if p.Email != "" {
			asked["email"] = append(asked["email"], p.Email)
		}
	}
	owned := map[string]bool{}
	for column, list := range asked {
		found, err := inColumn[string](c, "SELECT "+column+" FROM customer WHERE "+column+" IN (?)", list)
		if err != nil {
			return nil, err
		}
		for _, value := range found {
			owned[column+" "+value] = true
		}
	}
	return owned, nil
}

// make writes the rows of new customers, table by table.
func (b *issueBatch) make(c conn, fresh []*item[*issuing]) error {
	welcomed, err := c.welcomed(fresh)
	if err != nil {
		return err
	}
	var rows issueRows
	for _, i := range fresh {
		i.work.issued = rows.add(b.store, i.work.request, welcomed["welcome:"+i.work.request.Profile.Phone])
	}
	return rows.write(c)
}

// welcomed asks which phones had their welcome before.
func (c conn) welcomed(fresh []*item[*issuing]) (map[string]bool, error) {
	var keys []string
	for _, i := range fresh {
		if r := i.work.request; r.Welcome.Points > 0 && r.Profile.Phone != "" {
			keys = append(keys, "welcome:"+r.Profile.Phone)
		}
	}
	known := map[string]bool{}
	if len(keys) == 0 {
		return known, nil
	}
	found, err := inColumn[string](c, "SELECT op_key FROM operation WHERE op_key IN (?)", keys)
	for _, key := range found {
		known[key] = true
	}
	return known, err
}

// issueRows gathers what a batch writes into each table.
type issueRows struct {
	customers, operations, cards, postings, lots []any
	numbers                                      []string
}

// add gathers the rows of one call and gives its answer.
func (t *issueRows) add(s *Store, r engine.IssueRequest, welcomed bool) engine.Issued {
	now, id, p := millis(r.Now), s.ids.next(r.Now), r.Profile
	welcome := r.Welcome
	if welcomed || p.Phone == "" {
		welcome.Points = 0
	}
	t.customers = append(t.customers, id, orNull(p.Phone), orNull(p.Email), p.Surname, p.FirstName, p.Patronymic,
		string(p.Sex), string(p.BirthDate), p.CountryCode, p.Locality, now, now)
	t.numbers = append(t.numbers, r.Number.Number)
	t.cards = append(t.cards, r.Number.Number, r.Number.BarcodeNumber, string(r.Number.BarcodeType), string(crm.CardActive), id,
		welcome.Points, welcome.Points, now, now)
	if welcome.Points > 0 {
		posting := s.ids.next(r.Now)
		t.operations = append(t.operations, "welcome:"+p.Phone, "", id, now)
		t.postings = append(t.postings, posting, r.Number.Number, string(welcome.Kind), welcome.Points, "welcome:"+r.Number.Number,
			welcome.Description, now)
		t.lots = append(t.lots, posting, r.Number.Number, welcome.Points, welcome.Points, 1, welcome.Description,
			millis(welcome.AvailableFrom), millis(welcome.ValidUntil))
	}
	return engine.Issued{Created: true, Card: crm.Card{
		CardNumber: r.Number, State: crm.CardActive, CustomerID: id,
		Balance: welcome.Points, EarnedTotal: welcome.Points, IssuedAt: r.Now,
	}}
}

// write stores the rows in the order in which they refer to each other.
func (t *issueRows) write(c conn) error {
	if _, err := c.execIn("DELETE FROM card_pool WHERE number IN (?)", t.numbers); err != nil {
		return err
	}
	for _, table := range []struct {
		into    string
		columns int
		rows    []any
	}{
		{insertCustomer, 12, t.customers}, {insertOperation, 4, t.operations}, {insertCard, 9, t.cards},
		{insertPosting, 7, t.postings}, {insertLot, 8, t.lots},
	} {
		if len(table.rows) == 0 {
			continue
		}
		if _, err := c.execBuilt(table.into+values(len(table.rows)/table.columns, table.columns), table.rows...); err != nil {
			return err
		}
	}
	return nil
}
