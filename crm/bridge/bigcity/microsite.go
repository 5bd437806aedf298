package bigcity

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/wire"
)

// MicrositeVendor is the microsite's name in errors and metrics.
const MicrositeVendor = "bigcity-microsite"

// MicrositeConfig says how to reach the microsite.
type MicrositeConfig struct {
	// BaseURL is the address before /api/v1.
	BaseURL string
	// Zone is that of times without an offset; India's when nil.
	Zone *time.Location
	// Retry is for the catalogue and the status; an order is sent once.
	Retry wire.Retry
	// HTTP is the transport's.
	HTTP wire.Options
}

// Microsite calls what BigCity's microsite hosts. Every call needs the JWT that we
// gave the customer when the one-time code was verified. It is safe for concurrent
// use.
type Microsite struct {
	config MicrositeConfig
	http   *wire.Client
}

// NewMicrosite makes a client of the microsite.
func NewMicrosite(config MicrositeConfig) (*Microsite, error) {
	config.BaseURL = wire.Base(config.BaseURL)
	if config.Zone == nil {
		config.Zone = india()
	}
	if reason := wire.CheckURL(config.BaseURL, config.HTTP); reason != "" {
		return nil, errors.New("bigcity: microsite URL: " + reason)
	}
	if strings.Contains(config.BaseURL, "?") {
		return nil, errors.New("bigcity: microsite URL: no query is possible")
	}
	return &Microsite{config: config, http: wire.New(MicrositeVendor, config.HTTP)}, nil
}

const placeOrder = "place-order"

func (m *Microsite) refuse(call, reason string) error {
	return wire.Refuse(MicrositeVendor, call, reason)
}

func (m *Microsite) send(ctx context.Context, call, method, path string, jwt wire.Secret, body []byte, once bool) (*wire.Answer, error) {
	if jwt.Reveal() == "" || strings.ContainsAny(jwt.Reveal(), "\r\n ") {
		return nil, m.refuse(call, "the customer's token is missing")
	}
	r := wire.Request{
		Call: call, Method: method, URL: m.config.BaseURL + path, Body: body, Once: once,
		Header: http.Header{"Authorization": {"Bearer " + jwt.Reveal()}},
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return classified(m.http.Do(ctx, r))
}

// Catalog lists the products; their Denomination is in points.
func (m *Microsite) Catalog(ctx context.Context, jwt wire.Secret) ([]Reward, error) {
	return wire.Repeat(ctx, m.config.Retry, func(ctx context.Context) ([]Reward, error) {
		answer, err := m.send(ctx, "catalog", http.MethodGet, "/api/v1/catalog", jwt, nil, false)
		if err != nil {
			return nil, err
		}
		return readRewards(answer, "products")
	})
}

// PrepareOrder checks an order, whose Total is a positive whole number of points,
// and marshals it once, for PlaceOrder.
func (m *Microsite) PrepareOrder(o Order) (wire.Prepared, error) {
	if _, ok := lenient.Whole(o.Total); !ok {
		return wire.Prepared{}, m.refuse(placeOrder, "the total is not a positive whole number of points")
	}
	return prepare(placeOrder, o)
}

// Placed is an order that the microsite took.
type Placed struct {
	ID, OrderID string
	// State is as the microsite writes it, "" when it says none.
	State string
	// Record is the redacted answer.
	Record wire.Record
}

// PlaceOrder sends a prepared order once. A product that is not to be had is
// NotFound. After an error for which neither NeverSent nor Refused holds, ask
// OrderStatus.
func (m *Microsite) PlaceOrder(ctx context.Context, jwt wire.Secret, p wire.Prepared) (Placed, error) {
	orderID := orderIDOf(p)
	if p.Call != placeOrder || orderID == "" {
		return Placed{}, m.refuse(placeOrder, "this was not prepared by this client")
	}
	answer, err := m.send(ctx, placeOrder, http.MethodPost, "/api/v1/orders", jwt, p.Body, true)
	if err != nil {
		return Placed{}, err
	}
	return readPlaced(answer, orderID)
}

func readPlaced(answer *wire.Answer, orderID string) (Placed, error) {
	var in struct {
		ID      lenient.Text `json:"id"`
		OrderID lenient.Text `json:"order_id"`
		State   lenient.Text `json:"state"`
		Status  lenient.Text `json:"status"`
	}
	if err := decode(answer, &in, "order_id", "state"); err != nil {
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
func (m *Microsite) OrderStatus(ctx context.Context, jwt wire.Secret, orderID string) (OrderStatus, error) {
	const call = "order-status"
	if !wire.Plain(orderID, maxOrderID) {
		return OrderStatus{}, m.refuse(call, "order_id is empty, too long or has foreign characters")
	}
	path := "/api/v1/orders/status?" + url.Values{"order_id": {orderID}}.Encode()
	return wire.Repeat(ctx, m.config.Retry, func(ctx context.Context) (OrderStatus, error) {
		answer, err := m.send(ctx, call, http.MethodGet, path, jwt, nil, false)
		if err != nil {
			return OrderStatus{}, err
		}
		return readStatus(answer, orderID, m.config.Zone)
	})
}

func readStatus(answer *wire.Answer, orderID string, zone *time.Location) (OrderStatus, error) {
	var in struct {
		OrderID   lenient.Text `json:"order_id"`
		Status    lenient.Text `json:"status"`
		Reward    lenient.Text `json:"reward_name"`
		Fulfilled lenient.Text `json:"fulfilled_date"`
	}
	if err := decode(answer, &in, "order_id", "reward_name"); err != nil {
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
