package crmtest_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

func holderMutants() []mutant {
	return []mutant{
		{"an update empties the fields that it does not name", "UpdateProfile/each-field", func(h *hooks) {
			last := map[string]crm.Profile{}
			h.updateProfile = func(ctx context.Context, r crm.ProfileUpdate) error {
				last[r.CardNumber] = r.Profile
				return h.Backend.UpdateProfile(ctx, r)
			}
			h.holder = func(ctx context.Context, number string) (crm.Profile, error) {
				profile, err := h.Backend.Holder(ctx, number)
				if update, known := last[number]; known {
					profile = update
				}
				return profile, err
			}
		}},
		{"a taken phone is ignored without a word", "UpdateProfile/phone-taken", func(h *hooks) {
			h.updateProfile = func(ctx context.Context, r crm.ProfileUpdate) error {
				err := h.Backend.UpdateProfile(ctx, r)
				if errors.Is(err, crm.ErrPhoneTaken) {
					return nil
				}
				return err
			}
		}},
		{"the email is looked at before the phone", "UpdateProfile/both-taken", func(h *hooks) {
			h.updateProfile = func(ctx context.Context, r crm.ProfileUpdate) error {
				err := h.Backend.UpdateProfile(ctx, r)
				found, _ := h.Backend.FindCards(ctx, crm.Identity{Email: r.Profile.Email})
				if errors.Is(err, crm.ErrPhoneTaken) && len(found) > 0 {
					return crm.ErrEmailTaken
				}
				return err
			}
		}},
		{"an update that fails is half done", "UpdateProfile/email-taken", func(h *hooks) {
			h.updateProfile = func(ctx context.Context, r crm.ProfileUpdate) error {
				err := h.Backend.UpdateProfile(ctx, r)
				if errors.Is(err, crm.ErrEmailTaken) {
					r.Profile.Email = ""
					_ = h.Backend.UpdateProfile(ctx, r)
				}
				return err
			}
		}},
		{"a blocked card is updated", "UpdateProfile/blocked", func(h *hooks) {
			h.updateProfile = func(ctx context.Context, r crm.ProfileUpdate) error {
				return unlocked(ctx, h.Backend, r.CardNumber, func() error { return h.Backend.UpdateProfile(ctx, r) })
			}
		}},
		{"an unheld card stays without a holder", "UpdateProfile/unheld-by-phone", func(h *hooks) {
			h.updateProfile = func(ctx context.Context, r crm.ProfileUpdate) error {
				if card, err := h.Backend.Card(ctx, r.CardNumber); err == nil && card.CustomerID == "" {
					return nil
				}
				return h.Backend.UpdateProfile(ctx, r)
			}
		}},
		{"a card without a holder has an empty profile among many", "HoldersOf/profiles", func(h *hooks) {
			h.holdersOf = func(ctx context.Context, numbers []string) (map[string]crm.Profile, error) {
				profiles, err := h.Backend.HoldersOf(ctx, numbers)
				for _, number := range numbers {
					if _, known := profiles[number]; !known {
						profiles[number] = crm.Profile{}
					}
				}
				return profiles, err
			}
		}},
		{"the holders of too many cards are given as none", "HoldersOf/many", func(h *hooks) {
			h.holdersOf = func(ctx context.Context, numbers []string) (map[string]crm.Profile, error) {
				profiles, err := h.Backend.HoldersOf(ctx, numbers)
				if len(numbers) > 100 {
					clear(profiles)
				}
				return profiles, err
			}
		}},
		{"a page of holders begins one too late", "ListHolders/pages", func(h *hooks) {
			h.listHolders = func(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
				page, err := h.Backend.ListHolders(ctx, after, limit+1)
				if after != "" && len(page) > 0 {
					page = page[1:]
				}
				return page[:min(limit, len(page))], err
			}
		}},
		{"holders without a phone end the list", "ListHolders/left-out", func(h *hooks) {
			h.listHolders = func(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
				page, err := h.Backend.ListHolders(ctx, after, limit)
				return append(page, crm.Holder{}), err
			}
		}},
	}
}

// then is some time, for mutants that make a call of their own.
var then = time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)

// unlocked makes a call on a card that is active while it lasts.
func unlocked(ctx context.Context, good crm.Backend, number string, call func() error) error {
	card, err := good.Card(ctx, number)
	if err != nil {
		return call()
	}
	if err := good.SetCardState(ctx, crm.StateChange{CardNumber: number, State: crm.CardActive, Now: then}); err != nil {
		return err
	}
	return errors.Join(call(), good.SetCardState(ctx, crm.StateChange{CardNumber: number, State: card.State, Now: then}))
}

