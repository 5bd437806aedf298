package conformance

import (
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

// rangeRules hold a host to every edge of the days of a history.
func rangeRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "history." + id, Text: text, Mark: thirdParty, Source: fromPartner, Since: v100, Severity: severity, Methods: []string{"listPurchases"}}
	}
	needs := func(r contract.Rule) contract.Rule { r.Needs = contract.NeedsHistory; return r }
	return []ruled{
		row(needs(rule("edges", "Between two days stand the purchases of these days and all between, whole and unchanged, and none of the days before and behind.", contract.Major)),
			history(edges),
			fault("history-a-day-early", "The day before startDate is listed, too"),
			fault("history-a-day-late", "The day behind endDate is listed, too"),
			fault("history-by-month", "Of the dates only the month counts"),
			fault("history-lines-grouped", "Of the purchases of one day one is listed, unless the range is wide")),
		row(needs(rule("reversed", "With endDate before startDate the answer is 422 or [], never purchases.", contract.Minor)),
			history(func(c *check, h *bought) {
				stopIf(len(h.days) == 0, notReady("the history is empty"))
				r := c.purchases("the last day first and the first day last", c.profile.Data.History, dayAfter(h.days[len(h.days)-1], 1), dayAfter(h.days[0], -1))
				r.expect(!r.ok() || r.doc != nil && len(r.doc.Items) == 0, "422 or []", "purchases are listed")
			}),
			fault("reversed-range-swapped", "Days in the wrong order are put right")),
		row(needs(rule("future-end", "An endDate in the future lists what there is until today.", contract.Minor)),
			history(func(c *check, h *bought) {
				h.same(c, longAgo, c.options.Clock().UTC().AddDate(1, 0, 0).Format(time.DateOnly))
			}),
			fault("future-end-refused", "An endDate in the future is refused")),
		row(needs(rule("until-today", "Without endDate all days until today are listed, today as well: no less than with today as endDate.", contract.Major)),
			history(func(c *check, h *bought) {
				h.same(c, longAgo, c.options.Clock().UTC().Format(time.DateOnly))
			}),
			fault("today-left-out", "Without endDate the purchases of today are left out")),
		row(rule("leap-day", "29 February of a leap year is a day.", contract.Major),
			knownCard(func(c *check, p *customer) {
				for _, day := range []string{"2024-02-29", "2000-02-29"} {
					c.purchases("startDate and endDate are 29 February", p.number, day, day).taken()
				}
			}),
			fault("leap-day-refused", "29 February is refused")),
		row(rule("no-such-day", "Days that the calendar does not have are refused as startDate and as endDate.", contract.Major),
			knownCard(func(c *check, p *customer) {
				for _, day := range []string{"2025-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-01-00"} {
					c.refusedHistory("startDate is "+day, p.number, day, "")
					c.refusedHistory("endDate is "+day, p.number, longAgo, day)
				}
			}),
			fault("start-rolls-over", "29 February of any year is taken as startDate"),
			fault("end-rolls-over", "31 April is 1 May as endDate")),
		row(needs(rule("stable", "The same history twice is the same, in the same order.", contract.Minor)),
			history(func(c *check, h *bought) {
				r := c.purchases("the whole history again", c.profile.Data.History, longAgo, "")
				r.expect(slices.Equal(linesOf(r), linesOf(h.whole)), "the same lines in the same order", "the lines or their order have changed")
			}),
			fault("history-shuffled", "The order of the history changes from call to call")),
	}
}

// linesOf are the purchases of an answer as texts, in its order.
func linesOf(r *reply) []string {
	var lines []string
	if r.doc == nil {
		return nil
	}
	for _, line := range r.doc.Items {
		var parts []string
		for _, field := range []string{"date", "item", "amount", "quantity", "location", "bonuses"} {
			parts = append(parts, line.Leaf(field))
		}
		lines = append(lines, strings.Join(parts, "\x00"))
	}
	return lines
}

// dayAfter is the day so many days after another, which comes back when it is
// none.
func dayAfter(day string, days int) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.AddDate(0, 0, days).Format(time.DateOnly)
}

// edges looks at ranges that begin and end on a day with purchases, beside one,
// or are one.
func edges(c *check, h *bought) {
	days := slices.Compact(slices.Clone(h.days))
	stopIf(len(days) < 2, &lacking{"data.history must be a card with purchases on two days or more"})
	first, middle, last := days[0], days[len(days)/2], days[len(days)-1]
	for _, between := range [][2]string{
		{first, last}, {first, first}, {last, last}, {dayAfter(first, 1), dayAfter(last, -1)}, {dayAfter(middle, -1), dayAfter(middle, -1)},
		{dayAfter(middle, 1), dayAfter(middle, 1)}, {dayAfter(middle, -1), middle}, {middle, dayAfter(middle, 1)}, {dayAfter(last, 1), dayAfter(last, 2)},
	} {
		h.same(c, between[0], between[1])
	}
}

// same expects the very lines that the whole history has between two days, in
// any order.
func (h *bought) same(c *check, from, to string) {
	r := c.purchases("from "+from+" to "+to, c.profile.Data.History, from, to)
	r.taken()
	r.expect(r.doc != nil && r.doc.Kind == document.Array, "an array", "the body is no array")
	var want []string
	for _, line := range linesOf(h.whole) {
		if day, _, _ := strings.Cut(line, "\x00"); day >= from && day <= to {
			want = append(want, line)
		}
	}
	got := linesOf(r)
	slices.Sort(want)
	slices.Sort(got)
	r.expect(slices.Equal(got, want), "the purchases of these days in the whole history", "%d purchases are listed in place of %d, or others", len(got), len(want))
}
