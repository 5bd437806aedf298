package engine

import (
	"context"
	"iter"

	"koshelek-adapter/crm"
)

// holderPage is how many customers are read in one query.
const holderPage = 500

// UpdateProfile implements [crm.Program].
func (s *Engine) UpdateProfile(ctx context.Context, number string, profile crm.Profile) error {
	now := s.now()
	return s.backend.UpdateProfile(ctx, ProfileUpdate{CardNumber: number, Profile: profile, Email: s.rules.Email, Claims: s.claims(now), Now: now})
}

// SetChannels implements [crm.Program].
func (s *Engine) SetChannels(ctx context.Context, number string, wanted map[crm.Channel]bool, source string) error {
	return s.backend.SetChannels(ctx, ChannelsUpdate{CardNumber: number, Wanted: wanted, Source: source, Now: s.now()})
}

// Consents gives what the holder of a card allowed and denied, oldest first.
func (s *Engine) Consents(ctx context.Context, number string) ([]Consent, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return nil, err
	}
	return s.backend.Consents(ctx, number)
}

// Holder gives the profile behind a card; for operators.
func (s *Engine) Holder(ctx context.Context, number string) (crm.Profile, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return crm.Profile{}, err
	}
	return s.backend.Holder(ctx, number)
}

// Customers implements [crm.Program], a page of memory at a time.
func (s *Engine) Customers(ctx context.Context) iter.Seq2[crm.Holder, error] {
	return walk("", holderPage, func(after string, limit int) ([]crm.Holder, error) {
		return s.backend.ListHolders(ctx, after, limit)
	}, func(h crm.Holder) string { return h.Profile.Phone })
}
