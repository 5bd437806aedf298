// Package handlers speaks the Koshelek Loyalty Online API over HTTP: it reads
// the shapes of package schema/koshelek, calls a [crm.Service] and renders the
// answer. It holds no rule of the programme; what stands between the connection
// and a method is package handlers/middleware's.
//
// [New] is the API that Koshelek's backend calls, [NewOps] the operator's.
// Whatever a request meets on the way, it gets a status and a body of the
// contract; [Catalogue] is the only list of errors.
//
// Exported names end with the contract's mark in brackets where they answer to
// one of its rows: C is published, 3P was seen at a partner, I is inferred.
package handlers
