package koshelek

import _ "embed"

//go:generate go run ./generate

// A string and not bytes, so that nobody can change it.
//
//go:embed openapi.yaml
var openAPI string

// OpenAPI returns the contract as an OpenAPI 3.1 document in YAML. The bytes are
// the caller's own.
func OpenAPI() []byte { return []byte(openAPI) }
