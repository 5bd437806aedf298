package storetest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

func profileChecks() []Check {
	return []Check{
		{"Holder/profile", "Holder gives the profile of the card's customer, the same for each of the customer's cards, and none for a card without a holder.", func(b *bench) {
			b.person(1)
			b.second(crm.Profile{Phone: phone(1)}, "card-2")
			b.person(3)
			b.unheld("plastic-1")
			same(b, b.holder("card-1"), fullProfile(1))
			same(b, b.holder("card-2"), fullProfile(1))
			same(b, b.holder("card-3"), fullProfile(3))
			same(b, b.holder("plastic-1"), crm.Profile{})
		}, nil},
		{"HoldersOf/profiles", "HoldersOf gives the profile of each card that has a holder, and leaves out unknown cards and those without one.", func(b *bench) {
			b.person(1)
			b.second(crm.Profile{Phone: phone(1)}, "card-2")
			b.person(3)
			b.person(4)
			b.unheld("plastic-1")
			b.pool("free-1")
			holdersOf := func(numbers ...string) map[string]crm.Profile { return must(b.HoldersOf(b.ctx, numbers)) }
			same(b, holdersOf("card-3", "card-9", "plastic-1", "free-1", "card-1"), map[string]crm.Profile{"card-1": fullProfile(1), "card-3": fullProfile(3)})
			same(b, holdersOf("card-1", "card-2"), map[string]crm.Profile{"card-1": fullProfile(1), "card-2": fullProfile(1)})
			b.erase(phone(3))
			same(b, holdersOf("card-3", "card-4"), map[string]crm.Profile{"card-4": fullProfile(4)})
		}, faults{"a card without a holder has an empty profile among many": after("HoldersOf", func(_ *call, numbers *[]string, profiles *map[string]crm.Profile) error {
			for _, number := range *numbers {
				if _, known := (*profiles)[number]; !known {
					(*profiles)[number] = crm.Profile{}
				}
			}
			return nil
		})}},
		{"HoldersOf/many", "HoldersOf works for thousands of numbers, repeated ones among them, and for none.", func(b *bench) {
			same(b, len(must(b.HoldersOf(b.ctx, nil))), 0)
			b.person(1)
			var numbers []string
			for n := range 3000 {
				numbers = append(numbers, fmt.Sprintf("nobody-%d", n), "card-1")
			}
			same(b, must(b.HoldersOf(b.ctx, numbers)), map[string]crm.Profile{"card-1": fullProfile(1)})
		}, faults{"the holders of too many cards are given as none": after("HoldersOf", func(_ *call, numbers *[]string, profiles *map[string]crm.Profile) error {
			if len(*numbers) > 100 {
				clear(*profiles)
			}
			return nil
		})}},
		{"UpdateProfile/each-field", "UpdateProfile stores each field that is not empty; the others stay.", func(b *bench) {
			want := fullProfile(1)
			b.person(1)
			b.person(2)
			for field, text := range map[string]string{
				"Phone": phone(11), "Email": email(11), "Surname": "Смирнова", "FirstName": "Анна", "Patronymic": "Львовна",
				"Sex": "m", "BirthDate": "1980-12-31", "CountryCode": "KZ", "Locality": "Алматы",
			} {
				var with crm.Profile
				setField(&with, field, text)
				setField(&want, field, text)
				b.update("card-1", with)
				same(b, b.holder("card-1"), want)
			}
			same(b, b.holder("card-2"), fullProfile(2))
			repeats(b, nil, quiet(b.UpdateProfile), b.updateOf("card-1", crm.Profile{}))
		}, faults{"an update empties the fields that it does not name": func(w *wire) {
			last := map[string]crm.Profile{}
			after("UpdateProfile", func(_ *call, r *engine.ProfileUpdate, _ *any) error { last[r.CardNumber] = r.Profile; return nil })(w)
			after("Holder", func(_ *call, number *string, profile *crm.Profile) error {
				if update, known := last[*number]; known {
					*profile = update
				}
				return nil
			})(w)
		}}},
		{"UpdateProfile/new-identity", "After UpdateProfile the customer is found by the new phone and email, and by the old ones no more.", func(b *bench) {
			card := b.person(1)
			b.update("card-1", crm.Profile{Phone: phone(11), Email: email(11)})
			same(b, b.one(crm.Identity{Phone: phone(11)}).CustomerID, card.CustomerID)
			same(b, b.one(crm.Identity{Email: email(11)}).CustomerID, card.CustomerID)
			b.nobody(crm.Identity{Phone: phone(1)})
			b.nobody(crm.Identity{Email: email(1)})
			other := b.issue(fullProfile(1), "card-2")
			b.holds(other.CustomerID != card.CustomerID, "a new customer", other)
		}, nil},
		{"UpdateProfile/phone-taken", "UpdateProfile with another customer's phone gives ErrPhoneTaken and changes nothing, also when the email is taken too.", func(b *bench) {
			for i := 1; i <= 3; i++ {
				b.person(i)
			}
			for _, address := range []string{email(11), email(2), email(3)} {
				refuses(b, crm.ErrPhoneTaken, quiet(b.UpdateProfile), b.updateOf("card-1", crm.Profile{Phone: phone(2), Email: address, Surname: "Новая"}))
			}
		}, faults{
			"a taken phone is ignored without a word": forgives("UpdateProfile", crm.ErrPhoneTaken),
			"the email is looked at before the phone": unless("UpdateProfile", crm.ErrPhoneTaken, func(c *call, r *engine.ProfileUpdate, _ *any) {
				if c.err = crm.ErrPhoneTaken; len(must(c.good.FindCards(c.ctx, crm.Identity{Email: r.Profile.Email}))) > 0 {
					c.err = crm.ErrEmailTaken
				}
			}),
		}},
		{"UpdateProfile/email-taken", "UpdateProfile with another customer's email gives ErrEmailTaken and changes nothing.", func(b *bench) {
			b.person(1)
			b.person(2)
			refuses(b, crm.ErrEmailTaken, quiet(b.UpdateProfile), b.updateOf("card-1", crm.Profile{Phone: phone(11), Email: email(2), Surname: "Новая"}))
		}, faults{"an update that fails is half done": unless("UpdateProfile", crm.ErrEmailTaken, func(c *call, r *engine.ProfileUpdate, _ *any) {
			r.Profile.Email = ""
			ok(c.good.UpdateProfile(c.ctx, *r))
			c.err = crm.ErrEmailTaken
		})}},
		{"UpdateProfile/unheld-new-customer", "A card without a holder is given to a customer who is made when there is none.", func(b *bench) {
			b.imports(b.row("plastic-1", crm.Profile{}, 80))
			b.update("plastic-1", fullProfile(1))
			same(b, b.holder("plastic-1"), fullProfile(1))
			same(b, b.one(crm.Identity{Phone: phone(1)}).Cards, []crm.Card{b.look("plastic-1")})
			b.balance("plastic-1", 80)
			repeats(b, nil, quiet(b.UpdateProfile), b.updateOf("plastic-1", fullProfile(1)))
		}, nil},
		{"UpdateProfile/unheld", "A card without a holder is given to the customer of the profile's phone or email.", func(b *bench) {
			card := b.person(1)
			b.unheld("plastic-2")
			b.unheld("plastic-3")
			b.update("plastic-2", renamed(crm.Profile{Phone: phone(1)}))
			b.update("plastic-3", crm.Profile{Email: email(1)})
			for _, number := range []string{"plastic-2", "plastic-3"} {
				same(b, b.look(number).CustomerID, card.CustomerID)
				same(b, b.holder(number), renamed(fullProfile(1)))
			}
			same(b, b.holder("card-1"), renamed(fullProfile(1)))
		}, faults{"an unheld card stays without a holder": around("UpdateProfile", func(c *call, r *engine.ProfileUpdate, _ *any) {
			if must(c.good.Card(c.ctx, r.CardNumber)).CustomerID != "" {
				c.next()
			}
		})}},
		{"UpdateProfile/unheld-refused", "UpdateProfile of a card without a holder gives ErrAmbiguous with phone and email of two customers, ErrNoIdentity with neither, ErrCardBlocked when it is blocked, and changes nothing.", func(b *bench) {
			b.person(1)
			b.person(2)
			b.unheld("plastic-3")
			update := quiet(b.UpdateProfile)
			refuses(b, crm.ErrAmbiguous, update, b.updateOf("plastic-3", crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}))
			refuses(b, crm.ErrNoIdentity, update, b.updateOf("plastic-3", newNames))
			refuses(b, crm.ErrNoIdentity, update, b.updateOf("plastic-3", crm.Profile{}))
			b.setState("plastic-3", crm.CardBlocked)
			refuses(b, crm.ErrCardBlocked, update, b.updateOf("plastic-3", fullProfile(9)))
		}, faults{
			"the phone settles it": unless("UpdateProfile", crm.ErrAmbiguous, func(c *call, r *engine.ProfileUpdate, _ *any) {
				r.Profile.Email = ""
				c.err = c.good.UpdateProfile(c.ctx, *r)
			}),
			"names alone are taken without a word":     forgives("UpdateProfile", crm.ErrNoIdentity),
			"a blocked card without a holder is given": serves("UpdateProfile"),
		}},
		{"Race/update-to-one-phone", "Of customers who take one phone at one moment one gets it; the others get ErrPhoneTaken and stay as they are.", func(b *bench) {
			b.raceUpdate(crm.Profile{Phone: phone(99), Surname: "Новая"}, crm.ErrPhoneTaken)
		}, faults{"a phone is looked up before it is changed": crowded("UpdateProfile", func(met *meeting, c *call, r *engine.ProfileUpdate, _ *any) {
			free := len(cardsOf(c, r.Profile.Phone)) == 0
			met.wait()
			if c.next(); free && crm.KindOf(c.err) == crm.ErrPhoneTaken {
				c.err = nil
			}
		})}},
		{"Race/update-to-one-email", "Of customers who take one email at one moment one gets it; the others get ErrEmailTaken and stay as they are.", func(b *bench) {
			b.raceUpdate(crm.Profile{Email: email(99), Surname: "Новая"}, crm.ErrEmailTaken)
		}, nil},
		{"Race/update-and-issue", "A phone that is taken by an update and by an issue at one moment belongs to one customer.", func(b *bench) {
			b.card(1)
			results := race(racers, func(i int) (any, error) {
				if i%2 == 0 {
					return nil, b.UpdateProfile(b.ctx, b.updateOf("card-1", crm.Profile{Phone: phone(99)}))
				}
				return nil, errorOf(b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(99)}, fmt.Sprintf("new-%d", i))))
			})
			for i, r := range results {
				b.holds(r.err == nil || i%2 == 0 && isAny(r.err, crm.ErrPhoneTaken), "success, or ErrPhoneTaken for an update", r.err)
			}
			same(b, len(b.one(crm.Identity{Phone: phone(99)}).Cards), 1)
		}, nil},
		{"Race/unheld-card", "A card without a holder that several people claim at one moment is given to one.", func(b *bench) {
			b.unheld("plastic-1")
			onlyFails(b, race(racers, func(i int) (any, error) {
				if i%2 == 0 {
					return nil, errorOf(b.IssueReserved(b.ctx, b.request(fullProfile(i), "plastic-1")))
				}
				return nil, b.UpdateProfile(b.ctx, b.updateOf("plastic-1", crm.Profile{Phone: phone(i), Email: email(i)}))
				// An update of a card that has just got a holder is an update of that holder.
			}), crm.ErrNumberTaken, crm.ErrPhoneTaken, crm.ErrEmailTaken)
			b.holds(b.look("plastic-1").CustomerID != "", "a card with a holder", nil)
			holders := 0
			for i := range racers {
				holders += len(b.find(crm.Identity{Phone: phone(i), Email: email(i)}))
			}
			same(b, holders, 1)
		}, nil},
	}
}

