package remotecrm

import (
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/schema/crmapi"
)

func enrollRules() []rule {
	return []rule{
		{"enroll.repeated", critical, "", text{"An enrollment that comes again has the same answer and makes nothing more.", "Повторная выдача даёт тот же ответ и ничего не создаёт."}, func(c *check) {
			c.repeatable(crm.WriteEnroll)
			e, m := c.customer()
			again, err := c.crm.Enroll(c.ctx, e)
			c.must(err)
			if again.Ref != m.Ref {
				c.broken(text{"the answer names another card or customer", "в ответе другая карта или клиент"})
			}
			c.cards(e.Profile.Phone, 1)
		}},
		{"enroll.conflict", major, "", text{"The key of another enrollment is refused, and nothing is made.", "Ключ другой выдачи отклоняется, и ничего не создаётся."}, func(c *check) {
			c.keyed(crm.WriteEnroll)
			e, _ := c.customer()
			other := c.person()
			other.Key = e.Key
			_, err := c.enroll(other)
			c.refused(err, crm.ErrOperationConflict)
			c.cards(other.Profile.Phone, 0)
		}},
		{"enroll.twins", critical, "", text{"One enrollment sent twenty times at one moment makes one card.", "Одна выдача, посланная двадцать раз сразу, даёт одну карту."}, func(c *check) {
			c.repeatable(crm.WriteEnroll)
			e := c.person()
			for _, err := range c.together(func(int) error {
				return c.patient(func() error { _, err := c.crm.Enroll(c.ctx, e); return err })
			}) {
				c.must(err)
			}
			c.remember(e.Profile.Phone)
			c.cards(e.Profile.Phone, 1)
		}},
		{"enroll.race", critical, "", text{"Twenty enrollments of one phone at one moment make one customer, never two.", "Двадцать выдач одному телефону сразу создают одного клиента, а не двух."}, func(c *check) {
			e := c.person()
			others := make([]crm.Enrollment, c.Twins)
			for i := range others {
				others[i] = c.person()
				others[i].Profile = e.Profile
			}
			_ = c.together(func(i int) error {
				return c.patient(func() error { _, err := c.crm.Enroll(c.ctx, others[i]); return err })
			})
			// The service may refuse a second card; at most ten are found.
			c.remember(e.Profile.Phone)
			answer, err := c.crm.Find(c.ctx, crm.Identity{Phone: e.Profile.Phone})
			if err == nil && len(answer) == 0 {
				c.broken(text{"no card was made", "ни одной карты не выдано"})
			}
			for _, m := range answer {
				if m.ID != answer[0].ID {
					c.broken(text{"the phone has two customers", "у телефона два клиента"})
				}
			}
			customers := map[string]bool{}
			for i := range others {
				if m, err := c.crm.Member(c.ctx, crm.Ref{Card: others[i].Number.Number}); err == nil {
					c.made = append(c.made, m.Ref)
					customers[m.ID] = true
				}
			}
			if len(customers) != 1 {
				c.broken(text{"the phone has %d customers; expected one", "у телефона клиентов: %d; ожидался один"}, len(customers))
			}
		}},
		{"enroll.number-race", critical, "", text{"Of twenty customers who want one number at one moment, one gets it.", "Из двадцати клиентов, которые сразу хотят один номер, его получает один."}, func(c *check) {
			first := c.person()
			others := make([]crm.Enrollment, c.Twins)
			for i := range others {
				others[i] = c.person()
				others[i].Number = first.Number
			}
			got := 0
			for _, err := range c.together(func(i int) error {
				return c.patient(func() error { _, err := c.crm.Enroll(c.ctx, others[i]); return err })
			}) {
				if err == nil {
					got++
				} else {
					c.refused(err, crm.ErrNumberTaken)
				}
			}
			m, err := c.crm.Member(c.ctx, crm.Ref{Card: first.Number.Number})
			c.must(err)
			c.made = append(c.made, m.Ref)
			if got != 1 {
				c.broken(text{"%d got it", "его получили %d"}, got)
			}
		}},
		{"enroll.number-taken", critical, "", text{"Another customer's number is refused, and nothing is made.", "Номер другого клиента отклоняется, и ничего не создаётся."}, func(c *check) {
			_, m := c.customer()
			e := c.person()
			e.Number.Number, e.Number.BarcodeNumber = m.Card, m.Card
			_, err := c.enroll(e)
			c.refused(err, crm.ErrNumberTaken)
			c.cards(e.Profile.Phone, 0)
		}},
		{"enroll.email", critical, "", text{"An e-mail alone never gives a card to another customer's account.", "Один e-mail не открывает чужой счёт."}, func(c *check) {
			other, m := c.customer()
			e := c.person()
			e.Profile.Email = other.Profile.Email
			made, err := c.enroll(e)
			if err == nil && made.ID == m.ID {
				c.broken(text{"the card was given to the customer of the e-mail", "карта выдана владельцу e-mail"})
			}
			if err != nil {
				c.refused(err, crm.ErrEmailTaken, crm.ErrAmbiguous)
				c.cards(e.Profile.Phone, 0)
			}
			c.cards(other.Profile.Phone, 1)
		}},
		{"enroll.second-card", major, "", text{"A second number for a phone is a second card of the same customer, or is refused.", "Второй номер для телефона — вторая карта того же клиента или отказ."}, func(c *check) {
			e, m := c.customer()
			second := c.person()
			second.Profile = e.Profile
			made, err := c.enroll(second)
			if err != nil {
				c.refused(err, crm.ErrPhoneTaken, crm.ErrEmailTaken, crm.ErrAmbiguous)
				c.cards(e.Profile.Phone, 1)
				return
			}
			if made.ID != m.ID {
				c.broken(text{"the phone has two customers", "у телефона два клиента"})
			}
			c.cards(e.Profile.Phone, 2)
		}},
		{"enroll.lost", critical, "", text{"An enrollment whose answer is lost is repeated, or looked up, and makes one card.", "Выдача, ответ на которую потерян, повторяется или находится и даёт одну карту."}, func(c *check) {
			for range 3 {
				e := c.person()
				c.lost("enroll", e.Key, enrollBody(e))
				c.finish(crm.WriteEnroll, e.Key, func() error { _, err := c.enroll(e); return err })
				c.remember(e.Profile.Phone)
				c.cards(e.Profile.Phone, 1)
			}
		}},
	}
}

