package crmtest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

func reservedMutants() []mutant {
	return []mutant{
		{"an unknown number is issued", "IssueReserved/unknown-number", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				card, err := h.Backend.IssueReserved(ctx, r)
				if errors.Is(err, crm.ErrNumberUnknown) {
					return another(ctx, h.Backend, r)
				}
				return card, err
			}
		}},
		{"a taken number is answered with the card", "IssueReserved/taken-number", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				card, err := h.Backend.IssueReserved(ctx, r)
				if errors.Is(err, crm.ErrNumberTaken) {
					return h.Backend.Card(ctx, r.Number.Number)
				}
				return card, err
			}
		}},
		{"the same customer may send another profile for a number", "IssueReserved/other-profile", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				card, err := h.Backend.IssueReserved(ctx, r)
				holder, _ := h.Backend.Holder(ctx, r.Number.Number)
				if errors.Is(err, crm.ErrNumberTaken) && holder.Phone == r.Profile.Phone {
					return h.Backend.Card(ctx, r.Number.Number)
				}
				return card, err
			}
		}},
		{"a retry is refused", "IssueReserved/retry", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				if card, err := h.Backend.Card(ctx, r.Number.Number); err == nil && card.CustomerID != "" {
					return crm.Card{}, crm.ErrNumberTaken
				}
				return h.Backend.IssueReserved(ctx, r)
			}
		}},
		{"a retry reverts the profile", "IssueReserved/retry-after-update", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				card, err := h.Backend.IssueReserved(ctx, r)
				if err == nil {
					err = h.Backend.UpdateProfile(ctx, crm.ProfileUpdate{CardNumber: card.Number, Profile: r.Profile, Now: r.Now})
				}
				return card, err
			}
		}},
		{"the barcode of the call is believed", "IssueReserved/free-number", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				card, err := h.Backend.IssueReserved(ctx, r)
				card.CardNumber = r.Number
				return card, err
			}
		}},
		{"a welcome goes by the phone of the call", "IssueReserved/welcome-by-email", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				card, err := h.Backend.IssueReserved(ctx, r)
				holder, _ := h.Backend.Holder(ctx, r.Number.Number)
				if err == nil && holder.Phone != r.Profile.Phone {
					err = credit(ctx, h.Backend, "welcome "+r.Profile.Phone, card.Number, r.Welcome.Points, r.Now)
				}
				return card, err
			}
		}},
		{"the points of an unheld card are lost when it is given", "IssueReserved/unheld-card", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				card, err := h.Backend.IssueReserved(ctx, r)
				if err == nil && card.Balance > 0 {
					_, err = h.Backend.Take(ctx, crm.Movement{Key: "lost", CardNumber: card.Number, Points: card.Balance, Now: r.Now})
					card.Balance = 0
				}
				return card, err
			}
		}},
		{"one card for each customer", "IssueReserved/several-cards", func(h *hooks) {
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				if found, _ := h.Backend.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone}); len(found) > 0 {
					return found[0].Cards[0], nil
				}
				return h.Backend.IssueReserved(ctx, r)
			}
		}},
		{"all cards of the holder are blocked", "SetCardState/one-card", func(h *hooks) {
			h.setCardState = func(ctx context.Context, r crm.StateChange) error {
				holder, err := h.Backend.Holder(ctx, r.CardNumber)
				if err != nil {
					return err
				}
				found, _ := h.Backend.FindCards(ctx, crm.Identity{Phone: holder.Phone})
				for _, match := range found {
					for _, card := range match.Cards {
						other := r
						other.CardNumber = card.Number
						err = errors.Join(err, h.Backend.SetCardState(ctx, other))
					}
				}
				return err
			}
		}},
		{"an unknown card is blocked without a word", "SetCardState/unknown", func(h *hooks) {
			h.setCardState = func(ctx context.Context, r crm.StateChange) error {
				if err := h.Backend.SetCardState(ctx, r); !errors.Is(err, crm.ErrCardNotFound) {
					return err
				}
				return nil
			}
		}},
	}
}

func importMutants() []mutant {
	return []mutant{
		{"an import that runs twice credits twice", "ImportCards/twice", func(h *hooks) {
			runs := 0
			h.importCards = func(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
				runs++
				for i, row := range rows {
					if _, err := h.Backend.Card(ctx, row.Number); err == nil && row.Balance > 0 {
						_, _ = h.Backend.Grant(ctx, crm.Movement{
							Key: fmt.Sprint("import ", runs, i), CardNumber: row.Number, Points: row.Balance,
							AvailableFrom: now, ValidUntil: crm.Forever, Now: now,
						})
					}
				}
				return h.Backend.ImportCards(ctx, rows, now)
			}
		}},
		{"cards that exist are skipped by an import", "ImportCards/updates", func(h *hooks) {
			h.importCards = func(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
				var fresh []crm.CardRecord
				for _, row := range rows {
					if _, err := h.Backend.Card(ctx, row.Number); err != nil {
						fresh = append(fresh, row)
					}
				}
				return h.Backend.ImportCards(ctx, fresh, now)
			}
		}},
		{"one refused row refuses the import", "ImportCards/two-customers", func(h *hooks) {
			h.importCards = func(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
				for i, row := range rows {
					found, _ := h.Backend.FindCards(ctx, crm.Identity{Phone: row.Holder.Phone, Email: row.Holder.Email})
					if len(found) > 1 {
						return []crm.Refusal{{Index: i, Err: crm.ErrAmbiguous}}, nil
					}
				}
				return h.Backend.ImportCards(ctx, rows, now)
			}
		}},
		{"refused rows are counted from one", "ImportCards/other-holder", func(h *hooks) {
			h.importCards = func(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
				refused, err := h.Backend.ImportCards(ctx, rows, now)
				for i := range refused {
					refused[i].Index++
				}
				return refused, err
			}
		}},
		{"refused rows are counted within a part of the import", "ImportCards/many-rows", func(h *hooks) {
			h.importCards = func(ctx context.Context, rows []crm.CardRecord, now time.Time) (refused []crm.Refusal, err error) {
				for part := range slices.Chunk(rows, 500) {
					some, partErr := h.Backend.ImportCards(ctx, part, now)
					refused, err = append(refused, some...), errors.Join(err, partErr)
				}
				return refused, err
			}
		}},
		{"an imported card has no opening balance", "ImportCards/opening-balance", func(h *hooks) {
			h.importCards = func(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
				for i := range rows {
					rows[i].Balance = 0
				}
				return h.Backend.ImportCards(ctx, rows, now)
			}
		}},
	}
}
