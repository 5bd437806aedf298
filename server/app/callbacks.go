package app

import (
	"context"
	"net/http"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/handlers/callbacks"
)

// front sends what vendors call to its own API and the rest to Koshelek's.
type front struct{ koshelek, callbacks http.Handler }

// ServeHTTP implements http.Handler.
func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.callbacks != nil && callbacks.Serves(r.URL.Path) {
		f.callbacks.ServeHTTP(w, r)
		return
	}
	f.koshelek.ServeHTTP(w, r)
}

// callbacks is the API of what vendors call, nil when none calls us.
func (s *service) callbacks() (http.Handler, error) {
	o := callbacks.Options{Options: s.middleware("callbacks", nil)}
	for _, v := range s.vendors.open {
		if caller, calls := v.Vendor.(outbox.Caller); calls {
			o.Callbacks = append(o.Callbacks, caller.Callbacks(books{s})...)
		}
	}
	if s.programme.changed != nil {
		o.Callbacks = append(o.Callbacks, outbox.Callback{Path: remote.PathChanged, Take: s.programme.changed})
	}
	if len(o.Callbacks) == 0 {
		return nil, nil
	}
	return callbacks.New(o)
}

// books is the programme as a callback sees it.
type books struct{ s *service }

var _ outbox.Books = books{}

// Delivery implements outbox.Books.
func (b books) Delivery(ctx context.Context, id string) (outbox.Delivery, error) {
	return b.s.programme.engine.Delivery(ctx, id)
}

// Deliveries implements outbox.Books.
func (b books) Deliveries(ctx context.Context, q outbox.Query) ([]outbox.Delivery, error) {
	return b.s.programme.engine.Deliveries(ctx, q)
}

// KnownReferences implements outbox.Books.
func (b books) KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error) {
	return b.s.programme.engine.KnownReferences(ctx, vendor, references)
}

// Settle implements outbox.Books.
func (b books) Settle(ctx context.Context, d outbox.Delivery, o outbox.Outcome) error {
	settled, err := b.s.programme.engine.Settle(ctx, d, "", o, "")
	if err == nil {
		b.s.metrics.delivered(settled.Vendor, settled.State, 0)
	}
	return err
}

// CardOf implements outbox.Books.
func (b books) CardOf(ctx context.Context, customerID string) (string, error) {
	account, err := b.s.programme.engine.Account(ctx, crm.Identifier{By: crm.ByCustomer, ID: customerID})
	return account.Card.Number, err
}

// Mirrored implements outbox.Books.
func (b books) Mirrored(ctx context.Context, key string) (outbox.Mirrored, bool, error) {
	posting, found, err := b.s.programme.engine.Mirrored(ctx, key)
	return outbox.Mirrored{Key: key, CardNumber: posting.CardNumber, Points: posting.Points, Description: posting.Description}, found, err
}

// Mirror implements outbox.Books.
func (b books) Mirror(ctx context.Context, m outbox.Mirrored) error {
	ledger, points := b.s.programme.engine, m.Points
	book := ledger.Credit
	if points < 0 {
		book, points = ledger.Debit, -points
	}
	_, err := book(ctx, crm.Transaction{Key: m.Key, CardNumber: m.CardNumber, Points: points, Description: m.Description, Mirror: true})
	return err
}
