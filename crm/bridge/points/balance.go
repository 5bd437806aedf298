package points

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/wire"
)

// usualPlaces are where the balance may stand when no path is configured.
var usualPlaces = []string{"balance", "data.balance", "point", "points", "amount"}

// Balance is what a user has.
type Balance struct {
	// Points may have decimals.
	Points decimal.Decimal
	// Record is the redacted answer; its shape is not documented.
	Record wire.Record
}

// Balance asks for a user's points. It is repeated on failures that pass. An
// answer in which the number cannot be told for certain is Malformed.
func (c *Client) Balance(ctx context.Context, userID string) (Balance, error) {
	const call = "balance"
	if c.config.BalanceURL == "" {
		return Balance{}, wire.Refuse(Vendor, call, "no address is configured for this call")
	}
	user, ok := wire.Segment(userID)
	if !ok || !wire.Plain(userID, maxID) {
		return Balance{}, wire.Refuse(Vendor, call, "userId is empty, too long or cannot stand in a path")
	}
	org, _ := wire.Segment(c.config.OrgID)
	address := wire.Base(c.config.BalanceURL) + "/latitude-points/orgs/" + org + "/point-programs/default/balances/" + user
	return wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) (Balance, error) {
		return authorized(ctx, c, call, func(ctx context.Context, bearer string) (Balance, error) {
			answer, err := c.http.Do(ctx, wire.Request{
				Call: call, Method: http.MethodGet, URL: address, Header: http.Header{"Authorization": {bearer}}, Hide: c.hide(),
			})
			if err != nil {
				return Balance{}, err
			}
			return c.readBalance(answer)
		})
	})
}

func (c *Client) readBalance(answer *wire.Answer) (Balance, error) {
	var document any
	if err := answer.Decode(&document); err != nil {
		return Balance{}, err
	}
	if _, isError := answer.Problem(); isError {
		return Balance{}, answer.Failure()
	}
	places := usualPlaces
	if c.config.BalancePath != "" {
		places = []string{c.config.BalancePath}
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
		return lenient.Text(value).Decimal()
	case string:
		return lenient.Text(value).Decimal()
	}
	return decimal.Decimal{}, false
}
