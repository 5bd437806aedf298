package journalcrm

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Holder implements engine.Holders.
func (c *CRM) Holder(ctx context.Context, number string) (crm.Profile, error) {
	return look(ctx, c, func(s *state) (crm.Profile, error) {
		card, err := s.card(number)
		if err != nil || card.CustomerID == "" {
			return crm.Profile{}, err
		}
		return s.Customers[card.CustomerID].Profile, nil
	})
}

// HoldersOf implements engine.Holders.
func (c *CRM) HoldersOf(ctx context.Context, numbers []string) (map[string]crm.Profile, error) {
	return look(ctx, c, func(s *state) (map[string]crm.Profile, error) {
		profiles := map[string]crm.Profile{}
		for _, number := range numbers {
			if card := s.Cards[number]; card != nil && card.CustomerID != "" {
				profiles[number] = s.Customers[card.CustomerID].Profile
			}
		}
		return profiles, nil
	})
}

// UpdateProfile implements engine.Holders.
func (c *CRM) UpdateProfile(ctx context.Context, r engine.ProfileUpdate) error {
	_, err := change(ctx, c, "UpdateProfile", r, (*state).updateProfile)
	return err
}

func (s *state) updateProfile(r engine.ProfileUpdate) (none struct{}, _ error) {
	card, err := s.card(r.CardNumber)
	switch {
	case err != nil:
		return none, err
	case card.State == crm.CardBlocked:
		return none, crm.ErrCardBlocked
	case card.CustomerID == "":
		return none, s.register(card, r.Profile, r.Claims.Day)
	}
	holder := s.Customers[card.CustomerID]
	if other := s.Phones[r.Profile.Phone]; other != "" && other != holder.ID {
		return none, crm.ErrPhoneTaken
	}
	if other := s.Emails[r.Profile.Email]; other != "" && other != holder.ID {
		return none, crm.ErrEmailTaken
	}
	if !s.store(holder, r.Profile) {
		return none, errUnchanged
	}
	return none, nil
}

// register gives a card without a holder to the customer of a profile.
func (s *state) register(c *card, p crm.Profile, day crm.Date) error {
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
	c.claimed(day)
	return nil
}

// SetChannels implements engine.Holders.
func (c *CRM) SetChannels(ctx context.Context, r engine.ChannelsUpdate) error {
	_, err := change(ctx, c, "SetChannels", r, (*state).setChannels)
	return err
}

func (s *state) setChannels(r engine.ChannelsUpdate) (appended int, _ error) {
	card, err := s.card(r.CardNumber)
	if err != nil {
		return 0, err
	}
	if card.CustomerID == "" {
		return 0, crm.ErrCustomerNotFound
	}
	holder := s.Customers[card.CustomerID]
	now := map[crm.Channel]bool{}
	for _, line := range holder.Consents {
		now[line.Channel] = line.Allowed
	}
	for _, channel := range sorted(r.Wanted, "") {
		allowed, known := now[channel]
		if known && allowed == r.Wanted[channel] {
			continue
		}
		holder.Consents = append(holder.Consents, engine.Consent{
			Channel: channel, Allowed: r.Wanted[channel], Source: r.Source, At: r.Now,
		})
		appended++
	}
	return appended, ifAny(appended)
}

// Consents implements engine.Holders.
func (c *CRM) Consents(ctx context.Context, number string) ([]engine.Consent, error) {
	return look(ctx, c, func(s *state) ([]engine.Consent, error) {
		card, err := s.card(number)
		if err != nil || card.CustomerID == "" {
			return nil, err
		}
		return slices.Clone(s.Customers[card.CustomerID].Consents), nil
	})
}

// ListHolders implements engine.Holders.
func (c *CRM) ListHolders(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return look(ctx, c, func(s *state) (holders []crm.Holder, _ error) {
		for _, phone := range sorted(s.Phones, after) {
			if len(holders) >= limit {
				break
			}
			owner := s.Customers[s.Phones[phone]]
			if card, has := crm.PickCard(s.cardsOf(owner)); has && card.State != crm.CardBlocked {
				holders = append(holders, crm.Holder{Profile: owner.Profile, Card: card})
			}
		}
		return holders, nil
	})
}

// Erase implements engine.Holders. Personal data must leave the journal too, so
// this call is not appended to it: the journal is written anew without them.
func (c *CRM) Erase(ctx context.Context, r engine.EraseRequest) (engine.Erasure, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := c.ready(ctx); err != nil {
		return engine.Erasure{}, err
	}
	erased, err := c.state.erase(r)
	if err != nil {
		return engine.Erasure{}, err
	}
	return erased, c.settle(c.journal.rewrite(c.state))
}

// erase leaves the customer as a bare ID with the consents, as evidence.
func (s *state) erase(r engine.EraseRequest) (engine.Erasure, error) {
	owner := s.Customers[cmp.Or(r.CustomerID, s.Phones[r.Phone])]
	if owner == nil {
		return engine.Erasure{}, crm.ErrCustomerNotFound
	}
	erased := engine.Erasure{
		CustomerID: owner.ID, Fields: filled(owner.Profile),
		Cards: slices.Sorted(slices.Values(owner.Cards)), Consents: len(owner.Consents),
	}
	for _, number := range owner.Cards {
		card := s.Cards[number]
		erased.Purchases += len(card.Purchases)
		card.CustomerID, card.IssuedTo, card.State = "", "", crm.CardBlocked
		card.Segments = nil
		clear(card.Purchases)
		maps.DeleteFunc(s.Offers, func(_ string, o crm.Offer) bool { return o.Audience == crm.AudienceCard && o.Target == number })
		s.forgetBuyer(number)
	}
	owner.Cards, owner.Code = nil, engine.CodeRecord{}
	s.replaceProfile(owner, crm.Profile{})
	s.note(r.Now, r.Actor, "erase", owner.ID, "")
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
