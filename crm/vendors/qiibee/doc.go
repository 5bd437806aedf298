// Package qiibee is a client of the qiibee Loyalty API: users, their memberships of
// airlines, and transactions of points; and what its webhooks say.
//
// The vendor has no key for a repeated transaction. So [Client.SendTransaction] sends
// once and never again by itself, and [Client.TransactionsSince] shows afterwards
// whether a transaction whose answer was lost went through. Calls that only read, and
// those that may arrive twice without harm, are repeated as [vendorhttp.Retry] says.
//
// Errors are [*Error]; see package vendorhttp for what they promise.
package qiibee
