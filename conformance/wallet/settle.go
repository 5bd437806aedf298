package wallet

import (
	"context"
	"slices"
	"sync"

	"koshelek-adapter/schema/koshelek"
)

// settle waits until dropped calls can no longer take effect, asks once more for
// what has no answer yet, and then compares the host's state with the model.
func (w *walk) settle(ctx context.Context) {
	if w.o.Lose > 0 && sleep(ctx, w.o.Grace) != nil {
		return
	}
	shared := &contest{winners: map[string][]int{}}
	w.each(ctx, func(u *user) {
		if card, _ := u.model.number(); card == "" {
			w.issue(ctx, u)
		}
		w.finish(ctx, u, shared)
	})
	w.judgeContests(shared)
	if sleep(ctx, w.o.Profile.Settle) != nil {
		return
	}
	w.each(ctx, func(u *user) { w.inspect(ctx, u, shared) })
	if !w.o.SkipListings {
		w.listings(ctx)
	}
}

// contest is who got the receipts that two users sent.
type contest struct {
	mu      sync.Mutex
	winners map[string][]int
}

func (c *contest) won(key string, user int, yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.winners[key] = c.winners[key][:len(c.winners[key]):len(c.winners[key])]; yes {
		c.winners[key] = append(c.winners[key], user)
	}
}

// finish asks again for every claim of a user whose answer was dropped, and for
// every shared receipt, since only a repetition tells whose it became.
func (w *walk) finish(ctx context.Context, u *user, shared *contest) {
	for _, c := range u.model.list() {
		switch {
		case c.contested:
			got := w.ask(ctx, u, c.intent, 0)
			shared.won(c.intent.key(), u.index, got || !c.taken.IsZero())
			if !got && !c.taken.IsZero() {
				w.fault(u, c.intent, request{}, breach{"refused", "a receipt that was accepted from this user is refused when it is repeated"})
			}
		case c.taken.IsZero():
			w.ask(ctx, u, c.intent, 0) // a refusal is noted by ask
		}
	}
}

func (w *walk) judgeContests(shared *contest) {
	for key, winners := range shared.winners {
		if len(winners) == 1 {
			continue
		}
		what := "two users were both told that one receipt is theirs"
		if len(winners) == 0 {
			what = "a receipt that users send is refused to all of them"
		}
		w.faults.add(Fault{Rule: "receipt.shared", User: -1, Call: Contest, What: what + ": " + key})
	}
}

// inspect compares what the host shows of a user at the end with the model.
func (w *walk) inspect(ctx context.Context, u *user, shared *contest) {
	w.ask(ctx, u, Intent{Kind: Find}, 0)
	if w.issuesAtOnce() {
		w.ask(ctx, u, Intent{Kind: Issue, Profile: newGenerator(w.o, u.index).holder()}, 0)
	}
	w.finalBalance(ctx, u, shared)
	w.finalEmail(ctx, u)
	if w.o.Inspector != nil {
		w.lookInside(ctx, u)
	}
}

// finalBalance holds the balance to exactly what was earned.
func (w *walk) finalBalance(ctx context.Context, u *user, shared *contest) {
	total, shown := w.look(ctx, u)
	if !shown {
		if w.prices.known {
			w.fault(u, Intent{Kind: Look}, request{}, breach{"card.vanished", "the card and its balance are not shown at the end"})
		}
		return
	}
	if !w.prices.known {
		return
	}
	due := w.prices.welcome
	for _, c := range u.model.list() {
		won := slices.Contains(shared.winners[c.intent.key()], u.index)
		if !c.contested && !c.taken.IsZero() || c.contested && won {
			due += c.points
		}
	}
	w.compare(u, Intent{Kind: Look}, request{}, total, due, due)
}

// finalEmail looks for the user by the addresses that may be the last one:
// exactly one of them finds the card.
func (w *walk) finalEmail(ctx context.Context, u *user) {
	candidates, unset := u.model.finals("email")
	if unset || w.o.leavesOut(FindEmail) {
		return
	}
	found := 0
	for email := range candidates {
		in := Intent{Kind: FindEmail, Email: email}
		r, _ := w.compose(u, in)
		got, _, ended := w.once(ctx, u, in, r, 0)
		if got != nil && got.number != "" {
			w.own(u, in, r, got.number, ended)
			found++
		}
	}
	if found == 0 && ctx.Err() == nil {
		w.fault(u, Intent{Kind: Update}, request{}, breach{"profile.lost", "the e-mail address that was sent last does not find the card"})
	}
}

// lookInside compares what only the host's keeper sees.
func (w *walk) lookInside(ctx context.Context, u *user) {
	card, _ := u.model.number()
	profile, err := w.o.Inspector.Profile(ctx, card)
	if err != nil {
		w.fault(u, Intent{Kind: Update}, request{}, breach{"profile.lost", "the host's keeper finds no profile"})
		return
	}
	w.compareProfile(u, fields(profile), []string{"email", "surname", "patronymic", "locality"})
	lines, err := w.o.Inspector.Consents(ctx, card)
	if err != nil {
		w.fault(u, Intent{Kind: Consents}, request{}, breach{"consent.lost", "the host's keeper finds no consents"})
		return
	}
	w.compareConsents(u, lines)
}

// compareProfile holds fields to what may have been sent last.
func (w *walk) compareProfile(u *user, kept map[string]string, names []string) {
	for _, name := range names {
		candidates, unset := u.model.finals(name)
		value := kept[name]
		if candidates[value] || value == "" && unset {
			continue
		}
		rule, what := "profile.lost", "the field "+name+" is not what was sent last"
		if value != "" && u.torn(name, value) {
			rule, what = "profile.torn", "the field "+name+" is that of a call that broke off in its body"
		}
		w.fault(u, Intent{Kind: Update}, request{}, breach{rule, what})
	}
}

// torn tells whether a value was only ever sent in a body that broke off.
func (u *user) torn(name, value string) bool {
	for _, in := range u.scenario.Intents {
		if in.Kind == Torn && fields(*in.Profile)[name] == value {
			return true
		}
	}
	return false
}

func (w *walk) compareConsents(u *user, lines []Consent) {
	state := map[string]string{}
	for _, line := range lines {
		now := denied
		if line.Allowed {
			now = allowed
		}
		if state[line.Channel] == now {
			w.fault(u, Intent{Kind: Consents}, request{}, breach{"consent.twice", "the log says twice that " + line.Channel + " is " + now})
		}
		state[line.Channel] = now
	}
	for _, name := range []string{koshelek.ChannelSMS, koshelek.ChannelEmail, koshelek.ChannelCall, koshelek.ChannelPush} {
		w.compareChannel(u, name, state[name], false)
	}
}

// compareChannel holds a channel's state, "" for none, to what may have been sent
// last. Where nothing may have been, a host that has defaults may show one.
func (w *walk) compareChannel(u *user, name, state string, defaults bool) {
	candidates, unset := u.model.finals("channel " + name)
	if !candidates[state] && !(unset && (defaults || state == "")) {
		w.fault(u, Intent{Kind: Consents}, request{}, breach{"consent.lost", "the channel " + name + " is not as it was sent last"})
	}
}
