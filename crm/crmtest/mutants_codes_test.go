package crmtest_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/crm"
)

// putting changes a code before it is stored, trying an attempt before it is
// judged.
func putting(change func(*crm.OneTimeCode)) func(*hooks) {
	return func(h *hooks) {
		h.putCode = func(ctx context.Context, r crm.OneTimeCode) error {
			change(&r)
			return h.Backend.PutOneTimeCode(ctx, r)
		}
	}
}

func trying(change func(*crm.CodeAttempt)) func(*hooks) {
	return func(h *hooks) {
		h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
			change(&a)
			return h.Backend.UseOneTimeCode(ctx, a)
		}
	}
}

// verdict replaces one kind of answer to an attempt.
func verdict(from crm.Kind, to error) func(*hooks) {
	return func(h *hooks) {
		h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
			err := h.Backend.UseOneTimeCode(ctx, a)
			if errors.Is(err, from) {
				return to
			}
			return err
		}
	}
}

func codeSendMutants() []mutant {
	var names atomic.Int64
	return []mutant{
		{"a customer loses all cards but one", "Customer/found", func(h *hooks) {
			h.customer = func(ctx context.Context, id string) (crm.Customer, error) {
				found, err := h.Backend.Customer(ctx, id)
				found.Cards = found.Cards[:min(len(found.Cards), 1)]
				return found, err
			}
		}},
		{"nobody is an empty customer", "Customer/nobody", func(h *hooks) {
			h.customer = func(ctx context.Context, id string) (crm.Customer, error) {
				found, err := h.Backend.Customer(ctx, id)
				if errors.Is(err, crm.ErrCustomerNotFound) {
					return crm.Customer{ID: id}, nil
				}
				return found, err
			}
		}},
		{"codes are sent without end", "PutOneTimeCode/sends", putting(func(r *crm.OneTimeCode) { r.Limits.MaxSends = 1000 })},
		{"the window of sends begins anew with every code", "PutOneTimeCode/sends", putting(func(r *crm.OneTimeCode) { r.Limits.Window = time.Minute })},
		{"failures do not keep a new code back", "PutOneTimeCode/failures", putting(func(r *crm.OneTimeCode) { r.Limits.MaxFailures = 1000 })},
		{"a repeated code is a new one", "PutOneTimeCode/again", func(h *hooks) {
			h.putCode = func(ctx context.Context, r crm.OneTimeCode) error {
				other := r
				other.Reference = time.Duration(names.Add(1)).String()
				if err := h.Backend.PutOneTimeCode(ctx, other); err != nil {
					return err
				}
				return h.Backend.PutOneTimeCode(ctx, r)
			}
		}},
		{"a code for nobody is taken", "PutOneTimeCode/nobody", func(h *hooks) {
			h.putCode = func(ctx context.Context, r crm.OneTimeCode) error {
				err := h.Backend.PutOneTimeCode(ctx, r)
				if errors.Is(err, crm.ErrCustomerNotFound) {
					return nil
				}
				return err
			}
		}},
		{"an old code stays good beside a new one", "PutOneTimeCode/replaces", func(h *hooks) {
			var all sync.Map
			h.putCode = func(ctx context.Context, r crm.OneTimeCode) error {
				all.Store(r.Reference, r.Hash)
				return h.Backend.PutOneTimeCode(ctx, r)
			}
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				if hash, known := all.Load(a.Reference); known && hash == a.Hash {
					return nil
				}
				return h.Backend.UseOneTimeCode(ctx, a)
			}
		}},
	}
}

