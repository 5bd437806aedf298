package connect

import (
	"context"
	"hash/maphash"
	"iter"

	"koshelek-adapter/crm"
)

// pageSize is how many records one call asks for.
const pageSize = 500

// page asks for a page after a cursor.
type page[T any] func(ctx context.Context, after string) (records []T, next string, err error)

// walk goes through pages. A cursor that stands still would never end.
func walk[T any](ctx context.Context, p *Program, operation string, get page[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for after := ""; ; {
			type answer struct {
				records []T
				next    string
			}
			a, err := ask(ctx, p, operation, func(ctx context.Context) (a answer, err error) {
				a.records, a.next, err = get(ctx, after)
				return a, err
			})
			if err == nil && a.next != "" && a.next == after {
				err = crm.Fail(crm.ErrUnavailable, "the CRM's pages do not go on")
			}
			if err != nil {
				yield(none, err)
				return
			}
			for _, record := range a.records {
				if !yield(record, nil) {
					return
				}
			}
			if after = a.next; after == "" {
				return
			}
		}
	}
}

func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

// Purchases implements [crm.Program]. Lines of other days than asked for are left out.
func (p *Program) Purchases(ctx context.Context, number string, from, to crm.Date) iter.Seq2[crm.Purchase, error] {
	able, offers, err := offered[crm.ConnectedPurchases](ctx, p, crm.OffersPurchases)
	if err != nil || !offers {
		return failed[crm.Purchase](orNotSupported(err))
	}
	l, err := p.look(ctx, number, false)
	if err != nil {
		return failed[crm.Purchase](err)
	}
	return func(yield func(crm.Purchase, error) bool) {
		for line, err := range walk(ctx, p, readPurchases, func(ctx context.Context, after string) ([]crm.Purchase, string, error) {
			return able.Purchases(ctx, l.Member.Ref, from, to, after, pageSize)
		}) {
			if _, impossible := crm.ParseDate(string(line.Date)); err == nil && (impossible != nil || line.Date < from || line.Date > to) {
				p.options.Log.Error().Str("card", number).Msg("crm.foreign_day")
				continue
			}
			if line.CardNumber = number; !yield(line, err) {
				return
			}
		}
	}
}

// Offers implements [crm.Program]: the CRM's, else those that the operator has
// imported here.
func (p *Program) Offers(ctx context.Context, number string) ([]crm.Offer, error) {
	l, err := p.look(ctx, number, false)
	if err != nil {
		return nil, err
	}
	able, offers, err := offered[crm.ConnectedOffers](ctx, p, crm.OffersOffers)
	switch {
	case err != nil:
		return nil, err
	case !offers:
		return p.store.OffersFor(ctx, number, crm.DateOf(p.options.Clock(), p.options.Zone))
	}
	return ask(ctx, p, readOffers, func(ctx context.Context) ([]crm.Offer, error) { return able.Offers(ctx, l.Member.Ref) })
}

// Customers implements [crm.Program]: those of the CRM's directory, in its order, or
// else those who came through us, ordered by phone.
func (p *Program) Customers(ctx context.Context) iter.Seq2[crm.Holder, error] {
	able, offers, err := offered[crm.ConnectedDirectory](ctx, p, crm.OffersMembers)
	if err != nil {
		return failed[crm.Holder](err)
	}
	members := p.linked(ctx)
	if offers {
		members = walk(ctx, p, readMembers, func(ctx context.Context, after string) ([]crm.Member, string, error) {
			return able.Members(ctx, after, pageSize)
		})
	}
	return p.holders(members)
}

// linked walks through the members that we know.
func (p *Program) linked(ctx context.Context) iter.Seq2[crm.Member, error] {
	return func(yield func(crm.Member, error) bool) {
		for after := (Link{}); ; {
			links, err := p.store.ListLinks(ctx, after, pageSize)
			if err != nil {
				yield(crm.Member{}, err)
				return
			}
			for _, l := range links {
				if !yield(l.Member, nil) {
					return
				}
			}
			if len(links) < pageSize {
				return
			}
			after = links[len(links)-1]
		}
	}
}

// holders joins the members of one customer, who stand together, and leaves out who
// has no phone or no card that may be shown. Whoever is listed again all the same is
// left out: by a hash, since there may be millions.
func (p *Program) holders(members iter.Seq2[crm.Member, error]) iter.Seq2[crm.Holder, error] {
	return func(yield func(crm.Holder, error) bool) {
		var at customer
		seed, listed := maphash.MakeSeed(), map[uint64]struct{}{}
		flush := func() bool {
			card, has := crm.PickCard(at.cards)
			if !has || card.State == crm.CardBlocked || at.profile.Phone == "" {
				return true
			}
			who := maphash.String(seed, at.id)
			if _, before := listed[who]; before {
				return true
			}
			listed[who] = struct{}{}
			return yield(crm.Holder{Profile: at.profile, Card: card}, nil)
		}
		for m, err := range members {
			if err != nil {
				yield(crm.Holder{}, err)
				return
			}
			m = p.canonical(m)
			card, err := p.card(m)
			if err != nil || m.Card == "" {
				continue // one bad record must not end the list
			}
			if card.CustomerID != at.id {
				if !flush() {
					return
				}
				at = customer{id: card.CustomerID, profile: m.Profile}
			}
			at.cards = append(at.cards, card)
		}
		flush()
	}
}
