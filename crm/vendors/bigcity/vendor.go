package bigcity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// ActionVouchers orders vouchers for SKUs.
const ActionVouchers = "vouchers"

// Vendor tells the BigCity Rewards API what the outbox holds for it (contract:
// bigcity.md, part A). What the vendor does with an order that comes twice is not
// documented and no call reads an order back, so an order goes out once, and one
// whose answer was lost waits for an operator: vouchers are money.
type Vendor struct {
	client *Client
	// zone is where the days of vouchers begin.
	zone *time.Location
}

var _ outbox.Vendor = (*Vendor)(nil)

// Name implements outbox.Vendor.
func (v *Vendor) Name() string { return Name }

// params are the payload of vouchers.
type params struct {
	SKUs []skuParams `json:"skus"`
	// Total is what the order is worth, in the vendor's currency.
	Total decimal.Decimal `json:"total"`
}

type skuParams struct {
	SKU string `json:"sku"`
	Qty int    `json:"qty"`
}

// Message implements outbox.Vendor: vouchers, for skus. They cannot be undone.
func (v *Vendor) Message(action string, raw json.RawMessage) (outbox.Message, error) {
	if action != ActionVouchers {
		return outbox.Message{}, fmt.Errorf("bigcity knows no action %q; it knows vouchers", action)
	}
	var p params
	if err := outbox.Params(raw, &p); err != nil {
		return outbox.Message{}, err
	}
	for i := range p.SKUs {
		if p.SKUs[i].Qty == 0 {
			p.SKUs[i].Qty = 1
		}
	}
	if _, err := p.order("check", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).marshal(); err != nil {
		return outbox.Message{}, err
	}
	return outbox.Message{Vendor: Name, Action: action, Payload: outbox.Payload(p), AtMostOnce: true}, nil
}

func (p params) order(id string, at time.Time) Order {
	o := Order{ID: id, At: at, Total: p.Total}
	for _, line := range p.SKUs {
		o.Lines = append(o.Lines, Line(line))
	}
	return o
}

// WantsRecipient implements outbox.Vendor: the customer's phone is who they are.
func (v *Vendor) WantsRecipient(outbox.Delivery) bool { return true }

// Send implements outbox.Vendor.
func (v *Vendor) Send(ctx context.Context, r outbox.Request) outbox.Outcome {
	p, err := outbox.PayloadOf[params](r.Delivery)
	if err != nil {
		return outbox.Rejected(err.Error())
	}
	if r.Recipient.Phone == "" {
		return outbox.Rejected("the card's holder has no phone, which is the customer at the vendor")
	}
	redeemed, err := v.client.Redeem(ctx, v.customer(r.Recipient), p.order(r.ID, r.CreatedAt.UTC()))
	switch {
	case err == nil:
		return v.redeemed(redeemed)
	case vendorhttp.NeverDone(err):
		return vendorhttp.Failed(outbox.StateRejected, err)
	case vendorhttp.Refused(err):
		return vendorhttp.Failed(outbox.StateRetry, err)
	}
	out := vendorhttp.Failed(outbox.StateUnknown, err)
	out.Wait = outbox.WaitForOperator
	return out
}

func (v *Vendor) customer(p crm.Profile) Customer {
	mobile := p.Phone
	if n := v.client.settings.MobileDigits; len(mobile) > n {
		mobile = mobile[len(mobile)-n:]
	}
	return Customer{Mobile: mobile, Name: strings.TrimSpace(p.FirstName + " " + p.Surname), Email: p.Email}
}

// redeemed turns what an order brought into vouchers. None is a success too: the
// vendor has no reward for these SKUs.
func (v *Vendor) redeemed(r Redeemed) outbox.Outcome {
	out := outbox.Outcome{State: outbox.StateDone, VendorRef: r.ID, Answer: r.Record.JSON()}
	if len(r.Vouchers) == 0 {
		out.Reason = "the vendor gave no vouchers for these SKUs"
	}
	for _, given := range r.Vouchers {
		voucher := outbox.Voucher{Code: given.Code, PIN: given.PIN, URL: r.RedemptionURL, Terms: joined(r.HowToAvail, r.Terms, r.Note)}
		if !given.ValidUntil.IsZero() {
			voucher.Until = crm.DateOf(given.ValidUntil, v.zone)
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

// Ask implements outbox.Vendor: no call of the vendor reads an order back.
func (v *Vendor) Ask(context.Context, outbox.Request) outbox.Outcome {
	return outbox.Unknown(outbox.WaitForOperator, "the answer was lost, and the vendor has no look-up")
}
