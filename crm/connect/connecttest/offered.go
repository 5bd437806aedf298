package connecttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// write is a change whose effect can be seen.
type write struct {
	offer string // "" for mandatory ones
	w     crm.Write
	// do does it under a key, and seen tells how often it is in the CRM.
	do   func(ctx context.Context, s *Subject, key string, m crm.Member) error
	seen func(ctx context.Context, s *Subject, m crm.Member) (int, error)
}

const movedPoints = 37

var testReceipt = crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9999078900004312", I: 1, FP: 2}, SumKopecks: 100_00, Kind: crm.ReceiptSale}

// total gives the points of a card, by whichever way the CRM tells them.
func (s *Subject) total(ctx context.Context, m crm.Member) (int64, error) {
	if able, is := s.Connector.(crm.ConnectedBalances); is && s.offers(crm.OffersBalance) {
		b, err := able.Balance(ctx, m.Ref)
		return b.Total, err
	}
	got, err := s.Connector.Member(ctx, m.Ref)
	if err == nil && got.Balance == nil {
		err = errSkip
	}
	if err != nil {
		return 0, err
	}
	return got.Balance.Total, nil
}

func writes() []write {
	return []write{
		{"", crm.WriteUpdate, func(ctx context.Context, s *Subject, key string, m crm.Member) error {
			return s.Connector.Update(ctx, key, m.Ref, crm.Profile{Surname: "Новая"})
		}, func(ctx context.Context, s *Subject, m crm.Member) (int, error) {
			got, err := s.Connector.Member(ctx, m.Ref)
			if got.Profile.Surname == "Новая" {
				return 1, err
			}
			return 0, err
		}},
		{crm.OffersPoints, crm.WritePoints, func(ctx context.Context, s *Subject, key string, m crm.Member) error {
			_, err := s.Connector.(crm.ConnectedPoints).Move(ctx, key, m.Ref, crm.PointsMove{Points: movedPoints, Description: "check"})
			return err
		}, func(ctx context.Context, s *Subject, m crm.Member) (int, error) {
			total, err := s.total(ctx, m)
			return int(total / movedPoints), err
		}},
		{crm.OffersReceipt, crm.WriteReceipt, func(ctx context.Context, s *Subject, key string, m crm.Member) error {
			r := testReceipt
			for _, digit := range m.Card[len(m.Card)-6:] {
				r.I = r.I*10 + int64(digit-'0')
			}
			r.At = time.Now().Add(-24 * time.Hour).Truncate(24 * time.Hour)
			_, err := s.Connector.(crm.ConnectedReceipts).Receipt(ctx, key, m.Ref, r)
			return err
		}, nil},
		{crm.OffersChannels, crm.WriteChannels, func(ctx context.Context, s *Subject, key string, m crm.Member) error {
			return s.Connector.(crm.ConnectedConsents).SetChannels(ctx, key, m.Ref, map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: false})
		}, nil},
		{crm.OffersCode, crm.WriteCode, func(ctx context.Context, s *Subject, key string, m crm.Member) error {
			if s.Code == "" {
				return errSkip
			}
			_, err := s.Connector.(crm.ConnectedCodes).Redeem(ctx, key, m.Ref, s.Code)
			return err
		}, nil},
	}
}

// guaranteeChecks cut the connection before and after the CRM's commit, and then do
// what the declared guarantee allows.
func guaranteeChecks() []Check {
	var checks []Check
	for _, after := range []bool{false, true} {
		when := map[bool]string{false: "before", true: "after"}[after]
		checks = append(checks, Check{"guarantee/enroll-cut-" + when, func(ctx context.Context, s *Subject) error { return s.cutEnroll(ctx, after) }})
		for _, w := range writes() {
			checks = append(checks, Check{fmt.Sprintf("guarantee/%s-cut-%s", w.w, when), func(ctx context.Context, s *Subject) error {
				return s.cutWrite(ctx, w, after)
			}})
		}
	}
	for _, w := range writes() {
		checks = append(checks, Check{fmt.Sprintf("guarantee/%s-twice", w.w), func(ctx context.Context, s *Subject) error { return s.twice(ctx, w) }})
	}
	return checks
}

