package crmtest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

func recordMutants() []mutant {
	return []mutant{
		{"history ignores the days", "Purchases/days", func(h *hooks) {
			h.purchases = func(ctx context.Context, q crm.PurchaseQuery) ([]crm.Purchase, error) {
				q.From, q.To = "1900-01-01", "2999-12-31"
				return h.Backend.Purchases(ctx, q)
			}
		}},
		{"the last day is left out", "Purchases/days", func(h *hooks) {
			h.purchases = func(ctx context.Context, q crm.PurchaseQuery) ([]crm.Purchase, error) {
				lines, err := h.Backend.Purchases(ctx, q)
				return slices.DeleteFunc(lines, func(p crm.Purchase) bool { return p.Date == q.To }), err
			}
		}},
		{"a page begins after the day of the last line", "Purchases/pages", func(h *hooks) {
			h.purchases = func(ctx context.Context, q crm.PurchaseQuery) ([]crm.Purchase, error) {
				if q.After == nil {
					return h.Backend.Purchases(ctx, q)
				}
				all := q
				all.After, all.Limit = nil, 1000
				lines, err := h.Backend.Purchases(ctx, all)
				lines = slices.DeleteFunc(lines, func(p crm.Purchase) bool { return p.Date >= q.After.Date })
				return lines[:min(q.Limit, len(lines))], err
			}
		}},
		{"the oldest day comes first", "Purchases/newest-first", func(h *hooks) {
			h.purchases = func(ctx context.Context, q crm.PurchaseQuery) ([]crm.Purchase, error) {
				lines, err := h.Backend.Purchases(ctx, q)
				slices.Reverse(lines)
				return lines, err
			}
		}},
		{"replaced lines count as new", "PutPurchases/again", func(h *hooks) {
			h.putPurchases = func(ctx context.Context, lines []crm.Purchase) (int, []crm.Refusal, error) {
				_, refused, err := h.Backend.PutPurchases(ctx, lines)
				return len(lines) - len(refused), refused, err
			}
		}},
		{"a line that is known stays as it was", "PutPurchases/replaces", func(h *hooks) {
			refs := map[string]bool{}
			h.putPurchases = func(ctx context.Context, lines []crm.Purchase) (int, []crm.Refusal, error) {
				lines = slices.DeleteFunc(slices.Clone(lines), func(p crm.Purchase) bool { return refs[p.CardNumber+" "+p.Ref] })
				for _, line := range lines {
					refs[line.CardNumber+" "+line.Ref] = true
				}
				return h.Backend.PutPurchases(ctx, lines)
			}
		}},
		{"one line of an unknown card refuses all", "PutPurchases/unknown-card", func(h *hooks) {
			h.putPurchases = func(ctx context.Context, lines []crm.Purchase) (int, []crm.Refusal, error) {
				for _, line := range lines {
					if _, err := h.Backend.Card(ctx, line.CardNumber); err != nil {
						return 0, nil, err
					}
				}
				return h.Backend.PutPurchases(ctx, lines)
			}
		}},
		{"offers of another card are shown", "Offers/audience", func(h *hooks) {
			h.putOffers = func(ctx context.Context, offers []crm.Offer) error {
				for i := range offers {
					if offers[i].Audience == crm.AudienceCard {
						offers[i].Audience, offers[i].Target = crm.AudienceAll, ""
					}
				}
				return h.Backend.PutOffers(ctx, offers)
			}
		}},
		{"the last day of an offer is left out", "Offers/days", func(h *hooks) {
			h.offers = func(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
				offers, err := h.Backend.Offers(ctx, number, day)
				return slices.DeleteFunc(offers, func(o crm.Offer) bool { return o.EndDate == day }), err
			}
		}},
		{"offers are ordered by their names", "Offers/order", func(h *hooks) {
			h.offers = func(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
				offers, err := h.Backend.Offers(ctx, number, day)
				slices.SortFunc(offers, func(a, b crm.Offer) int { return strings.Compare(a.Name, b.Name) })
				return offers, err
			}
		}},
		{"segments are only added", "SetSegments/replaces", func(h *hooks) {
			all := map[string][]string{}
			h.setSegments = func(ctx context.Context, number string, segments []string) error {
				for _, segment := range segments {
					if !slices.Contains(all[number], segment) {
						all[number] = append(all[number], segment)
					}
				}
				return h.Backend.SetSegments(ctx, number, all[number])
			}
		}},
	}
}

// changed replaces a text wherever a profile comes in.
func changed(change func(*crm.Profile)) func(*hooks) {
	return func(h *hooks) {
		h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
			change(&r.Profile)
			return h.Backend.Issue(ctx, r)
		}
		h.findCards = func(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
			who := crm.Profile{Phone: by.Phone, Email: by.Email}
			change(&who)
			return h.Backend.FindCards(ctx, crm.Identity{Phone: who.Phone, Email: who.Email})
		}
	}
}

// folded replaces numbers wherever cards come in and are asked for.
func folded(fold func(string) string) func(*hooks) {
	return func(h *hooks) {
		h.importCards = func(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
			rows = slices.Clone(rows)
			for i := range rows {
				rows[i].Number = fold(rows[i].Number)
			}
			return h.Backend.ImportCards(ctx, rows, now)
		}
		h.card = func(ctx context.Context, number string) (crm.Card, error) { return h.Backend.Card(ctx, fold(number)) }
	}
}

func textMutants() []mutant {
	return []mutant{
		{"card numbers are folded to lower case", "Text/card-numbers", folded(strings.ToLower)},
		{"trailing spaces of card numbers are cut", "Text/card-numbers", folded(func(s string) string { return strings.TrimRight(s, " ") })},
		{"emails lose their accents", "Text/emails", changed(func(p *crm.Profile) { p.Email = strings.ReplaceAll(p.Email, "é", "e") })},
		{"phones are kept as numbers", "Text/phones", changed(func(p *crm.Profile) { p.Phone = strings.TrimLeft(strings.TrimSpace(p.Phone), "0") })},
		{"codes are compared without case", "Text/codes", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				r.Code = strings.ToLower(r.Code)
				return h.Backend.RedeemCode(ctx, r)
			}
		}},
		{"keys are compared without case", "Text/keys", func(h *hooks) {
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				m.Key = strings.ToLower(m.Key)
				return h.Backend.Grant(ctx, m)
			}
		}},
		{"a percent sign stands for any card", "Text/not-patterns", func(h *hooks) {
			h.card = func(ctx context.Context, number string) (crm.Card, error) {
				if number == "%" {
					number = "card-1"
				}
				return h.Backend.Card(ctx, number)
			}
		}},
		{"characters beyond two bytes become question marks", "Text/profiles", changed(func(p *crm.Profile) {
			p.Surname = strings.Map(func(r rune) rune {
				if r > 0xffff {
					return '?'
				}
				return r
			}, p.Surname)
		})},
		{"names are trimmed", "Text/profiles", changed(func(p *crm.Profile) { p.FirstName = strings.TrimSpace(p.FirstName) })},
		{"long names are cut", "Text/longest-surname", changed(func(p *crm.Profile) { p.Surname = string([]rune(p.Surname)[:min(len([]rune(p.Surname)), 255)]) })},
		{"the limit of names is in bytes", "Text/longest-patronymic", changed(func(p *crm.Profile) { p.Patronymic = p.Patronymic[:min(len(p.Patronymic), 255)] })},
		{"long keys are cut", "Text/longest-key", func(h *hooks) {
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				m.Key = m.Key[:min(len(m.Key), 128)]
				return h.Backend.Grant(ctx, m)
			}
		}},
	}
}
