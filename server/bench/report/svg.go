package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// canvas writes an SVG picture. Colours are told by name of a class and differ
// for light and dark pages; nothing is said by colour alone.
type canvas struct {
	body          bytes.Buffer
	width, height float64
}

const style = `
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.small { font-size: 11px; fill: #59636e; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.axis { stroke: #59636e; stroke-width: 1; }
.mark { stroke: #1f2328; stroke-width: 2.5; }
.good { fill: #2a78b5; } .bad { fill: #d1622b; } .plain { fill: #8c959f; }
.line0 { stroke: #2a78b5; } .line1 { stroke: #d1622b; } .line { fill: none; stroke-width: 2; }
.back { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; } .axis { stroke: #9198a1; }
.mark { stroke: #e6edf3; } .back { fill: #0d1117; }
.good { fill: #4c9fd9; } .bad { fill: #e8835a; } .line0 { stroke: #4c9fd9; } .line1 { stroke: #e8835a; }
}`

func (c *canvas) text(x, y float64, class, anchor, words string) {
	fmt.Fprintf(&c.body, `<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>`+"\n", x, y, class, anchor, escaped(words))
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&c.body, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`+"\n", x1, y1, x2, y2, class)
}

// bar draws a rectangle that tells its value when pointed at.
func (c *canvas) bar(x, y, width, height float64, class, words string) {
	fmt.Fprintf(&c.body, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"><title>%s</title></rect>`+"\n",
		x, y, max(width, 0), height, class, escaped(words))
}

func (c *canvas) path(points []string, class string) {
	fmt.Fprintf(&c.body, `<polyline points="%s" class="%s"/>`+"\n", strings.Join(points, " "), class)
}

// picture is the whole file.
func (c *canvas) picture(title string) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">`+"\n",
		c.width, c.height, c.width, c.height)
	fmt.Fprintf(&out, "<title>%s</title>\n<style>%s</style>\n", escaped(title), style)
	fmt.Fprintf(&out, `<rect width="%.0f" height="%.0f" class="back"/>`+"\n", c.width, c.height)
	out.Write(c.body.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

func escaped(words string) string {
	var out bytes.Buffer
	// A buffer takes everything.
	_ = xml.EscapeText(&out, []byte(words))
	return out.String()
}
