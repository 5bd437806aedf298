// Package contract is the Koshelek Loyalty Online API, versions 1.0.0 to 1.3.0,
// as data: its methods and fields, and the switches of a partner.
//
// It drives the conformance suite, the API reference and the Postman collection.
// It is written down apart from the server's own description
// (schema/koshelek), so that a mistake in one shows beside the other; a test
// compares the two.
//
// Every row carries a mark that says how sure it is: C is published by Koshelek,
// 3P was seen in a real partner's implementation, I is inferred.
package contract
