package storetest

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// fault makes a good backend break one promise.
type fault func(w *wire)

// faults are known by what is wrong.
type faults map[string]fault

// with gives the faults of both.
func (f faults) with(more faults) faults {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

// arg gives the first argument or result of a type.
func arg[T any](of []any) *T {
	for _, a := range of {
		if t, is := a.(*T); is {
			return t
		}
	}
	return new(T)
}

// card is the number of the card that a call names.
func (c *call) card() string {
	if number, is := c.args[0].(*string); is {
		return *number
	}
	return reflect.ValueOf(c.args[0]).Elem().FieldByName("CardNumber").String()
}

// around takes the place of a method, whose request and answer it is given.
func around[R, A any](method string, hook func(c *call, r *R, answer *A)) fault {
	return func(w *wire) {
		w.on(method, func(c *call) {
			unshare(reflect.ValueOf(arg[R](c.args)).Elem())
			hook(c, arg[R](c.args), arg[A](c.results))
		})
	}
}

// unshare keeps a fault's hands off the slices of who calls.
func unshare(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if !v.IsNil() {
			v.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				unshare(v.Field(i))
			}
		}
	}
}

// asked changes what a method is asked.
func asked[R any](method string, change func(r *R)) fault {
	return around(method, func(c *call, r *R, _ *any) { change(r); c.next() })
}

// told changes what a method answers.
func told[A any](method string, change func(answer *A)) fault {
	return around(method, func(c *call, _ *any, answer *A) { c.next(); change(answer) })
}

// after acts when a method has succeeded.
func after[R, A any](method string, then func(c *call, r *R, answer *A) error) fault {
	return around(method, func(c *call, r *R, answer *A) {
		if c.next(); c.err == nil {
			c.err = then(c, r, answer)
		}
	})
}

// unless takes the place of a refusal.
func unless[R, A any](method string, kind crm.Kind, instead func(c *call, r *R, answer *A)) fault {
	return around(method, func(c *call, r *R, answer *A) {
		if c.next(); errors.Is(c.err, kind) {
			c.err = nil
			instead(c, r, answer)
		}
	})
}

// forgives answers a refusal like a success, renames gives it another kind.
func forgives(method string, kind crm.Kind) fault {
	return unless(method, kind, func(*call, *any, *any) {})
}

func renames(method string, from, to crm.Kind) fault {
	return unless(method, from, func(c *call, _, _ *any) { c.err = to })
}

// serves lets a method do its work whatever the state of its card.
func serves(method string) fault {
	return around(method, func(c *call, _, _ *any) {
		number := c.card()
		card, err := c.good.Card(c.ctx, number)
		if err != nil {
			c.next()
			return
		}
		ok(c.good.SetCardState(c.ctx, engine.StateChange{CardNumber: number, State: crm.CardActive, Now: then}))
		c.next()
		ok(c.good.SetCardState(c.ctx, engine.StateChange{CardNumber: number, State: card.State, Now: then}))
	})
}

// then is some time, for faults that make a call of their own.
var then = time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)

// credit grants points by another way than the promised one.
func credit(c *call, key, number string, points int64, now time.Time) error {
	_, err := c.good.Grant(c.ctx, engine.Movement{Key: key, CardNumber: number, Points: points, AvailableFrom: now, ValidUntil: crm.Forever, Now: now})
	return err
}

// lost answers nothing and does nothing.
func lost(method string) fault {
	return func(w *wire) { w.on(method, func(*call) {}) }
}

// volatile forgets in a crash what a method did last.
func volatile(method string) fault {
	return func(w *wire) {
		w.on(method, func(c *call) {
			w.instead = w.reopened()
			c.next()
		})
	}
}

// heedless does not look at the context.
func heedless(method string) fault {
	return func(w *wire) {
		w.on(method, func(c *call) {
			over := c.ctx.Err()
			c.ctx = context.WithoutCancel(c.ctx)
			c.next()
			c.err = errors.Join(c.err, over)
		})
	}
}

// deaf answers whoever asks, whether the context is over or not.
func deaf(method string) fault {
	return func(w *wire) {
		w.on(method, func(c *call) { c.ctx = context.WithoutCancel(c.ctx); c.next() })
	}
}

