package microsite_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// partner is a small correct Client System; bug names the rule that it breaks.
type partner struct {
	bug  string
	send func(otp string)

	mu      sync.Mutex
	balance int64
	earned  int64
	orders  map[string]*deed
	serial  int
	ref     string
	otp     string
	tries   int
	used    bool
}

type deed struct {
	points int64
	state  string // deducted, reversed, voided
}

func newPartner(bug string, balance int64) *partner {
	return &partner{bug: bug, balance: balance, earned: balance + 50, orders: map[string]*deed{}}
}

func (p *partner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	user, password, _ := r.BasicAuth()
	var body map[string]any
	decoder := json.NewDecoder(r.Body)
	decoder.UseNumber()
	_ = decoder.Decode(&body)
	var status int
	var answer map[string]any
	switch isPoints := r.URL.Path == "/api/v1/customer/points"; {
	case isPoints && isBearer:
		status, answer = p.pointsByToken(token, r.URL.Query().Get("customer_id"))
	case user != "site" || password != "pw":
		status, answer = 401, map[string]any{"message": "Unauthorized"}
	case isPoints:
		status, answer = p.points(r.URL.Query().Get("customer_id"))
	default:
		status, answer = p.post(strings.TrimPrefix(r.URL.Path, "/api/v1/"), body)
	}
	answer["status"] = status == 200
	if p.bug == "flag" && status != 200 {
		answer["status"] = true
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func fail(status int, message string) (int, map[string]any) {
	return status, map[string]any{"message": message}
}

func (p *partner) post(endpoint string, body map[string]any) (int, map[string]any) {
	text := func(name string) string { v, _ := body[name].(string); return v }
	switch endpoint {
	case "auth/generate-otp":
		return p.generate(text("customer_id"))
	case "auth/verify-otp":
		return p.verify(text("otp"), text("reference_id"))
	}
	field := map[string]string{"orders/redeem": "points_consumed", "orders/reverse": "points_reversed"}[endpoint]
	number, _ := body[field].(json.Number)
	points, err := number.Int64()
	if text("order_id") == "" || text("customer_id") != "c-1" || err != nil || points <= 0 {
		return fail(422, "Invalid request")
	}
	if p.bug == "race" { // reads, decides, writes
		time.Sleep(time.Millisecond)
	}
	if endpoint == "orders/redeem" {
		return p.redeem(text("order_id"), points)
	}
	return p.reverse(text("order_id"), points)
}

func (p *partner) redeem(id string, points int64) (int, map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, known := p.orders[id]
	if p.bug == "race" && !known {
		balance := p.balance
		p.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		p.mu.Lock()
		if balance < points {
			return fail(400, "Insufficient balance")
		}
	}
	switch {
	case known && p.bug == "double":
	case known && p.bug == "late redeem" && o.state != "deducted":
	case known:
		return fail(409, "Duplicate transaction")
	}
	if p.balance < points && p.bug != "overdraft" && p.bug != "race" {
		return fail(400, "Insufficient balance")
	}
	p.balance -= points
	if p.bug == "earned falls" {
		p.earned -= points
	}
	p.orders[id] = &deed{points, "deducted"}
	return 200, map[string]any{"message": "Points deducted successfully"}
}

func (p *partner) reverse(id string, points int64) (int, map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, known := p.orders[id]
	switch {
	case !known && p.bug == "honours unknown":
		o = &deed{points, "deducted"}
	case !known:
		if p.bug != "forgets" {
			p.orders[id] = &deed{points, "voided"}
		}
		return fail(404, "Unknown order")
	case o.state != "deducted" && p.bug != "reverses twice":
		return fail(409, "Already reversed")
	case points != o.points:
		return fail(400, "Amount does not match")
	}
	o.state = "reversed"
	p.orders[id] = o
	p.balance += points
	return 200, map[string]any{"message": "Points reversed successfully"}
}

func (p *partner) generate(customer string) (int, map[string]any) {
	if customer != "c-1" {
		return fail(404, "Invalid Customer ID")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	p.ref, p.otp, p.tries, p.used = fmt.Sprint("ref-", p.serial), fmt.Sprintf("%06d", 314159+p.serial*7919), 0, false
	p.send(p.otp)
	return 200, map[string]any{"message": "OTP generated successfully", "reference_id": p.ref}
}

func (p *partner) verify(otp, ref string) (int, map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case ref == p.ref && p.tries >= 3 && p.bug != "fourth try":
		return fail(429, "Too many attempts. Please try again later.")
	case ref != p.ref || otp != p.otp || (p.used && p.bug != "reuse"):
		p.tries++
		return fail(422, "Invalid OTP")
	}
	p.used = true
	mobile := "98XXXXXX45"
	if p.bug == "mobile" {
		mobile = "9812345645"
	}
	return 200, map[string]any{"token": p.sign("c-1"), "customer": map[string]any{"customer_id": "c-1", "mobile": mobile},
		"points_earned": p.earned, "balance_points": p.balance}
}

func (p *partner) sign(customer string) string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(fmt.Sprintf(`{"sub":%q,"exp":%d}`, customer, time.Now().Add(time.Hour).Unix())))
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

func (p *partner) pointsByToken(token, customer string) (int, map[string]any) {
	if !p.signed(token) {
		return fail(401, "Invalid token")
	}
	if customer != "c-1" {
		return fail(403, "Forbidden")
	}
	return p.points("c-1")
}

func (p *partner) signed(token string) bool {
	cut := strings.LastIndex(token, ".")
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write([]byte(token[:max(0, cut)]))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) == token[cut+1:]
}

func (p *partner) points(customer string) (int, map[string]any) {
	if customer != "c-1" {
		return fail(404, "Invalid Customer ID")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bug == "text" {
		return 200, map[string]any{"customer_id": customer, "points_earned": fmt.Sprint(p.earned), "balance_points": fmt.Sprint(p.balance)}
	}
	return 200, map[string]any{"customer_id": customer, "points_earned": p.earned, "balance_points": p.balance}
}