func channelMutants() []mutant {
	return []mutant{
		{"a repeated consent is logged again", "SetChannels/repeat", func(h *hooks) {
			h.setChannels = func(ctx context.Context, r crm.ChannelsUpdate) error {
				turned := r
				turned.Wanted = map[crm.Channel]bool{}
				for channel, allowed := range r.Wanted {
					turned.Wanted[channel] = !allowed
				}
				return errors.Join(h.Backend.SetChannels(ctx, turned), h.Backend.SetChannels(ctx, r))
			}
		}},
		{"a denial is lost", "SetChannels/line", func(h *hooks) {
			h.setChannels = func(ctx context.Context, r crm.ChannelsUpdate) error {
				allowed := map[crm.Channel]bool{}
				for channel, allow := range r.Wanted {
					if allow {
						allowed[channel] = true
					}
				}
				r.Wanted = allowed
				return h.Backend.SetChannels(ctx, r)
			}
		}},
		{"channels that are not named are denied", "SetChannels/independent", func(h *hooks) {
			h.setChannels = func(ctx context.Context, r crm.ChannelsUpdate) error {
				all := map[crm.Channel]bool{}
				for _, channel := range []crm.Channel{crm.ChannelSMS, crm.ChannelEmail, crm.ChannelCall, crm.ChannelPush} {
					all[channel] = r.Wanted[channel]
				}
				r.Wanted = all
				return h.Backend.SetChannels(ctx, r)
			}
		}},
		{"a blocked card cannot withdraw consent", "SetChannels/blocked", func(h *hooks) {
			h.setChannels = func(ctx context.Context, r crm.ChannelsUpdate) error {
				if card, err := h.Backend.Card(ctx, r.CardNumber); err == nil && card.State == crm.CardBlocked {
					return crm.ErrCardBlocked
				}
				return h.Backend.SetChannels(ctx, r)
			}
		}},
		{"only the last line of a channel is kept", "SetChannels/order", func(h *hooks) {
			h.consents = func(ctx context.Context, number string) ([]crm.Consent, error) {
				log, err := h.Backend.Consents(ctx, number)
				var kept []crm.Consent
				for i, line := range log {
					later := log[i+1:]
					if !slices.ContainsFunc(later, func(l crm.Consent) bool { return l.Channel == line.Channel }) {
						kept = append(kept, line)
					}
				}
				return kept, err
			}
		}},
		{"a consent without a holder is taken", "SetChannels/no-holder", func(h *hooks) {
			h.setChannels = func(ctx context.Context, r crm.ChannelsUpdate) error {
				if err := h.Backend.SetChannels(ctx, r); !errors.Is(err, crm.ErrCustomerNotFound) {
					return err
				}
				return nil
			}
		}},
	}
}

// erasure is a call of Erase with what is known of the customer before.
type erasure struct {
	*hooks
	ctx     context.Context
	match   crm.Match
	profile crm.Profile
	r       crm.EraseRequest
}

func eraseMutants() []mutant {
	before := func(then func(e erasure) (crm.Erasure, error)) func(*hooks) {
		return func(h *hooks) {
			h.erase = func(ctx context.Context, r crm.EraseRequest) (crm.Erasure, error) {
				found, err := h.Backend.FindCards(ctx, crm.Identity{Phone: r.Phone})
				if err != nil || len(found) == 0 {
					return h.Backend.Erase(ctx, r)
				}
				profile, _ := h.Backend.Holder(ctx, found[0].Cards[0].Number)
				return then(erasure{h, ctx, found[0], profile, r})
			}
		}
	}
	return []mutant{
		{"an erasure leaves the email", "Erase/leaves-nothing", before(func(e erasure) (crm.Erasure, error) {
			e.hooks.holder = func(context.Context, string) (crm.Profile, error) { return crm.Profile{Email: e.profile.Email}, nil }
			return e.Backend.Erase(e.ctx, e.r)
		})},
		{"an erasure leaves the holder of the cards", "Erase/cards", before(func(e erasure) (crm.Erasure, error) {
			e.hooks.card = func(ctx context.Context, number string) (crm.Card, error) {
				card, err := e.Backend.Card(ctx, number)
				card.CustomerID = e.match.CustomerID
				return card, err
			}
			return e.Backend.Erase(e.ctx, e.r)
		})},
		{"an erasure leaves the cards in use", "Erase/no-heir", before(func(e erasure) (crm.Erasure, error) {
			done, err := e.Backend.Erase(e.ctx, e.r)
			for _, card := range e.match.Cards {
				err = errors.Join(err, e.Backend.SetCardState(e.ctx, crm.StateChange{CardNumber: card.Number, State: crm.CardActive, Now: then}))
			}
			return done, err
		})},
		{"an erasure leaves the purchases", "Erase/records", before(func(e erasure) (crm.Erasure, error) {
			var kept []crm.Purchase
			for _, card := range e.match.Cards {
				lines, _ := e.Backend.Purchases(e.ctx, crm.PurchaseQuery{CardNumber: card.Number, From: "1900-01-01", To: "2999-12-31", Limit: 1000})
				kept = append(kept, lines...)
			}
			done, err := e.Backend.Erase(e.ctx, e.r)
			if err == nil {
				_, _, err = e.Backend.PutPurchases(e.ctx, kept)
			}
			return done, err
		})},
		{"an erasure leaves the offers", "Erase/offers", before(func(e erasure) (crm.Erasure, error) {
			offers, _ := e.Backend.ListOffers(e.ctx, "", 1000)
			done, err := e.Backend.Erase(e.ctx, e.r)
			return done, errors.Join(err, e.Backend.PutOffers(e.ctx, offers))
		})},
		{"consents follow the phone to the next customer", "Erase/consents", before(func(e erasure) (crm.Erasure, error) {
			log, _ := e.Backend.Consents(e.ctx, e.match.Cards[0].Number)
			e.hooks.consents = func(ctx context.Context, number string) ([]crm.Consent, error) {
				own, err := e.Backend.Consents(ctx, number)
				if holder, _ := e.Backend.Holder(ctx, number); holder.Phone == e.r.Phone {
					own = append(log, own...)
				}
				return own, err
			}
			return e.Backend.Erase(e.ctx, e.r)
		})},
		{"an erasure can be undone by registering again", "Erase/new-start", before(func(e erasure) (crm.Erasure, error) {
			e.hooks.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
				r.Profile = e.profile
				return e.Backend.Issue(ctx, r)
			}
			return e.Backend.Erase(e.ctx, e.r)
		})},
	}
}
