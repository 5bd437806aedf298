package remotetest

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"koshelek-adapter/schema/crmapi"
)

// do carries a call out.
func (h *Host) do(call, key string, body []byte) (any, error) {
	switch call {
	case "ping":
		return h.about(), h.read(body, &crmapi.Nothing{})
	case "find":
		return read(h, body, h.find)
	case "member":
		return read(h, body, func(r crmapi.Ref) (any, error) {
			c, err := h.of(r)
			if err != nil {
				return nil, err
			}
			return crmapi.OneMember{Member: h.member(c)}, nil
		})
	case "enroll":
		return read(h, body, h.enroll)
	case "update":
		return read(h, body, h.update)
	case "channels":
		return read(h, body, h.channels)
	case "balance":
		return read(h, body, h.balance)
	case "purchases":
		return read(h, body, h.purchases)
	case "offers":
		return read(h, body, func(r crmapi.Ref) (any, error) {
			_, err := h.of(r)
			offer := crmapi.Offer{ID: "o-1", Name: "Чай", From: "2026-12-01"}
			if h.wrong("offers-without-id") {
				offer.ID = ""
			}
			return crmapi.OpenOffers{Offers: &[]crmapi.Offer{offer}}, err
		})
	case "receipt":
		return read(h, body, func(b crmapi.BookReceipt) (any, error) {
			if h.wrong("receipt-again") {
				h.extra++
			}
			return h.move(b.Ref, b.Receipt.Kopecks/10000+h.extra)
		})
	case "code":
		return read(h, body, func(b crmapi.Redeem) (any, error) {
			if !strings.HasPrefix(b.Code, "GOOD") && !h.wrong("any-code") {
				return nil, refusal{http.StatusUnprocessableEntity, "code_unknown"}
			}
			return h.move(b.Ref, 100)
		})
	case "points":
		return read(h, body, func(b crmapi.Move) (any, error) { return h.move(b.Ref, b.Points) })
	case "members":
		return read(h, body, h.page)
	case "lookup":
		return read(h, body, h.lookup)
	default:
		return read(h, body, func(r crmapi.Ref) (any, error) {
			if c, err := h.of(r); err == nil && !h.wrong("erasure-forgets") {
				*c.holder = customer{id: c.holder.id, erased: true}
			} else if err != nil && h.wrong("erasure-once") {
				return nil, err
			}
			return crmapi.Nothing{}, nil
		})
	}
}

func read[T any](h *Host, body []byte, do func(T) (any, error)) (any, error) {
	var asked T
	if err := h.read(body, &asked); err != nil {
		return nil, err
	}
	return do(asked)
}

func (h *Host) find(by crmapi.Find) (any, error) {
	members := []crmapi.Member{}
	for _, number := range slices.Sorted(maps.Keys(h.cards)) {
		c := h.cards[number]
		p := c.holder.profile
		if len(members) == crmapi.MaxFound && !h.wrong("foreign-cards-found") {
			break
		}
		if !c.holder.erased && (by.Phone != "" && p.Phone == by.Phone || by.Email != "" && p.Email == by.Email && !h.wrong("email-not-found")) ||
			h.wrong("somebody-found") && len(members) == 0 || h.wrong("foreign-cards-found") {
			members = append(members, *h.member(c))
		}
	}
	if h.wrong("card-twice") {
		members = append(members, members...)
	}
	if h.wrong("nothing-for-nobody") && len(members) == 0 {
		return crmapi.Nothing{}, nil
	}
	return crmapi.Members{Members: &members}, nil
}

func (h *Host) enroll(e crmapi.Enroll) (any, error) {
	if h.wrong("races") {
		return h.racy(e)
	}
	if e.Profile.Phone != "" || e.Profile.Email != "" {
		return h.enrollOne(e)
	}
	return nil, refusal{http.StatusUnprocessableEntity, "invalid_profile"}
}

// racy looks, waits and writes, as many services do.
func (h *Host) racy(e crmapi.Enroll) (any, error) {
	h.mu.Lock()
	holder := h.holder(func(p crmapi.Profile) bool { return p.Phone == e.Profile.Phone })
	h.mu.Unlock()
	h.awaitTwin()
	h.mu.Lock()
	defer h.mu.Unlock()
	if holder == nil {
		holder = h.add(e.Profile)
	}
	return crmapi.OneMember{Member: h.member(h.give(e.Number, holder))}, nil
}

func (h *Host) add(p crmapi.Profile) *customer {
	c := &customer{id: "c" + ref(len(h.customers)), profile: p}
	h.customers = append(h.customers, c)
	return c
}

func (h *Host) give(number string, holder *customer) *card {
	c := &card{number: number, holder: holder, channels: map[string]bool{}}
	h.cards[number] = c
	return c
}

func (h *Host) enrollOne(e crmapi.Enroll) (any, error) {
	holder := h.holder(func(p crmapi.Profile) bool {
		return p.Phone == e.Profile.Phone && (e.Profile.Phone != "" || p.Email == e.Profile.Email)
	})
	byMail := h.holder(func(p crmapi.Profile) bool { return e.Profile.Email != "" && p.Email == e.Profile.Email })
	before := h.cards[e.Number]
	switch {
	case before != nil && before.holder == holder && holder != nil && !h.wrong("keys-forgotten"):
		return crmapi.OneMember{Member: h.member(before)}, nil
	case before != nil && !h.wrong("numbers-taken-twice"):
		if h.wrong("numbers-refused-and-made") {
			h.give("R"+e.Number, h.add(e.Profile))
		}
		return nil, refusal{http.StatusConflict, "number_taken"}
	case byMail != nil && byMail != holder && h.wrong("email-opens-accounts"):
		holder = byMail
	case byMail != nil && byMail != holder:
		return nil, refusal{http.StatusConflict, "email_taken"}
	}
	number := e.Number
	switch {
	case h.wrong("keys-forgotten") && before != nil:
		number += "-2"
	case h.wrong("own-numbers"):
		number = "9" + number
	}
	if holder == nil || h.wrong("customer-a-card") {
		holder = h.add(e.Profile)
	}
	return crmapi.OneMember{Member: h.member(h.give(number, holder))}, nil
}

