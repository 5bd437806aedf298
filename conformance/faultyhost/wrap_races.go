package faultyhost

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// raceWrappers are the faults of different things at one moment.
func raceWrappers() map[string]wrapper {
	return map[string]wrapper{
		"race-receipt-lost":         losesAward("receipt"),
		"race-code-or-receipt-lost": losesAward("receipt", "code"),
		"race-field-lost": looking([]string{"update"}, func(h *Host, c *call, do func() bool) {
			mine := h.books.cards[c.number]
			if mine == nil {
				do()
				return
			}
			seen := maps.Clone(mine.holder.profile)
			if !do() {
				return
			}
			for field := range c.body() {
				if value, stored := mine.holder.profile[field]; stored {
					seen[field] = value
				}
			}
			mine.holder.profile = seen
		}),
		"race-channel-lost": looking([]string{"channels"}, func(h *Host, c *call, do func() bool) {
			mine := h.books.cards[c.number]
			if mine == nil {
				do()
				return
			}
			seen := maps.Clone(mine.holder.channels)
			if !do() {
				return
			}
			for _, list := range []string{"allow", "deny"} {
				items, _ := c.body()[list].([]any)
				for _, item := range items {
					if name, text := item.(string); text {
						seen[name] = mine.holder.channels[name]
					}
				}
			}
			mine.holder.channels = seen
		}),
		"race-answers-mixed": sharesCall("find", "details"),
		"race-days-mixed":    sharesCall("purchases"),
		"race-card-gone-meanwhile": onCallLocked(func(h *Host, c *call) {
			mine := h.books.cards[c.number]
			if c.method != "update" || mine == nil {
				return
			}
			delete(h.books.cards, c.number)
			kept := mine.holder.cards
			mine.holder.cards = nil
			h.unlocked(func() { time.Sleep(grace / 2) })
			h.books.cards[c.number], mine.holder.cards = mine, kept
		}),
	}
}

// looking is a fault of calls that look, meet, and act. The books are locked
// before and behind the act.
func looking(methods []string, do func(h *Host, c *call, act func() bool)) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := h.meant(r.Clone(r.Context()))
			if !slices.Contains(methods, c.method) {
				next.ServeHTTP(w, c.request)
				return
			}
			text := c.text()
			var a *kept
			h.mu.Lock()
			do(h, c, func() bool {
				h.unlocked(func() {
					h.race.wait()
					a = ask(next, c.request)
				})
				c.readAgain(text)
				return a.ok()
			})
			h.mu.Unlock()
			a.send(w)
		})
	}
}

// losesAward is the fault that points are read, added to and written back.
func losesAward(methods ...string) wrapper {
	return looking(methods, func(h *Host, c *call, act func() bool) {
		payee := h.payee(c)
		if payee == nil {
			act()
			return
		}
		seen := slices.Clone(payee.lots)
		if act() && len(payee.lots) > len(seen) {
			payee.lots = append(seen, payee.lots[len(payee.lots)-1])
		}
	})
}

// sharesCall is the fault that reads keep what they were asked for in one place
// for all.
func sharesCall(methods ...string) wrapper {
	var mu sync.Mutex
	var current *url.URL
	return onCall(func(h *Host, c *call) {
		if !slices.Contains(methods, c.method) {
			return
		}
		mu.Lock()
		current = c.request.URL
		mu.Unlock()
		h.race.wait()
		mu.Lock()
		c.request.URL = current
		mu.Unlock()
	})
}
