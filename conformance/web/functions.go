package web

import (
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/language"
)

// functions are what the templates may use beside those of reports.
func functions(l language.Language) template.FuncMap {
	return template.FuncMap{
		"pretty": pretty, "headers": headerLines, "host": host, "languages": language.All,
		"when":        func(t time.Time) string { return l.Moment(t.Local()) },
		"scenario":    func(s contract.Scenario) string { title, _ := l.Scenario(s.ID, s.Title, s.About); return title },
		"scenarioFor": func(s contract.Scenario) string { _, about := l.Scenario(s.ID, s.Title, s.About); return about },
	}
}

// pretty indents a body that is JSON and leaves all others as they are.
func pretty(body string) string {
	var tree json.RawMessage
	if !strings.HasPrefix(strings.TrimSpace(body), "{") && !strings.HasPrefix(strings.TrimSpace(body), "[") || json.Unmarshal([]byte(body), &tree) != nil {
		return body
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if encoder.Encode(tree) != nil {
		return body
	}
	return strings.TrimSpace(text.String())
}

func headerLines(headers map[string]string) string {
	var lines []string
	for name, value := range headers {
		lines = append(lines, name+": "+value)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// host shortens an address for a list.
func host(address string) string {
	return strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
}
