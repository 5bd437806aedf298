package microsite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// The paths of the contract. [C]
const (
	pathGenerate = "/api/v1/auth/generate-otp"
	pathVerify   = "/api/v1/auth/verify-otp"
	pathPoints   = "/api/v1/customer/points"
	pathRedeem   = "/api/v1/orders/redeem"
	pathReverse  = "/api/v1/orders/reverse"
)

// Messages that the contract prints. [C]
const (
	saysInvalidOTP   = "Invalid OTP"
	saysExpired      = "OTP has expired. Please request a new one."
	saysTooMany      = "Too many attempts. Please try again later."
	saysInsufficient = "Insufficient balance"
	saysNobody       = "Invalid Customer ID"
)

// request is a call to make.
type request struct {
	verb, path string
	// body is sent as JSON, a string as it is; nil for none.
	body any
	// auth is the Authorization header; "" for the right credentials, anonymous
	// for none.
	auth string
}

const anonymous = "anonymous"

func (r request) raw() string {
	switch body := r.body.(type) {
	case nil:
		return ""
	case string:
		return body
	}
	raw, err := json.Marshal(r.body)
	if err != nil {
		panic(err) // the suite's own bodies
	}
	return string(raw)
}

// reply is the answer to a call.
type reply struct {
	title   string
	request request
	status  int
	body    []byte
	fields  map[string]any
	trouble error
	took    time.Duration
}

// mostShown is as much of a body as a report has.
const mostShown = 2048

func (r reply) shown() string {
	if len(r.body) > mostShown {
		return strings.ToValidUTF8(string(r.body[:mostShown]), "?") + "…"
	}
	return strings.ToValidUTF8(string(r.body), "?")
}

// maxAnswer is as much of an answer as is read.
const maxAnswer = 1 << 20

// exchange makes a call. It may be called by many at once.
func (r *run) exchange(out request) reply {
	answer := reply{request: out}
	r.calls.Add(1)
	sent, err := http.NewRequestWithContext(r.ctx, out.verb, strings.TrimRight(r.target.URL, "/")+out.path, strings.NewReader(out.raw()))
	if err != nil {
		answer.trouble = err
		return answer
	}
	if out.body != nil {
		sent.Header.Set("Content-Type", "application/json")
	}
	switch out.auth {
	case "":
		sent.SetBasicAuth(r.target.User, r.target.Password)
	case anonymous:
	default:
		sent.Header.Set("Authorization", out.auth)
	}
	started := time.Now()
	response, err := r.client.Do(sent)
	if err != nil {
		answer.trouble = fmt.Errorf("%T", err) // the text may hold the query
		return answer
	}
	defer func() { _ = response.Body.Close() }()
	answer.status = response.StatusCode
	answer.body, answer.trouble = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	answer.took = time.Since(started)
	decoder := json.NewDecoder(bytes.NewReader(answer.body))
	decoder.UseNumber()
	if decoder.Decode(&answer.fields) != nil {
		answer.fields = nil
	}
	return answer
}

// atOnce makes calls at the same moment.
func (c *check) atOnce(title string, calls []request) []reply {
	replies := make([]reply, len(calls))
	var done sync.WaitGroup
	begin := make(chan struct{})
	for i, out := range calls {
		done.Go(func() {
			<-begin
			replies[i] = c.exchange(out)
		})
	}
	close(begin)
	done.Wait()
	for i := range replies {
		replies[i].title = title
		c.keep(replies[i])
		if replies[i].trouble != nil {
			c.broken("%s: no answer came: %v", title, replies[i].trouble)
		}
	}
	return replies
}

// object is a JSON object to send.
type object map[string]any

func (c *check) customer(i int) string { return c.options.Customers[i] }

func post(path string, body any) request {
	return request{verb: http.MethodPost, path: path, body: body}
}

func pointsOf(customer, auth string) request {
	return request{verb: http.MethodGet, path: pathPoints + "?customer_id=" + url.QueryEscape(customer), auth: auth}
}

// generate has a password sent and gives its reference and, from the source, the
// password.
func (c *check) generate(i int) (reference, otp string) {
	answer := c.send("generate-otp", post(pathGenerate, object{"customer_id": c.customer(i)}))
	c.ready(answer)
	reference = c.text(answer, "reference_id")
	otp, err := c.options.OTP(c.ctx, c.customer(i))
	if err != nil {
		c.unready("%v", err)
	}
	return reference, otp
}

func verification(customer, otp, reference string) request {
	return post(pathVerify, object{"customer_id": customer, "otp": otp, "reference_id": reference})
}

// login signs a customer in.
func (c *check) login(i int) reply {
	reference, otp := c.generate(i)
	answer := c.send("verify-otp with the right password", verification(c.customer(i), otp, reference))
	c.ready(answer)
	return answer
}

// balance tells points_earned and balance_points.
func (c *check) balance(i int) (earned, balance int64) {
	answer := c.send("points", pointsOf(c.customer(i), ""))
	if answer.status == http.StatusUnauthorized { // a host that takes tokens alone
		answer = c.send("points by token", pointsOf(c.customer(i), "Bearer "+c.text(c.login(i), "token")))
	}
	c.ready(answer)
	return c.number(answer, "points_earned"), c.number(answer, "balance_points")
}

// rich is balance for a check that spends.
func (c *check) rich(i int) int64 {
	_, balance := c.balance(i)
	if balance < MinPoints {
		c.unready("customer %d has %d points; %d are needed", i+1, balance, MinPoints)
	}
	return balance
}

// newOrder names an order.
func (c *check) newOrder() string {
	c.orders++
	return fmt.Sprintf("CONF-%x-%d", c.options.Seed, c.orders)
}

func redemption(id, customer string, points any) request {
	return post(pathRedeem, object{
		"order_id": id, "customer_id": customer, "points_consumed": points, "transaction_date": "2026-11-26T15:42:36+05:30",
	})
}

func reversal(id, customer string, points any) request {
	return post(pathReverse, object{"order_id": id, "customer_id": customer, "points_reversed": points, "reason": "conformance"})
}

// redeemed makes an order that is reversed in the end.
func (c *check) redeemed(i int, points int64) string {
	id := c.newOrder()
	c.reversedLater(id, i, points)
	c.ready(c.send("redeem a new order", redemption(id, c.customer(i), points)))
	return id
}

func (c *check) reversedLater(id string, i int, points int64) {
	c.undo = append(c.undo, func() { c.exchange(reversal(id, c.customer(i), points)) })
}
