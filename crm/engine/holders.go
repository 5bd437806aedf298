package engine

import (
	"context"
	"iter"

	"koshelek-adapter/crm"
)

// holderPage is how many customers are read in one query.
const holderPage = 500

// UpdateProfile stores what is given for the holder of a card; absent and empty
// fields stay (contract: POST /v1/card/{cardNumber}). See [Holders].UpdateProfile.
func (s *Engine) UpdateProfile(ctx context.Context, number string, profile crm.Profile) error {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return err
	}
	now := s.now()
	if profile, err = profile.Normalize(now); err != nil {
		return err
	}
	return s.backend.UpdateProfile(ctx, ProfileUpdate{CardNumber: number, Profile: profile, Email: s.rules.Email, Now: now})
}

// SetChannels allows and denies ways to reach the holder (contract: PUT
// …/communication). Unknown channels are ignored, a channel in both lists is
// denied, one in neither keeps its state. See [Holders].SetChannels.
func (s *Engine) SetChannels(ctx context.Context, number string, allow, deny []string, source string) error {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return err
	}
	wanted := map[crm.Channel]bool{}
	for _, name := range allow {
		if channel, known := parseChannel(name); known {
			wanted[channel] = true
		}
	}
	for _, name := range deny {
		if channel, known := parseChannel(name); known {
			wanted[channel] = false
		}
	}
	return s.backend.SetChannels(ctx, ChannelsUpdate{CardNumber: number, Wanted: wanted, Source: source, Now: s.now()})
}

func parseChannel(name string) (crm.Channel, bool) {
	switch channel := crm.Channel(name); channel {
	case crm.ChannelSMS, crm.ChannelEmail, crm.ChannelCall, crm.ChannelPush:
		return channel, true
	}
	return "", false
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

// AllHolders walks through every customer with a phone and a card that is not
// blocked, in the order of phones, a page of memory at a time. It ends with the
// first error.
func (s *Engine) AllHolders(ctx context.Context) iter.Seq2[crm.Holder, error] {
	return func(yield func(crm.Holder, error) bool) {
		for after := ""; ; {
			page, err := s.backend.ListHolders(ctx, after, holderPage)
			if err != nil {
				yield(crm.Holder{}, err)
				return
			}
			for _, holder := range page {
				if !yield(holder, nil) {
					return
				}
			}
			if len(page) < holderPage {
				return
			}
			after = page[len(page)-1].Profile.Phone
		}
	}
}