// setField sets a field of a profile by its name.
func setField(who *crm.Profile, field, to string) {
	retype(reflect.ValueOf(who).Elem(), "", []string{field}, func(string) string { return to })
}

func (b *bench) raceUpdate(with crm.Profile, kind crm.Kind) {
	b.Helper()
	for i := range racers {
		b.person(i)
	}
	tally(b, race(racers, func(i int) (any, error) { return nil, b.UpdateProfile(b.ctx, b.updateOf(cardName(i), with)) }), onlyOne(kind))
	winner := b.one(crm.Identity{Phone: with.Phone, Email: with.Email}).CustomerID
	for i := range racers {
		if b.look(cardName(i)).CustomerID != winner {
			same(b, b.holder(cardName(i)), fullProfile(i))
		}
	}
}

func channelChecks() []Check {
	smsAndEmail := map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: false}
	turned := func(wanted map[crm.Channel]bool) map[crm.Channel]bool {
		turned := map[crm.Channel]bool{}
		for channel, allowed := range wanted {
			turned[channel] = !allowed
		}
		return turned
	}
	// byChannel gives the last line of each channel.
	byChannel := func(log []engine.Consent) map[crm.Channel]engine.Consent {
		last := map[crm.Channel]engine.Consent{}
		for _, line := range log {
			last[line.Channel] = line
		}
		return last
	}
	return []Check{
		{"SetChannels/line", "SetChannels appends a line for each channel that changes, with what was wanted, the source and the time.", func(b *bench) {
			b.card(1)
			same(b, b.consents("card-1"), nil)
			b.channels("card-1", smsAndEmail)
			log := b.consents("card-1")
			same(b, len(log), 2)
			same(b, byChannel(log), map[crm.Channel]engine.Consent{
				crm.ChannelSMS:   {Channel: crm.ChannelSMS, Allowed: true, Source: "app", At: b.now},
				crm.ChannelEmail: {Channel: crm.ChannelEmail, Source: "app", At: b.now},
			})
		}, faults{"a denial is lost": asked("SetChannels", func(r *engine.ChannelsUpdate) {
			r.Wanted = maps.Clone(r.Wanted)
			maps.DeleteFunc(r.Wanted, func(_ crm.Channel, allowed bool) bool { return !allowed })
		})}},
		{"SetChannels/order", "Consents gives the whole log, oldest first: lines are added and never changed.", func(b *bench) {
			b.card(1)
			var want []engine.Consent
			for i, allowed := range []bool{true, false, true} {
				b.later(time.Hour)
				wish := b.wish("card-1", wants(crm.ChannelPush, allowed))
				wish.Source = email(i)
				ok(b.SetChannels(b.ctx, wish))
				want = append(want, engine.Consent{Channel: crm.ChannelPush, Allowed: allowed, Source: email(i), At: b.now})
				same(b, b.consents("card-1"), want)
			}
		}, faults{"only the last line of a channel is kept": told("Consents", func(log *[]engine.Consent) {
			*log = slices.Collect(maps.Values(byChannel(*log)))
		})}},
		{"SetChannels/repeat", "A channel that has the wanted state already gets no second line.", func(b *bench) {
			b.card(1)
			wanted := map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelCall: false}
			b.channels("card-1", wanted)
			b.later(time.Hour)
			repeats(b, nil, quiet(b.SetChannels), b.wish("card-1", wanted))
			repeats(b, nil, quiet(b.SetChannels), b.wish("card-1", nil))
			b.channels("card-1", map[crm.Channel]bool{crm.ChannelSMS: false, crm.ChannelCall: false})
			log := b.consents("card-1")
			same(b, log[min(2, len(log)):], []engine.Consent{{Channel: crm.ChannelSMS, Source: "app", At: b.now}})
		}, faults{"a repeated consent is logged again": around("SetChannels", func(c *call, r *engine.ChannelsUpdate, _ *any) {
			other := *r
			other.Wanted = turned(r.Wanted)
			if c.err = c.good.SetChannels(c.ctx, other); c.err == nil {
				c.next()
			}
		})}},
		{"SetChannels/independent", "A channel that the call does not name keeps its state.", func(b *bench) {
			b.card(1)
			b.channels("card-1", map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: true, crm.ChannelCall: false, crm.ChannelPush: false})
			for _, wanted := range []map[crm.Channel]bool{wants(crm.ChannelSMS, false), wants(crm.ChannelPush, true)} {
				b.later(time.Hour)
				b.channels("card-1", wanted)
			}
			last := map[crm.Channel]bool{}
			for channel, line := range byChannel(b.consents("card-1")) {
				last[channel] = line.Allowed
			}
			same(b, last, map[crm.Channel]bool{crm.ChannelSMS: false, crm.ChannelEmail: true, crm.ChannelCall: false, crm.ChannelPush: true})
		}, faults{"channels that are not named are denied": asked("SetChannels", func(r *engine.ChannelsUpdate) {
			wanted := map[crm.Channel]bool{crm.ChannelSMS: false, crm.ChannelEmail: false, crm.ChannelCall: false, crm.ChannelPush: false}
			maps.Copy(wanted, r.Wanted)
			r.Wanted = wanted
		})}},
		{"SetChannels/withdraw", "A blocked card may change consents: consent can always be withdrawn.", func(b *bench) {
			b.card(1)
			b.channels("card-1", wants(crm.ChannelSMS, true))
			b.setState("card-1", crm.CardBlocked)
			b.later(time.Hour)
			b.channels("card-1", wants(crm.ChannelSMS, false))
			log := b.consents("card-1")
			b.holds(len(log) == 2 && !log[1].Allowed, "two lines, the last one denies", log)
		}, faults{"a blocked card cannot withdraw consent": excludes("SetChannels", crm.CardBlocked)}},
		{"SetChannels/holder", "The log belongs to the holder: every card of the customer shows it, another customer's does not.", func(b *bench) {
			b.person(1)
			b.second(fullProfile(1), "card-2")
			b.person(3)
			b.channels("card-1", wants(crm.ChannelSMS, true))
			repeats(b, nil, quiet(b.SetChannels), b.wish("card-2", wants(crm.ChannelSMS, true)))
			same(b, b.consents("card-2"), b.consents("card-1"))
			same(b, b.consents("card-3"), nil)
		}, faults{"a card that never asked has no log": around("Consents", func(c *call, number *string, _ *any) {
			if *number != "card-2" {
				c.next()
			}
		})}},
		{"SetChannels/no-holder", "SetChannels of a card without a holder gives ErrCustomerNotFound and changes nothing.", func(b *bench) {
			b.unheld("plastic-1")
			refuses(b, crm.ErrCustomerNotFound, quiet(b.SetChannels), b.wish("plastic-1", wants(crm.ChannelSMS, true)))
			same(b, b.consents("plastic-1"), nil)
		}, faults{"a consent without a holder is taken": forgives("SetChannels", crm.ErrCustomerNotFound)}},
		{"Race/channels-twins", "A channel gets no second line when the call races its twin.", func(b *bench) {
			b.card(1)
			tally(b, race(racers, func(int) (any, error) { return nil, b.SetChannels(b.ctx, b.wish("card-1", smsAndEmail)) }), all)
			same(b, len(b.consents("card-1")), 2)
			tally(b, race(racers, func(i int) (any, error) {
				return nil, b.SetChannels(b.ctx, b.wish("card-1", wants(crm.ChannelPush, i%2 == 0)))
			}), all)
			log := b.consents("card-1")
			for i := 3; i < len(log); i++ {
				b.holds(log[i].Allowed != log[i-1].Allowed, "lines that each change the state", log[2:])
			}
		}, faults{"a consent is looked up before it is logged": crowded("SetChannels", func(met *meeting, c *call, r *engine.ChannelsUpdate, _ *any) {
			log := must(c.good.Consents(c.ctx, r.CardNumber))
			met.wait()
			if len(log) == 0 { // nothing is known yet, so everything is new
				other := *r
				other.Wanted = turned(r.Wanted)
				ok(c.good.SetChannels(c.ctx, other))
			}
			c.next()
		})}},
	}
}

