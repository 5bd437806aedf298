package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
	"koshelek-adapter/schema/koshelek"
)

// success judges a processed call of a known method by the method's form.
func (x *examination) success() {
	shape := x.method.Answer
	if shape.Root == nil {
		x.hold("answer.empty-body", len(x.Answer.Body) == 0, shape.Mark, "a body of no bytes", "the body has %d bytes", len(x.Answer.Body))
		return
	}
	if x.doc == nil {
		return
	}
	x.formed(contract.AnswerPrefix(x.method), shape.Root, x.doc)
	if card := x.doc.Get("card"); card != nil && card.Kind == document.Object {
		x.card(card)
	}
}

// formed judges a value by its field, and everything in it.
func (x *examination) formed(place string, f *contract.Field, v *document.Value) {
	if v.Kind == document.Null {
		return // answer.no-null has it
	}
	switch f.Type {
	case contract.Object:
		if x.hold("answer.form", v.Kind == document.Object, f.Mark, "an object", "%s is %s", x.spelledPlace(place), v.Kind); v.Kind == document.Object {
			x.object(place, f, v)
		}
	case contract.List:
		if x.hold("answer.form", v.Kind == document.Array, f.Mark, "an array", "%s is %s", x.spelledPlace(place), v.Kind); v.Kind == document.Array {
			for i, item := range v.Items {
				x.formed(fmt.Sprintf("%s[%d]", place, i), f.Element, item)
			}
		}
	default:
		leaf := v.Kind != document.Object && v.Kind != document.Array
		if x.hold("answer.form", leaf, f.Mark, "a string", "%s is %s", x.spelledPlace(place), v.Kind); leaf {
			x.leaf(place, f, v.Text)
		}
	}
}

func (x *examination) object(place string, f *contract.Field, v *document.Value) {
	foreign := slices.DeleteFunc(slices.Clone(v.Members), func(m document.Member) bool { return f.Member(m.Key) != nil })
	for i := range f.Fields {
		field := &f.Fields[i]
		member, at := v.Get(field.Name), contract.Within(place, field.Name)
		if field.Required {
			x.hold("answer.required", member != nil, field.Mark, "the field is there", "%s is missing", x.spelledPlace(at))
		}
		if member != nil {
			x.formed(at, field, member)
		} else if field.Required {
			x.excuse(renameChoice(at, foreign))
		}
	}
	for _, m := range foreign {
		x.foreign(place, f, m)
	}
	x.looked["answer.known-fields"] = true
}

// renameChoice is what a profile may say of a missing field: that it has another
// name, when there is just one that it may be.
func renameChoice(place string, foreign []document.Member) string {
	name := unknown
	if len(foreign) == 1 {
		name = foreign[0].Key
	}
	return fmt.Sprintf(`"fields": {%q: %q}`, contract.Anywhere(place), name)
}

// spelledPlace is a place with the partner's names.
func (x *examination) spelledPlace(place string) string {
	if place == "" {
		return "the document"
	}
	return x.profile.SpelledPlace(place)
}

// foreign judges a member that the contract does not have in this place. Such
// members are legal, whatever is in them, but for points and persons in the wrong
// answer.
func (x *examination) foreign(place string, f *contract.Field, m document.Member) {
	at := contract.Within(place, m.Key)
	switch {
	case at == "card.bonus":
		x.hold("answer.points-in-place", false, koshelek.MarkThirdParty, "points only in GET /v1/card/{cardNumber}", "%s is there", at)
		return
	case strings.HasPrefix(at, "card.") && x.personal(m):
		x.hold("answer.no-personal-data", false, koshelek.MarkThirdParty, "nothing of the person", "%s is there", at)
		return
	}
	x.extra(at, f, m)
}

// mostExtras is how many extra fields of one answer are looked at. A host may send
// as many as it likes.
const mostExtras = 200

// extra judges an extra field: it must be agreed when the profile lists those
// that are, and be no other spelling of one of the contract's.
func (x *examination) extra(at string, f *contract.Field, m document.Member) {
	const rule = "answer.known-fields"
	if len(x.extras) == mostExtras {
		return
	}
	at = contract.Anywhere(at)
	x.extras = append(x.extras, at)
	for i := range f.Fields {
		if field := f.Fields[i].Name; sameWords(field, m.Key) {
			x.hold(rule, false, inferred, field, "%s is not spelled %s", at, field)
			return
		}
	}
	if x.profile.Agreed(at) {
		return
	}
	x.hold(rule, false, inferred, "no other extra fields than those of the profile", "%s is an extra field that the profile does not list", at)
	x.excuse(extraFields + list(append(slices.Clone(x.profile.ExtraFields), at)))
}