func (h *Host) update(u crmapi.Update) (any, error) {
	c, err := h.of(u.Ref)
	if err != nil {
		return nil, err
	}
	taken := func(is func(p crmapi.Profile) bool) bool {
		other := h.holder(is)
		return other != nil && other != c.holder && !h.wrong("phones-taken-twice")
	}
	switch {
	case c.blocked:
		return nil, refusal{http.StatusUnprocessableEntity, "card_blocked"}
	case taken(func(p crmapi.Profile) bool { return u.Profile.Phone != "" && p.Phone == u.Profile.Phone }):
		return nil, refusal{http.StatusConflict, "phone_taken"}
	case taken(func(p crmapi.Profile) bool { return u.Profile.Email != "" && p.Email == u.Profile.Email }):
		return nil, refusal{http.StatusConflict, "email_taken"}
	case h.wrong("updates-lost"):
		return crmapi.Nothing{}, nil
	case h.wrong("updates-replace"):
		c.holder.profile = u.Profile
		return crmapi.Nothing{}, nil
	}
	p, n := &c.holder.profile, u.Profile
	for to, from := range map[*string]string{
		&p.Phone: n.Phone, &p.Email: n.Email, &p.Surname: n.Surname, &p.FirstName: n.FirstName, &p.Patronymic: n.Patronymic,
		&p.Sex: n.Sex, &p.BirthDate: n.BirthDate, &p.CountryCode: n.CountryCode, &p.Locality: n.Locality,
	} {
		if from != "" {
			*to = from
		}
	}
	return crmapi.Nothing{}, nil
}

func (h *Host) channels(b crmapi.Channels) (any, error) {
	c, err := h.of(b.Ref)
	if err != nil {
		return nil, err
	}
	for channel, allowed := range b.Channels {
		c.channels[channel] = allowed
	}
	return crmapi.Nothing{}, nil
}

func (h *Host) balance(r crmapi.Ref) (any, error) {
	c, err := h.of(r)
	if err != nil {
		return nil, err
	}
	b := crmapi.Balance{Ref: crmapi.Ref{ID: c.holder.id, Card: c.number}, Total: points(c.points), Available: points(c.points)}
	if h.wrong("another-balance") {
		b.Card = "another"
	}
	return b, nil
}

func (h *Host) purchases(b crmapi.Purchases) (any, error) {
	c, err := h.of(b.Ref)
	if err != nil {
		return nil, err
	}
	lines := []crmapi.Purchase{{Day: b.To, Item: "Чайник", Kopecks: points(249000)}}
	if h.wrong("days-not-asked") {
		lines[0].Day = "2001-01-01"
	}
	if c.bought == nil {
		return crmapi.PurchaseLines{Lines: &lines}, nil
	}
	lines = slices.DeleteFunc(slices.Clone(c.bought), func(p crmapi.Purchase) bool { return p.Day < b.From || p.Day > b.To })
	at, _ := strconv.Atoi(b.After) // "" is the first page
	answer := crmapi.PurchaseLines{}
	if end := at + b.Limit; end < len(lines) {
		lines, answer.Next = lines[:end], strconv.Itoa(end)
	}
	lines = lines[at:]
	answer.Lines = &lines
	return answer, nil
}

func (h *Host) move(r crmapi.Ref, n int64) (any, error) {
	c, err := h.of(r)
	if err != nil {
		return nil, err
	}
	if c.points+n < 0 && !h.wrong("below-zero") {
		return nil, refusal{http.StatusConflict, "insufficient_points"}
	}
	if !h.wrong("points-lost") {
		c.points += n
	}
	return crmapi.Applied{Points: points(n), Ref: ref(len(h.keys))}, nil
}

func (h *Host) page(p crmapi.Page) (any, error) {
	var numbers []string
	for number, c := range h.cards {
		if !c.holder.erased && (number > p.After || h.wrong("pages-repeat")) {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	answer := crmapi.Members{Members: &[]crmapi.Member{}}
	if len(numbers) > p.Limit && !h.wrong("pages-too-long") {
		numbers = numbers[:p.Limit]
		answer.Next = numbers[p.Limit-1]
	}
	for _, number := range numbers {
		*answer.Members = append(*answer.Members, *h.member(h.cards[number]))
	}
	if h.wrong("cards-apart") {
		for i := range *answer.Members {
			(*answer.Members)[i].ID = ref(i % 2)
		}
	}
	return answer, nil
}

func (h *Host) lookup(l crmapi.Lookup) (any, error) {
	done := h.wrong("lookup-says-yes")
	var found kept
	for _, call := range crmapi.Calls() {
		if k, has := h.keys[call.Name+l.Key]; has && !h.wrong("lookup-says-no") {
			done, found = true, k
		}
	}
	return crmapi.Found{Done: &done, Points: found.points}, nil
}
