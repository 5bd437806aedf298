package microsite

import (
	"context"
	"fmt"

	"koshelek-adapter/conformance/sim/bigcity"
)

// Story is something that customers and the microsite do with a partner.
type Story struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
	play func(context.Context, *Driver) error
}

// Names of the stories that other packages play by themselves.
const (
	Fulfilled  = "fulfilled"
	FailedLoop = "failed"
)

var stories = []Story{
	{Fulfilled, "login, points, catalogue, order, redeem, fulfilment, points; the points stay spent", fulfilled},
	{FailedLoop, "the same, but the order fails and is reversed", failed},
	{"lost_redeem", "the answer to a redeem is lost, so the order is reversed; a late redeem takes nothing", lostRedeem},
	{"lost_reverse", "the answer to a reverse is lost, and it is sent again", lostReverse},
	{"reverse_first", "a reverse overtakes its redeem", reverseFirst},
	{"duplicates", "redeem and reverse are each sent twice, and the redeem once more", duplicates},
	{"concurrent", "many orders at once over one balance that does not last for all", concurrent},
	{"wrong_otps", "three wrong one-time passwords, then the right one", wrongOTPs},
	{"reused_otp", "a one-time password is used again", reusedOTP},
}

// Stories lists what a driver can play.
func Stories() []Story { return append([]Story{}, stories...) }

// place orders the cheapest product that the customer can pay for.
func (d *Driver) place(ctx context.Context) (order bigcity.SiteOrder, earned, points int64, err error) {
	if err := d.login(ctx); err != nil {
		return order, 0, 0, err
	}
	earned, points, err = d.balance(ctx)
	if err != nil {
		return order, 0, 0, err
	}
	var chosen *bigcity.Product
	for _, p := range bigcity.Products() {
		if p.Status == 1 && p.Denomination <= points && (chosen == nil || p.Denomination < chosen.Denomination) {
			chosen = &p
		}
	}
	if chosen == nil {
		return order, 0, 0, fmt.Errorf("the balance of %d pays for nothing in the catalogue", points)
	}
	order, err = d.o.Site.Place(ctx, bigcity.SiteOrder{OrderID: d.next(), CustomerID: d.o.Customer, Points: chosen.Denomination, Reward: chosen.SKUs})
	if err != nil {
		return order, 0, 0, err
	}
	if !d.expect("the points of an order are deducted", order.Deducted, "200", order.Problem) {
		return order, 0, 0, errStop
	}
	return order, earned, points, d.unchanged(ctx, "a redeem deducts its points", earned, points-order.Points)
}

func fulfilled(ctx context.Context, d *Driver) error {
	order, earned, points, err := d.place(ctx)
	if err != nil {
		return err
	}
	if err := d.o.Site.Settle(order.OrderID, bigcity.Fulfilled); err != nil {
		return err
	}
	return d.unchanged(ctx, "a fulfilled order stays paid", earned, points-order.Points)
}

func failed(ctx context.Context, d *Driver) error {
	order, earned, points, err := d.place(ctx)
	if err != nil {
		return err
	}
	if err := d.o.Site.Settle(order.OrderID, bigcity.Failed); err != nil {
		return err
	}
	d.o.Site.Clock.Advance(0) // waits for the reversal
	for _, o := range d.o.Site.SiteOrders() {
		if o.OrderID == order.OrderID {
			d.expect("a failed order is reversed", o.Reversed, "200", o.Problem)
		}
	}
	return d.unchanged(ctx, "a reversal gives the points back", earned, points)
}

// unit is an amount that the balance can pay for.
func (d *Driver) unit(ctx context.Context) (earned, points, unit int64, err error) {
	earned, points, err = d.balance(ctx)
	if err == nil && points < 2 {
		err = fmt.Errorf("a balance of %d is too small for this story", points)
	}
	return earned, points, min(10, points/2), err
}

func lostRedeem(ctx context.Context, d *Driver) error {
	earned, points, unit, err := d.unit(ctx)
	if err != nil {
		return err
	}
	id := d.next()
	r := bigcity.Redemption{OrderID: id, CustomerID: d.o.Customer, Points: unit, At: d.o.Site.Clock.Now()}
	d.note("redeem", d.o.Client.Losing().Redeem(ctx, r))
	if err := d.unchanged(ctx, "a redeem counts also when its answer is lost", earned, points-unit); err != nil {
		return err
	}
	d.status("an order whose redeem was not answered can be reversed", d.reverse(ctx, id, unit), 200)
	if err := d.unchanged(ctx, "a reversal gives the points back", earned, points); err != nil {
		return err
	}
	d.status("a redeem that comes after its reversal is refused", d.redeem(ctx, id, unit), 409)
	return d.unchanged(ctx, "a redeem that comes after its reversal takes nothing", earned, points)
}

func lostReverse(ctx context.Context, d *Driver) error {
	earned, points, unit, err := d.unit(ctx)
	if err != nil {
		return err
	}
	id := d.next()
	d.status("an order is redeemed", d.redeem(ctx, id, unit), 200)
	d.note("reverse", d.o.Client.Losing().Reverse(ctx, bigcity.Redemption{OrderID: id, CustomerID: d.o.Customer, Points: unit, Reason: "order failed"}))
	d.status("the reversal has happened", d.reverse(ctx, id, unit), 409)
	return d.unchanged(ctx, "a reversal that is repeated gives once", earned, points)
}

func reverseFirst(ctx context.Context, d *Driver) error {
	earned, points, unit, err := d.unit(ctx)
	if err != nil {
		return err
	}
	id := d.next()
	d.status("a reversal of an unknown order is refused", d.reverse(ctx, id, unit), 404)
	if err := d.unchanged(ctx, "a reversal of an unknown order gives nothing", earned, points); err != nil {
		return err
	}
	d.status("a redeem that was overtaken by its reversal is refused", d.redeem(ctx, id, unit), 409)
	return d.unchanged(ctx, "a redeem that was overtaken by its reversal takes nothing", earned, points)
}

func duplicates(ctx context.Context, d *Driver) error {
	earned, points, unit, err := d.unit(ctx)
	if err != nil {
		return err
	}
	id, again := d.next(), 409
	if d.o.ReplayOK {
		again = 200
	}
	d.status("an order is redeemed", d.redeem(ctx, id, unit), 200)
	d.status("an identical redeem is a duplicate", d.redeem(ctx, id, unit), again)
	d.status("a redeem of another amount is a duplicate", d.redeem(ctx, id, unit+1), 409)
	if err := d.unchanged(ctx, "an order is deducted once", earned, points-unit); err != nil {
		return err
	}
	d.status("an order is reversed", d.reverse(ctx, id, unit), 200)
	d.status("a second reversal is refused", d.reverse(ctx, id, unit), 409)
	d.status("a redeem after the reversal is refused", d.redeem(ctx, id, unit), 409)
	return d.unchanged(ctx, "an order is reversed once", earned, points)
}
