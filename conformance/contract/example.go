package contract

import _ "embed"

//go:embed example.json
var example string

// ExampleProfile is a profile file that says everything that one can say. Its
// data is made up.
func ExampleProfile() string { return example }

// Needs lists the parts of a profile's data.
func Needs() []string {
	return []string{NeedsCard, NeedsBlocked, NeedsSeveral, NeedsHistory, NeedsPool, NeedsPlastic, NeedsPromoCode, NeedsPersonalOffer}
}

//go:embed profile.schema.json
var schema string

// ProfileSchema is the JSON Schema of profile files, draft 2020-12. The parser
// refuses more: what a schema cannot say, such as rules that do not exist.
func ProfileSchema() string { return schema }
