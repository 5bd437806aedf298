package points

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// usualPlaces are where the balance may stand when no path is configured.
var usualPlaces = []string{"balance", "data.balance", "point", "points", "amount"}

// Balance is what a user has.
type Balance struct {
	// Points may have decimals.
	Points decimal.Decimal
	// Record is the redacted answer; its shape is not documented.
	Record vendorhttp.Record
}

// Balance asks for a user's points. It is repeated on failures that pass. An
// answer in which the number cannot be told for certain is Malformed.
func (c *Client) Balance(ctx context.Context, userID string) (Balance, error) {
	const call = "balance"
	if c.settings.BalanceURL == "" {
		return Balance{}, vendorhttp.Refuse(Name, call, "no address is configured for this call")
	}
	user, ok := vendorhttp.Segment(userID)
	if !ok {
		return Balance{}, vendorhttp.Refuse(Name, call, "userId is empty, too long or cannot stand in a path")
	}
	org, _ := vendorhttp.Segment(c.settings.OrgID)
	address := vendorhttp.Base(c.settings.BalanceURL) + "/latitude-points/orgs/" + org + "/point-programs/default/balances/" + user
	return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (Balance, error) {
		return vendorhttp.WithToken(ctx, c.tokens, call, func(ctx context.Context, bearer string) (Balance, error) {
			answer, err := c.http.Do(ctx, vendorhttp.Request{
				Call: call, Method: http.MethodGet, URL: address, Header: http.Header{"Authorization": {bearer}}, Hide: c.hide(),
			})
			if err != nil {
				return Balance{}, err
			}
			return c.readBalance(answer)
		})
	})
}

func (c *Client) readBalance(answer *vendorhttp.Answer) (Balance, error) {
	var document any
	if err := answer.Decode(&document); err != nil {
		return Balance{}, err
	}
	if _, isError := answer.Problem(); isError {
		return Balance{}, answer.Failure()
	}
	places := usualPlaces
	if c.settings.BalancePath != "" {
		places = []string{c.settings.BalancePath}
	}
	var found []decimal.Decimal
	for _, place := range places {
		if number, ok := numberAt(document, place); ok {
			found = append(found, number)
		}
	}
	switch len(found) {
	case 0:
		return Balance{}, answer.Malformed("no number stands at " + strings.Join(places, ", "))
	case 1:
		return Balance{Points: found[0], Record: answer.Record()}, nil
	}
	return Balance{}, answer.Malformed("several numbers could be the balance; configure its path")
}

// numberAt follows a path of names and list positions, "$" is the whole document.
func numberAt(document any, path string) (decimal.Decimal, bool) {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "$"), ".")
	for _, step := range strings.Split(path, ".") {
		if path == "" {
			break
		}
		switch at := document.(type) {
		case map[string]any:
			document = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return decimal.Decimal{}, false
			}
			document = at[i]
		default:
			return decimal.Decimal{}, false
		}
	}
	switch value := document.(type) {
	case json.Number:
		return vendorhttp.Text(value).Decimal()
	case string:
		return vendorhttp.Text(value).Decimal()
	}
	return decimal.Decimal{}, false
}
