package microsite

import (
	"encoding/json"
	"net/http"
)

// answerRules are judged last, on every answer of the run.
func answerRules() []Rule {
	return []Rule{
		{"answer.object", "Every answer is one JSON object.", false, answerObject},
		{"answer.status", "Every answer has status as a boolean: true with 200, false otherwise, or with a message.", false, answerStatus},
		{"answer.message", "Every failure has a message.", false, answerMessage},
		{"answer.numbers", "points_earned and balance_points are JSON numbers, whole and not negative.", false, answerNumbers},
	}
}

// every looks at each answer that was seen.
func (c *check) every(look func(reply) string) {
	for _, answer := range c.seen {
		if answer.trouble != nil {
			continue
		}
		if wrong := look(answer); wrong != "" {
			c.steps = append(c.steps, c.step(answer))
			c.broken("%s: %s", answer.title, wrong)
		}
	}
}

func answerObject(c *check) {
	c.every(func(r reply) string {
		var object map[string]json.RawMessage
		if json.Unmarshal(r.body, &object) != nil {
			return "the body is not one JSON object"
		}
		return ""
	})
}

func answerStatus(c *check) {
	c.every(func(r reply) string {
		status, boolean := r.fields["status"].(bool)
		switch {
		case r.fields != nil && !boolean:
			return "status is no boolean"
		case status && r.status != http.StatusOK:
			return "status is true although the call failed"
		}
		return ""
	})
}

func answerMessage(c *check) {
	c.every(func(r reply) string {
		if text, _ := r.fields["message"].(string); r.fields["status"] == false && text == "" {
			return "there is no message"
		}
		return ""
	})
}

func answerNumbers(c *check) {
	c.every(func(r reply) string {
		for _, field := range []string{"points_earned", "balance_points"} {
			value, has := r.fields[field]
			if !has {
				continue
			}
			number, ok := value.(json.Number)
			if !ok {
				return field + " is no JSON number"
			}
			if whole, err := number.Int64(); err != nil || whole < 0 {
				return field + " is not a whole number from zero"
			}
		}
		return ""
	})
}