func holderListChecks() []Check {
	phones := func(holders []crm.Holder) (list []string) {
		for _, holder := range holders {
			list = append(list, holder.Profile.Phone)
		}
		return list
	}
	return []Check{
		{"ListHolders/profile-and-card", "ListHolders gives each customer with the profile and the card that PickCard picks.", func(b *bench) {
			same(b, b.holders("", 10), nil)
			b.person(1)
			for _, number := range []string{"card-2", "card-3", "card-4"} {
				b.later(time.Hour)
				b.second(fullProfile(1), number)
			}
			b.card(5)
			b.setState("card-3", crm.CardInactive)
			b.setState("card-4", crm.CardBlocked)
			b.setState("card-5", crm.CardInactive)
			same(b, b.holders("", 10), []crm.Holder{
				{Profile: fullProfile(1), Card: b.look("card-2")}, {Profile: crm.Profile{Phone: phone(5)}, Card: b.look("card-5")},
			})
		}, faults{"a holder is shown with any card": told("ListHolders", func(page *[]crm.Holder) {
			for i := range *page {
				(*page)[i].Card.Number = "card-1"
			}
		})}},
		{"ListHolders/left-out", "ListHolders leaves out customers without a phone and those whose cards are all blocked.", func(b *bench) {
			b.issue(crm.Profile{Email: email(1)}, "card-1")
			b.unheld("plastic-2")
			b.card(3)
			b.setState("card-3", crm.CardBlocked)
			b.card(4)
			same(b, phones(b.holders("", 10)), []string{phone(4)})
			same(b, phones(b.holders("", 1)), []string{phone(4)})
		}, faults{"holders without a phone end the list": told("ListHolders", func(page *[]crm.Holder) { *page = append(*page, crm.Holder{}) })}},
		{"ListHolders/pages", "ListHolders gives up to limit customers in the order of their phones, beginning after the given phone, which nobody need have; pages skip and repeat nobody.", func(b *bench) {
			var want []string
			for i, p := range []string{"79210000005", "375290000001", "79210000003", "9990000", "79210000004", "79210000001", "10000000"} {
				b.issue(crm.Profile{Phone: p}, cardName(i))
				want = append(want, p)
			}
			slices.Sort(want)
			same(b, phones(pages(b, func(h crm.Holder) string { return h.Profile.Phone }, listing(b, b.ListHolders))), want)
			same(b, phones(b.holders("79210000002", 2)), []string{"79210000003", "79210000004"})
			same(b, b.holders("9990000", 10), nil)
		}, faults{"a page of holders begins one too late": func(w *wire) {
			w.on("ListHolders", func(c *call) {
				*arg[int](c.args)++
				if c.next(); *arg[string](c.args) != "" {
					page := arg[[]crm.Holder](c.results)
					*page = (*page)[min(1, len(*page)):]
				}
			})
		}}},
	}
}

