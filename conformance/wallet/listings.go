package wallet

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
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
	var phones []any
	for _, entry := range list {
		object, _ := entry.(map[string]any)
		phones = append(phones, object["phone"])
		w.mu.Lock()
		owner, ours := w.owners[text(object["phone"])]
		w.mu.Unlock()
		if ours && owner < len(w.users) {
			w.listed(w.users[owner], object["params"])
		}
	}
	w.phonesOnce(phones)
}

// list reads one of the lists; false when the host does not offer it.
func (w *walk) list(ctx context.Context, methodID string) ([]any, bool) {
	if !w.o.Profile.Offers(methodID) {
		return nil, false
	}
	m, _ := w.o.Profile.Method(methodID)
	path := m.Path
	a, err := w.host.send(ctx, request{verb: m.Verb, path: path, listing: true}, 0)
	if err != nil {
		if errors.Is(err, errLong) {
			w.tally.with(func(c *Counts) { c.ListingsTooLong++ })
		} else if ctx.Err() == nil {
			w.faults.add(Fault{Rule: "answer.missing", User: -1, What: err.Error(), Request: "GET " + path})
		}
		return nil, false
	}
	if a.status != http.StatusOK {
		return nil, false
	}
	r := &reading{}
	r.contentType(a.header)
	tree, err := w.o.decode(contract.AnswerPrefix(m), a.body)
	list, isList := tree.([]any)
	if err != nil || !isList {
		r.breach("answer.shape", "the list of users is not an array")
	}
	r.strings(tree)
	for _, b := range r.breaches {
		w.faults.add(Fault{Rule: b.rule, User: -1, What: b.what, Request: "GET " + path})
	}
	return list, isList
}

func text(leaf any) string {
	s, _ := leaf.(string)
	return s
}

// phonesOnce holds a list to naming each user of the run once.
func (w *walk) phonesOnce(list []any) {
	count := map[string]int{}
	for _, phone := range list {
		count[text(phone)]++
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
func (w *walk) listed(u *user, params any) {
	list, _ := params.([]any)
	kept := map[string]string{}
	var names []string
	for _, entry := range list {
		object, _ := entry.(map[string]any)
		name, value := text(object["name"]), text(object["value"])
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
