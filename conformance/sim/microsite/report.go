package microsite

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Step is one call of a story.
type Step struct {
	Call    string `json:"call"`
	Status  int    `json:"status"` // 0: there was no answer
	OK      bool   `json:"ok"`     // the body said "status":true
	Message string `json:"message,omitempty"`
	Earned  *int64 `json:"points_earned,omitempty"`
	Balance *int64 `json:"balance_points,omitempty"`
	Lost    bool   `json:"lost,omitempty"` // the answer was thrown away
	Problem string `json:"problem,omitempty"`
}

// Finding is what a correct partner would have done, and what this one did.
type Finding struct {
	Rule string `json:"rule"`
	OK   bool   `json:"ok"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

// Report is a story as it went. It holds no password, no token and no mobile
// number.
type Report struct {
	Story    string    `json:"story"`
	Customer string    `json:"customer"`
	Steps    []Step    `json:"steps"`
	Findings []Finding `json:"findings"`
	Aborted  string    `json:"aborted,omitempty"` // why the story could not go on
}

// Good tells whether the story went to its end and every finding is good.
func (r Report) Good() bool { return r.Aborted == "" && len(r.Findings) > 0 && len(r.Bad()) == 0 }

// Bad returns the findings that are not good.
func (r Report) Bad() []Finding {
	var bad []Finding
	for _, f := range r.Findings {
		if !f.OK {
			bad = append(bad, f)
		}
	}
	return bad
}

// String prints the story for a person.
func (r Report) String() string {
	var b strings.Builder
	verdict := "as it should be"
	if !r.Good() {
		verdict = "NOT as it should be"
	}
	fmt.Fprintf(&b, "%s: %s\n", r.Story, verdict)
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "  %-22s %s\n", s.Call, s.outcome())
	}
	for _, f := range r.Bad() {
		fmt.Fprintf(&b, "  ! %s: wanted %s, got %s\n", f.Rule, f.Want, f.Got)
	}
	if r.Aborted != "" {
		fmt.Fprintf(&b, "  ! the story stopped: %s\n", r.Aborted)
	}
	return b.String()
}

func (s Step) outcome() string {
	switch {
	case s.Lost:
		return "answer lost on purpose"
	case s.Status == 0:
		return "no answer: " + s.Problem
	}
	text := fmt.Sprint(s.Status)
	if s.Message != "" {
		text += " " + s.Message
	}
	if s.Balance != nil {
		text += fmt.Sprintf(" (balance %d)", *s.Balance)
	}
	if s.Problem != "" {
		text += ", " + s.Problem
	}
	return text
}

func stepOf(call string, a Answer) Step {
	s := Step{Call: call, Status: a.Status, OK: a.OK, Message: clipped(a.Message), Lost: a.Err == ErrLost}
	if a.Err != nil && !s.Lost {
		s.Problem = a.Err.Error()
	}
	number := func(name string) *int64 {
		if n, isNumber := a.Fields[name].(json.Number); isNumber {
			if v, err := n.Int64(); err == nil {
				return &v
			}
		}
		return nil
	}
	s.Earned, s.Balance = number("points_earned"), number("balance_points")
	return s
}

func clipped(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}
