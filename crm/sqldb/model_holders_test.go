package sqldb_test

import (
	"context"
	"maps"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Holder implements engine.Store.
func (s *model) Holder(_ context.Context, number string) (crm.Profile, error) {
	card, err := s.card(number)
	if err != nil || card.CustomerID == "" {
		return crm.Profile{}, err
	}
	return s.customers[card.CustomerID].Profile, nil
}

// UpdateProfile implements engine.Store.
func (s *model) UpdateProfile(_ context.Context, r engine.ProfileUpdate) error {
	card, err := s.card(r.CardNumber)
	switch {
	case err != nil:
		return err
	case card.State == crm.CardBlocked:
		return crm.ErrCardBlocked
	case card.CustomerID == "":
		return s.register(card, r.Profile)
	}
	holder := s.customers[card.CustomerID]
	if other := s.phones[r.Profile.Phone]; other != "" && other != holder.ID {
		return crm.ErrPhoneTaken
	}
	if other := s.emails[r.Profile.Email]; other != "" && other != holder.ID {
		return crm.ErrEmailTaken
	}
	s.store(holder, r.Profile)
	return nil
}

// register gives a card without a holder to the customer of a profile.
func (s *model) register(c *card, p crm.Profile) error {
	if !p.HasIdentity() {
		return crm.ErrNoIdentity
	}
	owner, err := s.customerOf(p)
	if err != nil {
		return err
	}
	if held, has := crm.PickCard(s.cardsOf(owner)); has && held.State == crm.CardBlocked {
		return crm.ErrCardBlocked
	}
	owner, _ = s.learn(owner, p)
	s.give(c, owner)
	return nil
}

// SetChannels implements engine.Store.
func (s *model) SetChannels(_ context.Context, r engine.ChannelsUpdate) error {
	card, err := s.card(r.CardNumber)
	if err != nil {
		return err
	}
	if card.CustomerID == "" {
		return crm.ErrCustomerNotFound
	}
	holder := s.customers[card.CustomerID]
	now := map[crm.Channel]bool{}
	for _, line := range holder.Consents {
		now[line.Channel] = line.Allowed
	}
	for _, channel := range sorted(r.Wanted) {
		allowed, known := now[channel]
		if known && allowed == r.Wanted[channel] {
			continue
		}
		holder.Consents = append(holder.Consents, engine.Consent{
			Channel: channel, Allowed: r.Wanted[channel], Source: r.Source, At: r.Now,
		})
	}
	return nil
}

// Consents implements engine.Store.
func (s *model) Consents(_ context.Context, number string) ([]engine.Consent, error) {
	card, err := s.card(number)
	if err != nil || card.CustomerID == "" {
		return nil, err
	}
	return slices.Clone(s.customers[card.CustomerID].Consents), nil
}

// Erase leaves the customer as a bare ID with the consents, as evidence.
func (s *model) Erase(_ context.Context, r engine.EraseRequest) (engine.Erasure, error) {
	owner := s.customers[s.phones[r.Phone]]
	if owner == nil {
		return engine.Erasure{}, crm.ErrCustomerNotFound
	}
	erased := engine.Erasure{
		CustomerID: owner.ID, Fields: filled(owner.Profile),
		Cards: slices.Sorted(slices.Values(owner.Cards)), Consents: len(owner.Consents),
	}
	for _, number := range owner.Cards {
		card := s.cards[number]
		card.CustomerID, card.IssuedTo, card.State = "", "", crm.CardBlocked
		maps.DeleteFunc(s.offers, func(_ string, o crm.Offer) bool { return o.Audience == crm.AudienceCard && o.Target == number })
		s.forgetBuyer(number)
	}
	owner.Cards = nil
	s.replaceProfile(owner, crm.Profile{})
	return erased, nil
}

// filled names the fields of a profile that hold something.
func filled(p crm.Profile) (names []string) {
	for _, field := range []struct{ name, value string }{
		{"phone", p.Phone}, {"email", p.Email},
		{"surname", p.Surname}, {"firstname", p.FirstName}, {"patronymic", p.Patronymic},
		{"sex", string(p.Sex)}, {"birthDate", string(p.BirthDate)},
		{"countryCode", p.CountryCode}, {"locality", p.Locality},
	} {
		if field.value != "" {
			names = append(names, field.name)
		}
	}
	return names
}
