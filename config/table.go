package config

import (
	"fmt"
	"strings"
)

// Table returns the settings as a Markdown table (variable, default, what it does) with a note below it. It is the same in every call.
func Table() string {
	var b strings.Builder
	b.WriteString("| variable | default | what it does |\n| --- | --- | --- |\n")
	for _, f := range (Config{}).fields() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.name, code(f.tag.Get("default")), cell(describe(f)))
	}
	b.WriteString("\nDurations are numbers with a unit: `500ms`, `10s`, `15m`, `24h`. An empty variable counts as not set.\n")
	fmt.Fprintf(&b, "Instead of the value, `X_FILE` can name a file that holds it (64 KiB at most, a byte order mark and line ends at the end are dropped), with X one of %s.\n", fileNames())
	return b.String()
}

// describe adds the values that are allowed to the description. That no amount is below zero goes without saying.
func describe(f field) string {
	text := f.tag.Get("desc")
	if f.tag.Get("allowed") != "" || f.tag.Get("max") != "" {
		return text + " (" + span(f) + ")"
	}
	return text
}

func fileNames() string {
	var names []string
	for _, f := range (Config{}).fields() {
		if f.hasFile() {
			names = append(names, code(f.name))
		}
	}
	return strings.Join(names, ", ")
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

// cell keeps a text from ending its cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
