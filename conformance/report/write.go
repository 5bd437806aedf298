package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"koshelek-adapter/conformance"
)

// Names of the files that [Write] makes.
const (
	JSONName     = "report.json"
	JUnitName    = "junit.xml"
	HTMLName     = "report.html"
	MarkdownName = "summary.md"
	BadgeName    = "badge.svg"
)

// Write writes the report in every form into a folder, which is made when it is
// missing. Files of an earlier run are replaced.
func Write(dir string, r conformance.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, form := range []struct {
		name  string
		write func(io.Writer, conformance.Report) error
	}{{JSONName, JSON}, {JUnitName, JUnit}, {HTMLName, HTML}, {MarkdownName, Markdown}, {BadgeName, Badge}} {
		var text bytes.Buffer
		if err := form.write(&text, r); err != nil {
			return fmt.Errorf("report: %s: %w", form.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, form.name), text.Bytes(), 0o644); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}

// JSON writes the report for programs. The form is that of the types of package
// conformance, and stays as [conformance.ReportSchema] says.
func JSON(w io.Writer, r conformance.Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// Read reads a report that [JSON] wrote.
func Read(text []byte) (conformance.Report, error) {
	var r conformance.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("report: %w", err)
	}
	if r.Schema != conformance.ReportSchema {
		return r, fmt.Errorf("report: the schema is %q and not %q", r.Schema, conformance.ReportSchema)
	}
	return r, nil
}
