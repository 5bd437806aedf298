package microsite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
)

// Options configure a [Driver].
type Options struct {
	Client   Client
	OTP      OTPReader
	Customer string             // who plays; has points
	Site     *bigcity.Simulator // its catalogue and orders; nil: one of the driver's own
	Prefix   string             // of order ids; must be new for each run against one partner
	AtOnce   int                // calls at once in races; default 32
	Wait     time.Duration      // for a one-time password; default 5 s

	ReplayOK bool // the partner answers an identical redeem again with 200 in place of 409
}

// Driver plays stories, one at a time. Every story leaves the customer's
// balance as it was, but for [Fulfilled], whose order is delivered.
type Driver struct {
	o      Options
	own    bool
	mu     sync.Mutex // one story at a time
	orders int
	token  string
	story  *Report
	steps  sync.Mutex
}

// NewDriver returns a driver. Close ends it.
func NewDriver(o Options) *Driver {
	if o.AtOnce == 0 {
		o.AtOnce = 32
	}
	if o.Wait == 0 {
		o.Wait = 5 * time.Second
	}
	d := &Driver{o: o}
	if o.Site == nil {
		d.own = true
		d.o.Site = bigcity.New(bigcity.Options{Settings: sim.Settings{Clock: sim.NewStandingClock(time.Now())}})
	}
	d.o.Site.SetClientSystem(partner{d})
	return d
}

// Close ends the site that the driver made for itself.
func (d *Driver) Close() {
	if d.own {
		d.o.Site.Close()
		d.o.Site.Clock.Close()
	}
}

// errStop ends a story that cannot go on.
var errStop = errors.New("stop")

// Play plays one story.
func (d *Driver) Play(ctx context.Context, name string) (Report, error) {
	for _, s := range stories {
		if s.Name == name {
			return d.play(ctx, s), nil
		}
	}
	return Report{}, fmt.Errorf("there is no story %q", name)
}

// PlayAll plays every story.
func (d *Driver) PlayAll(ctx context.Context) []Report {
	reports := make([]Report, 0, len(stories))
	for _, s := range stories {
		reports = append(reports, d.play(ctx, s))
	}
	return reports
}

func (d *Driver) play(ctx context.Context, s Story) Report {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps.Lock()
	d.story = &Report{Story: s.Name, Customer: d.o.Customer}
	d.steps.Unlock()
	if err := s.play(ctx, d); err != nil && !errors.Is(err, errStop) {
		d.story.Aborted = err.Error()
	}
	return *d.story
}

// note records a call.
func (d *Driver) note(call string, a Answer) Answer {
	d.steps.Lock()
	defer d.steps.Unlock()
	if d.story != nil {
		d.story.Steps = append(d.story.Steps, stepOf(call, a))
	}
	return a
}

// expect records a finding; it tells whether it is good.
func (d *Driver) expect(rule string, ok bool, want, got any) bool {
	d.steps.Lock()
	defer d.steps.Unlock()
	d.story.Findings = append(d.story.Findings, Finding{Rule: rule, OK: ok, Want: fmt.Sprint(want), Got: fmt.Sprint(got)})
	return ok
}

// status expects one of the statuses, and the body's flag to agree.
func (d *Driver) status(rule string, a Answer, statuses ...int) bool {
	fits := false
	for _, s := range statuses {
		fits = fits || (a.Status == s && a.OK == (s == 200) && a.Err == nil)
	}
	got := fmt.Sprintf("%d status:%t %s", a.Status, a.OK, clipped(a.Message))
	if a.Err != nil {
		got += " (" + a.Err.Error() + ")"
	}
	return d.expect(rule, fits, statuses, got)
}

// next makes an order id.
func (d *Driver) next() string {
	d.orders++
	return fmt.Sprintf("%s%s-%04d", d.o.Prefix, d.story.Story, d.orders)
}

// balance asks for the customer's points; a story cannot go on without them.
func (d *Driver) balance(ctx context.Context) (earned, points int64, err error) {
	token := d.token
	a := d.note("points", d.o.Client.Points(ctx, d.o.Customer, token))
	if a.Status == 401 && token != "" { // the token is over
		d.token = ""
		a = d.note("points", d.o.Client.Points(ctx, d.o.Customer, ""))
	}
	earned, hasEarned := a.Number("points_earned")
	points, hasPoints := a.Number("balance_points")
	if !d.status("points are told", a, 200) || !d.expect("points are JSON numbers", hasEarned && hasPoints, "numbers", a.Fields) {
		return 0, 0, errStop
	}
	return earned, points, nil
}

// unchanged expects the points that there were.
func (d *Driver) unchanged(ctx context.Context, rule string, earned, points int64) error {
	e, p, err := d.balance(ctx)
	if err != nil {
		return err
	}
	d.expect(rule, p == points, points, p)
	d.expect("points_earned does not change with orders", e == earned, earned, e)
	return nil
}

// redeem and reverse call the partner once.
func (d *Driver) redeem(ctx context.Context, id string, points int64) Answer {
	return d.note("redeem", d.o.Client.Redeem(ctx, bigcity.Redemption{OrderID: id, CustomerID: d.o.Customer, Points: points, At: d.o.Site.Clock.Now()}))
}

func (d *Driver) reverse(ctx context.Context, id string, points int64) Answer {
	return d.note("reverse", d.o.Client.Reverse(ctx, bigcity.Redemption{OrderID: id, CustomerID: d.o.Customer, Points: points, Reason: "order failed"}))
}

// partner is the driver's client as the site's client system.
type partner struct{ d *Driver }

func (p partner) Redeem(ctx context.Context, r bigcity.Redemption) error {
	return verdict(p.d.note("redeem", p.d.o.Client.Redeem(ctx, r)))
}

func (p partner) Reverse(ctx context.Context, r bigcity.Redemption) error {
	return verdict(p.d.note("reverse", p.d.o.Client.Reverse(ctx, r)))
}

func verdict(a Answer) error {
	switch {
	case a.Err != nil:
		return a.Err
	case a.Status != 200 || !a.OK:
		return errors.New(clipped(a.Message))
	}
	return nil
}
