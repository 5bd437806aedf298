package microsite

import (
	"encoding/json"
	"net/http"

	"koshelek-adapter/conformance"
)

// answerRule is held by every answer; wrong says what is wrong with one, "" for
// nothing.
type answerRule struct {
	id, text string
	wrong    func(reply) string
}

var everyAnswer = []answerRule{
	{"answer.object", "Every answer is one JSON object.", notAnObject},
	{"answer.status", "Every answer has status as a boolean: true with 200, false otherwise, or with a message.", wrongStatus},
	{"answer.message", "Every failure has a message.", noMessage},
	{"answer.numbers", "points_earned and balance_points are JSON numbers, whole and not negative.", wrongNumbers},
}

// wrongAnswer is an answer that broke a rule.
type wrongAnswer struct {
	message string
	step    conformance.Step
}

// answerRules come last: they say what was seen of every answer of the run.
func answerRules() []Rule {
	var rules []Rule
	for _, rule := range everyAnswer {
		rules = append(rules, Rule{rule.id, rule.text, false, func(c *check) {
			if wrong, broke := c.wrong[rule.id]; broke {
				c.steps = append(c.steps, wrong.step)
				c.broken("%s", wrong.message)
			}
		}})
	}
	return rules
}

// judgeAnswer holds an answer to the rules on every answer. Of each rule the first
// that breaks it is kept.
func (c *check) judgeAnswer(r reply) {
	if r.trouble != nil {
		return
	}
	for _, rule := range everyAnswer {
		if _, broke := c.wrong[rule.id]; broke {
			continue
		}
		if wrong := rule.wrong(r); wrong != "" {
			c.wrong[rule.id] = wrongAnswer{r.title + ": " + wrong, c.step(r)}
		}
	}
}

func notAnObject(r reply) string {
	var object map[string]json.RawMessage
	if json.Unmarshal(r.body, &object) != nil {
		return "the body is not one JSON object"
	}
	return ""
}

func wrongStatus(r reply) string {
	status, boolean := r.fields["status"].(bool)
	switch {
	case r.fields != nil && !boolean:
		return "status is no boolean"
	case status && r.status != http.StatusOK:
		return "status is true although the call failed"
	}
	return ""
}

func noMessage(r reply) string {
	if text, _ := r.fields["message"].(string); r.fields["status"] == false && text == "" {
		return "there is no message"
	}
	return ""
}

func wrongNumbers(r reply) string {
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
}
