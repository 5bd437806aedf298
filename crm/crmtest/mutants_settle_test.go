package crmtest_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// settling changes every settlement before the good backend gets it.
func settling(change func(*crm.Settlement)) func(*hooks) {
	return func(h *hooks) {
		h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
			change(&s)
			return h.Backend.SettleDelivery(ctx, s)
		}
	}
}

func settleMutants() []mutant {
	return []mutant{
		{"the reason is shortened", "SettleDelivery/stores", settling(func(s *crm.Settlement) { s.Reason = s.Reason[:min(len(s.Reason), 20)] })},
		{"the answer is forgotten", "SettleDelivery/stores", settling(func(s *crm.Settlement) { s.Answer = nil })},
		{"an answer without a reference takes the reference away", "SettleDelivery/keeps", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				settled.VendorRef = s.VendorRef
				return settled, err
			}
		}},
		{"any claim settles", "SettleDelivery/claim", settling(func(s *crm.Settlement) { s.Claim = "" })},
		{"only the holder settles", "SettleDelivery/without-claim", settling(func(s *crm.Settlement) {
			if s.Claim == "" {
				s.Claim = "nobody"
			}
		})},
		{"nobody looks at what was expected", "SettleDelivery/expect", settling(func(s *crm.Settlement) { s.Expect = "" })},
		{"what is given back was an attempt", "SettleDelivery/new", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if settled.State == crm.DeliveryNew {
					settled.Attempts++
				}
				return settled, err
			}
		}},
		{"a final state can be told otherwise", "SettleDelivery/final", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if errors.Is(err, crm.ErrOperationConflict) {
					return h.Backend.Delivery(ctx, s.ID)
				}
				return settled, err
			}
		}},
		{"what was booked can be told otherwise", "SettleDelivery/final", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				if d, err := h.Backend.Delivery(ctx, s.ID); err == nil && d.State == s.State {
					return d, nil
				}
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"a second settlement is an error", "SettleDelivery/again", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				if d, err := h.Backend.Delivery(ctx, s.ID); err == nil && d.State.Final() {
					return crm.Delivery{}, crm.ErrOperationConflict
				}
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"a second settlement credits again", "SettleDelivery/again", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				before, _ := h.Backend.Delivery(ctx, s.ID)
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if err == nil && before.State.Final() {
					err = credit(ctx, h.Backend, "again", settled.CardNumber, s.Credit.Points, s.Now)
				}
				return settled, err
			}
		}},
		{"two deliveries have one reference", "SettleDelivery/reference", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if errors.Is(err, crm.ErrOperationConflict) {
					s.VendorRef = ""
					return h.Backend.SettleDelivery(ctx, s)
				}
				return settled, err
			}
		}},
		{"references of all vendors are one", "SettleDelivery/reference-vendors", func(h *hooks) {
			seen := map[string]string{}
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				if id, known := seen[s.VendorRef]; known && id != s.ID {
					return crm.Delivery{}, crm.ErrOperationConflict
				}
				seen[s.VendorRef] = s.ID
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"news of an unknown delivery is welcome", "SettleDelivery/unknown", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if errors.Is(err, crm.ErrDeliveryNotFound) {
					return settled, h.Backend.PutOffers(ctx, s.Offers)
				}
				return settled, err
			}
		}},
		{"points are credited before the offers are stored", "SettleDelivery/wholly", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				d, _ := h.Backend.Delivery(ctx, s.ID)
				if err := credit(ctx, h.Backend, "early", d.CardNumber, s.Credit.Points, s.Now); err != nil {
					return d, err
				}
				s.Credit = crm.Accrual{}
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"nobody notes who decided", "SettleDelivery/audit", settling(func(s *crm.Settlement) { s.Actor = "" })},
		{"everybody is noted", "SettleDelivery/audit", settling(func(s *crm.Settlement) {
			if s.Actor == "" {
				s.Actor = "worker"
			}
		})},
	}
}

