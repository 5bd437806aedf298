package faultyhost

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"koshelek-adapter/conformance"
)

// Fault is one thing that a host gets wrong; everything else it does right.
type Fault = conformance.Fault

// Faults lists everything that a host can get wrong, each once. The slice is
// the caller's own.
func Faults() []Fault { return conformance.Faults() }

// Options are what a host is made of. User and Password are needed.
type Options struct {
	// User and Password are the one pair of credentials that is let in.
	User, Password string
	// Style is Plain() when not set.
	Style *Style
	// Data is what the host knows from the start.
	Data Data
	// Fault is the name of what the host gets wrong, "" for a good host.
	Fault string
	// Now is the clock, time.Now when nil.
	Now func() time.Time
	// Zone is where the programme's days begin, and the time of its tills:
	// Moscow when nil.
	Zone *time.Location
	// Late is how long the faults that answer late wait; 5 s when zero.
	Late time.Duration
}

// Host is a partner's service in memory. It is an http.Handler, safe for
// concurrent use.
type Host struct {
	user, password string
	style          Style
	fault          name
	now            func() time.Time
	zone           *time.Location
	late           time.Duration
	race           meeting
	handler        http.Handler

	// mu guards what follows.
	mu     sync.Mutex
	books  books
	counts counts
}

// counts are what some faults remember.
type counts struct {
	// turn counts calls.
	turn int
	// busy are the things that a call is at work on.
	busy map[string]bool
}

// Earns is how many percent of a sale come back as points.
const Earns = 10

// New makes a host that knows its data. The error tells of a fault that does
// not exist or of data that contradicts itself.
func New(o Options) (*Host, error) {
	if o.User == "" || o.Password == "" {
		return nil, errors.New("faultyhost: credentials are needed")
	}
	if o.Fault != "" && !slices.ContainsFunc(Faults(), func(f Fault) bool { return f.Name == o.Fault }) {
		return nil, fmt.Errorf("faultyhost: there is no fault %q", o.Fault)
	}
	h := &Host{
		user: o.User, password: o.Password, style: Plain(), fault: name(o.Fault),
		now: time.Now, zone: time.FixedZone("MSK", 3*60*60), late: 5 * time.Second,
		counts: counts{busy: map[string]bool{}},
	}
	if o.Style != nil {
		h.style = *o.Style
	}
	if o.Now != nil {
		h.now = o.Now
	}
	if o.Zone != nil {
		h.zone = o.Zone
	}
	if o.Late > 0 {
		h.late = o.Late
	}
	h.handler = http.HandlerFunc(h.answer)
	if wrap, has := wrappers()[o.Fault]; has {
		h.handler = wrap(h, h.handler)
	}
	return h, h.Add(o.Data)
}

// name is the name of a fault.
type name string

// wrong reports whether the host has this fault.
func (h *Host) wrong(fault name) bool { return h.fault == fault }

// ServeHTTP answers one call of Koshelek's backend.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.handler.ServeHTTP(w, r) }

func (h *Host) answer(w http.ResponseWriter, r *http.Request) {
	c := &call{host: h, request: r, query: r.URL.Query()}
	value, err := h.serve(c)
	h.deliver(w, c, value, err)
}

// serve finds the method, lets the caller in and does the work.
func (h *Host) serve(c *call) (any, error) {
	op, err := h.route(c)
	c.method = op.name
	if !h.lets(c.request) {
		return nil, unauthorised
	}
	if err != nil {
		return nil, err
	}
	return op.serve(c)
}

// today is the programme's day as YYYY-MM-DD.
func (h *Host) today() string { return h.now().In(h.zone).Format(time.DateOnly) }

// nth counts calls of a fault that does not hit every one.
func (h *Host) nth(n int) bool {
	h.counts.turn++
	return h.counts.turn%n == 0
}
