package conformance

import (
	"fmt"
	"net/http"
	"strings"
)

var findChecks = map[string]checkFunc{
	"find.unknown-empty": func(c *check) error {
		return c.expecting(c.findCall("search for a phone that nobody has", "msisdn", c.maker.phone()), (*reply).nobody)
	},
	"find.by-phone": knownCard(func(c *check, p *customer) error {
		return c.finds(p, "search by phone", "msisdn", p.phone)
	}),
	"find.by-email": withEmail(func(c *check, p *customer) error {
		return c.finds(p, "search by e-mail address", "email", p.email)
	}),
	"find.or": withEmail(func(c *check, p *customer) error {
		return all(
			func() error {
				return c.finds(p, "unknown phone, known e-mail address", "msisdn", c.maker.phone(), "email", p.email)
			},
			func() error {
				return c.finds(p, "known phone, unknown e-mail address", "msisdn", p.phone, "email", c.maker.email(c.maker.phone()))
			},
			func() error { return c.finds(p, "both known", "msisdn", p.phone, "email", p.email) },
		)
	}),
	"find.birth-date-does-not-hide": knownCard(func(c *check, p *customer) error {
		return c.finds(p, "known phone, somebody else's birth date", "msisdn", p.phone, "birthDate", "1951-03-01")
	}),
	"find.no-identity": func(c *check) error {
		return all(
			func() error { return c.expecting(c.findCall("search for nothing"), (*reply).refused) },
			func() error {
				return c.expecting(c.findCall("search with empty values", "msisdn", "", "email", ""), (*reply).refused)
			},
		)
	},
	"find.birth-date-alone": func(c *check) error {
		p, err := c.shared("anna")
		if err != nil {
			return err
		}
		return c.expecting(c.findCall("search by birth date alone", "birthDate", p.birthDate), (*reply).noCard)
	},
	"find.phone-normalised": knownCard(func(c *check, p *customer) error {
		if len(p.phone) != phoneDigits {
			return &lacking{"data.card.phone has not eleven digits"}
		}
		return all(
			func() error { return c.finds(p, "phone with a plus", "msisdn", "+"+p.phone) },
			func() error { return c.finds(p, "phone as people write it", "msisdn", spelled(p.phone)) },
		)
	}),
	"find.no-stranger": knownCard(func(c *check, p *customer) error {
		phone := c.maker.phone()
		return c.expecting(c.findCall("search for a phone and an e-mail address that nobody has", "msisdn", phone, "email", c.maker.email(phone)), (*reply).nobody)
	}),
	"find.whole-phone": wholePhone,
	"find.whole-email": knownCard(func(c *check, p *customer) error {
		local, domain, found := strings.Cut(p.email, "@")
		if !found {
			return &lacking{"supply the e-mail address of data.card"}
		}
		for _, email := range []string{local, p.email[:len(p.email)-1], local + "@" + domain + ".example", "x" + p.email, p.email[1:]} {
			if err := c.findsNobody("a part of an e-mail address, or more than one", "email", email); err != nil {
				return err
			}
		}
		return nil
	}),
	"find.no-wildcards": noWildcards,
	"find.empty-parameter": func(c *check) error {
		if _, err := c.freshWithout("email"); err != nil {
			return err
		}
		return c.expecting(c.findCall("a phone that nobody has, an empty e-mail address", "msisdn", c.maker.phone(), "email", ""), (*reply).nobody)
	},
	"find.unknown-parameter": knownCard(func(c *check, p *customer) error {
		return c.finds(p, "search with a parameter that nobody knows", "msisdn", p.phone, "favouriteColour", "green")
	}),
	"find.own-card": func(c *check) error {
		anna, err := c.shared("anna")
		if err != nil {
			return err
		}
		boris, err := c.shared("boris")
		if err != nil {
			return err
		}
		if anna.number == boris.number {
			return &broken{"two customers were given one card number"}
		}
		return all(
			func() error { return c.finds(boris, "search for the second customer", "msisdn", boris.phone) },
			func() error { return c.finds(anna, "search for the first customer", "msisdn", anna.phone) },
			func() error { return c.finds(boris, "the second one by e-mail address", "email", boris.email) },
		)
	},
	"find.stable": knownCard(func(c *check, p *customer) error {
		for i := range 4 {
			if err := c.finds(p, fmt.Sprintf("search no. %d", i+1), "msisdn", p.phone); err != nil {
				return err
			}
		}
		return nil
	}),
	"find.read-again": knownCard(func(c *check, p *customer) error {
		r, err := c.find("search by phone", "msisdn", p.phone)
		if err != nil {
			return err
		}
		if r.number() == "" {
			return notReady("the search gives no card")
		}
		return c.expecting(c.on("show the card that was found", "getCard", r.number()), func(shown *reply) error { return shown.hasCard(r.number()) })
	}),
}

