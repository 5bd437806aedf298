package points

import (
	"encoding/json"
	"net/http"
	"strings"

	"koshelek-adapter/conformance/sim"
)

// balance answers a user's points in one of the shapes that the manual leaves
// open. [C; shape U]
func (s *Simulator) balance(c *sim.Call) sim.Answer {
	if _, refusal := s.caller(c, balanceEndpoint); refusal != nil {
		return *refusal
	}
	_, user, _ := strings.Cut(c.URL.Path, "/balances/")
	c.Note = user
	s.mu.Lock()
	points, known := s.balances[user]
	s.mu.Unlock()
	if !known && s.Knobs.Is(knobUnknownUser, "404") {
		return *refused(http.StatusNotFound, "user_not_found")
	}
	return sim.OK(balanceBody(s.Knobs.Get(knobBalanceShape), user, points))
}

func balanceBody(shape, user string, points Amount) any {
	number := json.RawMessage(points.String())
	switch shape {
	case "data.balance":
		return map[string]any{"data": map[string]any{"balance": number, "userId": user}}
	case "text":
		return map[string]any{"balance": points.String()}
	case "two":
		return map[string]any{"balance": number, "points": json.RawMessage((points + 100).String())}
	case "none":
		return map[string]any{"userId": user}
	}
	return map[string]any{shape: number, "userId": user}
}
