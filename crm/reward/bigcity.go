package reward

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge"
	"koshelek-adapter/crm/bridge/bigcity"
	"koshelek-adapter/crm/bridge/wire"
)

// ActionVouchers orders vouchers for SKUs.
const ActionVouchers = "vouchers"

// BigCityOptions shape the bridge to BigCity.
type BigCityOptions struct {
	// MobileDigits is how many of a phone's last digits are the mobile number.
	MobileDigits int
	// Zone is where the days of vouchers begin; India's when nil.
	Zone *time.Location
}

// BigCity is the bridge to the BigCity Rewards API (contract: bigcity.md, part A).
// What the vendor does with an order that comes twice is not documented and no
// call reads an order back, so an order goes out once, and one whose answer was
// lost waits for an operator: vouchers are money.
type BigCity struct {
	client  *bigcity.Client
	options BigCityOptions
}

var _ bridge.Bridge = (*BigCity)(nil)

// NewBigCity makes the bridge.
func NewBigCity(client *bigcity.Client, o BigCityOptions) *BigCity {
	if o.Zone == nil {
		o.Zone = time.FixedZone("IST", 5*3600+30*60)
	}
	return &BigCity{client, o}
}

// Vendor implements bridge.Bridge.
func (b *BigCity) Vendor() string { return bigcity.Vendor }

// bigcityOrder is the payload of vouchers.
type bigcityOrder struct {
	SKUs []bigcityLine `json:"skus"`
	// Total is what the order is worth, in the vendor's currency.
	Total decimal.Decimal `json:"total"`
}

type bigcityLine struct {
	SKU string `json:"sku"`
	Qty int    `json:"qty"`
}

// Errand implements bridge.Bridge: vouchers, for skus. They cannot be undone.
func (b *BigCity) Errand(action string, raw json.RawMessage) (crm.Errand, error) {
	if action != ActionVouchers {
		return crm.Errand{}, fmt.Errorf("bigcity knows no action %q; it knows vouchers", action)
	}
	var order bigcityOrder
	if err := params(raw, &order); err != nil {
		return crm.Errand{}, err
	}
	for i := range order.SKUs {
		if order.SKUs[i].Qty == 0 {
			order.SKUs[i].Qty = 1
		}
	}
	// The client knows best what can be sent.
	if _, err := b.client.PrepareRedemption(order.order("check", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))); err != nil {
		return crm.Errand{}, err
	}
	return crm.Errand{Vendor: b.Vendor(), Action: action, Payload: frozen(order), Once: true}, nil
}

func (o bigcityOrder) order(id string, at time.Time) bigcity.Order {
	order := bigcity.Order{ID: id, At: at, Total: o.Total}
	for _, line := range o.SKUs {
		order.Lines = append(order.Lines, bigcity.Line{SKU: line.SKU, Qty: line.Qty})
	}
	return order
}

// WantsRecipient implements bridge.Bridge: the customer's phone is who they are.
func (b *BigCity) WantsRecipient(crm.Delivery) bool { return true }

// Deliver implements bridge.Bridge.
func (b *BigCity) Deliver(ctx context.Context, job bridge.Job) bridge.Outcome {
	order, err := thaw[bigcityOrder](job.Delivery)
	if err != nil {
		return rejected(err.Error())
	}
	if job.Recipient.Phone == "" {
		return rejected("the card's holder has no phone, which is the customer at the vendor")
	}
	request, err := b.client.PrepareRedemption(order.order(job.ID, job.CreatedAt.UTC()))
	if err != nil {
		return rejected(err.Error())
	}
	redeemed, err := b.client.Redeem(ctx, b.customer(job.Recipient), request)
	switch {
	case err == nil:
		return b.redeemed(redeemed)
	case errors.Is(err, wire.Rejected), refusedHere(err):
		out := failure(err)
		out.State, out.Down = crm.DeliveryRejected, false
		return out
	case wire.Refused(err):
		return again(err)
	}
	out := failure(err)
	out.State, out.Wait = crm.DeliveryUnknown, crm.WaitForOperator
	return out
}

func (b *BigCity) customer(p crm.Profile) bigcity.Customer {
	mobile := p.Phone
	if n := b.options.MobileDigits; n > 0 && len(mobile) > n {
		mobile = mobile[len(mobile)-n:]
	}
	return bigcity.Customer{Mobile: mobile, Name: strings.TrimSpace(p.FirstName + " " + p.Surname), Email: p.Email}
}

// redeemed turns what an order brought into vouchers. None is a success too: the
// vendor has no reward for these SKUs.
func (b *BigCity) redeemed(r bigcity.Redeemed) bridge.Outcome {
	out := done(0, r.ID, r.Record)
	if len(r.Vouchers) == 0 {
		out.Reason = "the vendor gave no vouchers for these SKUs"
	}
	for _, v := range r.Vouchers {
		voucher := crm.Voucher{Code: v.Code, PIN: v.PIN, URL: r.RedemptionURL, Terms: joined(r.HowToAvail, r.Terms, r.Note)}
		if !v.ValidUntil.IsZero() {
			voucher.Until = crm.DateOf(v.ValidUntil, b.options.Zone)
		}
		out.Vouchers = append(out.Vouchers, voucher)
	}
	return out
}

func joined(texts ...string) string {
	var some []string
	for _, text := range texts {
		if text = strings.TrimRight(strings.TrimSpace(text), "."); text != "" {
			some = append(some, text)
		}
	}
	return strings.Join(some, ". ")
}

// Ask implements bridge.Bridge: no call of the vendor reads an order back.
func (b *BigCity) Ask(context.Context, bridge.Job) bridge.Outcome {
	return unknown(crm.WaitForOperator, "the answer was lost, and the vendor has no look-up")
}
