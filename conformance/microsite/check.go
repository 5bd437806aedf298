package microsite

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"koshelek-adapter/conformance"
)

// check is one rule's check at work. Its steps end by panicking with a stop,
// which carryOut turns into an outcome.
type check struct {
	*run
	steps []conformance.Step
	// undo are orders to be reversed in the end.
	undo []func()
}

// stop ends a check.
type stop struct {
	outcome conformance.Outcome
	message string
}

func (c *check) carryOut(rule Rule) (outcome conformance.Outcome, message string) {
	outcome = conformance.Pass
	defer func() {
		for _, undo := range c.undo {
			undo()
		}
		switch end := recover().(type) {
		case nil:
		case stop:
			outcome, message = end.outcome, end.message
		default:
			panic(end)
		}
	}()
	rule.check(c)
	return outcome, message
}

// broken ends the check: the rule does not hold.
func (c *check) broken(format string, args ...any) {
	panic(stop{conformance.Fail, fmt.Sprintf(format, args...)})
}

// unready ends the check: something that it builds on failed.
func (c *check) unready(format string, args ...any) {
	panic(stop{conformance.Error, fmt.Sprintf(format, args...)})
}

// skip ends the check: the options lack something.
func (c *check) skip(what string) { panic(stop{conformance.Skip, what}) }

// send makes a call and keeps it.
func (c *check) send(title string, out request) reply {
	answer := c.exchange(out)
	answer.title = title
	c.keep(answer)
	if answer.trouble != nil {
		c.broken("%s: no answer came: %v", title, answer.trouble)
	}
	return answer
}

func (c *check) keep(answer reply) {
	c.last = answer
	c.steps = append(c.steps, c.step(answer))
	c.judgeAnswer(answer)
}

// step makes a call fit to be shown: without credentials, tokens, passwords and
// customers.
func (c *check) step(r reply) conformance.Step {
	hide := strings.NewReplacer(
		c.options.Customers[0], "CUSTOMER-1", c.options.Customers[1], "CUSTOMER-2", c.target.Password, "***",
	)
	sent := conformance.StepRequest{Method: r.request.verb, Path: hide.Replace(r.request.path), Body: redacted(hide.Replace(r.request.raw()))}
	step := conformance.Step{Title: r.title, Request: sent, Took: conformance.Duration(r.took)}
	step.Curl = fmt.Sprintf(`curl -sS -i -u "$MICROSITE_USER:$MICROSITE_PASSWORD" -X %s '%s%s'`, sent.Method, strings.TrimRight(c.target.URL, "/"), sent.Path)
	if sent.Body != "" {
		step.Curl += " -H 'Content-Type: application/json' -d '" + strings.ReplaceAll(sent.Body, "'", `'\''`) + "'"
	}
	if r.trouble != nil {
		step.Trouble = r.trouble.Error()
		return step
	}
	step.Answer = &conformance.StepAnswer{Status: r.status, Body: redacted(hide.Replace(r.shown())), Bytes: len(r.body)}
	return step
}

// redacted takes tokens and passwords out of a JSON object.
func redacted(text string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return text
	}
	changed := false
	for _, secret := range []string{"token", "otp"} {
		if _, has := fields[secret]; has {
			fields[secret], changed = json.RawMessage(`"***"`), true
		}
	}
	if !changed {
		return text
	}
	clean, _ := json.Marshal(fields) // it was JSON before
	return string(clean)
}

// refused expects a failure with a status and, unless it is empty, a message.
func (c *check) refused(r reply, status int, message string) {
	switch {
	case r.status != status:
		c.broken("%s: the status is %d; expected %d", r.title, r.status, status)
	case r.fields["status"] != false:
		c.broken("%s: the body does not say \"status\":false", r.title)
	case message != "" && r.fields["message"] != message:
		c.broken("%s: the message is %q; expected %q", r.title, r.fields["message"], message)
	}
}

// anyRefusal expects a failure with one of some statuses.
func (c *check) anyRefusal(r reply, statuses ...int) {
	for _, status := range statuses {
		if r.status == status {
			c.refused(r, status, "")
			return
		}
	}
	c.broken("%s: the status is %d; expected one of %v", r.title, r.status, statuses)
}

// taken expects success.
func (c *check) taken(r reply) {
	if r.status != http.StatusOK || r.fields["status"] != true {
		c.broken("%s: the status is %d and the body says %q; expected 200 and \"status\":true", r.title, r.status, r.fields["message"])
	}
}

// ready is taken for a step that the check builds on.
func (c *check) ready(r reply) {
	if r.status != http.StatusOK || r.fields["status"] != true {
		c.unready("%s: the status is %d and the body says %q", r.title, r.status, r.fields["message"])
	}
}

func (c *check) text(r reply, field string) string {
	text, ok := r.fields[field].(string)
	if !ok || text == "" {
		c.broken("%s: %s is no text", r.title, field)
	}
	return text
}

func (c *check) number(r reply, field string) int64 {
	number, ok := r.fields[field].(json.Number)
	if !ok {
		c.broken("%s: %s is no JSON number", r.title, field)
	}
	whole, err := number.Int64()
	if err != nil {
		c.broken("%s: %s is no whole number", r.title, field)
	}
	return whole
}
