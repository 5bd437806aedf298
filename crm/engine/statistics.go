package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// Statistics is a Store that counts what it keeps, for operators. The counts read
// whole tables and are of no one moment.
type Statistics interface {
	// Totals counts everything.
	Totals(ctx context.Context) (Totals, error)

	// Activity counts what happened since a time, by quarters of an hour, since
	// every zone's days begin with one.
	Activity(ctx context.Context, since time.Time) ([]Activity, error)

	// AddRefusals adds to the counts of a day by the code of the refusal. A call
	// that is repeated counts twice.
	AddRefusals(ctx context.Context, day crm.Date, counts map[string]int64) error

	// Refusals gives the counts from a day on.
	Refusals(ctx context.Context, from crm.Date) ([]RefusalCount, error)
}

// Totals is what a store holds.
type Totals struct {
	// Cards by their state.
	Cards     map[crm.CardState]int64
	Customers int64
	// Points are what all cards have together, pending ones included.
	Points int64
	// Receipts and CodeUses count those that were ever accepted.
	Receipts, CodeUses int64
}

// What an Activity counts.
const (
	ActivityCards    = "cards"    // issued
	ActivityReceipts = "receipts" // accepted
	ActivityCodes    = "codes"    // used
	ActivityCredited = "credited" // postings that credit points, transfers aside
	ActivityDebited  = "debited"  // postings that take them, transfers aside
)

// Activity is how often something happened in a quarter of an hour.
type Activity struct {
	From  time.Time
	What  string
	Count int64
	// Points that were credited or, as a positive number, taken.
	Points int64
}

// RefusalCount is how often a code refused something on a day.
type RefusalCount struct {
	Day   crm.Date
	Code  string
	Count int64
}

// DayCounts is what happened on a day of the programme's zone.
type DayCounts struct {
	Day                    crm.Date
	Cards, Receipts, Codes int64
	Credited, Debited      int64 // points
	Refused                []RefusalCount
}

// Stats gives the totals, and the counts of the last days, today included, the
// newest first. The error is ErrNotSupported for a store that does not count.
func (s *Engine) Stats(ctx context.Context, days int) (Totals, []DayCounts, error) {
	counting, can := s.backend.(Statistics)
	if !can {
		return Totals{}, nil, crm.ErrNotSupported
	}
	totals, err := counting.Totals(ctx)
	if err != nil {
		return totals, nil, err
	}
	list := make([]DayCounts, days)
	y, m, d := s.now().In(s.rules.Zone).Date()
	for i := range list {
		list[i].Day = crm.DateOf(time.Date(y, m, d-i, 12, 0, 0, 0, s.rules.Zone), s.rules.Zone)
	}
	since := time.Date(y, m, d-days+1, 0, 0, 0, 0, s.rules.Zone)
	activity, err := counting.Activity(ctx, since)
	if err != nil {
		return totals, nil, err
	}
	refusals, err := counting.Refusals(ctx, list[days-1].Day)
	for _, a := range activity {
		if at := dayIn(list, crm.DateOf(a.From, s.rules.Zone)); at >= 0 {
			list[at].count(a)
		}
	}
	for _, r := range refusals {
		if at := dayIn(list, r.Day); at >= 0 {
			list[at].Refused = append(list[at].Refused, r)
		}
	}
	return totals, list, err
}

// dayIn finds a day, the newest first; -1 for none.
func dayIn(list []DayCounts, day crm.Date) int {
	return slices.IndexFunc(list, func(d DayCounts) bool { return d.Day == day })
}

func (d *DayCounts) count(a Activity) {
	switch a.What {
	case ActivityCards:
		d.Cards += a.Count
	case ActivityReceipts:
		d.Receipts += a.Count
	case ActivityCodes:
		d.Codes += a.Count
	case ActivityCredited:
		d.Credited += a.Points
	case ActivityDebited:
		d.Debited += a.Points
	}
}

// AddRefusals counts refusals for today; a store that does not count forgets them.
func (s *Engine) AddRefusals(ctx context.Context, counts map[string]int64) error {
	counting, can := s.backend.(Statistics)
	if !can || len(counts) == 0 {
		return nil
	}
	return counting.AddRefusals(ctx, crm.DateOf(s.now(), s.rules.Zone), counts)
}

// Search walks through the cards for which every word stands, in any case, in
// number, name or e-mail, or in the digits of the phone. It reads all cards. The
// words come apart by spaces; no word finds nothing.
func (s *Engine) Search(ctx context.Context, text string) func(yield func(crm.Holder, error) bool) {
	words := strings.Fields(searchable(text))
	return func(yield func(crm.Holder, error) bool) {
		if len(words) == 0 {
			return
		}
		for holder, err := range s.AllCards(ctx) {
			if err != nil {
				yield(holder, err)
				return
			}
			if s.matches(holder, words) && !yield(holder, nil) {
				return
			}
		}
	}
}

func (s *Engine) matches(h crm.Holder, words []string) bool {
	p := h.Profile
	text := searchable(strings.Join([]string{h.Card.Number, h.Card.BarcodeNumber, p.Surname, p.FirstName, p.Patronymic, p.Email}, "\n"))
	for _, word := range words {
		digits := phoneDigits(word)
		if whole, err := s.rules.Country.Phone(word); err == nil {
			digits = whole // as people write it, such as 8 for +7
		}
		if !strings.Contains(text, word) && (len(digits) < 3 || !strings.Contains(p.Phone, digits)) {
			return false
		}
	}
	return true
}

// searchable makes what people take for one letter one: case, and ё.
func searchable(text string) string { return strings.ReplaceAll(strings.ToLower(text), "ё", "е") }

// phoneDigits gives the digits of a word that can be a part of a phone, else "".
func phoneDigits(word string) string {
	digits := strings.NewReplacer("+", "", "-", "", "(", "", ")", "").Replace(word)
	if strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}
