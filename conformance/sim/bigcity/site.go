package bigcity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"koshelek-adapter/conformance/sim"
)

// States of an order of the microsite. [C]
const (
	Pending    = "PENDING"
	Processing = "PROCESSING"
	Fulfilled  = "FULFILLED"
	Failed     = "FAILED"
	Cancelled  = "CANCELLED"
)

// SiteOrder is an order of the microsite.
type SiteOrder struct {
	OrderID    string    `json:"order_id"`
	CustomerID string    `json:"customer_id"`
	Points     int64     `json:"points"`
	Reward     string    `json:"reward_name"`
	Status     string    `json:"status"`
	Fulfilled  time.Time `json:"fulfilled_date,omitzero"`
	Deducted   bool      `json:"deducted"`          // the partner said so
	Reversed   bool      `json:"reversed"`          // the partner said so
	Problem    string    `json:"problem,omitempty"` // what the partner answered instead
}

// signedIn lets only customers of the partner through.
func (s *Simulator) signedIn(c *sim.Call) (string, *sim.Answer) {
	customer, err := s.customer(c)
	if err != nil {
		refusal := siteFail(http.StatusUnauthorized, "Invalid token")
		return "", &refusal
	}
	return customer, nil
}

func (s *Simulator) catalog(c *sim.Call) sim.Answer {
	if _, refusal := s.signedIn(c); refusal != nil {
		return *refusal
	}
	return sim.OK(map[string]any{"status": true, "products": products})
}

// placeOrder creates an order, then deducts its points at the partner. [C; the
// answer I]
func (s *Simulator) placeOrder(c *sim.Call) sim.Answer {
	customer, refusal := s.signedIn(c)
	if refusal != nil {
		return *refusal
	}
	body := object(c)
	_, lines, fault := readOrder(body, "")
	if fault != "" {
		return siteFail(http.StatusUnprocessableEntity, fault)
	}
	points, reward := int64(0), ""
	for _, l := range lines {
		i := slices.IndexFunc(products, func(p Product) bool { return p.Status == 1 && p.SKUs == l.sku })
		if i < 0 {
			return siteFail(http.StatusNotFound, "Requested product is not available")
		}
		points, reward = points+products[i].Denomination*int64(l.qty), products[i].SKUs
	}
	id, _, fault := readOrder(body, strconv.FormatInt(points, 10))
	if fault != "" {
		return siteFail(http.StatusUnprocessableEntity, fault)
	}
	c.Note = id
	o, err := s.Place(c.Context(), SiteOrder{OrderID: id, CustomerID: customer, Points: points, Reward: reward})
	switch {
	case err != nil:
		return siteFail(http.StatusConflict, err.Error())
	case o.Status == Cancelled:
		return siteFail(http.StatusBadRequest, o.Problem)
	}
	return sim.OK(map[string]any{"status": true, "message": "Order created successfully", "id": 45_654_654_654, "order_id": id, "state": o.Status})
}

// Place creates an order of the microsite, deducts its points at the client
// system and lets it be fulfilled later. When the deduction is refused or
// unknown, the order is cancelled and reversed. An order_id works once.
func (s *Simulator) Place(ctx context.Context, o SiteOrder) (SiteOrder, error) {
	o.Status = Pending
	s.mu.Lock()
	if _, used := s.site[o.OrderID]; used || len(s.siteList) >= sim.MaxRecords {
		s.mu.Unlock()
		return SiteOrder{}, errors.New("order_id has already been used")
	}
	s.site[o.OrderID] = &o
	s.siteList = append(s.siteList, &o)
	s.mu.Unlock()
	s.Audit.Accept("microsite order", o.OrderID, strconv.FormatInt(o.Points, 10))
	if s.options.Partner.URL != "" {
		err := s.options.Partner.redeem(ctx, o, s.Clock.Now())
		s.mu.Lock()
		o.Deducted = err == nil
		if err != nil {
			o.Problem = err.Error()
		}
		s.mu.Unlock()
		if err != nil {
			_ = s.Settle(o.OrderID, Cancelled) // somebody may have settled it by hand
			return s.shown(&o), nil
		}
	}
	s.fulfilLater(&o)
	return s.shown(&o), nil
}

func (s *Simulator) shown(o *SiteOrder) SiteOrder {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *o
}

func (s *Simulator) fulfilLater(o *SiteOrder) {
	struck := s.Faults.Draw(fulfilmentEndpoint)
	s.After(s.Knobs.Duration(knobProcessing), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if o.Status == Pending {
			o.Status = Processing
		}
	})
	s.After(s.Knobs.Duration(knobFulfilled), func() {
		status := Fulfilled
		if struck.Has(faultNoDelivery) {
			status = Failed
		}
		_ = s.Settle(o.OrderID, status) // somebody may have settled it by hand
	})
}

// Settle ends an order of the microsite: FULFILLED, or FAILED or CANCELLED,
// which reverse its points. An order ends once.
func (s *Simulator) Settle(orderID, status string) error {
	s.mu.Lock()
	o, found := s.site[orderID]
	if !found || (o.Status != Pending && o.Status != Processing) {
		s.mu.Unlock()
		return fmt.Errorf("there is no open order %q", orderID)
	}
	o.Status = status
	if status == Fulfilled {
		o.Fulfilled = s.Clock.Now()
	}
	s.mu.Unlock()
	if status == Fulfilled {
		s.Audit.Effect("microsite order", orderID, strconv.FormatInt(o.Points, 10))
		return nil
	}
	if s.options.Partner.URL != "" {
		s.Clock.Go(func(ctx context.Context) {
			err := s.options.Partner.reverse(ctx, s.shown(o))
			s.mu.Lock()
			defer s.mu.Unlock()
			o.Reversed = err == nil
			if err != nil {
				o.Problem = err.Error()
			}
		})
	}
	return nil
}

func (s *Simulator) orderStatus(c *sim.Call) sim.Answer {
	customer, refusal := s.signedIn(c)
	if refusal != nil {
		return *refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, found := s.site[c.URL.Query().Get("order_id")]
	if !found || o.CustomerID != customer {
		return siteFail(http.StatusNotFound, "Order not found")
	}
	body := map[string]any{"order_id": o.OrderID, "status": o.Status, "reward_name": o.Reward}
	if o.Status == Fulfilled {
		body["fulfilled_date"] = o.Fulfilled.In(ist).Format(printed)
	}
	return sim.OK(body)
}

// SiteOrders returns the microsite's orders, oldest first.
func (s *Simulator) SiteOrders() []SiteOrder {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []SiteOrder{}
	for _, o := range s.siteList {
		all = append(all, *o)
	}
	return all
}
