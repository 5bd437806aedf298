package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// conflicts makes calls with a key that a movement has used.
func (b *bench) conflicts(m engine.Movement, same, opposite func(engine.Movement) error) {
	b.Helper()
	more, other, words := m, m, m
	more.Points, other.CardNumber, words.Description = m.Points+1, "card-2", "another reason"
	for _, conflict := range []engine.Movement{more, other, words} {
		b.refused(func() error { return same(conflict) }, crm.ErrOperationConflict)
	}
	b.refused(func() error { return opposite(m) }, crm.ErrOperationConflict)
}

func (b *bench) tryGrant(m engine.Movement) error { return errorOf(b.Grant(b.ctx, m)) }
func (b *bench) tryTake(m engine.Movement) error  { return errorOf(b.Take(b.ctx, m)) }

func grantChecks() []Check {
	return []Check{
		{"Grant/lot", "Grant credits one lot and answers with its posting.", func(b *bench) {
			b.card(1)
			m := b.movement("card-1", "gift", 70)
			m.AvailableFrom, m.ValidUntil = b.now.Add(day), crm.Forever
			posting := must(b.Grant(b.ctx, m))
			b.holds(posting.ID != "", "a posting with an ID", posting)
			same(b, posting, crm.Posting{ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingGrant, Points: 70, Description: "by gift", At: b.now})
			same(b, b.postings("card-1"), []crm.Posting{posting})
			same(b, b.lots("card-1"), []crm.Lot{{Description: "by gift", Remaining: 70, AvailableFrom: m.AvailableFrom, ValidUntil: m.ValidUntil}})
			b.points("card-1", 70, 70)
			b.adds("card-1")
		}, faults{"a grant ends in a year": asked("Grant", func(m *engine.Movement) { m.ValidUntil = m.Now.Add(365 * day) })}},
		{"Grant/again", "The same key with the same content (card, direction, points and description, whatever the times and the actor) gives the first answer and credits nothing more.", func(b *bench) {
			b.card(1)
			m := b.movement("card-1", "gift", 70)
			first := must(b.Grant(b.ctx, m))
			b.take("card-1", "spent", 70)
			b.later(time.Hour)
			// A retry comes later, its lot is shaped by that moment, and somebody else may send it.
			m.Now, m.AvailableFrom, m.ValidUntil, m.Actor = b.now, b.now, b.now.Add(365*day), "another operator"
			repeats(b, first, b.Grant, m)
			b.grant("card-1", "gift-2", 70)
			b.balance("card-1", 70)
		}, faults{"a repeated grant is a conflict": refusesKeys("Grant")}},
		{"Grant/conflict", "The same key with another content gives ErrOperationConflict and changes nothing.", func(b *bench) {
			b.card(1)
			b.card(2)
			m := b.movement("card-1", "gift", 70)
			must(b.Grant(b.ctx, m))
			b.conflicts(m, b.tryGrant, b.tryTake)
		}, faults{"a key that was used for something else is not noticed": forgives("Grant", crm.ErrOperationConflict)}},
		{"Grant/largest", "Points are whole numbers of 64 bits: the largest movements add up.", func(b *bench) {
			b.card(1)
			b.grant("card-1", "gift-1", crm.MaxPoints)
			b.grant("card-1", "gift-2", crm.MaxPoints)
			b.take("card-1", "spent", crm.MaxPoints-1)
			b.points("card-1", crm.MaxPoints+1, 2*crm.MaxPoints)
			same(b, b.remaining("card-1", b.now), []int64{1, crm.MaxPoints})
			b.adds("card-1")
		}, faults{"balances have 32 bits": told("Card", func(card *crm.Card) {
			card.Balance = int64(int32(card.Balance)) //nolint:gosec // the overflow is the point
		})}},
		{"Statement/order", "Statement gives the open lots, the earliest expiry first, pending ones too.", func(b *bench) {
			b.card(1)
			same(b, b.lots("card-1"), nil)
			b.grantLot("card-1", "never-ends", 5, b.now, crm.Forever)
			b.grantLot("card-1", "ends-third", 3, b.now, b.now.Add(30*day))
			b.grantLot("card-1", "ends-first-pending", 1, b.now.Add(day), b.now.Add(10*day))
			b.grantLot("card-1", "ends-second", 2, b.now, b.now.Add(20*day))
			same(b, b.remaining("card-1", b.now), []int64{1, 2, 3, 5})
			b.balance("card-1", 11)
		}, faults{"the lots come in the order in which they were granted": told("Statement", func(s *crm.Statement) {
			slices.SortStableFunc(s.Lots, func(a, b crm.Lot) int { return int(b.Remaining - a.Remaining) })
		})}},
		{"Statement/equal-ends", "Of lots with one expiry the first to become available comes first, then the oldest; they are spent in that order.", func(b *bench) {
			b.card(1)
			from, end := b.now.Add(-time.Hour), b.now.Add(30*day)
			b.grantLot("card-1", "third", 3, from, end)
			b.later(time.Minute)
			b.grantLot("card-1", "fourth", 4, from, end)
			b.grantLot("card-1", "pending", 5, b.now.Add(day), end)
			b.grantLot("card-1", "first", 1, b.now.Add(-3*time.Hour), end)
			b.grantLot("card-1", "second", 2, b.now.Add(-2*time.Hour), end)
			same(b, b.remaining("card-1", b.now), []int64{1, 2, 3, 4, 5})
			b.take("card-1", "spent", 7)
			same(b, b.remaining("card-1", b.now), []int64{3, 5})
		}, faults{"lots of one end come in any order": told("Statement", func(s *crm.Statement) {
			slices.SortFunc(s.Lots, func(a, b crm.Lot) int {
				return cmp.Or(a.ValidUntil.Compare(b.ValidUntil), int(b.Remaining-a.Remaining))
			})
		})}},
		{"Statement/spent-and-expired", "Statement leaves out lots that are spent or expired at its time, booked or not.", func(b *bench) {
			b.card(1)
			for i, points := range []int64{10, 20, 40} {
				b.grantLot("card-1", fmt.Sprint(i), points, b.now, b.now.Add(time.Duration(i+1)*10*day))
			}
			b.take("card-1", "spent", 10)
			end := b.now.Add(20 * day)
			same(b, b.remaining("card-1", b.now), []int64{20, 40})
			same(b, b.remaining("card-1", end.Add(-time.Millisecond)), []int64{20, 40})
			same(b, b.remaining("card-1", end), []int64{40})
			b.balance("card-1", 60)
			b.later(25 * day)
			b.expires(plenty, 1)
			same(b, b.remaining("card-1", b.now), []int64{40})
			same(b, b.remaining("card-1", b.now.Add(100*day)), nil)
		}, faults{"lots are shown until their end is booked": asked("Statement", func(now *time.Time) { *now = now.Add(-time.Hour) })}},
		{"Race/grant-and-take", "Grants and takes at one moment are all counted: the balance is what came less what went.", func(b *bench) {
			b.rich(1, 50)
			results := race(racers, func(i int) (crm.Posting, error) {
				if i%2 == 0 {
					return b.Grant(b.ctx, b.movement("card-1", fmt.Sprintf("more-%d", i), 10))
				}
				return b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("less-%d", i), 20))
			})
			want := int64(50)
			for i, r := range results {
				b.holds(r.err == nil || i%2 == 1 && isAny(r.err, crm.ErrInsufficientPoints), "every grant succeeds, and a take does or finds too few points", r.err)
				want += r.answer.Points
			}
			b.balance("card-1", want)
			same(b, len(b.postings("card-1")), 1+len(winners(results)))
			b.adds("card-1")
		}, nil},
		{"Race/grant-one-key", "Of grants with one key at one moment one credits, and all get its answer.", func(b *bench) {
			b.card(1)
			oneAnswer(b, race(racers, func(int) (crm.Posting, error) { return b.Grant(b.ctx, b.movement("card-1", "gift", 10)) }))
			b.balance("card-1", 10)
			b.adds("card-1")
		}, faults{"a key is looked up before it is used": crowded("Grant", func(met *meeting, c *call, m *engine.Movement, posting *crm.Posting) {
			for _, old := range must(c.good.Postings(c.ctx, m.CardNumber, "", plenty)) {
				if old.Description == m.Description {
					*posting = old
					return
				}
			}
			m.Key += fmt.Sprint(met.wait())
			c.next()
		})}},
		{"Race/grant-conflict", "Of different grants with one key at one moment one wins, and the others get ErrOperationConflict.", func(b *bench) {
			b.card(1)
			results := race(racers, func(i int) (crm.Posting, error) {
				return b.Grant(b.ctx, b.movement("card-1", "gift", int64(100+i)))
			})
			tally(b, results, onlyOne(crm.ErrOperationConflict))
			for _, posting := range winners(results) {
				b.balance("card-1", posting.Points)
			}
			b.adds("card-1")
		}, nil},
	}
}

