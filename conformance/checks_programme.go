package conformance

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"koshelek-adapter/conformance/document"
)

var balanceChecks = map[string]checkFunc{
	"balance.shown": knownCard(func(c *check, p *customer) error {
		return c.expecting(c.on("show the card", "getCard", p.number), func(r *reply) error {
			if err := r.hasCard(p.number); err != nil {
				return err
			}
			return r.expect(r.doc.Leaf("card", "bonus", "total") != "", "card.bonus with total", "there is no total of points")
		})
	}),
	"balance.available": knownCard(func(c *check, p *customer) error {
		return c.expecting(c.on("show the card", "getCard", p.number), func(r *reply) error {
			total, available := amount(r.doc.Leaf("card", "bonus", "total")), amount(r.doc.Leaf("card", "bonus", "available"))
			if total == nil || available == nil {
				return notReady("the points are no numbers")
			}
			return r.expect(available.Cmp(total) <= 0, "available at most total", "available is more than total")
		})
	}),
	"balance.own": func(c *check) error {
		for _, name := range []string{"anna", "boris"} {
			p, err := c.shared(name)
			if err != nil {
				return err
			}
			if err := c.expecting(c.on("show the card", "getCard", p.number), func(r *reply) error { return r.hasCard(p.number) }); err != nil {
				return err
			}
		}
		return nil
	},
	"balance.stable": knownCard(func(c *check, p *customer) error {
		first := ""
		for i := range 3 {
			r, err := c.look("show the card", p.number)
			if err != nil {
				return err
			}
			if _, err := c.find("search for the card", "msisdn", p.phone); err != nil {
				return err
			}
			total := r.doc.Leaf("card", "bonus", "total")
			if err := r.expect(i == 0 || total == first, "the same total", "the total has changed"); err != nil {
				return err
			}
			first = total
		}
		return nil
	}),
}

