package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"koshelek-adapter/conformance"
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
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitTrouble `xml:"failure,omitempty"`
	Error   *junitTrouble `xml:"error,omitempty"`
	Skipped *junitTrouble `xml:"skipped,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes the report in the XML that build servers read. A warning is a
// case that passed and says so in its output.
func JUnit(w io.Writer, r conformance.Report) error {
	all := junitSuites{Name: "Koshelek Loyalty Online API " + r.Version, Time: seconds(r.Took)}
	for _, s := range r.Scenarios {
		suite := junitSuite{Name: s.Title, Timestamp: r.Started.Format("2006-01-02T15:04:05")}
		var took conformance.Duration
		for _, c := range s.Checks {
			suite.add(s, c)
			took += c.Took
		}
		suite.Time = seconds(took)
		all.Suites = append(all.Suites, suite)
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

func seconds(d conformance.Duration) string {
	return fmt.Sprintf("%.3f", time.Duration(d).Seconds())
}

func (s *junitSuite) add(scenario conformance.ScenarioResult, c conformance.Check) {
	item := junitCase{Name: c.Rule + ": " + c.Text, Class: "koshelek." + scenario.ID, Time: seconds(c.Took)}
	trouble := &junitTrouble{Message: printable(c.Message)}
	s.Tests++
	switch c.Outcome {
	case conformance.Fail:
		s.Failures++
		trouble.Type, trouble.Text = c.Severity, printable(steps(c))
		item.Failure = trouble
	case conformance.Error:
		s.Errors++
		trouble.Text = printable(steps(c))
		item.Error = trouble
	case conformance.Skip, conformance.Disabled:
		s.Skipped++
		item.Skipped = trouble
	case conformance.Warn:
		item.Out = printable("warning: " + c.Message + "\n" + steps(c))
	case conformance.Pass:
	}
	s.Cases = append(s.Cases, item)
}

// steps writes the steps that went wrong, for a log.
func steps(c conformance.Check) string {
	var out strings.Builder
	for _, s := range c.Steps {
		if s.Wrong == "" && s.Trouble == "" {
			continue
		}
		fmt.Fprintf(&out, "%s\n  %s\n", s.Title, s.Curl)
		if s.Answer != nil {
			fmt.Fprintf(&out, "  answer: %d %s\n", s.Answer.Status, s.Answer.Body)
		}
		fmt.Fprintf(&out, "  wrong: %s%s\n  expected: %s\n", s.Wrong, s.Trouble, s.Expected)
	}
	if c.Excuse != "" {
		fmt.Fprintf(&out, "if that is agreed with Koshelek, the profile may say: %s\n", c.Excuse)
	}
	fmt.Fprintf(&out, "rule: %s (%s, %s)\n", c.Text, c.Mark, c.Source)
	return out.String()
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