// knownCard hands a check the customer that may be read.
func knownCard(do func(*check, *customer) error) checkFunc {
	return func(c *check) error {
		p, err := c.known()
		if err != nil {
			return err
		}
		return do(c, p)
	}
}

// withEmail hands a check such a customer with an e-mail address.
func withEmail(do func(*check, *customer) error) checkFunc {
	return knownCard(func(c *check, p *customer) error {
		if p.email == "" {
			return &lacking{"supply data.card.email in the profile"}
		}
		return do(c, p)
	})
}

// finds expects that a search gives the customer's card.
func (c *check) finds(p *customer, title string, parameters ...string) error {
	return c.expecting(c.findCall(title, parameters...), func(r *reply) error { return r.hasCard(p.number) })
}

// findsNobody expects that a search gives no card.
func (c *check) findsNobody(title string, parameters ...string) error {
	return c.expecting(c.findCall(title, parameters...), (*reply).noCard)
}

// spelled writes eleven digits as people write a phone.
func spelled(phone string) string {
	return fmt.Sprintf("+%s (%s) %s-%s-%s", phone[:1], phone[1:4], phone[4:7], phone[7:9], phone[9:])
}

func wholePhone(c *check) error {
	p, err := c.known()
	if err != nil {
		return err
	}
	n := len(p.phone)
	for _, part := range []string{p.phone[:n-1], p.phone[:n-3], p.phone[1:], p.phone[n-7:], p.phone + "0"} {
		if err := c.findsNobody("a part of a phone, or a longer one", "msisdn", part); err != nil {
			return err
		}
	}
	return nil
}

func noWildcards(c *check) error {
	p, err := c.known()
	if err != nil {
		return err
	}
	n := len(p.phone)
	tries := [][2]string{
		{"msisdn", "%"}, {"msisdn", "*"}, {"msisdn", ".*"}, {"msisdn", p.phone[:n-1] + "_"}, {"msisdn", p.phone[:n-1] + "%"}, {"msisdn", p.phone[:n-1] + "?"},
		{"email", "%"}, {"email", "%@%"}, {"email", "*"}, {"email", "_" + "%"},
	}
	if p.email != "" {
		tries = append(tries, [2]string{"email", "_" + p.email[1:]}, [2]string{"email", "%" + p.email[1:]})
	}
	for _, try := range tries {
		if err := c.findsNobody("a wildcard in "+try[0], try[0], try[1]); err != nil {
			return err
		}
	}
	return nil
}

var typedChecks = map[string]checkFunc{
	"typed.known": knownCard(func(c *check, p *customer) error {
		return c.expecting(c.on("type the number of a card", "getCard", p.number), func(r *reply) error { return r.hasCard(p.number) })
	}),
	"typed.unknown": func(c *check) error {
		for _, number := range []string{c.maker.number(), "0" + c.maker.number()} {
			if err := c.expecting(c.on("type a number that is no card", "getCard", number), (*reply).refused); err != nil {
				return err
			}
		}
		return nil
	},
	"typed.near-miss": nearMiss,
	"typed.part": knownCard(func(c *check, p *customer) error {
		for _, number := range []string{p.number[:len(p.number)-1], p.number + "0", "%", "_", "*", p.number[:1] + "%"} {
			if err := c.expecting(c.on("type a part of a number or a wildcard", "getCard", number), onlyThat(number)); err != nil {
				return err
			}
		}
		return nil
	}),
	"typed.plastic": func(c *check) error {
		number := c.profile.Data.Plastic[0]
		return c.expecting(c.on("type the number of a plastic card", "getCard", number), func(r *reply) error { return r.hasCard(number) })
	},
	"typed.bind": bindPlastic,
}

// onlyThat expects no card, or by chance the one with that very number.
func onlyThat(number string) func(*reply) error {
	return func(r *reply) error {
		return r.expect(r.Answer.Status != http.StatusOK || r.number() == number, "422, or the card with that very number", "%s is answered", r.cardSaid())
	}
}

// nearMiss changes one digit after the other.
func nearMiss(c *check) error {
	p, err := c.known()
	if err != nil {
		return err
	}
	for i := len(p.number) - 1; i >= 0 && i >= len(p.number)-4; i-- {
		number := []byte(p.number)
		if number[i] < '0' || number[i] > '9' {
			continue
		}
		number[i] = '0' + (number[i]-'0'+1)%10
		r, err := c.send(c.on("type a number that differs in one digit", "getCard", string(number)))
		if err != nil {
			return err
		}
		if err := r.expect(r.number() != p.number, "another card's answer or 422", "the card with the right number is answered"); err != nil {
			return err
		}
		if err := onlyThat(string(number))(r); err != nil {
			return err
		}
	}
	return nil
}
