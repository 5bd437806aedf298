// Package connecttest has a check for each promise of a [crm.Connector], for whoever
// writes one, and a CRM in memory with faults.
//
//	func TestConnector(t *testing.T) {
//		connecttest.Run(t, func(t *testing.T) *connecttest.Subject {
//			return &connecttest.Subject{Connector: open(t), Cut: proxy.Cut}
//		})
//	}
package connecttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"koshelek-adapter/crm"
)

// Subject is a connector in front of a CRM that the checks may fill. What is nil is
// not checked. The checks make customers of their own and look at no others.
type Subject struct {
	Connector crm.Connector
	// Cut has the next call of the connector lose its connection, before or after the
	// CRM has committed. Without it no guarantee is proved.
	Cut func(after bool)
	// Block blocks a card in the CRM.
	Block func(ctx context.Context, number string) error
	// Bought stores a purchase of a card in the CRM.
	Bought func(ctx context.Context, number string, line crm.Purchase) error
	// Code is a promo code that everybody may redeem, "" for none.
	Code string
	// PhoneOnly tells that the CRM cannot search by e-mail.
	PhoneOnly bool
	// Keeps gives what the CRM keeps of a profile; nil for everything.
	Keeps func(crm.Profile) crm.Profile
	// Phones is what the phones of the checks begin with: eleven digits, of which the
	// last six are counted; 0 for 79990000000.
	Phones int64

	about crm.About
	count atomic.Int64
}

// Check is one promise of a connector. Its error says how it is broken; errSkip that
// the connector does not make it.
type Check struct {
	Name string
	Run  func(ctx context.Context, s *Subject) error
}

var errSkip = errors.New("not promised, or nothing to prove it with")

// Skipped reports a check that had nothing to prove.
func Skipped(err error) bool { return errors.Is(err, errSkip) }

// Run runs every check in turn.
func Run(t *testing.T, open func(t *testing.T) *Subject) {
	t.Helper()
	s := open(t)
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			switch err := check.Try(t.Context(), s); {
			case Skipped(err):
				t.Skip(err)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// Try runs the check; a panic of the connector is an error.
func (c Check) Try(ctx context.Context, s *Subject) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the connector panicked: %v", fault)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if s.about, err = s.Connector.Describe(ctx); err != nil {
		return fmt.Errorf("Describe: %w", err)
	}
	return c.Run(ctx, s)
}

// Checks gives every check.
func Checks() []Check {
	return slices.Concat(describeChecks(), findChecks(), enrollChecks(), updateChecks(), cancelChecks(), offeredChecks(), guaranteeChecks())
}

// phone and number give new ones.
func (s *Subject) phone() string {
	begin := s.Phones
	if begin == 0 {
		begin = 79990000000
	}
	return fmt.Sprint(begin + s.count.Add(1))
}

func (s *Subject) number() crm.CardNumber {
	number := fmt.Sprintf("99%011d", s.count.Add(1)+s.Phones%1_000_000_000)
	return crm.CardNumber{Number: number, BarcodeNumber: number, BarcodeType: crm.Code128}
}

// person is a new customer with every field.
func (s *Subject) person() crm.Profile {
	phone := s.phone()
	return crm.Profile{
		Phone: phone, Email: "u" + phone + "@example.com", Surname: "Ёлкина", FirstName: "Анна-Мария", Patronymic: "Ильинична", Sex: "f",
		BirthDate: "1990-02-28", CountryCode: "RU", Locality: "Йошкар-Ола",
	}
}

func (s *Subject) enrollment() crm.Enrollment {
	return crm.Enrollment{Key: s.key(), Number: s.number(), Profile: s.person()}
}

func (s *Subject) key() string { return fmt.Sprintf("check-%d-%d", s.Phones, s.count.Add(1)) }

// made enrolls a new customer.
func (s *Subject) made(ctx context.Context) (crm.Member, crm.Profile, error) {
	e := s.enrollment()
	m, err := s.Connector.Enroll(ctx, e)
	if err != nil {
		return m, e.Profile, fmt.Errorf("Enroll of a new customer: %w", err)
	}
	return m, e.Profile, nil
}

func (s *Subject) offers(name string) bool { return slices.Contains(s.about.Offers, name) }

// profile wants a profile as far as the CRM keeps it.
func (s *Subject) profile(got, wanted crm.Profile) error {
	if s.Keeps != nil {
		wanted = s.Keeps(wanted)
	}
	return want("profile", got, wanted)
}

// want compares.
func want[T comparable](what string, got, wanted T) error {
	if got != wanted {
		return fmt.Errorf("%s: %v, not %v", what, got, wanted)
	}
	return nil
}

// refused wants one of some kinds.
func refused(what string, err error, kinds ...crm.Kind) error {
	if !slices.Contains(kinds, crm.KindOf(err)) {
		return fmt.Errorf("%s: error %v, not one of %v", what, err, kinds)
	}
	return nil
}

// first gives the first error.
func first(faults ...error) error {
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// nowhere wants a customer not to be found.
func (s *Subject) nowhere(ctx context.Context, by crm.Identity) error {
	found, err := s.Connector.Find(ctx, by)
	if err != nil || len(found) > 0 {
		return fmt.Errorf("Find of nobody: %d members, error %v", len(found), err)
	}
	return nil
}

// cards gives the numbers that Find gives for a phone, and wants one customer.
func (s *Subject) cards(ctx context.Context, phone string) (numbers []string, err error) {
	found, err := s.Connector.Find(ctx, crm.Identity{Phone: phone})
	if err != nil {
		return nil, fmt.Errorf("Find: %w", err)
	}
	for _, m := range found {
		if m.Card != "" {
			numbers = append(numbers, m.Card)
		}
		if m.Profile.Phone != phone || m.ID != found[0].ID {
			return nil, fmt.Errorf("Find gives a customer %q with the phone %q beside %q", m.ID, m.Profile.Phone, found[0].ID)
		}
	}
	return numbers, nil
}