// refusesKeys takes a repetition for a conflict.
func refusesKeys(method string) fault {
	return func(w *wire) {
		keys := map[string]bool{}
		around(method, func(c *call, m *engine.Movement, _ *crm.Posting) {
			if c.err = crm.ErrOperationConflict; !keys[m.Key] {
				c.next()
			}
			keys[m.Key] = true
		})(w)
	}
}

// tooFew makes a take that has to give ErrInsufficientPoints.
func (b *bench) tooFew(number string, points int64) {
	b.Helper()
	refuses(b, crm.ErrInsufficientPoints, b.Take, b.movement(number, b.name("short"), points))
}

// threeLots gives card-1 points for ever, and 20 and 10 that end before.
func (b *bench) threeLots() {
	b.card(1)
	b.grantLot("card-1", "never-ends", 100, b.now.Add(-day), crm.Forever)
	b.grantLot("card-1", "ends-second", 20, b.now, b.now.Add(20*day))
	b.grantLot("card-1", "ends-first", 10, b.now, b.now.Add(10*day))
}

func takeChecks() []Check {
	// insufficient takes the place of a Take for which there are too few points.
	insufficient := func(instead func(c *call, m *engine.Movement, posting *crm.Posting)) fault {
		return unless("Take", crm.ErrInsufficientPoints, instead)
	}
	return []Check{
		{"Take/posting", "Take spends available points and answers with one posting, whose points are negative.", func(b *bench) {
			b.rich(1, 70)
			b.rich(2, 70)
			posting := b.take("card-1", "spent", 30)
			same(b, posting, crm.Posting{ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingTake, Points: -30, Description: "by spent", At: b.now})
			same(b, b.kinds("card-1"), []string{"take -30", "grant +70"})
			b.points("card-1", 40, 70)
			b.balance("card-2", 70)
			b.take("card-1", "rest", 40)
			b.balance("card-1", 0)
			b.tooFew("card-1", 1)
			b.adds("card-1")
		}, faults{"what was spent counts as never earned": told("Card", func(card *crm.Card) { card.EarnedTotal = card.Balance })}},
		{"Take/earliest-first", "Take spends the lots in the order of their expiry, the earliest first.", func(b *bench) {
			b.threeLots()
			for i, left := range [][]int64{{6, 20, 100}, {20, 100}, {95}} {
				posting := b.take("card-1", fmt.Sprint(i), []int64{4, 6, 25}[i])
				same(b, b.remaining("card-1", b.now), left)
				same(b, b.postings("card-1")[0], posting)
			}
			same(b, len(b.postings("card-1")), 6)
			b.adds("card-1")
		}, faults{"the points that end last are spent first": func(w *wire) {
			// Every end is kept mirrored, so that the order of the lots is turned.
			mirror := func(t *time.Time) {
				*t = time.UnixMilli(crm.Forever.UnixMilli() + time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() - t.UnixMilli())
			}
			asked("Grant", func(m *engine.Movement) { mirror(&m.ValidUntil) })(w)
			told("Statement", func(s *crm.Statement) {
				slices.Reverse(s.Lots)
				for i := range s.Lots {
					mirror(&s.Lots[i].ValidUntil)
				}
			})(w)
		}}},
		{"Take/again", "The same key with the same content gives the first answer and takes nothing more, also when nothing is left.", func(b *bench) {
			b.rich(1, 70)
			m := b.movement("card-1", "spent", 70)
			first := must(b.Take(b.ctx, m))
			m.Now, m.Actor = b.now.Add(time.Hour), "another operator" // a retry comes later
			repeats(b, first, b.Take, m)
			b.grant("card-1", "more", 100)
			repeats(b, first, b.Take, m)
			b.crash()
			repeats(b, first, b.Take, m)
			b.take("card-1", "spent-2", 70)
			b.balance("card-1", 30)
		}, faults{
			"a repeated take is a conflict": refusesKeys("Take"),
			"a take with a known key takes again": func(w *wire) {
				calls := 0
				asked("Take", func(m *engine.Movement) { calls++; m.Key = fmt.Sprint(m.Key, calls) })(w)
			},
			"keys are known until the program ends": func(w *wire) {
				known := map[string]crm.Posting{}
				around("Take", func(c *call, m *engine.Movement, posting *crm.Posting) {
					key := m.Key
					if old, seen := known[key]; seen {
						*posting = old
						return
					}
					m.Key = fmt.Sprintf("%s of %p", key, known)
					if c.next(); c.err == nil {
						known[key] = *posting
					}
				})(w)
			},
		}},
		{"Take/conflict", "The same key with another content gives ErrOperationConflict and changes nothing.", func(b *bench) {
			b.rich(1, 70)
			b.rich(2, 70)
			m := b.movement("card-1", "spent", 10)
			must(b.Take(b.ctx, m))
			b.conflicts(m, b.tryTake, b.tryGrant)
		}, faults{"a key that was used for something else is not noticed": forgives("Take", crm.ErrOperationConflict)}},
		{"Take/insufficient", "Take of more than is available gives ErrInsufficientPoints, nothing is taken, and the key stays free.", func(b *bench) {
			b.card(1)
			b.tooFew("card-1", 1)
			b.grantLot("card-1", "a", 10, b.now, b.now.Add(10*day))
			b.grantLot("card-1", "b", 20, b.now, b.now.Add(20*day))
			m := b.movement("card-1", "spent", 31)
			refuses(b, crm.ErrInsufficientPoints, b.Take, m)
			b.grant("card-1", "c", 1)
			same(b, must(b.Take(b.ctx, m)).Points, -31)
			b.balance("card-1", 0)
			b.adds("card-1")
		}, faults{
			"a take of too much takes what is there": insufficient(func(c *call, m *engine.Movement, posting *crm.Posting) {
				m.Points = 0
				for _, lot := range must(c.good.Statement(c.ctx, m.CardNumber, m.Now)).Lots {
					m.Points += lot.Remaining
				}
				*posting, c.err = c.good.Take(c.ctx, *m)
			}),
			"a refused take uses its key up": func(w *wire) {
				spent := map[string]error{}
				around("Take", func(c *call, m *engine.Movement, _ *any) {
					if c.err = spent[m.Key]; c.err == nil {
						c.next()
						spent[m.Key] = c.err
					}
				})(w)
			},
		}},
		{"Take/pending", "Pending points do not count; from AvailableFrom on they do.", func(b *bench) {
			b.rich(1, 10)
			b.grantLot("card-1", "pending", 50, b.now.Add(day), b.now.Add(2*day))
			b.tooFew("card-1", 11)
			b.take("card-1", "spent", 10)
			same(b, b.remaining("card-1", b.now), []int64{50})
			b.later(day - time.Millisecond)
			b.tooFew("card-1", 1)
			b.later(time.Millisecond)
			b.take("card-1", "spent-later", 50)
			b.balance("card-1", 0)
			b.adds("card-1")
		}, faults{"pending points are spent": insufficient(func(c *call, m *engine.Movement, posting *crm.Posting) {
			m.Now = m.Now.Add(36 * time.Hour)
			*posting, c.err = c.good.Take(c.ctx, *m)
		})}},
		{"Take/expired", "Expired points do not count from ValidUntil on, also before ExpirePoints has booked them.", func(b *bench) {
			b.card(1)
			b.grantLot("card-1", "ends", 50, b.now, b.now.Add(day))
			b.grantLot("card-1", "stays", 10, b.now, b.now.Add(365*day))
			b.later(day - time.Millisecond)
			b.take("card-1", "in-time", 20)
			same(b, b.remaining("card-1", b.now), []int64{30, 10})
			b.later(time.Millisecond)
			b.tooFew("card-1", 11)
			b.take("card-1", "late", 10)
			same(b, b.lots("card-1"), nil)
			b.balance("card-1", 30)
			b.expires(plenty, 1)
			b.balance("card-1", 0)
			b.adds("card-1")
		}, faults{"expired points are spent until they are booked": insufficient(func(c *call, m *engine.Movement, posting *crm.Posting) {
			m.Now = m.Now.Add(-time.Hour)
			*posting, c.err = c.good.Take(c.ctx, *m)
		})}},
		{"Race/take", "Nothing ever makes a balance negative: of takes at one moment exactly as many succeed as there are points for.", func(b *bench) {
			b.rich(1, 100)
			tally(b, b.takesAtOnce(10), map[string]int{done: 10, string(crm.ErrInsufficientPoints): 22})
			b.balance("card-1", 0)
			same(b, len(b.postings("card-1")), 11)
			b.adds("card-1")
		}, faults{"a balance is read before it is written": crowded("Take", func(met *meeting, c *call, m *engine.Movement, posting *crm.Posting) {
			if c.err = crm.ErrInsufficientPoints; must(c.good.Card(c.ctx, m.CardNumber)).Balance < m.Points {
				return
			}
			met.wait()
			if c.next(); crm.KindOf(c.err) == crm.ErrInsufficientPoints { // writes what it computed over what others wrote
				*posting, c.err = crm.Posting{ID: m.Key, CardNumber: m.CardNumber, Kind: crm.PostingTake, Points: -m.Points, At: m.Now}, nil
			}
		})}},
		{"Race/take-many-lots", "Takes at one moment spend each lot once, however many lots there are.", func(b *bench) {
			b.card(1)
			for i := range 8 {
				b.grantLot("card-1", fmt.Sprintf("lot-%d", i), 5, b.now, b.now.AddDate(0, 0, 1+i/2))
			}
			tally(b, b.takesAtOnce(3), map[string]int{done: 13, string(crm.ErrInsufficientPoints): 19})
			same(b, b.remaining("card-1", b.now), []int64{1})
			b.adds("card-1")
		}, nil},
		{"Race/take-one-key", "Of takes with one key at one moment one takes, and all get its answer.", func(b *bench) {
			b.rich(1, 15)
			oneAnswer(b, race(racers, func(int) (crm.Posting, error) { return b.Take(b.ctx, b.movement("card-1", "spent", 10)) }))
			b.balance("card-1", 5)
			b.adds("card-1")
		}, nil},
		{"ExpirePoints/books", "ExpirePoints books what is left of a lot that is over, once, as a posting of its own, and tells how many lots it booked.", func(b *bench) {
			b.card(1)
			b.grantLot("card-1", "ends", 50, b.now, b.now.Add(day))
			b.grantLot("card-1", "stays", 10, b.now, b.now.Add(30*day))
			b.take("card-1", "spent", 20)
			b.later(day)
			b.expires(plenty, 1)
			same(b, b.kinds("card-1"), []string{"expiry -30", "take -20", "grant +10", "grant +50"})
			posting := b.postings("card-1")[0]
			b.holds(posting.ID != "" && posting.CardNumber == "card-1", "a posting with an ID and the card's number", posting)
			b.points("card-1", 10, 60)
			same(b, b.remaining("card-1", b.now), []int64{10})
			for range 2 {
				b.idle(func() error { b.expires(plenty, 0); return nil })
				b.later(day)
			}
			b.adds("card-1")
		}, faults{"one more lot is told than was booked": told("ExpirePoints", func(n *int) { *n++ })}},
		{"ExpirePoints/in-time", "ExpirePoints leaves alone lots that are not over, or spent.", func(b *bench) {
			b.card(1)
			b.idle(func() error { b.expires(plenty, 0); return nil })
			b.grantLot("card-1", "spent-lot", 50, b.now, b.now.Add(day))
			b.grantLot("card-1", "open-lot", 10, b.now, b.now.Add(2*day))
			b.grantLot("card-1", "for-ever", 5, b.now, crm.Forever)
			b.take("card-1", "spent", 50)
			b.later(2*day - time.Millisecond)
			b.idle(func() error { b.expires(plenty, 0); return nil })
			b.later(100 * 365 * day)
			b.expires(plenty, 1)
			b.balance("card-1", 5)
			b.adds("card-1")
		}, faults{"lots end a moment early": asked("ExpirePoints", func(now *time.Time) { *now = now.Add(time.Millisecond) })}},
		{"ExpirePoints/limit", "ExpirePoints books up to limit lots at a time, until none is left.", func(b *bench) {
			b.cards(2)
			for i := range 5 {
				b.grantLot(cardName(i%2), fmt.Sprintf("lot-%d", i), int64(10+i), b.now, b.now.Add(day))
			}
			b.later(2 * day)
			for _, want := range []int{2, 2, 1, 0} {
				b.expires(2, want)
			}
			same(b, b.total([]string{"card-0", "card-1"}), 0)
			b.adds("card-0", "card-1")
		}, faults{"the limit of lots is ignored": asked("ExpirePoints", func(limit *int) { *limit *= 100 })}},
		{"ExpirePoints/every-card", "ExpirePoints books lots of inactive and blocked cards too: nobody keeps points that are over.", func(b *bench) {
			for i, state := range []crm.CardState{crm.CardActive, crm.CardInactive, crm.CardBlocked} {
				b.grantLot(b.card(i), fmt.Sprintf("lot-%d", i), 10, b.now, b.now.Add(day))
				b.setState(cardName(i), state)
			}
			b.later(day)
			b.expires(plenty, 3)
			same(b, b.total([]string{"card-0", "card-1", "card-2"}), 0)
		}, nil},
		{"Race/expire", "A lot is booked once, also when several processes expire points at one moment.", func(b *bench) {
			b.cards(3)
			for i := range 12 {
				b.grantLot(cardName(i%3), fmt.Sprintf("lot-%d", i), 10, b.now, b.now.Add(day))
			}
			for i := range 3 {
				b.grant(cardName(i), fmt.Sprintf("stays-%d", i), 5)
			}
			b.later(day)
			results := race(8, func(int) (int, error) { return b.ExpirePoints(b.ctx, b.now, 5) })
			tally(b, results, map[string]int{done: 8})
			booked := must(b.ExpirePoints(b.ctx, b.now, plenty)) // a process may leave what another is about to book
			for _, r := range results {
				booked += r.answer
			}
			same(b, booked, 12)
			for i := range 3 {
				b.balance(cardName(i), 5)
				same(b, len(b.postings(cardName(i))), 4+1+4)
				b.adds(cardName(i))
			}
		}, faults{"lots are looked up before they are booked": func(w *wire) {
			met := newMeeting(8)
			around("ExpirePoints", func(c *call, _ *time.Time, n *int) {
				met.wait()
				c.next()
				*n = 5
			})(w)
		}}},
		{"Race/expire-and-take", "Points are spent or expire, never both, when both happen at one moment.", raceExpireTake, nil},
	}
}

