package conformance

import (
	"fmt"
	"slices"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

func historyRules() []ruled {
	m := []string{"listPurchases"}
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: thirdParty, Source: fromPartner, Since: v100, Methods: m, Needs: contract.NeedsHistory}
	}
	return []ruled{
		row(contract.Rule{ID: "history.none", Text: "A card without purchases is answered with 200 and [].", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m, Writes: true},
			withFresh(func(c *check, p *customer) {
				r := c.purchases("history of a new card", p.number, "2020-01-01", "")
				r.taken()
				r.expect(r.doc != nil && r.doc.Kind == document.Array && len(r.doc.Items) == 0, "[]", "the body is not []")
			}),
			fault("no-history-is-empty", "A card without purchases is answered with an empty body"),
			fault("no-history-is-null", "A card without purchases is answered with null"),
			fault("no-history-is-error", "A card without purchases is an error")),
		row(contract.Rule{ID: "history.start-required", Text: "startDate is required: without it the answer is 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Minor, Methods: m},
			knownCard(func(c *check, p *customer) {
				c.refusedHistory("history without startDate", p.number, "", "2026-12-31")
			}),
			fault("start-date-optional", "startDate may be missing")),
		row(contract.Rule{ID: "history.bad-date", Text: "A startDate that is no day is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
			knownCard(func(c *check, p *customer) {
				for _, day := range []string{"2026-13-01", "2026-02-30", "01.02.2026", "yesterday", "20260101"} {
					c.refusedHistory("startDate is no day", p.number, day, "")
				}
			}),
			fault("any-start-date", "A startDate that is no day is taken")),
		row(contract.Rule{ID: "history.bad-end", Text: "An endDate that is no day is answered with 422.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: m},
			knownCard(func(c *check, p *customer) {
				for _, day := range []string{"2026-13-01", "tomorrow"} {
					c.refusedHistory("endDate is no day", p.number, "2026-01-01", day)
				}
			}),
			fault("any-end-date", "An endDate that is no day is taken")),
		row(contract.Rule{ID: "history.unknown-card", Text: "The history of an unknown card is answered with 422.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major, Methods: m},
			func(c *check) {
				c.refusedHistory("history of a card that nobody has", c.maker.number(), "2026-01-01", "")
			},
			fault("history-of-unknown-card", "The history of an unknown card is empty")),
		row(rule("history.lines", "The purchases of a card are listed.", contract.Major),
			history(func(_ *check, h *bought) {
				h.whole.expect(len(h.days) > 0, "purchases", "there are none")
			}),
			fault("history-forgotten", "No purchase is ever listed"),
			fault("end-needed", "Without endDate the history is empty")),
		row(rule("history.start", "No purchase before startDate is listed, and all from that day on are.", contract.Major),
			history(func(c *check, h *bought) { h.between(c, h.middle(), "") }),
			fault("dates-ignored", "The history ignores its dates"),
			fault("start-exclusive", "Purchases of startDate are left out")),
		row(rule("history.end", "No purchase after endDate is listed, and all of that day are.", contract.Major),
			history(func(c *check, h *bought) { h.between(c, longAgo, h.middle()) }),
			fault("end-exclusive", "Purchases of endDate are left out"),
			fault("end-ignored", "endDate is not looked at")),
		row(rule("history.one-day", "startDate and endDate may be the same day, which is whole.", contract.Major),
			history(func(c *check, h *bought) {
				h.between(c, h.middle(), h.middle())
			}),
			fault("one-day-empty", "The same day twice is no time at all")),
		row(rule("history.outside", "Days without purchases give [].", contract.Major),
			history(func(c *check, _ *bought) {
				r := c.purchases("days before all purchases", c.profile.Data.History, longAgo, "1970-01-02")
				r.expect(r.ok() && r.doc != nil && r.doc.Kind == document.Array && len(r.doc.Items) == 0, "[]", "the body is not []")
			}),
			fault("nothing-is-everything", "Days without purchases give all of them")),
		row(contract.Rule{ID: "history.own", Text: "Another card's purchases are not listed.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: m, Writes: true, Needs: contract.NeedsHistory},
			withFresh(func(c *check, p *customer) {
				r := c.purchases("history of another card", p.number, longAgo, "")
				r.expect(r.ok() && r.doc != nil && len(r.doc.Items) == 0, "[]", "purchases are listed that are not this card's")
			}),
			fault("history-of-everybody", "The history is everybody's")),
	}
}

const longAgo = "1970-01-01"

func (c *check) refusedHistory(title, number, from, to string) {
	c.purchases(title, number, from, to).refused()
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
	stopIf(len(slices.Compact(slices.Clone(h.days))) < 2, &lacking{"data.history must be a card with purchases on two days or more"})
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
