package crmtest

import (
	"fmt"
	"strings"

	"koshelek-adapter/crm"
)

// fact is one answer of the store, in words.
type fact struct{ about, answer string }

// state is everything that the interface tells about what a check has named.
type state []fact

// days that span every day of a check.
const (
	firstDay crm.Date = "1900-01-01"
	lastDay  crm.Date = "2999-12-31"
)

// plenty is a limit that no check reaches.
const plenty = 1000

// state reads everything that can be read.
func (b *bench) state() state {
	b.Helper()
	cards, people, codes := b.spy.known()
	var s state
	for _, number := range cards {
		b.readCard(&s, number)
	}
	for _, who := range people {
		found, err := b.FindCards(b.ctx, who)
		s.add("FindCards "+text(who), found, err)
	}
	for _, code := range codes {
		stored, err := b.Code(b.ctx, code)
		s.add("Code "+code, stored, err)
	}
	for _, id := range b.spy.knownOrders() {
		stored, err := b.Order(b.ctx, id)
		s.add("Order "+id, stored, err)
	}
	level, err := b.CountNumbers(b.ctx, b.now)
	s.add("CountNumbers", level, err)
	holders, err := b.ListHolders(b.ctx, "", plenty)
	s.add("ListHolders", holders, err)
	outbox, err := b.ListDeliveries(b.ctx, crm.DeliveryQuery{Limit: plenty})
	s.add("ListDeliveries", outbox, err)
	bad, last, err := b.Verify(b.ctx, "", plenty)
	s.add("Verify", []any{bad, last}, err)
	return s
}

func (b *bench) readCard(s *state, number string) {
	b.Helper()
	card, err := b.Card(b.ctx, number)
	s.add("Card "+number, card, err)
	if err != nil {
		return // the other methods are judged for unknown cards in checks of their own
	}
	holder, err := b.Holder(b.ctx, number)
	s.add("Holder "+number, holder, err)
	consents, err := b.Consents(b.ctx, number)
	s.add("Consents "+number, consents, err)
	statement, err := b.Statement(b.ctx, number, b.now)
	s.add("Statement "+number, statement, err)
	postings, err := b.Postings(b.ctx, number, "", plenty)
	s.add("Postings "+number, postings, err)
	lines, err := b.Purchases(b.ctx, crm.PurchaseQuery{CardNumber: number, From: firstDay, To: lastDay, Limit: plenty})
	s.add("Purchases "+number, lines, err)
	offers, err := b.Offers(b.ctx, number, today)
	s.add("Offers "+number, offers, err)
}

func (s *state) add(about string, answer any, err error) {
	if err != nil {
		*s = append(*s, fact{about, outcome(err)})
		return
	}
	*s = append(*s, fact{about, text(answer)})
}

// changes tells in words what differs between two states, "" for nothing.
func (s state) changes(after state) string {
	before := map[string]string{}
	for _, f := range s {
		before[f.about] = f.answer
	}
	var out strings.Builder
	for _, f := range after {
		was, known := before[f.about]
		delete(before, f.about)
		// A name that came up in between is new to the check, not to the store.
		if known && was != f.answer || !known && !f.empty() {
			was, is := contrast(was, f.answer)
			fmt.Fprintf(&out, "\n    %s\n      was %s\n      is  %s", f.about, was, is)
		}
	}
	for about, was := range before {
		fmt.Fprintf(&out, "\n    %s\n      was %s\n      is  gone", about, clip(was))
	}
	return out.String()
}

// empty reports whether the answer is that there is nothing.
func (f fact) empty() bool {
	return f.answer == "[]" || strings.HasPrefix(f.answer, "the error "+string(crm.ErrCardNotFound)) ||
		strings.HasPrefix(f.answer, "the error "+string(crm.ErrCodeUnknown)) ||
		strings.HasPrefix(f.answer, "the error "+string(crm.ErrOrderUnknown))
}

// of gives the facts about one thing.
func (s state) of(about string) state {
	var some state
	for _, f := range s {
		if f.about == about {
			some = append(some, f)
		}
	}
	return some
}
