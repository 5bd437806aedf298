package storetest

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// name is something that a call named: a card, a phone, an email, a code or an
// order.
type name struct{ kind, id string }

// names are all that the calls of a check have named, so that it can compare
// everything that can be read about them before and after.
type names map[name]bool

func (n names) add(s step) {
	for _, arg := range s.args {
		if number, is := arg.(*string); is && s.what == "Card" {
			n[name{"card", *number}] = true
			continue
		}
		n.look(reflect.ValueOf(arg).Elem())
	}
}

// look finds names by the names of the fields that hold them.
func (n names) look(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			n.look(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field, about := v.Field(i), v.Type().Field(i)
			kind := map[string]string{
				"Number": "card", "CardNumber": "card", "Phone": "phone", "Email": "email", "Code": "code", "OrderID": "order",
			}[about.Name]
			switch {
			case !about.IsExported():
			case field.Kind() != reflect.String:
				n.look(field)
			case kind != "" && field.String() != "":
				n[name{kind, field.String()}] = true
			}
		}
	}
}

// fact is one answer of the store, in words.
type fact struct{ about, answer string }

// state is everything that the interface tells about what a check has named.
type state []fact

// state reads everything that can be read.
func (b *bench) state() state {
	b.mu.Lock()
	named := slices.SortedFunc(maps.Keys(b.named), func(a, b name) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.id, b.id))
	})
	b.mu.Unlock()
	var s state
	for _, n := range named {
		switch n.kind {
		case "card":
			b.readCard(&s, n.id)
		case "phone":
			s.add("FindCards ", n.id)(b.Store.FindCards(b.ctx, crm.Identity{Phone: n.id}))
		case "email":
			s.add("FindCards ", n.id)(b.Store.FindCards(b.ctx, crm.Identity{Email: n.id}))
		case "code":
			s.add("Code ", n.id)(b.Store.Code(b.ctx, n.id))
		case "order":
			s.add("Order ", n.id)(b.Store.Order(b.ctx, n.id))
		}
	}
	s.add("CountNumbers")(b.Store.CountNumbers(b.ctx, b.now))
	s.add("ListHolders")(b.Store.ListHolders(b.ctx, "", plenty))
	s.add("ListDeliveries")(b.Store.ListDeliveries(b.ctx, outbox.Query{Limit: plenty}))
	bad, last, err := b.Store.Verify(b.ctx, "", plenty)
	s.add("Verify")([]any{bad, last}, err)
	return s
}

func (b *bench) readCard(s *state, number string) {
	card, err := b.Store.Card(b.ctx, number)
	s.add("Card ", number)(card, err)
	if err != nil {
		return // the other methods are judged for unknown cards in checks of their own
	}
	s.add("Holder ", number)(b.Store.Holder(b.ctx, number))
	s.add("Consents ", number)(b.Store.Consents(b.ctx, number))
	s.add("Statement ", number)(b.Store.Statement(b.ctx, number, b.now))
	s.add("Postings ", number)(b.Store.Postings(b.ctx, number, "", plenty))
	s.add("Purchases ", number)(b.Store.Purchases(b.ctx, engine.PurchaseQuery{CardNumber: number, From: firstDay, To: lastDay, Limit: plenty}))
	s.add("Offers ", number)(b.Store.Offers(b.ctx, number, today))
}

func (s *state) add(about ...string) func(answer any, err error) {
	return func(answer any, err error) {
		told := text(answer)
		if err != nil {
			told = outcome(err)
		}
		*s = append(*s, fact{strings.Join(about, ""), told})
	}
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
		fmt.Fprintf(&out, "\n    %s\n      was %s\n      is  gone", about, clip(was, maxShown))
	}
	return out.String()
}

// empty reports whether the answer is that there is nothing.
func (f fact) empty() bool {
	nothing := func(kind crm.Kind) bool { return strings.HasPrefix(f.answer, "the error "+string(kind)) }
	return f.answer == "[]" || slices.ContainsFunc([]crm.Kind{crm.ErrCardNotFound, crm.ErrCodeUnknown, crm.ErrOrderUnknown}, nothing)
}

// about gives the facts that say something about one of the words.
func (s state) about(words ...string) (some state) {
	for _, f := range s {
		if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(f.about, word) }) {
			some = append(some, f)
		}
	}
	return some
}
