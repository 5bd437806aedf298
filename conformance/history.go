package conformance

import (
	"fmt"
	"slices"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

func historyRules() []ruled {
	m := []string{"listPurchases"}
	return []ruled{
		{
			Rule: contract.Rule{ID: "history.none", Text: "A card without purchases is answered with 200 and [].", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			check: withFresh(func(c *check, p *customer) {
				r := c.purchases("history of a new card", p.number, "2020-01-01", "")
				r.taken()
				r.expect(r.doc != nil && r.doc.Kind == document.Array && len(r.doc.Items) == 0, "[]", "the body is not []")
			}),
			faults: []Fault{
				{Name: "no-history-is-empty", Breaks: "A card without purchases is answered with an empty body"},
				{Name: "no-history-is-null", Breaks: "A card without purchases is answered with null"},
				{Name: "no-history-is-error", Breaks: "A card without purchases is an error"},
			},
		},
		{
			Rule: contract.Rule{ID: "history.start-required", Text: "startDate is required: without it the answer is 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m},
			check: knownCard(func(c *check, p *customer) {
				c.refusedHistory("history without startDate", p.number, "", "2026-12-31")
			}),
			faults: []Fault{{Name: "start-date-optional", Breaks: "startDate may be missing"}},
		},
		{
			Rule: contract.Rule{ID: "history.bad-date", Text: "A startDate that is no day is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
			check: knownCard(func(c *check, p *customer) {
				for _, day := range []string{"2026-13-01", "2026-02-30", "01.02.2026", "yesterday", "20260101"} {
					c.refusedHistory("startDate is no day", p.number, day, "")
				}
			}),
			faults: []Fault{{Name: "any-start-date", Breaks: "A startDate that is no day is taken"}},
		},
		{
			Rule: contract.Rule{ID: "history.bad-end", Text: "An endDate that is no day is answered with 422.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m},
			check: knownCard(func(c *check, p *customer) {
				for _, day := range []string{"2026-13-01", "tomorrow"} {
					c.refusedHistory("endDate is no day", p.number, "2026-01-01", day)
				}
			}),
			faults: []Fault{{Name: "any-end-date", Breaks: "An endDate that is no day is taken"}},
		},
		{
			Rule: contract.Rule{ID: "history.unknown-card", Text: "The history of an unknown card is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
			check: func(c *check) {
				c.refusedHistory("history of a card that nobody has", c.maker.number(), "2026-01-01", "")
			},
			faults: []Fault{{Name: "history-of-unknown-card", Breaks: "The history of an unknown card is empty"}},
		},
		{
			Rule: contract.Rule{ID: "history.lines", Text: "The purchases of a card are listed.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
			check: history(func(_ *check, h *bought) {
				h.whole.expect(len(h.days) > 0, "purchases", "there are none")
			}),
			faults: []Fault{
				{Name: "history-forgotten", Breaks: "No purchase is ever listed"},
				{Name: "end-needed", Breaks: "Without endDate the history is empty"},
			},
		},
		{
			Rule:  contract.Rule{ID: "history.start", Text: "No purchase before startDate is listed, and all from that day on are.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
			check: history(func(c *check, h *bought) { h.between(c, h.middle(), "") }),
			faults: []Fault{
				{Name: "dates-ignored", Breaks: "The history ignores its dates"},
				{Name: "start-exclusive", Breaks: "Purchases of startDate are left out"},
			},
		},
		{
			Rule:  contract.Rule{ID: "history.end", Text: "No purchase after endDate is listed, and all of that day are.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
			check: history(func(c *check, h *bought) { h.between(c, longAgo, h.middle()) }),
			faults: []Fault{
				{Name: "end-exclusive", Breaks: "Purchases of endDate are left out"},
				{Name: "end-ignored", Breaks: "endDate is not looked at"},
			},
		},
		{
			Rule: contract.Rule{ID: "history.one-day", Text: "startDate and endDate may be the same day, which is whole.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
			check: history(func(c *check, h *bought) {
				h.between(c, h.middle(), h.middle())
			}),
			faults: []Fault{{Name: "one-day-empty", Breaks: "The same day twice is no time at all"}},
		},
		{
			Rule: contract.Rule{ID: "history.outside", Text: "Days without purchases give [].", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Needs: contract.NeedsHistory},
			check: history(func(c *check, _ *bought) {
				r := c.purchases("days before all purchases", c.profile.Data.History, longAgo, "1970-01-02")
				r.expect(r.ok() && r.doc != nil && r.doc.Kind == document.Array && len(r.doc.Items) == 0, "[]", "the body is not []")
			}),
			faults: []Fault{{Name: "nothing-is-everything", Breaks: "Days without purchases give all of them"}},
		},
		{
			Rule: contract.Rule{ID: "history.own", Text: "Another card's purchases are not listed.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m, Writes: true, Needs: contract.NeedsHistory},
			check: withFresh(func(c *check, p *customer) {
				r := c.purchases("history of another card", p.number, longAgo, "")
				r.expect(r.ok() && r.doc != nil && len(r.doc.Items) == 0, "[]", "purchases are listed that are not this card's")
			}),
			faults: []Fault{{Name: "history-of-everybody", Breaks: "The history is everybody's"}},
		},
	}
}

const longAgo = "1970-01-01"

func (c *check) refusedHistory(title, number, from, to string) {
	r := c.purchases(title, number, from, to)
	r.refused()
}

// bought is the whole history of the profile's card.
type bought struct {
	whole *reply
	// days are the days of all lines, in order.
	days []string
}

// history hands a check the whole history of the profile's card.
func history(do func(*check, *bought)) checkFunc {
	return func(c *check) {
		r := c.purchases("the whole history", c.profile.Data.History, longAgo, "")
		if !r.ok() {
			r.taken()
			return
		}
		do(c, &bought{whole: r, days: daysOf(r)})
	}
}

func daysOf(r *reply) []string {
	var days []string
	if r.doc != nil {
		for _, line := range r.doc.Items {
			days = append(days, line.Leaf("date"))
		}
	}
	slices.Sort(days)
	return days
}

// middle is a day with purchases that is neither the first nor the last, if
// there is one.
func (h *bought) middle() string {
	distinct := slices.Compact(slices.Clone(h.days))
	if len(distinct) == 0 {
		return "2026-01-01"
	}
	return distinct[len(distinct)/2]
}

// between expects exactly the lines of the whole history between two days.
func (h *bought) between(c *check, from, to string) {
	if len(slices.Compact(slices.Clone(h.days))) < 2 {
		panic(stop{&lacking{"data.history must be a card with purchases on two days or more"}})
	}
	r := c.purchases(fmt.Sprintf("from %s to %s", from, to), c.profile.Data.History, from, to)
	r.taken()
	var want []string
	for _, day := range h.days {
		if day >= from && (to == "" || day <= to) {
			want = append(want, day)
		}
	}
	got := daysOf(r)
	r.expect(slices.Equal(got, want), fmt.Sprintf("%d purchases, from the whole history", len(want)), "%d purchases are listed, or of other days", len(got))
}
