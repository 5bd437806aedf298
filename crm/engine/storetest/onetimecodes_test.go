package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// limits are those of every check: three attempts, four codes, five failures.
var limits = engine.CodeLimits{MaxAttempts: 3, MaxSends: 4, MaxFailures: 5, Window: time.Hour}

// code is one for the i-th person's card, good for five minutes.
func (b *bench) code(i int, reference, hash string) engine.OneTimeCode {
	return engine.OneTimeCode{
		CustomerID: b.look(cardName(i)).CustomerID, CardNumber: cardName(i), Reference: reference, Hash: hash,
		Limits: limits, Now: b.now, ExpiresAt: b.now.Add(5 * time.Minute),
	}
}

func (b *bench) putCode(i int, reference, hash string) engine.OneTimeCode {
	code := b.code(i, reference, hash)
	ok(b.PutOneTimeCode(b.ctx, code))
	return code
}

// noCode puts a code that has to be refused.
func (b *bench) noCode(kind crm.Kind) {
	b.Helper()
	b.fails(b.PutOneTimeCode(b.ctx, b.code(1, "ref-over", "hash-over")), kind)
}

// try is an attempt at a code; each has a name of its own.
func (b *bench) try(code engine.OneTimeCode, hash string) engine.CodeAttempt {
	return engine.CodeAttempt{
		CustomerID: code.CustomerID, CardNumber: code.CardNumber, Reference: code.Reference, Hash: hash,
		Attempt: b.name("attempt"), Limits: limits, Now: b.now,
	}
}

// right ends the check unless the code is good; wrong makes attempts that have
// to fail with a kind.
func (b *bench) right(code engine.OneTimeCode) { ok(b.UseOneTimeCode(b.ctx, b.try(code, code.Hash))) }

func (b *bench) wrong(times int64, code engine.OneTimeCode, hash string, kind crm.Kind) {
	b.Helper()
	for range times {
		b.fails(b.UseOneTimeCode(b.ctx, b.try(code, hash)), kind)
	}
}

// attemptsAtOnce makes as many attempts as there are racers.
func (b *bench) attemptsAtOnce(code engine.OneTimeCode, hash string) []result[any] {
	attempts := make([]engine.CodeAttempt, racers)
	for i := range attempts {
		attempts[i] = b.try(code, hash)
	}
	return race(racers, func(i int) (any, error) { return nil, b.UseOneTimeCode(b.ctx, attempts[i]) })
}

// putting changes a code before it is stored, trying an attempt before it is
// judged.
func putting(change func(r *engine.OneTimeCode)) fault { return asked("PutOneTimeCode", change) }
func trying(change func(a *engine.CodeAttempt)) fault  { return asked("UseOneTimeCode", change) }

// remembering gives a fault the last code of a customer beside an attempt.
func remembering(hook func(c *call, a *engine.CodeAttempt, last engine.OneTimeCode, known bool)) fault {
	return func(w *wire) {
		var codes sync.Map
		after("PutOneTimeCode", func(_ *call, r *engine.OneTimeCode, _ *any) error { codes.Store(r.CustomerID, *r); return nil })(w)
		around("UseOneTimeCode", func(c *call, a *engine.CodeAttempt, _ *any) {
			last, known := codes.Load(a.CustomerID)
			code, _ := last.(engine.OneTimeCode)
			hook(c, a, code, known)
		})(w)
	}
}

// accepts takes the last code although the backend refuses it with a kind.
func accepts(kind crm.Kind) fault {
	return remembering(func(c *call, a *engine.CodeAttempt, last engine.OneTimeCode, known bool) {
		if c.next(); known && errors.Is(c.err, kind) && last.Hash == a.Hash {
			c.err = nil
		}
	})
}