// remember keeps the cards of a phone for the end.
func (c *check) remember(phone string) {
	found, _ := c.crm.Find(c.ctx, crm.Identity{Phone: phone}) // only to tidy up
	for _, m := range found {
		c.made = append(c.made, m.Ref)
	}
}

// finish ends a write whose answer was lost as the adapter does: repeat it where
// that is safe, else look it up and send it only when it surely was not done.
func (c *check) finish(w crm.Write, key string, again func() error) {
	switch c.guarantee(w) {
	case crm.GuaranteeKeyed, crm.GuaranteeNatural:
		c.must(c.patient(again))
	case crm.GuaranteeSearchable:
		_, done, err := c.crm.Operation(c.ctx, key, crm.Ref{}, time.Now().Add(-time.Minute))
		c.must(err)
		if !done {
			c.must(c.patient(again))
		}
	default:
		c.without(text{"the service promises nothing after a lost answer", "после потерянного ответа сервис ничего не обещает"})
	}
}

func pointsRules() []rule {
	move := func(c *check, key string, ref crm.Ref, n int64) error {
		_, err := c.crm.Move(c.ctx, key, ref, crm.PointsMove{Points: n, Description: "conform"})
		return err
	}
	return []rule{
		{"points.credit", critical, crm.OffersPoints, text{"Points are credited once, also when the call comes again.", "Баллы начисляются один раз, и при повторе вызова тоже."}, func(c *check) {
			c.repeatable(crm.WritePoints)
			c.counted(1, func(ref crm.Ref) {
				key := c.key()
				for range 2 {
					c.must(move(c, key, ref, 50))
				}
			})
		}},
		{"points.twins", critical, crm.OffersPoints, text{"One credit sent twenty times at one moment counts once.", "Одно начисление, посланное двадцать раз сразу, засчитывается один раз."}, func(c *check) {
			c.repeatable(crm.WritePoints)
			c.counted(1, func(ref crm.Ref) {
				key := c.key()
				for _, err := range c.together(func(int) error { return c.patient(func() error { return move(c, key, ref, 50) }) }) {
					c.must(err)
				}
			})
		}},
		{"points.both", critical, crm.OffersPoints, text{"Credits at one moment all count.", "Одновременные начисления засчитываются все."}, func(c *check) {
			c.counted(c.Twins, func(ref crm.Ref) {
				keys := make([]string, c.Twins)
				for i := range keys {
					keys[i] = c.key()
				}
				for _, err := range c.together(func(i int) error { return c.patient(func() error { return move(c, keys[i], ref, 50) }) }) {
					c.must(err)
				}
			})
		}},
		{"points.conflict", major, crm.OffersPoints, text{"The key of another credit is refused.", "Ключ другого начисления отклоняется."}, func(c *check) {
			c.keyed(crm.WritePoints)
			_, m := c.customer()
			key := c.key()
			c.must(move(c, key, m.Ref, 50))
			c.refused(move(c, key, m.Ref, 51), crm.ErrOperationConflict)
		}},
		{"points.insufficient", critical, crm.OffersPoints, text{"More points than there are cannot be taken.", "Нельзя списать больше баллов, чем есть."}, func(c *check) {
			c.counted(0, func(ref crm.Ref) {
				c.refused(move(c, c.key(), ref, -1_000_000), crm.ErrInsufficientPoints)
			})
		}},
		{"points.lost", critical, crm.OffersPoints, text{"A credit whose answer is lost counts once after it is repeated or looked up.", "Начисление, ответ на которое потерян, после повтора или поиска засчитано один раз."}, func(c *check) {
			c.counted(1, func(ref crm.Ref) {
				key := c.key()
				c.lost("points", key, crmapi.Move{Ref: crmapi.Ref{ID: ref.ID, Card: ref.Card}, Points: 50, Description: "conform"})
				c.finish(crm.WritePoints, key, func() error { return move(c, key, ref, 50) })
			})
		}},
		{"lookup.done", critical, crm.OffersLookup, text{"lookup knows a write that was done.", "lookup знает выполненную запись."}, func(c *check) {
			e, m := c.customer()
			_, done, err := c.crm.Operation(c.ctx, e.Key, m.Ref, time.Now().Add(-time.Hour))
			c.must(err)
			if !done {
				c.broken(text{"it says that the enrollment was not done", "по его словам, выдачи не было"})
			}
		}},
		{"lookup.never", critical, crm.OffersLookup, text{"lookup denies a write that was never sent.", "lookup отрицает запись, которой не было."}, func(c *check) {
			_, m := c.customer()
			_, done, err := c.crm.Operation(c.ctx, c.key(), m.Ref, time.Now().Add(-time.Hour))
			c.must(err)
			if done {
				c.broken(text{"it says that it was done", "по его словам, она выполнена"})
			}
		}},
	}
}

// counted expects that what is done to a new card adds fifty points so many times.
func (c *check) counted(times int, do func(ref crm.Ref)) {
	_, m := c.customer()
	if !c.has(crm.OffersBalance) {
		do(m.Ref)
		return
	}
	before := c.balance(m.Ref)
	do(m.Ref)
	if got := c.balance(m.Ref) - before; got != int64(50*times) {
		c.broken(text{"the balance has changed by %d; expected %d", "баланс изменился на %d; ожидалось %d"}, got, 50*times)
	}
}
