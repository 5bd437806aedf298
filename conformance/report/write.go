package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
)

// Names of the files that [Write] makes.
const (
	JSONName     = "report.json"
	JUnitName    = "junit.xml"
	HTMLName     = "report.html"
	MarkdownName = "summary.md"
	BadgeName    = "badge.svg"
)

// Form is a file in which a report can be kept.
type Form struct {
	Name string
	// Kind is its media type.
	Kind  string
	Write func(io.Writer, conformance.Report, language.Language) error
}

// Forms lists the forms. The JSON is English in every language: it is for
// programs.
func Forms() []Form {
	return []Form{
		{JSONName, "application/json", func(w io.Writer, r conformance.Report, _ language.Language) error { return JSON(w, r) }},
		{JUnitName, "application/xml", JUnit}, {HTMLName, "text/html; charset=utf-8", HTML},
		{MarkdownName, "text/markdown; charset=utf-8", Markdown}, {BadgeName, "image/svg+xml", Badge},
	}
}

// Write writes the report in every form into a folder, which is made when it is
// missing. Files of an earlier run are replaced.
func Write(dir string, r conformance.Report, l language.Language) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, form := range Forms() {
		var text bytes.Buffer
		if err := form.Write(&text, r, l); err != nil {
			return fmt.Errorf("report: %s: %w", form.Name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, form.Name), text.Bytes(), 0o644); err != nil {
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
