package report

import (
	"fmt"
	"io"
	"strings"

	"koshelek-adapter/conformance"
)

// Markdown writes a summary for a pull request or a chat.
func Markdown(w io.Writer, r conformance.Report) error {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s: %s\n\n", verdict(r), cell(r.Target.URL))
	fmt.Fprintf(&out, "%s, version %s, suite %s, %s. %d checks and %d calls in %s; seed %d.\n\n", cell(r.Profile), r.Version, r.Suite,
		r.Started.Format("2006-01-02 15:04 MST"), r.Counts.Total(), r.Requests, r.Took, r.Seed)
	out.WriteString("| pass | fail | error | warn | skip | disabled |\n| --- | --- | --- | --- | --- | --- |\n")
	fmt.Fprintf(&out, "| %d | %d | %d | %d | %d | %d |\n", r.Counts.Pass, r.Counts.Fail, r.Counts.Error, r.Counts.Warn, r.Counts.Skip, r.Counts.Disabled)
	for _, part := range []struct {
		title   string
		outcome conformance.Outcome
	}{{"Broken", conformance.Fail}, {"Could not be carried out", conformance.Error}, {"Warnings", conformance.Warn}, {"Skipped", conformance.Skip}} {
		checks := r.Checks(part.outcome)
		if len(checks) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n## %s\n\n| rule | mark | severity | what |\n| --- | --- | --- | --- |\n", part.title)
		for _, c := range checks {
			fmt.Fprintf(&out, "| `%s`<br>%s | %s | %s | %s |\n", c.Rule, cell(c.Text), c.Mark, c.Severity, cell(c.Message)+excuse(c))
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&out, "\n%s\n", note)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// excuse says which line of a profile would make a choice of what is broken.
func excuse(c conformance.Check) string {
	if c.Excuse == "" {
		return ""
	}
	return "<br>If that is agreed with Koshelek, the profile may say: `" + cell(c.Excuse) + "`"
}

// cell makes a text fit for a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "`", "'").Replace(text)
}

// verdict is the verdict as a heading.
func verdict(r conformance.Report) string {
	text := string(r.Verdict)
	return strings.ToUpper(text[:1]) + text[1:]
}
