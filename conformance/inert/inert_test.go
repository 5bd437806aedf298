package inert_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance/inert"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		`Нет такой карты, {"code":"1"} \n`: `Нет такой карты, {"code":"1"} \n`,
		"\x1b[2J\x1b]0;title\x07":          `\u001b[2J\u001b]0;title\u0007`,
		"\u009b31m":                        `\u009b31m`, // the same in one character
		"a\r\nb\tc":                        `a\u000d\u000ab\u0009c`,
		"ab\u202egnp.exe":                  `ab\u202egnp.exe`,
		"\u2066x\u2069 \u200b\u200d\ufeff": `\u2066x\u2069 \u200b\u200d\ufeff`,
		"\u2028\u00ad\u3164\ufe0f":         `\u2028\u00ad\u3164\ufe0f`,
		"\U000e0041 \U0001f600":            `\udb40\udc41 ` + "\U0001f600",
		"\xff\x9b":                         "\ufffd\ufffd",
		"\u00a0–é":                         "\u00a0–é",
	} {
		assert.Equal(t, want, inert.Line(text))
	}
	assert.Equal(t, "a\n\tb\\u001b", inert.Text("a\n\tb\x1b"))
	long := inert.Line(strings.Repeat("я", 1<<20))
	assert.True(t, strings.HasSuffix(long, "я…"))
	assert.Less(t, len(long), 1<<12)
	assert.Len(t, inert.Text(strings.Repeat("я", 1<<19)), 1<<20)
}

func TestMarkdown(t *testing.T) {
	assert.Empty(t, inert.Markdown(""))
	assert.Equal(t, "`'¦![x](http://evil.example/a.png)<img src=x>@all https://evil.example \\¦ \\u000a# x`",
		inert.Markdown("`|![x](http://evil.example/a.png)<img src=x>@all https://evil.example \\| \n# x"))
}

func TestAll(t *testing.T) {
	type part struct {
		Line string
		Body string `inert:"lines"`
		Map  map[string]string
		Next *part
		None *part
		List []string
		N    int
	}
	p := part{
		Line: "a\nb", Body: "a\nb\x00", Map: map[string]string{"k": "\x1b"}, List: []string{"\a"}, N: 7,
		Next: &part{Line: "\u202e", Body: "\u202e\n"},
	}
	inert.All(&p)
	assert.Equal(t, part{
		Line: `a\u000ab`, Body: "a\nb" + `\u0000`, Map: map[string]string{"k": `\u001b`}, List: []string{`\u0007`}, N: 7,
		Next: &part{Line: `\u202e`, Body: `\u202e` + "\n"},
	}, p)
}

// FuzzInert: whatever a host writes, nothing but visible characters is left, and
// the span of code is one.
func FuzzInert(f *testing.F) {
	for _, seed := range []string{"", "\x1b[31m", "\u202e", "`|\\|", "![x](http://a)", "\xc3\x28", "a\r\n`# b", "\U000e0001", "a\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := inert.Line(text)
		if !utf8.ValidString(line) || len(line) > 16<<10 {
			t.Fatalf("%q", line)
		}
		for _, r := range line {
			if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
				t.Fatalf("%q keeps %U", line, r)
			}
		}
		if again := inert.Line(line); again != line && len(line) <= 2<<10 {
			t.Fatalf("%q becomes %q", line, again)
		}
		span := inert.Markdown(text)
		if span == "" {
			return
		}
		if inside := span[1 : len(span)-1]; span[0] != '`' || span[len(span)-1] != '`' || strings.ContainsAny(inside, "`|\r\n") {
			t.Fatalf("%q", span)
		}
	})
}
