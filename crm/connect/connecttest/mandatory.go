package connecttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/crm"
)

// able tells which optional interfaces a connector's type has.
func able(c crm.Connector) map[string]bool {
	is := map[string]bool{}
	_, is[crm.OffersBalance] = c.(crm.ConnectedBalances)
	_, is[crm.OffersChannels] = c.(crm.ConnectedConsents)
	_, is[crm.OffersPurchases] = c.(crm.ConnectedPurchases)
	_, is[crm.OffersOffers] = c.(crm.ConnectedOffers)
	_, is[crm.OffersMembers] = c.(crm.ConnectedDirectory)
	_, is[crm.OffersReceipt] = c.(crm.ConnectedReceipts)
	_, is[crm.OffersCode] = c.(crm.ConnectedCodes)
	_, is[crm.OffersPoints] = c.(crm.ConnectedPoints)
	_, is[crm.OffersLookup] = c.(crm.ConnectedLookup)
	_, is[crm.OffersErase] = c.(crm.ConnectedErasure)
	return is
}

func describeChecks() []Check {
	return []Check{
		{"describe/name", func(_ context.Context, s *Subject) error {
			if s.about.Name == "" {
				return errors.New("the CRM has no name")
			}
			return nil
		}},
		{"describe/offers-what-it-can", func(_ context.Context, s *Subject) error {
			can := able(s.Connector)
			for _, name := range s.about.Offers {
				if !can[name] {
					return fmt.Errorf("it offers %q, and has no such method", name)
				}
			}
			return nil
		}},
		{"describe/guarantees", func(_ context.Context, s *Subject) error {
			for w, g := range s.about.Writes {
				if !slices.Contains([]crm.Guarantee{crm.GuaranteeNone, crm.GuaranteeSearchable, crm.GuaranteeNatural, crm.GuaranteeKeyed}, g) {
					return fmt.Errorf("the guarantee of %s is %q", w, g)
				}
			}
			return nil
		}},
		{"describe/searchable-has-lookup", func(_ context.Context, s *Subject) error {
			for w, g := range s.about.Writes {
				if g == crm.GuaranteeSearchable && !s.offers(crm.OffersLookup) {
					return fmt.Errorf("%s is searchable, and there is no look-up", w)
				}
			}
			return nil
		}},
		{"describe/limits", func(_ context.Context, s *Subject) error {
			if s.about.PerSecond < 0 || s.about.InFlight < 0 {
				return errors.New("a limit is negative")
			}
			return nil
		}},
		{"describe/clock", func(_ context.Context, s *Subject) error {
			if off := time.Since(s.about.Now).Abs(); !s.about.Now.IsZero() && off > 5*time.Minute {
				return fmt.Errorf("its clock is %s away from this machine's", off)
			}
			return nil
		}},
	}
}

func findChecks() []Check {
	checks := []Check{
		{"find/nobody", func(ctx context.Context, s *Subject) error { return s.nowhere(ctx, crm.Identity{Phone: s.phone()}) }},
		{"find/nobody-by-email", func(ctx context.Context, s *Subject) error {
			return s.nowhere(ctx, crm.Identity{Email: "nobody" + s.phone() + "@example.com"})
		}},
		{"find/part-of-a-phone", func(ctx context.Context, s *Subject) error {
			_, p, err := s.made(ctx)
			return first(err, s.nowhere(ctx, crm.Identity{Phone: p.Phone[:10]}), s.nowhere(ctx, crm.Identity{Phone: p.Phone + "0"}))
		}},
		{"find/empty-field-is-nobody", func(ctx context.Context, s *Subject) error {
			e := s.enrollment()
			e.Profile.Email = ""
			if _, err := s.Connector.Enroll(ctx, e); err != nil {
				return err
			}
			return s.nowhere(ctx, crm.Identity{Phone: s.phone()})
		}},
		{"find/phone-or-email", func(ctx context.Context, s *Subject) error {
			if s.PhoneOnly {
				return errSkip
			}
			_, one, err := s.made(ctx)
			_, other, errOther := s.made(ctx)
			if err := first(err, errOther); err != nil {
				return err
			}
			found, err := s.Connector.Find(ctx, crm.Identity{Phone: one.Phone, Email: other.Email})
			return first(err, want("customers", len(found), 2))
		}},
		{"find/all-cards", func(ctx context.Context, s *Subject) error {
			m, p, err := s.made(ctx)
			if err != nil {
				return err
			}
			second := s.number()
			if _, err := s.Connector.Enroll(ctx, crm.Enrollment{Key: s.key(), Number: second, Profile: p}); crm.KindOf(err) == crm.ErrPhoneTaken {
				return errSkip // a CRM of one card for each customer
			} else if err != nil {
				return err
			}
			numbers, err := s.cards(ctx, p.Phone)
			slices.Sort(numbers)
			return first(err, want("cards", fmt.Sprint(numbers), fmt.Sprint([]string{m.Card, second.Number})))
		}},
		{"member/as-enrolled", func(ctx context.Context, s *Subject) error {
			m, p, err := s.made(ctx)
			if err != nil {
				return err
			}
			got, err := s.Connector.Member(ctx, m.Ref)
			return first(err, want("card", got.Card, m.Card), want("customer", got.ID, m.ID), s.profile(got.Profile, p), want("state", got.State, crm.CardActive))
		}},
		{"member/by-card-alone", func(ctx context.Context, s *Subject) error {
			m, _, err := s.made(ctx)
			if err != nil {
				return err
			}
			got, err := s.Connector.Member(ctx, crm.Ref{Card: m.Card})
			return first(err, want("customer", got.ID, m.ID))
		}},
		{"member/of-another-customer", func(ctx context.Context, s *Subject) error {
			m, _, err := s.made(ctx)
			other, _, errOther := s.made(ctx)
			if err := first(err, errOther); err != nil || m.ID == "" {
				return err
			}
			got, err := s.Connector.Member(ctx, crm.Ref{ID: other.ID, Card: m.Card})
			if err == nil && got.ID == other.ID && got.Card == m.Card {
				return errors.New("a card is shown as another customer's")
			}
			return nil
		}},
	}
	for name, spoil := range map[string]func(string) string{
		"unknown": func(n string) string { return n[:len(n)-3] + "000" }, "shorter": func(n string) string { return n[:len(n)-1] },
		"longer": func(n string) string { return n + "0" }, "trailing-blank": func(n string) string { return n + " " }, "wildcard": func(n string) string { return n[:len(n)-1] + "%" },
	} {
		checks = append(checks, Check{"member/" + name, func(ctx context.Context, s *Subject) error {
			m, _, err := s.made(ctx)
			if err != nil {
				return err
			}
			_, err = s.Connector.Member(ctx, crm.Ref{Card: spoil(m.Card)})
			return refused("Member of another number", err, crm.ErrCardNotFound)
		}})
	}
	slices.SortFunc(checks, func(a, b Check) int { return strings.Compare(a.Name, b.Name) })
	return checks
}

