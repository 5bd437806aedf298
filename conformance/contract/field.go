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
