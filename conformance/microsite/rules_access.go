package microsite

import (
	"encoding/base64"
	"net/http"
	"strings"
)

func accessRules() []Rule {
	return []Rule{
		{"access.missing", "A call without credentials gets 401 and does nothing.", false, func(c *check) {
			before := c.rich(0)
			for _, call := range c.calls() {
				call.auth = anonymous
				c.refused(c.send("without credentials", call), http.StatusUnauthorized, "")
			}
			c.unmoved(0, before)
		}},
		{"access.wrong", "A wrong login or password gets 401, also one that is right at its beginning.", false, func(c *check) {
			before := c.rich(0)
			for _, call := range c.calls() {
				for _, auth := range []string{
					basic(c.target.User, "wrong"), basic("wrong", c.target.Password), basic(c.target.User, ""), basic(c.target.User, c.target.Password+"x"),
					basic(c.target.User, c.target.Password[:len(c.target.Password)-1]), "Basic !!!",
				} {
					call.auth = auth
					c.refused(c.send("with wrong credentials", call), http.StatusUnauthorized, "")
				}
			}
			c.unmoved(0, before)
		}},
		{"access.malformed", "A body that is no JSON object, or lacks a field, gets 400 or 422.", true, func(c *check) {
			for _, path := range []string{pathGenerate, pathVerify, pathRedeem, pathReverse} {
				for _, body := range []string{"", "{", "[]", "null", `"x"`, "{}"} {
					c.anyRefusal(c.send("a malformed body", request{verb: http.MethodPost, path: path, body: body}),
						http.StatusBadRequest, http.StatusUnprocessableEntity)
				}
			}
		}},
		{"access.oversized", "A body of a megabyte is refused.", true, func(c *check) {
			body := `{"customer_id":"` + strings.Repeat("x", 1<<20) + `"}`
			answer := c.exchange(request{verb: http.MethodPost, path: pathGenerate, body: body})
			if answer.trouble == nil && answer.status < http.StatusBadRequest { // a connection that is cut is a refusal, too
				c.broken("the status is %d", answer.status)
			}
			if answer.status >= http.StatusInternalServerError {
				c.broken("the status is %d; expected a refusal", answer.status)
			}
		}},
	}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// calls are one of each kind that would work.
func (c *check) calls() []request {
	return []request{
		post(pathGenerate, object{"customer_id": c.customer(0)}), verification(c.customer(0), "000000", "none"),
		redemption(c.newOrder(), c.customer(0), 1), reversal(c.newOrder(), c.customer(0), 1), pointsOf(c.customer(0), ""),
	}
}

// unmoved expects the balance to be what it was.
func (c *check) unmoved(i int, before int64) {
	if _, after := c.balance(i); after != before {
		c.broken("the balance was %d and is %d", before, after)
	}
}
