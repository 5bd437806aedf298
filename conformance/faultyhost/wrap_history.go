package faultyhost

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// historyWrappers are the faults of the days and the order of a history.
func historyWrappers() map[string]wrapper {
	return map[string]wrapper{
		"history-a-day-early": inHistory(func(_ *Host, c *call, from, _ string) { c.asks("startDate", moved(from, -1)) }),
		"history-a-day-late": inHistory(func(_ *Host, c *call, _, to string) {
			if to != "" {
				c.asks("endDate", moved(to, 1))
			}
		}),
		"history-by-month": inHistory(func(_ *Host, c *call, from, to string) {
			if isDay(from) {
				c.asks("startDate", from[:8]+"01")
			}
			if at, err := time.Parse(time.DateOnly, to); err == nil {
				c.asks("endDate", at.AddDate(0, 1, -at.Day()).Format(time.DateOnly))
			}
		}),
		"history-lines-grouped": inLines(func(h *Host, c *call, lines []json.RawMessage) []json.RawMessage {
			if to := c.query.Get("endDate"); to == "" || moved(c.query.Get("startDate"), 60) < to {
				return lines
			}
			return slices.CompactFunc(lines, func(a, b json.RawMessage) bool { return dateIn(a) == dateIn(b) })
		}),
		"today-left-out": inHistory(func(h *Host, c *call, _, to string) {
			if to == "" { // two days, for days begin at different times here and there
				c.asks("endDate", moved(h.today(), -2))
			}
		}),
		"reversed-range-swapped": inHistory(func(_ *Host, c *call, from, to string) {
			if to != "" && isDay(to) && to < from {
				c.asks("startDate", to)
				c.asks("endDate", from)
			}
		}),
		"future-end-refused": inHistory(func(h *Host, c *call, _, to string) {
			if isDay(to) && to > h.today() {
				c.asks("endDate", "not yet")
			}
		}),
		"leap-day-refused": inHistory(func(_ *Host, c *call, from, _ string) {
			if strings.HasSuffix(from, "-02-29") {
				c.asks("startDate", "no such day")
			}
		}),
		"start-rolls-over": inHistory(func(_ *Host, c *call, from, _ string) {
			if year, leap := strings.CutSuffix(from, "-02-29"); leap && !isDay(from) {
				c.asks("startDate", year+"-03-01")
			}
		}),
		"end-rolls-over": inHistory(func(_ *Host, c *call, _, to string) {
			if year, over := strings.CutSuffix(to, "-04-31"); over {
				c.asks("endDate", year+"-05-01")
			}
		}),
		"history-shuffled": inLines(func(h *Host, _ *call, lines []json.RawMessage) []json.RawMessage {
			if h.nth(2) {
				slices.Reverse(lines)
			}
			return lines
		}),
	}
}

// inHistory is a fault of the days between which purchases are listed.
func inHistory(change func(h *Host, c *call, from, to string)) wrapper {
	return onCall(func(h *Host, c *call) {
		if c.method == "purchases" {
			change(h, c, c.query.Get("startDate"), c.query.Get("endDate"))
		}
	})
}

// inLines is a fault of the lines that are listed.
func inLines(change func(h *Host, c *call, lines []json.RawMessage) []json.RawMessage) wrapper {
	return onAnswerLocked(func(h *Host, c *call, a *kept) {
		var lines []json.RawMessage
		if c.method != "purchases" || !a.ok() || json.Unmarshal(a.body.Bytes(), &lines) != nil {
			return
		}
		text, err := json.Marshal(change(h, c, lines))
		if err != nil {
			panic(err) // what was read from JSON can be written
		}
		a.says(text)
	})
}

func dateIn(line json.RawMessage) string { return between(string(line), `"date":"`, `"`) }

// moved is the day so many days later; what is no day stays.
func moved(day string, days int) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.AddDate(0, 0, days).Format(time.DateOnly)
}
