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
		x.hold("answer.empty-body", len(x.Answer.Body) == 0, shape.EmptyMark, "a body of no bytes", "the body has %d bytes", len(x.Answer.Body))
		return
	}
	if x.doc == nil {
		return
	}
	x.formed("", shape.Root, x.doc)
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
		if x.hold("answer.form", v.Kind == document.Object, f.Mark, "an object", "%s is %s", placeName(place), v.Kind); v.Kind == document.Object {
			x.object(place, f, v)
		}
	case contract.List:
		if x.hold("answer.form", v.Kind == document.Array, f.Mark, "an array", "%s is %s", placeName(place), v.Kind); v.Kind == document.Array {
			for i, item := range v.Items {
				x.formed(fmt.Sprintf("%s[%d]", place, i), f.Element, item)
			}
		}
	default:
		leaf := v.Kind != document.Object && v.Kind != document.Array
		if x.hold("answer.form", leaf, f.Mark, "a string", "%s is %s", placeName(place), v.Kind); leaf {
			x.leaf(place, f, v.Text)
		}
	}
}

func (x *examination) object(place string, f *contract.Field, v *document.Value) {
	join := func(key string) string { return strings.TrimPrefix(place+"."+key, ".") }
	for i := range f.Fields {
		field := &f.Fields[i]
		member := v.Get(field.Name)
		if field.Required {
			x.hold("answer.required", member != nil, field.Mark, "the field is there", "%s is missing", join(field.Name))
		}
		if member != nil {
			x.formed(join(field.Name), field, member)
		}
	}
	for _, m := range v.Members {
		if f.Member(m.Key) == nil {
			x.foreign(join(m.Key), m.Key, f.Mark)
		}
	}
	x.looked["answer.known-fields"] = true
}

// foreign judges a key that the contract does not have in this place.
func (x *examination) foreign(place, key string, mark koshelek.Mark) {
	switch {
	case key == "bonus":
		x.hold("answer.points-in-place", false, koshelek.MarkThirdParty, "points only in GET /v1/card/{cardNumber}", "%s is there", place)
	case slices.Contains(personalKeys, strings.ToLower(key)) && strings.HasPrefix(place, "card"):
		x.hold("answer.no-personal-data", false, koshelek.MarkThirdParty, "nothing of the person", "%s is there", place)
	default:
		x.hold("answer.known-fields", false, mark, "no other fields", "%s is not in the contract", place)
	}
}

var personalKeys = []string{"phone", "msisdn", "email", "mail", "surname", "lastname", "firstname", "name", "patronymic", "middlename",
	"sex", "gender", "birthdate", "birthday", "holder", "owner", "user", "customer", "profile", "locality", "address"}

var (
	integerForm = regexp.MustCompile(`^-?\d+$`)
	decimalForm = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	phoneForm   = regexp.MustCompile(`^[1-9]\d{0,14}$`)
)

// leaf judges the text of a leaf. Values are not repeated in what is wrong: they
// may be personal.
func (x *examination) leaf(place string, f *contract.Field, text string) {
	if f.Required {
		x.hold("answer.required", text != "", f.Mark, "a value", "%s is empty", placeName(place))
	}
	if text == "" {
		return
	}
	value := func(ok bool, form string) {
		x.hold("answer.values", ok, f.Mark, form, "%s is not %s", placeName(place), form)
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
		x.hold(rule, slices.Contains(f.Values, text), f.Mark, "one of "+strings.Join(f.Values, ", "), "%s is %q", place, shorten(text))
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
