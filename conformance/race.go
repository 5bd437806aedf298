package conformance

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

func raceRules() []ruled {
	return []ruled{
		row(race("reserve", "Reservations at one moment all give different numbers.", contract.Critical, "reserveCard"),
			func(c *check) {
				replies := c.atOnce(c.twins(c.on("reserve a number", "reserveCard", "")))
				seen := map[string]bool{}
				for _, r := range replies {
					number := reservedNumber(r.Answer)
					if number == "" {
						continue
					}
					c.report.TestData.Reserved++
					r.differs(!seen[number], "a number of its own", "two calls got one number")
					seen[number] = true
				}
				c.someTaken(replies)
			},
			fault("race-one-number", "Two at one moment reserve one number")),
		row(race("issue-reserved", "The same issue of a reserved number many times at one moment makes one card.", contract.Critical, "reserveCard", "issueReservedCard"),
			reserved(func(c *check, number string) {
				p := c.person()
				p.number = number
				out := c.issueOnCall("issue the number", number, p.profile())
				replies := c.atOnce(c.twins(out))
				c.made(p, number)
				c.someTaken(replies)
				c.again("the same call afterwards", out, 1)
				c.finds(p, "search by phone", "msisdn", p.phone, "email", p.email)
			}),
			fault("race-confirm-twin-500", "Of two issues at one moment one is answered with 500")),
		row(race("issue-reserved-two", "One reserved number, many customers at one moment: one of them gets it, the others are refused.", contract.Critical, "reserveCard", "issueReservedCard"),
			raceForNumber,
			fault("race-number-given-twice", "Two at one moment get one number")),
		row(race("one-phone-many-numbers", "One phone, many reserved numbers at one moment: the customer stays one, and the search finds one card.", contract.Critical, "reserveCard", "issueReservedCard"),
			raceForPhone,
			fault("race-second-customer", "Two issues at one moment make two customers of one phone")),
		row(since(race("issue", "The same phone many times at one moment gets one card.", contract.Critical, "issueCard"), v120),
			func(c *check) {
				p := c.person()
				replies := c.atOnce(c.twins(c.issueCall("issue a card", p.profile())))
				c.someTaken(replies)
				for _, r := range replies {
					if !r.ok() {
						continue
					}
					if p.number == "" {
						c.made(p, r.number())
					}
					r.differs(r.number() == p.number, "one card for all", "two calls got two cards")
				}
				c.finds(p, "search by phone", "msisdn", p.phone, "email", p.email)
				c.sameCard(p, "the same call afterwards", p.profile())
			},
			fault("race-second-card", "Two issues at one moment give two cards")),
		row(race("update", "The same update many times at one moment is taken, and the card is found afterwards.", contract.Major, "updateUser"),
			withFresh(func(c *check, p *customer) {
				email := c.maker.email(c.maker.phone())
				replies := c.atOnce(c.twins(c.updateCall("change the e-mail address", p.number, profile{"email": email, "surname": "Новая"})))
				c.someTaken(replies)
				c.finds(p, "the new address finds the card", "email", email)
				c.finds(p, "so does the phone", "msisdn", p.phone)
			}),
			fault("race-update-twin-500", "Of two updates at one moment one is answered with 500")),
		row(race("email", "One e-mail address, many customers at one moment: one of them gets it.", contract.Critical, "updateUser"),
			func(c *check) {
				raceForContact(c, "e-mail address", "email", "email", c.maker.email(c.maker.phone()))
			},
			fault("race-email-taken-twice", "Two at one moment take one email")),
		row(race("channels", "The same channels many times at one moment are taken.", contract.Major, "setChannels"),
			withFresh(func(c *check, p *customer) {
				out := c.channelsCall("set channels", p.number, []string{"sms"}, []string{"email"})
				replies := c.atOnce(c.twins(out))
				c.someTaken(replies)
				c.again("the same call afterwards", out, 1)
			}),
			fault("race-channels-twin-500", "Of two changes of channels at one moment one is answered with 500")),
	}
}

// race makes a rule on calls at one moment.
func race(id, text string, severity contract.Severity, methods ...string) contract.Rule {
	return contract.Rule{ID: "race." + id, Text: text, Mark: inferred, Source: fromReason, Since: v100, Severity: severity, Methods: methods, Writes: true}
}

// since is the rule from another version of the contract on.
func since(r contract.Rule, first koshelek.Version) contract.Rule {
	r.Since = first
	return r
}

