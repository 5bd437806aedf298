// Package handlers speaks the Koshelek Loyalty Online API over HTTP: it reads
// the shapes of package schema/koshelek, calls a [engine.Engine] and renders the
// answer. It holds no rule of the programme.
//
// [New] is the surface that Koshelek's backend calls, [NewOps] the one of the
// operator. A request passes, in this order: recovery, request id, access log
// and metrics, authentication, reading of the body, a bounded number of work
// slots, the time limit, and the gate of the contract's version. Whatever it
// meets on the way, it gets a status and a body of the contract; errors.go is
// the only place that writes an error, [Catalogue] the only list of them.
//
// Personal data stays out of logs and metrics: a line holds the pattern of the
// route, never the path or the query, and texts of unforeseen errors pass a
// redactor first.
//
// Exported names end with the contract's mark in brackets where they answer to
// one of its rows: C is published, 3P was seen at a partner, I is inferred.
package handlers
