// Package koshelek is the wire contract of the Koshelek Loyalty Online API,
// versions 1.0.0 to 1.3.0: the shapes that travel, and nothing of what they mean.
//
// A partner hosts the API and Koshelek's backend calls it. What arrives is read
// with [Decode], which is strict about the document and lenient about its
// leaves. What leaves is built from the answer structs ([CardAnswer], [Purchase],
// [Offer], [UserParams], [Error]), in which every leaf is a Go string, because
// the API wants every leaf of an answer to be a JSON string.
//
// [OpenAPI] returns the contract as an OpenAPI 3.1 document. It is the one source:
// the table of [Methods] and those of the conformance suite are generated from it,
// and tests keep the structs in step.
//
// The publisher's pages for the single methods are not public in full, so every
// row says how sure we are, by a [Mark]: C is published, 3P was seen in a real
// partner's implementation, I is inferred and may turn out otherwise. Comments
// end with the mark in brackets, as in "[3P]".
package koshelek