func codeUseMutants() []mutant {
	// lastPut remembers the last code of a customer.
	lastPut := func(h *hooks) *sync.Map {
		last := &sync.Map{}
		h.putCode = func(ctx context.Context, r crm.OneTimeCode) error {
			err := h.Backend.PutOneTimeCode(ctx, r)
			if err == nil {
				last.Store(r.CustomerID, r)
			}
			return err
		}
		return last
	}
	var names atomic.Int64
	return []mutant{
		{"a code can be used again", "UseOneTimeCode/once", func(h *hooks) {
			last := lastPut(h)
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				err := h.Backend.UseOneTimeCode(ctx, a)
				if r, known := last.Load(a.CustomerID); known && errors.Is(err, crm.ErrCodeWrong) && r.(crm.OneTimeCode).Hash == a.Hash {
					return nil
				}
				return err
			}
		}},
		{"any code is right", "UseOneTimeCode/wrong", verdict(crm.ErrCodeWrong, nil)},
		{"one attempt too many", "UseOneTimeCode/attempts", trying(func(a *crm.CodeAttempt) { a.Limits.MaxAttempts++ })},
		{"the right code is good after too many attempts", "UseOneTimeCode/attempts", func(h *hooks) {
			last := lastPut(h)
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				err := h.Backend.UseOneTimeCode(ctx, a)
				if r, known := last.Load(a.CustomerID); known && errors.Is(err, crm.ErrTooManyAttempts) && r.(crm.OneTimeCode).Hash == a.Hash {
					return nil
				}
				return err
			}
		}},
		{"too many attempts are just wrong", "UseOneTimeCode/attempts", verdict(crm.ErrTooManyAttempts, crm.ErrCodeWrong)},
		{"a code never ends", "UseOneTimeCode/over", trying(func(a *crm.CodeAttempt) { a.Now = a.Now.Add(-4 * time.Minute) })},
		{"a code ends a moment too late", "UseOneTimeCode/over", trying(func(a *crm.CodeAttempt) { a.Now = a.Now.Add(-time.Millisecond) })},
		{"a code that is over is just wrong", "UseOneTimeCode/over", verdict(crm.ErrCodeOver, crm.ErrCodeWrong)},
		{"the reference does not matter", "UseOneTimeCode/bound", func(h *hooks) {
			last := lastPut(h)
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				if r, known := last.Load(a.CustomerID); known {
					a.Reference = r.(crm.OneTimeCode).Reference
				}
				return h.Backend.UseOneTimeCode(ctx, a)
			}
		}},
		{"the customer does not matter", "UseOneTimeCode/bound", func(h *hooks) {
			var owner atomic.Value
			h.putCode = func(ctx context.Context, r crm.OneTimeCode) error {
				owner.Store(r.CustomerID)
				return h.Backend.PutOneTimeCode(ctx, r)
			}
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				a.CustomerID = owner.Load().(string)
				return h.Backend.UseOneTimeCode(ctx, a)
			}
		}},
		{"a new code sets the failures back", "UseOneTimeCode/across-codes", trying(func(a *crm.CodeAttempt) { a.Limits.MaxFailures = 1000 })},
		{"failures are never forgotten", "UseOneTimeCode/window", trying(func(a *crm.CodeAttempt) { a.Limits.Window = 1000 * time.Hour })},
		{"an attempt that is sent again counts again", "UseOneTimeCode/again", trying(func(a *crm.CodeAttempt) {
			a.Attempt = time.Duration(names.Add(1)).String()
		})},
		{"no code is right where none was sent", "UseOneTimeCode/nobody", func(h *hooks) {
			last := lastPut(h)
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				if _, known := last.Load(a.CustomerID); !known && a.Hash == "" {
					return nil
				}
				return h.Backend.UseOneTimeCode(ctx, a)
			}
		}},
		{"failures are in memory alone", "UseOneTimeCode/crash", func(h *hooks) {
			var failures atomic.Int64
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				if failures.Load() >= a.Limits.MaxAttempts {
					return crm.ErrTooManyAttempts
				}
				real := a.Limits
				a.Limits.MaxAttempts, a.Limits.MaxFailures = 1000, 1000
				err := h.Backend.UseOneTimeCode(ctx, a)
				if errors.Is(err, crm.ErrCodeWrong) && failures.Add(1) > real.MaxAttempts {
					return crm.ErrTooManyAttempts
				}
				return err
			}
		}},
	}
}
