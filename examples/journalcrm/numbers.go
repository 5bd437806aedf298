package journalcrm

import (
	"context"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// poolNumber is a number that is no card yet. It is free from ReservedUntil on.
type poolNumber struct {
	crm.CardNumber
	ReservedUntil time.Time
}

func (p *poolNumber) free(now time.Time) bool { return !p.ReservedUntil.After(now) }

// AddNumbers implements engine.Numbers.
func (c *CRM) AddNumbers(ctx context.Context, r engine.PoolRequest) ([]crm.CardNumber, error) {
	return change(ctx, c, "AddNumbers", r, (*state).addNumbers)
}

func (s *state) addNumbers(r engine.PoolRequest) (added []crm.CardNumber, _ error) {
	for _, number := range r.Numbers {
		if s.Pool[number.Number] == nil && s.Cards[number.Number] == nil {
			s.Pool[number.Number] = &poolNumber{number, r.ReservedUntil}
			added = append(added, number)
		}
	}
	return added, ifAny(len(added))
}

// LeaseNumbers implements engine.Numbers.
func (c *CRM) LeaseNumbers(ctx context.Context, r engine.LeaseRequest) ([]crm.CardNumber, error) {
	return change(ctx, c, "LeaseNumbers", r, (*state).leaseNumbers)
}

func (s *state) leaseNumbers(r engine.LeaseRequest) (leased []crm.CardNumber, _ error) {
	for _, number := range sorted(s.Pool, "") {
		if len(leased) >= r.Count {
			break
		}
		if p := s.Pool[number]; p.free(r.Now) {
			p.ReservedUntil = r.Until
			leased = append(leased, p.CardNumber)
		}
	}
	return leased, ifAny(len(leased))
}

type releaseRequest struct {
	Numbers []string
	Until   time.Time
}

// ReleaseNumbers implements engine.Numbers.
func (c *CRM) ReleaseNumbers(ctx context.Context, numbers []string, until time.Time) error {
	_, err := change(ctx, c, "ReleaseNumbers", releaseRequest{numbers, until}, (*state).releaseNumbers)
	return err
}

func (s *state) releaseNumbers(r releaseRequest) (released int, _ error) {
	for _, number := range r.Numbers {
		// Another end means that the lease is over and somebody else has the number.
		if p := s.Pool[number]; p != nil && p.ReservedUntil.Equal(r.Until) {
			p.ReservedUntil = time.Time{}
			released++
		}
	}
	return released, ifAny(released)
}

// CountNumbers implements engine.Numbers.
func (c *CRM) CountNumbers(ctx context.Context, now time.Time) (crm.PoolLevel, error) {
	return look(ctx, c, func(s *state) (level crm.PoolLevel, _ error) {
		for _, p := range s.Pool {
			switch {
			case p.free(now):
				level.Free++
			case p.ReservedUntil.Equal(crm.Forever):
				level.HandedOver++
			default:
				level.Reserved++
			}
		}
		return level, nil
	})
}

// ifAny is the error of a call that changed so many things.
func ifAny(count int) error {
	if count == 0 {
		return errUnchanged
	}
	return nil
}
