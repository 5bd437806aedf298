package maxma

import (
	"context"

	"koshelek-adapter/crm"
)

func personOf(p crm.Profile) person {
	sent := person{Surname: p.Surname, Name: p.FirstName, PatronymicName: p.Patronymic, Gender: map[crm.Sex]int{"m": 1, "f": 2}[p.Sex], Birthdate: string(p.BirthDate), Email: p.Email}
	if p.Phone != "" {
		sent.PhoneNumber = "+" + p.Phone
	}
	return sent
}

// externalID names a client whom we made.
func externalID(key string) string { return "kosh-" + key }

// Enroll implements [crm.Connector]. Phone, card and external ID are unique there, so
// a repetition is told by them and never makes a second client.
func (c *Connector) Enroll(ctx context.Context, e crm.Enrollment) (crm.Member, error) {
	if !isCard(e.Number.Number) {
		return crm.Member{}, crm.Fail(crm.ErrInvalidCardNumber, "cards of MAXMA are up to 19 digits")
	}
	sent := personOf(e.Profile)
	sent.Card, sent.ExternalID = e.Number.Number, externalID(e.Key)
	r, err := c.call(ctx, "new-client", map[string]any{"client": sent})
	if err == nil {
		return c.member(r), nil
	}
	switch kind := crm.KindOf(err); kind {
	case crm.ErrPhoneTaken, crm.ErrNumberTaken, crm.ErrEmailTaken, crm.ErrOperationConflict:
		return c.enrolledBefore(ctx, e, kind)
	}
	return crm.Member{}, err
}

// enrolledBefore looks at who has what was refused: it may be our own client of a lost
// answer, or one without a card.
func (c *Connector) enrolledBefore(ctx context.Context, e crm.Enrollment, refusal crm.Kind) (crm.Member, error) {
	found, err := c.Find(ctx, crm.Identity{Phone: e.Profile.Phone})
	switch {
	case err != nil:
		return crm.Member{}, err
	case len(found) == 0:
		return crm.Member{}, refusal
	case found[0].Card == e.Number.Number:
		return found[0], nil
	case found[0].Card != "":
		return crm.Member{}, crm.ErrPhoneTaken
	}
	r, err := c.call(ctx, "update-client", map[string]any{"phoneNumber": "+" + e.Profile.Phone, "client": person{who: who{Card: e.Number.Number}}})
	return c.member(r), err
}

// Update implements [crm.Connector].
func (c *Connector) Update(ctx context.Context, _ string, ref crm.Ref, p crm.Profile) error {
	return c.update(ctx, ref, personOf(p))
}

func (c *Connector) update(ctx context.Context, ref crm.Ref, sent person) error {
	if !isCard(ref.Card) {
		return crm.ErrCardNotFound
	}
	_, err := c.call(ctx, "update-client", map[string]any{"card": ref.Card, "client": sent})
	return err
}

// SetChannels implements [crm.ConnectedConsents]: e-mail and phone (SMS) exist there.
func (c *Connector) SetChannels(ctx context.Context, _ string, ref crm.Ref, wanted map[crm.Channel]bool) error {
	var sent person
	if allowed, named := wanted[crm.ChannelEmail]; named {
		sent.IsEmailSubscribed = &allowed
	}
	if allowed, named := wanted[crm.ChannelSMS]; named {
		sent.IsPhoneSubscribed = &allowed
	}
	if sent == (person{}) {
		return nil
	}
	return c.update(ctx, ref, sent)
}

// Erase implements [crm.ConnectedErasure].
func (c *Connector) Erase(ctx context.Context, ref crm.Ref) error {
	if !isCard(ref.Card) {
		return nil
	}
	err := c.say(ctx, "delete-client", who{Card: ref.Card}, &struct{}{})
	if crm.KindOf(err) == crm.ErrCardNotFound {
		return nil
	}
	return err
}
