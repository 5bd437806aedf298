package bigcity

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/wire"
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
	Record wire.Record
}

// PrepareRedemption checks an order and marshals it once, for Redeem. Store the
// result before it is sent. The error is of kind Invalid.
func (c *Client) PrepareRedemption(o Order) (wire.Prepared, error) { return prepare(redeem, o) }

// Redeem sends a prepared order for a customer (contract: POST
// /bigcity/redeemptiononskus), logging in as needed. The same bytes go out a second
// time only when the customer's token was refused. Rejected (422) and RateLimited
// (429) did nothing. After an error for which neither NeverSent nor Refused holds,
// vouchers may have been made: do not send the order again without a person's word.
func (c *Client) Redeem(ctx context.Context, customer Customer, p wire.Prepared) (Redeemed, error) {
	orderID := orderIDOf(p)
	if p.Call != redeem || orderID == "" {
		return Redeemed{}, refuse(redeem, "this was not prepared by this client")
	}
	if fault := c.fault(customer); fault != "" {
		return Redeemed{}, refuse(redeem, fault)
	}
	return withToken(ctx, c.session(customer), redeem, func(ctx context.Context, bearer string) (Redeemed, error) {
		answer, err := c.send(ctx, redeem, http.MethodPost, redemptionPath, bearer, p.Body, true)
		if err != nil {
			return Redeemed{}, err
		}
		return readRedeemed(answer, orderID, c.config.Zone)
	})
}

type redeemedIn struct {
	ID            lenient.Text    `json:"id"`
	OrderID       lenient.Text    `json:"order_id"`
	State         lenient.Text    `json:"state"`
	Vouchers      json.RawMessage `json:"vouchers"`
	RedemptionURL lenient.Text    `json:"redemption_url"`
	HowToAvail    lenient.Text    `json:"how_to_avail"`
	Terms         lenient.Text    `json:"terms"`
	Note          lenient.Text    `json:"note"`
}

// readRedeemed believes an answer that is about this order and says success or
// brings vouchers. Any other success is Malformed: nobody knows what it means.
func readRedeemed(answer *wire.Answer, orderID string, zone *time.Location) (Redeemed, error) {
	var in redeemedIn
	if err := decode(answer, &in, "vouchers", "order_id", "state"); err != nil {
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
