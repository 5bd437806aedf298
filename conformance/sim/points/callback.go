package points

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"koshelek-adapter/conformance/sim"
)

// result is the body of a callback. [C]
func (s *Simulator) result(r *Request) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := map[string]any{
		"action": "point_" + r.Kind, "clientId": r.ClientID, "userId": r.UserID, "requestId": r.RequestID, "ruleId": r.RuleID,
		"timestamp": r.settledAt.Format(time.RFC3339Nano), "status": r.Status,
	}
	if r.Status == Failed {
		body["errorMessage"] = r.Error
	} else {
		body["point"], body["transactionId"] = r.Point, r.TransactionID
	}
	return body
}

func (s *Simulator) request(r *Request) sim.Request {
	return sim.Request{ID: r.RequestID, URL: r.CallbackURL, Body: render(s.result(r))}
}

func render(body map[string]any) []byte {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // plain values
	}
	return raw
}

// corruptions are the ways in which a callback can be spoilt.
var corruptions = map[string]func(body map[string]any){
	"client":  func(b map[string]any) { b["clientId"] = "somebody-else" },
	"user":    func(b map[string]any) { b["userId"] = "somebody-else" },
	"rule":    func(b map[string]any) { b["ruleId"] = "another-rule" },
	"request": func(b map[string]any) { b["requestId"] = "never-sent" },
	"point":   func(b map[string]any) { b["point"] = 1_000_000_000 },
	"status":  func(b map[string]any) { b["status"] = "perhaps" },
	"action": func(b map[string]any) {
		if b["action"] == "point_earn" {
			b["action"] = "point_burn"
		} else {
			b["action"] = "point_earn"
		}
	},
}

// corrupt spoils a callback in one way: of corruptions, or as a text.
func corrupt(p sim.Request, how string) sim.Request {
	switch how {
	case "", "json":
		p.Body = p.Body[:len(p.Body)/2]
		return p
	case "empty":
		p.Body = nil
		return p
	case "huge":
		p.Body = append(bytes.Repeat([]byte(" "), 10<<20), p.Body...)
		return p
	}
	p.Body = changed(p.Body, corruptions[how])
	return p
}

// contradiction says the opposite of what a callback says.
func contradiction(p sim.Request) sim.Request {
	p.Body = changed(p.Body, func(b map[string]any) {
		if b["status"] == Failed {
			delete(b, "errorMessage")
			b["status"], b["point"], b["transactionId"] = Succeeded, 1, "txn-contradiction"
			return
		}
		delete(b, "point")
		delete(b, "transactionId")
		b["status"], b["errorMessage"] = Failed, "Unexpected Error"
	})
	return p
}

func changed(raw []byte, change func(map[string]any)) []byte {
	var body map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil {
		panic(err) // of render
	}
	change(body)
	return render(body)
}

func checkCorruption(how string) error {
	if _, known := corruptions[how]; known || how == "json" || how == "empty" || how == "huge" {
		return nil
	}
	return errors.New("unknown way to spoil a callback")
}

// mutate lets the callback's own faults strike.
func (s *Simulator) mutate(p sim.Request, struck sim.Struck) []sim.Request {
	requests := []sim.Request{p}
	if how, is := struck.Value(faultCorrupt); is {
		requests = []sim.Request{corrupt(p, how)}
	}
	if how, is := struck.Value(faultForged); is {
		requests = append([]sim.Request{corrupt(p, how)}, requests...)
	}
	if struck.Has(faultContradict) {
		requests = append(requests, contradiction(p))
	}
	return requests
}

// Resend sends the callback of a settled request once more, without faults.
func (s *Simulator) Resend(requestID string) error {
	r, err := s.find(requestID)
	if err != nil {
		return err
	}
	if s.result(r)["status"] == Accepted {
		return errors.New("the request has not settled")
	}
	s.sender.SendNow(s.Clock.Context(), s.request(r))
	return nil
}

// Forge sends a callback with the given fields in place of the true ones.
func (s *Simulator) Forge(requestID string, fields map[string]any) error {
	r, err := s.find(requestID)
	if err != nil {
		return err
	}
	p := s.request(r)
	p.Body = changed(p.Body, func(b map[string]any) { maps.Copy(b, fields) })
	s.sender.SendNow(s.Clock.Context(), p)
	return nil
}
