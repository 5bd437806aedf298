package connect

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// customer is a customer of the CRM with all cards.
type customer struct {
	id              string
	byPhone, byMail bool
	profile         crm.Profile
	cards           []crm.Card
	members         []crm.Member
}

// ref names the customer by one of the cards.
func (c customer) ref(number string) crm.Ref {
	for _, m := range c.members {
		if m.Card == number {
			return m.Ref
		}
	}
	return crm.Ref{ID: c.members[0].ID}
}

// with reports whether the customer has the card.
func (c customer) with(number string) (crm.Card, bool) {
	i := slices.IndexFunc(c.cards, func(card crm.Card) bool { return card.Number == number })
	if i < 0 {
		return crm.Card{}, false
	}
	return c.cards[i], true
}

// find gives the customers by the CRM's fresh word: at most one by phone, first, and
// at most one by e-mail. What the CRM answers beside those who were asked for is
// left out. ErrAmbiguous: two customers for the phone, or for an e-mail alone.
func (p *Program) find(ctx context.Context, by crm.Identity) ([]customer, error) {
	asked := p.now()
	members, err := ask(ctx, p, readFind, func(ctx context.Context) ([]crm.Member, error) { return p.connector.Find(ctx, by) })
	if err != nil {
		return nil, err
	}
	var found []customer
	for _, m := range members {
		m = p.canonical(m)
		byPhone, byMail := by.Phone != "" && m.Profile.Phone == by.Phone, by.Email != "" && m.Profile.Email == by.Email
		if !byPhone && !byMail {
			p.options.Log.Error().Str("card", m.Card).Msg("crm.foreign_customer")
			continue
		}
		if found, err = p.join(ctx, found, m, byPhone, byMail, asked); err != nil {
			return nil, err
		}
	}
	if by.Phone != "" && !slices.ContainsFunc(found, func(c customer) bool { return c.byPhone }) {
		if found, err = p.addMadeLately(ctx, found, by.Phone); err != nil {
			return nil, err
		}
	}
	if by.Email != "" && !slices.ContainsFunc(found, func(c customer) bool { return c.byMail }) {
		if found, err = p.addSeenWith(ctx, found, by.Email); err != nil {
			return nil, err
		}
	}
	return one(found)
}

// join adds a member to the customers that were found.
func (p *Program) join(ctx context.Context, found []customer, m crm.Member, byPhone, byMail bool, asked time.Time) ([]customer, error) {
	id := customerOf(m)
	i := slices.IndexFunc(found, func(c customer) bool { return c.id == id })
	if i < 0 {
		found, i = append(found, customer{id: id, profile: m.Profile}), len(found)
	}
	c := &found[i]
	c.byPhone, c.byMail = c.byPhone || byPhone, c.byMail || byMail
	if m.Card != "" && slices.ContainsFunc(c.members, func(known crm.Member) bool { return known.Card == m.Card }) {
		return found, nil
	}
	if c.members = append(c.members, m); m.Card == "" {
		return found, nil
	}
	card, err := p.remember(ctx, m, asked)
	c.cards = append(c.cards, card)
	return found, err
}

// addSeenWith adds the customers of cards that were seen here with an e-mail and by
// the CRM's fresh word still have it: there are CRMs that cannot search by e-mail.
func (p *Program) addSeenWith(ctx context.Context, found []customer, email string) ([]customer, error) {
	links, err := p.store.LinksOf(ctx, crm.Identity{Email: email})
	for _, l := range links {
		asked := p.now()
		m, failed := ask(ctx, p, readMember, func(ctx context.Context) (crm.Member, error) { return p.connector.Member(ctx, l.Member.Ref) })
		if crm.KindOf(failed) == crm.ErrCardNotFound {
			continue
		}
		if failed != nil {
			return nil, failed
		}
		if m = p.canonical(m); m.Card == l.Member.Card && m.Profile.Email == email {
			if found, err = p.join(ctx, found, m, false, true, asked); err != nil {
				return nil, err
			}
		}
	}
	return found, err
}

// addMadeLately adds the customer of a phone whose cards were made through us so
// lately that the CRM's search may not know them yet.
func (p *Program) addMadeLately(ctx context.Context, found []customer, phone string) ([]customer, error) {
	links, err := p.store.LinksOf(ctx, crm.Identity{Phone: phone})
	if err != nil {
		return nil, err
	}
	made := customer{byPhone: true}
	for _, l := range links {
		if !p.justMade(l) {
			continue
		}
		m, err := p.nowOf(ctx, l)
		if err != nil {
			return nil, err
		}
		if m.Profile.Phone != phone {
			continue // it has changed since
		}
		card, err := p.card(m)
		if err != nil {
			return nil, err
		}
		made.id, made.profile = card.CustomerID, m.Profile
		made.cards, made.members = append(made.cards, card), append(made.members, m)
	}
	if made.cards == nil {
		return found, nil
	}
	known := len(found)
	found = slices.DeleteFunc(found, func(c customer) bool { return c.id == made.id })
	if len(found) == known {
		// It is not known yet, or the customer has another phone by now.
		now, err := ask(ctx, p, readMember, func(ctx context.Context) (crm.Member, error) { return p.connector.Member(ctx, made.members[0].Ref) })
		if err == nil && p.canonical(now).Profile.Phone != phone {
			return found, nil
		}
	}
	return append(found, made), nil
}

