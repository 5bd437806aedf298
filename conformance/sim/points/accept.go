package points

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"koshelek-adapter/conformance/sim"
)

// States of a request.
const (
	Accepted  = "accepted"
	Succeeded = "success"
	Failed    = "failed"
)

// Request is an accepted request to earn or redeem.
type Request struct {
	ClientID      string `json:"clientId"`
	UserID        string `json:"userId"`
	RequestID     string `json:"requestId"`
	RuleID        string `json:"ruleId"`
	Kind          string `json:"kind"` // Earn or Burn
	Amount        Amount `json:"amount"`
	Point         Amount `json:"point"` // what was really moved
	Status        string `json:"status"`
	TransactionID string `json:"transactionId,omitempty"`
	Error         string `json:"errorMessage,omitempty"`
	CallbackURL   string `json:"callbackUrl"`
	settledAt     time.Time
}

func (s *Simulator) earn(c *sim.Call) sim.Answer { return s.accept(c, Earn, earnEndpoint) }

func (s *Simulator) redeem(c *sim.Call) sim.Answer { return s.accept(c, Burn, redeemEndpoint) }

// accept answers 202 and settles later, or refuses. [C; 409 and the error body I]
func (s *Simulator) accept(c *sim.Call, kind, scope string) sim.Answer {
	client, refusal := s.caller(c, scope)
	if refusal != nil {
		return *refusal
	}
	if err := s.checkSignature(c, client); err != nil {
		return *refused(http.StatusUnauthorized, "invalid_signature", err.Error())
	}
	r, faults := s.read(c)
	if faults != nil {
		return *refused(http.StatusBadRequest, "invalid_request", faults...)
	}
	r.ClientID, r.Kind, r.Status = client.ID, kind, Accepted
	c.Note = r.RequestID
	fresh, refusal := s.admit(r)
	if refusal != nil {
		s.Audit.Refuse(kind, r.RequestID)
		return *refusal
	}
	s.Audit.Accept(kind, r.RequestID, r.Amount.String())
	switch {
	case !fresh: // told so again; it takes effect once
	case c.Struck.Has(faultEarly):
		s.settle(r, s.Faults.Draw(settlementEndpoint))
		s.sender.SendNow(c.Context(), s.request(r))
	default:
		s.schedule(r)
	}
	return s.accepted(r)
}

func (s *Simulator) accepted(r *Request) sim.Answer {
	answer := sim.Answer{Status: http.StatusAccepted}
	switch s.Knobs.Get(knobAcceptBody) {
	case "object":
		answer.Body = map[string]any{}
	case "json":
		answer.Body = map[string]any{"message": "Accepted", "requestId": r.RequestID}
	}
	return answer
}

// read checks the form of a request; it returns every fault.
func (s *Simulator) read(c *sim.Call) (*Request, []string) {
	body, isObject := c.JSON()
	if !isObject {
		return nil, []string{"the body is no JSON object"}
	}
	var faults []string
	text := func(name string) string {
		v, isText := body[name].(string)
		if !isText || v == "" || len(v) > 1024 {
			faults = append(faults, name+" must be a string")
		}
		return v
	}
	r := &Request{UserID: text("userId"), RuleID: text("ruleId"), RequestID: text("requestId"), CallbackURL: text("callbackUrl")}
	number, isNumber := body["amount"].(json.Number)
	amount, err := ParseAmount(number.String())
	if !isNumber || err != nil || amount <= 0 {
		faults = append(faults, "amount must be a positive number")
	}
	r.Amount = amount
	if r.CallbackURL != "" && !s.sender.Allows(r.CallbackURL) {
		faults = append(faults, "callbackUrl is not on the list of allowed hosts")
	}
	return r, faults
}

// admit stores a request that may be accepted, each requestId once. Only a
// fresh one takes effect.
func (s *Simulator) admit(r *Request) (fresh bool, refusal *sim.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.ClientID + "\x00" + r.RequestID
	if _, used := s.requests[key]; used {
		if s.Knobs.Is(knobRepeat, "accept") {
			return false, nil
		}
		return false, refused(http.StatusConflict, "duplicate_request", "requestId was used before")
	}
	if code := s.objection(r); code != "" {
		return false, refused(http.StatusBadRequest, code)
	}
	if len(s.order) >= sim.MaxRecords {
		return false, refused(http.StatusInternalServerError, "internal_server_error", "the simulator is full")
	}
	s.requests[key] = r
	s.order = append(s.order, r)
	return true, nil
}

// objection returns why a request is a 400, or "".
func (s *Simulator) objection(r *Request) string {
	rule, found := s.rules[r.RuleID]
	now := s.Clock.Now()
	switch {
	case !found:
		return "rule_not_found"
	case rule.Kind != r.Kind:
		return "rule_wrong_kind"
	case !rule.Active:
		return "rule_inactive"
	case (!rule.From.IsZero() && now.Before(rule.From)) || (!rule.To.IsZero() && !now.Before(rule.To)):
		return "rule_outside_period"
	case s.Knobs.Is(knobUsers, "listed") && !slices.Contains(s.options.Users, r.UserID):
		return "user_invalid"
	case r.Kind == Burn && s.balances[r.UserID] < r.Amount:
		return "insufficient_balance"
	}
	return ""
}

// schedule lets a request settle later.
func (s *Simulator) schedule(r *Request) {
	struck := s.Faults.Draw(settlementEndpoint)
	late, _ := struck.Duration(faultLate, 0)
	if struck.Has(faultLate) && late == 0 {
		late = standardLate
	}
	s.After(s.Knobs.Duration(knobSettleAfter)+late, func() {
		s.settle(r, struck)
		s.sender.Send(s.request(r))
	})
}

// find returns the first request with the id, of whichever client.
func (s *Simulator) find(requestID string) (*Request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.order {
		if r.RequestID == requestID {
			return r, nil
		}
	}
	return nil, fmt.Errorf("there is no request %q", requestID)
}
