package conformance

var repeatChecks = map[string]checkFunc{
	"repeat.issue-reserved": reserved(func(c *check, number string) error {
		p := c.person()
		return all(
			func() error { return c.issued(p, number, p.profile()) },
			func() error { return c.again("the same call again", c.issueOnCall("", number, p.profile()), 2) },
			func() error { return c.finds(p, "search by phone", "msisdn", p.phone) },
		)
	}),
	"repeat.issue-reserved-late": reserved(func(c *check, number string) error {
		p := c.person()
		email := c.maker.email(c.maker.phone())
		return all(
			func() error { return c.issued(p, number, p.profile()) },
			func() error { return c.updated(p, "the customer changes the e-mail address", profile{"email": email}) },
			func() error {
				return c.again("the first call arrives once more", c.issueOnCall("", number, p.profile()), 1)
			},
			func() error { return c.finds(p, "the new address still finds the card", "email", email) },
		)
	}),
	"repeat.update": withFresh(func(c *check, p *customer) error {
		body := p.profile().with(profile{"surname": "Новая", "locality": "Новгород"})
		return c.again("the same update", c.updateCall("", p.number, body), 3)
	}),
	"repeat.update-email": withFresh(func(c *check, p *customer) error {
		email := c.maker.email(c.maker.phone())
		return all(
			func() error {
				return c.again("the same e-mail address", c.updateCall("", p.number, profile{"email": email}), 3)
			},
			func() error {
				return c.again("the own phone", c.updateCall("", p.number, profile{"phone": p.phone}), 2)
			},
			func() error { return c.finds(p, "search by the address", "email", email) },
		)
	}),
	"repeat.channels": withFresh(func(c *check, p *customer) error {
		return c.again("the same channels", c.channelsCall("", p.number, []string{"sms"}, []string{"email"}), 3)
	}),
	"repeat.refusal": func(c *check) error {
		number, first := c.maker.number(), ""
		for i := range 3 {
			r, err := c.send(c.on("show a card that nobody has", "getCard", number))
			if err != nil {
				return err
			}
			if err := r.refused(); err != nil {
				return err
			}
			if err := r.expect(i == 0 || r.code() == first, "the same code", "the code is %s", shorten(r.code())); err != nil {
				return err
			}
			first = r.code()
		}
		return nil
	},
	"repeat.reads": withFresh(func(c *check, p *customer) error {
		update := c.updateCall("", p.number, profile{"surname": "Новая"})
		return all(
			func() error { return c.again("an update", update, 1) },
			func() error { return c.finds(p, "a search in between", "msisdn", p.phone) },
			func() error {
				return c.expecting(c.on("a look at the card in between", "getCard", p.number), func(r *reply) error { return r.hasCard(p.number) })
			},
			func() error { return c.again("the update again", update, 1) },
			func() error { return c.finds(p, "the same search", "msisdn", p.phone) },
		)
	}),
}

// again makes a call so many times and expects every time the same empty success.
func (c *check) again(title string, out call, times int) error {
	for range times {
		out.title = title
		if err := c.expecting(out, (*reply).done); err != nil {
			return err
		}
	}
	return nil
}