// intolerant refuses what it was asked before.
func intolerant(method string) fault {
	return func(w *wire) {
		seen := map[string]bool{}
		w.on(method, func(c *call) {
			if question := text(c.args); !seen[question] {
				c.next()
				seen[question] = c.err == nil
				return
			}
			c.err = crm.ErrOperationConflict
		})
	}
}

// stale answers the same question as it did the first time.
func stale(method string) fault {
	return func(w *wire) {
		type answer struct {
			results []reflect.Value
			err     error
		}
		known := map[string]answer{}
		w.on(method, func(c *call) {
			question := text(c.args)
			if old, asked := known[question]; asked {
				for i, result := range c.results {
					reflect.ValueOf(result).Elem().Set(old.results[i])
				}
				c.err = old.err
				return
			}
			c.next()
			now := answer{err: c.err}
			for _, result := range c.results {
				now.results = append(now.results, reflect.ValueOf(reflect.ValueOf(result).Elem().Interface()))
			}
			known[question] = now
		})
	}
}

// retyped changes a text wherever it comes in: at a method's field by its name,
// or, where nothing follows the point, at texts that are arguments themselves.
func retyped(change func(string) string, places ...string) fault {
	return func(w *wire) {
		fields := map[string][]string{}
		for _, place := range places {
			method, field, _ := strings.Cut(place, ".")
			fields[method] = append(fields[method], field)
		}
		for method, wanted := range fields {
			w.on(method, func(c *call) {
				for _, a := range c.args {
					unshare(reflect.ValueOf(a).Elem())
					retype(reflect.ValueOf(a).Elem(), "", wanted, change)
				}
				c.next()
			})
		}
	}
}

func retype(v reflect.Value, field string, wanted []string, change func(string) string) {
	switch v.Kind() {
	case reflect.String:
		if slices.Contains(wanted, field) {
			v.SetString(change(v.String()))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if slices.Contains(wanted, field) {
				v.SetBytes([]byte(change(string(v.Bytes()))))
			}
			return
		}
		for i := range v.Len() {
			retype(v.Index(i), field, wanted, change)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if about := v.Type().Field(i); about.IsExported() {
				retype(v.Field(i), about.Name, wanted, change)
			}
		}
	}
}

// folds are the ways in which careless comparisons take two identifiers for one.
var folds = map[string]func(string) string{
	"case":    strings.ToLower,
	"spaces":  strings.TrimSpace,
	"accents": strings.NewReplacer("é", "e", "e\u0301", "e", "ё", "е", "Ё", "Е").Replace,
	"zeros":   func(s string) string { return strings.TrimLeft(s, "0") },
	"beyond":  func(s string) string { return strings.Map(onlyTwoBytes, s) },
}

func onlyTwoBytes(r rune) rune {
	if r > 0xffff {
		return '?'
	}
	return r
}

// folded are faults that do not heed the case, spaces, accents, leading zeros or
// characters beyond two bytes of a text that comes in at the places.
func folded(kinds string, places ...string) faults {
	all := faults{}
	for _, kind := range strings.Fields(kinds) {
		all[kind+" of "+places[0]] = retyped(folds[kind], places...)
	}
	return all
}

// meeting holds back the first callers until all of them have looked and none
// has acted yet: what a race is at its worst. Later callers pass.
type meeting struct {
	size int32
	came atomic.Int32
	all  chan struct{}
}

func newMeeting(size int32) *meeting { return &meeting{size: size, all: make(chan struct{})} }

// wait tells which caller it was, beginning with one.
func (m *meeting) wait() int32 {
	came := m.came.Add(1)
	switch {
	case came < m.size:
		<-m.all
	case came == m.size:
		close(m.all)
	}
	return came
}

// crowded is a fault of a method that looks first and acts on what it saw.
func crowded[R, A any](method string, hook func(met *meeting, c *call, r *R, answer *A)) fault {
	return func(w *wire) {
		met := newMeeting(racers)
		around(method, func(c *call, r *R, answer *A) { hook(met, c, r, answer) })(w)
	}
}
