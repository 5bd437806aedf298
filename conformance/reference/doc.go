// Package reference writes the API's reference in Markdown and its Postman
// collection from the contract's data, so that neither can say anything else
// than the suite checks. `make api-docs` writes both to docs/api, and a test
// keeps them in step.
package reference
