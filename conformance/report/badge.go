package report

import (
	"fmt"
	"html/template"
	"io"

	"koshelek-adapter/conformance"
)

var badge = template.Must(template.New("badge").Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="{{.Width}}" height="20" role="img" aria-label="{{.Left}}: {{.Right}}">
  <title>{{.Left}}: {{.Right}}</title>
  <clipPath id="r"><rect width="{{.Width}}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{{.Split}}" height="20" fill="#3d4450"/>
    <rect x="{{.Split}}" width="{{.Rest}}" height="20" fill="{{.Colour}}"/>
  </g>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
    <text x="{{.LeftAt}}" y="14">{{.Left}}</text>
    <text x="{{.RightAt}}" y="14">{{.Right}}</text>
  </g>
</svg>
`))

// Badge writes an SVG badge with the counts.
func Badge(w io.Writer, r conformance.Report) error {
	const perRune, around = 7, 14
	left := "Koshelek API " + r.Version
	right, colour := fmt.Sprintf("%d pass", r.Counts.Pass), "#1a7f4b"
	if r.Counts.Warn > 0 {
		right += fmt.Sprintf(" · %d warn", r.Counts.Warn)
		colour = "#8a6100"
	}
	if broken := r.Counts.Fail + r.Counts.Error; broken > 0 {
		right = fmt.Sprintf("%d fail · %d pass", broken, r.Counts.Pass)
		colour = "#b3261e"
	}
	split, rest := len([]rune(left))*perRune+around, len([]rune(right))*perRune+around
	return badge.Execute(w, map[string]any{
		"Left": left, "Right": right, "Colour": colour, "Split": split, "Rest": rest, "Width": split + rest,
		"LeftAt": split / 2, "RightAt": split + rest/2,
	})
}
