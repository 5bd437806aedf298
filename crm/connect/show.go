package connect

import (
	"cmp"
	"context"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// Find implements [crm.Program]. "Nobody" is the CRM's fresh word; while it cannot
// be asked, the cards of a phone are those that it has answered lately.
func (p *Program) Find(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	found, err := p.find(ctx, by)
	if cannotAsk(err) {
		if known, ok := p.knownOf(ctx, by.Phone); ok {
			return []crm.Match{known}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	matches := make([]crm.Match, len(found))
	for i, c := range found {
		matches[i] = crm.Match{
			CustomerID: c.id, ByPhone: c.byPhone, ByEmail: c.byMail, HasPhone: c.profile.Phone != "", BirthDate: c.profile.BirthDate, Cards: c.cards,
		}
	}
	return matches, nil
}

// cannotAsk reports an error that says nothing of what was asked.
func cannotAsk(err error) bool {
	kind := crm.KindOf(err)
	return kind == crm.ErrUnavailable || kind == crm.ErrBusy
}

// knownOf gives the customer of a phone as the CRM answered lately.
func (p *Program) knownOf(ctx context.Context, phone string) (m crm.Match, found bool) {
	if phone == "" {
		return m, false
	}
	links, err := p.store.LinksOf(ctx, crm.Identity{Phone: phone})
	if err != nil {
		return m, false
	}
	for _, l := range links {
		card, err := p.card(l.Member)
		if err != nil || !p.usable(l.SeenAt) || found && card.CustomerID != m.CustomerID {
			return m, false
		}
		found = true
		m.CustomerID, m.ByPhone, m.HasPhone, m.BirthDate = card.CustomerID, true, true, l.Member.Profile.BirthDate
		m.Cards = append(m.Cards, card)
	}
	if found {
		p.options.OnStale(readFind)
	}
	return m, found
}

// fresh reports whether an answer of a link stands for the CRM.
func (p *Program) fresh(l Link, at time.Time) bool {
	return !at.IsZero() && at.After(l.DroppedAt) && p.now().Sub(at) < p.options.Fresh
}

// usable reports whether an answer stands for a CRM that cannot be asked.
func (p *Program) usable(at time.Time) bool {
	return !at.IsZero() && p.now().Sub(at) < p.options.Stale
}

// Card implements [crm.Program].
func (p *Program) Card(ctx context.Context, number string) (crm.Statement, error) {
	l, err := p.look(ctx, number, true)
	if err != nil {
		return crm.Statement{}, err
	}
	card, err := p.card(l.Member)
	if err != nil || l.Balance == nil {
		return crm.Statement{Card: card}, err
	}
	card.Balance = l.Balance.Total
	return crm.Statement{Card: card, Lots: p.lots(*l.Balance)}, nil
}

// look gives what the CRM says of a card, with its points when they are wanted; the
// last answer while it is fresh, or while the CRM cannot be asked.
func (p *Program) look(ctx context.Context, number string, points bool) (Link, error) {
	known, err := p.store.Link(ctx, number)
	switch {
	case crm.KindOf(err) == crm.ErrCardNotFound:
		known = Link{Member: crm.Member{Ref: crm.Ref{Card: number}}}
	case err != nil:
		return Link{}, err
	case p.fresh(known, known.SeenAt) && (!points || p.fresh(known, known.BalanceAt) || p.without(crm.OffersBalance)):
		return known, nil
	}
	seen, err := p.read(ctx, known, points)
	switch {
	case err == nil:
		return seen, p.store.PutLink(ctx, seen)
	case cannotAsk(err) && p.usable(known.SeenAt):
		p.options.OnStale(readMember)
		return known, nil
	case crm.KindOf(err) == crm.ErrCardNotFound && p.justMade(known):
		return known, nil
	case crm.KindOf(err) == crm.ErrCardNotFound && !known.SeenAt.IsZero():
		return Link{}, cmp.Or(p.store.ForgetLink(ctx, number), err)
	}
	return Link{}, err
}

// justMade reports a card that was made so lately that a CRM which reads from a copy
// of its data may not know it yet.
func (p *Program) justMade(l Link) bool {
	return !l.EnrolledAt.IsZero() && p.now().Sub(l.EnrolledAt) < copyLag
}

// copyLag is how long a copy of a CRM's data may lag.
const copyLag = time.Minute

// without reports that the CRM is known not to offer something.
func (p *Program) without(offer string) bool {
	about := p.about.Load()
	return about != nil && !slices.Contains(about.Offers, offer)
}

// read asks the CRM for a card and its points, both at once where they are two calls.
func (p *Program) read(ctx context.Context, known Link, points bool) (Link, error) {
	asked, ref := p.now(), known.Member.Ref
	type answer struct {
		balance crm.PointsBalance
		err     error
	}
	balance := make(chan answer, 1)
	// A customer who is known: the second call need not wait for the first.
	ahead := points && ref.ID != "" && known.Balance != nil && !p.brings.Load()
	if ahead {
		go func() {
			b, _, err := p.balance(ctx, ref)
			balance <- answer{b, err}
		}()
	}
	m, err := ask(ctx, p, readMember, func(ctx context.Context) (crm.Member, error) { return p.connector.Member(ctx, ref) })
	if err != nil {
		return Link{}, err
	}
	if m.Card != ref.Card || ref.ID != "" && m.ID != ref.ID {
		p.options.Log.Error().Str("card", ref.Card).Msg("crm.foreign_card")
		return Link{}, crm.Fail(crm.ErrUnavailable, "the CRM answered with another card than asked for")
	}
	m = withBarcode(p.canonical(m), known.Member)
	if _, err := p.card(m); err != nil {
		return Link{}, err
	}
	p.brings.Store(m.Balance != nil)
	seen := Link{Member: m, SeenAt: asked, Balance: m.Balance, BalanceAt: asked, EnrolledAt: known.EnrolledAt}
	seen.Member.Balance = nil
	switch {
	case !points || seen.Balance != nil:
	case ahead:
		got := <-balance
		seen.Balance, err = &got.balance, got.err
	default:
		b, known, failed := p.balance(ctx, m.Ref)
		if err = failed; known {
			seen.Balance = &b
		}
	}
	if seen.Balance == nil {
		seen.BalanceAt = time.Time{}
	}
	return seen, err
}

// balance asks for points, which not every CRM has.
func (p *Program) balance(ctx context.Context, ref crm.Ref) (b crm.PointsBalance, has bool, err error) {
	able, offers, err := offered[crm.ConnectedBalances](ctx, p, crm.OffersBalance)
	if !offers || err != nil {
		return b, false, err
	}
	b, err = ask(ctx, p, readBalance, func(ctx context.Context) (crm.PointsBalance, error) { return able.Balance(ctx, ref) })
	if err == nil && (b.Total < 0 || b.Available < 0) {
		p.options.Log.Error().Str("card", ref.Card).Msg("crm.negative_balance")
		b.Total, b.Available = max(b.Total, 0), max(b.Available, 0)
	}
	return b, err == nil, err
}

// lots gives a balance as lots that add up to it: what the CRM's own lots do not
// explain is one without an end, and points that are not there yet are pending.
func (p *Program) lots(b crm.PointsBalance) []crm.Lot {
	now, total := p.now(), max(b.Total, b.Available, 0)
	free := max(b.Available, 0)
	pending := total - free
	var lots []crm.Lot
	for _, lot := range b.Lots {
		left := &free
		if lot.AvailableFrom.After(now) {
			left = &pending
		}
		if lot.ValidUntil.IsZero() {
			lot.ValidUntil = crm.Forever
		}
		if lot.Remaining <= 0 || lot.Remaining > *left || !lot.ValidUntil.After(now) {
			continue
		}
		*left -= lot.Remaining
		lots = append(lots, lot)
	}
	if free > 0 {
		lots = append(lots, crm.Lot{Remaining: free, ValidUntil: crm.Forever})
	}
	if pending > 0 {
		lots = append(lots, crm.Lot{Remaining: pending, AvailableFrom: crm.Forever, ValidUntil: crm.Forever})
	}
	slices.SortStableFunc(lots, func(a, b crm.Lot) int { return a.ValidUntil.Compare(b.ValidUntil) })
	return lots
}

// Changed tells that the CRM's customer, or the card of a reference without an ID, is
// not what was answered last: it is asked again when next shown.
func (p *Program) Changed(ctx context.Context, ref crm.Ref) error {
	return p.store.DropLinks(ctx, ref, p.now())
}