// lost wants an error that leaves the outcome open.
func lost(err error) error {
	if kind := crm.KindOf(err); errors.Is(err, crm.ErrNotDone) || kind != crm.ErrUnavailable && kind != crm.ErrInternal {
		return fmt.Errorf("a connection that was cut gives %v, which says that the outcome is known", err)
	}
	return nil
}

func (s *Subject) cutEnroll(ctx context.Context, after bool) error {
	g := s.about.Writes[crm.WriteEnroll]
	if s.Cut == nil || g == crm.GuaranteeNone || g == "" {
		return errSkip
	}
	e := s.enrollment()
	s.Cut(after)
	_, err := s.Connector.Enroll(ctx, e)
	if err := lost(err); err != nil {
		return err
	}
	repeat := true
	if g == crm.GuaranteeSearchable {
		_, done, err := s.Connector.(crm.ConnectedLookup).Operation(ctx, e.Key, crm.Ref{Card: e.Number.Number}, time.Now().Add(-time.Minute))
		if err := first(err, want("what the look-up says", done, after)); err != nil {
			return err
		}
		repeat = !done
	}
	if repeat {
		m, err := s.Connector.Enroll(ctx, e)
		if err := first(err, want("card of the repetition", m.Card, e.Number.Number)); err != nil {
			return err
		}
	}
	numbers, err := s.cards(ctx, e.Profile.Phone)
	return first(err, want("cards in the end", fmt.Sprint(numbers), fmt.Sprint([]string{e.Number.Number})))
}

func (s *Subject) cutWrite(ctx context.Context, w write, after bool) error {
	g := s.about.Writes[w.w]
	if s.Cut == nil || g == crm.GuaranteeNone || g == "" || w.offer != "" && !s.offers(w.offer) || w.w == crm.WriteCode && s.Code == "" {
		return errSkip
	}
	m, _, err := s.made(ctx)
	if err != nil {
		return err
	}
	before, err := s.count1(ctx, w, m)
	if err != nil {
		return err
	}
	key := s.key()
	s.Cut(after)
	if err := lost(w.do(ctx, s, key, m)); err != nil {
		return err
	}
	repeat := true
	if g == crm.GuaranteeSearchable {
		_, done, err := s.Connector.(crm.ConnectedLookup).Operation(ctx, key, m.Ref, time.Now().Add(-time.Minute))
		if err := first(err, want("what the look-up says", done, after)); err != nil {
			return err
		}
		repeat = !done
	}
	if repeat {
		if err := w.do(ctx, s, key, m); err != nil {
			return fmt.Errorf("the repetition: %w", err)
		}
	}
	got, err := s.count1(ctx, w, m)
	return first(err, want("effects in the end", got-before, min(1, seenBy(w))))
}

func seenBy(w write) int {
	if w.seen == nil {
		return 0
	}
	return 1
}

// count1 tells how often a write is seen, 0 where nobody can see it.
func (s *Subject) count1(ctx context.Context, w write, m crm.Member) (int, error) {
	if w.seen == nil {
		return 0, nil
	}
	return w.seen(ctx, s, m)
}

func (s *Subject) twice(ctx context.Context, w write) error {
	g := s.about.Writes[w.w]
	if g != crm.GuaranteeKeyed && g != crm.GuaranteeNatural || w.offer != "" && !s.offers(w.offer) {
		return errSkip
	}
	m, _, err := s.made(ctx)
	if err != nil {
		return err
	}
	before, errBefore := s.total(ctx, m)
	key := s.key()
	if err := w.do(ctx, s, key, m); err != nil {
		return err
	}
	once, errOnce := s.total(ctx, m)
	if err := w.do(ctx, s, key, m); err != nil {
		return fmt.Errorf("the repetition: %w", err)
	}
	again, errAgain := s.total(ctx, m)
	if errBefore != nil || errOnce != nil || errAgain != nil {
		return nil // a CRM that does not tell points
	}
	if w.w == crm.WritePoints && once-before != movedPoints {
		return fmt.Errorf("%d points were moved, not %d", once-before, movedPoints)
	}
	return want("points after the repetition", again, once)
}

