package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
	"koshelek-adapter/schema/koshelek"
)

// examination is one exchange under the rules on every answer.
type examination struct {
	profile contract.Profile
	exchange
	method     contract.Method
	known      bool
	cardNumber string
	// doc is the document with the contract's names.
	doc *document.Value
	// extras are the places of fields that the contract does not name.
	extras []string
	// looked are the rules that had something to look at.
	looked   map[string]bool
	findings []Finding
}

// exchange lets an examination read the exchange's fields as its own.
type exchange = Exchange

func examine(p contract.Profile, e Exchange) *examination {
	x := &examination{profile: p, exchange: e, looked: map[string]bool{}}
	if number, err := url.PathUnescape(e.Request.Path); err == nil {
		x.method, x.cardNumber, x.known = p.MatchPath(e.Request.Method, number)
	}
	x.hold("answer.arrives", e.Answer != nil && !e.Answer.Cut, published, "a whole answer", "no whole answer came")
	if e.Answer == nil || e.Answer.Cut {
		return x
	}
	if !x.Answer.Long {
		x.body()
	}
	if x.Authorized {
		x.headers()
		x.hold("answer.status", x.status() == http.StatusOK || x.status() == http.StatusUnprocessableEntity, published,
			"status 200 or 422", "the status is %d", x.status())
	}
	switch {
	case x.Answer.Long:
	case x.status() != http.StatusOK:
		x.failure()
	case x.known && x.Authorized:
		x.success()
	}
	return x
}

// prefix is the place of the answer's document.
func (x *examination) prefix() string {
	if x.status() != http.StatusOK {
		return contract.ErrorPrefix()
	}
	return contract.AnswerPrefix(x.method)
}

func (x *examination) status() int { return x.Answer.Status }

// hold notes that a rule was looked at and, when it does not hold, what is
// wrong. mark is how sure the field is that it was looked at in.
func (x *examination) hold(id string, ok bool, mark koshelek.Mark, expected, wrong string, args ...any) {
	x.looked[id] = true
	if ok {
		return
	}
	rule, known := answerIndex()[id]
	if !known {
		panic("conformance: no rule " + id)
	}
	x.findings = append(x.findings, Finding{Rule: id, Mark: lessSure(rule.Mark, mark), Wrong: fmt.Sprintf(wrong, args...), Expected: expected})
}

// excuse names the line of a profile that makes a choice of what the last finding
// says.
func (x *examination) excuse(line string) { x.findings[len(x.findings)-1].Excuse = line }

// lessSure is the less sure of two marks.
func lessSure(a, b koshelek.Mark) koshelek.Mark {
	for _, mark := range []koshelek.Mark{koshelek.MarkInferred, koshelek.MarkThirdParty} {
		if a == mark || b == mark {
			return mark
		}
	}
	return koshelek.MarkPublished
}

func (x *examination) headers() {
	values := x.Answer.Header.Values("Content-Type")
	given := strings.Join(values, ", ")
	x.hold("answer.one-content-type", len(values) == 1, published, "one Content-Type", "there are %d Content-Type headers", len(values))
	mediaType, parameters, err := mime.ParseMediaType(strings.TrimRight(given, "; "))
	good := err == nil && mediaType == "application/json" && strings.EqualFold(parameters["charset"], "utf-8")
	x.hold("answer.content-type", good, published, "JSON with charset=utf-8", "Content-Type is %q", given)
	if good {
		x.hold("answer.content-type-exact", x.spelled(given), published, x.contentType(), "Content-Type is %q", given)
		if !x.spelled(given) && (given == plainContentType || given == plainContentType+";") {
			x.excuse(`"semicolon": "either"`)
		}
	}
	encoding := x.Answer.Header.Get("Content-Encoding")
	asked := x.Request.Header.Get("Accept-Encoding")
	x.hold("answer.not-encoded", encoding == "" || encoding == "identity" || asked != "" && asked != "identity", inferred,
		"no Content-Encoding", "Content-Encoding is %q, and nobody asked for it", encoding)
}