func enrollChecks() []Check {
	return []Check{
		{"enroll/answer", func(ctx context.Context, s *Subject) error {
			e := s.enrollment()
			m, err := s.Connector.Enroll(ctx, e)
			return first(err, want("card", m.Card, e.Number.Number), want("phone", m.Profile.Phone, e.Profile.Phone), want("state", m.State, crm.CardActive))
		}},
		{"enroll/found-at-once", func(ctx context.Context, s *Subject) error {
			m, p, err := s.made(ctx)
			if err != nil {
				return err
			}
			numbers, err := s.cards(ctx, p.Phone)
			return first(err, want("cards", fmt.Sprint(numbers), fmt.Sprint([]string{m.Card})))
		}},
		{"enroll/number-taken", func(ctx context.Context, s *Subject) error {
			m, _, err := s.made(ctx)
			if err != nil {
				return err
			}
			e := s.enrollment()
			e.Number.Number = m.Card
			_, err = s.Connector.Enroll(ctx, e)
			return first(refused("Enroll of somebody's number", err, crm.ErrNumberTaken), s.nowhere(ctx, crm.Identity{Phone: e.Profile.Phone}))
		}},
		{"enroll/email-taken", func(ctx context.Context, s *Subject) error {
			_, p, err := s.made(ctx)
			if err != nil {
				return err
			}
			e := s.enrollment()
			e.Profile.Email = p.Email
			_, err = s.Connector.Enroll(ctx, e)
			if err == nil {
				return errSkip // e-mails are nobody's alone
			}
			return first(refused("Enroll with somebody's e-mail", err, crm.ErrEmailTaken), s.nowhere(ctx, crm.Identity{Phone: e.Profile.Phone}))
		}},
		{"enroll/phone-alone", func(ctx context.Context, s *Subject) error {
			e := s.enrollment()
			e.Profile = crm.Profile{Phone: e.Profile.Phone}
			m, err := s.Connector.Enroll(ctx, e)
			return first(err, want("card", m.Card, e.Number.Number))
		}},
		{"enroll/race-for-a-phone", func(ctx context.Context, s *Subject) error {
			p := s.person()
			s.race(func(int) error {
				_, err := s.Connector.Enroll(ctx, crm.Enrollment{Key: s.key(), Number: s.number(), Profile: p})
				return err
			})
			numbers, err := s.cards(ctx, p.Phone) // one customer, with one card or many
			if err == nil && len(numbers) == 0 {
				err = errors.New("twenty calls made no card")
			}
			return err
		}},
		{"enroll/race-for-a-number", func(ctx context.Context, s *Subject) error {
			number := s.number()
			won := 0
			for _, err := range s.race(func(int) error {
				_, err := s.Connector.Enroll(ctx, crm.Enrollment{Key: s.key(), Number: number, Profile: s.person()})
				return err
			}) {
				switch kind := crm.KindOf(err); {
				case err == nil:
					won++
				case kind != crm.ErrNumberTaken && kind != crm.ErrBusy && kind != crm.ErrNotDone:
					return fmt.Errorf("a loser: %w", err)
				}
			}
			return want("customers who got the number", won, 1)
		}},
		{"enroll/race-of-one-key", func(ctx context.Context, s *Subject) error {
			if g := s.about.Writes[crm.WriteEnroll]; g != crm.GuaranteeKeyed && g != crm.GuaranteeNatural {
				return errSkip
			}
			e := s.enrollment()
			for _, err := range s.race(func(int) error { _, err := s.Connector.Enroll(ctx, e); return err }) {
				if err != nil && crm.KindOf(err) != crm.ErrBusy && !errors.Is(err, crm.ErrNotDone) {
					return fmt.Errorf("a twin: %w", err)
				}
			}
			numbers, err := s.cards(ctx, e.Profile.Phone)
			return first(err, want("cards", len(numbers), 1))
		}},
		{"enroll/other-content-under-a-key", func(ctx context.Context, s *Subject) error {
			if s.about.Writes[crm.WriteEnroll] != crm.GuaranteeKeyed {
				return errSkip
			}
			e, other := s.enrollment(), s.enrollment()
			other.Key = e.Key
			_, err := s.Connector.Enroll(ctx, e)
			_, conflict := s.Connector.Enroll(ctx, other)
			return first(err, refused("Enroll of another under a used key", conflict, crm.ErrOperationConflict), s.nowhere(ctx, crm.Identity{Phone: other.Profile.Phone}))
		}},
	}
}

