package bigcity

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/conformance/sim"
)

// Order is a redemption that was accepted.
type Order struct {
	OrderID  string    `json:"order_id"`
	Customer string    `json:"customer_mobile"`
	ID       int64     `json:"id"`
	At       time.Time `json:"at"`
	Times    int       `json:"times"`    // that it was sent
	Issues   int       `json:"issues"`   // that vouchers were made for it
	Vouchers []string  `json:"vouchers"` // the codes, of all issues
	answer   map[string]any
}

type line struct {
	sku string
	qty int
}

// redeem makes vouchers. What a repeated order_id does is a knob, since nobody
// knows. [C; repeats U]
func (s *Simulator) redeem(c *sim.Call) sim.Answer {
	subject, live := s.customers.Subject(c.Bearer())
	if !live {
		return s.fail(http.StatusUnauthorized, "Invalid customer token", 0)
	}
	id, lines, fault := readOrder(object(c), "")
	c.Note = id
	if fault != "" {
		return s.invalid(fault)
	}
	_, mobile, _ := strings.Cut(subject, "\x00")
	repeat := s.Knobs.Get(knobDuplicate)
	shape := c.Struck
	s.mu.Lock()
	o, repeated := s.orders[id]
	full := len(s.orderList) >= sim.MaxRecords
	switch {
	case repeated:
		o.Times++
	case !full:
		o = &Order{OrderID: id, Customer: mobile, ID: 45_654_654_654 + int64(len(s.orderList)), At: s.Clock.Now(), Times: 1}
		s.orders[id] = o
		s.orderList = append(s.orderList, o)
	}
	var answer map[string]any
	switch {
	case repeated && (repeat == "422" || o.Customer != mobile):
	case repeated && repeat == "replay":
		answer = o.answer
	case !repeated && full:
	default:
		o.answer = s.issue(o, lines, shape)
		answer = o.answer
	}
	s.mu.Unlock()
	switch {
	case !repeated && full:
		return s.fail(http.StatusInternalServerError, "the simulator is full", 0)
	case answer == nil:
		s.Audit.Refuse("order", id)
		return s.invalid("order_id has already been used")
	}
	s.Audit.Accept("order", id, "")
	if !repeated || repeat == "new" {
		s.Audit.Effect("order", id, "")
	}
	return sim.OK(answer)
}

func (s *Simulator) invalid(detail string) sim.Answer {
	answer := s.fail(http.StatusUnprocessableEntity, "Validation Failed", 37)
	body := answer.Body.(map[string]any)
	if details, has := body["details"].(map[string]any); has {
		details["order"] = detail
	}
	return answer
}

// readOrder checks an order; the same order_id stands on every line. total is
// "" when it may be any.
func readOrder(body map[string]any, total string) (id string, lines []line, fault string) {
	at, _ := body["order_timestamp"].(string)
	if _, err := time.Parse(time.RFC3339, at); err != nil {
		return "", nil, "order_timestamp is no ISO 8601 time"
	}
	sum, isNumber := body["order_total"].(json.Number)
	if f, err := sum.Float64(); !isNumber || err != nil || f < 0 {
		return "", nil, "order_total is no number"
	}
	if total != "" && sum.String() != total {
		return "", nil, "order_total does not add up"
	}
	items, _ := body["order_items"].(json.Number)
	if n, err := strconv.Atoi(items.String()); err != nil || n < 1 {
		return "", nil, "order_items is no whole number"
	}
	list, _ := body["line_items"].([]any)
	if len(list) == 0 || len(list) > 1000 {
		return "", nil, "line_items is empty"
	}
	for i, item := range list {
		fields, _ := item.(map[string]any)
		orderID, _ := fields["order_id"].(string)
		sku, _ := fields["SKU"].(string)
		number, _ := fields["qty"].(json.Number)
		qty, err := strconv.Atoi(number.String())
		switch {
		case orderID == "" || len(orderID) > 255 || (i > 0 && orderID != id):
			return id, nil, fmt.Sprintf("line %d: order_id is missing, no text or another", i+1)
		case sku == "" || len(sku) > 255:
			return id, nil, fmt.Sprintf("line %d: SKU is missing", i+1)
		case err != nil || qty < 1 || qty > 1000:
			return id, nil, fmt.Sprintf("line %d: qty is no whole number", i+1)
		}
		id = orderID
		lines = append(lines, line{sku, qty})
	}
	return id, lines, ""
}

// Orders returns the redemptions, oldest first.
func (s *Simulator) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Order{}
	for _, o := range s.orderList {
		all = append(all, *o)
	}
	return all
}
