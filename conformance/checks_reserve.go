package conformance

import (
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

var reserveChecks = map[string]checkFunc{
	"reserve.form": reserveForm,
	"reserve.distinct": func(c *check) error {
		seen := map[string]bool{}
		for range 5 {
			number, r, err := c.reserve("reserve a number")
			if err != nil {
				return err
			}
			if number == "" {
				return notReady("no number could be reserved")
			}
			if err := r.expect(!seen[number], "a number of its own", "the number was given before"); err != nil {
				return err
			}
			seen[number] = true
		}
		return nil
	},
	"reserve.no-card-yet": reserved(func(c *check, number string) error {
		return c.expecting(c.on("show the reserved number", "getCard", number), (*reply).refused)
	}),
	"reserve.issue": reserved(func(c *check, number string) error {
		p := c.person()
		return c.issued(p, number, p.profile())
	}),
	"reserve.found": reserved(func(c *check, number string) error {
		p := c.person()
		return all(
			func() error { return c.findsNobody("nobody is found before", "msisdn", p.phone) },
			func() error { return c.issued(p, number, p.profile()) },
			func() error { return c.finds(p, "search by phone", "msisdn", p.phone) },
		)
	}),
	"reserve.active": reserved(func(c *check, number string) error {
		p := c.person()
		if err := c.issued(p, number, p.profile()); err != nil {
			return err
		}
		return c.expecting(c.on("show the issued card", "getCard", number), func(r *reply) error {
			if err := r.hasCard(number); err != nil {
				return err
			}
			return r.expect(r.doc.Leaf("card", "cardState") == "active", "cardState active", "cardState is %q", shorten(r.doc.Leaf("card", "cardState")))
		})
	}),
	"reserve.unknown-number": func(c *check) error {
		p := c.person()
		return all(
			func() error {
				return c.expecting(c.issueOnCall("issue a number that nobody reserved", c.maker.number(), p.profile()), (*reply).refused)
			},
			func() error { return c.findsNobody("nobody got a card", "msisdn", p.phone) },
		)
	},
	"reserve.taken-number": func(c *check) error {
		owner, err := c.fresh()
		if err != nil {
			return err
		}
		return c.expecting(c.issueOnCall("issue another customer's card", owner.number, c.person().profile()), (*reply).refused)
	},
	"reserve.taken-keeps-owner": func(c *check) error {
		owner, err := c.fresh()
		if err != nil {
			return err
		}
		thief := c.person()
		if _, err := c.issueOn("issue another customer's card", owner.number, thief.profile()); err != nil {
			return err
		}
		return all(
			func() error { return c.finds(owner, "the holder finds the card", "msisdn", owner.phone) },
			func() error { return c.findsNobody("the other customer finds nothing", "msisdn", thief.phone) },
			func() error { return c.findsNobody("nor by e-mail address", "email", thief.email) },
		)
	},
	"reserve.two-codes": reserveTwoCodes,
	"reserve.attach":    attach,
	"reserve.no-identity": reserved(func(c *check, number string) error {
		return c.expecting(c.issueOnCall("issue to nobody", number, profile{"surname": testSurname, "firstname": testFirstname}), (*reply).refused)
	}),
	"reserve.phone-normalised": reserved(func(c *check, number string) error {
		p := c.person()
		return all(
			func() error { return c.issued(p, number, p.profile().with(profile{"phone": spelled(p.phone)})) },
			func() error { return c.finds(p, "search by the digits", "msisdn", p.phone) },
		)
	}),
	"reserve.refused-keeps-number": reserved(func(c *check, number string) error {
		p := c.person()
		return all(
			func() error {
				return c.expecting(c.issueOnCall("issue with a phone that cannot be one", number, profile{"phone": "not a phone"}), (*reply).refused)
			},
			func() error { return c.issued(p, number, p.profile()) },
		)
	}),
}

// reserved hands a check a reserved number.
func reserved(do func(c *check, number string) error) checkFunc {
	return func(c *check) error {
		number, err := c.needNumber()
		if err != nil {
			return err
		}
		return do(c, number)
	}
}

// issued expects that a number is issued with an empty answer.
func (c *check) issued(p *customer, number string, body profile) error {
	return c.expecting(c.issueOnCall("issue the number", number, body), func(r *reply) error {
		if r.ok() {
			c.made(p, number)
		}
		return r.done()
	})
}

func reserveForm(c *check) error {
	number, r, err := c.reserve("reserve a number")
	if err != nil {
		return err
	}
	if err := r.taken(); err != nil {
		return err
	}
	doc, err := document.Parse(r.Answer.Body)
	if err != nil {
		return r.expect(false, "one JSON string", "the body is not JSON: %v", err)
	}
	form := c.profile.ReserveForm
	text := doc.Kind == document.String && form != contract.ReserveDigits
	digits := doc.Kind == document.Number && form != contract.ReserveString
	expected := map[contract.ReserveForm]string{contract.ReserveDigits: "bare digits", contract.ReserveEither: "a JSON string or bare digits"}[form]
	if expected == "" {
		expected = "one JSON string"
	}
	// A number with a leading zero can only be written as a string.
	leadingZero := doc.Kind == document.String && len(number) > 1 && number[0] == '0'
	if err := r.expect(text || digits || leadingZero, expected, "the answer is %s", doc.Kind); err != nil {
		return err
	}
	return r.expect(number != "", "a number", "the number is empty")
}

func reserveTwoCodes(c *check) error {
	owner, err := c.fresh()
	if err != nil {
		return err
	}
	unknown, err := c.issueOn("issue a number that nobody reserved", c.maker.number(), c.person().profile())
	if err != nil {
		return err
	}
	taken, err := c.issueOn("issue another customer's card", owner.number, c.person().profile())
	if err != nil {
		return err
	}
	if unknown.ok() || taken.ok() || unknown.code() == "" {
		return notReady("one of the two was not refused with a code")
	}
	return taken.expect(taken.code() != unknown.code(), "another code than for an unknown number", "both have the code %s", shorten(taken.code()))
}

// attach issues a second number to one phone.
func attach(c *check) error {
	first, err := c.needNumber()
	if err != nil {
		return err
	}
	second, err := c.needNumber()
	if err != nil {
		return err
	}
	p := c.person()
	if err := c.issued(p, first, p.profile()); err != nil {
		return err
	}
	if err := c.issued(p, second, profile{"phone": p.phone}); err != nil {
		return err
	}
	for _, search := range [][]string{{"msisdn", p.phone}, {"email", p.email}, {"msisdn", p.phone, "email", p.email}} {
		err := c.expecting(c.findCall("search for the customer of two cards", search...), func(r *reply) error {
			if err := r.taken(); err != nil {
				return err
			}
			return r.expect(r.number() == first || r.number() == second, "one of the customer's cards", "%s is answered", r.cardSaid())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var poolChecks = map[string]checkFunc{
	"pool.issue": func(c *check) error { return c.pooled((*reply).done) },
	"pool.found": func(c *check) error {
		if err := c.pooled((*reply).taken); err != nil {
			return err
		}
		p := c.fixtures.named["pool"]
		return c.finds(p, "search by phone", "msisdn", p.phone)
	},
	"pool.repeat": func(c *check) error {
		if err := c.pooled((*reply).taken); err != nil {
			return err
		}
		return c.pooled((*reply).done)
	},
	"pool.taken": func(c *check) error {
		if err := c.pooled((*reply).taken); err != nil {
			return err
		}
		return c.expecting(c.issueOnCall("issue the pool's number to another customer", c.fixtures.named["pool"].number, c.person().profile()), (*reply).refused)
	},
	"pool.not-reserved": func(c *check) error {
		pool := map[string]bool{}
		for _, number := range c.profile.Data.Pool {
			pool[number] = true
		}
		for range 5 {
			number, r, err := c.reserve("reserve a number")
			if err != nil {
				return err
			}
			if err := r.expect(!pool[number], "a number that was not handed over", "a number of the pool is given out"); err != nil {
				return err
			}
		}
		return nil
	},
}

var blockedChecks = map[string]checkFunc{
	"blocked.find": func(c *check) error {
		r, err := c.find("search for the holder of a blocked card", "msisdn", c.profile.Data.Blocked.Phone)
		if err != nil {
			return err
		}
		shown := r.ok() && r.number() != "" && r.doc.Leaf("card", "cardState") == "inactive"
		switch c.profile.Blocked {
		case contract.BlockedInactive:
			return r.expect(shown, "the card as inactive", "the status is %d, cardState is %q", r.Answer.Status, r.doc.Leaf("card", "cardState"))
		case contract.BlockedEither:
			if shown {
				return nil
			}
		}
		return r.refused()
	},
	"blocked.show": func(c *check) error {
		return c.expecting(c.on("show the blocked card", "getCard", c.profile.Data.Blocked.CardNumber), func(r *reply) error {
			return r.expect(r.doc.Leaf("card", "cardState") != "active", "422, or the card as inactive", "the card is shown as active")
		})
	},
	"blocked.no-new-card": func(c *check) error {
		blocked := c.profile.Data.Blocked
		return c.expecting(c.issueCall("issue a card to the holder of a blocked one", profile{"phone": blocked.Phone}), func(r *reply) error {
			active := r.ok() && r.doc.Leaf("card", "cardState") != "inactive"
			return r.expect(!active, "422, or the blocked card as inactive", "a card is issued")
		})
	},
	"blocked.no-receipt": func(c *check) error {
		qr := c.maker.receipt(1, "500.00", c.receiptTime()).String()
		return c.expecting(c.receiptCall("send a receipt for the blocked card", c.profile.Data.Blocked.CardNumber, qr), (*reply).refused)
	},
}

var severalChecks = map[string]checkFunc{
	"several.two-customers": twoCustomers,
	"several.with-birth-date": func(c *check) error {
		anna, err := c.shared("anna")
		if err != nil {
			return err
		}
		boris, err := c.shared("boris")
		if err != nil {
			return err
		}
		return c.expecting(c.findCall("phone of one, e-mail address of another, a birth date", "msisdn", anna.phone, "email", boris.email, "birthDate", boris.birthDate), func(r *reply) error {
			return r.expect(r.number() != boris.number, "422, or the card that the phone found", "the card that only the e-mail address found is answered")
		})
	},
	"several.one-card": func(c *check) error {
		known := c.profile.Data.Several
		return c.expecting(c.findCall("search for the customer of several cards", "msisdn", known.Phone), func(r *reply) error {
			if known.CardNumber == "" {
				return r.expect(r.ok() && r.number() != "", "one card", "%s is answered", r.cardSaid())
			}
			return r.hasCard(known.CardNumber)
		})
	},
	"several.stable": func(c *check) error {
		first := ""
		for range 4 {
			r, err := c.find("search for the customer of several cards", "msisdn", c.profile.Data.Several.Phone)
			if err != nil {
				return err
			}
			if err := r.expect(r.number() != "" && (first == "" || r.number() == first), "the same card every time", "%s is answered", r.cardSaid()); err != nil {
				return err
			}
			first = r.number()
		}
		return nil
	},
}

func twoCustomers(c *check) error {
	anna, err := c.shared("anna")
	if err != nil {
		return err
	}
	boris, err := c.shared("boris")
	if err != nil {
		return err
	}
	for _, pair := range [][2]*customer{{anna, boris}, {boris, anna}} {
		err := c.expecting(c.findCall("phone of one customer, e-mail address of another", "msisdn", pair[0].phone, "email", pair[1].email), func(r *reply) error {
			if err := r.refused(); err != nil {
				return err
			}
			return r.noCard()
		})
		if err != nil {
			return err
		}
	}
	return nil
}
