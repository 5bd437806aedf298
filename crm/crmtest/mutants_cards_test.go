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

// issue is a call of a good Issue with its answer.
type issue struct {
	ctx    context.Context
	good   crm.Backend
	r      crm.IssueRequest
	issued crm.Issued
	err    error
}

// after replaces the answer of Issue.
func after(then func(i issue) (crm.Issued, error)) func(*hooks) {
	return func(h *hooks) {
		h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
			issued, err := h.Backend.Issue(ctx, r)
			return then(issue{ctx, h.Backend, r, issued, err})
		}
	}
}

// welcome credits the welcome of a call as if it had not been before.
func (i issue) welcome() (crm.Issued, error) {
	if i.r.Welcome.Points == 0 {
		return i.issued, nil
	}
	return i.issued, credit(i.ctx, i.good, "welcome "+i.r.Number.Number, i.issued.Card.Number, i.r.Welcome.Points, i.r.Now)
}

// cards are those of the phone of the call.
func (i issue) cards() []crm.Card {
	found, _ := i.good.FindCards(i.ctx, crm.Identity{Phone: i.r.Profile.Phone})
	if len(found) == 0 {
		return nil
	}
	return found[0].Cards
}

func issueMutants() []mutant {
	return []mutant{
		{"a repeated issue makes a second card", "Issue/keeps-card", after(func(i issue) (crm.Issued, error) {
			if i.err == nil && i.issued.Card.Number != i.r.Number.Number {
				i.issued.Card, i.err = another(i.ctx, i.good, i.r)
			}
			return i.issued, i.err
		})},
		{"an issue answers with any card of the customer", "Issue/picked-card", after(func(i issue) (crm.Issued, error) {
			if cards := i.cards(); i.err == nil && !i.issued.Created && len(cards) > 0 {
				i.issued.Card = cards[0]
			}
			return i.issued, i.err
		})},
		{"a welcome for each issue", "Issue/welcome-once", after(func(i issue) (crm.Issued, error) {
			if i.err == nil && !i.issued.Created {
				return i.welcome()
			}
			return i.issued, i.err
		})},
		{"a welcome for each holder of a phone", "Issue/welcome-new-holder", after(func(i issue) (crm.Issued, error) {
			if i.err == nil && i.issued.Created && i.issued.Card.Balance == 0 {
				return i.welcome()
			}
			return i.issued, i.err
		})},
		{"an issue by email overwrites the phone", "Issue/keeps-phone", after(func(i issue) (crm.Issued, error) {
			if i.err == nil && i.r.Profile.Phone != "" {
				update := crm.ProfileUpdate{CardNumber: i.issued.Card.Number, Profile: crm.Profile{Phone: i.r.Profile.Phone}, Now: i.r.Now}
				i.err = i.good.UpdateProfile(i.ctx, update)
			}
			return i.issued, i.err
		})},
		{"an issue to a known customer stores no fields", "Issue/stores-fields", func(h *hooks) {
			h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
				if found, _ := h.Backend.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone}); len(found) > 0 {
					r.Profile = crm.Profile{Phone: r.Profile.Phone}
				}
				return h.Backend.Issue(ctx, r)
			}
		}},
		{"phone and email of two customers are settled by the phone", "Issue/ambiguous", after(func(i issue) (crm.Issued, error) {
			if errors.Is(i.err, crm.ErrAmbiguous) {
				i.r.Profile.Email = ""
				return i.good.Issue(i.ctx, i.r)
			}
			return i.issued, i.err
		})},
		{"a blocked card is issued again", "Issue/all-blocked", after(func(i issue) (crm.Issued, error) {
			if cards := i.cards(); errors.Is(i.err, crm.ErrCardBlocked) && len(cards) > 0 {
				return crm.Issued{Card: cards[0]}, nil
			}
			return i.issued, i.err
		})},
		{"an issue without a number takes one of the pool", "Issue/no-number", after(func(i issue) (crm.Issued, error) {
			if !errors.Is(i.err, crm.ErrPoolEmpty) {
				return i.issued, i.err
			}
			leased, err := i.good.LeaseNumbers(i.ctx, crm.LeaseRequest{Count: 1, Now: i.r.Now, Until: i.r.Now.Add(time.Hour)})
			if err != nil || len(leased) == 0 {
				return i.issued, i.err
			}
			i.r.Number = leased[0]
			return i.good.Issue(i.ctx, i.r)
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
