package connect

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// Issue implements [crm.Program].
func (p *Program) Issue(ctx context.Context, profile crm.Profile) (crm.Card, error) {
	return p.issue(ctx, profile, nil)
}

// IssueReserved implements [crm.Program].
func (p *Program) IssueReserved(ctx context.Context, number string, profile crm.Profile) (crm.Card, error) {
	pooled, err := p.store.PooledNumber(ctx, number)
	if crm.KindOf(err) == crm.ErrNumberUnknown {
		return p.issuedBefore(ctx, number, profile)
	}
	if err != nil {
		return crm.Card{}, err
	}
	return p.issue(ctx, profile, &pooled)
}

// issuedBefore answers for a number that is not in the pool (any more): the CRM knows
// whose card it is.
func (p *Program) issuedBefore(ctx context.Context, number string, profile crm.Profile) (crm.Card, error) {
	l, err := p.look(ctx, number, false)
	if crm.KindOf(err) == crm.ErrCardNotFound {
		return crm.Card{}, crm.ErrNumberUnknown
	}
	if err != nil {
		return crm.Card{}, err
	}
	held := l.Member.Profile
	switch {
	case !held.HasIdentity(): // a card that nobody has registered
		return p.issue(ctx, profile, &crm.CardNumber{Number: number, BarcodeNumber: l.Member.BarcodeNumber, BarcodeType: l.Member.BarcodeType})
	case profile.Phone != "" && held.Phone == profile.Phone, profile.Phone == "" && held.Email == profile.Email:
		return p.card(l.Member)
	}
	return crm.Card{}, crm.ErrNumberTaken
}

// slotOf names the customer of a profile, so that one card at a time is made.
func slotOf(profile crm.Profile) string {
	return personOf(cmp.Or(profile.Phone, profile.Email))
}

func personOf(identity string) string { return "person:" + hashed(identity) }

// issue gives the customer a card: of exactly the number, or any.
func (p *Program) issue(ctx context.Context, profile crm.Profile, number *crm.CardNumber) (crm.Card, error) {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	slot := slotOf(profile)
	in, err := p.hold(ctx, Intent{Slot: slot, Person: slot, Operation: crm.WriteEnroll, Content: profile.Fingerprint()})
	if err != nil {
		return crm.Card{}, err
	}
	made, err := p.finishEnroll(ctx, &in)
	if err != nil {
		return crm.Card{}, p.settle(ctx, in, err)
	}
	in.SentAt = time.Time{}
	if made != nil && (number == nil || number.Number == made.Card) && made.Profile.Phone == profile.Phone {
		card, err := p.card(*made)
		return card, p.settle(ctx, in, err)
	}
	card, err := p.issueHeld(ctx, &in, profile, number)
	in.ended(err, time.Time{})
	return card, p.settle(ctx, in, err)
}

func (p *Program) issueHeld(ctx context.Context, in *Intent, profile crm.Profile, number *crm.CardNumber) (crm.Card, error) {
	owner, withheld, err := p.owner(ctx, profile)
	if err != nil {
		return crm.Card{}, err
	}
	if withheld {
		profile.Email = ""
	}
	if owner == nil {
		return p.enroll(ctx, in, profile, number)
	}
	card, has := crm.PickCard(owner.cards)
	if has && card.State == crm.CardBlocked {
		return crm.Card{}, crm.ErrCardBlocked
	}
	if number != nil {
		card, has = owner.with(number.Number)
	}
	switch {
	case !has:
		if owner.profile.Phone != "" {
			profile.Phone = owner.profile.Phone // found by e-mail: the call proves nothing of the phone that is stored
		}
		return p.enroll(ctx, in, profile, number)
	case card.State == crm.CardBlocked:
		return crm.Card{}, crm.ErrCardBlocked
	}
	return card, p.complete(ctx, *owner, card, profile)
}

// owner finds the customer of a profile by the CRM's fresh word, nil for none, and
// tells whether the e-mail is a stranger's and is left out (crm.EmailTrust).
func (p *Program) owner(ctx context.Context, profile crm.Profile) (who *customer, withheld bool, err error) {
	found, err := p.find(ctx, crm.Identity{Phone: profile.Phone, Email: profile.Email})
	if err != nil {
		return nil, false, err
	}
	switch {
	case len(found) == 0:
		return nil, false, nil
	case len(found) == 2:
		return nil, false, crm.ErrAmbiguous
	case found[0].byPhone || answersTo(found[0].profile, profile, p.options.Email):
		return &found[0], false, nil
	case p.options.Email == crm.EmailHints:
		return nil, true, nil
	}
	return nil, false, crm.ErrAmbiguous
}

