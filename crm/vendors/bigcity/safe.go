package bigcity

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

const (
	maxHTML = 64 << 10
	maxURL  = 2048
)

var (
	// noTags is safe for concurrent use once it is made.
	noTags    = sync.OnceValue(bluemonday.StrictPolicy)
	lineEnds  = regexp.MustCompile(`(?i)<(?:br|/p|/li|/div|/tr|/h[1-6])\b[^<>]*>`)
	spaces    = regexp.MustCompile(`[ \t\f\v\x{a0}]+`)
	manyLines = regexp.MustCompile(`\n\s*\n\s*`)
)

// SafeText makes plain text of a vendor's HTML: no tag, no script, no entity is
// left, and paragraphs become lines. However often its result is taken for HTML and
// unescaped, no tag appears.
func SafeText(raw string) string {
	if len(raw) > maxHTML {
		raw = raw[:maxHTML]
	}
	text := lineEnds.ReplaceAllString(noControls(raw), "\n")
	for range 5 { // entities may be escaped again and again
		plain := noControls(html.UnescapeString(noTags().Sanitize(text)))
		if plain == text {
			return tidy(text)
		}
		text = plain
	}
	return tidy(strings.NewReplacer("<", "", ">", "", "&", "").Replace(text))
}

// noControls comes before every look for tags: taken out later, a control
// character could leave one behind.
func noControls(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), ""))
}

func tidy(text string) string {
	lines := strings.Split(spaces.ReplaceAllString(text, " "), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimSpace(manyLines.ReplaceAllString(strings.Join(lines, "\n"), "\n"))
}

var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:(?:[^0-9]|$)`)

// SafeURL gives an address that may be shown as a link: https or http with a host.
// One without a scheme becomes https. Everything else is "".
func SafeURL(raw string) string {
	raw = strings.TrimSpace(raw)
	if raw == "" || len(raw) > maxURL {
		return ""
	}
	if strings.HasPrefix(raw, "//") {
		raw = "https:" + raw
	} else if !hasScheme.MatchString(raw) {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	if host := u.Hostname(); !strings.Contains(host, ".") || strings.ContainsAny(host, " <>\"'") || strings.HasPrefix(host, ".") {
		return ""
	}
	return u.String()
}