// fewTwins is how many customers a race between customers has: each costs a call
// before the race.
const fewTwins = 8

// twins are copies of one call.
func (c *check) twins(out call) []call {
	all := make([]call, c.options.Twins)
	for i := range all {
		all[i] = out
	}
	return all
}

// Moment is calls that are made at one moment. A [Target]'s Transport may want to
// know of all of them when the first one passes.
type Moment struct {
	calls int
	once  sync.Once
}

type moment struct{}

// MomentOf is the moment that a call belongs to, nil for a call of its own.
func MomentOf(ctx context.Context) *Moment {
	m, _ := ctx.Value(moment{}).(*Moment)
	return m
}

// Announce hands the number of calls to the first who asks, before any other
// Announce of this moment returns.
func (m *Moment) Announce(to func(calls int)) { m.once.Do(func() { to(m.calls) }) }

// atOnce makes calls at one moment. Which of them wins is chance, so they are
// counted and not kept, but for those that turn out wrong.
func (c *check) atOnce(calls []call) []*reply {
	exchanges := make([]Exchange, len(calls))
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ctx := context.WithValue(c.ctx, moment{}, &Moment{calls: len(calls)})
	for i := range calls {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			request, authorized := c.prepared(calls[i])
			exchanges[i] = c.client.do(ctx, request, authorized)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	kept := c.records
	var replies []*reply
	var failed error
	for i, e := range exchanges {
		out := calls[i]
		out.slow = true
		if err := attempt(func() { replies = append(replies, c.received(out, e)) }); err != nil {
			failed = err
			continue
		}
		c.tally.twins = append(c.tally.twins, e.Took)
	}
	c.records = kept
	c.quiet += len(calls)
	c.note = fmt.Sprintf("%d calls at one moment", len(calls))
	if failed != nil {
		panic(stop{failed})
	}
	return replies
}

// differs is expect for one of many calls at one moment: the call is only kept
// when it is wrong.
func (r *reply) differs(ok bool, expected, wrong string, args ...any) {
	if ok {
		return
	}
	r.check.records = append(r.check.records, r.record)
	r.check.quiet--
	r.expect(false, expected, wrong, args...)
}

// someTaken expects that of many calls at one moment every one was processed or
// refused, and at least one processed.
func (c *check) someTaken(replies []*reply) {
	taken := 0
	for _, r := range replies {
		inside := r.ok() || r.Answer.Status == http.StatusUnprocessableEntity
		r.differs(inside, "200 or 422", "the status is %d", r.Answer.Status)
		if r.ok() {
			taken++
		}
	}
	if taken == 0 && len(replies) > 0 {
		replies[0].differs(false, "at least one success", "all %d calls were refused", len(replies))
	}
}

// oneTaken expects that exactly one of many calls was processed.
func (c *check) oneTaken(replies []*reply) {
	taken := 0
	for _, r := range replies {
		if r.ok() {
			taken++
		}
		r.differs(taken <= 1, "one success", "a second call was processed")
	}
	c.someTaken(replies)
}

func raceForNumber(c *check) {
	number := c.needNumber()
	var customers []*customer
	var calls []call
	for range c.options.Twins {
		p := c.person()
		customers = append(customers, p)
		calls = append(calls, c.issueOnCall("issue one number to many customers", number, p.profile()))
	}
	replies := c.atOnce(calls)
	c.oneTaken(replies)
	owners := 0
	for _, p := range customers {
		r := c.find("whose card is it?", "msisdn", p.phone)
		if r.number() != "" {
			if owners++; owners == 1 {
				c.made(p, number)
			}
		}
		r.expect(owners <= 1, "one holder", "a second customer finds the card")
	}
	c.forgetSearches()
	stopIf(owners == 0, &broken{"nobody finds the card afterwards"})
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

func raceForPhone(c *check) {
	p := c.person()
	var calls []call
	numbers := map[string]bool{}
	for range fewTwins {
		number := c.needNumber()
		numbers[number] = true
		calls = append(calls, c.issueOnCall("issue many numbers to one phone", number, p.profile()))
	}
	replies := c.atOnce(calls)
	c.someTaken(replies)
	r := c.send(c.findCall("search by phone and e-mail address", "msisdn", p.phone, "email", p.email))
	r.taken()
	r.expect(numbers[r.number()], "one of the cards", "%s is answered", r.cardSaid())
	c.made(p, r.number())
	c.forgetSearches()
}