// answersTo tells whether a customer who was found by e-mail, while nobody has the
// phone, is the one of the profile.
func answersTo(held, wanted crm.Profile, trust crm.EmailTrust) bool {
	if trust == crm.EmailIdentifies || wanted.Phone == "" {
		return true
	}
	agree := func(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }
	return held.Phone == "" && agree(held.Surname, wanted.Surname) && agree(held.FirstName, wanted.FirstName) &&
		agree(held.Patronymic, wanted.Patronymic) && agree(string(held.BirthDate), string(wanted.BirthDate))
}

// complete stores the fields of a profile that the CRM does not have so. The customer
// has a card, and that is the answer whatever the CRM thinks of the fields.
func (p *Program) complete(ctx context.Context, owner customer, card crm.Card, profile crm.Profile) error {
	changed := changes(owner.profile, profile)
	if owner.profile.Phone != "" {
		changed.Phone = ""
	}
	if changed == (crm.Profile{}) {
		return nil
	}
	err := p.update(ctx, owner.ref(card.Number), changed)
	if cannotAsk(err) {
		return err
	}
	if err != nil {
		p.options.Log.Warn().Err(err).Str("card", card.Number).Msg("crm.profile_refused")
	}
	return nil
}

// changes gives the fields of wanted that are not empty and not as they are held.
func changes(held, wanted crm.Profile) crm.Profile {
	for _, field := range []struct {
		now  string
		want *string
	}{
		{held.Phone, &wanted.Phone}, {held.Email, &wanted.Email}, {held.Surname, &wanted.Surname}, {held.FirstName, &wanted.FirstName},
		{held.Patronymic, &wanted.Patronymic}, {string(held.Sex), (*string)(&wanted.Sex)}, {string(held.BirthDate), (*string)(&wanted.BirthDate)},
		{held.CountryCode, &wanted.CountryCode}, {held.Locality, &wanted.Locality},
	} {
		if *field.want == field.now {
			*field.want = ""
		}
	}
	return wanted
}

// numberTries is how many numbers of the pool are tried that the CRM says are cards.
const numberTries = 3

// enroll has the CRM make a card.
func (p *Program) enroll(ctx context.Context, in *Intent, profile crm.Profile, fixed *crm.CardNumber) (crm.Card, error) {
	for try := 1; ; try++ {
		number, err := p.number(ctx, fixed)
		if err != nil {
			return crm.Card{}, err
		}
		e := crm.Enrollment{Key: fmt.Sprintf("%s-%d", in.ID, in.Attempts+1), Number: number, Profile: profile}
		in.Card = number.Number
		if err := p.sending(ctx, in, order{Enroll: &e}); err != nil {
			in.SentAt = time.Time{}
			return crm.Card{}, err
		}
		made, err := tell(ctx, p, string(crm.WriteEnroll), func(ctx context.Context) (crm.Member, error) { return p.connector.Enroll(ctx, e) })
		switch kind := crm.KindOf(err); {
		case err == nil:
			return p.enrolled(ctx, e, made)
		case kind == crm.ErrNumberTaken:
			in.SentAt = time.Time{}
			if err := p.store.DropNumber(ctx, number.Number); err != nil || fixed != nil || try == numberTries {
				return crm.Card{}, cmp.Or(err, noFreeNumber(fixed))
			}
		case kind == crm.ErrEmailTaken && profile.Phone != "" && profile.Email != "" && p.options.Email != crm.EmailConflicts:
			profile.Email = "" // an e-mail decides nothing beside a phone
		case kind == crm.ErrEmailTaken:
			return crm.Card{}, crm.ErrAmbiguous
		case kind == crm.ErrPhoneTaken:
			in.SentAt = time.Time{}
			return p.taken(ctx, profile, fixed)
		case unknown(err) && p.repeatable(ctx, *in):
			made, err := p.finishEnroll(ctx, in)
			if err != nil || made == nil {
				return crm.Card{}, cmp.Or(err, error(crm.ErrUnavailable))
			}
			return p.card(*made)
		default:
			return crm.Card{}, err
		}
	}
}

func noFreeNumber(fixed *crm.CardNumber) error {
	if fixed != nil {
		return crm.ErrNumberTaken
	}
	return crm.Fail(crm.ErrUnavailable, "the CRM has the numbers of the pool already")
}

// number is the one that was asked for, or a free one.
func (p *Program) number(ctx context.Context, fixed *crm.CardNumber) (crm.CardNumber, error) {
	if fixed != nil {
		return *fixed, nil
	}
	number, err := p.ours.Reserve(ctx)
	if err != nil {
		return crm.CardNumber{}, err
	}
	return p.store.PooledNumber(ctx, number)
}