func (b *bench) takesAtOnce(points int64) []result[crm.Posting] {
	return race(racers, func(i int) (crm.Posting, error) {
		return b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("spent-%d", i), points))
	})
}

func raceExpireTake(b *bench) {
	b.card(1)
	end := b.now.Add(day)
	for i := range 4 {
		b.grantLot("card-1", fmt.Sprintf("lot-%d", i), 10, b.now, end)
	}
	results := race(racers, func(i int) (int64, error) {
		if i%4 == 0 { // a process whose clock is a moment ahead
			return 0, errorOf(b.ExpirePoints(b.ctx, end, 1))
		}
		posting, err := b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("spent-%d", i), 3))
		return posting.Points, err
	})
	want := int64(40)
	for i, r := range results {
		b.holds(r.err == nil || i%4 != 0 && isAny(r.err, crm.ErrInsufficientPoints), "success, or too few points for a take", r.err)
		want += r.answer
	}
	for _, posting := range b.postings("card-1") {
		if posting.Kind == crm.PostingExpiry {
			want += posting.Points
		}
	}
	b.balance("card-1", want)
	b.adds("card-1")
}

func postingChecks() []Check {
	return []Check{
		{"Postings/newest-first", "Postings gives the postings of the card alone, newest first.", func(b *bench) {
			b.card(1)
			b.card(2)
			same(b, b.postings("card-1"), nil)
			for i := range 4 {
				b.later(time.Minute)
				b.grant("card-1", fmt.Sprintf("gift-%d", i), int64(10+i))
				b.grant("card-2", fmt.Sprintf("other-%d", i), 5)
			}
			b.later(time.Minute)
			b.take("card-1", "spent", 1)
			same(b, b.kinds("card-1"), []string{"take -1", "grant +13", "grant +12", "grant +11", "grant +10"})
		}, faults{"postings come oldest first": told("Postings", func(page *[]crm.Posting) { slices.Reverse(*page) })}},
		{"Postings/pages", "Postings gives up to limit postings, beginning before the posting with the given ID, which is unique over all cards; pages skip and repeat none.", func(b *bench) {
			b.card(1)
			b.card(2)
			for i := range 7 { // several in one moment, since points often come together
				b.grant("card-1", fmt.Sprintf("gift-%d", i), int64(10+i))
				b.grant("card-2", fmt.Sprintf("other-%d", i), 5)
				b.later(time.Duration(i%2) * time.Minute)
			}
			id := func(p crm.Posting) string { return p.ID }
			all := pages(b, id, func(before string, limit int) ([]crm.Posting, error) {
				return b.Postings(b.ctx, "card-1", before, limit)
			})
			same(b, len(all), 7)
			seen := map[string]bool{}
			for _, posting := range append(all, b.postings("card-2")...) {
				seen[posting.ID] = true
			}
			same(b, len(seen), 14)
		}, faults{
			"a page of postings skips a line": func(w *wire) {
				w.on("Postings", func(c *call) {
					*arg[int](c.args)++
					if c.next(); *c.args[1].(*string) != "" {
						page := arg[[]crm.Posting](c.results)
						*page = (*page)[min(1, len(*page)):]
					}
				})
			},
			"IDs are unique for a card": told("Postings", func(page *[]crm.Posting) {
				for i := range *page {
					if (*page)[i].CardNumber == "card-2" {
						(*page)[i].ID = "1"
					}
				}
			}),
		}},
		{"Ledger/adds-up", "A card's postings add up to its balance, whatever the points came from and went to, and Verify finds nothing in a sound store.", func(b *bench) {
			bad, last, err := b.Verify(b.ctx, "", 10)
			same(b, []any{bad, last, err}, []any{[]engine.Discrepancy{}, "", nil})
			must(b.Issue(b.ctx, b.welcomed(fullProfile(1), "card-1", 50)))
			b.imports(b.row("card-2", fullProfile(2), 100))
			b.putCodes(b.promo("SPRING"))
			for i, number := range []string{"card-1", "card-2"} {
				b.grantLot(number, "gift-"+number, 30, b.now, b.now.Add(time.Hour))
				b.grantLot(number, "pending-"+number, 20, b.now.Add(30*day), b.now.Add(60*day))
				b.submit(b.submission(number, int64(i), 15))
				b.redeem(number, "SPRING")
				b.take(number, "spent-"+number, 33)
			}
			b.adds("card-1", "card-2")
			b.later(day)
			b.expires(plenty, 0) // of the lots that are over the takes have used everything
			b.later(59 * day)
			b.expires(plenty, 2)
			b.adds("card-1", "card-2")
			b.balance("card-1", 87)
			b.balance("card-2", 137)
		}, faults{"verify always shouts": told("Verify", func(bad *[]engine.Discrepancy) {
			*bad = append(*bad, engine.Discrepancy{CardNumber: "card-1", Balance: 1})
		})}},
		{"Verify/pages", "Verify looks at up to limit cards in the order of their numbers, tells the last number that it looked at, and \"\" when there are no more.", func(b *bench) {
			want := []string{"b-1", "a-2", "C-3", "10", "9"}
			for _, number := range want {
				b.unheld(number)
			}
			slices.Sort(want)
			var visited []string
			for after := ""; len(visited) <= len(want); {
				bad, last, err := b.Verify(b.ctx, after, 1)
				ok(err)
				same(b, bad, nil)
				if last == "" {
					break
				}
				visited, after = append(visited, last), last
			}
			// The last card may be reported with "" at once, since there are no more.
			if len(visited) == len(want)-1 {
				visited = append(visited, want[len(want)-1])
			}
			same(b, visited, want)
			_, last, err := b.Verify(b.ctx, want[len(want)-1], 10)
			same(b, []any{last, err}, []any{"", nil})
		}, nil},
		{"Verify/finds", "Verify gives the cards whose balance is not what their postings add up to.", func(b *bench) {
			if b.store.Spoil == nil {
				b.Logf("not judged: the store has no Spoil, so there is nothing for Verify to find")
				return
			}
			for i := range 3 {
				b.rich(i, 10)
			}
			b.store.Spoil(b.TB, "card-1")
			b.balance("card-1", 11)
			bad, _, err := b.Verify(b.ctx, "", 10)
			ok(err)
			same(b, bad, []engine.Discrepancy{{CardNumber: "card-1", Balance: 11, Postings: 10, Lots: 10}})
		}, faults{"verify never finds": told("Verify", func(bad *[]engine.Discrepancy) { *bad = nil })}},
		{"Race/verify", "Verify finds nothing in a sound store, also while points move.", func(b *bench) {
			for i := range 4 {
				b.rich(i, 50)
			}
			results := race(racers, func(i int) ([]engine.Discrepancy, error) {
				switch number := cardName(i % 4); i / 4 % 4 {
				case 0:
					return nil, b.tryGrant(b.movement(number, fmt.Sprintf("more-%d", i), 10))
				case 1:
					return nil, b.tryTake(b.movement(number, fmt.Sprintf("less-%d", i), 10))
				}
				bad, _, err := b.Verify(b.ctx, "", plenty)
				return bad, err
			})
			tally(b, results, all)
			for _, bad := range winners(results) {
				same(b, bad, nil)
			}
		}, faults{"verify reads balances first and postings later": verifiesLate}},
	}
}

// verifiesLate lets all 16 movements of Race/verify come between the two looks.
func verifiesLate(w *wire) {
	looked, moved := newMeeting(racers), newMeeting(racers)
	for _, method := range []string{"Grant", "Take"} {
		around(method, func(c *call, m *engine.Movement, _ *any) {
			if m.Points == 10 { // of the race, not before it
				looked.wait()
				defer moved.wait()
			}
			c.next()
		})(w)
	}
	around("Verify", func(c *call, _ *any, bad *[]engine.Discrepancy) {
		card := must(c.good.Card(c.ctx, "card-0"))
		looked.wait()
		moved.wait()
		if later := must(c.good.Card(c.ctx, "card-0")); later.EarnedTotal != card.EarnedTotal {
			*bad = append(*bad, engine.Discrepancy{CardNumber: card.Number, Balance: card.Balance})
		}
	})(w)
}
