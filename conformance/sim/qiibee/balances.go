package qiibee

import (
	"encoding/json"
	"net/http"
	"strconv"

	"koshelek-adapter/conformance/sim"
)

type account struct {
	user  string
	token int
}

// funds are points of one token; what is reserved belongs to transactions that
// were accepted and have not taken effect.
type funds struct{ have, reserved int64 }

func (s *Simulator) funds(a account) *funds {
	f, found := s.accounts[a]
	if !found {
		f = &funds{}
		s.accounts[a] = f
	}
	return f
}

// shownToken renders a token; whether it has an id, and of which type, is a
// knob. [U]
func (s *Simulator) shownToken(t Token) map[string]any {
	body := map[string]any{"address": t.Address, "name": t.Name, "symbol": t.Symbol, "type": t.Type, "metadata": map[string]any{}}
	switch s.Knobs.Get(knobTokenID) {
	case "number":
		body["id"] = t.ID
	case "string":
		body["id"] = strconv.Itoa(t.ID)
	}
	return body
}

func (s *Simulator) getBalances(c *sim.Call) sim.Answer {
	id := c.PathValue("auth_id")
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found := s.users[id]; !found {
		return s.fail(http.StatusNotFound, "User not found")
	}
	data := []any{}
	for _, t := range tokens {
		if f, found := s.accounts[account{id, t.ID}]; found {
			data = append(data, map[string]any{"balance": json.Number(strconv.FormatInt(f.have, 10)), "token": s.shownToken(t)})
		}
	}
	return sim.OK(map[string]any{"data": data})
}

// Balance returns a user's points of a token, and how many of them are
// reserved.
func (s *Simulator) Balance(user string, token int) (have, reserved int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.accounts[account{user, token}]
	if f == nil {
		return 0, 0
	}
	return f.have, f.reserved
}

// Grant gives a user points without a transaction.
func (s *Simulator) Grant(user string, token int, points int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.funds(account{user, token}).have += points
}
