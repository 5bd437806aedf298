package crmtest_test

import (
	"context"
	"errors"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

func findMutants() []mutant {
	return []mutant{
		{"a phone is found by its beginning", "FindCards/whole-text", func(h *hooks) {
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				found, err := h.Backend.FindCards(ctx, by)
				if err != nil || len(found) > 0 || by.Phone == "" {
					return found, err
				}
				holders, err := h.Backend.ListHolders(ctx, "", 1000)
				for _, holder := range holders {
					if strings.HasPrefix(holder.Profile.Phone, by.Phone) {
						return h.Backend.FindCards(ctx, crm.Identity{Phone: holder.Profile.Phone})
					}
				}
				return nil, err
			}
		}},
		{"empty fields match somebody", "FindCards/empty-fields", func(h *hooks) {
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				holders, err := h.Backend.ListHolders(ctx, "", 1)
				if err == nil && by == (crm.Identity{}) && len(holders) > 0 {
					by.Phone = holders[0].Profile.Phone
				}
				return h.Backend.FindCards(ctx, by)
			}
		}},
		{"blocked cards are hidden", "FindCards/all-cards", func(h *hooks) {
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				found, err := h.Backend.FindCards(ctx, by)
				for i := range found {
					var shown []crm.Card
					for _, card := range found[i].Cards {
						if card.State != crm.CardBlocked {
							shown = append(shown, card)
						}
					}
					found[i].Cards = shown
				}
				return found, err
			}
		}},
		{"a customer is listed once for the phone and once for the email", "FindCards/by-both", func(h *hooks) {
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				byPhone, err := h.Backend.FindCards(ctx, crm.Identity{Phone: by.Phone})
				byEmail, err2 := h.Backend.FindCards(ctx, crm.Identity{Email: by.Email})
				return append(byPhone, byEmail...), errors.Join(err, err2)
			}
		}},
		{"the email is looked at only without a phone", "FindCards/two-customers", func(h *hooks) {
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				if by.Phone != "" {
					by.Email = ""
				}
				return h.Backend.FindCards(ctx, by)
			}
		}},
		{"no match is an error", "FindCards/no-match", func(h *hooks) {
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				found, err := h.Backend.FindCards(ctx, by)
				if err == nil && len(found) == 0 {
					err = crm.ErrCustomerNotFound
				}
				return found, err
			}
		}},
		{"the day of birth is forgotten", "FindCards/by-phone", func(h *hooks) {
			h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
				found, err := h.Backend.FindCards(ctx, by)
				for i := range found {
					found[i].BirthDate = ""
				}
				return found, err
			}
		}},
		{"a number of the pool is shown as a card", "Card/unknown", func(h *hooks) {
			pool := map[string]crm.CardNumber{}
			h.addNumbers = func(ctx context.Context, r crm.PoolRequest) ([]crm.CardNumber, error) {
				for _, number := range r.Numbers {
					pool[number.Number] = number
				}
				return h.Backend.AddNumbers(ctx, r)
			}
			h.card = func(ctx context.Context, number string) (crm.Card, error) {
				card, err := h.Backend.Card(ctx, number)
				if free, known := pool[number]; known && err != nil {
					return crm.Card{CardNumber: free, State: crm.CardInactive}, nil
				}
				return card, err
			}
		}},
	}
}

// another makes one more card of a number for the profile of a request.
func another(ctx context.Context, good crm.Backend, r crm.IssueRequest) (crm.Card, error) {
	if _, err := good.AddNumbers(ctx, crm.PoolRequest{Numbers: []crm.CardNumber{r.Number}, Now: r.Now}); err != nil {
		return crm.Card{}, err
	}
	return good.IssueReserved(ctx, r)
}

func issueMutants() []mutant {
	// after replaces the answer of Issue.
	after := func(then func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error)) func(*hooks) {
		return func(h *hooks) {
			h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
				issued, err := h.Backend.Issue(ctx, r)
				return then(ctx, h.Backend, r, issued, err)
			}
		}
	}
	welcome := func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued) error {
		if r.Welcome.Points == 0 {
			return nil
		}
		_, err := good.Grant(ctx, crm.Movement{
			Key: "welcome " + r.Number.Number, CardNumber: issued.Card.Number, Points: r.Welcome.Points,
			AvailableFrom: r.Now, ValidUntil: crm.Forever, Now: r.Now,
		})
		return err
	}
	return []mutant{
		{"a repeated issue makes a second card", "Issue/keeps-card", after(func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error) {
			if err == nil && issued.Card.Number != r.Number.Number {
				issued.Card, err = another(ctx, good, r)
			}
			return issued, err
		})},
		{"an issue answers with any card of the customer", "Issue/picked-card", after(func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error) {
			found, _ := good.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone})
			if err == nil && !issued.Created && len(found) == 1 {
				issued.Card = found[0].Cards[0]
			}
			return issued, err
		})},
		{"a welcome for each issue", "Issue/welcome-once", after(func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error) {
			if err == nil && !issued.Created {
				err = welcome(ctx, good, r, issued)
			}
			return issued, err
		})},
		{"a welcome for each holder of a phone", "Issue/welcome-new-holder", after(func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error) {
			if err == nil && issued.Created && issued.Card.Balance == 0 {
				err = welcome(ctx, good, r, issued)
			}
			return issued, err
		})},
		{"an issue by email overwrites the phone", "Issue/keeps-phone", after(func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error) {
			if err == nil && r.Profile.Phone != "" {
				err = good.UpdateProfile(ctx, crm.ProfileUpdate{CardNumber: issued.Card.Number, Profile: crm.Profile{Phone: r.Profile.Phone}, Now: r.Now})
			}
			return issued, err
		})},
		{"an issue to a known customer stores no fields", "Issue/stores-fields", func(h *hooks) {
			h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
				if found, _ := h.Backend.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone}); len(found) > 0 {
					r.Profile = crm.Profile{Phone: r.Profile.Phone}
				}
				return h.Backend.Issue(ctx, r)
			}
		}},
		{"phone and email of two customers are settled by the phone", "Issue/ambiguous", after(func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error) {
			if errors.Is(err, crm.ErrAmbiguous) {
				r.Profile.Email = ""
				return good.Issue(ctx, r)
			}
			return issued, err
		})},
		{"a blocked card is issued again", "Issue/all-blocked", after(func(ctx context.Context, good crm.Backend, r crm.IssueRequest, issued crm.Issued, err error) (crm.Issued, error) {
			found, _ := good.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone})
			if errors.Is(err, crm.ErrCardBlocked) && len(found) == 1 {
				return crm.Issued{Card: found[0].Cards[0]}, nil
			}
			return issued, err
		})},
		{"an issue that fails leaves the new profile", "Issue/number-taken", func(h *hooks) {
			h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
				issued, err := h.Backend.Issue(ctx, r)
				if errors.Is(err, crm.ErrNumberTaken) {
					r.Number.Number += "-left-over"
					_, _ = h.Backend.Issue(ctx, r)
				}
				return issued, err
			}
		}},
		{"an issued number stays in the pool", "Issue/number-leaves-pool", func(h *hooks) {
			stay := int64(0)
			h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
				stay++
				return h.Backend.Issue(ctx, r)
			}
			h.countNumbers = func(ctx context.Context, now time.Time) (crm.PoolLevel, error) {
				level, err := h.Backend.CountNumbers(ctx, now)
				level.Free += stay
				return level, err
			}
		}},
	}
}
