package conformance

import (
	"fmt"
	"math/big"
	"net/http"
	"sync"
)

// fewTwins is how many customers a race between customers has: each costs a call
// before the race.
const fewTwins = 8

var raceChecks = map[string]checkFunc{
	"race.reserve": func(c *check) error {
		replies, err := c.atOnce(c.twins(c.on("reserve a number", "reserveCard", "")))
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, r := range replies {
			number := reservedNumber(r.Answer)
			if number == "" {
				continue
			}
			c.report.TestData.Reserved++
			if err := r.differs(!seen[number], "a number of its own", "two calls got one number"); err != nil {
				return err
			}
			seen[number] = true
		}
		return c.someTaken(replies)
	},
	"race.issue-reserved": reserved(func(c *check, number string) error {
		p := c.person()
		p.number = number
		out := c.issueOnCall("issue the number", number, p.profile())
		replies, err := c.atOnce(c.twins(out))
		if err != nil {
			return err
		}
		c.made(p, number)
		return all(
			func() error { return c.someTaken(replies) },
			func() error { return c.again("the same call afterwards", out, 1) },
			func() error { return c.finds(p, "search by phone", "msisdn", p.phone, "email", p.email) },
		)
	}),
	"race.issue-reserved-two":     raceForNumber,
	"race.one-phone-many-numbers": raceForPhone,
	"race.issue": func(c *check) error {
		p := c.person()
		replies, err := c.atOnce(c.twins(c.issueCall("issue a card", p.profile())))
		if err != nil {
			return err
		}
		if err := c.someTaken(replies); err != nil {
			return err
		}
		for _, r := range replies {
			if !r.ok() {
				continue
			}
			if p.number == "" {
				c.made(p, r.number())
			}
			if err := r.differs(r.number() == p.number, "one card for all", "two calls got two cards"); err != nil {
				return err
			}
		}
		return all(
			func() error { return c.finds(p, "search by phone", "msisdn", p.phone, "email", p.email) },
			func() error { return c.sameCard(p, "the same call afterwards", p.profile()) },
		)
	},
	"race.update": withFresh(func(c *check, p *customer) error {
		email := c.maker.email(c.maker.phone())
		replies, err := c.atOnce(c.twins(c.updateCall("change the e-mail address", p.number, profile{"email": email, "surname": "Новая"})))
		if err != nil {
			return err
		}
		return all(
			func() error { return c.someTaken(replies) },
			func() error { return c.finds(p, "the new address finds the card", "email", email) },
			func() error { return c.finds(p, "so does the phone", "msisdn", p.phone) },
		)
	}),
	"race.email": raceForEmail,
	"race.channels": withFresh(func(c *check, p *customer) error {
		out := c.channelsCall("set channels", p.number, []string{"sms"}, []string{"email"})
		replies, err := c.atOnce(c.twins(out))
		if err != nil {
			return err
		}
		return all(func() error { return c.someTaken(replies) }, func() error { return c.again("the same call afterwards", out, 1) })
	}),
	"race.receipt": withFresh(func(c *check, p *customer) error {
		return c.racePaidOnce(p, func(p *customer) call { return c.receiptCall("send the receipt", p.number, c.sale().String()) })
	}),
	"race.receipt-two-cards": raceForReceipt,
	"race.promo-limit":       raceForCode,
	"race.promo": withFresh(func(c *check, p *customer) error {
		return c.racePaidOnce(p, func(p *customer) call { return c.codeCall("send the code", p.number, c.goodCode()) })
	}),
}

// twins are copies of one call.
func (c *check) twins(out call) []call {
	all := make([]call, c.options.Twins)
	for i := range all {
		all[i] = out
	}
	return all
}

