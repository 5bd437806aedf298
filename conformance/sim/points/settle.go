package points

import (
	"fmt"

	"koshelek-adapter/conformance/sim"
)

// settle decides a request: what is left below the cap moves, and a burn looks
// at the balance again. [C]
func (s *Simulator) settle(r *Request, struck sim.Struck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.settledAt = s.Clock.Now()
	if message, is := struck.Value(faultFails); is {
		if message == "" {
			message = "Unexpected Error"
		}
		r.Status, r.Error = Failed, message
		return
	}
	r.Point, r.Error = s.movable(r)
	if r.Error != "" {
		r.Status = Failed
		return
	}
	if r.Kind == Burn {
		s.balances[r.UserID] -= r.Point
	} else {
		s.balances[r.UserID] += r.Point
	}
	s.used[use{r.RuleID, r.UserID}] += r.Point
	r.Status = Succeeded
	s.settled++
	r.TransactionID = fmt.Sprintf("txn-%08d", s.settled)
	s.Audit.Effect(r.Kind, r.RequestID, r.Point.String())
}

// movable returns what a request moves, or why it fails.
func (s *Simulator) movable(r *Request) (Amount, string) {
	point := r.Amount
	if limit := s.rules[r.RuleID].Cap; limit > 0 {
		point = min(point, limit-s.used[use{r.RuleID, r.UserID}])
	}
	switch {
	case point <= 0 && r.Kind == Earn:
		return 0, "Reaching Earning Limit"
	case point <= 0:
		return 0, "Reaching Redemption Limit"
	case r.Kind == Burn && s.balances[r.UserID] < point:
		return 0, "Insufficient Balance"
	}
	return point, ""
}
