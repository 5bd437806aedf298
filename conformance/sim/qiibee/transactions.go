package qiibee

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"koshelek-adapter/conformance/sim"
)

// Types of transactions.
const (
	Credit       = "credit_points"
	Debit        = "debit_points"
	ToRewards    = "points_to_rewards"
	ToExternal   = "points_to_external_rewards"
	ToOtherBrand = "exchange"
	CodeToPoints = "code_to_points" // a user's own doing
)

const (
	statusPending = "pending"
	statusSuccess = "success"
	statusFailed  = "failed"

	maxPoints        = int64(1e15)
	standardLateness = 10 * time.Minute
)

// transaction is one that was accepted.
type transaction struct {
	id         int
	user       string
	kind       string
	amount     int64
	token      int
	provider   string
	membership string
	exchange   Exchange
	received   int64 // miles, or points of the other brand
	status     string
	hash       string
	reverted   string // the hash that took it back
	at         time.Time
}

// Key is how the audit names a transaction: nothing tells two of the same
// user, type, amount and token apart.
func Key(user, kind, amount string, token int) string {
	return user + "|" + kind + "|" + amount + "|" + strconv.Itoa(token)
}

func (t *transaction) key() string {
	return Key(t.user, t.kind, strconv.FormatInt(t.amount, 10), t.token)
}

func (t *transaction) takes() bool { return t.kind != Credit && t.kind != CodeToPoints }

// createTransaction accepts: what it takes is checked and reserved now, the
// effect comes later. [C; the body of a 202 U]
func (s *Simulator) createTransaction(c *sim.Call) sim.Answer {
	body, _ := c.JSON()
	object, isObject := body["transaction"].(map[string]any)
	if !isObject {
		return s.fail(http.StatusBadRequest, "transaction is missing")
	}
	s.mu.Lock()
	t, fault := s.readTransaction(object)
	if fault == "" {
		fault = s.accept(t)
	}
	s.mu.Unlock()
	c.Note = t.key()
	if fault != "" {
		s.Audit.Refuse("transaction", c.Note)
		return s.fail(http.StatusBadRequest, fault)
	}
	s.schedule(t)
	answer := sim.Answer{Status: http.StatusAccepted}
	switch s.Knobs.Get(knobAcceptBody) {
	case "object":
		answer.Body = map[string]any{}
	case "json":
		s.mu.Lock()
		answer.Body = map[string]any{"data": s.shownTransaction(t)}
		s.mu.Unlock()
	}
	return answer
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func whole(v any) int { n, _ := strconv.Atoi(text(v)); return n }

// readTransaction checks the fields of a transaction. It always returns one,
// for the record.
func (s *Simulator) readTransaction(o map[string]any) (*transaction, string) {
	user, _ := o["user_auth_id"].(string)
	kind, _ := o["type"].(string)
	t := &transaction{user: user, kind: kind, token: whole(o["token_id"])}
	if kind == ToOtherBrand {
		t.token = whole(o["brandA_token_id"])
	}
	amount, err := strconv.ParseInt(text(o["amount"]), 10, 64)
	t.amount = amount
	if _, found := s.users[user]; !found {
		return t, "User does not exist"
	}
	if token, found := tokenOf(t.token); !found || token.Type != "erc20" {
		return t, "Token does not exist"
	}
	if err != nil || amount <= 0 || amount > maxPoints {
		return t, "Invalid amount"
	}
	switch kind {
	case Credit, Debit:
		return t, ""
	case ToRewards:
		if !slices.Contains(rewardTypes, whole(o["reward_type_id"])) {
			return t, "Reward type does not exist"
		}
		return t, ""
	case ToExternal:
		return t, s.readExternal(t, o)
	case ToOtherBrand:
		return t, s.readExchange(t, whole(o["brandB_token_id"]))
	}
	return t, "Invalid transaction type"
}

func (s *Simulator) readExternal(t *transaction, o map[string]any) string {
	name, _ := o["exchange_provider_implementation_name"].(string)
	p, known := providerOf(name)
	if !known {
		return "Exchange provider does not exist"
	}
	override, _ := o["membership_number_override"].(string)
	t.provider, t.membership = name, cmp.Or(override, s.memberships[membership{t.user, name}])
	if !p.possible(t.membership) {
		return "Invalid membership number"
	}
	rate := p.Rate
	if given := o["exchange_rate_override"]; given != nil {
		if rate = whole(given); rate <= 0 || rate > 1_000_000 {
			return "Invalid exchange rate"
		}
	}
	if t.amount > maxPoints/int64(rate) {
		return "Invalid amount"
	}
	t.received = t.amount * int64(rate)
	return ""
}

// readExchange looks the pair up in the one-way list; received is rounded
// down. [C]
func (s *Simulator) readExchange(t *transaction, to int) string {
	for _, e := range exchanges {
		if e.From == t.token && e.To == to {
			t.exchange = e
			if t.amount > maxPoints/int64(max(1, e.Offramp)) {
				return "Invalid amount"
			}
			t.received = t.amount * int64(e.Offramp) / int64(e.Onramp)
			return ""
		}
	}
	return "Exchange between these tokens is not allowed"
}

// accept reserves what a transaction takes and stores it.
func (s *Simulator) accept(t *transaction) string {
	if len(s.transactions) >= sim.MaxRecords {
		return "the simulator is full"
	}
	f := s.funds(account{t.user, t.token})
	if t.takes() {
		if f.have-f.reserved < t.amount {
			return "Insufficient balance"
		}
		f.reserved += t.amount
	}
	t.id = len(s.transactions) + 1
	t.status, t.at = statusPending, s.Clock.Now()
	t.hash = s.hash(t.id)
	s.transactions = append(s.transactions, t)
	s.Audit.Accept("transaction", t.key(), strconv.FormatInt(t.amount, 10))
	return ""
}

func (s *Simulator) hash(id int) string {
	return fmt.Sprintf("0x%x", sha256.Sum256(fmt.Appendf(nil, "%d %d", s.Seed, id)))
}

// schedule lets a transaction take effect later.
func (s *Simulator) schedule(t *transaction) {
	struck := s.Faults.Draw(effectEndpoint)
	wait := s.Knobs.Duration(knobEffectAfter)
	if late, is := struck.Duration(faultLate, standardLateness); is {
		wait += late
	}
	s.After(wait, func() {
		s.mu.Lock()
		s.takeEffect(t, struck.Has(faultFails))
		s.mu.Unlock()
		if t.status == statusSuccess {
			s.announce(t, "")
		}
	})
}

func (s *Simulator) takeEffect(t *transaction, fails bool) {
	f := s.funds(account{t.user, t.token})
	if t.takes() {
		f.reserved -= t.amount
	}
	if fails {
		t.status = statusFailed
		return
	}
	t.status = statusSuccess
	if t.takes() {
		f.have -= t.amount
	} else {
		f.have += t.amount
	}
	if t.kind == ToOtherBrand {
		s.funds(account{t.user, t.exchange.To}).have += t.received
	}
	s.Audit.Effect("transaction", t.key(), strconv.FormatInt(t.amount, 10))
}
