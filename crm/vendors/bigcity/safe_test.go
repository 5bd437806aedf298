package bigcity_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html"

	"koshelek-adapter/crm/vendors/bigcity"
)

func TestSafeText(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "",
		"plain text":                            "plain text",
		"5 < 10 & 7 > 3":                        "5 < 10 & 7 > 3",
		"<p>One</p><p>Two<br/>Three</p>":        "One\nTwo\nThree",
		"<ul><li>A</li><li>B</li></ul>":         "A\nB",
		"a<script>alert(1)</script>b":           "ab",
		"<img src=x onerror=alert(1)>x":         "x",
		"&lt;script&gt;alert(1)&lt;/script&gt;": "",
		"&amp;lt;b&amp;gt;bold":                 "bold",
		"Tom &amp; Jerry&nbsp;&#8377;500":       "Tom & Jerry ₹500",
		"a\x00\x1bb":                            "ab",
		"  a \t b \r\n\r\n\r\n c ":              "a b\nc",
		"<a href=\"javascript:x\">link</a>":     "link",
	} {
		assert.Equal(t, want, bigcity.SafeText(in), "%q", in)
	}
	assert.NotContains(t, bigcity.SafeText(strings.Repeat("&amp;", 100)+"lt;b>"), "<b>")
}

func TestSafeURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://bigcity.in/redeem": "https://bigcity.in/redeem", "bigcity.in/redeem": "https://bigcity.in/redeem",
		"//bigcity.in/x": "https://bigcity.in/x", "http://bigcity.in": "http://bigcity.in", "bigcity.in:8443/x?y=1": "https://bigcity.in:8443/x?y=1",
		" https://bigcity.in ": "https://bigcity.in", "HTTPS://bigcity.in/A": "https://bigcity.in/A",
		"": "", "javascript:alert(1)": "", "JavaScript:alert(1)//bigcity.in": "", "data:text/html,x": "", "mailto:a@b.c": "", "ftp://bigcity.in": "",
		"https://user:pw@bigcity.in/": "", "https://": "", "redeem": "", "https://bigcity": "", "https://.in/": "", "https://a b.in/": "",
		"https://bigcity.in/" + strings.Repeat("x", 3000): "",
	} {
		assert.Equal(t, want, bigcity.SafeURL(in), "%.60q", in)
	}
}

// FuzzSafeText: what comes out holds no tag, however a browser reads it.
func FuzzSafeText(f *testing.F) {
	for _, seed := range []string{"<b>x", "&lt;b&gt;", "&amp;lt;b&amp;gt;", "<<b>b>", "<scr<script>ipt>", "a<!--b", "</p", "&#60;b&#62;", "<\x00b>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := bigcity.SafeText(in)
		if !utf8.ValidString(out) {
			t.Fatalf("%q became %q", in, out)
		}
		for tokens := html.NewTokenizer(strings.NewReader(out)); ; {
			switch tokens.Next() {
			case html.ErrorToken:
				return
			case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
				t.Fatalf("%q became %q", in, out)
			}
		}
	})
}
