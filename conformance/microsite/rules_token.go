package microsite

import (
	"encoding/base64"
	"net/http"
	"strings"
)

func tokenRules() []Rule {
	return []Rule{
		{"token.points", "The customer's token shows the customer's points.", false, func(c *check) {
			token := c.text(c.login(0), "token")
			answer := c.send("points by token", pointsOf(c.customer(0), "Bearer "+token))
			c.taken(answer)
			if answer.fields["customer_id"] != c.customer(0) {
				c.broken("customer_id is not the customer's")
			}
			c.number(answer, "points_earned")
			c.number(answer, "balance_points")
		}},
		{"token.foreign", "The token of one customer does not show another's points: 401 or 403.", true, func(c *check) {
			token := c.text(c.login(0), "token")
			c.anyRefusal(c.send("points of another customer", pointsOf(c.customer(1), "Bearer "+token)), http.StatusUnauthorized, http.StatusForbidden)
		}},
		{"token.forged", "A token that is cut, changed, signed by nobody or no token at all gets 401.", false, tokenForged},
		{"token.orders", "A customer's token does not redeem, reverse or have passwords sent.", false, func(c *check) {
			token := c.text(c.login(0), "token")
			before := c.rich(0)
			for _, call := range c.calls() {
				if call.verb == http.MethodPost {
					call.auth = "Bearer " + token
					c.refused(c.send("with a customer's token", call), http.StatusUnauthorized, "")
				}
			}
			c.unmoved(0, before)
		}},
		{"token.basic", "The microsite's credentials show points too, since a token may be over when an order is reversed.", true, func(c *check) { c.taken(c.send("points by credentials", pointsOf(c.customer(0), ""))) }},
		{"token.unknown-customer", "Points of an unknown customer get 404.", false, func(c *check) {
			c.refused(c.send("points of nobody", pointsOf(c.options.Unknown, "")), http.StatusNotFound, "")
		}},
	}
}

func tokenForged(c *check) {
	token := c.text(c.login(0), "token")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		c.broken("the token is no JWT")
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	others := strings.Split(c.text(c.login(1), "token"), ".")
	for name, forged := range map[string]string{
		"no token": "", "no JWT": "token", "cut": token[:len(token)-4], "unsigned": parts[0] + "." + parts[1] + ".",
		"signed by nobody": none + "." + parts[1] + ".", "with another's claims": parts[0] + "." + others[1] + "." + parts[2],
	} {
		c.refused(c.send("points by a token that is "+name, pointsOf(c.customer(0), "Bearer "+forged)), http.StatusUnauthorized, "")
	}
}
