package bigcity

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// MicrositeVendor is the microsite's name in errors and metrics.
const MicrositeVendor = "bigcity-microsite"

// Microsite calls what BigCity's microsite hosts. Every call needs the JWT that we
// gave the customer when the one-time code was verified. It is safe for concurrent
// use.
type Microsite struct {
	base string
	http *vendorhttp.Client
}

// NewMicrosite makes a client of the microsite at the address before /api/v1.
func NewMicrosite(base string, o vendorhttp.Options) *Microsite {
	return &Microsite{vendorhttp.Base(base), vendorhttp.New(MicrositeVendor, o)}
}

const placeOrder = "place-order"

func (m *Microsite) refuse(call, reason string) error {
	return vendorhttp.Refuse(MicrositeVendor, call, reason)
}

func (m *Microsite) send(ctx context.Context, call, method, path string, jwt setting.Secret, body []byte) (*vendorhttp.Answer, error) {
	if jwt.Reveal() == "" || strings.ContainsAny(jwt.Reveal(), "\r\n ") {
		return nil, m.refuse(call, "the customer's token is missing")
	}
	return classified(m.http.Do(ctx, vendorhttp.Request{
		Call: call, Method: method, URL: m.base + path, Body: body, Header: http.Header{"Authorization": {"Bearer " + jwt.Reveal()}},
	}))
}

// Catalog lists the products; their Denomination is in points.
func (m *Microsite) Catalog(ctx context.Context, jwt setting.Secret) ([]Reward, error) {
	return vendorhttp.Repeat(ctx, m.http, func(ctx context.Context) ([]Reward, error) {
		answer, err := m.send(ctx, "catalog", http.MethodGet, "/api/v1/catalog", jwt, nil)
		if err != nil {
			return nil, err
		}
		return readRewards(answer, "products")
	})
}

// Placed is an order that the microsite took.
type Placed struct {
	ID, OrderID string
	// State is as the microsite writes it, "" when it says none.
	State string
	// Record is the redacted answer.
	Record vendorhttp.Record
}

// PlaceOrder sends an order, whose Total is a positive whole number of points, once.
// A product that is not to be had is NotFound. After an error for which neither
// NeverSent nor Refused holds, ask OrderStatus.
func (m *Microsite) PlaceOrder(ctx context.Context, jwt setting.Secret, o Order) (Placed, error) {
	if _, ok := vendorhttp.Whole(o.Total); !ok {
		return Placed{}, m.refuse(placeOrder, "the total is not a positive whole number of points")
	}
	body, err := o.marshal(placeOrder)
	if err != nil {
		return Placed{}, err
	}
	answer, err := m.send(ctx, placeOrder, http.MethodPost, "/api/v1/orders", jwt, body)
	if err != nil {
		return Placed{}, err
	}
	return readPlaced(answer, o.ID)
}

func readPlaced(answer *vendorhttp.Answer, orderID string) (Placed, error) {
	var in struct {
		ID      vendorhttp.Text `json:"id"`
		OrderID vendorhttp.Text `json:"order_id"`
		State   vendorhttp.Text `json:"state"`
		Status  vendorhttp.Text `json:"status"`
	}
	if err := answer.DecodeInside(&in, "order_id", "state"); err != nil {
		return Placed{}, err
	}
	if in.OrderID.String() != "" && in.OrderID.String() != orderID {
		return Placed{}, answer.Malformed("the answer is about another order")
	}
	state := in.State.String()
	if state == "" && in.Status.String() != "true" {
		state = in.Status.String()
	}
	return Placed{ID: in.ID.String(), OrderID: orderID, State: state, Record: answer.Record()}, nil
}

// States of an order at the microsite.
const (
	Pending    = "PENDING"
	Processing = "PROCESSING"
	Fulfilled  = "FULFILLED"
	Failed     = "FAILED"
	Cancelled  = "CANCELLED"
)

// OrderStatus is how far an order is.
type OrderStatus struct {
	OrderID string
	// Status is one of the constants in upper case, or another that is new.
	Status     string
	RewardName string
	// FulfilledAt is zero while it is not fulfilled.
	FulfilledAt time.Time
}

// Final reports whether nothing more will happen to the order.
func (s OrderStatus) Final() bool {
	return s.Status == Fulfilled || s.Status == Failed || s.Status == Cancelled
}

// OrderStatus asks how far an order is; an unknown one is NotFound.
func (m *Microsite) OrderStatus(ctx context.Context, jwt setting.Secret, orderID string) (OrderStatus, error) {
	const call = "order-status"
	if !vendorhttp.Plain(orderID, maxOrderID) {
		return OrderStatus{}, m.refuse(call, "order_id is empty, too long or has foreign characters")
	}
	path := "/api/v1/orders/status?" + url.Values{"order_id": {orderID}}.Encode()
	return vendorhttp.Repeat(ctx, m.http, func(ctx context.Context) (OrderStatus, error) {
		answer, err := m.send(ctx, call, http.MethodGet, path, jwt, nil)
		if err != nil {
			return OrderStatus{}, err
		}
		return readStatus(answer, orderID, india)
	})
}

func readStatus(answer *vendorhttp.Answer, orderID string, zone *time.Location) (OrderStatus, error) {
	var in struct {
		OrderID   vendorhttp.Text `json:"order_id"`
		Status    vendorhttp.Text `json:"status"`
		Reward    vendorhttp.Text `json:"reward_name"`
		Fulfilled vendorhttp.Text `json:"fulfilled_date"`
	}
	if err := answer.DecodeInside(&in, "order_id", "reward_name"); err != nil {
		return OrderStatus{}, err
	}
	switch {
	case in.OrderID.String() != "" && in.OrderID.String() != orderID:
		return OrderStatus{}, answer.Malformed("the answer is about another order")
	case in.Status.String() == "" || in.Status.String() == "true":
		return OrderStatus{}, answer.Malformed("the answer has no status")
	}
	out := OrderStatus{OrderID: orderID, Status: strings.ToUpper(in.Status.String()), RewardName: SafeText(in.Reward.String())}
	out.FulfilledAt, _ = in.Fulfilled.Time(zone)
	return out, nil
}
