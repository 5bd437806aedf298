package wallet

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var t strings.Builder
	c := r.Counts
	fmt.Fprintf(&t, "Unkind wallet, seed %d, plan %s\n", r.Seed, r.Plan)
	fmt.Fprintf(&t, "%d users, %d calls: %d repeated (%s), %d answers dropped (%s), %d slow, %d broken off, %d steps overtaken\n",
		r.Setting.Users, c.Sent, c.Repeats, share(c.Repeats, c.Sent), c.DroppedAnswers, share(c.DroppedAnswers, c.Sent), c.Slow, c.Torn, c.Overtaken)
	fmt.Fprintf(&t, "%d answers read: %d accepted, %d refused, %d outside the contract; %d refused for a moment and asked again\n",
		c.Answers, c.Accepted, c.Refused, c.Breaking, c.Refusals)
	if r.Awards != nil {
		fmt.Fprintf(&t, "Claims accepted: %d receipts at %s points, %d codes\n", c.Receipts, r.Awards.Receipt, c.Codes)
	}
	fmt.Fprintf(&t, "Took %.1f s; answers p50 %.1f ms, p99 %.1f ms, max %.1f ms\n\n", r.Times.Run/1000, r.Times.P50, r.Times.P99, r.Times.Most)
	for _, rule := range r.Rules {
		mark := "ok    "
		switch {
		case rule.Excused != "":
			mark = fmt.Sprintf("broken %d times, a known deviation (%s)", rule.Broken, rule.Excused)
		case rule.Broken > 0:
			mark = fmt.Sprintf("BROKEN %d times", rule.Broken)
		}
		fmt.Fprintf(&t, "  %-22s %s  %s\n", rule.ID, mark, rule.Text)
	}
	r.writeFaults(&t)
	for _, note := range r.Notes {
		fmt.Fprintf(&t, "Note: %s.\n", note)
	}
	fmt.Fprintf(&t, "\n%d double effects, %d answers outside the contract, %d lost, %d shown to strangers: ",
		r.DoubleEffects, r.OutsideContract, r.LostEffects, r.Strangers)
	if r.Conformant {
		t.WriteString("the end state is what one polite client would have left.\n")
	} else {
		t.WriteString("NOT CONFORMANT.\n")
	}
	_, err := io.WriteString(w, t.String())
	return err
}

func (r *Report) writeFaults(t *strings.Builder) {
	t.WriteString("\n")
	for _, f := range r.Faults {
		who := "host"
		if f.User >= 0 {
			who = fmt.Sprintf("user %d", f.User)
		}
		fmt.Fprintf(t, "%s: %s, %s: %s", f.Rule, who, f.Call, f.What)
		if f.Request != "" {
			fmt.Fprintf(t, " (%s)", f.Request)
		}
		t.WriteString("\n")
	}
	if len(r.Faults) > 0 {
		t.WriteString("\n")
	}
}

func share(part, whole int) string {
	if whole == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}
