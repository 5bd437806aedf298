package hosts

import (
	"fmt"
	"slices"
	"strings"
)

// purchases is GET /v1/card/{cardNumber}/purchases.
func (h *Host) purchases(c *call) (any, error) {
	from, to := strings.TrimSpace(c.query.Get("startDate")), strings.TrimSpace(c.query.Get("endDate"))
	h.mu.Lock()
	defer h.mu.Unlock()
	found, err := h.visible(c)
	if err == cardUnknown && h.wrong(historyOfUnknown) {
		return list{}, nil
	}
	if err != nil {
		return nil, err
	}
	if h.wrong(startDateBreaks) && strings.ContainsAny(from, `'";`) {
		return nil, brokenQuery
	}
	all := h.wrong(startDateInjected) && injected(from) || h.wrong(endDateInjected) && injected(to)
	if err := h.checkDays(from, to); err != nil && !all {
		return nil, err
	}
	var lines []Purchase
	for _, line := range h.linesOf(found) {
		if all || h.within(line.Date, from, to) {
			lines = append(lines, line)
		}
	}
	if h.wrong(nothingIsAll) && len(lines) == 0 {
		lines = slices.Clone(found.lines)
	}
	order := func(a, b Purchase) int { return strings.Compare(b.Date, a.Date) }
	if h.style.newestLast {
		order = func(a, b Purchase) int { return strings.Compare(a.Date, b.Date) }
	}
	slices.SortStableFunc(lines, order)
	return h.spellHistory(lines)
}

// injected reports whether a value goes on after a quote, or has SQL in it.
func injected(text string) bool {
	return quoted(text) || strings.Contains(strings.ToUpper(text), " OR ")
}

func (h *Host) linesOf(c *card) []Purchase {
	if h.wrong(historyForgotten) {
		return nil
	}
	if !h.wrong(historyOfAll) {
		return c.lines
	}
	var lines []Purchase
	for _, one := range h.books.customers {
		for _, owned := range one.cards {
			lines = append(lines, owned.lines...)
		}
	}
	return lines
}

// checkDays refuses days that are missing, impossible or out of order.
func (h *Host) checkDays(from, to string) error {
	switch {
	case from == "" && h.wrong(startDateOptional), from != "" && h.wrong(anyStart), h.wrong(anyEnd) && isDay(from):
		return nil
	case !isDay(from), to != "" && !isDay(to), to != "" && to < from:
		return badDate
	}
	return nil
}

// within reports whether a day lies between two, both included.
func (h *Host) within(day, from, to string) bool {
	switch h.fault {
	case datesIgnored:
		return true
	case startExclusive:
		return day > from && (to == "" || day <= to)
	case endExclusive:
		return day >= from && (to == "" || day < to)
	case endIgnored:
		return day >= from
	case endNeeded:
		return to != "" && day >= from && day <= to
	case oneDayEmpty:
		return from != to && day >= from && (to == "" || day <= to)
	}
	return day >= from && (to == "" || day <= to)
}

func (h *Host) spellHistory(lines []Purchase) (any, error) {
	rows := list{}
	for _, line := range lines {
		rows = append(rows, h.spellLine(line))
	}
	switch {
	case h.wrong(historyWrapped):
		return object{{"purchases", rows}}, nil
	case len(rows) > 0:
	case h.wrong(noHistoryIsEmpty):
		return nothing{}, nil
	case h.wrong(noHistoryIsNull):
		return raw("null"), nil
	case h.wrong(noHistoryIsError):
		return nil, badDate
	}
	return rows, nil
}

func (h *Host) spellLine(line Purchase) object {
	day, amount := line.Date, fmt.Sprint(line.Kopecks)
	switch h.fault {
	case historyDotted:
		day = dotted(day)
	case historyTime:
		day += "T00:00:00+03:00"
	case amountRoubles:
		amount = fmt.Sprintf("%d.%02d", line.Kopecks/100, line.Kopecks%100)
	}
	var quantity any = h.spellQuantity(line.Thousandths)
	if h.wrong(quantityBare) {
		quantity = raw(h.spellQuantity(line.Thousandths))
	}
	return object{
		{"date", day}, {"item", line.Item}, {"amount", amount}, {"quantity", quantity},
		{"location", maybe(line.Location)}, {"bonuses", points(line.Points)},
	}
}

func (h *Host) spellQuantity(thousandths int64) string {
	text := fmt.Sprintf("%d.%03d", thousandths/1000, thousandths%1000)
	switch {
	case h.wrong(quantityComma):
		return strings.Replace(text, ".", ",", 1)
	case h.style.decimals:
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
