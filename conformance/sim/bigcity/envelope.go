package bigcity

import (
	"cmp"
	"net/http"
	"strings"

	"koshelek-adapter/conformance/sim"
)

var names = map[int]string{
	400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 409: "Conflict", 422: "Data Validation Failed",
	429: "Too Many Requests", 500: "Internal Server Error",
}

// fail words an error of the Rewards API in one of the manual's two envelopes.
// [C, contradictory]
func (s *Simulator) fail(status int, message string, code int) sim.Answer {
	shape := s.Knobs.Get(knobEnvelope)
	if shape == "mixed" {
		s.mu.Lock()
		s.envelopes++
		shape = []string{"yii", "map"}[s.envelopes%2]
		s.mu.Unlock()
	}
	if shape == "map" {
		return sim.Answer{Status: status, Body: map[string]any{"error": names[status], "message": message, "details": map[string]any{}}}
	}
	return sim.Answer{Status: status, Body: map[string]any{"name": names[status], "message": message, "code": code,
		"status": status, "type": `yii\web\HttpException`}}
}

// siteFail words an error of the microsite. [C]
func siteFail(status int, message string) sim.Answer {
	return sim.Answer{Status: status, Body: map[string]any{"status": false, "message": message}}
}

func isSite(c *sim.Call) bool { return strings.HasPrefix(c.URL.Path, "/api/") }

// refuse words the errors that faults make.
func (s *Simulator) refuse(c *sim.Call, status int, message string) sim.Answer {
	if status == http.StatusUnauthorized {
		message = map[string]string{redeemEndpoint: "Invalid customer token", companyAuth: "Could not authenticate you"}[c.Endpoint]
		message = cmp.Or(message, "Invalid company token")
	}
	if isSite(c) {
		return siteFail(status, message)
	}
	return s.fail(status, message, 0)
}

// dressed lets those faults strike that change an answer as a whole.
func (s *Simulator) dressed(work func(*sim.Call) sim.Answer) func(*sim.Call) sim.Answer {
	return func(c *sim.Call) sim.Answer {
		if c.Struck.Has(faultTokenOver) {
			s.companies.Revoke(c.Bearer())
			s.customers.Revoke(c.Bearer())
		}
		if c.Struck.Has(faultErrorIn200) {
			answer := s.refuse(c, http.StatusInternalServerError, "Something went wrong")
			answer.Status = http.StatusOK
			return answer
		}
		answer := work(c)
		if c.Struck.Has(faultWrapper) && answer.Status == http.StatusOK {
			answer.Body = map[string]any{"success": true, "status": http.StatusOK, "data": answer.Body}
		}
		return answer
	}
}