// atOnce makes calls at one moment. Which of them wins is chance, so they are
// counted and not kept, but for those that turn out wrong.
func (c *check) atOnce(calls []call) ([]*reply, error) {
	exchanges := make([]Exchange, len(calls))
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range calls {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			exchanges[i] = c.exchange(calls[i])
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	kept := c.records
	var replies []*reply
	var err error
	for i, e := range exchanges {
		out := calls[i]
		out.slow = true
		r, failed := c.received(out, e)
		if failed != nil {
			err = failed
			continue
		}
		c.tally.twins = append(c.tally.twins, e.Took)
		replies = append(replies, r)
	}
	c.records = kept
	c.quiet += len(calls)
	c.note = fmt.Sprintf("%d calls at one moment", len(calls))
	return replies, err
}

// differs is expect for one of many calls at one moment: the call is only kept
// when it is wrong.
func (r *reply) differs(ok bool, expected, wrong string, args ...any) error {
	if ok {
		return nil
	}
	r.check.records = append(r.check.records, r.record)
	r.check.quiet--
	return r.expect(false, expected, wrong, args...)
}

// someTaken expects that of many calls at one moment every one was processed or
// refused, and at least one processed.
func (c *check) someTaken(replies []*reply) error {
	taken := 0
	for _, r := range replies {
		inside := r.ok() || r.Answer.Status == http.StatusUnprocessableEntity
		if err := r.differs(inside, "200 or 422", "the status is %d", r.Answer.Status); err != nil {
			return err
		}
		if r.ok() {
			taken++
		}
	}
	if taken == 0 && len(replies) > 0 {
		return replies[0].differs(false, "at least one success", "all %d calls were refused", len(replies))
	}
	return nil
}

// oneTaken expects that exactly one of many calls was processed.
func (c *check) oneTaken(replies []*reply) error {
	taken := 0
	for _, r := range replies {
		if r.ok() {
			taken++
		}
		if err := r.differs(taken <= 1, "one success", "a second call was processed"); err != nil {
			return err
		}
	}
	return c.someTaken(replies)
}

func raceForNumber(c *check) error {
	number, err := c.needNumber()
	if err != nil {
		return err
	}
	var customers []*customer
	var calls []call
	for range c.options.Twins {
		p := c.person()
		customers = append(customers, p)
		calls = append(calls, c.issueOnCall("issue one number to many customers", number, p.profile()))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	if err := c.oneTaken(replies); err != nil {
		return err
	}
	owners := 0
	for _, p := range customers {
		r, err := c.find("whose card is it?", "msisdn", p.phone)
		if err != nil {
			return err
		}
		if r.number() != "" {
			if owners++; owners == 1 {
				c.made(p, number)
			}
		}
		if err := r.expect(owners <= 1, "one holder", "a second customer finds the card"); err != nil {
			return err
		}
	}
	c.forgetSearches()
	if owners == 0 {
		return &broken{"nobody finds the card afterwards"}
	}
	return nil
}

// forgetSearches drops the calls of a check that passed and whose winner is
// chance, so that the same seed gives the same report.
func (c *check) forgetSearches() {
	kept := c.records[:0]
	for _, rec := range c.records {
		if rec.exchange.Request.Path == "/v1/card" || rec.exchange.Request.Method == http.MethodGet && rec.wrong == "" && rec.title != "prepare: reserve a number" {
			c.quiet++
			continue
		}
		kept = append(kept, rec)
	}
	c.records = kept
}

func raceForPhone(c *check) error {
	p := c.person()
	var calls []call
	numbers := map[string]bool{}
	for range fewTwins {
		number, err := c.needNumber()
		if err != nil {
			return err
		}
		numbers[number] = true
		calls = append(calls, c.issueOnCall("issue many numbers to one phone", number, p.profile()))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	if err := c.someTaken(replies); err != nil {
		return err
	}
	err = c.expecting(c.findCall("search by phone and e-mail address", "msisdn", p.phone, "email", p.email), func(r *reply) error {
		if err := r.taken(); err != nil {
			return err
		}
		if numbers[r.number()] {
			c.made(p, r.number())
		}
		return r.expect(numbers[r.number()], "one of the cards", "%s is answered", r.cardSaid())
	})
	if err == nil {
		c.forgetSearches()
	}
	return err
}

func raceForEmail(c *check) error {
	email := c.maker.email(c.maker.phone())
	var calls []call
	var customers []*customer
	for range fewTwins {
		p, err := c.fresh()
		if err != nil {
			return err
		}
		customers = append(customers, p)
		calls = append(calls, c.updateCall("take one e-mail address, many customers", p.number, profile{"email": email}))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	if err := c.oneTaken(replies); err != nil {
		return err
	}
	for i, r := range replies {
		if !r.ok() {
			continue
		}
		if err := c.finds(customers[i], "the address finds the winner's card", "email", email); err != nil {
			return err
		}
	}
	c.forgetSearches()
	return nil
}

// racePaidOnce expects that a call many times at one moment gives what it gives
// once to another card.
func (c *check) racePaidOnce(p *customer, of func(*customer) call) error {
	control, err := c.fresh()
	if err != nil {
		return err
	}
	want, err := c.gain(control.number, func() error { return c.expecting(of(control), (*reply).done) })
	if err != nil {
		return err
	}
	if want.Sign() == 0 {
		return &lacking{noPointsShow}
	}
	gained, err := c.gain(p.number, func() error {
		replies, err := c.atOnce(c.twins(of(p)))
		if err != nil {
			return err
		}
		return c.someTaken(replies)
	})
	if err != nil {
		return err
	}
	return c.expectGain(gained, want)
}

func raceForReceipt(c *check) error {
	control, err := c.fresh()
	if err != nil {
		return err
	}
	want, err := c.gain(control.number, func() error { return c.accepted("what a receipt gives once", control, c.sale().String()) })
	if err != nil {
		return err
	}
	if want.Sign() == 0 {
		return &lacking{noPointsShow}
	}
	qr := c.sale().String()
	var calls []call
	var customers []*customer
	total := new(big.Rat)
	for range fewTwins {
		p, err := c.fresh()
		if err != nil {
			return err
		}
		before, err := c.points("points before", p.number)
		if err != nil {
			return err
		}
		total.Sub(total, before)
		customers, calls = append(customers, p), append(calls, c.receiptCall("send one receipt from many cards", p.number, qr))
	}
	replies, err := c.atOnce(calls)
	if err != nil {
		return err
	}
	if err := c.oneTaken(replies); err != nil {
		return err
	}
	if err := c.waitForPoints(); err != nil {
		return err
	}
	for _, p := range customers {
		after, err := c.points("points after", p.number)
		if err != nil {
			return err
		}
		total.Add(total, after)
	}
	if err := c.expectGain(total, want); err != nil {
		return err
	}
	c.forgetSearches()
	return nil
}
