package language

import (
	"cmp"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
	"koshelek-adapter/conformance/faultyhost"
)

var (
	cyrillic = regexp.MustCompile(`\p{Cyrillic}`)
	// words is a text that is more than values, codes and names of fields.
	words = regexp.MustCompile(`[A-Za-z]{2,} [A-Za-z]`)
	// english is three English words in a row.
	english = regexp.MustCompile(`[a-z]+ [a-z]+ [a-z]+`)
)

// TestEveryRuleAndScenarioSpeaksRussian: a rule that is added or renamed needs
// its line in ru.json, a scenario in ru.json.
func TestEveryRuleAndScenarioSpeaksRussian(t *testing.T) {
	left := maps.Clone(russian().rules)
	for _, rule := range conformance.Rules() {
		assert.Regexp(t, cyrillic, russian().rules[rule.ID], "ru.json has no Russian for %q: %s", rule.ID, rule.Text)
		delete(left, rule.ID)
	}
	assert.Empty(t, slices.Sorted(maps.Keys(left)), "ru.json has texts of rules that are gone")
	gone := maps.Clone(russian().scenarios)
	for _, scenario := range contract.Scenarios() {
		for _, text := range russian().scenarios[scenario.ID] {
			assert.Regexp(t, cyrillic, text, "ru.json has no Russian for %q (%s)", scenario.ID, scenario.Title)
		}
		delete(gone, scenario.ID)
	}
	assert.Empty(t, gone, "ru.json has texts of scenarios that are gone")
}

// spoken are the functions that say a text, with the argument that it is; judging
// those that say what was expected of an answer and what was wrong with it, with
// the first of these two arguments.
var (
	spoken  = map[string]int{"Say": 0, "Sentence": 0, "fault": 0, "oops": 3}
	judging = map[string]int{"expect": 1, "differs": 1, "hold": 3}
)

// source is what the suite's own code says.
type source struct {
	// literals are all string literals; said are those that Say is called with, and
	// judged those on answers.
	literals, said, judged map[string]bool
}

// suite reads the code of the suite and its templates.
func suite(t *testing.T) source {
	t.Helper()
	all := source{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || entry.IsDir() && (path == "../language" || path == "../hosts"):
			return cmp.Or(err, fs.SkipDir)
		case strings.HasSuffix(path, ".tmpl"):
			all.readTemplate(t, path)
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			all.readCode(t, path)
		}
		return nil
	}))
	return all
}

func (s source) readCode(t *testing.T, path string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.BasicLit:
			if text, ok := literal(n); ok {
				s.literals[text] = true
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if i, speaks := spoken[f.Sel.Name]; speaks && len(n.Args) > i {
				if text, ok := literal(n.Args[i]); ok {
					if filepath.Dir(path) == "../document" {
						s.judged[text] = true // what is wrong with a JSON text
					} else {
						s.said[text] = true
					}
				}
			}
			if i, judges := judging[f.Sel.Name]; judges && filepath.Dir(path) == ".." && len(n.Args) > i+1 {
				for _, argument := range n.Args[i : i+2] {
					if text, ok := literal(argument); ok {
						s.judged[text] = true
					}
				}
			}
		}
		return true
	})
}

