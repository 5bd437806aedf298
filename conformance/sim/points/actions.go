package points

import (
	"encoding/json"

	"koshelek-adapter/conformance/sim"
)

func (s *Simulator) actions() map[string]sim.Action {
	return map[string]sim.Action{
		"resend": {Args: "requestId", Doc: "sends the callback of a settled request once more", Do: func(a sim.Args) (any, error) {
			return nil, s.Resend(a["requestId"])
		}},
		"forge": {Args: "requestId, and any field of a callback", Doc: "sends a callback with these fields in place of the true ones", Do: func(a sim.Args) (any, error) {
			fields := map[string]any{}
			for name, value := range a {
				fields[name] = value
			}
			if a["point"] != "" {
				fields["point"] = json.Number(a["point"])
			}
			return nil, s.Forge(a["requestId"], fields)
		}},
		"grant": {Args: "userId, points", Doc: "gives points without a request", Do: func(a sim.Args) (any, error) {
			points, err := ParseAmount(a["points"])
			if err == nil {
				s.Grant(a["userId"], points)
			}
			return map[string]any{"balance": s.Balance(a["userId"])}, err
		}},
		"rule": {Args: "rule: a rule as JSON", Doc: "adds a rule or replaces the one with its id", Do: func(a sim.Args) (any, error) {
			var r Rule
			err := json.Unmarshal([]byte(a["rule"]), &r)
			if err == nil {
				s.SetRule(r)
			}
			return r, err
		}},
		"revoke_tokens": {Doc: "ends every token", Do: func(sim.Args) (any, error) {
			s.RevokeTokens()
			return nil, nil
		}},
	}
}