func effectMutants() []mutant {
	return []mutant{
		{"a reward may be spent at once", "SettleDelivery/credit", settling(func(s *crm.Settlement) { s.Credit.AvailableFrom = s.Now })},
		{"a pending delivery credits", "SettleDelivery/credit", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if err == nil && !settled.State.Final() {
					err = credit(ctx, h.Backend, "early", settled.CardNumber, s.Credit.Points, s.Now)
				}
				return settled, err
			}
		}},
		{"a debit has no words for the customer", "SettleDelivery/debit", settling(func(s *crm.Settlement) { s.DebitText = "" })},
		{"a debit is all or nothing", "SettleDelivery/debit-part", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				d, _ := h.Backend.Delivery(ctx, s.ID)
				if card, err := h.Backend.Card(ctx, d.CardNumber); err == nil && card.Balance < s.Debit {
					s.Debit = 0
				}
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"a debit leaves pending points alone", "SettleDelivery/debit-order", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				d, _ := h.Backend.Delivery(ctx, s.ID)
				var available int64
				if statement, err := h.Backend.Statement(ctx, d.CardNumber, s.Now); err == nil {
					for _, lot := range statement.Lots {
						if !lot.AvailableFrom.After(s.Now) {
							available += lot.Remaining
						}
					}
				}
				s.Debit = min(s.Debit, available)
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"a debit is taken in the order of expiry alone", "SettleDelivery/debit-order", func(h *hooks) {
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				m.AvailableFrom = m.Now
				return h.Backend.Grant(ctx, m)
			}
		}},
		{"vouchers are shown to those whom the bridge names", "SettleDelivery/offers", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if err == nil && settled.State.Final() {
					err = h.Backend.PutOffers(ctx, s.Offers)
				}
				return settled, err
			}
		}},
		{"a pending delivery shows its vouchers", "SettleDelivery/offers", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				return settled, errors.Join(err, h.Backend.PutOffers(ctx, s.Offers))
			}
		}},
		{"a blocked card is not credited", "SettleDelivery/card-states", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				d, _ := h.Backend.Delivery(ctx, s.ID)
				if card, err := h.Backend.Card(ctx, d.CardNumber); err == nil && card.State == crm.CardBlocked {
					s.Credit = crm.Accrual{}
				}
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"vouchers go to the replaced card", "SettleDelivery/replaced-card", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				settled, err := h.Backend.SettleDelivery(ctx, s)
				return settled, errors.Join(err, h.Backend.PutOffers(ctx, s.Offers))
			}
		}},
	}
}

func outboxListMutants() []mutant {
	listing := func(change func(*crm.DeliveryQuery)) func(*hooks) {
		return func(h *hooks) {
			h.listDeliveries = func(ctx context.Context, q crm.DeliveryQuery) ([]crm.Delivery, error) {
				change(&q)
				return h.Backend.ListDeliveries(ctx, q)
			}
		}
	}
	return []mutant{
		{"an unknown delivery is an empty one", "Delivery/unknown", func(h *hooks) {
			h.delivery = func(ctx context.Context, id string) (crm.Delivery, error) {
				d, err := h.Backend.Delivery(ctx, id)
				if errors.Is(err, crm.ErrDeliveryNotFound) {
					return crm.Delivery{ID: id}, nil
				}
				return d, err
			}
		}},
		{"references of other vendors are known", "KnownReferences/known", func(h *hooks) {
			h.knownReferences = func(ctx context.Context, vendor string, references []string) ([]string, error) {
				own, err := h.Backend.KnownReferences(ctx, vendor, references)
				others, otherErr := h.Backend.KnownReferences(ctx, "other", references)
				return slices.Compact(append(own, others...)), errors.Join(err, otherErr)
			}
		}},
		{"only the first hundred references are looked up", "KnownReferences/many", func(h *hooks) {
			h.knownReferences = func(ctx context.Context, vendor string, references []string) ([]string, error) {
				if len(references) > 100 {
					references = references[len(references)-100:]
				}
				return h.Backend.KnownReferences(ctx, vendor, references)
			}
		}},
		{"a page repeats the last delivery", "ListDeliveries/pages", func(h *hooks) {
			before := ""
			h.listDeliveries = func(ctx context.Context, q crm.DeliveryQuery) ([]crm.Delivery, error) {
				after := q.After
				if q.After != "" {
					q.After, before = before, q.After
				}
				list, err := h.Backend.ListDeliveries(ctx, q)
				return slices.DeleteFunc(list, func(d crm.Delivery) bool { return d.ID < after }), err
			}
		}},
		{"the filter of the vendor is ignored", "ListDeliveries/filters", listing(func(q *crm.DeliveryQuery) { q.Vendor = "" })},
		{"the filter of the card is ignored", "ListDeliveries/filters", listing(func(q *crm.DeliveryQuery) { q.CardNumber = "" })},
		{"the filter of the state is ignored", "ListDeliveries/filters", listing(func(q *crm.DeliveryQuery) { q.State = "" })},
		{"what is final is always counted", "CountDeliveries/counts", func(h *hooks) {
			h.countDeliveries = func(ctx context.Context, _ bool) ([]crm.DeliveryCount, error) {
				return h.Backend.CountDeliveries(ctx, true)
			}
		}},
		{"the oldest is the newest", "CountDeliveries/counts", func(h *hooks) {
			h.countDeliveries = func(ctx context.Context, all bool) ([]crm.DeliveryCount, error) {
				counts, err := h.Backend.CountDeliveries(ctx, all)
				for i := range counts {
					counts[i].Oldest = counts[i].Oldest.Add(time.Duration(counts[i].Count-1) * time.Minute)
				}
				return counts, err
			}
		}},
		{"a crash loses who has a delivery", "Crash/ClaimDeliveries", func(h *hooks) {
			h.claim = func(_ context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				return []crm.Delivery{{Claim: r.Claim}}, nil
			}
		}},
		{"a cancelled claim is made", "Context/cancelled-write", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(context.WithoutCancel(ctx), r)
				return list, errors.Join(err, ctx.Err())
			}
		}},
		{"references ignore case", "Text/vendor-references", func(h *hooks) {
			h.knownReferences = func(ctx context.Context, vendor string, references []string) ([]string, error) {
				return h.Backend.KnownReferences(ctx, vendor, append(references, "Ab-1"))
			}
		}},
	}
}