func literal(node ast.Node) (string, bool) {
	lit, ok := node.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// saidInTemplate finds {{t "…"}}, also as the argument of another call.
var saidInTemplate = regexp.MustCompile(`[{(]\s*t ("(?:[^"\\]|\\.)*")`)

func (s source) readTemplate(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, found := range saidInTemplate.FindAllStringSubmatch(string(text), -1) {
		said, err := strconv.Unquote(found[1])
		require.NoError(t, err, found[1])
		s.said[said], s.literals[said] = true, true
	}
}

// TestEveryTextHasBothLanguages: what the code and the templates say has a
// Russian text with the same values, and no Russian text is left of what nobody
// says any more.
func TestEveryTextHasBothLanguages(t *testing.T) {
	from := suite(t)
	for said := range from.said {
		assert.True(t, Russian.Known(said), "no Russian text for %q", said)
	}
	var everything strings.Builder
	for text := range from.literals {
		everything.WriteString(text + "\n")
	}
	for text := range from.judged {
		if words.MatchString(text) {
			_, known := russian().answers.exact[text]
			assert.True(t, known, "ru.json has no Russian for %q", text)
		}
	}
	tables := maps.Clone(russian().phrases.exact)
	maps.Copy(tables, russian().answers.exact)
	for english, russian := range tables {
		assert.Equal(t, verbs(english), verbs(russian), "the values of %q and %q", english, russian)
		for _, fragment := range joint.Split(english, -1) {
			if fragment = strings.TrimSpace(fragment); len(fragment) > 2 {
				assert.True(t, strings.Contains(everything.String(), fragment), "nobody says %q any more", english)
			}
		}
	}
	for noun, forms := range russian().nouns {
		assert.NotContains(t, forms[:], "", noun)
	}
}

// joint is where the suite puts a sentence together: at values, and before an
// advice.
var joint = regexp.MustCompile(verb.String() + `|: `)

// verbs are the kinds of values of a format, without their order.
func verbs(format string) []string {
	var all []string
	for _, v := range verb.FindAllString(format, -1) {
		all = append(all, v[len(v)-1:])
	}
	slices.Sort(all)
	return all
}

// TestEveryVerdictAndOutcomeSpeaksRussian names what no text says literally.
func TestEveryVerdictAndOutcomeSpeaksRussian(t *testing.T) {
	for _, word := range []string{
		string(conformance.Conformant), string(conformance.ConformantWithWarnings), string(conformance.NotConformant), string(conformance.NoVerdict),
		string(contract.Critical), string(contract.Major), string(contract.Minor),
	} {
		assert.Regexp(t, cyrillic, Russian.Say(word), word)
	}
	for _, rule := range conformance.Rules() {
		assert.True(t, Russian.Known(rule.Source), "ru.json has no Russian for the source %q", rule.Source)
	}
}

// TestWhatARunSaysIsTranslated takes what real runs have written: statements,
// reasons, notes and what is left behind.
func TestWhatARunSaysIsTranslated(t *testing.T) {
	host, err := faultyhost.New(faultyhost.Options{User: "koshelek", Password: "Only-For-Tests-1"})
	require.NoError(t, err)
	server := httptest.NewServer(host)
	t.Cleanup(server.Close)
	target := conformance.Target{URL: server.URL, User: "koshelek", Password: "Only-For-Tests-1"}
	older := contract.DefaultProfile(0)
	for name, o := range map[string]conformance.Options{
		"whole": {Seed: 7, Twins: 3}, "read-only": {Seed: 8, ReadOnly: true}, "part": {Seed: 9, Only: []string{"find", "tls"}},
		"older": {Seed: 10, Profile: older, Only: []string{"issue", "promo", "users"}}, "again": {Seed: 7, Only: []string{"find"}},
	} {
		r, err := conformance.Run(context.Background(), target, o)
		require.NoError(t, err)
		said := append(append([]string{r.Statement()}, r.Partial()...), append(r.Notes, r.TestData.Cleanup...)...)
		for _, c := range r.Checks(conformance.Skip, conformance.Disabled) {
			said = append(said, c.Message)
		}
		for _, sentence := range said {
			russian := Russian.Sentence(sentence)
			assert.Regexp(t, cyrillic, russian, "%s: no Russian text for %q", name, sentence)
			assert.NotRegexp(t, english, russian, "%s: a part of %q has no Russian text", name, sentence)
		}
	}
}

// TestWhatIsWrongIsTranslated takes what runs against wrong hosts have written:
// causes, messages, and what was wrong with single answers.
func TestWhatIsWrongIsTranslated(t *testing.T) {
	for fault, only := range map[string]string{
		"nobody-is-object": "find", "reserved-bare": "reserve", "errors-400": "typed", "numbers-bare": "answer", "second-card": "repeat", "receipt-paid-again": "receipt",
	} {
		host, err := faultyhost.New(faultyhost.Options{User: "koshelek", Password: "Only-For-Tests-1", Fault: fault})
		require.NoError(t, err)
		server := httptest.NewServer(host)
		t.Cleanup(server.Close)
		r, err := conformance.Run(context.Background(), conformance.Target{URL: server.URL, User: "koshelek", Password: "Only-For-Tests-1"},
			conformance.Options{Seed: 7, Twins: 3, Only: []string{only, "find", "balance"}})
		require.NoError(t, err)
		require.NotEmpty(t, r.Checks(conformance.Fail), fault)
		for _, cause := range r.Causes {
			assert.NotRegexp(t, english, Russian.Sentence(cause.Text), "%s: a part of %q has no Russian text", fault, cause.Text)
		}
		for _, c := range r.Checks(conformance.Fail, conformance.Error) {
			if c.Looked == 0 { // rules on every answer count them
				assert.Contains(t, Russian.Sentence(c.Message), "; ожидалось: ", c.Message)
			}
			for _, step := range c.Steps {
				for _, text := range []string{step.Wrong, step.Expected} {
					if words.MatchString(text) {
						assert.Regexp(t, cyrillic, Russian.Answer(text), "%s: no Russian text for %q", fault, text)
					}
				}
			}
		}
	}
}

// TestACauseOfOneMethod begins with the method's name in either language.
func TestACauseOfOneMethod(t *testing.T) {
	for english, russian := range map[string]string{
		"getCard: calls are answered with status 500":                           "getCard: на вызовы сервер отвечает статусом 500",
		"findCard: the status is 400; expected status 422":                      "findCard: статус 400; ожидалось: статус 422",
		"send it again: the body is not JSON: a: b; expected one JSON document": "send it again: тело — не JSON: a: b; ожидалось: один документ JSON",
		"prepare: issue a card: the status is 422, code 7; expected status 200": "подготовка: выпуск карты: статус 422, код 7; ожидалось: статус 200",
		"getCard: another card, 12345 is answered; expected the card 012345":    "getCard: в ответе — другая карта, 12345; ожидалось: карта 012345",
		"the host says something; expected nothing of the kind":                 "the host says something; ожидалось: nothing of the kind",
		"a word of the host: which the suite does not know":                     "a word of the host: which the suite does not know",
	} {
		assert.Equal(t, russian, Russian.Sentence(english))
		assert.Equal(t, english, English.Sentence(english))
	}
}

// TestNoTextStandsTwice: of two Russian texts for the same words one would be lost.
func TestNoTextStandsTwice(t *testing.T) {
	doc, err := document.Parse(russianTexts)
	require.NoError(t, err)
	for _, part := range []string{"phrases", "answers"} {
		seen := map[string]bool{}
		for _, group := range doc.Get(part).Members {
			for _, text := range group.Value.Members {
				assert.False(t, seen[text.Key], "%q stands twice", text.Key)
				seen[text.Key] = true
			}
		}
	}
	for _, part := range []string{"rules", "scenarios", "nouns"} {
		seen := map[string]bool{}
		for _, text := range doc.Get(part).Members {
			assert.False(t, seen[text.Key], "%q stands twice", text.Key)
			seen[text.Key] = true
		}
	}
}
