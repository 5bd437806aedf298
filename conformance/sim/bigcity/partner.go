package bigcity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Partner is the client's system, which keeps the points of the microsite's
// customers.
type Partner struct {
	URL            string // what stands before /api/v1/
	User, Password string
}

var partnerClient = &http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// redeem deducts the points of an order that was created. An error means that they
// were not deducted, or that nobody knows; the microsite then reverses.
func (p Partner) redeem(ctx context.Context, o SiteOrder, at time.Time) error {
	return p.post(ctx, "redeem", map[string]any{
		"order_id": o.OrderID, "customer_id": o.CustomerID, "points_consumed": o.Points, "transaction_date": at.Format(time.RFC3339),
	})
}

// reverse gives the points of an order back that failed.
func (p Partner) reverse(ctx context.Context, o SiteOrder) error {
	return p.post(ctx, "reverse", map[string]any{
		"order_id": o.OrderID, "customer_id": o.CustomerID, "points_reversed": o.Points, "reason": "order " + strings.ToLower(o.Status),
	})
}

func (p Partner) post(ctx context.Context, what string, body map[string]any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(p.URL, "/")+"/api/v1/orders/"+what, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth(p.User, p.Password)
	answer, err := partnerClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	var said struct {
		Status  bool
		Message string
	}
	switch err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&said); {
	case err != nil:
		return fmt.Errorf("status %d without JSON", answer.StatusCode)
	case answer.StatusCode != http.StatusOK || !said.Status:
		return errors.New(said.Message)
	}
	return nil
}
