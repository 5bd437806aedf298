// Package faultyhost is the partner's side of the Koshelek API, made to test the
// conformance suite: a whole service in memory that keeps every rule, in two
// styles, and that breaks exactly one rule on demand. Test only: it keeps
// nothing, and it is no example of how to build such a service.
//
// It was written from the contract alone and shares no line with the product: it
// reads and writes its own JSON, has its own errors, and keeps its own books.
// That is its use. [Plain] is as close to the published text as can be, and
// [Different] differs in everything that the contract leaves open or lets a
// profile settle: order and spelling of JSON, codes, barcodes, the form of a
// reserved number, verbs, the path of the offers.
//
// [Faults] lists what a host can get wrong. A fault is named beside the rule of
// the suite that has to notice it, and the tests of this package hold the suite
// to it: every fault is caught, and no good host is accused. Where a fault is
// written depends on what it spoils: calls and answers on the wire (wrappers, in
// wrap*.go), what is answered and its members (spoils and edits, in answers.go),
// who is let in (openings, in auth.go), status and bytes (deliver.go). Faults of
// the work itself stand where the work is done, as h.wrong("name").
package faultyhost