// taken answers when the CRM says that the phone has a customer although its search
// knew none: it may have been made in this moment.
func (p *Program) taken(ctx context.Context, profile crm.Profile, fixed *crm.CardNumber) (crm.Card, error) {
	found, err := p.find(ctx, crm.Identity{Phone: profile.Phone})
	if err != nil {
		return crm.Card{}, err
	}
	if len(found) == 0 {
		return crm.Card{}, crm.Wrap(crm.ErrUnavailable, notDone{fmt.Errorf("the CRM has the phone, and its search does not find it yet")})
	}
	card, has := crm.PickCard(found[0].cards)
	if fixed != nil {
		card, has = found[0].with(fixed.Number)
	}
	switch {
	case !has:
		return crm.Card{}, crm.ErrAmbiguous
	case card.State == crm.CardBlocked:
		return crm.Card{}, crm.ErrCardBlocked
	}
	return card, nil
}

// enrolled stores the link of a card that was made and gives the card. An answer that
// is not about what was asked for says nothing of what the CRM did.
func (p *Program) enrolled(ctx context.Context, e crm.Enrollment, made crm.Member) (crm.Card, error) {
	made = p.canonical(made)
	if made.Card != e.Number.Number || e.Profile.Phone != "" && made.Profile.Phone != e.Profile.Phone {
		p.options.Log.Error().Str("card", e.Number.Number).Msg("crm.foreign_enrollment")
		return crm.Card{}, crm.Fail(crm.ErrUnavailable, "the CRM answered with another card or customer than it was told to make")
	}
	if made.BarcodeNumber == "" && made.BarcodeType == "" {
		made.BarcodeNumber, made.BarcodeType = e.Number.BarcodeNumber, e.Number.BarcodeType
	}
	card, err := p.card(made)
	if err != nil {
		return crm.Card{}, err
	}
	now := p.now()
	l := Link{Member: made, SeenAt: now, Balance: made.Balance, BalanceAt: now, EnrolledAt: now}
	l.Member.Balance = nil
	return card, p.store.PutLink(context.WithoutCancel(ctx), l)
}

// finishEnroll finds out what became of an enrollment that was sent before: the card
// when it was made, nil when it surely was not.
func (p *Program) finishEnroll(ctx context.Context, in *Intent) (*crm.Member, error) {
	if in.SentAt.IsZero() || len(in.Order) == 0 {
		return nil, nil
	}
	var o order
	if err := json.Unmarshal(in.Order, &o); err != nil || o.Enroll == nil {
		return nil, crm.Wrap(crm.ErrInternal, fmt.Errorf("intent %s holds no enrollment: %w", in.ID, err))
	}
	e := *o.Enroll
	found, err := p.find(ctx, crm.Identity{Phone: e.Profile.Phone, Email: e.Profile.Email})
	if err != nil && crm.KindOf(err) != crm.ErrAmbiguous {
		return nil, stillUnknown(err)
	}
	for _, c := range found {
		if _, has := c.with(e.Number.Number); has {
			return p.finished(ctx, e, c)
		}
	}
	_, done, err := p.again(ctx, in, crm.Ref{Card: e.Number.Number})
	switch {
	case err != nil:
		return nil, stillUnknown(err)
	case done:
		made, err := ask(ctx, p, readMember, func(ctx context.Context) (crm.Member, error) {
			return p.connector.Member(ctx, crm.Ref{Card: e.Number.Number})
		})
		if err != nil {
			return nil, stillUnknown(err) // done, and not to be read yet
		}
		_, err = p.enrolled(ctx, e, made)
		return &made, err
	case in.SentAt.IsZero():
		return nil, nil // it was looked up
	}
	made, err := tell(ctx, p, string(crm.WriteEnroll), func(ctx context.Context) (crm.Member, error) { return p.connector.Enroll(ctx, e) })
	switch {
	case err == nil:
		_, err = p.enrolled(ctx, e, made)
		return &made, err
	case cannotAsk(err):
		return nil, stillUnknown(err)
	}
	return nil, nil
}

// finished stores the link of an enrollment that the CRM's search knows as done.
func (p *Program) finished(ctx context.Context, e crm.Enrollment, c customer) (*crm.Member, error) {
	for _, m := range c.members {
		if m.Card == e.Number.Number {
			_, err := p.enrolled(ctx, e, m)
			return &m, err
		}
	}
	return nil, nil
}

// stillUnknown is the error when the end of what was sent before cannot be found out:
// that the question surely did nothing says nothing of it.
func stillUnknown(err error) error {
	if err == nil || errors.Is(err, errOperator) {
		return err
	}
	return crm.Wrap(crm.ErrUnavailable, errors.New(err.Error()))
}
