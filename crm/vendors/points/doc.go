// Package points is a client of the Points API (AscendBit "ABC Loyalty"): it
// earns and redeems points by rules and asks for balances.
//
// An earn or a redeem is answered with "accepted" alone; how it ended comes as a
// callback, which [ParseCallback] reads. The vendor knows a request by its
// requestId and takes it once, so [Client.Send] may be called again with the same
// bytes after a lost answer. [Client.Prepare] makes these bytes; store them before
// they are sent.
//
// Errors are [*Error]; see package vendorhttp for what they promise. Requests can be
// signed with RSA in the layout that this vendor asks for ([Signer]).
package points
