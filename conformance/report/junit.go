package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string           `xml:"name,attr"`
	Tests      int              `xml:"tests,attr"`
	Failures   int              `xml:"failures,attr"`
	Errors     int              `xml:"errors,attr"`
	Skipped    int              `xml:"skipped,attr"`
	Time       string           `xml:"time,attr"`
	Timestamp  string           `xml:"timestamp,attr"`
	Properties *junitProperties `xml:"properties,omitempty"`
	Cases      []junitCase      `xml:"testcase"`
}

type junitProperties struct {
	All []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name       string           `xml:"name,attr"`
	Class      string           `xml:"classname,attr"`
	Time       string           `xml:"time,attr"`
	Properties *junitProperties `xml:"properties,omitempty"`
	Failure    *junitTrouble    `xml:"failure,omitempty"`
	Error      *junitTrouble    `xml:"error,omitempty"`
	Skipped    *junitTrouble    `xml:"skipped,omitempty"`
	Out        string           `xml:"system-out,omitempty"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// junit writes in a language.
type junit struct {
	l language.Language
	r conformance.Report
	// causes are the texts of causes by their IDs.
	causes map[string]string
}

// JUnit writes the report in the XML that build servers read. JUnit knows no
// warnings: one is a case that is skipped, with a message that begins with
// "warning", for build servers show nothing of a case that passed; its property
// "outcome" has the suite's own word. The verdict is a case of its own, the first:
// it passes with warnings too, and is skipped when there is no verdict.
func JUnit(w io.Writer, r conformance.Report, l language.Language) error {
	j := junit{l, r, map[string]string{}}
	for _, cause := range r.Causes {
		j.causes[cause.ID] = l.Sentence(cause.Text)
	}
	all := junitSuites{Name: l.Say("Koshelek Loyalty Online API %s", r.Version), Time: seconds(r.Took)}
	all.Suites = append(all.Suites, j.verdict())
	for _, s := range r.Scenarios {
		title, _ := l.Scenario(s.ID, s.Title, s.About)
		suite := junitSuite{Name: title, Timestamp: timestamp(r)}
		var took conformance.Duration
		for _, c := range s.Checks {
			suite.add(j.check(s.ID, c))
			took += c.Took
		}
		suite.Time = seconds(took)
		all.Suites = append(all.Suites, suite)
	}
	for _, suite := range all.Suites {
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Skipped += suite.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func timestamp(r conformance.Report) string { return r.Started.Format("2006-01-02T15:04:05") }

func seconds(d conformance.Duration) string {
	return fmt.Sprintf("%.3f", time.Duration(d).Seconds())
}

// verdict is a suite of one case.
func (j junit) verdict() junitSuite {
	r := j.r
	statement := printable(j.l.Sentence(r.Statement()))
	suite := junitSuite{Name: j.l.Say("Verdict"), Timestamp: timestamp(r), Time: seconds(0), Properties: &junitProperties{[]junitProperty{
		{"verdict", string(r.Verdict)}, {"profile", printable(r.Profile)}, {"suite", r.Suite}, {"seed", fmt.Sprint(r.Seed)},
	}}}
	item := junitCase{Name: "verdict", Class: "koshelek", Time: seconds(0)}
	switch r.Verdict {
	case conformance.NotConformant:
		item.Failure = &junitTrouble{Message: statement, Type: string(r.Verdict)}
	case conformance.NoVerdict:
		var why []string
		for _, reason := range r.Partial() {
			why = append(why, j.l.Sentence(reason))
		}
		item.Skipped = &junitTrouble{Message: statement + " (" + strings.Join(why, "; ") + ")"}
	case conformance.Conformant, conformance.ConformantWithWarnings:
		item.Out = statement
	}
	suite.add(item)
	return suite
}

// check is a case for a check.
func (j junit) check(scenario string, c conformance.Check) junitCase {
	item := junitCase{Name: c.Rule + ": " + j.l.Rule(c.Rule, c.Text), Class: "koshelek." + scenario, Time: seconds(c.Took)}
	trouble := &junitTrouble{Message: printable(j.l.Sentence(c.Message))}
	switch c.Outcome {
	case conformance.Fail:
		trouble.Type, trouble.Text = c.Severity, printable(j.steps(c))
		item.Failure = trouble
	case conformance.Error:
		trouble.Text = printable(j.steps(c))
		item.Error = trouble
	case conformance.Skip, conformance.Disabled:
		item.Skipped = trouble
	case conformance.Warn:
		item.Properties = &junitProperties{[]junitProperty{{"outcome", string(c.Outcome)}}}
		item.Skipped = &junitTrouble{Message: j.l.Say("warning") + ": " + trouble.Message}
		item.Out = printable(j.steps(c))
	case conformance.Pass:
	}
	return item
}

// add counts a case.
func (s *junitSuite) add(item junitCase) {
	s.Tests++
	switch {
	case item.Failure != nil:
		s.Failures++
	case item.Error != nil:
		s.Errors++
	case item.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, item)
}

// steps writes the steps that went wrong, for a log; of a check that a cause
// explains the cause alone.
func (j junit) steps(c conformance.Check) string {
	var out strings.Builder
	if cause, known := j.causes[c.Cause]; known {
		fmt.Fprintf(&out, "%s: %s\n", j.l.Say("cause"), cause)
	} else {
		for _, s := range c.Steps {
			j.step(&out, s)
		}
	}
	if c.Excuse != "" {
		fmt.Fprintf(&out, "%s %s\n", j.l.Say("If that is agreed with Koshelek, the profile may say:"), c.Excuse)
	}
	fmt.Fprintf(&out, "%s: %s (%s, %s)\n", j.l.Say("rule"), j.l.Rule(c.Rule, c.Text), j.l.Say(marks[c.Mark]), j.l.Sentence(c.Source))
	return out.String()
}

func (j junit) step(out *strings.Builder, s conformance.Step) {
	if s.Wrong == "" && s.Trouble == "" {
		return
	}
	fmt.Fprintf(out, "%s\n  %s\n", s.Title, s.Curl)
	if s.Answer != nil {
		fmt.Fprintf(out, "  %s: %d %s\n", j.l.Say("answer"), s.Answer.Status, s.Answer.Body)
	}
	fmt.Fprintf(out, "  %s: %s%s\n  %s: %s\n", j.l.Say("wrong"), j.l.Answer(s.Wrong), s.Trouble, j.l.Say("expected"), j.l.Answer(s.Expected))
}

// printable drops what XML 1.0 cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '�'
		}
		return r
	}, text)
}
