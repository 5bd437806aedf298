package contract

import "koshelek-adapter/schema/koshelek"

// Type is the form of a value. In an answer every value is a JSON string; the
// type says what stands in it.
type Type string

// The types.
const (
	Text    Type = "text"
	Integer Type = "integer" // digits, maybe behind a minus
	Decimal Type = "decimal" // digits with a dot before a fraction
	Day     Type = "day"     // YYYY-MM-DD
	Phone   Type = "phone"   // 1 to 15 digits that begin with a country code
	Enum    Type = "enum"    // one of Values
	Object  Type = "object"  // Fields
	List    Type = "list"    // of one Element
)

// Field is a value in a request or an answer.
type Field struct {
	Name string
	Type Type
	// Required tells that it is always there and, for a leaf, not empty.
	Required bool
	Mark     koshelek.Mark
	Since    koshelek.Version
	About    string
	// Example is a good value of a leaf.
	Example string
	// Values are those of an Enum.
	Values []string
	// Fields are those of an Object.
	Fields []Field
	// Element is that of a List.
	Element *Field
}

// Member finds a field of an object.
func (f *Field) Member(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

func leaf(name string, t Type, mark koshelek.Mark, about, example string) Field {
	return Field{Name: name, Type: t, Mark: mark, Since: v100, About: about, Example: example}
}

func required(f Field) Field {
	f.Required = true
	return f
}

func since(v koshelek.Version, f Field) Field {
	f.Since = v
	return f
}

func searchFields() []Field {
	return []Field{
		leaf("msisdn", Phone, published, "phone, digits with the country code", "79216668899"),
		leaf("email", Text, published, "e-mail address", "anna@example.com"),
		leaf("birthDate", Day, published, "date of birth; finds nobody by itself", "1990-05-17"),
	}
}

func historyFields() []Field {
	return []Field{
		required(leaf("startDate", Day, thirdParty, "first day", "2026-01-01")),
		leaf("endDate", Day, thirdParty, "last day, included; until today when absent", "2026-12-31"),
	}
}

func userFields() []Field {
	return []Field{
		leaf("phone", Phone, thirdParty, "digits with the country code; other spellings are normalised", "79216668899"),
		leaf("email", Text, thirdParty, "e-mail address", "anna@example.com"),
		leaf("surname", Text, thirdParty, "family name", "Petrova"),
		leaf("firstname", Text, thirdParty, "given name", "Anna"),
		leaf("patronymic", Text, thirdParty, "patronymic", "Ivanovna"),
		{Name: "sex", Type: Enum, Mark: thirdParty, Since: v100, About: "sex", Example: "f", Values: []string{"m", "f", "male", "female", "м", "ж"}},
		leaf("birthDate", Day, thirdParty, "date of birth", "1990-05-17"),
		leaf("countryCode", Text, thirdParty, "country", "RU"),
		leaf("locality", Text, thirdParty, "town", "Novgorod"),
	}
}

func channelFields() []Field {
	channel := func() *Field {
		return &Field{Type: Text, Mark: published, Since: v100, About: "sms, email, call, and push, which was seen at a partner; others are ignored", Example: "sms"}
	}
	return []Field{
		{Name: "allow", Type: List, Mark: published, Since: v100, About: "channels to allow", Element: channel()},
		{Name: "deny", Type: List, Mark: published, Since: v100, About: "channels to deny", Element: channel()},
	}
}

func promoFields(code, about, example string, v koshelek.Version) []Field {
	return []Field{
		since(v, leaf("cardNumber", Text, inferred, "number of the card; the phone may stand for it", "2912345678906")),
		since(v, leaf("msisdn", Phone, inferred, "phone of the customer; the card may stand for it", "79216668899")),
		since(v, required(leaf(code, Text, inferred, about, example))),
	}
}