// erasing is a call of Erase with what is known of the customer before.
type erasing struct {
	*call
	w       *wire
	match   crm.Match
	profile crm.Profile
	r       engine.EraseRequest
}

// aroundErase takes the place of Erase.
func aroundErase(hook func(e erasing)) fault {
	return func(w *wire) {
		around("Erase", func(c *call, r *engine.EraseRequest, _ *any) {
			found := must(c.good.FindCards(c.ctx, crm.Identity{Phone: r.Phone}))
			if len(found) == 0 {
				c.next()
				return
			}
			hook(erasing{c, w, found[0], must(c.good.Holder(c.ctx, found[0].Cards[0].Number)), *r})
		})(w)
	}
}

func eraseChecks() []Check {
	erased := func(b *bench) { b.life(); b.erase(marked.Phone) }
	blocked := func(b *bench) {
		b.Helper()
		for _, number := range []string{"card-1", "card-2"} {
			card := b.look(number)
			b.holds(card.State == crm.CardBlocked && card.CustomerID == "", "a blocked card without a holder", card)
		}
	}
	return []Check{
		{"Erase/leaves-nothing", "Erase removes the personal data of the phone's customer everywhere: no reading method shows any of it.", func(b *bench) {
			b.life()
			b.update("card-1", crm.Profile{Surname: "MarkedMarried"})
			b.erase(marked.Phone)
			for _, fact := range b.state() {
				for _, word := range []string{marked.Phone, "arked", "1977-07-07"} {
					b.holds(!strings.Contains(fact.answer, word), "none of the personal data", fact)
				}
			}
			b.nobody(crm.Identity{Phone: marked.Phone})
			b.nobody(crm.Identity{Email: marked.Email})
			same(b, b.holders("", 10), nil)
			same(b, []crm.Profile{b.holder("card-1"), b.holder("card-2")}, []crm.Profile{{}, {}})
		}, faults{"an erasure leaves the email": aroundErase(func(e erasing) {
			told("Holder", func(profile *crm.Profile) { profile.Email = e.profile.Email })(e.w)
			e.next()
		})}},
		{"Erase/answer", "Erase tells which fields held something, which cards lost their holder, and how many consents stay and purchases go.", func(b *bench) {
			card := b.life()
			b.issue(crm.Profile{Phone: phone(3), FirstName: "Анна"}, "card-3")
			erasure := b.erase(marked.Phone)
			b.holds(!strings.Contains(text(erasure), "arked") && !strings.Contains(text(erasure), marked.Phone), "names of fields, not what they held", erasure)
			slices.Sort(erasure.Cards)
			same(b, []any{erasure.CustomerID, len(erasure.Fields), erasure.Cards, erasure.Consents, erasure.Purchases},
				[]any{card.CustomerID, 9, []string{"card-1", "card-2"}, 3, 3})
			few := b.erase(phone(3))
			same(b, []int{len(few.Fields), len(few.Cards), few.Consents, few.Purchases}, []int{2, 1, 0, 0})
		}, faults{"the customer is not named": told("Erase", func(erasure *engine.Erasure) { erasure.CustomerID = "" })}},
		{"Erase/cards", "Erased cards stay without a holder and blocked, so that nobody inherits them.", func(b *bench) {
			erased(b)
			blocked(b)
		}, faults{"an erasure leaves the holder of the cards": aroundErase(func(e erasing) {
			told("Card", func(card *crm.Card) { card.CustomerID = e.match.CustomerID })(e.w)
			e.next()
		})}},
		{"Erase/no-heir", "Nobody gets an erased card: not by the same or another profile, an update, an import or the pool.", func(b *bench) {
			erased(b)
			for _, err := range []error{
				errorOf(b.IssueReserved(b.ctx, b.request(fullProfile(1), "card-2"))),
				errorOf(b.IssueReserved(b.ctx, b.request(marked, "card-2"))),
				errorOf(b.Issue(b.ctx, b.request(fullProfile(2), "card-1"))),
				b.UpdateProfile(b.ctx, b.updateOf("card-1", fullProfile(3))),
			} {
				b.holds(err != nil, "an error of every call that asks for the card", nil)
			}
			same(b, b.pool("card-1"), nil)
			blocked(b)
		}, faults{"an erasure leaves the cards in use": aroundErase(func(e erasing) {
			e.next()
			for _, card := range e.match.Cards {
				ok(e.good.SetCardState(e.ctx, engine.StateChange{CardNumber: card.Number, State: crm.CardActive, Now: then}))
			}
		})}},
		{"Erase/records", "Purchases of an erased customer go, postings and points stay.", func(b *bench) {
			b.life()
			before, balance := b.postings("card-1"), b.look("card-1").Balance
			b.erase(marked.Phone)
			same(b, b.postings("card-1"), before)
			b.balance("card-1", balance)
			same(b, b.history("card-1", firstDay, lastDay), nil)
			same(b, b.history("card-2", firstDay, lastDay), nil)
			b.adds("card-1", "card-2")
		}, faults{"an erasure leaves the purchases": aroundErase(func(e erasing) {
			kept := must(e.good.ListPurchases(e.ctx, "", "", plenty))
			e.next()
			_, _, e.err = e.good.PutPurchases(e.ctx, kept)
		})}},
		{"Erase/offers", "Offers for a card of an erased customer go, those for everybody stay.", func(b *bench) {
			b.life()
			b.putOffers(toCard("own", "card-1"), toAll("all"))
			b.erase(marked.Phone)
			same(b, b.shown("card-1"), []string{"all"})
			same(b, len(b.allOffers()), 1)
		}, faults{"an erasure leaves the offers": aroundErase(func(e erasing) {
			offers := must(e.good.ListOffers(e.ctx, "", plenty))
			e.next()
			e.err = e.good.PutOffers(e.ctx, offers)
		})}},
		{"Erase/consents", "Consents of an erased customer stay as evidence that no longer names anybody: no card and no later customer shows them.", func(b *bench) {
			erased(b)
			same(b, b.consents("card-1"), nil)
			same(b, b.consents("card-2"), nil)
			b.issue(marked, "card-3")
			same(b, b.consents("card-3"), nil)
			b.channels("card-3", wants(crm.ChannelSMS, false))
			same(b, len(b.consents("card-3")), 1)
		}, faults{"consents follow the phone to the next customer": aroundErase(func(e erasing) {
			log := must(e.good.Consents(e.ctx, e.match.Cards[0].Number))
			after("Consents", func(c *call, number *string, own *[]engine.Consent) error {
				if must(c.good.Holder(c.ctx, *number)).Phone == e.r.Phone {
					*own = append(log, *own...)
				}
				return nil
			})(e.w)
			e.next()
		})}},
		{"Erase/new-start", "A person who was erased may register again and starts anew.", func(b *bench) {
			old := b.life()
			b.erase(marked.Phone)
			who := crm.Profile{Phone: marked.Phone, Email: marked.Email}
			card := b.issue(who, "card-3")
			b.holds(card.CustomerID != old.CustomerID, "another customer", card)
			same(b, b.holder("card-3"), who)
			same(b, b.one(crm.Identity{Phone: marked.Phone}).Cards, []crm.Card{card})
			same(b, card.Balance, 0)
			same(b, b.history("card-3", firstDay, lastDay), nil)
		}, faults{"an erasure can be undone by registering again": aroundErase(func(e erasing) {
			asked("Issue", func(r *engine.IssueRequest) { r.Profile = e.profile })(e.w)
			e.next()
		})}},
		{"Erase/others", "Erase leaves other customers alone.", func(b *bench) {
			b.person(3)
			b.grant("card-3", "theirs", 10)
			b.channels("card-3", wants(crm.ChannelPush, true))
			b.putPurchases(line("card-3", "a", today))
			theirs := []string{"card-3", phone(3), email(3)}
			before := b.state().about(theirs...)
			erased(b)
			same(b, before.changes(b.state().about(theirs...)), "")
			same(b, b.holders("", 10), []crm.Holder{{Profile: fullProfile(3), Card: b.look("card-3")}})
		}, faults{"an erasure takes everybody's purchases": aroundErase(func(e erasing) {
			told("Purchases", func(lines *[]crm.Purchase) { *lines = nil })(e.w)
			e.next()
		})}},
		{"Erase/nobody", "Erase of a phone that no customer has gives ErrCustomerNotFound and changes nothing, the second time too.", func(b *bench) {
			b.life()
			refuses(b, crm.ErrCustomerNotFound, b.Erase, b.erasing(phone(9)))
			b.erase(marked.Phone)
			refuses(b, crm.ErrCustomerNotFound, b.Erase, b.erasing(marked.Phone))
		}, faults{"nobody is erased without a word": forgives("Erase", crm.ErrCustomerNotFound)}},
		{"Race/erase", "Of calls that erase one phone at one moment one erases; the others get ErrCustomerNotFound.", func(b *bench) {
			b.life()
			results := race(racers, func(int) (engine.Erasure, error) { return b.Erase(b.ctx, b.erasing(marked.Phone)) })
			tally(b, results, onlyOne(crm.ErrCustomerNotFound))
			for _, erasure := range winners(results) {
				b.holds(len(erasure.Cards) == 2 && len(erasure.Fields) == 9 && erasure.Purchases == 3, "one whole answer", erasure)
			}
			b.nobody(crm.Identity{Phone: marked.Phone, Email: marked.Email})
		}, nil},
		{"Race/erase-and-issue", "Erase and IssueReserved for one phone at one moment: each card either belongs to the new customer or is blocked without a holder.", raceEraseIssue, nil},
	}
}

func raceEraseIssue(b *bench) {
	numbers := listed("free", racers)
	b.pool(numbers...)
	b.life()
	results := race(racers, func(i int) ([]string, error) {
		if i == racers/2 {
			erasure, err := b.Erase(b.ctx, b.erasing(marked.Phone))
			return erasure.Cards, err
		}
		return nil, errorOf(b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: marked.Phone}, numbers[i])))
	})
	tally(b, results, all)
	held := map[string]bool{}
	for _, match := range b.find(crm.Identity{Phone: marked.Phone}) {
		for _, card := range match.Cards {
			held[card.Number] = true
		}
	}
	asked := slices.Delete(append(numbers, "card-1", "card-2"), racers/2, racers/2+1) // nobody asked for that one
	for _, number := range asked {
		card := b.look(number)
		free := card.CustomerID == "" && card.State == crm.CardBlocked
		b.holds(slices.Contains(results[racers/2].answer, number) == free && held[number] != free,
			"either erased, blocked and without a holder, or a card of the phone's customer", card)
	}
}
