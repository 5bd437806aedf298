package maxma

import (
	"encoding/json"
	"math"
	"time"
)

// Purchase is a sale of a till, or an order that was confirmed. [C]
type Purchase struct {
	Shop        Shop      `json:"shop"`
	OrderID     string    `json:"orderId,omitempty"`
	OrderStatus string    `json:"orderStatus,omitempty"`
	TxID        string    `json:"txid"`
	ExecutedAt  time.Time `json:"executedAt"`
	ReceiptID   string    `json:"receiptId,omitempty"`
	TotalAmount float64   `json:"totalAmount"`
	PaidAmount  float64   `json:"paidAmount"`
	Bonuses     *Bonuses  `json:"bonuses,omitempty"`
	Rows        []Row     `json:"rows,omitempty"`
}

// Shop is where something is sold. [C]
type Shop struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Bonuses are the points of a purchase or of a row. [C]
type Bonuses struct {
	Applied   int64 `json:"applied"`
	Collected int64 `json:"collected"`
}

// Row is a line of a purchase. [C]
type Row struct {
	Title      string   `json:"title,omitempty"`
	SKU        string   `json:"sku"`
	Qty        float64  `json:"qty"`
	Price      float64  `json:"price"`
	PaidAmount float64  `json:"paidAmount"`
	Bonuses    *Bonuses `json:"bonuses,omitempty"`
}

// order is one that is open or closed. [C]
type order struct {
	client   *Record
	purchase Purchase
	status   string
}

// earned is what an order earns: one point for ten roubles [I], since every programme
// has rules of its own.
func (p Purchase) earned() int64 { return int64(math.Floor(p.PaidAmount / 10)) }

func (s *Simulator) setOrder(body []byte) any {
	var q struct {
		OrderID          string `json:"orderId"`
		CalculationQuery struct {
			Client     who    `json:"client"`
			Shop       Shop   `json:"shop"`
			ExecutedAt string `json:"executedAt"`
			Rows       []struct {
				ID      string `json:"id"`
				Product struct {
					SKU        string      `json:"sku"`
					Title      string      `json:"title"`
					BlackPrice json.Number `json:"blackPrice"`
				} `json:"product"`
				Qty float64 `json:"qty"`
			} `json:"rows"`
		} `json:"calculationQuery"`
	}
	if wrong := read(body, &q); wrong != nil {
		return wrong
	}
	c := q.CalculationQuery
	at, err := time.Parse(time.RFC3339, c.ExecutedAt)
	if q.OrderID == "" || c.Shop.Code == "" || c.Shop.Name == "" || err != nil && c.ExecutedAt != "" {
		return failure{2, "the query cannot be read"}
	}
	if len(c.Rows) == 0 {
		return failure{18, "there are no rows"}
	}
	if err != nil {
		at = s.Clock.Now()
	}
	r := s.find(c.Client)
	if r == nil || r.Suspended {
		return shown(r)
	}
	before := s.orders[q.OrderID]
	if before != nil && before.status != "" {
		return failure{32, "the order is processed already"}
	}
	p := Purchase{Shop: c.Shop, OrderID: q.OrderID, TxID: "o-" + q.OrderID, ExecutedAt: at}
	for _, row := range c.Rows {
		price, err := row.Product.BlackPrice.Float64()
		if err != nil || row.Product.SKU == "" || row.Product.Title == "" || price < 0 {
			return failure{2, "a row cannot be read"}
		}
		p.Rows = append(p.Rows, Row{Title: row.Product.Title, SKU: row.Product.SKU, Qty: row.Qty, Price: price, PaidAmount: price * row.Qty})
		p.TotalAmount += price * row.Qty
	}
	p.PaidAmount = p.TotalAmount
	p.Bonuses = &Bonuses{Collected: p.earned()}
	s.orders[q.OrderID] = &order{client: r, purchase: p}
	return map[string]any{"clientBonuses": r.clientBonuses(), "calculationResult": map[string]any{
		"rows": []any{}, "summary": map[string]any{"totalDiscount": 0}, "bonuses": map[string]int64{"applied": 0, "collected": p.Bonuses.Collected, "maxToApply": 0},
	}}
}

// close ends an order. [C]
func (s *Simulator) close(body []byte, status string) any {
	var q struct {
		OrderID    string `json:"orderId"`
		ExecutedAt string `json:"executedAt"`
	}
	if wrong := read(body, &q); wrong != nil {
		return wrong
	}
	o := s.orders[q.OrderID]
	switch {
	case o == nil:
		return failure{31, "order not found"}
	case o.status != "":
		return failure{32, "the order is processed already"}
	}
	o.status = status
	collected := int64(0)
	if status == confirmed {
		collected = o.purchase.Bonuses.Collected
		o.purchase.OrderStatus = status
		o.client.Bought = append([]Purchase{o.purchase}, o.client.Bought...)
		if collected > 0 {
			o.client.earn(collected, 0, s.Clock.Now())
		}
	}
	return map[string]any{
		"operationResult": map[string]any{"appliedBonuses": 0, "collectedBonuses": collected, "remainingAmount": o.purchase.PaidAmount},
		"clientBonuses":   o.client.clientBonuses(),
	}
}

// The states of closed orders; the words are inferred. [I]
const (
	confirmed = "CONFIRMED"
	cancelled = "CANCELLED"
)

func (s *Simulator) confirmOrder(body []byte) any { return s.close(body, confirmed) }

func (s *Simulator) cancelOrder(body []byte) any { return s.close(body, cancelled) }

func (s *Simulator) getSettings(body []byte) any {
	var q struct {
		Shop *Shop `json:"shop"`
	}
	if wrong := read(body, &q); wrong != nil {
		return wrong
	}
	return map[string]any{
		"phoneVerification": s.verifies, "bonusApplyingConfirmation": false, "clientFieldCardRequired": false, "clientFieldSurname": true,
		"clientFieldPatronymic": true, "clientFieldChildren": false,
	}
}

func (s *Simulator) deleteClient(body []byte) any {
	var w who
	if wrong := read(body, &w); wrong != nil {
		return wrong
	}
	r := s.find(w)
	if r == nil {
		return shown(nil)
	}
	for i := range s.clients {
		if s.clients[i] == r {
			s.clients = append(s.clients[:i:i], s.clients[i+1:]...)
			break
		}
	}
	return struct{}{}
}