// cancelChecks want each call to fail, and to change nothing, when its context is over.
func cancelChecks() []Check {
	var checks []Check
	add := func(name, offer string, do func(ctx context.Context, s *Subject, m crm.Member) error) {
		checks = append(checks, Check{"cancel/" + name, func(ctx context.Context, s *Subject) error {
			if offer != "" && !s.offers(offer) {
				return errSkip
			}
			m, p, err := s.made(ctx)
			if err != nil {
				return err
			}
			before, _ := s.total(ctx, m)
			over, cancel := context.WithCancel(ctx)
			cancel()
			err = do(over, s, m)
			if errors.Is(err, errSkip) {
				return err
			}
			if kind := crm.KindOf(err); kind != crm.ErrUnavailable && kind != crm.ErrNotDone && kind != crm.ErrInternal {
				return fmt.Errorf("a call whose context is over gives %v", err)
			}
			got, err := s.Connector.Member(ctx, m.Ref)
			after, _ := s.total(ctx, m)
			return first(err, s.profile(got.Profile, p), want("points", after, before))
		}})
	}
	add("describe", "", func(ctx context.Context, s *Subject, _ crm.Member) error {
		_, err := s.Connector.Describe(ctx)
		return err
	})
	add("find", "", func(ctx context.Context, s *Subject, m crm.Member) error {
		_, err := s.Connector.Find(ctx, crm.Identity{Phone: m.Profile.Phone})
		return err
	})
	add("member", "", func(ctx context.Context, s *Subject, m crm.Member) error {
		_, err := s.Connector.Member(ctx, m.Ref)
		return err
	})
	add("enroll", "", func(ctx context.Context, s *Subject, _ crm.Member) error {
		_, err := s.Connector.Enroll(ctx, s.enrollment())
		return err
	})
	for _, w := range writes() {
		add(string(w.w), w.offer, func(ctx context.Context, s *Subject, m crm.Member) error { return w.do(ctx, s, s.key(), m) })
	}
	for _, r := range reads() {
		add(r.offer, r.offer, func(ctx context.Context, s *Subject, m crm.Member) error { return r.do(ctx, s, m.Ref) })
	}
	return checks
}

// read is an optional question about a card.
type read struct {
	offer string
	do    func(ctx context.Context, s *Subject, ref crm.Ref) error
}

func reads() []read {
	return []read{
		{crm.OffersBalance, func(ctx context.Context, s *Subject, ref crm.Ref) error {
			b, err := s.Connector.(crm.ConnectedBalances).Balance(ctx, ref)
			if err == nil && (b.Available < 0 || b.Total < b.Available) {
				return fmt.Errorf("%d points are available of %d", b.Available, b.Total)
			}
			return err
		}},
		{crm.OffersPurchases, func(ctx context.Context, s *Subject, ref crm.Ref) error {
			_, _, err := s.Connector.(crm.ConnectedPurchases).Purchases(ctx, ref, "2020-01-01", "2999-12-31", "", 10)
			return err
		}},
		{crm.OffersOffers, func(ctx context.Context, s *Subject, ref crm.Ref) error {
			_, err := s.Connector.(crm.ConnectedOffers).Offers(ctx, ref)
			return err
		}},
	}
}