// nowOf gives the member of a card that was made lately: by the CRM's word or, where
// that does not know the card yet, as it was made, unless it was changed since.
func (p *Program) nowOf(ctx context.Context, l Link) (crm.Member, error) {
	seen, err := p.read(ctx, l, false)
	switch {
	case err == nil:
		return seen.Member, p.store.PutLink(ctx, seen)
	case crm.KindOf(err) != crm.ErrCardNotFound:
		return crm.Member{}, err
	case l.DroppedAt.Before(l.EnrolledAt):
		return l.Member, nil
	}
	return crm.Member{}, crm.Fail(crm.ErrUnavailable, "the CRM does not know yet what it has changed")
}

// one refuses what can be read in two ways. An e-mail decides nothing beside a phone
// that has a customer.
func one(found []customer) ([]customer, error) {
	var phone, mail []customer
	for _, c := range found {
		if c.byPhone {
			phone = append(phone, c)
		} else {
			mail = append(mail, c)
		}
	}
	switch {
	case len(phone) > 1, len(phone) == 0 && len(mail) > 1:
		return nil, crm.Fail(crm.ErrAmbiguous, "the CRM has two customers of one phone or e-mail")
	case len(mail) > 1:
		mail = nil
	}
	return append(phone, mail...), nil
}

// customerOf names the customer of a member; a CRM that does not name its customers
// tells them apart by phone.
func customerOf(m crm.Member) string {
	switch {
	case m.ID != "":
		return m.ID
	case m.Profile.Phone != "":
		return "phone:" + m.Profile.Phone
	case m.Profile.Email != "":
		return "email:" + m.Profile.Email
	}
	return ""
}

// canonical writes phone and e-mail of an answer in their one form; what has none
// is nobody's.
func (p *Program) canonical(m crm.Member) crm.Member {
	phone, err := p.options.Country.LocalPhone(m.Profile.Phone)
	if err != nil {
		phone = ""
	}
	email, err := crm.NormalizeEmail(m.Profile.Email)
	if err != nil {
		email = ""
	}
	m.Profile.Phone, m.Profile.Email = phone, email
	return m
}

// card gives a member's card; ErrUnavailable for one that cannot be.
func (p *Program) card(m crm.Member) (crm.Card, error) {
	card := crm.Card{State: m.State, CustomerID: customerOf(m), IssuedAt: m.IssuedAt}
	if m.Balance != nil {
		card.Balance = m.Balance.Total
	}
	if m.Card == "" {
		return card, nil
	}
	if _, err := crm.ParseCardNumber(m.Card); err != nil || !m.State.Valid() || strings.ContainsRune(m.ID, 0) || len(m.ID) > maxRefBytes {
		p.options.Log.Error().Err(err).Str("state", string(m.State)).Msg("crm.impossible_card")
		return crm.Card{}, crm.Fail(crm.ErrUnavailable, "the CRM answered with a card that cannot be")
	}
	card.CardNumber = p.barcode(m)
	return card, nil
}

const maxRefBytes = 128

// barcode is the member's own, else the programme's, else, for a number that this
// cannot carry, the number itself.
func (p *Program) barcode(m crm.Member) crm.CardNumber {
	number := crm.CardNumber{Number: m.Card, BarcodeNumber: m.BarcodeNumber, BarcodeType: m.BarcodeType}
	if number.BarcodeNumber == "" {
		number.BarcodeNumber = m.Card
	}
	if m.BarcodeType != "" && crm.CheckBarcode(number.BarcodeNumber, number.BarcodeType) == nil {
		return number
	}
	if ruled, err := p.options.Barcode.For(m.Card); err == nil {
		return ruled
	}
	return crm.CardNumber{Number: m.Card, BarcodeNumber: m.Card, BarcodeType: crm.Code128}
}

// remember stores what the CRM said of a card, unless it is known and fresh enough,
// and gives the card.
func (p *Program) remember(ctx context.Context, m crm.Member, asked time.Time) (crm.Card, error) {
	seen := Link{Member: m, SeenAt: asked, Balance: m.Balance}
	if seen.Member.Balance = nil; seen.Balance != nil {
		seen.BalanceAt = asked
	}
	known, err := p.store.Link(ctx, m.Card)
	if err != nil && crm.KindOf(err) != crm.ErrCardNotFound {
		return crm.Card{}, err
	}
	seen.Member = withBarcode(seen.Member, known.Member)
	card, err := p.card(seen.Member)
	if err != nil || seen.Balance == nil && sameMember(known.Member, seen.Member) && p.fresh(known, known.SeenAt) {
		return card, err
	}
	return card, p.store.PutLink(ctx, seen)
}

// withBarcode completes what a CRM says that does not keep barcodes by the one with
// which the card was made.
func withBarcode(m, known crm.Member) crm.Member {
	if m.BarcodeNumber == "" && m.BarcodeType == "" {
		m.BarcodeNumber, m.BarcodeType = known.BarcodeNumber, known.BarcodeType
	}
	return m
}

func sameMember(a, b crm.Member) bool {
	one, errOne := json.Marshal(a)
	other, errOther := json.Marshal(b)
	return errOne == nil && errOther == nil && string(one) == string(other)
}
