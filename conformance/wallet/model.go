package wallet

import (
	"sync"
	"time"

	"koshelek-adapter/schema/koshelek"
)

// model is what the wallet knows of one user: what it has asked for and what the
// host has said. It is safe for concurrent use.
type model struct {
	mu sync.Mutex
	// card is the number that the host has named, "" as long as it has not.
	card string
	// reserved is the number that will be issued.
	reserved string
	// asked is when the first issue was sent, issued when one was answered.
	asked, issued time.Time
	claims        map[string]*claim
	registers     map[string]*register
}

// claim is a receipt or a code that should earn once.
type claim struct {
	intent Intent
	// asked is when it was first sent, taken when a success was first answered.
	asked, taken time.Time
	points       int64
	contested    bool
}

func newModel() *model { return &model{claims: map[string]*claim{}, registers: map[string]*register{}} }

// key names what an intent claims, "" for those that claim nothing.
func (in Intent) key() string {
	switch in.Kind {
	case Scan, Contest:
		return in.Receipt.key()
	case Redeem:
		return "code " + in.Code
	}
	return ""
}

func (r *Receipt) key() string { return "receipt " + r.FN + " " + itoa(r.I) }

// begin notes that a request goes out.
func (b *model) begin(in Intent, points int64, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch in.Kind {
	case Issue, IssueReserved:
		if b.asked.IsZero() {
			b.asked = now
		}
	case Scan, Contest, Redeem:
		if b.claims[in.key()] == nil {
			b.claims[in.key()] = &claim{intent: in, asked: now, points: points, contested: in.Kind == Contest}
		}
	}
}

// end notes how a request ended that writes to registers.
func (b *model) end(in Intent, w write) {
	b.mu.Lock()
	defer b.mu.Unlock()
	set := func(name, value string) {
		if b.registers[name] == nil {
			b.registers[name] = &register{}
		}
		one := w
		one.value = value
		b.registers[name].note(one)
	}
	switch in.Kind {
	case Update:
		for name, value := range fields(*in.Profile) {
			set(name, value)
		}
	case Consents:
		for channel, state := range wanted(*in.Channels) {
			set("channel "+channel, state)
		}
	}
}

// fields are the given fields of a profile by the names that the wire gives them.
func fields(u koshelek.User) map[string]string {
	all := map[string]string{
		"phone": u.Phone.String(), "email": u.Email.String(), "surname": u.Surname.String(), "firstname": u.Firstname.String(),
		"patronymic": u.Patronymic.String(), "locality": u.Locality.String(), "birthDate": u.BirthDate.String(),
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}

// States of a channel.
const (
	allowed = "allowed"
	denied  = "denied"
)

func wanted(c koshelek.Channels) map[string]string {
	states := map[string]string{}
	for _, name := range c.Allow {
		states[name.String()] = allowed
	}
	for _, name := range c.Deny {
		states[name.String()] = denied
	}
	return states
}

// number gives the card, or the number that will become it.
func (b *model) number() (card, reserved string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.card, b.reserved
}

// reserve keeps the first number that was reserved.
func (b *model) reserve(number string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.reserved == "" {
		b.reserved = number
	}
}

// own notes that the host has named the user's card, and gives the one that it
// named before.
func (b *model) own(number string, now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.issued.IsZero() {
		b.issued = now
	}
	if b.card == "" {
		b.card = number
	}
	return b.card
}

// existence tells whether the user must have had a card already at a time, and
// whether the user may have had one at another.
func (b *model) existence(must, may time.Time) (has, can bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.issued.IsZero() && !b.issued.After(must), !b.asked.IsZero() && !b.asked.After(may)
}

// take notes the success of a claim.
func (b *model) take(in Intent, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.claims[in.key()]; c != nil && c.taken.IsZero() {
		c.taken = now
	}
}

// bounds are what the claims are worth at least to a look that began at one time,
// and at most to one that ended at another.
func (b *model) bounds(began, ended time.Time) (low, high int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.claims {
		if !c.taken.IsZero() && c.taken.Before(began) {
			low += c.points
		}
		if c.asked.Before(ended) {
			high += c.points
		}
	}
	return low, high
}

// list gives the claims.
func (b *model) list() []*claim {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]*claim, 0, len(b.claims))
	for _, c := range b.claims {
		all = append(all, c)
	}
	return all
}

// finals are the values that a register may hold; see [register.finals].
func (b *model) finals(name string) (values map[string]bool, unset bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.registers[name] == nil {
		return nil, true
	}
	return b.registers[name].finals()
}