// racers is how many calls a race has.
const racers = 20

func (s *Subject) race(do func(i int) error) []error {
	faults := make([]error, racers)
	var running sync.WaitGroup
	for i := range racers {
		running.Go(func() { faults[i] = do(i) })
	}
	running.Wait()
	return faults
}

func updateChecks() []Check {
	var checks []Check
	for name, set := range map[string]func(p *crm.Profile, s *Subject){
		"phone":      func(p *crm.Profile, s *Subject) { p.Phone = s.phone() },
		"email":      func(p *crm.Profile, s *Subject) { p.Email = "new" + s.phone() + "@example.com" },
		"surname":    func(p *crm.Profile, _ *Subject) { p.Surname = "O’Neill — Прохорова" },
		"firstname":  func(p *crm.Profile, _ *Subject) { p.FirstName = "Zoë 😀" },
		"patronymic": func(p *crm.Profile, _ *Subject) { p.Patronymic = "'; DROP TABLE x; --" },
		"sex":        func(p *crm.Profile, _ *Subject) { p.Sex = "m" },
		"birthdate":  func(p *crm.Profile, _ *Subject) { p.BirthDate = "2000-02-29" },
		"country":    func(p *crm.Profile, _ *Subject) { p.CountryCode = "KZ" },
		"locality":   func(p *crm.Profile, _ *Subject) { p.Locality = "Орёл" },
	} {
		checks = append(checks, Check{"update/" + name, func(ctx context.Context, s *Subject) error {
			m, wanted, err := s.made(ctx)
			if err != nil {
				return err
			}
			var change crm.Profile
			set(&change, s)
			wanted = wanted.Merged(change)
			key := s.key()
			err = s.Connector.Update(ctx, key, m.Ref, change)
			again := s.Connector.Update(ctx, key, m.Ref, change)
			got, errGot := s.Connector.Member(ctx, m.Ref)
			return first(err, again, errGot, s.profile(got.Profile, wanted))
		}})
	}
	checks = append(checks,
		Check{"update/unknown-card", func(ctx context.Context, s *Subject) error {
			err := s.Connector.Update(ctx, s.key(), crm.Ref{Card: s.number().Number}, crm.Profile{Surname: "A"})
			return refused("Update of no card", err, crm.ErrCardNotFound)
		}},
		Check{"update/phone-taken", func(ctx context.Context, s *Subject) error {
			m, p, err := s.made(ctx)
			_, other, errOther := s.made(ctx)
			if err := first(err, errOther); err != nil {
				return err
			}
			err = s.Connector.Update(ctx, s.key(), m.Ref, crm.Profile{Phone: other.Phone, Surname: "Чужая"})
			got, errGot := s.Connector.Member(ctx, m.Ref)
			return first(refused("Update to somebody's phone", err, crm.ErrPhoneTaken), errGot, s.profile(got.Profile, p))
		}},
		Check{"update/blocked", func(ctx context.Context, s *Subject) error {
			if s.Block == nil {
				return errSkip
			}
			m, _, err := s.made(ctx)
			if err := first(err, s.Block(ctx, m.Card)); err != nil {
				return err
			}
			got, err := s.Connector.Member(ctx, m.Ref)
			refusal := s.Connector.Update(ctx, s.key(), m.Ref, crm.Profile{Surname: "A"})
			return first(err, want("state", got.State, crm.CardBlocked), refused("Update of a blocked card", refusal, crm.ErrCardBlocked))
		}},
	)
	slices.SortFunc(checks, func(a, b Check) int { return strings.Compare(a.Name, b.Name) })
	return checks
}
