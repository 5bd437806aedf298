package report

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// Write writes report.md, results.json, ratios.svg and, after a mixed day,
// day.svg into a folder, which is made.
func (r Report) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	figures, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"report.md": []byte(r.Markdown()), "results.json": append(figures, '\n'), "ratios.svg": r.Bars(),
	}
	if len(r.Days) > 0 {
		files["day.svg"] = r.DayCurve()
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
