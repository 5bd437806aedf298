package crmtest_test

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

func numberMutants() []mutant {
	return []mutant{
		{"a number is leased twice", "LeaseNumbers/held", func(h *hooks) {
			h.leaseNumbers = func(ctx context.Context, r crm.LeaseRequest) ([]crm.CardNumber, error) {
				r.Until = r.Now
				return h.Backend.LeaseNumbers(ctx, r)
			}
		}},
		{"a leased number never comes back", "LeaseNumbers/free-again", func(h *hooks) {
			h.leaseNumbers = func(ctx context.Context, r crm.LeaseRequest) ([]crm.CardNumber, error) {
				r.Until = crm.Forever.Add(-time.Hour)
				return h.Backend.LeaseNumbers(ctx, r)
			}
		}},
		{"more numbers are leased than asked for", "LeaseNumbers/up-to-count", func(h *hooks) {
			h.leaseNumbers = func(ctx context.Context, r crm.LeaseRequest) ([]crm.CardNumber, error) {
				r.Count++
				return h.Backend.LeaseNumbers(ctx, r)
			}
		}},
		{"numbers that are known count as new", "AddNumbers/in-pool", func(h *hooks) {
			h.addNumbers = func(ctx context.Context, r crm.PoolRequest) ([]crm.CardNumber, error) {
				_, err := h.Backend.AddNumbers(ctx, r)
				return r.Numbers, err
			}
		}},
		{"handed-over numbers are leased", "AddNumbers/handed-over", func(h *hooks) {
			h.addNumbers = func(ctx context.Context, r crm.PoolRequest) ([]crm.CardNumber, error) {
				r.ReservedUntil = time.Time{}
				return h.Backend.AddNumbers(ctx, r)
			}
		}},
		{"numbers lose their barcodes in the pool", "AddNumbers/new-ones", func(h *hooks) {
			h.addNumbers = func(ctx context.Context, r crm.PoolRequest) ([]crm.CardNumber, error) {
				for i := range r.Numbers {
					r.Numbers[i].BarcodeNumber = r.Numbers[i].Number
				}
				return h.Backend.AddNumbers(ctx, r)
			}
		}},
		{"a release looks at the number alone", "ReleaseNumbers/others", func(h *hooks) {
			until := map[string]time.Time{}
			h.leaseNumbers = func(ctx context.Context, r crm.LeaseRequest) ([]crm.CardNumber, error) {
				leased, err := h.Backend.LeaseNumbers(ctx, r)
				for _, number := range leased {
					until[number.Number] = r.Until
				}
				return leased, err
			}
			h.releaseNumbers = func(ctx context.Context, numbers []string, _ time.Time) error {
				for _, number := range numbers {
					if err := h.Backend.ReleaseNumbers(ctx, []string{number}, until[number]); err != nil {
						return err
					}
				}
				return nil
			}
		}},
		{"a release frees nothing", "ReleaseNumbers/frees", func(h *hooks) {
			h.releaseNumbers = func(context.Context, []string, time.Time) error { return nil }
		}},
		{"reservations that are over are counted as reserved", "CountNumbers/levels", func(h *hooks) {
			h.countNumbers = func(ctx context.Context, now time.Time) (crm.PoolLevel, error) {
				return h.Backend.CountNumbers(ctx, now.Add(-2*time.Hour))
			}
		}},
	}
}
