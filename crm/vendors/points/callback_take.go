package points

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Callbacks implements outbox.Caller: results come to the address of their request.
func (v *Vendor) Callbacks(books outbox.Books) []outbox.Callback {
	return []outbox.Callback{{
		Path: "/callbacks/points/{id}/{token}",
		Take: func(r *http.Request, body []byte) error {
			return v.take(r.Context(), books, r.PathValue("id"), r.PathValue("token"), body)
		},
	}}
}

func (v *Vendor) callbackURL(id string) string {
	return vendorhttp.Base(v.settings.CallbackURL) + "/" + id + "/" + v.token(id)
}

// token makes the callback's address unguessable.
func (v *Vendor) token(id string) string {
	mac := hmac.New(sha256.New, []byte(v.settings.CallbackSecret.Reveal()))
	mac.Write([]byte("points callback " + id))
	return hex.EncodeToString(mac.Sum(nil))
}

// take stores the result of a request. The errors are crm.ErrDeliveryNotFound when
// address or body do not fit a delivery of ours, crm.ErrInvalidRecord when the body
// is none or its points cannot be right, and those of Settle.
func (v *Vendor) take(ctx context.Context, books outbox.Books, id, token string, body []byte) error {
	if subtle.ConstantTimeCompare([]byte(token), []byte(v.token(id))) != 1 {
		return crm.Fail(crm.ErrDeliveryNotFound, "the callback's token is wrong")
	}
	c, err := ParseCallback(body)
	if err != nil {
		return crm.Fail(crm.ErrInvalidRecord, err.Error())
	}
	if c.RequestID != id {
		return crm.Fail(crm.ErrDeliveryNotFound, "the callback's requestId is not its address's")
	}
	d, err := books.Delivery(ctx, id)
	if err != nil {
		return err
	}
	if err := v.fits(d, c); err != nil {
		return err
	}
	out, err := outcome(ctx, books, d, c)
	if err != nil {
		return err
	}
	return books.Settle(ctx, d, out)
}

// fits compares a callback with what was sent.
func (v *Vendor) fits(d outbox.Delivery, c Callback) error {
	p, err := outbox.PayloadOf[params](d)
	if err != nil {
		return crm.Wrap(crm.ErrInternal, err)
	}
	wrong := ""
	switch {
	case d.Vendor != Name:
		wrong = "vendor"
	case c.ClientID != v.settings.ClientID:
		wrong = "clientId"
	case c.UserID != d.CustomerID:
		wrong = "userId"
	case c.RuleID != p.RuleID:
		wrong = "ruleId"
	case c.Earned != (d.Action == Earn):
		wrong = "action"
	default:
		return nil
	}
	return crm.Fail(crm.ErrDeliveryNotFound, "the callback's "+wrong+" is not what was sent")
}

// outcome books what the vendor moved, never what was asked for. More than was
// asked for, or a fraction, cannot be right.
func outcome(ctx context.Context, books outbox.Books, d outbox.Delivery, c Callback) (outbox.Outcome, error) {
	if !c.Succeeded {
		return outbox.Outcome{State: outbox.StateRejected, Reason: "the vendor refused: " + c.Reason()}, nil
	}
	asked := d.Points
	if d.Reverses != "" {
		original, err := books.Delivery(ctx, d.Reverses)
		if err != nil {
			return outbox.Outcome{}, err
		}
		asked = original.Booked
	}
	if !c.Points.IsInteger() || c.Points.GreaterThan(decimal.NewFromInt(min(asked, crm.MaxPoints))) {
		return outbox.Outcome{}, crm.Fail(crm.ErrInvalidRecord, "the callback's points are a fraction or more than was asked for")
	}
	return outbox.Outcome{State: outbox.StateDone, Booked: c.Points.IntPart(), VendorRef: c.TransactionID}, nil
}
