package crmtest_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"koshelek-adapter/crm"
)

// storeMutants lose what was acknowledged, or do not heed the caller.
func storeMutants() []mutant {
	return []mutant{
		{"a crash loses the last write", "Crash/SetCardState", func(h *hooks) {
			// The state is held back in memory and would be written with the next one.
			held := map[string]crm.StateChange{}
			h.setCardState = func(_ context.Context, r crm.StateChange) error {
				held[r.CardNumber] = r
				return nil
			}
			h.card = func(ctx context.Context, number string) (crm.Card, error) {
				card, err := h.Backend.Card(ctx, number)
				if r, known := held[number]; known && err == nil {
					card.State = r.State
				}
				return card, err
			}
		}},
		{"grants are acknowledged before they are written", "Crash/many-at-once", func(h *hooks) {
			queue := make(chan crm.Movement, 1000)
			h.grant = func(_ context.Context, m crm.Movement) (crm.Posting, error) {
				queue <- m
				return crm.Posting{ID: m.Key, CardNumber: m.CardNumber, Kind: crm.PostingGrant, Points: m.Points, At: m.Now}, nil
			}
			h.card = func(ctx context.Context, number string) (crm.Card, error) {
				for range len(queue) / 2 { // the writer keeps up as well as it can
					if _, err := h.Backend.Grant(ctx, <-queue); err != nil {
						return crm.Card{}, err
					}
				}
				return h.Backend.Card(ctx, number)
			}
		}},
		{"keys are known until the program ends", "Crash/Take", func(h *hooks) {
			known := map[string]crm.Posting{}
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				if posting, seen := known[m.Key]; seen {
					return posting, nil
				}
				key := m.Key
				m.Key = fmt.Sprintf("%s of %p", key, known)
				posting, err := h.Backend.Take(ctx, m)
				if err == nil {
					known[key] = posting
				}
				return posting, err
			}
		}},
		{"a crash brings the erased person back", "Crash/Erase", func(h *hooks) {
			erased := map[string]bool{}
			h.erase = func(_ context.Context, r crm.EraseRequest) (crm.Erasure, error) {
				erased[r.Phone] = true
				return crm.Erasure{}, nil
			}
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				if erased[by.Phone] {
					return nil, nil
				}
				return h.Backend.FindCards(ctx, by)
			}
		}},
		{"close does not wait for the writer", "Close/under-way", func(h *hooks) {
			var count atomic.Int64
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				if count.Add(1)%8 == 0 { // acknowledged, and in a queue that ends with Close
					return crm.Posting{ID: m.Key, CardNumber: m.CardNumber, Kind: crm.PostingGrant, Points: m.Points, At: m.Now}, nil
				}
				return h.Backend.Grant(ctx, m)
			}
		}},
		{"a cancelled write is done all the same", "Context/cancelled-write", func(h *hooks) {
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				posting, err := h.Backend.Take(context.WithoutCancel(ctx), m)
				return posting, errors.Join(err, ctx.Err())
			}
		}},
		{"a cancelled read is answered", "Context/cancelled-read", func(h *hooks) {
			h.offers = func(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
				return h.Backend.Offers(context.WithoutCancel(ctx), number, day)
			}
		}},
		{"ping never answers well", "Ping/reachable", func(h *hooks) {
			h.ping = func(context.Context) error { return crm.ErrUnavailable }
		}},
	}
}
