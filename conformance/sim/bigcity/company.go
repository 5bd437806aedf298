package bigcity

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"strings"
	"time"

	"koshelek-adapter/conformance/sim"
)

// ist is the zone of times that are printed without one. [C sister, I here]
var ist = time.FixedZone("IST", 5*3600+1800)

const printed = "2006-01-02 15:04:05"

// expiry prints the end of a token.
func (s *Simulator) expiry(t time.Time) string {
	if s.Knobs.Is(knobExpiry, "iso") {
		return t.In(ist).Format(time.RFC3339)
	}
	return t.In(ist).Format(printed)
}

// object reads a JSON body that says that it is one.
func object(c *sim.Call) map[string]any {
	if kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type")); kind != "application/json" {
		return nil
	}
	body, _ := c.JSON()
	return body
}

// companyAuth wants the word Required in Authorization, and the secret. [C]
func (s *Simulator) companyAuth(c *sim.Call) sim.Answer {
	secret, _ := object(c)["secret"].(string)
	id := 0
	for i, known := range s.options.Secrets {
		if subtle.ConstantTimeCompare([]byte(known), []byte(secret)) == 1 {
			id = i + 1
		}
	}
	if id == 0 || c.Header.Get("Authorization") != "Required" {
		return s.fail(http.StatusBadRequest, "Could not authenticate you", 32)
	}
	if s.Knobs.Is(knobKills, "yes") {
		s.companies.RevokeAll(secret)
	}
	token, until := s.companies.Issue(secret, s.Knobs.Duration(knobTokenTTL))
	now := s.Clock.Now().In(ist).Format(printed)
	return sim.OK(map[string]any{
		"vendor_id": id, "vendor_name": "SimulatedVendor", "vendor_company_name": "Simulated Vendor Ltd", "vendor_email": nil,
		"vendor_company_email": nil, "state": "Active", "auth_token": token, "token_expiry": s.expiry(until),
		"created_at": now, "updated_at": now, "last_logged_in": now,
	})
}

// company checks the company's token.
func (s *Simulator) company(c *sim.Call) (string, *sim.Answer) {
	secret, live := s.companies.Subject(c.Bearer())
	if !live {
		refusal := s.fail(http.StatusUnauthorized, "Invalid company token", 0)
		return "", &refusal
	}
	return secret, nil
}

// rewards is a bare array. [C]
func (s *Simulator) rewards(c *sim.Call) sim.Answer {
	if _, refusal := s.company(c); refusal != nil {
		return *refusal
	}
	if c.Struck.Has(faultNoRewards) {
		return sim.OK([]Reward{})
	}
	return sim.OK(rewards)
}

// customerAuth makes a customer known by the mobile number. [C; the errors
// contradict each other]
func (s *Simulator) customerAuth(c *sim.Call) sim.Answer {
	company, refusal := s.company(c)
	if refusal != nil {
		return *refusal
	}
	body := object(c)
	mobile, _ := body["customer_mobile"].(string)
	for _, optional := range []string{"customer_name", "customer_email"} {
		if value, given := body[optional]; given {
			if _, isText := value.(string); !isText {
				mobile = ""
			}
		}
	}
	if !s.possibleMobile(mobile) {
		return s.invalidInput()
	}
	c.Note = mobile
	s.mu.Lock()
	id, known := s.byMobile[mobile]
	if !known && len(s.byMobile) < sim.MaxRecords {
		id = len(s.byMobile) + 1
		s.byMobile[mobile] = id
	}
	s.mu.Unlock()
	if s.Knobs.Is(knobKills, "yes") {
		s.customers.RevokeAll(company + "\x00" + mobile)
	}
	token, until := s.customers.Issue(company+"\x00"+mobile, s.Knobs.Duration(knobTokenTTL))
	return sim.OK(map[string]any{"customer_id": id, "customer_token": token, "token_expiry": s.expiry(until)})
}

func (s *Simulator) possibleMobile(mobile string) bool {
	if strings.Trim(mobile, "0123456789") != "" || len(mobile) > 15 {
		return false
	}
	return len(mobile) == 10 || (len(mobile) > 10 && s.Knobs.Is(knobMobile, "10-15"))
}

func (s *Simulator) invalidInput() sim.Answer {
	switch s.Knobs.Get(knobBadMobile) {
	case "422-0":
		return s.fail(http.StatusUnprocessableEntity, "Enter Valid Input ", 0)
	case "422-43":
		return s.fail(http.StatusUnprocessableEntity, "Enter Valid Input ", 43)
	}
	return sim.Answer{Status: http.StatusBadRequest, Body: map[string]any{"error": "Bad Request", "message": "Enter Valid Input ",
		"details": map[string]any{"customer_mobile": "required"}}}
}
