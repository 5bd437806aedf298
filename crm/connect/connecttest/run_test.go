package connecttest_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connecttest"
)

// subject is a CRM in memory, in front of which a connector may be put.
func subject(m *connecttest.Memory, c crm.Connector) *connecttest.Subject {
	m.PutCode("SPRING", 50)
	return &connecttest.Subject{
		Connector: c, Cut: m.Cut, Code: "SPRING",
		Block: func(_ context.Context, number string) error { m.SetState(number, crm.CardBlocked); return nil },
		Bought: func(_ context.Context, number string, line crm.Purchase) error {
			m.PutPurchase(number, line)
			return nil
		},
	}
}

// TestMemory: the CRM in memory keeps every promise, whatever its guarantee.
func TestMemory(t *testing.T) {
	for _, g := range []crm.Guarantee{crm.GuaranteeKeyed, crm.GuaranteeSearchable, crm.GuaranteeNone} {
		t.Run(string(g), func(t *testing.T) {
			connecttest.Run(t, func(*testing.T) *connecttest.Subject {
				m := connecttest.NewMemory()
				m.Promise(g)
				return subject(m, m)
			})
		})
	}
	assert.GreaterOrEqual(t, len(connecttest.Checks()), 80)
}

// broken are connectors that break one promise each. What one does not break it
// inherits.
var broken = map[string]func(*connecttest.Memory) crm.Connector{
	"offers what it has not": func(m *connecttest.Memory) crm.Connector { m.Offer("miracles"); return m },
	"a guarantee of its own": func(m *connecttest.Memory) crm.Connector { m.Promise("surely"); return m },
	"searchable, no look-up": func(m *connecttest.Memory) crm.Connector {
		m.Promise(crm.GuaranteeSearchable)
		m.Offer(crm.OffersBalance)
		return m
	},
	"keys that are forgotten":   func(m *connecttest.Memory) crm.Connector { return forgets{m} },
	"natural, and adds up":      func(m *connecttest.Memory) crm.Connector { m.Promise(crm.GuaranteeNatural); return m },
	"a clock that is wrong":     func(m *connecttest.Memory) crm.Connector { return late{m} },
	"finds beginnings":          func(m *connecttest.Memory) crm.Connector { return beginnings{m} },
	"finds everybody":           func(m *connecttest.Memory) crm.Connector { return everybody{m} },
	"finds nobody at first":     func(m *connecttest.Memory) crm.Connector { m.Lag(1); return m },
	"trims numbers":             func(m *connecttest.Memory) crm.Connector { return trims{m} },
	"loses names":               func(m *connecttest.Memory) crm.Connector { return nameless{m} },
	"clears what is not given":  func(m *connecttest.Memory) crm.Connector { return clears{m} },
	"answers another number":    func(m *connecttest.Memory) crm.Connector { return renumbers{m} },
	"a lost answer is refused":  func(m *connecttest.Memory) crm.Connector { return blames{m} },
	"a lost answer is not done": func(m *connecttest.Memory) crm.Connector { return denies{m} },
	"ignores its context":       func(m *connecttest.Memory) crm.Connector { return deaf{m} },
	"looks up too well":         func(m *connecttest.Memory) crm.Connector { return yes{m} },
	"looks up nothing":          func(m *connecttest.Memory) crm.Connector { return no{m} },
	"a negative balance":        func(m *connecttest.Memory) crm.Connector { return owes{m} },
	"takes what is not there":   func(m *connecttest.Memory) crm.Connector { return generous{m} },
	"leaves out the last day":   func(m *connecttest.Memory) crm.Connector { return short{m} },
	"pages that stand still":    func(m *connecttest.Memory) crm.Connector { return still{m} },
	"erases nothing":            func(m *connecttest.Memory) crm.Connector { return keeps{m} },
	"every code is good":        func(m *connecttest.Memory) crm.Connector { return codes{m} },
}

type forgets struct{ *connecttest.Memory }

func (c forgets) Move(ctx context.Context, key string, ref crm.Ref, m crm.PointsMove) (crm.Applied, error) {
	return c.Memory.Move(ctx, key+time.Now().String(), ref, m)
}

type late struct{ *connecttest.Memory }

func (c late) Describe(ctx context.Context) (crm.About, error) {
	about, err := c.Memory.Describe(ctx)
	about.Now = about.Now.Add(-10 * time.Minute)
	return about, err
}

type beginnings struct{ *connecttest.Memory }

func (c beginnings) Find(ctx context.Context, by crm.Identity) (found []crm.Member, err error) {
	for _, m := range c.Stored() {
		if by.Phone != "" && strings.HasPrefix(m.Profile.Phone, by.Phone) || by.Email != "" && m.Profile.Email == by.Email {
			found = append(found, m)
		}
	}
	return found, ctx.Err()
}

