package faultyhost

import (
	"cmp"
	"slices"
	"time"
)

// States of a card; the contract knows the first two.
const (
	active   = "active"
	inactive = "inactive"
	blocked  = "blocked"
)

// books are all that the host knows. The host's mutex guards them.
type books struct {
	customers []*customer
	cards     map[string]*card
	// numbers can be issued: reserved until a time, or, with none, for good.
	numbers  map[string]time.Time
	receipts map[receiptKey]*receipt
	codes    map[string]*promoCode
	offers   []Offer
	// next is the serial part of the next number.
	next int64
}

type customer struct {
	profile  profile
	channels map[string]bool
	// lists are the last lists of channels.
	lists string
	cards []*card
	// former are phones and emails that were replaced, for the faults that still
	// know them.
	former []string
	// seeded tells that the data brought the customer.
	seeded bool
}

type card struct {
	number, state string
	holder        *customer
	// issued is the fingerprint of the profile for which the card was made, ""
	// for a card of the data.
	issued string
	// given is that profile, and updated the fingerprint of the last update.
	given   profile
	updated string
	// read tells that the card was shown since.
	read bool
	// pooled and reserved tell where the number came from.
	pooled, reserved bool
	// taken tells that the number was kept for another customer.
	taken bool
	lots  []Lot
	lines []Purchase
}

type promoCode struct {
	Code
	// used holds the cards, retries counts their second calls.
	used    map[string]bool
	retries int
}

// open makes the books ready; again, it changes nothing.
func (b *books) open(first int64) {
	if b.cards != nil {
		return
	}
	b.cards, b.numbers = map[string]*card{}, map[string]time.Time{}
	b.receipts, b.codes = map[receiptKey]*receipt{}, map[string]*promoCode{}
	b.next = first
}

// by finds the customers with a value in a field of their profile.
func (b *books) by(field, value string) []*customer {
	var found []*customer
	for _, one := range b.customers {
		if value != "" && one.profile[field] == value {
			found = append(found, one)
		}
	}
	return found
}

// identified finds the customers to whom a phone or an email belongs, each once.
func (b *books) identified(phone, email string) []*customer {
	found := b.by("phone", phone)
	for _, one := range b.by("email", email) {
		if !slices.Contains(found, one) {
			found = append(found, one)
		}
	}
	return found
}

// register makes a customer.
func (b *books) register(p profile) *customer {
	one := &customer{profile: p, channels: map[string]bool{}}
	b.customers = append(b.customers, one)
	return one
}

// attach makes an active card for a customer.
func (b *books) attach(number string, holder *customer) *card {
	made := &card{number: number, state: active, holder: holder}
	holder.cards = append(holder.cards, made)
	b.cards[number] = made
	return made
}

// pick chooses the card that stands for a customer: active before inactive
// before blocked, the newest first. It is nil for a customer without cards.
func (c *customer) pick(h *Host) *card {
	if len(c.cards) == 0 {
		return nil
	}
	rank := map[string]int{active: 0, inactive: 1, blocked: 2}
	if h.wrong("inactive-first") {
		rank[inactive] = -1
	}
	cards := slices.Clone(c.cards)
	if !h.wrong("any-of-several") || h.nth(2) {
		slices.Reverse(cards)
	}
	return slices.MinFunc(cards, func(a, b *card) int { return cmp.Compare(rank[a.state], rank[b.state]) })
}

// credit books points on a card.
func (c *card) credit(points int64, description, until string) {
	if points > 0 {
		c.lots = append(c.lots, Lot{Description: description, Points: points, ValidUntil: until})
	}
}

// draw takes the next number that is neither a card nor reserved. Without move
// the same number comes again.
func (b *books) draw(s Style, move bool) string {
	for at := b.next; ; at++ {
		number := s.number(at)
		_, taken := b.cards[number]
		_, kept := b.numbers[number]
		if taken || kept {
			continue
		}
		if move {
			b.next = at + 1
		}
		return number
	}
}
