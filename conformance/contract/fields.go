package contract

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"koshelek-adapter/conformance/document"
)

// A place says where a field stands: a prefix and the names that lead to it, as
// in "card.barcode.barcodeNumber". Answers with a card have the prefix card, an
// error has error; a list has the ID of its method and [], as in
// "listPurchases[].date". Of requests, the profile of a customer has the prefix
// user, everything else the ID of its method, as in "findCard.msisdn".

// FieldPlaces lists the places of all fields that a profile may rename, but for
// the promo bodies, which have names of their own in it. The slice is the
// caller's own.
func FieldPlaces() []string { return slices.Clone(fieldPlaces()) }

var fieldPlaces = sync.OnceValue(func() []string {
	var all []string
	add := func(place string) {
		if !slices.Contains(all, place) {
			all = append(all, place)
		}
	}
	for _, m := range table() {
		for _, f := range m.Query {
			add(m.ID + "." + f.Name)
		}
		if !isPromo(&m) {
			for _, f := range m.Body {
				add(bodyPrefix(&m) + "." + f.Name)
			}
		}
		if m.Answer.Root != nil {
			placesIn(AnswerPrefix(m), m.Answer.Root, add)
		}
	}
	placesIn(errorPrefix, ErrorDocument(), add)
	return all
})

func placesIn(place string, f *Field, add func(string)) {
	if f.Type == List {
		placesIn(place+"[]", f.Element, add)
	}
	for i := range f.Fields {
		at := Within(place, f.Fields[i].Name)
		add(at)
		placesIn(at, &f.Fields[i], add)
	}
}

// Within is the place of a member of the object in a place.
func Within(place, key string) string { return strings.TrimPrefix(place+"."+key, ".") }

const errorPrefix = "error"

// AnswerPrefix is the place of a method's whole answer with status 200: nothing
// for an answer with a card, which stands in the place card by its own name.
func AnswerPrefix(m Method) string {
	if m.Answer.Root == nil || m.Answer.Root.Type == Object {
		return ""
	}
	return m.ID
}

// ErrorPrefix is the place of an error.
func ErrorPrefix() string { return errorPrefix }

func isPromo(m *Method) bool { return strings.HasPrefix(m.Path, "/v1/promo/") }

// bodyPrefix is the place of a method's body.
func bodyPrefix(m *Method) string {
	if m.ID == "setChannels" {
		return m.ID
	}
	return "user"
}

var plainKey = regexp.MustCompile(`^[^"\\\s.\[\]&=?#%+]{1,64}$`)

// agreedPlace is the form of a place in extraFields. What stands in a place that
// is not known to the contract is the partner's own; so is what stands beside the
// card.
var agreedPlace = regexp.MustCompile(`^([^"\\.\[\]]{1,64}|listPurchases\[\]|listCampaigns\[\]|listUsersExtended\[\])(\.[^"\\.\[\]]{1,64}(\[\])?)*$`)

// places looks at what a profile says of fields.
func (f *faults) places(p Profile) {
	taken := map[string]string{} // by what a place is called by the partner
	for _, place := range fieldPlaces() {
		dot := strings.LastIndexByte(place, '.')
		called := place[:dot+1] + p.FieldName(place)
		other, twice := taken[called]
		f.check(!twice, "fields: %s and %s are both called %q", other, place, p.FieldName(place))
		taken[called] = place
	}
	for _, place := range sortedKeys(p.Fields) {
		f.check(slices.Contains(fieldPlaces(), place), "fields: the contract has no field %q", place)
		f.check(plainKey.MatchString(p.Fields[place]), "fields.%s: %q is no name of a field", place, p.Fields[place])
	}
	for i, place := range p.ExtraFields {
		f.check(agreedPlace.MatchString(place), "extraFields[%d]: %q is no place such as card.tier, listPurchases[].till or error.trace", i, place)
	}
}

// FieldName returns what the partner calls the field in a place: the last name of
// the place unless the profile says otherwise.
func (p Profile) FieldName(place string) string {
	if own, renamed := p.Fields[place]; renamed {
		return own
	}
	return place[strings.LastIndexByte(place, '.')+1:]
}