type everybody struct{ *connecttest.Memory }

func (c everybody) Find(ctx context.Context, _ crm.Identity) ([]crm.Member, error) {
	return c.Stored(), ctx.Err()
}

type trims struct{ *connecttest.Memory }

func (c trims) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	ref.Card = strings.TrimSpace(ref.Card)
	return c.Memory.Member(ctx, ref)
}

type nameless struct{ *connecttest.Memory }

func (c nameless) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	m, err := c.Memory.Member(ctx, ref)
	m.Profile.Patronymic = ""
	return m, err
}

type clears struct{ *connecttest.Memory }

func (c clears) Update(ctx context.Context, key string, ref crm.Ref, p crm.Profile) error {
	if p.Locality == "" {
		p.Locality = "?"
	}
	return c.Memory.Update(ctx, key, ref, p)
}

type renumbers struct{ *connecttest.Memory }

func (c renumbers) Enroll(ctx context.Context, e crm.Enrollment) (crm.Member, error) {
	m, err := c.Memory.Enroll(ctx, e)
	m.Card += "0"
	return m, err
}

type blames struct{ *connecttest.Memory }

func (c blames) Enroll(ctx context.Context, e crm.Enrollment) (crm.Member, error) {
	m, err := c.Memory.Enroll(ctx, e)
	if crm.KindOf(err) == crm.ErrUnavailable {
		err = crm.ErrInvalidProfile
	}
	return m, err
}

type denies struct{ *connecttest.Memory }

func (c denies) Update(ctx context.Context, key string, ref crm.Ref, p crm.Profile) error {
	err := c.Memory.Update(ctx, key, ref, p)
	if crm.KindOf(err) == crm.ErrUnavailable {
		err = crm.Wrap(crm.ErrNotDone, err)
	}
	return err
}

type deaf struct{ *connecttest.Memory }

func (c deaf) Update(ctx context.Context, key string, ref crm.Ref, p crm.Profile) error {
	return c.Memory.Update(context.WithoutCancel(ctx), key, ref, p)
}

type yes struct{ *connecttest.Memory }

func (c yes) Operation(context.Context, string, crm.Ref, time.Time) (crm.Applied, bool, error) {
	return crm.Applied{}, true, nil
}

type no struct{ *connecttest.Memory }

func (c no) Operation(context.Context, string, crm.Ref, time.Time) (crm.Applied, bool, error) {
	return crm.Applied{}, false, nil
}

type owes struct{ *connecttest.Memory }

func (c owes) Balance(ctx context.Context, ref crm.Ref) (crm.PointsBalance, error) {
	b, err := c.Memory.Balance(ctx, ref)
	b.Available--
	return b, err
}

type generous struct{ *connecttest.Memory }

func (c generous) Move(ctx context.Context, key string, ref crm.Ref, m crm.PointsMove) (crm.Applied, error) {
	applied, err := c.Memory.Move(ctx, key, ref, m)
	if crm.KindOf(err) == crm.ErrInsufficientPoints {
		err = nil
	}
	return applied, err
}

type short struct{ *connecttest.Memory }

func (c short) Purchases(ctx context.Context, ref crm.Ref, from, to crm.Date, after string, limit int) ([]crm.Purchase, string, error) {
	lines, next, err := c.Memory.Purchases(ctx, ref, from, to, after, limit)
	return slices.DeleteFunc(slices.Clone(lines), func(p crm.Purchase) bool { return p.Date == to }), next, err
}

type still struct{ *connecttest.Memory }

func (c still) Members(ctx context.Context, _ string, limit int) ([]crm.Member, string, error) {
	return c.Memory.Members(ctx, "1", min(limit, 1))
}

type keeps struct{ *connecttest.Memory }

func (c keeps) Erase(ctx context.Context, _ crm.Ref) error { return ctx.Err() }

type codes struct{ *connecttest.Memory }

func (c codes) Redeem(ctx context.Context, key string, ref crm.Ref, code string) (crm.Applied, error) {
	applied, err := c.Memory.Redeem(ctx, key, ref, code)
	if crm.KindOf(err) == crm.ErrCodeUnknown {
		err = nil
	}
	return applied, err
}

// TestBrokenConnectors: each is caught.
func TestBrokenConnectors(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		t.Run(name, func(t *testing.T) {
			m := connecttest.NewMemory()
			s := subject(m, broken[name](m))
			var caught []string
			for _, check := range connecttest.Checks() {
				if err := check.Try(t.Context(), s); err != nil && !connecttest.Skipped(err) {
					caught = append(caught, check.Name)
				}
			}
			assert.NotEmpty(t, caught)
			t.Log(caught)
		})
	}
}