func oneTimeCodeChecks() []Check {
	return []Check{
		{"PutOneTimeCode/replaces", "A new code takes the place of the one before, which is good no more.", func(b *bench) {
			b.card(1)
			old, fresh := b.putCode(1, "ref-1", "hash-1"), b.putCode(1, "ref-2", "hash-2")
			b.wrong(1, old, "hash-1", crm.ErrCodeWrong)
			b.wrong(1, fresh, "hash-1", crm.ErrCodeWrong)
			b.right(fresh)
		}, faults{"an old code stays good beside a new one": func(w *wire) {
			var hashes sync.Map
			putting(func(r *engine.OneTimeCode) { hashes.Store(r.Reference, r.Hash) })(w)
			around("UseOneTimeCode", func(c *call, a *engine.CodeAttempt, _ *any) {
				if hash, known := hashes.Load(a.Reference); !known || hash != a.Hash {
					c.next()
				}
			})(w)
		}}},
		{"PutOneTimeCode/again", "The same reference again is the same success and changes nothing: it is not counted, and a used code stays used.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			again := func() { ok(b.PutOneTimeCode(b.ctx, code)) }
			for range limits.MaxSends {
				again()
			}
			b.wrong(1, code, "nothing", crm.ErrCodeWrong)
			again()
			b.wrong(1, code, "nothing", crm.ErrCodeWrong)
			b.right(code)
			again()
			b.wrong(1, code, code.Hash, crm.ErrCodeWrong)
			b.putCode(1, "ref-2", "hash-2")
		}, faults{"a repeated code is a new one": func(w *wire) {
			var calls atomic.Int64
			around("PutOneTimeCode", func(c *call, r *engine.OneTimeCode, _ *any) {
				other := *r
				other.Reference = fmt.Sprint("other ", calls.Add(1))
				if c.err = c.good.PutOneTimeCode(c.ctx, other); c.err == nil {
					c.next()
				}
			})(w)
		}}},
		{"PutOneTimeCode/sends", "A customer gets MaxSends codes within the window; one more gives ErrTooManyCodes, and the code before stays good.", func(b *bench) {
			b.card(1)
			b.card(2)
			var last engine.OneTimeCode
			for i := range limits.MaxSends {
				last = b.putCode(1, fmt.Sprintf("ref-%d", i), fmt.Sprintf("hash-%d", i))
				b.later(10 * time.Minute)
			}
			b.later(-10 * time.Minute)
			b.noCode(crm.ErrTooManyCodes)
			b.putCode(2, "other", "hash") // another customer has counts of their own
			b.right(last)
			b.noCode(crm.ErrTooManyCodes)
			b.later(30*time.Minute - time.Millisecond)
			b.noCode(crm.ErrTooManyCodes)
			b.later(time.Millisecond)
			b.right(b.putCode(1, "ref-new", "hash-new"))
		}, faults{
			"codes are sent without end":                      putting(func(r *engine.OneTimeCode) { r.Limits.MaxSends = 1000 }),
			"the window of sends begins anew with every code": putting(func(r *engine.OneTimeCode) { r.Limits.Window = time.Minute }),
		}},
		{"PutOneTimeCode/failures", "After MaxFailures failed attempts within the window no code is given: ErrTooManyAttempts.", func(b *bench) {
			b.card(1)
			b.wrong(limits.MaxAttempts, b.putCode(1, "ref-1", "hash"), "nothing", crm.ErrCodeWrong)
			b.wrong(limits.MaxFailures-limits.MaxAttempts, b.putCode(1, "ref-2", "hash"), "nothing", crm.ErrCodeWrong)
			b.noCode(crm.ErrTooManyAttempts)
			b.later(limits.Window)
			b.right(b.putCode(1, "ref-new", "hash-new"))
		}, faults{"failures do not keep a new code back": putting(func(r *engine.OneTimeCode) { r.Limits.MaxFailures = 1000 })}},
		{"PutOneTimeCode/nobody", "A code for a customer who is not there, or was erased, gives ErrCustomerNotFound.", func(b *bench) {
			b.issue(marked, "card-1")
			code := b.putCode(1, "ref-1", "hash-1")
			b.erase(marked.Phone)
			b.fails(b.PutOneTimeCode(b.ctx, code), crm.ErrCustomerNotFound)
			b.wrong(1, code, code.Hash, crm.ErrCodeWrong)
			code.CustomerID = "nobody"
			b.fails(b.PutOneTimeCode(b.ctx, code), crm.ErrCustomerNotFound)
		}, faults{"a code for nobody is taken": forgives("PutOneTimeCode", crm.ErrCustomerNotFound)}},
		{"UseOneTimeCode/once", "The right code is good once; after that it is wrong.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			b.right(code)
			b.wrong(limits.MaxAttempts+1, code, code.Hash, crm.ErrCodeWrong)
			b.right(b.putCode(1, "ref-2", "hash-2"))
		}, faults{"a code can be used again": accepts(crm.ErrCodeWrong)}},
		{"UseOneTimeCode/wrong", "A wrong code gives ErrCodeWrong, and the right one is good after it.", func(b *bench) {
			b.card(1)
			for _, hash := range []string{"", "hash-", "hash-11", "HASH-1"} {
				b.later(limits.Window) // so that only this one counts
				code := b.putCode(1, "ref for "+hash, "hash-1")
				b.wrong(1, code, hash, crm.ErrCodeWrong)
				b.right(code)
			}
		}, faults{"any code is right": forgives("UseOneTimeCode", crm.ErrCodeWrong)}.with(folded("case", "UseOneTimeCode.Hash"))},
		{"UseOneTimeCode/attempts", "After MaxAttempts failures the right code is refused too: ErrTooManyAttempts.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			b.wrong(limits.MaxAttempts, code, "nothing", crm.ErrCodeWrong)
			b.wrong(1, code, "nothing", crm.ErrTooManyAttempts)
			b.wrong(1, code, code.Hash, crm.ErrTooManyAttempts)
			b.right(b.putCode(1, "ref-2", "hash-2"))
		}, faults{
			"one attempt too many":                           trying(func(a *engine.CodeAttempt) { a.Limits.MaxAttempts++ }),
			"the right code is good after too many attempts": accepts(crm.ErrTooManyAttempts),
			"too many attempts are just wrong":               renames("UseOneTimeCode", crm.ErrTooManyAttempts, crm.ErrCodeWrong),
		}},
		{"UseOneTimeCode/over", "From ExpiresAt on the code gives ErrCodeOver, and attempts are not counted; until then it is good.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			b.later(5*time.Minute - time.Millisecond)
			b.right(code)
			code = b.putCode(1, "ref-2", "hash-2")
			b.later(5 * time.Minute)
			b.wrong(limits.MaxFailures+1, code, "nothing", crm.ErrCodeOver)
			b.wrong(1, code, code.Hash, crm.ErrCodeOver)
			b.right(b.putCode(1, "ref-3", "hash-3"))
		}, faults{
			"a code never ends":                 trying(func(a *engine.CodeAttempt) { a.Now = a.Now.Add(-4 * time.Minute) }),
			"a code ends a moment too late":     trying(func(a *engine.CodeAttempt) { a.Now = a.Now.Add(-time.Millisecond) }),
			"a code that is over is just wrong": renames("UseOneTimeCode", crm.ErrCodeOver, crm.ErrCodeWrong),
		}},
		{"UseOneTimeCode/bound", "Another reference, another card and another customer give ErrCodeWrong, and nothing is counted.", func(b *bench) {
			b.card(1)
			b.card(2)
			b.second(crm.Profile{Phone: phone(1)}, "card-3")
			code := b.putCode(1, "ref-1", "hash-1")
			reference, card, customer, stranger, none := code, code, code, b.code(2, "ref-1", "hash-1"), code
			reference.Reference, card.CardNumber, customer.CustomerID, none.Reference = "ref-2", "card-3", stranger.CustomerID, ""
			for _, other := range []engine.OneTimeCode{reference, card, customer, stranger, none} {
				b.wrong(limits.MaxFailures, other, code.Hash, crm.ErrCodeWrong)
			}
			b.right(code)
		}, faults{
			"the reference does not matter": remembering(func(c *call, a *engine.CodeAttempt, last engine.OneTimeCode, known bool) {
				if known {
					a.Reference = last.Reference
				}
				c.next()
			}),
			"the card does not matter": trying(func(a *engine.CodeAttempt) { a.CardNumber = "card-1" }),
			"the customer does not matter": func(w *wire) {
				var owner atomic.Value
				putting(func(r *engine.OneTimeCode) { owner.Store(r.CustomerID) })(w)
				trying(func(a *engine.CodeAttempt) { a.CustomerID = owner.Load().(string) })(w)
			},
		}},
		{"UseOneTimeCode/across-codes", "A new code does not set back the failures: MaxFailures over all codes refuse the right one.", func(b *bench) {
			b.card(1)
			var code engine.OneTimeCode
			for i := range limits.MaxFailures {
				if i%(limits.MaxAttempts-1) == 0 {
					code = b.putCode(1, fmt.Sprintf("ref-%d", i), "hash")
				}
				b.wrong(1, code, "nothing", crm.ErrCodeWrong)
			}
			b.wrong(1, code, code.Hash, crm.ErrTooManyAttempts)
		}, faults{"a new code sets the failures back": trying(func(a *engine.CodeAttempt) { a.Limits.MaxFailures = 1000 })}},
		{"UseOneTimeCode/window", "When the window is over, failures count anew.", func(b *bench) {
			b.card(1)
			code := b.code(1, "ref-1", "hash-1")
			code.ExpiresAt, code.Limits.MaxAttempts = b.now.Add(3*limits.Window), 100
			ok(b.PutOneTimeCode(b.ctx, code))
			fail := func(times int64, kind crm.Kind) {
				b.Helper()
				for range times {
					a := b.try(code, "nothing")
					a.Limits.MaxAttempts = 100
					b.fails(b.UseOneTimeCode(b.ctx, a), kind)
				}
			}
			fail(limits.MaxFailures, crm.ErrCodeWrong)
			b.later(limits.Window - time.Millisecond)
			fail(1, crm.ErrTooManyAttempts)
			b.later(time.Millisecond)
			fail(limits.MaxFailures, crm.ErrCodeWrong)
			fail(1, crm.ErrTooManyAttempts)
		}, faults{"failures are never forgotten": trying(func(a *engine.CodeAttempt) { a.Limits.Window = 1000 * time.Hour })}},
		{"UseOneTimeCode/again", "The same attempt again gives the same answer and is not counted again.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			wrong, right := b.try(code, "nothing"), b.try(code, code.Hash)
			for range limits.MaxFailures + 1 {
				b.fails(b.UseOneTimeCode(b.ctx, wrong), crm.ErrCodeWrong)
			}
			for range 3 {
				ok(b.UseOneTimeCode(b.ctx, right))
			}
			b.wrong(1, code, code.Hash, crm.ErrCodeWrong)
		}, faults{"an attempt that is sent again counts again": func(w *wire) {
			var calls atomic.Int64
			trying(func(a *engine.CodeAttempt) { a.Attempt = fmt.Sprint("attempt ", calls.Add(1)) })(w)
		}}},
		{"UseOneTimeCode/nobody", "An attempt where no code was sent gives ErrCodeWrong.", func(b *bench) {
			b.card(1)
			for _, reference := range []string{"", "ref-1"} {
				for _, hash := range []string{"", "hash-1"} {
					b.wrong(1, b.code(1, reference, hash), hash, crm.ErrCodeWrong)
				}
			}
		}, faults{"no code is right where none was sent": remembering(func(c *call, a *engine.CodeAttempt, _ engine.OneTimeCode, known bool) {
			if known || a.Hash != "" {
				c.next()
			}
		})}},
		{"UseOneTimeCode/crash", "Once an attempt was judged, it survives a crash: a used code stays used, and failures stay counted.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			for range limits.MaxAttempts - 1 {
				b.wrong(1, code, "nothing", crm.ErrCodeWrong)
				b.crash()
			}
			b.right(code)
			b.crash()
			b.wrong(1, code, code.Hash, crm.ErrCodeWrong)
			code = b.putCode(1, "ref-2", "hash-2")
			b.wrong(limits.MaxAttempts, code, "nothing", crm.ErrCodeWrong)
			b.crash()
			b.wrong(1, code, code.Hash, crm.ErrTooManyAttempts)
		}, faults{
			"a crash forgets that a code was used": volatile("UseOneTimeCode"), "a crash forgets a code": volatile("PutOneTimeCode"),
			"failures are in memory alone": func(w *wire) {
				var failures atomic.Int64
				around("UseOneTimeCode", func(c *call, a *engine.CodeAttempt, _ *any) {
					most := a.Limits.MaxAttempts
					if c.err = crm.ErrTooManyAttempts; failures.Load() >= most {
						return
					}
					a.Limits.MaxAttempts, a.Limits.MaxFailures = 1000, 1000
					if c.next(); errors.Is(c.err, crm.ErrCodeWrong) {
						failures.Add(1)
					}
				})(w)
			},
		}},
		{"Race/one-time-code", "Of attempts with the right code at one moment one wins.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			tally(b, b.attemptsAtOnce(code, code.Hash), onlyOne(crm.ErrCodeWrong))
		}, faults{"a code is compared before it is used up": crowded("UseOneTimeCode", func(met *meeting, c *call, _ *engine.CodeAttempt, _ *any) {
			met.wait() // by now all have compared it
			if c.next(); errors.Is(c.err, crm.ErrCodeWrong) {
				c.err = nil
			}
		})}},
		{"Race/code-attempts", "Of wrong attempts at one moment exactly MaxAttempts are judged, the others are too many.", func(b *bench) {
			b.card(1)
			code := b.putCode(1, "ref-1", "hash-1")
			tally(b, b.attemptsAtOnce(code, "nothing"), map[string]int{string(crm.ErrCodeWrong): 3, string(crm.ErrTooManyAttempts): racers - 3})
			b.wrong(1, code, code.Hash, crm.ErrTooManyAttempts)
		}, faults{"attempts are read before they are counted": crowded("UseOneTimeCode", func(met *meeting, c *call, a *engine.CodeAttempt, _ *any) {
			met.wait() // by now all have read that there were none
			a.Limits.MaxAttempts, a.Limits.MaxFailures = 1000, 1000
			c.next()
		})}},
		{"Race/code-sends", "Of codes that are put at one moment exactly MaxSends are taken.", func(b *bench) {
			b.card(1)
			codes := make([]engine.OneTimeCode, racers)
			for i := range codes {
				codes[i] = b.code(1, fmt.Sprintf("ref-%d", i), fmt.Sprintf("hash-%d", i))
			}
			results := race(racers, func(i int) (any, error) { return nil, b.PutOneTimeCode(b.ctx, codes[i]) })
			tally(b, results, map[string]int{done: 4, string(crm.ErrTooManyCodes): racers - 4})
			good := 0
			for i, r := range results {
				if r.err == nil && b.UseOneTimeCode(b.ctx, b.try(codes[i], codes[i].Hash)) == nil {
					good++
				}
			}
			same(b, good, 1)
		}, faults{"sends are read before they are counted": crowded("PutOneTimeCode", func(met *meeting, c *call, r *engine.OneTimeCode, _ *any) {
			met.wait() // by now all have read that there were none
			r.Limits.MaxSends = 1000
			c.next()
		})}},
	}
}
