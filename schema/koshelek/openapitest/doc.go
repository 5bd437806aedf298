// Package openapitest holds an exchange with the Koshelek API, a request and its
// answer, to the contract's OpenAPI document and to the rules that the document
// cannot say: which statuses there are, the exact media type, when a body has to
// be empty, and that every leaf of an answer is a string.
//
// Tests of a handler pass every exchange to [Validator.Check] or
// [Validator.CheckRecorder]. Programs that judge a server without a test use
// [Load] and [Validator.Verify].
//
// A validator is safe for use by tests that run in parallel.
package openapitest
