package conformance

var issueChecks = map[string]checkFunc{
	"issue.card": func(c *check) error {
		p := c.person()
		_, err := c.issuedNew(p, "issue a card", p.profile())
		return err
	},
	"issue.found": func(c *check) error {
		p := c.person()
		return all(
			func() error { return c.findsNobody("nobody is found before", "msisdn", p.phone) },
			func() error { _, err := c.issuedNew(p, "issue a card", p.profile()); return err },
			func() error { return c.finds(p, "search by phone", "msisdn", p.phone) },
			func() error { return c.finds(p, "search by e-mail address", "email", p.email) },
		)
	},
	"issue.repeat-same-card": func(c *check) error {
		p := c.person()
		if _, err := c.issuedNew(p, "issue a card", p.profile()); err != nil {
			return err
		}
		return all(
			func() error { return c.sameCard(p, "the same call again", p.profile()) },
			func() error { return c.sameCard(p, "and again", p.profile()) },
			func() error { return c.finds(p, "search by phone", "msisdn", p.phone) },
		)
	},
	"issue.other-profile-same-card": func(c *check) error {
		p := c.person()
		if _, err := c.issuedNew(p, "issue a card", p.profile()); err != nil {
			return err
		}
		return all(
			func() error { return c.sameCard(p, "the phone alone", profile{"phone": p.phone}) },
			func() error {
				return c.sameCard(p, "the phone with another name", p.profile().with(profile{"firstname": "Другая", "locality": "Новгород"}))
			},
		)
	},
	"issue.existing-customer": func(c *check) error {
		number, err := c.needNumber()
		if err != nil {
			return err
		}
		p := c.person()
		if r, err := c.issueOn("prepare: issue the reserved number", number, p.profile()); err != nil || !r.ok() {
			return notReady("the reserved number could not be issued")
		}
		c.made(p, number)
		return c.sameCard(p, "issue to the customer of that card", profile{"phone": p.phone})
	},
	"issue.by-email": func(c *check) error {
		p := c.person()
		if _, err := c.issuedNew(p, "issue a card", p.profile()); err != nil {
			return err
		}
		return c.sameCard(p, "issue to the same e-mail address", profile{"email": p.email})
	},
	"issue.two-customers": func(c *check) error {
		anna, err := c.shared("anna")
		if err != nil {
			return err
		}
		boris, err := c.shared("boris")
		if err != nil {
			return err
		}
		return all(
			func() error {
				return c.expecting(c.issueCall("phone of one customer, e-mail address of another", profile{"phone": anna.phone, "email": boris.email}), (*reply).refused)
			},
			func() error {
				return c.finds(anna, "the first one is as before", "msisdn", anna.phone, "email", anna.email)
			},
			func() error {
				return c.finds(boris, "so is the second one", "msisdn", boris.phone, "email", boris.email)
			},
		)
	},
	"issue.distinct": func(c *check) error {
		seen := map[string]bool{}
		for range 3 {
			p := c.person()
			r, err := c.issuedNew(p, "issue to a new customer", p.profile())
			if err != nil {
				return err
			}
			if err := r.expect(!seen[p.number], "a card of his own", "the card is another customer's"); err != nil {
				return err
			}
			seen[p.number] = true
		}
		return nil
	},
	"issue.no-identity": func(c *check) error {
		return all(
			func() error {
				return c.expecting(c.issueCall("issue to nobody", profile{"surname": testSurname}), (*reply).refused)
			},
			func() error { return c.expecting(c.issueCall("an empty profile", profile{}), (*reply).refused) },
			func() error {
				return c.expecting(c.issueCall("empty values", profile{"phone": "", "email": ""}), (*reply).refused)
			},
		)
	},
	"issue.impossible-phone": func(c *check) error {
		for _, phone := range []string{"12", "not a phone", "7000000000000000000000"} {
			if err := c.expecting(c.issueCall("a phone that cannot be one", profile{"phone": phone}), (*reply).refused); err != nil {
				return err
			}
		}
		return nil
	},
	"issue.phone-normalised": func(c *check) error {
		p := c.person()
		if _, err := c.issuedNew(p, "issue to a phone as people write it", p.profile().with(profile{"phone": spelled(p.phone)})); err != nil {
			return err
		}
		return all(
			func() error { return c.sameCard(p, "issue to the digits", profile{"phone": p.phone}) },
			func() error { return c.finds(p, "search by the digits", "msisdn", p.phone) },
		)
	},
}

// issuedNew expects a card for a new customer.
func (c *check) issuedNew(p *customer, title string, body profile) (*reply, error) {
	r, err := c.issue(title, body)
	if err != nil {
		return nil, err
	}
	if err := r.taken(); err != nil {
		return nil, err
	}
	if err := r.expect(r.number() != "", "a card with its number", "%s is answered", r.cardSaid()); err != nil {
		return nil, err
	}
	c.made(p, r.number())
	return r, nil
}

// sameCard expects that an issue gives the card that the customer has.
func (c *check) sameCard(p *customer, title string, body profile) error {
	return c.expecting(c.issueCall(title, body), func(r *reply) error { return r.hasCard(p.number) })
}
