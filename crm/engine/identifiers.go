package engine

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// IdentifierKind is what names a customer or a card.
type IdentifierKind string

// The kinds.
const (
	KindPhone   IdentifierKind = "phone"
	KindEmail   IdentifierKind = "e-mail"
	KindNumber  IdentifierKind = "card number"
	KindBarcode IdentifierKind = "barcode"
)

// Contact is a customer's phone and e-mail as they are stored, "" for none.
type Contact struct{ CustomerID, Phone, Email string }

// Rewriting is a customer's phone or e-mail and the form that it has today.
type Rewriting struct {
	CustomerID string
	Kind       IdentifierKind
	From, To   string
	// Owner is another customer who has To already, "" for none: then nothing is
	// changed. Done tells that it was; what is neither has another value by now.
	Owner string
	Done  bool
}

// Contacts is a Store that can give customers' phones and e-mails another form.
type Contacts interface {
	// Contacts gives up to limit customers after an ID, by ID.
	Contacts(ctx context.Context, after string, limit int) ([]Contact, error)

	// Rewrite carries out all or nothing, and says of each what became of it. A
	// line in the audit log stands beside each change.
	Rewrite(ctx context.Context, all []Rewriting, actor string, now time.Time) error
}

// Unsettled is an identifier that stays as it is.
type Unsettled struct {
	Kind IdentifierKind
	// Stored is personal data, as Canonical is: the form of today, "" for none.
	Stored, Canonical string
	CustomerID        string
	// Owner is the other customer who has the canonical form: one of both may be
	// a second record of one person.
	Owner string
	// Err is why today's rules refuse the identifier, nil when it has an owner.
	Err error
}

// Settled counts what became of the identifiers of a store.
type Settled struct {
	Customers, Cards         int64
	Changed, Shared, Refused int64
}

// Pages of a store's identifiers, and how many are changed in one transaction.
const (
	contactPage  = 500
	rewriteChunk = 100
)

// SettleIdentifiers brings the phones and e-mails of a store to the form that they
// have today, and tells of those that stay as they are: another customer has
// that form already (they are never made one), or the rules refuse it. Numbers of
// cards and barcodes have one form only, and are checked. With local a phone that
// can be read in two ways is one of the country. It may be interrupted anywhere,
// repeated, and run beside a server.
func (s *Engine) SettleIdentifiers(ctx context.Context, actor string, local bool, unsettled func(Unsettled)) (done Settled, err error) {
	store, can := s.backend.(Contacts)
	if !can {
		return done, crm.Fail(crm.ErrInternal, "the store cannot change the form of identifiers")
	}
	tell := func(u Unsettled) {
		if u.Err == nil {
			done.Shared++
		} else {
			done.Refused++
		}
		unsettled(u)
	}
	for after := ""; ; {
		page, err := store.Contacts(ctx, after, contactPage)
		if err != nil {
			return done, err
		}
		if len(page) == 0 {
			done.Cards, err = s.checkNumbers(ctx, tell)
			return done, err
		}
		after = page[len(page)-1].CustomerID
		done.Customers += int64(len(page))
		var changes []Rewriting
		for _, c := range page {
			changes = append(changes, s.rewritings(c, local, tell)...)
		}
		for len(changes) > 0 {
			chunk := changes[:min(rewriteChunk, len(changes))]
			changes = changes[len(chunk):]
			if err := store.Rewrite(ctx, chunk, actor, s.now()); err != nil {
				return done, err
			}
			for _, r := range chunk {
				if r.Done {
					done.Changed++
				} else if r.Owner != "" {
					tell(Unsettled{Kind: r.Kind, Stored: r.From, Canonical: r.To, CustomerID: r.CustomerID, Owner: r.Owner})
				}
			}
		}
	}
}

// rewritings are the parts of a contact that have another form today.
func (s *Engine) rewritings(c Contact, local bool, tell func(Unsettled)) (changes []Rewriting) {
	phone := s.rules.Country.Phone
	if local {
		phone = s.rules.Country.LocalPhone
	}
	for _, part := range []struct {
		kind   IdentifierKind
		stored string
		form   func(string) (string, error)
	}{{KindPhone, c.Phone, phone}, {KindEmail, c.Email, crm.NormalizeEmail}} {
		if part.stored == "" {
			continue
		}
		switch form, err := part.form(part.stored); {
		case err != nil:
			tell(Unsettled{Kind: part.kind, Stored: part.stored, CustomerID: c.CustomerID, Err: err})
		case form != part.stored:
			changes = append(changes, Rewriting{CustomerID: c.CustomerID, Kind: part.kind, From: part.stored, To: form})
		}
	}
	return changes
}

// checkNumbers tells of card numbers and barcodes that today's rules refuse.
func (s *Engine) checkNumbers(ctx context.Context, tell func(Unsettled)) (cards int64, err error) {
	for after := ""; ; {
		page, err := s.backend.ListCards(ctx, after, contactPage)
		if err != nil || len(page) == 0 {
			return cards, err
		}
		after = page[len(page)-1].Card.Number
		cards += int64(len(page))
		for _, h := range page {
			if _, err := crm.ParseCardNumber(h.Card.Number); err != nil {
				tell(Unsettled{Kind: KindNumber, Stored: h.Card.Number, CustomerID: h.Card.CustomerID, Err: err})
			}
			if err := crm.CheckBarcode(h.Card.BarcodeNumber, h.Card.BarcodeType); err != nil {
				tell(Unsettled{Kind: KindBarcode, Stored: h.Card.BarcodeNumber, CustomerID: h.Card.CustomerID, Err: err})
			}
		}
	}
}
