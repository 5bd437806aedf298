package sim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Faults of what a vendor sends by itself; a vendor that has a [Sender] lists
// them by [SenderFaults].
const (
	Duplicate = "duplicate"
	Delayed   = "delayed"
	Reordered = "reordered"
	Dropped   = "dropped"
)

// SenderFaults returns the faults of calls to the partner, under the name of
// the outgoing endpoint.
func SenderFaults(endpoint string) []Fault {
	at := []string{endpoint}
	return []Fault{
		Fault{Name: Duplicate, Endpoints: at, Value: "how often more; 1", Doc: "sent again after it was answered"}.Checked(WholeFrom(1)),
		Fault{Name: Delayed, Endpoints: at, Value: "a duration of the simulator's clock; 1m", Doc: "sent later"}.Checked(Duration),
		Fault{Name: Reordered, Endpoints: at, Value: "the longest wait on the simulator's clock; 5s",
			Doc: "held back until the next one was sent"}.Checked(Duration),
		{Name: Dropped, Endpoints: at, Doc: "never sent"},
	}
}

// Request is one call to the partner.
type Request struct {
	ID     string // what it is about
	URL    string
	Header http.Header
	Body   []byte
}

// Delivery is what became of a [Request].
type Delivery struct {
	ID       string `json:"id"`
	Attempts int    `json:"attempts"`
	Statuses []int  `json:"statuses"` // 0: no answer
	Done     bool   `json:"done"`     // a 2xx came
}

// Sender calls the partner: only hosts of the list, without following
// redirects. Any 2xx is a good answer; after another, or none, it tries again
// as Attempts and Wait say. Safe for concurrent use.
type Sender struct {
	Stage    *Stage
	Endpoint string                              // name of the outgoing endpoint
	Hosts    []string                            // "host" or "host:port"; nil: loopback only
	Attempts func() int                          // at most; nil: one
	Wait     func(attempt int) time.Duration     // before the next one, on the simulator's clock
	Mutate   func(p Request, s Struck) []Request // the vendor's own faults; nil: none

	once       sync.Once
	slots      chan struct{}
	mu         sync.Mutex
	held       []*held
	deliveries map[string]*Delivery
	order      []string
}

type held struct {
	request Request
	gone    bool
}

// atOnce bounds the calls that a sender has under way.
const atOnce = 32

var senderClient = &http.Client{
	Timeout:       5 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: atOnce, IdleConnTimeout: 10 * time.Second},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Allows tells whether the sender would call the address.
func (c *Sender) Allows(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	if c.Hosts == nil {
		ip := net.ParseIP(u.Hostname())
		return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
	}
	return slices.Contains(c.Hosts, u.Host) || slices.Contains(c.Hosts, u.Hostname())
}

// Send sends a request on its way, as far as faults let it.
func (c *Sender) Send(p Request) {
	struck := c.Stage.Faults.Draw(c.Endpoint)
	if struck.Has(Dropped) {
		c.note(p.ID, func(*Delivery) {})
		return
	}
	if d, is := struck.Duration(Delayed, time.Minute); is {
		c.Stage.After(d, func() { c.start(p, struck) })
		return
	}
	c.start(p, struck)
}

// SendNow delivers a request once, without faults of the way, and returns when
// the partner has answered or not.
func (c *Sender) SendNow(ctx context.Context, p Request) {
	for _, one := range c.mutated(p, nil) {
		c.deliver(ctx, one)
	}
}

func (c *Sender) start(p Request, struck Struck) {
	if wait, is := struck.Duration(Reordered, 5*time.Second); is {
		c.hold(p, wait)
		return
	}
	requests := c.mutated(p, struck)
	if value, is := struck.Value(Duplicate); is {
		more := 1
		if n, err := strconv.Atoi(value); err == nil {
			more = n
		}
		for range more {
			requests = append(requests, p)
		}
	}
	c.mu.Lock()
	var late []Request
	for _, h := range c.held {
		if !h.gone {
			h.gone = true
			late = append(late, h.request)
		}
	}
	c.held = nil
	c.mu.Unlock()
	c.launch(append(requests, late...))
}

func (c *Sender) mutated(p Request, struck Struck) []Request {
	if c.Mutate == nil {
		return []Request{p}
	}
	return c.Mutate(p, struck)
}

func (c *Sender) hold(p Request, wait time.Duration) {
	h := &held{request: p}
	c.mu.Lock()
	c.held = append(c.held, h)
	c.mu.Unlock()
	c.Stage.After(wait, func() {
		c.mu.Lock()
		gone := h.gone
		h.gone = true
		c.mu.Unlock()
		if !gone {
			c.launch([]Request{p})
		}
	})
}

// launch delivers requests one after the other, beside the clock.
func (c *Sender) launch(requests []Request) {
	c.Stage.Clock.Go(func(ctx context.Context) {
		for _, p := range requests {
			c.try(ctx, p, 1)
		}
	})
}

func (c *Sender) try(ctx context.Context, p Request, attempt int) {
	if c.deliver(ctx, p) || c.Attempts == nil || attempt >= c.Attempts() {
		return
	}
	c.Stage.After(c.Wait(attempt), func() {
		c.Stage.Clock.Go(func(ctx context.Context) { c.try(ctx, p, attempt+1) })
	})
}

func (c *Sender) deliver(ctx context.Context, p Request) bool {
	status, err := c.post(ctx, p)
	done := err == nil && status/100 == 2
	c.note(p.ID, func(d *Delivery) {
		d.Attempts++
		if len(d.Statuses) < 100 {
			d.Statuses = append(d.Statuses, status)
		}
		d.Done = d.Done || done
	})
	return done
}

func (c *Sender) post(ctx context.Context, p Request) (int, error) {
	if !c.Allows(p.URL) {
		return 0, errors.New("the host is not on the list")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(p.Body))
	if err != nil {
		return 0, err
	}
	for name, values := range p.Header {
		r.Header[name] = values
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "simulator (test only)")
	c.once.Do(func() { c.slots = make(chan struct{}, atOnce) })
	c.slots <- struct{}{}
	defer func() { <-c.slots }()
	answer, err := senderClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxBody))
	return answer.StatusCode, nil
}

func (c *Sender) note(id string, change func(*Delivery)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deliveries == nil {
		c.deliveries = map[string]*Delivery{}
	}
	d, found := c.deliveries[id]
	if !found {
		if len(c.order) >= MaxRecords {
			return
		}
		d = &Delivery{ID: id}
		c.deliveries[id] = d
		c.order = append(c.order, id)
	}
	change(d)
}

// Deliveries returns what became of every request, oldest first; those under one
// id are counted together.
func (c *Sender) Deliveries() []Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]Delivery, 0, len(c.order))
	for _, id := range c.order {
		d := *c.deliveries[id]
		d.Statuses = slices.Clone(d.Statuses)
		all = append(all, d)
	}
	return all
}

// Reset forgets what is held back and what was delivered.
func (c *Sender) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.held {
		h.gone = true
	}
	c.held, c.deliveries, c.order = nil, nil, nil
}