// amount reads a number of points, nil for none.
func amount(text string) *big.Rat {
	if !decimalForm.MatchString(text) {
		return nil
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return value
}

// points reads the total of a card.
func (c *check) points(title, number string) (*big.Rat, error) {
	r, err := c.look(title, number)
	if err != nil {
		return nil, err
	}
	total := amount(r.doc.Leaf("card", "bonus", "total"))
	if total == nil {
		return nil, notReady("the card shows no total of points")
	}
	return total, nil
}

// settle waits until points show, as long as the profile says.
func (c *check) waitForPoints() error {
	if c.profile.Settle <= 0 {
		return nil
	}
	timer := time.NewTimer(c.profile.Settle)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// gain is what a card gains by something.
func (c *check) gain(number string, by func() error) (*big.Rat, error) {
	before, err := c.points("points before", number)
	if err != nil {
		return nil, err
	}
	if err := by(); err != nil {
		return nil, err
	}
	if err := c.waitForPoints(); err != nil {
		return nil, err
	}
	after, err := c.points("points after", number)
	if err != nil {
		return nil, err
	}
	return after.Sub(after, before), nil
}

// points are written for a message.
func written(points *big.Rat) string {
	return points.FloatString(max(0, min(2, points.Denom().BitLen()-1)))
}

var historyChecks = map[string]checkFunc{
	"history.none": withFresh(func(c *check, p *customer) error {
		r, err := c.purchases("history of a new card", p.number, "2020-01-01", "")
		if err != nil {
			return err
		}
		if err := r.taken(); err != nil {
			return err
		}
		return r.expect(r.doc != nil && r.doc.Kind == document.Array && len(r.doc.Items) == 0, "[]", "the body is not []")
	}),
	"history.start-required": knownCard(func(c *check, p *customer) error {
		return c.refusedHistory("history without startDate", p.number, "", "2026-12-31")
	}),
	"history.bad-date": knownCard(func(c *check, p *customer) error {
		for _, day := range []string{"2026-13-01", "2026-02-30", "01.02.2026", "yesterday", "20260101"} {
			if err := c.refusedHistory("startDate is no day", p.number, day, ""); err != nil {
				return err
			}
		}
		return nil
	}),
	"history.bad-end": knownCard(func(c *check, p *customer) error {
		for _, day := range []string{"2026-13-01", "tomorrow"} {
			if err := c.refusedHistory("endDate is no day", p.number, "2026-01-01", day); err != nil {
				return err
			}
		}
		return nil
	}),
	"history.unknown-card": func(c *check) error {
		return c.refusedHistory("history of a card that nobody has", c.maker.number(), "2026-01-01", "")
	},
	"history.lines": history(func(_ *check, h *bought) error {
		return h.whole.expect(len(h.days) > 0, "purchases", "there are none")
	}),
	"history.start": history(func(c *check, h *bought) error { return h.between(c, h.middle(), "") }),
	"history.end":   history(func(c *check, h *bought) error { return h.between(c, longAgo, h.middle()) }),
	"history.one-day": history(func(c *check, h *bought) error {
		return h.between(c, h.middle(), h.middle())
	}),
	"history.outside": history(func(c *check, _ *bought) error {
		r, err := c.purchases("days before all purchases", c.profile.Data.History, longAgo, "1970-01-02")
		if err != nil {
			return err
		}
		return r.expect(r.ok() && r.doc != nil && r.doc.Kind == document.Array && len(r.doc.Items) == 0, "[]", "the body is not []")
	}),
	"history.own": withFresh(func(c *check, p *customer) error {
		r, err := c.purchases("history of another card", p.number, longAgo, "")
		if err != nil {
			return err
		}
		return r.expect(r.ok() && r.doc != nil && len(r.doc.Items) == 0, "[]", "purchases are listed that are not this card's")
	}),
}

const longAgo = "1970-01-01"

func (c *check) refusedHistory(title, number, from, to string) error {
	r, err := c.purchases(title, number, from, to)
	if err != nil {
		return err
	}
	return r.refused()
}

// bought is the whole history of the profile's card.
type bought struct {
	whole *reply
	// days are the days of all lines, in order.
	days []string
}

// history hands a check the whole history of the profile's card.
func history(do func(*check, *bought) error) checkFunc {
	return func(c *check) error {
		r, err := c.purchases("the whole history", c.profile.Data.History, longAgo, "")
		if err != nil {
			return err
		}
		if !r.ok() {
			return r.taken()
		}
		return do(c, &bought{whole: r, days: daysOf(r)})
	}
}

func daysOf(r *reply) []string {
	var days []string
	if r.doc != nil {
		for _, line := range r.doc.Items {
			days = append(days, line.Leaf("date"))
		}
	}
	slices.Sort(days)
	return days
}

// middle is a day with purchases that is neither the first nor the last, if
// there is one.
func (h *bought) middle() string {
	distinct := slices.Compact(slices.Clone(h.days))
	if len(distinct) == 0 {
		return "2026-01-01"
	}
	return distinct[len(distinct)/2]
}

// between expects exactly the lines of the whole history between two days.
func (h *bought) between(c *check, from, to string) error {
	if len(slices.Compact(slices.Clone(h.days))) < 2 {
		return &lacking{"data.history must be a card with purchases on two days or more"}
	}
	r, err := c.purchases(fmt.Sprintf("from %s to %s", from, to), c.profile.Data.History, from, to)
	if err != nil {
		return err
	}
	if err := r.taken(); err != nil {
		return err
	}
	var want []string
	for _, day := range h.days {
		if day >= from && (to == "" || day <= to) {
			want = append(want, day)
		}
	}
	got := daysOf(r)
	return r.expect(slices.Equal(got, want), fmt.Sprintf("%d purchases, from the whole history", len(want)), "%d purchases are listed, or of other days", len(got))
}

var offerChecks = map[string]checkFunc{
	"offers.list": knownCard(func(c *check, p *customer) error {
		_, err := c.offers("offers of a card", p.number)
		return err
	}),
	"offers.unknown-card": func(c *check) error {
		return c.expecting(c.on("offers of a card that nobody has", "listCampaigns", c.maker.number()), (*reply).refused)
	},
	"offers.distinct": knownCard(func(c *check, p *customer) error {
		r, err := c.offers("offers of a card", p.number)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, offer := range r.doc.Items {
			id := offer.Leaf("id")
			if err := r.expect(id == "" || !seen[id], "every offer once", "the offer %s is listed twice", shorten(id)); err != nil {
				return err
			}
			seen[id] = true
		}
		return nil
	}),
	"offers.order-of-days": knownCard(func(c *check, p *customer) error {
		r, err := c.offers("offers of a card", p.number)
		if err != nil {
			return err
		}
		// A day may have ended here and not yet at the host.
		yesterday := c.options.Clock().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
		for _, offer := range r.doc.Items {
			start, end := offer.Leaf("startDate"), offer.Leaf("endDate")
			ordered := end == "" || (start == "" || start <= end) && end >= yesterday
			if err := r.expect(ordered, "startDate before endDate, and endDate not over", "an offer runs from %s to %s", shorten(start), shorten(end)); err != nil {
				return err
			}
		}
		return nil
	}),
	"offers.personal": func(c *check) error {
		own := c.profile.Data.PersonalOffer
		r, err := c.offers("offers of the card with a personal one", own.CardNumber)
		if err != nil {
			return err
		}
		return r.expect(hasOffer(r, own.OfferID), "the personal offer", "the personal offer is not listed")
	},
	"offers.personal-hidden": withFresh(func(c *check, p *customer) error {
		r, err := c.offers("offers of another card", p.number)
		if err != nil {
			return err
		}
		return r.expect(!hasOffer(r, c.profile.Data.PersonalOffer.OfferID), "no personal offer of another card", "it is listed")
	}),
}

// offers expects an array of offers.
func (c *check) offers(title, number string) (*reply, error) {
	r, err := c.send(c.on(title, "listCampaigns", number))
	if err != nil {
		return nil, err
	}
	if err := r.taken(); err != nil {
		return nil, err
	}
	return r, r.expect(r.doc != nil && r.doc.Kind == document.Array, "an array", "the body is no array")
}

func hasOffer(r *reply, id string) bool {
	return slices.ContainsFunc(r.doc.Items, func(offer *document.Value) bool { return offer.Leaf("id") == id })
}

var userChecks = map[string]checkFunc{
	"users.phones": usersAre("listUsers", func(user *document.Value) bool {
		return user.Kind == document.String && phoneForm.MatchString(user.Text)
	}),
	"users.extended": usersAre("listUsersExtended", isUserWithParams),
	"users.has-holder": func(c *check) error {
		p, err := c.shared("anna")
		if err != nil {
			return err
		}
		r, err := c.users("listUsers")
		if err != nil {
			return err
		}
		return r.expect(slices.Contains(phonesOf(r.doc), p.phone), "the phone of the customer", "it is not in the list")
	},
	"users.once": func(c *check) error {
		r, err := c.users("listUsers")
		if err != nil {
			return err
		}
		phones := phonesOf(r.doc)
		slices.Sort(phones)
		once := len(slices.Compact(slices.Clone(phones)))
		return r.expect(once == len(phones), "every phone once", "%d phones stand more than once", len(phones)-once)
	},
	"users.extended-has-holder": func(c *check) error {
		p, err := c.shared("anna")
		if err != nil {
			return err
		}
		r, err := c.users("listUsersExtended")
		if err != nil {
			return err
		}
		has := slices.ContainsFunc(r.doc.Items, func(user *document.Value) bool { return user.Leaf("phone") == p.phone })
		return r.expect(has, "the phone of the customer", "it is not in the list")
	},
	"users.no-reserved": func(c *check) error {
		r, err := c.users("listUsers")
		if err != nil {
			return err
		}
		for _, odd := range []string{"", "anonymous", "getAllUsers", "null"} {
			if err := r.expect(!slices.Contains(phonesOf(r.doc), odd), "phones alone", "%q is in the list", odd); err != nil {
				return err
			}
		}
		return nil
	},
}

// usersAre is the check that every item of a list has its form.
func usersAre(methodID string, good func(*document.Value) bool) checkFunc {
	return func(c *check) error {
		r, err := c.users(methodID)
		if err != nil {
			return err
		}
		bad := slices.IndexFunc(r.doc.Items, func(user *document.Value) bool { return !good(user) })
		return r.expect(bad < 0, "every item in its form", "item no. %d has another form", bad+1)
	}
}

// isUserWithParams is the form {"phone", "params": [{"name", "value"}]}.
func isUserWithParams(user *document.Value) bool {
	params := user.Get("params")
	if user.Leaf("phone") == "" || params == nil || params.Kind != document.Array {
		return false
	}
	return !slices.ContainsFunc(params.Items, func(param *document.Value) bool { return param.Leaf("name") == "" || param.Get("value") == nil })
}

// users expects an array of all users.
func (c *check) users(methodID string) (*reply, error) {
	r, err := c.send(c.on("list all users", methodID, ""))
	if err != nil {
		return nil, err
	}
	if err := r.taken(); err != nil {
		return nil, err
	}
	return r, r.expect(r.doc != nil && r.doc.Kind == document.Array, "an array", "the body is no array")
}

func phonesOf(doc *document.Value) []string {
	var phones []string
	for _, item := range doc.Items {
		phones = append(phones, item.Text)
	}
	return phones
}

// valuesOf are the named values of one user.
func valuesOf(doc *document.Value, phone string) map[string]string {
	values := map[string]string{}
	if doc == nil {
		return values
	}
	for _, user := range doc.Items {
		if user.Leaf("phone") != phone || user.Get("params") == nil {
			continue
		}
		for _, param := range user.Get("params").Items {
			values[param.Leaf("name")] = param.Leaf("value")
		}
	}
	return values
}
