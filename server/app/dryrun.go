package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// dryStore is a store that takes everything and keeps nothing: what a rule of
// the programme or an unknown card would refuse is refused all the same.
type dryStore struct{ engine.Store }

// ImportCards looks for customers who stand in the way of a row.
func (d dryStore) ImportCards(ctx context.Context, rows []engine.CardRecord, _ time.Time) (refused []crm.RowError, err error) {
	for i, row := range rows {
		reason := d.cardRow(ctx, row)
		if errors.Is(reason, crm.ErrUnavailable) {
			return refused, reason
		}
		if reason != nil {
			refused = append(refused, crm.RowError{Index: i, Err: reason})
		}
	}
	return refused, nil
}

func (d dryStore) cardRow(ctx context.Context, row engine.CardRecord) error {
	if row.Holder == (crm.Profile{}) {
		return nil
	}
	card, err := d.Card(ctx, row.Number)
	if err != nil && !errors.Is(err, crm.ErrCardNotFound) {
		return err
	}
	if card.CustomerID == "" && !row.Holder.HasIdentity() {
		return crm.ErrNoIdentity
	}
	owners, err := d.FindCards(ctx, crm.Identity{Phone: row.Holder.Phone, Email: row.Holder.Email})
	switch {
	case err != nil:
		return err
	case len(owners) > 1:
		return crm.ErrAmbiguous
	case len(owners) == 1 && card.CustomerID != "" && owners[0].CustomerID != card.CustomerID:
		return crm.ErrNumberTaken
	}
	return nil
}

// PutPurchases looks whether the cards exist.
func (d dryStore) PutPurchases(ctx context.Context, lines []crm.Purchase) (added int, refused []crm.RowError, err error) {
	known := map[string]error{}
	for i, line := range lines {
		reason, seen := known[line.CardNumber]
		if !seen {
			_, reason = d.Card(ctx, line.CardNumber)
			known[line.CardNumber] = reason
		}
		if errors.Is(reason, crm.ErrUnavailable) {
			return added, refused, reason
		}
		if reason != nil {
			refused = append(refused, crm.RowError{Index: i, Err: reason})
		}
	}
	return len(lines) - len(refused), refused, nil
}

// PutOffers keeps nothing.
func (dryStore) PutOffers(context.Context, []crm.Offer) error { return nil }

// PutCodes keeps nothing.
func (dryStore) PutCodes(context.Context, []engine.PromoCode) error { return nil }

// AddNumbers keeps nothing.
func (dryStore) AddNumbers(_ context.Context, r engine.PoolRequest) ([]crm.CardNumber, error) {
	return r.Numbers, nil
}

// LeaseNumbers makes up numbers that nobody will see.
func (dryStore) LeaseNumbers(_ context.Context, r engine.LeaseRequest) ([]crm.CardNumber, error) {
	list := make([]crm.CardNumber, r.Count)
	for i := range list {
		list[i] = crm.CardNumber{Number: fmt.Sprint("dry-run-", i)}
	}
	return list, nil
}

// ReleaseNumbers has nothing to release.
func (dryStore) ReleaseNumbers(context.Context, []string, time.Time) error { return nil }

// Issue looks whether phone and email belong to one customer.
func (d dryStore) Issue(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	owners, err := d.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone, Email: r.Profile.Email})
	if err == nil && len(owners) > 1 {
		err = crm.ErrAmbiguous
	}
	return engine.Issued{Created: true}, err
}

// Grant looks whether the card may earn.
func (d dryStore) Grant(ctx context.Context, m engine.Movement) (crm.Posting, error) {
	card, err := d.Card(ctx, m.CardNumber)
	if err == nil && card.State == crm.CardBlocked {
		err = crm.ErrCardBlocked
	}
	return crm.Posting{}, err
}

// Take looks whether the card may spend; its points are not counted, since the
// rows before may have granted some.
func (d dryStore) Take(ctx context.Context, m engine.Movement) (crm.Posting, error) {
	card, err := d.Card(ctx, m.CardNumber)
	if err == nil {
		err = card.State.Usable()
	}
	return crm.Posting{}, err
}

// PutDrives keeps nothing.
func (d dryStore) PutDrives(context.Context, []engine.Drive) error { return nil }

// Drive is asked by no import.
func (d dryStore) Drive(context.Context, string) (drive engine.Drive, listed, some bool, err error) {
	return drive, false, false, nil
}
