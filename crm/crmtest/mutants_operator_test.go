package crmtest_test

import (
	"context"
	"slices"

	"koshelek-adapter/crm"
)

// issuingReplaced replaces the answer of IssueReserved for numbers of cards that
// were replaced.
func issuingReplaced(answer func(ctx context.Context, good crm.Backend, number string) (crm.Card, error)) func(*hooks) {
	return func(h *hooks) {
		replaced := map[string]bool{}
		h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
			replaced[r.CardNumber] = true
			return h.Backend.ReplaceCard(ctx, r)
		}
		h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
			if replaced[r.Number.Number] {
				return answer(ctx, h.Backend, r.Number.Number)
			}
			return h.Backend.IssueReserved(ctx, r)
		}
	}
}

// operatorMutants break what only operators and exports ask for.
func operatorMutants() []mutant {
	return []mutant{
		{"a replaced card can be replaced again", "ReplaceCard/other-number", func(h *hooks) {
			before := map[string]string{}
			h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
				if by, replaced := before[r.CardNumber]; replaced && by != r.New.Number {
					r.CardNumber = by
				}
				card, err := h.Backend.ReplaceCard(ctx, r)
				if err == nil {
					before[r.CardNumber] = card.Number
				}
				return card, err
			}
		}},
		{"a replaced number is still its person's", "ReplaceCard/old-number", issuingReplaced(func(ctx context.Context, good crm.Backend, number string) (crm.Card, error) {
			return good.Card(ctx, number)
		})},
		{"a replaced card never gets another holder", "ReplaceCard/old-number-again", issuingReplaced(func(context.Context, crm.Backend, string) (crm.Card, error) {
			return crm.Card{}, crm.ErrBusy
		})},
		{"the replaced card stays usable", "ReplaceCard/old-card", func(h *hooks) {
			h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
				card, err := h.Backend.ReplaceCard(ctx, r)
				if err == nil {
					err = h.SetCardState(ctx, crm.StateChange{CardNumber: r.CardNumber, State: crm.CardActive, Actor: r.Actor, Now: r.Now})
				}
				return card, err
			}
		}},
		{"a replacement repeated is an error", "ReplaceCard/again", func(h *hooks) {
			seen := map[string]bool{}
			h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
				if seen[r.CardNumber] {
					return crm.Card{}, crm.ErrNumberTaken
				}
				seen[r.CardNumber] = true
				return h.Backend.ReplaceCard(ctx, r)
			}
		}},
		{"the new card has a barcode of its own choice", "ReplaceCard/pool", func(h *hooks) {
			h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
				card, err := h.Backend.ReplaceCard(ctx, r)
				card.CardNumber = r.New
				return card, err
			}
		}},
		{"blocked cards are not listed", "ListCards/all", func(h *hooks) {
			h.listCards = func(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
				list, err := h.Backend.ListCards(ctx, after, limit)
				return slices.DeleteFunc(list, func(c crm.Holder) bool { return c.Card.State == crm.CardBlocked }), err
			}
		}},
		{"a page repeats the last customer", "ListCustomers/all", func(h *hooks) {
			last := ""
			h.listCustomers = func(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
				before := last
				last = after
				return h.Backend.ListCustomers(ctx, min(before, after), limit)
			}
		}},
		{"a page of purchases begins with the next card", "ListPurchases/all", func(h *hooks) {
			h.listPurchases = func(ctx context.Context, card, ref string, limit int) ([]crm.Purchase, error) {
				if ref != "" {
					ref = "~"
				}
				return h.Backend.ListPurchases(ctx, card, ref, limit)
			}
		}},
		{"handed over numbers look reserved", "ListNumbers/all", func(h *hooks) {
			h.listNumbers = func(ctx context.Context, after string, limit int) ([]crm.PooledNumber, error) {
				list, err := h.Backend.ListNumbers(ctx, after, limit)
				for i := range list {
					if list[i].ReservedUntil.Equal(crm.Forever) {
						list[i].ReservedUntil = crm.Forever.AddDate(-1, 0, 0)
					}
				}
				return list, err
			}
		}},
		{"ending an offer makes it longer", "EndOffer/ends", func(h *hooks) {
			h.endOffer = func(ctx context.Context, id string, last crm.Date) (bool, error) {
				if _, err := h.Backend.EndOffer(ctx, id, "2000-01-01"); err != nil {
					return false, err
				}
				return h.Backend.EndOffer(ctx, id, last)
			}
		}},
		{"the oldest lines of the log are kept", "AuditLog/lines", func(h *hooks) {
			h.auditLog = func(ctx context.Context, subject string, limit int) ([]crm.AuditLine, error) {
				all, err := h.Backend.AuditLog(ctx, subject, 1000)
				return all[:min(limit, len(all))], err
			}
		}},
	}
}
