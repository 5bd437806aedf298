package har

import (
	"fmt"
	"io"
	"strings"

	"koshelek-adapter/conformance"
)

// WriteText writes the judgement for people.
func (r Result) WriteText(w io.Writer) error {
	var t strings.Builder
	for _, b := range r.Broken {
		sign := "FAIL"
		if b.Outcome == conformance.Warn {
			sign = "warn"
		}
		fmt.Fprintf(&t, "%s %s: entry %d, %s, status %d\n     %s; expected: %s\n", sign, b.Rule, b.Entry, b.Call, b.Status, b.Wrong, b.Expected)
		if b.Known != "" {
			fmt.Fprintf(&t, "     known: %s\n", b.Known)
		}
		if b.Excuse != "" {
			fmt.Fprintf(&t, "     if that is agreed with Koshelek, the profile may say: %s\n", b.Excuse)
		}
	}
	if left := r.Fails + r.Warns - len(r.Broken); left > 0 {
		fmt.Fprintf(&t, "… and %d more\n", left)
	}
	for _, u := range r.Unjudged {
		fmt.Fprintf(&t, "not judged: entry %d: %s\n", u.Entry, u.Why)
	}
	fmt.Fprintf(&t, "%d entries: %d judged, %d of other paths or hosts, %d that could not be judged\n", r.Entries, r.Judged, r.Ignored, len(r.Unjudged))
	verdict := "CONFORMANT in every answer that was judged"
	if !r.Conformant() {
		verdict = "NOT CONFORMANT"
	}
	fmt.Fprintf(&t, "%s: %d failures, %d warnings; %s\n", r.Profile, r.Fails, r.Warns, verdict)
	_, err := io.WriteString(w, t.String())
	return err
}
