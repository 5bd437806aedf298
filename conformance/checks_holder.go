package conformance

import "fmt"

var holderChecks = map[string]checkFunc{
	"holder.update": withFresh(func(c *check, p *customer) error {
		return c.updated(p, "change the name and the town", profile{"surname": "Новая", "locality": "Новгород", "countryCode": "RU"})
	}),
	"holder.email-found": func(c *check) error {
		p, err := c.freshWithout("email")
		if err != nil {
			return err
		}
		email := c.maker.email(p.phone)
		return all(
			func() error { return c.updated(p, "add an e-mail address", profile{"email": email}) },
			func() error { return c.finds(p, "search by the new address", "email", email) },
		)
	},
	"holder.partial": withFresh(func(c *check, p *customer) error {
		return all(
			func() error { return c.updated(p, "change the name alone", profile{"surname": "Новая"}) },
			func() error { return c.finds(p, "the phone stays", "msisdn", p.phone) },
			func() error { return c.finds(p, "the e-mail address stays", "email", p.email) },
		)
	}),
	"holder.empty-fields": withFresh(func(c *check, p *customer) error {
		return all(
			func() error {
				return c.updated(p, "send empty fields beside a name", profile{"surname": "Новая", "phone": "", "email": "", "birthDate": "", "sex": ""})
			},
			func() error { return c.finds(p, "the phone stays", "msisdn", p.phone) },
			func() error { return c.finds(p, "the e-mail address stays", "email", p.email) },
		)
	}),
	"holder.new-phone": withFresh(func(c *check, p *customer) error {
		old, phone := p.phone, c.maker.phone()
		return all(
			func() error { return c.updated(p, "change the phone", profile{"phone": phone}) },
			func() error { return c.finds(p, "search by the new phone", "msisdn", phone) },
			func() error { return c.findsNobody("search by the old phone", "msisdn", old) },
			func() error { return c.finds(p, "the e-mail address stays", "email", p.email) },
		)
	}),
	"holder.phone-normalised": withFresh(func(c *check, p *customer) error {
		phone := c.maker.phone()
		return all(
			func() error {
				return c.updated(p, "change the phone, as people write it", profile{"phone": spelled(phone)})
			},
			func() error { return c.finds(p, "search by the digits", "msisdn", phone) },
		)
	}),
	"holder.phone-taken": takes("phone"),
	"holder.email-taken": takes("email"),
	"holder.refused-changes-nothing": withFresh(func(c *check, p *customer) error {
		anna, err := c.shared("anna")
		if err != nil {
			return err
		}
		email := c.maker.email(c.maker.phone())
		return all(
			func() error {
				return c.expecting(c.updateCall("a new e-mail address beside the phone of another customer", p.number, profile{"phone": anna.phone, "email": email}), (*reply).refused)
			},
			func() error { return c.findsNobody("the new e-mail address finds nobody", "email", email) },
			func() error { return c.finds(p, "the old one finds the card", "email", p.email) },
		)
	}),
	"holder.two-codes": holderTwoCodes,
	"holder.unknown-card": func(c *check) error {
		return c.expecting(c.updateCall("update a card that nobody has", c.maker.number(), profile{"surname": "Новая"}), (*reply).refused)
	},
	"holder.sex": withFresh(func(c *check, p *customer) error {
		for _, sex := range []string{"m", "f", "male", "female", "м", "ж"} {
			if err := c.updated(p, "sex is "+sex, profile{"sex": sex}); err != nil {
				return err
			}
		}
		return nil
	}),
	"holder.impossible-phone": withFresh(func(c *check, p *customer) error {
		for _, phone := range []string{"12", "7000abc1234", "7000123456789012", "0000000000"} {
			if err := c.expecting(c.updateCall("a phone that cannot be one", p.number, profile{"phone": phone}), (*reply).refused); err != nil {
				return err
			}
		}
		return c.finds(p, "the old phone stays", "msisdn", p.phone)
	}),
	"holder.text": withFresh(func(c *check, p *customer) error {
		for i, name := range []string{"Ёлкина-Щукина", "O'Brien \"Bob\" \\ / <b>", "Ñandú Čapek 王小明", "Анна 😀"} {
			if err := c.updated(p, fmt.Sprintf("name no. %d", i+1), profile{"surname": name, "firstname": name, "patronymic": name}); err != nil {
				return err
			}
		}
		return c.finds(p, "the card is found", "msisdn", p.phone)
	}),
}

// withFresh hands a check a customer of its own.
func withFresh(do func(*check, *customer) error) checkFunc {
	return func(c *check) error {
		p, err := c.fresh()
		if err != nil {
			return err
		}
		return do(c, p)
	}
}

// updated expects that an update is taken with an empty answer.
func (c *check) updated(p *customer, title string, body profile) error {
	return c.expecting(c.updateCall(title, p.number, body), (*reply).done)
}