const plainContentType = "application/json; charset=utf-8"

func (x *examination) spelled(given string) bool {
	switch x.profile.Semicolon {
	case contract.SemicolonNever:
		return given == plainContentType
	case contract.SemicolonAlways:
		return given == plainContentType+";"
	}
	return given == plainContentType || given == plainContentType+";"
}

func (x *examination) contentType() string {
	if x.profile.Semicolon == contract.SemicolonAlways {
		return plainContentType + ";"
	}
	return plainContentType
}

// body reads the document, when there is one.
func (x *examination) body() {
	text := x.Answer.Body
	if x.Request.Method == http.MethodHead {
		return // by HTTP there is none
	}
	if len(text) == 0 {
		due := x.Authorized && x.known && x.status() == http.StatusOK && !x.method.Answer.Empty
		x.hold("answer.json", !due, x.method.Answer.Mark, "a JSON document", "the body is empty")
		return
	}
	if x.known && x.method.Answer.Root == nil && x.status() == http.StatusOK {
		return // whatever it is, it is too much: answer.empty-body
	}
	doc, err := document.Parse(text)
	utf8Wrong := errors.Is(err, document.ErrUTF8) || errors.Is(err, document.ErrByteOrderMark)
	x.hold("answer.utf8", !utf8Wrong, published, "UTF-8 without a byte order mark", "the body is wrong: %v", err)
	if x.Authorized && !utf8Wrong {
		x.hold("answer.json", err == nil, published, "one JSON document", "the body is not JSON: %v", err)
	}
	if err == nil && x.Authorized {
		x.leaves(doc)
		x.doc = x.profile.Canonical(x.prefix(), doc)
	}
}

// leaves looks at every leaf, wherever it stands.
func (x *examination) leaves(doc *document.Value) {
	var typed, null, twice []string
	doc.Walk(func(place string, v *document.Value) bool {
		switch v.Kind {
		case document.Number, document.Bool:
			if !(place == "" && v.Kind == document.Number && x.method.ID == "reserveCard" && x.profile.ReserveForm != contract.ReserveString) {
				typed = append(typed, placeName(place)+" is "+v.Kind.String())
			}
		case document.Null:
			null = append(null, placeName(place))
		case document.Object:
			keys := map[string]bool{}
			for _, m := range v.Members {
				if keys[m.Key] {
					twice = append(twice, m.Key)
				}
				keys[m.Key] = true
			}
		}
		return true
	})
	x.hold("answer.strings", len(typed) == 0, published, "every leaf a JSON string", "%s", some(typed))
	if len(typed) > 0 && x.known && x.method.ID == "reserveCard" {
		x.excuse(reserveChoice(doc, nil))
	}
	x.hold("answer.no-null", len(null) == 0, inferred, "\"\" or nothing in place of null", "null at %s", some(null))
	x.hold("answer.keys-once", len(twice) == 0, inferred, "every key once", "twice in one object: %s", some(twice))
}

func placeName(place string) string {
	if place == "" {
		return "the document"
	}
	return place
}

// some lists the first few of many.
func some(all []string) string {
	const few = 4
	if len(all) > few {
		return strings.Join(all[:few], ", ") + fmt.Sprintf(" and %d more", len(all)-few)
	}
	return strings.Join(all, ", ")
}

// inside are traces of a program that no caller should see.
var inside = regexp.MustCompile(`(?i)goroutine \d|panic:|traceback|stack ?trace|\bat [\w.$]+\([\w]+\.(java|kt|cs|php|py)|exception\b|sqlstate|sql syntax|syntax error at or near|ora-\d{5}|` +
	`select .+ from |insert into |unique constraint|duplicate entry|sqlite|mysql|postgres|mariadb|undefined index|nil pointer|null ?pointer|` +
	`/(usr|var|home|srv|opt|app|go/src)/|[A-Z]:\\\\|\.(go|java|php|py|rb|cs|js):\d+|java\.|javax\.|org\.spring|System\.\w+Exception`)

