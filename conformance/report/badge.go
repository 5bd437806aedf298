package report

import (
	"html/template"
	"io"
	"unicode"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
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

// Badge writes an SVG badge with the verdict. White on each of its colours has
// the contrast of WCAG's level AA.
func Badge(w io.Writer, r conformance.Report, l language.Language) error {
	left := l.Say("Koshelek API %s", r.Version)
	right, colour := badgeWords(r, l)
	split, rest := badgeWidth(left), badgeWidth(right)
	return badge.Execute(w, map[string]any{
		"Left": left, "Right": right, "Colour": colour, "Split": split, "Rest": rest, "Width": split + rest,
		"LeftAt": split / 2, "RightAt": split + rest/2,
	})
}

// badgeWords are the verdict's own words and colour.
func badgeWords(r conformance.Report, l language.Language) (text, colour string) {
	switch r.Verdict {
	case conformance.Conformant:
		return l.Say("conformant · %d passed", r.Counts.Pass), "#1a7f4b"
	case conformance.ConformantWithWarnings:
		return l.Say("with warnings · %d", r.Counts.Warn), "#8a6100"
	case conformance.NotConformant:
		return l.Say("not conformant · %d broken", r.Counts.Fail+r.Counts.Error), "#b3261e"
	case conformance.NoVerdict:
	}
	return l.Say("no verdict · %d of %d rules", r.Judged, r.Rules), "#566173"
}

// badgeWidth is about as wide as Verdana writes the text, with room around it.
func badgeWidth(text string) int {
	const latin, cyrillic, around = 7.0, 7.6, 14.0
	width := around
	for _, letter := range text {
		if unicode.Is(unicode.Cyrillic, letter) {
			width += cyrillic
		} else {
			width += latin
		}
	}
	return int(width)
}
