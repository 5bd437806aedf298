package microsite

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Credentials that the host takes.
const (
	hostUser     = "microsite"
	hostPassword = "a password of the host"
)

// host is a small client's system in memory: what BigCity's rewards microsite
// calls, with faults that can be switched on, each of which breaks one rule of the
// suite. It is safe for concurrent use.
type host struct {
	fault fault
	gap   time.Duration // how long a caller of a race waits for another
	meet  chan struct{}

	mu        sync.Mutex
	late      time.Duration // how far the host's clock is ahead
	customers map[string]*customer
	orders    map[string]*order
}

type customer struct {
	mobile          string
	balance, earned int64
	otp, reference  string
	old             map[string]string
	sentAt          time.Time
	attempts        int
	used            bool
}

type order struct {
	customer string
	points   int64
	state    string
}

// newHost makes a host with customers, who have so many points each.
func newHost(fault fault, points int64, ids ...string) *host {
	h := &host{fault: fault, gap: 300 * time.Millisecond, meet: make(chan struct{}), customers: map[string]*customer{}, orders: map[string]*order{}}
	for _, id := range ids {
		h.customers[id] = &customer{mobile: "9812345645", balance: points, earned: points, old: map[string]string{}}
	}
	return h
}

// OTP gives the password that a customer was sent last.
func (h *host) OTP(id string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.customers[id].otp
}

// Late sets the host's clock ahead.
func (h *host) Late(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.late += by
}

// answer is a status with the fields of the body.
type answer struct {
	status int
	fields map[string]any
}

func refuse(status int, message string) answer {
	return answer{status, map[string]any{"status": false, "message": message}}
}

func accept(fields map[string]any) answer {
	fields["status"] = true
	return answer{http.StatusOK, fields}
}

// ServeHTTP implements http.Handler.
func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := h.handle(r)
	h.spoil(&a)
	if h.fault == HTMLErrors && a.status != http.StatusOK {
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, "<html>error</html>")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.fields)
}

// spoil applies the faults that concern every answer.
func (h *host) spoil(a *answer) {
	switch h.fault {
	case StatusAsText:
		a.fields["status"] = fmt.Sprint(a.fields["status"])
	case NumbersAsText:
		for name, value := range a.fields {
			if number, ok := value.(int64); ok {
				a.fields[name] = fmt.Sprint(number)
			}
		}
	case NoMessage:
		if a.status != http.StatusOK {
			delete(a.fields, "message")
		}
	}
}

func (h *host) handle(r *http.Request) answer {
	path := strings.TrimPrefix(r.URL.Path, "/api/v1/")
	raw, _ := io.ReadAll(r.Body)
	authorization := r.Header.Get("Authorization")
	if token, bearer := strings.CutPrefix(authorization, "Bearer "); bearer {
		return h.byToken(path, token, r, raw)
	}
	if !h.signedIn(r) {
		return refuse(http.StatusUnauthorized, "Who are you?")
	}
	if path == "customer/points" {
		if h.fault == BasicNoPoints {
			return refuse(http.StatusForbidden, "Tokens only")
		}
		return h.points(r.URL.Query().Get("customer_id"))
	}
	return h.post(path, raw)
}

func (h *host) signedIn(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	switch h.fault {
	case NoAuth:
		return true
	case PasswordPrefix:
		return ok && user == hostUser && len(password) > 8 && strings.HasPrefix(hostPassword, password)
	}
	return ok && user == hostUser && password == hostPassword
}

func (h *host) byToken(path, token string, r *http.Request, raw []byte) answer {
	id, ok := h.owner(token)
	if !ok {
		return refuse(http.StatusUnauthorized, "Bad token")
	}
	if path != "customer/points" {
		if h.fault == TokenOrders {
			return h.post(path, raw)
		}
		return refuse(http.StatusUnauthorized, "Not by token")
	}
	asked := r.URL.Query().Get("customer_id")
	if asked != id && h.fault != ForeignToken {
		return refuse(http.StatusForbidden, "Not yours")
	}
	return h.points(asked)
}

func (h *host) points(id string) answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.customers[id]
	if c == nil {
		if h.fault == UnknownHasPoints {
			return accept(map[string]any{"customer_id": id, "points_earned": int64(0), "balance_points": int64(0)})
		}
		return refuse(http.StatusNotFound, "Invalid Customer ID")
	}
	return accept(map[string]any{"customer_id": id, "points_earned": c.earned, "balance_points": c.balance})
}

// body is every field of every call.
type body struct {
	Customer  string          `json:"customer_id"`
	OTP       string          `json:"otp"`
	Reference string          `json:"reference_id"`
	Order     string          `json:"order_id"`
	Consumed  json.RawMessage `json:"points_consumed"`
	Reversed  json.RawMessage `json:"points_reversed"`
}

func (h *host) post(path string, raw []byte) answer {
	if len(raw) > 64<<10 {
		if h.fault == OversizedCrashes {
			return refuse(http.StatusInternalServerError, "Out of memory")
		}
		return refuse(http.StatusRequestEntityTooLarge, "Too large")
	}
	var in body
	if json.Unmarshal(raw, &in) != nil || in.Customer == "" {
		if h.fault == MalformedCrashes {
			return refuse(http.StatusInternalServerError, "null pointer")
		}
		return refuse(http.StatusBadRequest, "Malformed")
	}
	switch path {
	case "auth/generate-otp":
		return h.generate(in.Customer)
	case "auth/verify-otp":
		return h.verify(in)
	case "orders/redeem":
		return h.redeem(in)
	case "orders/reverse":
		return h.reverse(in)
	}
	return refuse(http.StatusNotFound, "No such path")
}

func sixDigits() string {
	number, _ := rand.Int(rand.Reader, big.NewInt(900_000)) // a reader that never fails
	return fmt.Sprint(100_000 + number.Int64())
}

var key = []byte("the key of the host's tokens")

// token is a JWT of a customer.
func token(id string) string {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))
	claims, _ := json.Marshal(map[string]string{"sub": id})
	signed := head + "." + base64.RawURLEncoding.EncodeToString(claims)
	return signed + "." + signature(signed)
}

func signature(text string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, text) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (h *host) owner(text string) (string, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || h.fault != TokenUnchecked && signature(parts[0]+"."+parts[1]) != parts[2] {
		return "", false
	}
	var claims struct{ Sub string }
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return "", false
	}
	return claims.Sub, true
}