// hints are texts of which one is in everything that inside finds. Most errors
// have none, and looking for them costs a tenth.
var hints = []string{
	"goroutine", "panic", "trace", ".java", ".kt", ".cs", ".php", ".py", ".go", ".rb", ".js", "exception", "sql", "syntax error", "ora-",
	"select ", "insert into", "unique constraint", "duplicate entry", "postgres", "mariadb", "undefined index", "pointer",
	"/usr/", "/var/", "/home/", "/srv/", "/opt/", "/app/", "go/src/", `:\\`, "java", "org.spring",
}

// findInside is what a text tells of the inside of a program, nil for nothing.
func findInside(text []byte) []byte {
	lower := string(bytes.ToLower(text))
	if !slices.ContainsFunc(hints, func(hint string) bool { return strings.Contains(lower, hint) }) {
		return nil
	}
	return inside.Find(text)
}

// failure judges an answer that is not 200.
func (x *examination) failure() {
	if found := findInside(x.Answer.Body); x.Request.Method != http.MethodHead {
		x.hold("answer.error-inside", found == nil, inferred, "words for people", "the error shows %q", found)
	}
	if !x.Authorized || x.Request.Method == http.MethodHead {
		return
	}
	whole, expected := x.doc != nil && x.doc.Kind == document.Object, `{"code":"…","description":"…"}`
	switch {
	case !whole:
		x.hold("answer.error-object", false, published, expected, "the body of the error is no JSON object")
		return
	case x.doc.Leaf("code") == "":
		x.hold("answer.error-object", false, published, expected, "the error has no code")
	default:
		description := x.doc.Get("description")
		ok := description != nil && description.Kind == document.String && x.doc.Get("code").Kind == document.String
		x.hold("answer.error-object", ok, published, expected, "code and description are not both strings")
	}
	for _, m := range x.doc.Members {
		if root := contract.ErrorDocument(); root.Member(m.Key) == nil {
			x.extra(contract.Within(contract.ErrorPrefix(), m.Key), root, m)
		}
	}
	x.looked["answer.known-fields"] = true
	x.repeated()
}

// shortestPersonal is the length of what means a person: something shorter may
// stand in an answer by chance.
const shortestPersonal = 5

// said is what the call says of a person, by the contract's names of the fields.
func (x *examination) said() map[string]string {
	const longBody = 1 << 16
	values := map[string]string{}
	if query, err := url.ParseQuery(x.Request.Query); err == nil {
		for _, name := range []string{"msisdn", "email"} {
			values[name] = query.Get(x.profile.FieldName("findCard." + name))
		}
	}
	if len(x.Request.Body) > longBody {
		return values // a body that only tries the limits
	}
	if doc, err := document.Parse(x.Request.Body); err == nil {
		for _, name := range []string{"phone", "email", "surname", "firstname", "patronymic"} {
			if value := doc.Leaf(x.profile.FieldName("user." + name)); value != "" {
				values[name] = value
			}
		}
		if value := doc.Leaf(x.profile.PromoField("msisdn")); value != "" {
			values["msisdn"] = value
		}
	}
	return values
}

// repeated looks whether the error repeats what the call said of a person.
func (x *examination) repeated() {
	values := x.said()
	var found []string
	for _, key := range []string{"msisdn", "phone", "email", "surname", "firstname", "patronymic"} {
		if value := values[key]; len(value) >= shortestPersonal && bytes.Contains(x.Answer.Body, []byte(value)) {
			found = append(found, key)
		}
	}
	x.hold("answer.error-personal", len(found) == 0, inferred, "an error without personal data", "the error repeats %s", some(found))
}
