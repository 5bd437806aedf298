package contract

import "koshelek-adapter/schema/koshelek"

// Method is one method of the API.
type Method struct {
	// ID names the method in profiles, rules and the OpenAPI document.
	ID string
	// Title and About are for people.
	Title, About string
	Since        koshelek.Version
	Verb         string
	// Path is a pattern, a parameter in braces.
	Path string
	// Mark is the mark of the less sure of verb and path.
	Mark koshelek.Mark
	// AlsoVerbs are verbs that a partner's profile may put for Verb.
	AlsoVerbs []string
	// Optional methods may be switched off by a partner's profile.
	Optional bool
	// Writes tells that a call changes something at the partner.
	Writes bool
	// Query are the parameters that the method knows.
	Query []Field
	// Body are the fields of the request's JSON object; nil for no body.
	Body   []Field
	Answer Shape
}

// Shape is what a method answers with status 200.
type Shape struct {
	// Empty tells that the body may be empty; with no Root it always is.
	Empty bool
	// Root is the document; nil for a method that answers nothing.
	Root *Field
	// Mark says how sure that is.
	Mark koshelek.Mark
}

// MethodByID finds a method.
func MethodByID(id string) (Method, bool) {
	for _, m := range Methods() {
		if m.ID == id {
			return m, true
		}
	}
	return Method{}, false
}