// SpelledPlace is a place with the partner's names. It may name items of lists by
// their number.
func (p Profile) SpelledPlace(place string) string {
	if len(p.Fields) == 0 {
		return place
	}
	names, at := strings.Split(place, "."), ""
	for i, name := range names {
		bare, item := name, ""
		if bracket := strings.IndexByte(name, '['); bracket >= 0 {
			bare, item = name[:bracket], name[bracket:]
		}
		at = Within(at, bare)
		if own, renamed := p.Fields[at]; renamed {
			names[i] = own + item
		}
		at += Anywhere(item)
	}
	return strings.Join(names, ".")
}

var itemNumber = regexp.MustCompile(`\[\d+\]`)

// Anywhere is a place without the numbers of items of lists.
func Anywhere(place string) string { return itemNumber.ReplaceAllString(place, "[]") }

// Agreed reports whether an extra field in a place is agreed.
func (p Profile) Agreed(place string) bool {
	return p.ExtraFields == nil || slices.ContainsFunc(p.ExtraFields, func(agreed string) bool {
		rest, inside := strings.CutPrefix(place, agreed)
		return inside && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// Canonical returns the document of an answer with the contract's names in place
// of the partner's; prefix is its place. A key that has the contract's name of a
// field with another agreed name is none of the contract's, and gets a name that
// says so.
func (p Profile) Canonical(prefix string, doc *document.Value) *document.Value {
	if len(p.Fields) == 0 || doc == nil {
		return doc
	}
	named := *doc
	named.Items = nil
	for _, item := range doc.Items {
		named.Items = append(named.Items, p.Canonical(prefix+"[]", item))
	}
	named.Members = nil
	for _, m := range doc.Members {
		key := p.contractName(prefix, m.Key)
		named.Members = append(named.Members, document.Member{Key: key, Value: p.Canonical(Within(prefix, key), m.Value)})
	}
	return &named
}

func (p Profile) contractName(prefix, key string) string {
	for place, own := range p.Fields {
		if own == key && strings.TrimPrefix(place[:strings.LastIndexByte(place, '.')+1], ".") == prefixed(prefix) {
			return place[strings.LastIndexByte(place, '.')+1:]
		}
	}
	if _, renamed := p.Fields[Within(prefix, key)]; renamed {
		return key + " (not the agreed name)"
	}
	return key
}

func prefixed(place string) string {
	if place == "" {
		return ""
	}
	return place + "."
}

// Spell writes a request's query and body with the partner's names. Both may be
// broken in any way: only the names of fields are touched, whatever their case.
func (p Profile) Spell(verb, path, query string, body []byte) (string, []byte) {
	if len(p.Fields) == 0 {
		return query, body
	}
	m, _, known := p.MatchPath(verb, path)
	if !known || isPromo(&m) {
		return query, body
	}
	return p.spellQuery(m.ID, query), p.spellBody(&m, body)
}

func (p Profile) spellQuery(methodID, query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, rest := pair, ""
		if at := strings.IndexAny(pair, "=[%"); at >= 0 {
			name, rest = pair[:at], pair[at:]
		}
		if own, renamed := p.Fields[methodID+"."+name]; renamed {
			pairs[i] = own + rest
		}
	}
	return strings.Join(pairs, "&")
}

// keyText is a key of an object, in a text that need not be JSON.
var keyText = regexp.MustCompile(`"([A-Za-z]+)"(\s*:)`)

func (p Profile) spellBody(m *Method, body []byte) []byte {
	if len(body) == 0 {
		return body // nil stays nil
	}
	return keyText.ReplaceAllFunc(body, func(found []byte) []byte {
		parts := keyText.FindSubmatch(found)
		for i := range m.Body {
			name := string(parts[1])
			own, renamed := p.Fields[bodyPrefix(m)+"."+m.Body[i].Name]
			if !renamed || !strings.EqualFold(name, m.Body[i].Name) {
				continue
			}
			if name == strings.ToUpper(name) {
				own = strings.ToUpper(own)
			}
			return []byte(`"` + own + `"` + string(parts[2]))
		}
		return found
	})
}