func offeredChecks() []Check {
	var checks []Check
	for _, r := range reads() {
		checks = append(checks,
			Check{r.offer + "/of-a-card", func(ctx context.Context, s *Subject) error {
				if !s.offers(r.offer) {
					return errSkip
				}
				m, _, err := s.made(ctx)
				if err != nil {
					return err
				}
				return r.do(ctx, s, m.Ref)
			}},
			Check{r.offer + "/unknown-card", func(ctx context.Context, s *Subject) error {
				if !s.offers(r.offer) {
					return errSkip
				}
				return refused(r.offer, r.do(ctx, s, crm.Ref{Card: s.number().Number}), crm.ErrCardNotFound)
			}})
	}
	for _, w := range writes()[1:] {
		checks = append(checks, Check{string(w.w) + "/unknown-card", func(ctx context.Context, s *Subject) error {
			if !s.offers(w.offer) || w.w == crm.WriteCode && s.Code == "" {
				return errSkip
			}
			number := s.number().Number
			return refused(string(w.w), w.do(ctx, s, s.key(), crm.Member{Ref: crm.Ref{Card: number}}), crm.ErrCardNotFound)
		}})
	}
	return append(checks, []Check{
		{"code/unknown", func(ctx context.Context, s *Subject) error {
			if !s.offers(crm.OffersCode) {
				return errSkip
			}
			m, _, err := s.made(ctx)
			if err != nil {
				return err
			}
			_, err = s.Connector.(crm.ConnectedCodes).Redeem(ctx, s.key(), m.Ref, "NOSUCHCODE"+s.phone())
			return refused("Redeem of no code", err, crm.ErrCodeUnknown)
		}},
		{"points/more-than-there-are", func(ctx context.Context, s *Subject) error {
			if !s.offers(crm.OffersPoints) {
				return errSkip
			}
			m, _, err := s.made(ctx)
			if err != nil {
				return err
			}
			before, errBefore := s.total(ctx, m)
			_, err = s.Connector.(crm.ConnectedPoints).Move(ctx, s.key(), m.Ref, crm.PointsMove{Points: -before - 1, Description: "check"})
			after, errAfter := s.total(ctx, m)
			return first(errBefore, refused("Move of too many points", err, crm.ErrInsufficientPoints), errAfter, want("points", after, before))
		}},
		{"points/race-to-spend", func(ctx context.Context, s *Subject) error {
			if !s.offers(crm.OffersPoints) {
				return errSkip
			}
			m, _, err := s.made(ctx)
			if err != nil {
				return err
			}
			spend := s.Connector.(crm.ConnectedPoints).Move
			if _, err := spend(ctx, s.key(), m.Ref, crm.PointsMove{Points: 4 * movedPoints, Description: "check"}); err != nil {
				return err
			}
			before, err := s.total(ctx, m)
			if err != nil {
				return err
			}
			spent := int64(0)
			for _, err := range s.race(func(int) error {
				_, err := spend(ctx, s.key(), m.Ref, crm.PointsMove{Points: -movedPoints, Description: "check"})
				return err
			}) {
				switch kind := crm.KindOf(err); {
				case err == nil:
					spent += movedPoints
				case kind != crm.ErrInsufficientPoints && kind != crm.ErrBusy && kind != crm.ErrNotDone:
					return fmt.Errorf("a loser: %w", err)
				}
			}
			after, err := s.total(ctx, m)
			return first(err, want("points", after, before-spent))
		}},
		{"purchases/days-and-pages", func(ctx context.Context, s *Subject) error { return s.purchases(ctx) }},
		{"members/pages", func(ctx context.Context, s *Subject) error { return s.directory(ctx) }},
		{"lookup/never-done", func(ctx context.Context, s *Subject) error {
			if !s.offers(crm.OffersLookup) {
				return errSkip
			}
			m, _, err := s.made(ctx)
			if err != nil {
				return err
			}
			_, done, err := s.Connector.(crm.ConnectedLookup).Operation(ctx, s.key(), m.Ref, time.Now().Add(-time.Minute))
			return first(err, want("done", done, false))
		}},
		{"lookup/done", func(ctx context.Context, s *Subject) error {
			if !s.offers(crm.OffersLookup) {
				return errSkip
			}
			e := s.enrollment()
			m, err := s.Connector.Enroll(ctx, e)
			if err != nil {
				return err
			}
			_, done, err := s.Connector.(crm.ConnectedLookup).Operation(ctx, e.Key, m.Ref, time.Now().Add(-time.Minute))
			return first(err, want("done", done, true))
		}},
		{"erase/gone-and-again", func(ctx context.Context, s *Subject) error {
			if !s.offers(crm.OffersErase) {
				return errSkip
			}
			m, p, err := s.made(ctx)
			if err != nil {
				return err
			}
			eraser := s.Connector.(crm.ConnectedErasure)
			return first(eraser.Erase(ctx, m.Ref), s.nowhere(ctx, crm.Identity{Phone: p.Phone}), s.nowhere(ctx, crm.Identity{Email: p.Email}), eraser.Erase(ctx, m.Ref))
		}},
	}...)
}

