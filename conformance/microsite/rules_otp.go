package microsite

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

func otpRules() []Rule {
	return []Rule{
		{"otp.generated", "generate-otp answers with a reference, and another one each time.", false, func(c *check) {
			first, _ := c.generate(0)
			second, _ := c.generate(0)
			if first == second {
				c.broken("two passwords have the same reference")
			}
		}},
		{"otp.unknown-customer", "generate-otp of an unknown customer is refused as \"Invalid Customer ID\".", false, func(c *check) {
			c.refused(c.send("generate-otp of nobody", post(pathGenerate, object{"customer_id": c.options.Unknown})), c.options.InvalidCustomer, saysNobody)
		}},
		{"otp.secret", "The password stands in no answer.", false, func(c *check) {
			reference, otp := c.generate(0)
			generated := c.last
			wrong := c.send("verify-otp with a wrong password", verification(c.customer(0), otherThan(otp), reference))
			right := c.send("verify-otp with the right password", verification(c.customer(0), otp, reference))
			for _, answer := range []reply{generated, wrong, right} {
				if alone := regexp.MustCompile(`(^|[^0-9A-Za-z_-])` + otp + `([^0-9A-Za-z_-]|$)`); alone.Match(answer.body) {
					c.broken("%s: the password stands in the answer", answer.title)
				}
			}
		}},
		{"otp.digits", "The password has six digits.", false, func(c *check) {
			for range 3 {
				if _, otp := c.generate(1); !regexp.MustCompile(`^[0-9]{6}$`).MatchString(otp) {
					c.broken("the password has %d characters, or other than digits", len(otp))
				}
			}
		}},
		{"otp.right", "The right password gives a token, the customer and the points.", false, func(c *check) {
			answer := c.login(0)
			if token := c.text(answer, "token"); strings.Count(token, ".") != 2 {
				c.broken("the token is no JWT")
			}
			customer, ok := answer.fields["customer"].(map[string]any)
			if !ok || customer["customer_id"] != c.customer(0) {
				c.broken("customer.customer_id is not the customer's")
			}
			earned, balance := c.number(answer, "points_earned"), c.number(answer, "balance_points")
			if wantEarned, wantBalance := c.balance(0); earned != wantEarned || balance != wantBalance {
				c.broken("points_earned and balance_points are %d and %d here, and %d and %d at customer/points", earned, balance, wantEarned, wantBalance)
			}
		}},
		{"otp.masked", "The mobile is masked: two digits at either end at most, X for the others.", false, func(c *check) {
			customer, _ := c.login(0).fields["customer"].(map[string]any)
			mobile, _ := customer["mobile"].(string)
			if !regexp.MustCompile(`^[0-9]{0,2}[X*]{4,}[0-9]{0,2}$`).MatchString(mobile) {
				c.broken("the mobile is not masked")
			}
		}},
		{"otp.wrong", "A wrong password gets 422 \"Invalid OTP\", and the right one is good after it.", false, func(c *check) {
			reference, otp := c.generate(0)
			for _, wrong := range []string{otherThan(otp), otp[:5]} {
				c.refused(c.send("verify-otp with a wrong password", verification(c.customer(0), wrong, reference)), http.StatusUnprocessableEntity, saysInvalidOTP)
			}
			c.taken(c.send("verify-otp with the right one", verification(c.customer(0), otp, reference)))
		}},
		{"otp.once", "A password is good once.", false, func(c *check) {
			reference, otp := c.generate(0)
			c.ready(c.send("verify-otp", verification(c.customer(0), otp, reference)))
			for range 2 {
				c.refused(c.send("verify-otp with a password that was used", verification(c.customer(0), otp, reference)), http.StatusUnprocessableEntity, saysInvalidOTP)
			}
		}},
		{"otp.attempts", "After three wrong passwords the right one is refused too: 429.", false, func(c *check) {
			reference, otp := c.generate(1)
			for i := range 3 {
				answer := c.send(fmt.Sprintf("wrong password %d of 3", i+1), verification(c.customer(1), otherThan(otp), reference))
				c.refused(answer, http.StatusUnprocessableEntity, saysInvalidOTP)
			}
			c.refused(c.send("the right password as fourth attempt", verification(c.customer(1), otp, reference)), http.StatusTooManyRequests, saysTooMany)
		}},
		{"otp.expired", "A password is over after five minutes: 422 with the text for that.", false, func(c *check) {
			if c.options.Expire == nil {
				c.skip("give a way to let the password expire: waiting, or a clock that can be set")
			}
			reference, otp := c.generate(0)
			if err := c.options.Expire(c.ctx); err != nil {
				c.unready("%v", err)
			}
			c.refused(c.send("verify-otp after its time", verification(c.customer(0), otp, reference)), http.StatusUnprocessableEntity, saysExpired)
		}},
		{"otp.replaced", "A new password voids the one before.", true, func(c *check) {
			old, oldOTP := c.generate(0)
			fresh, otp := c.generate(0)
			c.refused(c.send("the old password with its reference", verification(c.customer(0), oldOTP, old)), http.StatusUnprocessableEntity, "")
			if oldOTP != otp {
				c.refused(c.send("the old password with the new reference", verification(c.customer(0), oldOTP, fresh)), http.StatusUnprocessableEntity, "")
			}
			c.taken(c.send("the new password", verification(c.customer(0), otp, fresh)))
		}},
		{"otp.other-customer", "A password is good for the customer whom it was sent to only.", true, func(c *check) {
			reference, otp := c.generate(0)
			c.refused(c.send("another customer with the password", verification(c.customer(1), otp, reference)), http.StatusUnprocessableEntity, saysInvalidOTP)
			own, ownOTP := c.generate(1)
			if otp != ownOTP {
				c.refused(c.send("another customer with a reference of their own", verification(c.customer(1), otp, own)), http.StatusUnprocessableEntity, saysInvalidOTP)
			}
			c.refused(c.send("nobody with the password", verification(c.options.Unknown, otp, reference)), http.StatusUnprocessableEntity, saysInvalidOTP)
		}},
		{"otp.reference", "A password is good with its own reference only; an unknown one is answered like a wrong password.", true, func(c *check) {
			reference, otp := c.generate(0)
			c.refused(c.send("the right password with an unknown reference", verification(c.customer(0), otp, "no-such-reference")), http.StatusUnprocessableEntity, saysInvalidOTP)
			c.taken(c.send("and with its own", verification(c.customer(0), otp, reference)))
		}},
		{"otp.race", "Of two calls with the right password at one moment one is answered with a token.", true, otpRace},
	}
}

// otherThan is a password that is not the right one.
func otherThan(otp string) string {
	if strings.HasPrefix(otp, "1") {
		return "2" + otp[1:]
	}
	return "1" + otp[1:]
}

func otpRace(c *check) {
	reference, otp := c.generate(0)
	calls := make([]request, 8)
	for i := range calls {
		calls[i] = verification(c.customer(0), otp, reference)
	}
	won := 0
	for _, answer := range c.atOnce("the right password by eight at once", calls) {
		if answer.status == http.StatusOK {
			won++
		}
	}
	if won != 1 {
		c.broken("%d of eight calls at once were answered with a token; expected one", won)
	}
}