// takes is the check that a contact of another customer is refused, and stays
// the other's.
func takes(field string) checkFunc {
	return withFresh(func(c *check, p *customer) error {
		owner, err := c.fresh()
		if err != nil {
			return err
		}
		search, value := "msisdn", owner.phone
		if field == "email" {
			search, value = "email", owner.email
		}
		return all(
			func() error {
				return c.expecting(c.updateCall("take the "+field+" of another customer", p.number, profile{field: value}), (*reply).refused)
			},
			func() error { return c.finds(owner, "it finds the other customer's card", search, value) },
			func() error { return c.finds(p, "the customer keeps the own phone", "msisdn", p.phone) },
		)
	})
}

func holderTwoCodes(c *check) error {
	p, err := c.fresh()
	if err != nil {
		return err
	}
	owner, err := c.shared("anna")
	if err != nil {
		return err
	}
	phone, err := c.update("take another customer's phone", p.number, profile{"phone": owner.phone})
	if err != nil {
		return err
	}
	email, err := c.update("take another customer's e-mail address", p.number, profile{"email": owner.email})
	if err != nil {
		return err
	}
	if phone.ok() || email.ok() || phone.code() == "" {
		return notReady("one of the two was not refused with a code")
	}
	return email.expect(email.code() != phone.code(), "another code than for the phone", "both have the code %s", shorten(email.code()))
}

var channelChecks = map[string]checkFunc{
	"channels.set": withFresh(func(c *check, p *customer) error {
		return c.setChannels(p, "allow two, deny two", []string{"sms", "push"}, []string{"email", "call"})
	}),
	"channels.one-list": withFresh(func(c *check, p *customer) error {
		return all(
			func() error { return c.setChannels(p, "allow alone", []string{"sms"}, nil) },
			func() error { return c.setChannels(p, "deny alone", nil, []string{"email"}) },
			func() error { return c.setChannels(p, "an empty list beside another", []string{}, []string{"call"}) },
		)
	}),
	"channels.unknown-ignored": withFresh(func(c *check, p *customer) error {
		return c.setChannels(p, "a channel that nobody knows", []string{"sms", "pigeon"}, []string{"telepathy"})
	}),
	"channels.both-lists": withFresh(func(c *check, p *customer) error {
		return c.setChannels(p, "one channel in both lists", []string{"sms", "email"}, []string{"sms"})
	}),
	"channels.unknown-card": func(c *check) error {
		return c.expecting(c.channelsCall("channels of a card that nobody has", c.maker.number(), []string{"sms"}, nil), (*reply).refused)
	},
	"channels.effect": withFresh(func(c *check, p *customer) error {
		return all(
			func() error { return c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"}) },
			func() error { return c.channelsAre(p, map[string]string{"sms": "allow", "email": "deny"}) },
			func() error { return c.setChannels(p, "the other way round", []string{"email"}, []string{"sms"}) },
			func() error { return c.channelsAre(p, map[string]string{"sms": "deny", "email": "allow"}) },
		)
	}),
	"channels.keep": withFresh(func(c *check, p *customer) error {
		return all(
			func() error { return c.setChannels(p, "allow sms, deny email", []string{"sms"}, []string{"email"}) },
			func() error { return c.setChannels(p, "deny calls alone", nil, []string{"call"}) },
			func() error {
				return c.channelsAre(p, map[string]string{"sms": "allow", "email": "deny", "call": "deny"})
			},
		)
	}),
	"channels.deny-wins": withFresh(func(c *check, p *customer) error {
		return all(
			func() error { return c.setChannels(p, "sms in both lists", []string{"sms"}, []string{"sms"}) },
			func() error { return c.channelsAre(p, map[string]string{"sms": "deny"}) },
		)
	}),
}

// setChannels expects that channels are taken with an empty answer.
func (c *check) setChannels(p *customer, title string, allow, deny []string) error {
	return c.expecting(c.channelsCall(title, p.number, allow, deny), (*reply).done)
}

// channelsAre expects states of channels among the values that
// getAllUsersExtended tells of a customer. Channels that the profile does not
// name are not looked at.
func (c *check) channelsAre(p *customer, want map[string]string) error {
	r, err := c.send(c.on("see what is stored", "listUsersExtended", ""))
	if err != nil {
		return err
	}
	values := valuesOf(r.doc, p.phone)
	for _, channel := range []string{"sms", "email", "call", "push"} {
		name, state := c.profile.ChannelParams[channel], want[channel]
		if name == "" || state == "" {
			continue
		}
		state = c.profile.ChannelValue(state)
		if err := r.expect(values[name] == state, fmt.Sprintf("%s is %q", name, state), "%s is %q", name, shorten(values[name])); err != nil {
			return err
		}
	}
	return nil
}
