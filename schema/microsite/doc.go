// Package microsite is the wire contract of Bigcity's rewards microsite, as it
// calls a client's system: requests, answers, paths and texts, an OpenAPI 3.1
// document, and golden samples under testdata. Marks: [C] documented by Bigcity,
// [I] inferred. It reads leniently where that is harmless, and writes strictly.
package microsite
