package bigcity

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

const redeem = "redeem"

// redemptionPath is spelt as the vendor spells it.
const redemptionPath = "/bigcity/redeemptiononskus"

// Redeemed is what an order brought.
type Redeemed struct {
	// ID is the vendor's, often beyond 32 bits.
	ID      string
	OrderID string
	// Vouchers are money: store them safely. None means that the vendor has no
	// reward for these SKUs, which is a success and worth an alert. How many there
	// are does not follow from the quantities.
	Vouchers []Voucher
	// RedemptionURL is https:// or http://, "" when there is none to trust.
	RedemptionURL string
	// HowToAvail, Terms and Note are plain text, made so from HTML.
	HowToAvail, Terms, Note string
	// Record is the redacted answer.
	Record vendorhttp.Record
}

// Redeem sends an order for a customer (contract: POST /bigcity/redeemptiononskus),
// logging in as needed; an order or a customer that cannot be sent is Invalid. The
// same bytes go out a second time only when the customer's token was refused.
// Rejected (422) and RateLimited (429) did nothing. After an error for which neither
// NeverSent nor Refused holds, vouchers may have been made: do not send the order
// again without a person's word.
func (c *Client) Redeem(ctx context.Context, customer Customer, o Order) (Redeemed, error) {
	body, err := o.marshal()
	if err != nil {
		return Redeemed{}, err
	}
	if fault := c.fault(customer); fault != "" {
		return Redeemed{}, refuse(redeem, fault)
	}
	return vendorhttp.WithToken(ctx, c.session(customer), redeem, func(ctx context.Context, bearer string) (Redeemed, error) {
		answer, err := c.post(ctx, redeem, redemptionPath, bearer, body)
		if err != nil {
			return Redeemed{}, err
		}
		return readRedeemed(answer, o.ID, c.settings.TimeZone.Location())
	})
}

type redeemedIn struct {
	ID            vendorhttp.Text `json:"id"`
	OrderID       vendorhttp.Text `json:"order_id"`
	State         vendorhttp.Text `json:"state"`
	Vouchers      json.RawMessage `json:"vouchers"`
	RedemptionURL vendorhttp.Text `json:"redemption_url"`
	HowToAvail    vendorhttp.Text `json:"how_to_avail"`
	Terms         vendorhttp.Text `json:"terms"`
	Note          vendorhttp.Text `json:"note"`
}

// readRedeemed believes an answer that is about this order and says success or
// brings vouchers. Any other success is Malformed: nobody knows what it means.
func readRedeemed(answer *vendorhttp.Answer, orderID string, zone *time.Location) (Redeemed, error) {
	var in redeemedIn
	if err := answer.DecodeInside(&in, "vouchers", "order_id", "state"); err != nil {
		return Redeemed{}, err
	}
	state := in.State.String()
	switch {
	case in.OrderID.String() != "" && in.OrderID.String() != orderID:
		return Redeemed{}, answer.Malformed("the answer is about another order")
	case state != "" && !strings.EqualFold(state, "success"):
		return Redeemed{}, answer.Malformed("the order's state is not success")
	case state == "" && in.Vouchers == nil:
		return Redeemed{}, answer.Malformed("the answer has neither state nor vouchers")
	}
	vouchers, ok := readVouchers(in.Vouchers, zone)
	if !ok {
		return Redeemed{}, answer.Malformed("the answer's vouchers cannot be read")
	}
	return Redeemed{
		ID: in.ID.String(), OrderID: orderID, Vouchers: vouchers, RedemptionURL: SafeURL(in.RedemptionURL.String()),
		HowToAvail: SafeText(string(in.HowToAvail)), Terms: SafeText(string(in.Terms)), Note: SafeText(string(in.Note)),
		Record: answer.Record(),
	}, nil
}