// sameWords reports whether two names differ in nothing but case, underscores and
// dashes.
func sameWords(a, b string) bool {
	return strings.EqualFold(separators.Replace(a), separators.Replace(b))
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

// personalKeys name what is a person's wherever it stands in a card; holderKeys
// name a person, of whom then contactKeys are personal, as those of directKeys
// are in the card itself.
var (
	personalKeys = []string{"msisdn", "surname", "lastname", "firstname", "patronymic", "middlename"}
	holderKeys   = []string{"holder", "owner", "user", "customer", "profile", "person", "client"}
	directKeys   = []string{"phone", "email", "mail", "mobile", "sex", "gender", "birthdate", "birthday", "dateofbirth", "fullname"}
	contactKeys  = append([]string{"name", "locality", "address"}, directKeys...)
)

// personal reports whether an extra member of a card tells something of its
// holder: by its name, by that of what it stands in, or because it is what the
// call said of the person. A shop's phone or the name of a level is not.
func (x *examination) personal(m document.Member) bool {
	found := false
	m.Value.Walk(func(place string, v *document.Value) bool {
		if v.Kind != document.Object && v.Kind != document.Array && v.Text != "" {
			found = found || x.tellsOfPerson(strings.Split(strings.TrimSuffix(contract.Within(m.Key, place), "."), "."), v.Text)
		}
		return !found
	})
	return found
}

func (x *examination) tellsOfPerson(names []string, text string) bool {
	is := func(name string, keys []string) bool {
		name, _, _ = strings.Cut(name, "[")
		return slices.ContainsFunc(keys, func(key string) bool { return sameWords(key, name) })
	}
	last := names[len(names)-1]
	ofHolder := slices.ContainsFunc(names[:len(names)-1], func(name string) bool { return is(name, holderKeys) })
	if is(last, personalKeys) || ofHolder && is(last, contactKeys) || len(names) == 1 && is(last, directKeys) {
		return true
	}
	return slices.ContainsFunc(x.persons(), func(known string) bool { return strings.Contains(text, known) })
}

// persons are texts that only mean a person: of the suite's own customers, and
// what the call says of one.
func (x *examination) persons() []string {
	all := []string{testSurname, testFirstname}
	for _, value := range x.said() {
		if len(value) >= shortestPersonal {
			all = append(all, value)
		}
	}
	return all
}

var (
	integerForm = regexp.MustCompile(`^-?\d+$`)
	decimalForm = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	phoneForm   = regexp.MustCompile(`^[1-9]\d{0,14}$`)
)

// leaf judges the text of a leaf. Values are not repeated in what is wrong: they
// may be personal.
func (x *examination) leaf(place string, f *contract.Field, text string) {
	if f.Required {
		x.hold("answer.required", text != "", f.Mark, "a value", "%s is empty", x.spelledPlace(place))
	}
	if text == "" {
		return
	}
	value := func(ok bool, form string) {
		x.hold("answer.values", ok, f.Mark, form, "%s is not %s", x.spelledPlace(place), form)
	}
	switch f.Type {
	case contract.Integer:
		value(integerForm.MatchString(text), "a whole number")
	case contract.Decimal:
		value(decimalForm.MatchString(text), "a number with a dot before its fraction")
	case contract.Day:
		value(isDay(text), "a day as YYYY-MM-DD")
	case contract.Phone:
		value(phoneForm.MatchString(text), "a phone in digits with the country code")
	case contract.Enum:
		rule := map[string]string{"cardState": "answer.card-state", "barcodeType": "answer.barcode-type"}[f.Name]
		x.hold(rule, slices.Contains(f.Values, text), f.Mark, "one of "+strings.Join(f.Values, ", "), "%s is %q", x.spelledPlace(place), shorten(text))
	}
}

func shorten(text string) string {
	const most = 24
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// card judges what only holds for a whole card.
func (x *examination) card(card *document.Value) {
	x.looked["answer.no-personal-data"] = true
	if x.method.ID != "getCard" {
		x.looked["answer.points-in-place"] = true
	} else {
		x.hold("answer.card-number", card.Leaf("cardNumber") == x.cardNumber, koshelek.MarkThirdParty,
			"the card that was asked for", "the answer is for another card number")
	}
	kind, number := card.Leaf("barcode", "barcodeType"), card.Leaf("barcode", "barcodeNumber")
	if kind != "" && number != "" {
		why := undrawable(kind, number)
		x.hold("answer.barcode-drawable", why == "", inferred, "a barcode that can be drawn", "the barcode %s", why)
	}
}

// undrawable says why a barcode cannot be drawn, "" when it can.
func undrawable(kind, number string) string {
	length := map[string]int{"EAN_8": 8, "EAN_13": 13, "UPC_A": 12}[kind]
	switch {
	case length > 0 && (len(number) != length || strings.Trim(number, "0123456789") != ""):
		return fmt.Sprintf("is %s and has not %d digits", kind, length)
	case length > 0 && !checkDigit(number):
		return "is " + kind + " and has a wrong check digit"
	case kind == "CODE_128" && strings.ContainsFunc(number, func(r rune) bool { return r < 0x20 || r > 0x7e }):
		return "is CODE_128 and has characters other than ASCII"
	}
	return ""
}

// checkDigit reports whether digits end with their EAN check digit: weights are 3
// and 1 from the right, the check digit has 1.
func checkDigit(digits string) bool {
	sum := 0
	for i := range digits {
		weight := 1
		if (len(digits)-1-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(digits[i]-'0')
	}
	return sum%10 == 0
}
