package language

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Language is one in which the suite speaks to people.
type Language string

// The languages.
const (
	English Language = "en"
	Russian Language = "ru"
)

// All lists the languages.
func All() []Language { return []Language{English, Russian} }

// Name is what the language calls itself.
func (l Language) Name() string {
	if l == Russian {
		return "Русский"
	}
	return "English"
}

// Parse reads the name of a language, "en" or "ru".
func Parse(name string) (Language, error) {
	if l := Language(name); slices.Contains(All(), l) {
		return l, nil
	}
	return English, fmt.Errorf("language: %q is neither en nor ru", name)
}

// Accepted is the language that a browser asks for in its Accept-Language
// header, and otherwise when it asks for none of ours.
func Accepted(header string, otherwise Language) Language {
	best, weight := otherwise, 0.0
	for _, part := range strings.Split(header, ",") {
		tag, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		l, err := Parse(primary)
		if err != nil {
			continue
		}
		q := 1.0
		if value, given := strings.CutPrefix(strings.TrimSpace(parameter), "q="); given {
			if q, err = strconv.ParseFloat(value, 64); err != nil {
				continue
			}
		}
		if q > weight {
			best, weight = l, q
		}
	}
	return best
}

// Say says an English format of the suite with its values. A format that has no
// translation is said in English.
func (l Language) Say(format string, values ...any) string {
	if own, known := russian().phrases.exact[format]; known && l == Russian {
		format = own
	}
	if len(values) == 0 {
		return format
	}
	return fmt.Sprintf(format, values...)
}

// Known reports whether Say has a translation of a format.
func (l Language) Known(format string) bool {
	_, known := russian().phrases.exact[format]
	return known || l == English
}

// Rule is the text of a rule; english where it has no translation.
func (l Language) Rule(id, english string) string {
	if own, known := russian().rules[id]; known && l == Russian {
		return own
	}
	return english
}

// Scenario is the title of a scenario and what it is about; the English texts
// where they have no translation.
func (l Language) Scenario(id, title, about string) (ownTitle, ownAbout string) {
	if own, known := russian().scenarios[id]; known && l == Russian {
		return own[0], own[1]
	}
	return title, about
}

// Count is a number of things, such as "3 checks". The noun is in the singular.
func (l Language) Count(n int, noun string) string {
	if forms, known := russian().nouns[noun]; known && l == Russian {
		return strconv.Itoa(n) + " " + forms[russianPlural(n)]
	}
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// russianPlural chooses among the forms for 1, 2 and 5 things.
func russianPlural(n int) int {
	switch last, lastTwo := n%10, n%100; {
	case last == 1 && lastTwo != 11:
		return 0
	case last >= 2 && last <= 4 && (lastTwo < 12 || lastTwo > 14):
		return 1
	}
	return 2
}

// Sentence is a sentence that a run has written into its report: a statement, a
// reason, a cause. What has no translation stays as it is.
func (l Language) Sentence(text string) string {
	if l != Russian || text == "" {
		return text
	}
	if found := judged.FindStringSubmatch(text); found != nil {
		subject, wrong := subjectOf(found[1])
		if subject != "" {
			own, _ := russian().phrases.say(subject, l.Sentence)
			subject = own + ": "
		}
		return subject + l.Answer(wrong) + "; ожидалось: " + l.Answer(found[2])
	}
	if own, known := russian().phrases.say(text, l.Sentence); known {
		return own
	}
	// What goes wrong in one method alone begins with its name.
	if method, what, found := strings.Cut(text, ": "); found && what != "" && !strings.Contains(method, " ") {
		if own, known := russian().phrases.say(strings.ToUpper(what[:1])+what[1:], l.Sentence); known {
			first, size := utf8.DecodeRuneInString(own)
			return method + ": " + string(unicode.ToLower(first)) + own[size:]
		}
	}
	return l.Answer(text)
}

// Answer is what was wrong with an answer, or what was expected of it, as a step
// of a report has it.
func (l Language) Answer(text string) string {
	if l != Russian || text == "" {
		return text
	}
	own, _ := russian().answers.say(text, l.Answer)
	return own
}

// judged is a sentence on a call: what it was, what was wrong and what was
// expected.
var judged = regexp.MustCompile(`^(?s:(.+); expected (.+))$`)

// subjectOf parts what a call was from what was wrong with its answer. Either may
// hold a colon, so the longest beginning counts of which the rest is known.
func subjectOf(text string) (subject, wrong string) {
	for at := len(text); at > 0; at = strings.LastIndex(text[:at], ": ") {
		if rest, cut := strings.CutPrefix(text[at:], ": "); cut {
			if _, known := russian().answers.say(rest, func(value string) string { return value }); known {
				return text[:at], rest
			}
		}
	}
	return "", text
}

// table is translations by formats.
type table struct {
	exact    map[string]string
	patterns []pattern
}

// pattern is a format of the suite, to find its values in a sentence.
type pattern struct {
	english *regexp.Regexp
	own     string
}

var (
	verb   = regexp.MustCompile(`%(\[\d+\])?[dsvq]`)
	quoted = regexp.MustCompile(`%[dsvq]`)
)

// newTable has the formats with values the longest first: it says most.
func newTable(texts map[string]string) table {
	var formats []string
	for format := range texts {
		if verb.MatchString(format) {
			formats = append(formats, format)
		}
	}
	slices.SortFunc(formats, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	t := table{exact: texts, patterns: make([]pattern, len(formats))}
	for i, format := range formats {
		expression := quoted.ReplaceAllStringFunc(regexp.QuoteMeta(format), func(v string) string {
			if v == "%d" {
				return `(-?\d+)`
			}
			return `(.+?)`
		})
		t.patterns[i] = pattern{
			regexp.MustCompile(`^(?s:` + expression + `)$`),
			verb.ReplaceAllString(texts[format], "%${1}s"), // values come as texts
		}
	}
	return t
}

// say translates a sentence and the values in it; false when it is not known.
func (t table) say(text string, value func(string) string) (string, bool) {
	if own, known := t.exact[text]; known {
		return own, true
	}
	for _, p := range t.patterns {
		found := p.english.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		var values []any
		for _, one := range found[1:] {
			values = append(values, value(one))
		}
		return fmt.Sprintf(p.own, values...), true
	}
	return text, false
}

// months are in the form that stands behind a day.
var months = [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}

// Day writes a day.
func (l Language) Day(t time.Time) string {
	if l == Russian {
		return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1], t.Year())
	}
	return t.Format("2 January 2006")
}

// Moment writes a day and a time of day.
func (l Language) Moment(t time.Time) string { return l.Day(t) + t.Format(", 15:04 MST") }
