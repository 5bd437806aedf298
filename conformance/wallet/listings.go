package wallet

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"koshelek-adapter/conformance/document"
)

// listings holds the host's lists of users to the model. A host may leave both
// out, since they are optional.
func (w *walk) listings(ctx context.Context) {
	if list, offered := w.list(ctx, "listUsers"); offered {
		w.phonesOnce(list)
	}
	list, offered := w.list(ctx, "listUsersExtended")
	w.tally.with(func(c *Counts) { c.ProfilesListed = offered })
	if !offered {
		return
	}
	var phones []*document.Value
	for _, entry := range list {
		phones = append(phones, entry.Get("phone"))
		w.mu.Lock()
		owner, ours := w.owners[entry.Leaf("phone")]
		w.mu.Unlock()
		if ours && owner < len(w.users) {
			w.listed(w.users[owner], entry.Get("params"))
		}
	}
	w.phonesOnce(phones)
}

// list reads one of the lists; false when the host does not offer it.
func (w *walk) list(ctx context.Context, methodID string) ([]*document.Value, bool) {
	if !w.o.Profile.Offers(methodID) {
		return nil, false
	}
	m, _ := w.o.Profile.Method(methodID)
	q := request{verb: m.Verb, path: m.Path, listing: true}
	a, err := w.host.send(ctx, q, 0)
	if err != nil {
		if errors.Is(err, errLong) {
			w.tally.with(func(c *Counts) { c.ListingsTooLong++ })
		} else if ctx.Err() == nil {
			w.fault(nil, Intent{}, q, breach{"answer.arrives", err.Error()})
		}
		return nil, false
	}
	if a.status != http.StatusOK {
		return nil, false
	}
	r := &reading{ok: true}
	list := r.judge(w.o, q, a)
	for _, b := range r.breaches {
		w.fault(nil, Intent{}, q, b)
	}
	if list == nil || list.Kind != document.Array {
		return nil, false
	}
	return list.Items, true
}

// phonesOnce holds a list to naming each user of the run once.
func (w *walk) phonesOnce(list []*document.Value) {
	count := map[string]int{}
	for _, phone := range list {
		count[phone.Leaf()]++
	}
	for _, u := range w.users {
		switch n := count[u.scenario.Phone]; {
		case n == 0:
			w.fault(u, Intent{}, request{}, breach{"listing", "the list of users leaves the user out"})
		case n > 1:
			w.fault(u, Intent{}, request{}, breach{"card.second", "the list of users names the user " + itoa(n) + " times"})
		}
	}
}

// showsChannel tells whether a parameter shows the state of a channel.
func (w *walk) showsChannel(name string) bool {
	for _, shown := range w.o.Profile.ChannelParams {
		if shown == name {
			return true
		}
	}
	return false
}

// listed holds a user's entry of the extended list to the model. Which parameters
// a host names is its own affair; those that bear the names of the profile count.
func (w *walk) listed(u *user, params *document.Value) {
	if params == nil {
		return
	}
	kept := map[string]string{}
	var names []string
	for _, entry := range params.Items {
		name, value := entry.Leaf("name"), entry.Leaf("value")
		kept[name] = value
		// An "email" without an address is the state of that channel.
		if w.showsChannel(name) {
			continue
		}
		if slices.Contains([]string{"surname", "patronymic", "locality"}, name) || name == "email" && strings.Contains(value, "@") {
			names = append(names, name)
		}
		if name == "cardNumber" {
			w.own(u, Intent{}, request{}, value, w.o.Clock())
		}
	}
	w.compareProfile(u, kept, names)
	for channel, name := range w.o.Profile.ChannelParams {
		shown := map[string]string{w.o.Profile.ChannelValue("allow"): allowed, w.o.Profile.ChannelValue("deny"): denied}
		w.compareChannel(u, channel, shown[kept[name]], true)
	}
}