// purchases wants both days included, and pages that add up.
func (s *Subject) purchases(ctx context.Context) error {
	if !s.offers(crm.OffersPurchases) || s.Bought == nil {
		return errSkip
	}
	m, _, err := s.made(ctx)
	if err != nil {
		return err
	}
	days := []crm.Date{"2026-03-01", "2026-02-28", "2026-02-28", "2026-02-01", "2026-01-31"}
	for i, day := range days {
		line := crm.Purchase{CardNumber: m.Card, Ref: fmt.Sprint(i), Date: day, Item: "Coffee", AmountKopecks: 100, QuantityMilli: 1000}
		if err := s.Bought(ctx, m.Card, line); err != nil {
			return err
		}
	}
	for _, limit := range []int{1, 2, 500} {
		var got []crm.Date
		for after, pages := "", 0; ; pages++ {
			lines, next, err := s.Connector.(crm.ConnectedPurchases).Purchases(ctx, m.Ref, "2026-02-01", "2026-02-28", after, limit)
			if err != nil || len(lines) > limit || pages > racers {
				return fmt.Errorf("page %d of %d lines: %d lines, error %v", pages, limit, len(lines), err)
			}
			for _, line := range lines {
				got = append(got, line.Date)
			}
			if after = next; next == "" {
				break
			}
		}
		if err := want("days", fmt.Sprint(got), fmt.Sprint(days[1:4])); err != nil {
			return err
		}
	}
	return nil
}

// directory wants every customer once, whatever the size of the pages.
func (s *Subject) directory(ctx context.Context) error {
	if !s.offers(crm.OffersMembers) {
		return errSkip
	}
	var made []string
	for range 3 {
		m, _, err := s.made(ctx)
		if err != nil {
			return err
		}
		made = append(made, m.Card)
	}
	for _, limit := range []int{7, 500} {
		seen, last, customers := map[string]int{}, "", map[string]bool{}
		for after, next := "", ""; ; after = next {
			var members []crm.Member
			var err error
			if members, next, err = s.Connector.(crm.ConnectedDirectory).Members(ctx, after, limit); err != nil || len(members) > limit {
				return fmt.Errorf("a page of %d: %d members, error %v", limit, len(members), err)
			}
			for _, m := range members {
				seen[m.Card]++
				if m.ID != last && m.ID != "" && customers[m.ID] {
					return fmt.Errorf("the cards of the customer %s do not stand together", m.ID)
				}
				last, customers[m.ID] = m.ID, true
			}
			if next == "" {
				break
			}
			if next == after {
				return errors.New("the pages do not go on")
			}
		}
		if i := slices.IndexFunc(made, func(number string) bool { return seen[number] != 1 }); i >= 0 {
			return fmt.Errorf("the card %s is listed %d times in pages of %d", made[i], seen[made[i]], limit)
		}
	}
	return nil
}
