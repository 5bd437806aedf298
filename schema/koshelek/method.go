package koshelek

// Method is one row of the API: a verb on a path pattern, since a version.
type Method struct {
	// OperationID names the method in the OpenAPI document.
	OperationID string
	Since       Version
	Verb        string
	// Path is a pattern, a parameter in braces as OpenAPI writes it.
	Path string
	// Mark is the mark of the less sure of verb and path. What the bodies are
	// worth stands at their fields.
	Mark Mark
	// AlsoVerbs are verbs that a server accepts for the same, because the verb
	// is not published and implementers differ. [I]
	AlsoVerbs []string
}
